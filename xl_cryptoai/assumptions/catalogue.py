"""The catalogue of assumptions, and the loader that refuses a faulty one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.derivations import DERIVATIONS, Derivation, Value
from xl_cryptoai.assumptions.scenarios import VIEWS, Figure, Scenario, check_value
from xl_cryptoai.assumptions.typed_text import name_meant, value_meant
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH, Uncertainty, uncertainty_of
from xl_cryptoai.errors import CatalogueError, CryptoAIError, UnknownNameError, quoted
from xl_cryptoai.source import PrintedFigure, load_published
from xl_cryptoai.tomlfile import check_known, entries, read_toml
from xl_cryptoai.units import CHOICE, UNITS, is_number, label_of

CATALOGUE_FOLDER = Path(__file__).parent
BLOCKS = ("market", "value_stack", "software", "compute", "identity", "security", "adoption")
"""The catalogue's files, in the order in which the model uses them."""
SCENARIO_FILE = "scenarios.toml"
BASE = "base"
"""The scenario that every catalogue has; the others may take its values."""

T = TypeVar("T")

KINDS = ("published", "derived", "house")
NO_EFFECT = "none"
EFFECTS = ("raises", "lowers", "switches", NO_EFFECT)
AS_BASE = "as base"
PRINTED_TOTAL = "printed total"
"""As the threshold: the total that the publication prints."""

