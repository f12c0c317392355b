"""The catalogue of assumptions, and the loader that refuses a faulty one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions.derivations import DERIVATIONS, Value
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH, Uncertainty, uncertainty_of
from xl_cryptoai.errors import CatalogueError, UnknownNameError, quoted
from xl_cryptoai.source import load_published
from xl_cryptoai.tomlfile import entries, read_toml
from xl_cryptoai.units import CHOICE, UNITS, label_of

CATALOGUE_FOLDER = Path(__file__).parent
BLOCKS = ("market", "value_stack", "software", "compute", "identity", "security")
"""The catalogue's files, in the order in which the model uses them."""

KINDS = ("published", "derived", "house")
EFFECTS = ("raises", "lowers", "switches")
AS_BASE = "as base"

_REQUIRED: dict[str, type] = {
    "id": str,
    "label": str,
    "meaning": str,
    "unit": str,
    "bear": object,
    "bull": object,
    "effect": str,
    "kind": str,
    "locator": str,
    "rationale": str,
    "scenario_rationale": str,
}
_BOUNDS: dict[str, type] = {"lower": float, "upper": float}
_UNCERTAIN: dict[str, type] = {"shape": str, **dict.fromkeys(LOW_MODE_HIGH, float)}
_OPTIONAL: dict[str, type] = {
    "base": object, "of": str, "choices": list, **_BOUNDS, **_UNCERTAIN,
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
    bear, base, bull : float or str
        Its value in each scenario; text only for a choice.
    lower, upper : float
        Its allowed range, ends included; NaN for a choice.
    choices : tuple of str
        The values allowed for a choice, else empty.
    effect : str
        What a higher value does to the total: "raises" or "lowers"; "switches" for a choice.
    kind : str
        Where the base value is from: "published", "derived" from published figures, or "house".
    locator, rationale, scenario_rationale : str
        Where the source says it, why the base value, why bear and bull.
    block : str
        The part of the catalogue that it belongs to.
    uncertainty : Uncertainty or None
        Shape, low, most likely and high for the simulation; None for a year or a choice.
    """

    id: str
    label: str
    meaning: str
    unit: str
    of: str
    bear: Value
    base: Value
    bull: Value
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

    @property
    def unit_label(self) -> str:
        """The unit in words, such as "share of TAM"."""
        return label_of(self.unit, self.of)

    def kind_of(self, scenario: str) -> str:
        """Return where a scenario's value is from: bear and bull are always a house view."""
        return self.kind if scenario == "base" else "house"


class Catalogue(Mapping[str, Assumption]):
    """All assumptions by id, in model order."""

    def __init__(self, assumptions: Mapping[str, Assumption], blocks: Mapping[str, str]) -> None:
        self._assumptions = dict(assumptions)
        self.blocks = dict(blocks)

    def __getitem__(self, key: str) -> Assumption:
        try:
            return self._assumptions[key]
        except KeyError:
            known = ", ".join(self._assumptions)
            raise UnknownNameError(
                f"no assumption is called {quoted(key)}; known are {known}"
            ) from None

    def __contains__(self, key: object) -> bool:
        return key in self._assumptions

    def __iter__(self) -> Iterator[str]:
        return iter(self._assumptions)

    def __len__(self) -> int:
        return len(self._assumptions)

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
    rows: dict[str, dict[str, Any]] = {}
    files: dict[str, str] = {}
    titles: dict[str, str] = {}
    for block in BLOCKS:
        path = folder / f"{block}.toml"
        titles[block] = str(read_toml(path).get("title", block))
        for row in entries(path, "assumption", _REQUIRED, _OPTIONAL):
            if row["id"] in rows:
                raise CatalogueError(
                    path.name, row["id"], "id", f"occurs in {files[row['id']]} already"
                )
            rows[row["id"]], files[row["id"]] = {**row, "block": block}, path.name
            _check_words(path.name, row)
            _check_bounds(path.name, row)
    _derive_bases(rows, files)
    return Catalogue({name: _assumption(files[name], row) for name, row in rows.items()}, titles)


@cache
def shipped_assumptions() -> Catalogue:
    """The package's own catalogue, read once a process."""
    return load_assumptions()


def _check_words(file: str, row: Mapping[str, Any]) -> None:
    for field, known in (("unit", UNITS), ("kind", KINDS), ("effect", EFFECTS)):
        if row[field] not in known:
            raise CatalogueError(
                file, row["id"], field, f"is {quoted(row[field])}; known are {', '.join(known)}"
            )


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


def _derive_bases(rows: dict[str, dict[str, Any]], files: Mapping[str, str]) -> None:
    """Fill in the derived base values, in order: a derivation may use those before it."""
    printed = {name: figure.value for name, figure in load_published().figures.items()}
    for name, row in rows.items():
        derived, typed = row["kind"] == "derived", "base" in row
        if derived and typed:
            raise CatalogueError(files[name], name, "base", "is derived, so it must not be typed")
        if derived and name not in DERIVATIONS:
            raise CatalogueError(files[name], name, "kind", "is derived, but no derivation exists")
        if not derived and not typed:
            raise CatalogueError(files[name], name, "base", "is missing or empty")
    for name, derivation in DERIVATIONS.items():
        if name not in rows:
            raise CatalogueError("derivations", name, "id", "is derived, but no entry has this id")
        inputs = {
            key: printed[key.removeprefix("printed_")]
            if key.startswith("printed_")
            else rows[key]["base"]
            for key in derivation.inputs
        }
        rows[name]["base"] = derivation.function(**inputs)


def _assumption(file: str, row: dict[str, Any]) -> Assumption:
    for scenario in ("bear", "bull"):
        if row[scenario] == AS_BASE:
            row[scenario] = row["base"]
    for scenario in ("base", "bear", "bull"):  # base first: the others may take its value
        row[scenario] = _checked_value(file, row, scenario)
    typed = {field: row.pop(field) for field in _UNCERTAIN if field in row}
    uncertainty = uncertainty_of(file, row, typed)
    bounds = {field: float(row.pop(field, math.nan)) for field in _BOUNDS}
    choices = tuple(row.pop("choices", ()))
    fields: dict[str, Any] = {"of": "", **row, **bounds, "choices": choices}
    return Assumption(**fields, uncertainty=uncertainty)


def _checked_value(file: str, row: Mapping[str, Any], scenario: str) -> Value:
    value, name, unit = row[scenario], row["id"], UNITS[row["unit"]]
    if unit.id == CHOICE:
        if value not in row["choices"]:
            raise CatalogueError(
                file, name, scenario, f"is {quoted(value)}; allowed are {', '.join(row['choices'])}"
            )
        return str(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
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
