"""Protection of a sheet, and errors that a person set Excel to ignore."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.references import Area, parse_areas
from xl_cryptoai.xlsx.rules import X14
from xl_cryptoai.xlsx.texts import is_true

_FORBIDDEN_UNLESS_SAID = (
    "formatCells",
    "formatColumns",
    "formatRows",
    "insertColumns",
    "insertRows",
    "insertHyperlinks",
    "deleteColumns",
    "deleteRows",
    "sort",
    "autoFilter",
    "pivotTables",
)
_ALLOWED_UNLESS_SAID = ("objects", "scenarios", "selectLockedCells", "selectUnlockedCells")


class SheetProtection(NamedTuple):
    """Protection of a sheet that is switched on.

    Attributes
    ----------
    password : bool
        Whether a password is needed to switch it off.
    forbidden : frozenset of str
        What can't be done, by the file's own words, such as "formatCells".
    """

    password: bool
    forbidden: frozenset[str]


class IgnoredErrors(NamedTuple):
    """Errors that a person set Excel not to mark.

    Attributes
    ----------
    areas : tuple of Area
        The cells.
    kinds : frozenset of str
        By the file's own words, such as "numberStoredAsText", "formula" or "evalError".
    """

    areas: tuple[Area, ...]
    kinds: frozenset[str]


def read_protection(root: Element) -> SheetProtection | None:
    """Protection of a sheet; None if it is off."""
    found = root.find(f"{MAIN}sheetProtection")
    # a chart sheet has no switch "sheet": its content is locked
    if found is None or not (is_true(found.get("sheet")) or is_true(found.get("content"))):
        return None
    forbidden = [one for one in _FORBIDDEN_UNLESS_SAID if is_true(found.get(one, "1"))]
    forbidden += [one for one in _ALLOWED_UNLESS_SAID if is_true(found.get(one))]
    password = bool(found.get("password") or found.get("hashValue"))
    return SheetProtection(password, frozenset(forbidden))


def read_ignored_errors(root: Element) -> tuple[IgnoredErrors, ...]:
    """Errors that a person set Excel to ignore, also those kept in an extension."""
    found = []
    for one in root.iter(f"{MAIN}ignoredError", f"{X14}ignoredError"):
        areas = one.get("sqref") or next((child.text or "" for child in one), "")
        kinds = frozenset(str(name) for name, said in one.attrib.items() if is_true(str(said)))
        found.append(IgnoredErrors(parse_areas(areas), kinds))
    return tuple(found)
