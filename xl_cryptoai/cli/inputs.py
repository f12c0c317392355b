"""Reads a person's inputs out of a workbook or a TOML file, for `--from`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xl_cryptoai.cli.kinds import route_of
from xl_cryptoai.cli.opening import asked_model, open_one

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import UserInputs
    from xl_cryptoai.forecast import Model
    from xl_cryptoai.reading.migration import NotMigrated


@dataclass(frozen=True, slots=True)
class Source:
    """What a workbook or TOML file gives to the workbooks that are built from it.

    Attributes
    ----------
    inputs : UserInputs
        With a line at the end of the change log for everything that is not migrated.
    not_migrated : list of NotMigrated
        The same things.
    other_version : str or None
        The version that built the file, "" if it does not say, where it is not this one: its own
        words would all look typed, so nobody looks for unmapped cells. None for this version.
    model : Model
        The model to build: that of --model, else the file's; of a TOML file the one in use.
    built : dict of str to bytes
        Workbooks of these inputs that are built already, by route.
    """

    model: Model
    inputs: UserInputs
    not_migrated: list[NotMigrated] = field(default_factory=list)
    other_version: str | None = None
    built: dict[str, bytes] = field(default_factory=dict)


def read_inputs(source: Path) -> tuple[Model, UserInputs, list[NotMigrated]]:
    """Read the model of a file, what is typed there, and what of it cannot be used.

    Raises
    ------
    CryptoAIError
        For a file that cannot be read; in a TOML file also for anything that cannot be used.
    """
    if source.suffix.lower() == ".toml":
        from xl_cryptoai.assumptions import read_user_toml
        from xl_cryptoai.forecast.own_model import model_in_use

        model = model_in_use()
        inputs = read_user_toml(source, model.assumptions)
        _check_rules(model, inputs)
        return model, inputs, []
    from xl_cryptoai.reading.migration import migrate

    book = open_one(source)
    return book.model, *migrate(book)


def read_source(source: Path) -> Source:
    """Read as `read_inputs` does, and what else somebody has typed into a workbook."""
    if source.suffix.lower() == ".toml":
        return Source(*read_inputs(source))
    from xl_cryptoai import __version__
    from xl_cryptoai.merging.unmapped import check_size, unmapped_cells
    from xl_cryptoai.reading.book import open_book
    from xl_cryptoai.reading.migration import migrate
    from xl_cryptoai.reading.read import read_book
    from xl_cryptoai.reports.merge import migration_log
    from xl_cryptoai.workbook import build

    book = open_one(source, any_model=True)
    check_size(book)
    target = asked_model() or book.model
    inputs, missed = migrate(book, target)
    version, built = read_book(book).version, {}
    if version == __version__:
        route = route_of(book)
        of_book = migrate(book)[0] if target.text != book.model.text else inputs
        content = build(route, inputs=of_book, model=book.model)
        missed += unmapped_cells(book, open_book(Path(route.file_name(book.model)), content))
        built = {} if missed or target.text != book.model.text else {route.id: content}
    log = (*inputs.change_log, *migration_log(missed, source.name))
    other_version = None if version == __version__ else version
    return Source(target, replace(inputs, change_log=log), missed, other_version, built)


def _check_rules(model: Model, inputs: UserInputs) -> None:
    """Refuse inputs that break a rule between each other, in any case or in a simulation."""
    from xl_cryptoai.assumptions.input_fields import OVERRIDE
    from xl_cryptoai.assumptions.own_scenario import with_own
    from xl_cryptoai.forecast import Forecast

    catalogue = model.assumptions
    scenarios = with_own(catalogue.scenarios)
    for scenario in scenarios:
        Forecast(overrides=inputs.case(catalogue, scenario), model=model)
    overrides = {name: row[OVERRIDE] for name, row in inputs.values.items() if OVERRIDE in row}
    live = inputs.case(catalogue, inputs.scenario) | overrides
    Forecast(overrides=live, model=model)
    if any(field not in (*scenarios, OVERRIDE) for row in inputs.values.values() for field in row):
        from xl_cryptoai.risk.typed import typed as as_simulated  # late: brings scipy

        as_simulated(inputs, model.assumptions)
