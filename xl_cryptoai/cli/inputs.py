"""Reads a person's inputs out of a workbook or a TOML file, for `--from`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xl_cryptoai.cli.kinds import fresh_book, route_of

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import UserInputs


def read_inputs(source: Path) -> tuple[UserInputs, list[str]]:
    """Read what is typed there, and what of it cannot be used, in words.

    Raises
    ------
    CryptoAIError
        For a file that cannot be read; in a TOML file also for anything that cannot be used.
    """
    from xl_cryptoai.assumptions import read_user_toml, shipped_assumptions

    if source.suffix.lower() == ".toml":
        inputs = read_user_toml(source, shipped_assumptions())
        _check_rules(inputs)
        return inputs, []
    from xl_cryptoai.reading.book import open_book
    from xl_cryptoai.reading.migration import carry_over

    return carry_over(open_book(source))


def read_everything(source: Path) -> tuple[UserInputs, list[str], str]:
    """Read as `read_inputs` does, and what else somebody has typed into a workbook.

    Returns
    -------
    inputs : UserInputs
        With a line at the end of the change log for everything that has no input field.
    lost : list of str
        The same things, in words.
    unknown : str
        Why nobody can tell what else was typed, if so: the file is from another version, whose
        own words would all look typed beside those of this one.
    """
    if source.suffix.lower() == ".toml":
        return *read_inputs(source), ""
    from dataclasses import replace

    from xl_cryptoai import __version__
    from xl_cryptoai.merging.sides import read_side
    from xl_cryptoai.merging.unmapped import strays
    from xl_cryptoai.reading.book import open_book
    from xl_cryptoai.reading.migration import lost_lines
    from xl_cryptoai.reading.read import read_book

    book = open_book(source)
    version = read_book(book).version
    side = read_side(book)
    lost = list(side.lost)
    if version == __version__:
        lost += strays(book, fresh_book(route_of(book), side.inputs))
    log = (*side.inputs.change_log, *lost_lines(lost, source))
    said = f"by xl-cryptoai {version}" if version else "by a version that it does not name"
    unknown = (
        f"{source.name} was built {said}, this is {__version__}: what was typed outside the input "
        "fields was not looked for; keep the file"
    )
    return replace(side.inputs, change_log=log), lost, unknown if version != __version__ else ""


def _check_rules(inputs: UserInputs) -> None:
    """Refuse inputs that break a rule between each other, in any case or in a simulation."""
    from xl_cryptoai.assumptions import SCENARIOS
    from xl_cryptoai.assumptions.input_fields import OVERRIDE
    from xl_cryptoai.forecast import Forecast

    def typed(*fields: str) -> dict[str, float | str]:
        return {
            name: values[field]
            for field in fields
            for name, values in inputs.values.items()
            if field in values
        }

    for scenario in SCENARIOS:
        Forecast(scenario, overrides=typed(scenario))
    Forecast(inputs.scenario, overrides=typed(inputs.scenario, OVERRIDE))
    if any(field not in (*SCENARIOS, OVERRIDE) for row in inputs.values.values() for field in row):
        from xl_cryptoai.risk.typed import typed as as_simulated  # late: brings scipy

        as_simulated(inputs)