REQUIRED: dict[str, type] = {
    "id": str,
    "label": str,
    "meaning": str,
    "unit": str,
    "effect": str,
    "kind": str,
    "locator": str,
    "rationale": str,
    "scenario_rationale": str,
}
_BOUNDS: dict[str, type] = {"lower": object, "upper": object}
_UNCERTAIN: dict[str, type] = {"shape": str, **dict.fromkeys(LOW_MODE_HIGH, object)}
OPTIONAL: dict[str, type] = {
    BASE: object, "of": str, "starts": str, "choices": list, **_BOUNDS, **_UNCERTAIN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption of the forecast.

    Attributes
    ----------
    id, label, meaning : str
        Its name everywhere, its short label and what it stands for.
    unit, of : str
        Unit (see `xl_cryptoai.units`) and what a share or multiple is taken of.
    values : mapping of scenario id to float or str
        Its value in each scenario; text only for a choice.
    lower, upper : float
        Its allowed range, ends included; NaN for a choice.
    choices : tuple of str
        The values allowed for a choice, else empty.
    effect : str
        What a higher value does to the total: "raises" or "lowers"; "switches" for a choice;
        "none" for what shapes the path by year and leaves the forecast year as it is.
    kind : str
        Where the base value is from: "published", "derived" from published figures, or "house".
    locator, rationale, scenario_rationale : str
        Where the source says it, why the base value, why the other scenarios' values.
    block : str
        The part of the catalogue that it belongs to.
    uncertainty : Uncertainty or None
        Shape, low, most likely and high for the simulation; None for a year, a choice, or what
        does not move the total.
    starts : str
        Id of the share that has this value in the start year of adoption; else "".
    """

    id: str
    label: str
    meaning: str
    unit: str
    of: str
    values: Mapping[str, Value]
    lower: float
    upper: float
    choices: tuple[str, ...]
    effect: str
    kind: str
    locator: str
    rationale: str
    scenario_rationale: str
    block: str
    uncertainty: Uncertainty | None
    starts: str = ""

    @property
    def unit_label(self) -> str:
        """The unit in words, such as "share of TAM"."""
        return label_of(self.unit, self.of)

    @property
    def base(self) -> Value:
        """Its value in the base case."""
        return self.values[BASE]


class Catalogue(Mapping[str, Assumption]):
    """All assumptions by id, in model order, and the scenarios that they have values for.

    Attributes
    ----------
    blocks : dict of str to str
        Title of every part, in order.
    scenarios : dict of id to Scenario
        In the order of their columns; one of them is the base case.
    span : tuple of str
        The two scenarios between which an uncertain assumption is drawn.
    settings : dict of str to value
        Defaults of the simulation's settings that belong to a model: `threshold` and
        `goal_target` in USD a year, `goal_id`, `grid_x` and `grid_y` as ids.
    """

    def __init__(
        self,
        assumptions: Mapping[str, Assumption],
        blocks: Mapping[str, str],
        scenarios: Mapping[str, Scenario],
        span: tuple[str, str],
        settings: Mapping[str, Value],
    ) -> None:
        self._assumptions = dict(assumptions)
        self.blocks = dict(blocks)
        self.scenarios = dict(scenarios)
        self.span = span
        self.settings = dict(settings)

    def __getitem__(self, key: str) -> Assumption:
        try:
            return self._assumptions[key]
        except KeyError:
            meant = self.id_of(key)  # refuses all but another spelling
            raise UnknownNameError(
                f"no assumption is called {quoted(key)}: did you mean {meant}?"
            ) from None

    def __contains__(self, key: object) -> bool:
        return key in self._assumptions

    def __iter__(self) -> Iterator[str]:
        return iter(self._assumptions)

    def __len__(self) -> int:
        return len(self._assumptions)

    def kind_of(self, name: str, scenario: str) -> str:
        """Return where a value is from; that of a house scenario is always a house view."""
        return "house" if self.scenarios[scenario].view == "house" else self[name].kind

    def header(self, scenario: str) -> str:
        """Return a scenario's id as tables head it: what is a house view is marked so.

        >>> shipped_assumptions().header("base"), shipped_assumptions().header("bull")
        ('base', 'bull (house)')
        """
        one = self.scenarios.get(scenario)
        return f"{scenario} (house)" if one is not None and one.view == "house" else scenario

    def house_note(self, scenarios: Iterable[str]) -> str:
        """Say which of some scenarios are a house view; "" if none is."""
        chosen = [self.scenarios[name] for name in scenarios if name in self.scenarios]
        house = [one.label.lower() for one in chosen if one.view == "house"]
        if not house:
            return ""
        names = " and ".join(
            [", ".join(house[:-1]), house[-1]] if house[1:] else house
        ).capitalize()
        verb = "are" if house[1:] else "is"
        return f"{names} {verb} a house view: the publication's own are not known."

    def id_of(self, name: str) -> str:
        """Return the id of the assumption that a person means; see `typed_text.name_meant`."""
        return name_meant(name, "assumption", self._assumptions)

    def scenario_of(self, name: str) -> str:
        """Return the id of the scenario that a person means; see `typed_text.name_meant`."""
        return name_meant(name, "scenario", self.scenarios)

    def by_id(self, values: Mapping[str, T] | None) -> dict[str, T]:
        """Return values by the ids that a person means by their names.

        Raises
        ------
        UnknownNameError
            For a name that means no assumption, or two that mean the same one.
        """
        found: dict[str, T] = {}
        for name, value in (values or {}).items():
            if (meant := self.id_of(name)) in found:
                raise UnknownNameError(f"{meant} is given twice; give it once")
            found[meant] = value
        return found

    def in_block(self, block: str) -> list[Assumption]:
        """List the assumptions of one block, in order."""
        return [entry for entry in self.values() if entry.block == block]


def load_assumptions(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Load and check the catalogue.

    Parameters
    ----------
    folder : Path
        Folder with one TOML file a block; the package's own by default.

    Returns
    -------
    Catalogue
        Every assumption by id, in model order, derived base values computed.

    Raises
    ------
    CatalogueError
        Naming file, entry and field: something is missing, unknown, doubled, of a wrong unit or
        outside its bounds.

    Examples
    --------
    >>> load_assumptions()["ai_penetration"].base
    0.33
    """
    return catalogue_of(read_rows(folder), DERIVATIONS, load_published().figures)


@dataclass(slots=True)
class Rows:
    """A catalogue as its files hold it, before anything is checked against anything else.

    Attributes
    ----------
    rows : dict of id to fields
        The assumptions, in model order.
    files : dict of id to str
        The file of each, for messages.
    titles : dict of str to str
        Title of every block.
    scenarios, span, settings
        As in `Catalogue`.
    """

    rows: dict[str, dict[str, Any]]
    files: dict[str, str]
    titles: dict[str, str]
    scenarios: dict[str, Scenario]
    span: tuple[str, str]
    settings: dict[str, Value]


def read_rows(folder: Path = CATALOGUE_FOLDER) -> Rows:
    """Read the files of a catalogue; see `load_assumptions`."""
    scenarios, span, settings = _scenarios(folder / SCENARIO_FILE)
    found = Rows({}, {}, {}, scenarios, span, settings)
    required = REQUIRED | {name: object for name in scenarios if name != BASE}
    for block in BLOCKS:
        path = folder / f"{block}.toml"
        data = read_toml(path)
        found.titles[block] = str(data.get("title", block))
        for row in entries(path.name, data, "assumption", required, OPTIONAL):
            if row["id"] in found.rows:
                raise CatalogueError(
                    path.name, row["id"], "id", f"occurs in {found.files[row['id']]} already"
                )
            found.rows[row["id"]], found.files[row["id"]] = {**row, "block": block}, path.name
    return found


def catalogue_of(
    found: Rows, derivations: Mapping[str, Derivation], figures: Mapping[str, PrintedFigure]
) -> Catalogue:
    """Check the rows of a catalogue, and compute the derived base values.

    Parameters
    ----------
    found : Rows
        The rows.
    derivations : mapping of id to Derivation
        What derived base values follow from.
    figures : mapping of id to PrintedFigure
        The printed results that they follow from.

    Raises
    ------
    CatalogueError
        As `load_assumptions`.
    """
    for name, row in found.rows.items():
        _check_words(found.files[name], row)
        _read_figures(found.files[name], row, found.scenarios)
        _check_bounds(found.files[name], row)
        _check_start(found, row)
    _derive_bases(found, derivations, {name: one.value for name, one in figures.items()})
    assumptions = {
        name: _assumption(found.files[name], row, tuple(found.scenarios), found.span)
        for name, row in found.rows.items()
    }
    return Catalogue(assumptions, found.titles, found.scenarios, found.span, found.settings)


def inputs_of(
    catalogue: Catalogue, scenario: str, overrides: Mapping[str, ArrayLike] | None = None
) -> dict[str, NDArray[np.float64] | NDArray[np.str_]]:
    """Return every assumption its scenario value, or the override if there is one.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    scenario : str
        Id of one of its scenarios.
    overrides : mapping of id to value or array of values, optional
        Values that replace the scenario's.

    Returns
    -------
    dict of id to array
        Shape () for a single value, else the override's own shape.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown id or scenario, a value that is no number, or one out of bounds.
    """
    scenario, overrides = catalogue.scenario_of(scenario), catalogue.by_id(overrides)
    return {
        name: check_value(entry, overrides.get(name, entry.values[scenario]))
        for name, entry in catalogue.items()
    }


@cache
def shipped_assumptions() -> Catalogue:
    """The package's own catalogue, read once a process."""
    return load_assumptions()


def _scenarios(path: Path) -> tuple[dict[str, Scenario], tuple[str, str], dict[str, Value]]:
    """Read the scenarios, the two that span the draws, and the settings' defaults."""
    text = {"id": str, "label": str, "view": str}
    data = read_toml(path)
    rows = entries(path.name, data, "scenario", text, {})
    scenarios = {row["id"]: Scenario(**row) for row in rows}
    for scenario in scenarios.values():
        check_known(path.name, scenario.id, "view", scenario.view, VIEWS)
    if BASE not in scenarios:
        raise CatalogueError(path.name, BASE, "id", "is missing: every model has a base case")
    low, high = data.get("span", (BASE, BASE))
    for name in (low, high):
        if name not in scenarios:
            raise CatalogueError(path.name, "-", "span", f"no scenario is called {quoted(name)}")
    settings: dict[str, Value] = dict(data.get("settings", {}))
    if settings.get("threshold") == PRINTED_TOTAL:
        settings["threshold"] = load_published().figures["total"].value
    return scenarios, (low, high), settings


def _check_words(file: str, row: Mapping[str, Any]) -> None:
    for field, known in (("unit", UNITS), ("kind", KINDS), ("effect", EFFECTS)):
        check_known(file, row["id"], field, row[field], known)


def _read_figures(file: str, row: dict[str, Any], scenarios: Iterable[str]) -> None:
    """Turn figures that are written as people do, such as "5.85T" or "15%", into numbers."""
    unit, name = UNITS[row["unit"]], row["id"]
    if unit.id == CHOICE:
        return
    for field in (*_BOUNDS, *LOW_MODE_HIGH, BASE, *scenarios):
        value = row.get(field)
        if isinstance(value, str) and not (field in scenarios and value == AS_BASE):
            try:
                row[field] = value_meant(Figure(name, unit.id, unit.lower, unit.upper), value)
            except CryptoAIError as error:
                raise CatalogueError(file, name, field, str(error)) from None
        elif field in (*_BOUNDS, *LOW_MODE_HIGH) and not is_number(value) and value is not None:
            raise CatalogueError(file, name, field, f"is {quoted(value)}, but must be a number")


def _check_bounds(file: str, row: Mapping[str, Any]) -> None:
    name = row["id"]
    if row["unit"] == CHOICE:
        choices = row.get("choices")
        if not choices or not all(isinstance(choice, str) and choice for choice in choices):
            raise CatalogueError(file, name, "choices", "must list the allowed texts")
        return
    for field in _BOUNDS:
        if field not in row:
            raise CatalogueError(file, name, field, "is missing or empty")
    unit = UNITS[row["unit"]]
    if not unit.lower <= row["lower"] < row["upper"] <= unit.upper:
        raise CatalogueError(
            file,
            name,
            "lower",
            f"bounds {row['lower']:g} to {row['upper']:g} must rise and lie within "
            f"{unit.lower:g} to {unit.upper:g}, the limits of unit '{unit.id}'",
        )


def _check_start(found: Rows, row: Mapping[str, Any]) -> None:
    """Refuse a start value of anything but another share, or the second one of a share."""
    if "starts" not in row:
        return
    file, name, share = found.files[row["id"]], row["id"], row["starts"]
    if share not in found.rows or found.rows[share]["unit"] != "share" or row["unit"] != "share":
        raise CatalogueError(
            file, name, "starts", f"{quoted(share)} and this must both be assumptions, shares"
        )
    others = [key for key, one in found.rows.items() if one.get("starts") == share]
    if others != [name]:
        raise CatalogueError(file, name, "starts", f"{quoted(share)} has {' and '.join(others)}")
    if not row.get("lower", 0) > 0:
        raise CatalogueError(file, name, "lower", "must be above 0: nothing grows from 0")


def _derive_bases(
    found: Rows, derivations: Mapping[str, Derivation], printed: Mapping[str, float]
) -> None:
    """Fill in the derived base values, in order: a derivation may use those before it."""
    rows, files = found.rows, found.files
    for name, row in rows.items():
        derived, typed = row["kind"] == "derived", BASE in row
        if derived and typed and name in derivations:
            raise CatalogueError(files[name], name, BASE, "is derived, so it must not be typed")
        if derived and not typed and name not in derivations:
            raise CatalogueError(files[name], name, "kind", "is derived, but no derivation exists")
        if not derived and not typed:
            raise CatalogueError(files[name], name, BASE, "is missing or empty")
    for name, derivation in derivations.items():
        if name not in rows:
            raise CatalogueError("derivations", name, "id", "is derived, but no entry has this id")
        inputs = {
            key: printed[key.removeprefix("printed_")]
            if key.startswith("printed_")
            else rows[key][BASE]
            for key in derivation.inputs
        }
        rows[name][BASE] = derivation.function(**inputs)


def _assumption(
    file: str, row: dict[str, Any], scenarios: tuple[str, ...], span: tuple[str, str]
) -> Assumption:
    base = _checked_value(file, row, BASE)
    values = {
        name: base if row[name] == AS_BASE else _checked_value(file, row, name)
        for name in scenarios
    }
    row = {field: value for field, value in row.items() if field not in values}
    row["values"] = values
    typed = {field: row.pop(field) for field in _UNCERTAIN if field in row}
    uncertainty = uncertainty_of(file, row, typed, span)
    bounds = {field: float(row.pop(field, math.nan)) for field in _BOUNDS}
    choices = tuple(row.pop("choices", ()))
    fields: dict[str, Any] = {"of": "", **row, **bounds, "choices": choices}
    return Assumption(**fields, uncertainty=uncertainty)


def _checked_value(file: str, row: Mapping[str, Any], scenario: str) -> Value:
    value, name, unit = row[scenario], row["id"], UNITS[row["unit"]]
    if unit.id == CHOICE:
        if value not in row["choices"]:
            raise CatalogueError(
                file, name, scenario, f"is {quoted(value)}; it must be {', '.join(row['choices'])}"
            )
        return str(value)
    if not is_number(value):
        raise CatalogueError(file, name, scenario, f"is {quoted(value)}, but must be a number")
    if not row["lower"] <= value <= row["upper"]:
        raise CatalogueError(
            file,
            name,
            scenario,
            f"is {value:g}, outside its bounds {row['lower']:g} to {row['upper']:g}",
        )
    if unit.whole and value != int(value):
        raise CatalogueError(file, name, scenario, f"is {value:g}, but must be a whole number")
    return float(value)
