"""Findings as data: what was found, where, and how grave it is; the words stand in `reports`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from xl_cryptoai.xlsx import Area, Place

ERROR, WARNING, NOTE = "error", "warning", "note"

Fact = str | float | bool | tuple["Fact", ...] | None
Facts = tuple[tuple[str, Fact], ...]

KINDS: dict[str, Kind] = {}
"""Every kind of finding by name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a workbook that is not as it must be.

    Attributes
    ----------
    kind : str
        A word for what was found, such as "blank_row".
    facts : tuple of (str, value)
        What was found, by name; texts, numbers, and tuples of these.
    sheet, areas, name : str, tuple of Area, str
        Where: on which sheet, in which of its areas, or at which defined name. Without any of
        them it is about the workbook, or about the sheets that the fact "sheets" lists.
    id : str
        The assumption, step or setting it is about, as far as it is about one.
    severity : str
        "error" if a figure is or can be wrong, "warning" for a practice that can make it wrong,
        "note" for what breaks no rule but is worth a look.
    ignored : bool
        Whether somebody has set Excel to ignore it.
    """

    kind: str
    facts: Facts = ()
    sheet: str = ""
    areas: tuple[Area, ...] = ()
    name: str = ""
    id: str = ""
    severity: str = ERROR
    ignored: bool = False

    @property
    def fault(self) -> Fault:
        """What was found, without its place."""
        return Fault(self.kind, self.facts)

    @property
    def area(self) -> str:
        """Its areas as text, such as "F12" or "E7:H9"; "" if it has none."""
        return " ".join(map(str, self.areas))

    @property
    def cell(self) -> str:
        """Where it is, as text: "Assumptions!F12", "name scenario", "workbook"."""
        if self.name:
            return f"name {self.name}"
        if self.sheet:
            return f"{self.sheet}!{self.area}" if self.areas else self.sheet
        sheets = dict(self.facts).get("sheets", ())
        return ", ".join(map(str, sheets)) if isinstance(sheets, tuple) and sheets else "workbook"

    @property
    def place(self) -> Place | None:
        """Its cell, if it is about one."""
        if len(self.areas) != 1 or not self.areas[0].single:
            return None
        return Place(self.sheet, self.areas[0].top, self.areas[0].left)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, before it is said where."""

    kind: str
    facts: Facts = ()

    def at(
        self,
        where: Place | str = "",
        *areas: Area,
        name: str = "",
        id: str = "",  # noqa: A002  # the word of the catalogue
        severity: str = ERROR,
    ) -> Finding:
        """The finding at a cell, or in areas of a sheet, or at a name, or about the workbook."""
        if isinstance(where, Place):
            areas = (Area(where.row, where.column, where.row, where.column),)
            where = where.sheet
        return Finding(self.kind, self.facts, where, areas, name, id, severity)


class Kind:
    """A kind of finding, with the names of its facts; calling it makes a fault.

    Examples
    --------
    >>> moved = Kind("doctest_moved", "rows")
    >>> moved(rows=2).at("Cover", Area(3, 1, 3, 2)).cell
    'Cover!A3:B3'
    >>> del KINDS["doctest_moved"]
    """

    def __init__(self, name: str, *facts: str) -> None:
        assert name not in KINDS, f"two kinds of findings are called {name}"
        self.name, self.facts = name, facts
        KINDS[name] = self

    def __call__(self, **facts: Any) -> Fault:
        """A fault of this kind; every fact of the kind has to be given."""
        assert facts.keys() == {*self.facts}, f"{self.name} has the facts {self.facts}: {facts}"
        return Fault(self.name, tuple((key, _plain(value)) for key, value in facts.items()))


def _plain(value: Any) -> Fact:
    """Return a value as data that can be compared and written as JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, (Place, Area)):
        return tuple(_plain(one) for one in value)
    return str(value)


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data; without a sheet or an area these are None."""
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "sheet": finding.sheet or None,
        "area": finding.area or None,
        "cell": finding.cell,
        "id": finding.id or None,
        "ignored": finding.ignored,
        "facts": dict(finding.facts),
    }


def joined(findings: Iterable[Finding]) -> list[Finding]:
    """Join what differs in nothing but its place: neighbouring areas, and whole sheets.

    What has another fact, such as another figure, stays a finding of its own.

    >>> one = Fault("blank").at("Cover", Area(3, 1, 3, 1))
    >>> [found.cell for found in joined([one, replace(one, areas=(Area(4, 1, 4, 1),))])]
    ['Cover!A3:A4']
    """
    alike: dict[tuple[Finding, bool], list[Finding]] = {}
    for one in findings:
        whole = bool(one.sheet) and not one.areas and not one.name
        single = len(one.areas) == 1
        key = replace(one, sheet="") if whole else replace(one, areas=()) if single else one
        alike.setdefault((key, whole), []).append(one)
    found = []
    for (_, whole), group in alike.items():
        if len(group) == 1:
            found += group
        elif whole:
            sheets = tuple(one.sheet for one in group)
            found.append(replace(group[0], sheet="", facts=(*group[0].facts, ("sheets", sheets))))
        else:
            areas = join_areas(one.areas[0] for one in group)
            found += [replace(group[0], areas=(area,)) for area in areas]
    return found


def join_areas(areas: Iterable[Area]) -> list[Area]:
    """Join areas that lie side by side, then those that lie one upon the other.

    >>> [str(area) for area in join_areas(Area(r, c, r, c) for r in (1, 2) for c in (1, 2, 4))]
    ['A1:B2', 'D1:D2']
    """
    lines = map(_turned, _joined_beside(areas))
    return sorted(map(_turned, _joined_beside(lines)))


def _joined_beside(areas: Iterable[Area]) -> list[Area]:
    found: list[Area] = []
    for area in sorted(set(areas), key=lambda one: (one.top, one.bottom, one.left)):
        last = found[-1] if found else area
        if last._replace(left=last.right + 1, right=area.right) == area:
            found[-1] = last._replace(right=area.right)
        else:
            found.append(area)
    return found


def _turned(area: Area) -> Area:
    """Rows as columns and columns as rows."""
    return Area(area.left, area.top, area.right, area.bottom)
