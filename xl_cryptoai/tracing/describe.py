"""Says what a cell is, by its name, the words of its row and header, and the catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xl_cryptoai.assumptions import SCENARIOS, Assumption, shipped_assumptions
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.filled import filled_areas, frozen_areas
from xl_cryptoai.reading.input_cells import chosen_scenario, inputs_of
from xl_cryptoai.reading.tables import (
    CASE_HEADERS,
    RESULT_HEADERS,
    find_table,
    id_rows,
)
from xl_cryptoai.units import UNITS, read_as
from xl_cryptoai.xlsx import Area

COMPUTED, CONSTANT, BLANK = "computed", "constant", "blank"
OVERRIDE, UNKNOWN = "override", "unknown"
SAME = 1e-12
"""Relative difference up to which a value is the catalogue's: a spreadsheet saves 15 digits."""
_NEAR = 3
"""Rows below its label that a table may leave without one, as a step's native twin."""
_ID_HEADERS, _UNIT_HEADERS = ("id",), ("unit", "units")


@dataclass(frozen=True, slots=True)
class Words:
    """What a cell's row and column say: id, label, unit and the header of the column."""

    id: str = ""
    label: str = ""
    unit: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an assumption's value is from; `note` says if it is not the catalogue's."""

    id: str
    kind: str
    locator: str = ""
    rationale: str = ""
    note: str = ""


def value_in_words(value: Any, unit: str) -> str:
    """Write a stored value as a person reads it in a unit given in words.

    >>> value_in_words(0.33, "share of TAM"), value_in_words(1234.5, "litres")
    ('33%', '1,234.5')
    """
    if value is None:
        return "nothing stored"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).upper() if isinstance(value, bool) else str(value)
    for one in UNITS.values():
        if unit == one.label or unit.startswith(f"{one.label} of "):
            return read_as(float(value), one.id)
    return f"{value:,.10g}"


class Descriptions:
    """What the cells of a workbook stand for, as far as it says so itself."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def stored(self, place: Place) -> Any:
        """Give a cell's stored value."""
        return self.book.stored(place)

    def words(self, place: Place) -> Words:
        """Gather what a cell's own row and the header above it say."""
        name = self._names.get(place, "")
        if name in STEPS:
            step = STEPS[name]
            return Words(name, step.label, step.unit_label, self._table_words(place).column)
        found = self._table_words(place)
        return Words(name or found.id, found.label, found.unit, found.column)

    def source(self, place: Place) -> Source | None:
        """Say where an assumption's cell is from; None for every other cell."""
        if place not in self._assumptions:
            return None
        name, case = self._assumptions[place]
        entry = shipped_assumptions()[name]
        value = self.stored(place)
        if case == "live":
            override = self._cells_by_case[name, OVERRIDE]
            case = OVERRIDE if self.stored(override) not in (None, "") else self.scenario
            if case == OVERRIDE:
                return Source(name, OVERRIDE, note=f"overridden in {override}")
        if case not in SCENARIOS:
            return Source(name, OVERRIDE if case == OVERRIDE else UNKNOWN)
        return _from_catalogue(entry, case, value)

    def is_live(self, place: Place) -> bool:
        """Tell whether it is where an assumption takes its value by override and scenario."""
        return self._assumptions.get(place, ("", ""))[1] == "live"

    def is_result(self, place: Place) -> bool:
        """Tell whether a cell stands where the template has a formula for a step in a case."""
        words = self._table_words(place)
        return words.id in STEPS and words.column in CASE_HEADERS.values()

    def cell_of(self, name: str) -> Place | None:
        """Find the Live cell of an id that has lost its name."""
        if (name, "live") in self._cells_by_case:
            return self._cells_by_case[name, "live"]
        table = find_table(self.book, RESULT_HEADERS, ["Segments"]) if name in STEPS else None
        rows = id_rows(self.book, table).get(name, []) if table is not None else []
        return table.place(rows[0], CASE_HEADERS["live"]) if table is not None and rows else None

    @cached_property
    def scenario(self) -> str:
        """The scenario that is chosen; "" if that cannot be told."""
        return chosen_scenario(self.book)

    @cached_property
    def _names(self) -> dict[Place, str]:
        found = {}
        for one in self.book.names:
            if one.sheet is None and (place := self.book.target(one.name)) is not None:
                found[place] = one.name
        return found

    @cached_property
    def _cells_by_case(self) -> dict[tuple[str, str], Place]:
        """The cells of the assumptions by id and case; nothing on a workbook of others."""
        inputs = inputs_of(self.book)
        table = inputs.table
        live = {
            (name, "live"): table.place(rows[0], CASE_HEADERS["live"])
            for name, rows in inputs.id_rows.items()
            if table is not None and name in inputs.catalogue
        }
        return {**inputs.first, **live}

    @cached_property
    def _assumptions(self) -> dict[Place, tuple[str, str]]:
        return {place: key for key, place in self._cells_by_case.items()}

    @cached_property
    def _heads(self) -> dict[str, list[tuple[int, dict[int, str]]]]:
        """The header rows of every sheet: those that have a column for the unit or the id."""
        found: dict[str, list[tuple[int, dict[int, str]]]] = {}
        for sheet, rows in self._texts.items():
            for number in sorted(rows):
                if any(
                    text.lower() in (*_ID_HEADERS, *_UNIT_HEADERS) for text in rows[number].values()
                ):
                    found.setdefault(sheet, []).append((number, rows[number]))
        return found

    @cached_property
    def _texts(self) -> dict[str, dict[int, dict[int, str]]]:
        """The texts of every sheet by row and column, as stored."""
        found: dict[str, dict[int, dict[int, str]]] = {}
        for sheet, cells in self.book.cells.items():
            rows = found.setdefault(sheet, {})
            for (row, column), cell in cells.items():
                if isinstance(cell.value, str) and (text := cell.value.strip()):
                    rows.setdefault(row, {})[column] = text
        return found

    def _filled_words(self, place: Place) -> Words | None:
        """Return the header and first words of a cell in a table that one formula has filled."""
        for sheet, area in self._filled:
            if sheet == place.sheet and area.covers(place.row, place.column):
                top, left = area[:2]
                rows = self._texts[sheet]
                header = rows.get(top, {})
                own = rows.get(place.row, {}).get(left, "")
                known = own if own in STEPS or own in shipped_assumptions() else ""
                if (place.row, place.column) == (top, left) or left not in header:
                    return Words(label=self._nearest(rows, top - 1, left))
                return Words(known, own, "", header.get(place.column, ""))
        return None

    @cached_property
    def _filled(self) -> list[tuple[str, Area]]:
        """The areas of more than one cell that a formula fills, or filled when it was built."""
        frozen = ((place.sheet, area) for place, area, _ in frozen_areas(self.book))
        filled = ((place.sheet, area) for place, area in filled_areas(self.book))
        return [*frozen, *((sheet, area) for sheet, area in filled if not area.single)]

    def _table_words(self, place: Place) -> Words:
        if (filled := self._filled_words(place)) is not None:
            return filled
        rows = self._texts[place.sheet]
        row = rows.get(place.row, {})
        headers = self._heads.get(place.sheet, ())
        above = [header for number, header in headers if number <= place.row]
        if any(number == place.row for number, _ in headers):
            return Words()
        if not above:
            left = [column for column in row if column < place.column]
            return Words(label=row[min(left)] if left else "")
        header = above[-1]
        label = self._nearest(rows, place.row, min(header))
        id_column = _column(header, _ID_HEADERS)
        unit = row.get(_column(header, _UNIT_HEADERS), "")
        if min(header) not in row and label:  # a row of its own below: what sets it apart
            known = (id_column, _column(header, _UNIT_HEADERS))
            apart = [row[c] for c in sorted(row) if c < place.column and c not in known]
            label = ", ".join([label, *apart[:1]])
        own = row.get(id_column, "")
        known_id = own if own in STEPS or own in shipped_assumptions() else ""
        return Words(known_id, label, unit, header.get(place.column, ""))

    @staticmethod
    def _nearest(rows: dict[int, dict[int, str]], row: int, column: int) -> str:
        """Give the text of a column in a row, or in the nearest of the few rows above."""
        near = (rows.get(row - back, {}).get(column) for back in range(_NEAR))
        return next((text for text in near if text), "")


def _column(header: dict[int, str], wanted: tuple[str, ...]) -> int:
    return next((column for column, text in header.items() if text.lower() in wanted), 0)


def _from_catalogue(entry: Assumption, case: str, value: Any) -> Source:
    expected = getattr(entry, case)
    if isinstance(value, str) or isinstance(expected, str) or value is None:
        same = value == expected
    else:
        same = math.isclose(value, expected, rel_tol=SAME)
    note = "" if same else f"the catalogue has {read_as(expected, entry.unit)}"
    base = case == "base"
    return Source(
        entry.id,
        entry.kind_of(case),
        entry.locator if base else "",
        entry.rationale if base else entry.scenario_rationale,
        note,
    )
