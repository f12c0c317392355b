"""The graph of a workbook: what each cell is computed from, and what is computed from it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from xl_cryptoai.audit.book import Book, Place, cells_of
from xl_cryptoai.audit.filled import filled_areas
from xl_cryptoai.audit.formulas import Area
from xl_cryptoai.audit.references import References, Resolver, area_text

MAX_CELLS = 10_000
"""Cells of one area that are looked at; what lies beyond is said, not followed."""
MAX_FILLED = 200_000
"""Cells that are looked at because array formulas claim to fill them."""
_WIDE = 64
"""Areas with more columns are looked up by sheet, not by column."""


class Graph:
    """Precedents and dependents of the cells of an opened workbook.

    Formulas are read without computing them: `INDEX(A1:A9,2)` depends on all nine cells. A blank
    cell counts if it is named alone, not as part of an area.

    Parameters
    ----------
    book : Book
        Any workbook.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.resolver = Resolver(book)
        self._references: dict[Place, References] = {}

    def formula(self, place: Place) -> str:
        """Give a cell's formula with its `=`; "" if it has none."""
        return self.book.formula_cells.get(place, "")

    def references(self, place: Place) -> References:
        """Give the areas that a cell's formula refers to, and notes on what leads nowhere."""
        if place not in self._references:
            formula = self.formula(place)
            anchor = self._anchors.get(place)
            if formula:
                self._references[place] = self.resolver.resolve(formula, place)
            elif anchor is not None:
                self._references[place] = References((_area_of(anchor),))
            else:
                self._references[place] = References()
        return self._references[place]

    def precedents(self, place: Place) -> list[Place]:
        """List the cells that a cell is computed from, in the order of its formula."""
        areas = self.references(place).areas
        return list(dict.fromkeys(cell for area in areas for cell in self.cells(area)))

    def notes(self, place: Place) -> list[str]:
        """Say what else a cell depends on that cannot be followed."""
        found = self.references(place)
        cut = [area for area in found.areas if self._is_cut(area)]
        beyond = [f"more than {MAX_CELLS:,} cells of {area_text(area)}" for area in cut]
        return [*found.notes, *beyond]

    def dependents(self, place: Place) -> list[Place]:
        """List the cells that are computed from a cell, by sheet, row and column."""
        found = set(self._users.get(_area_of(place), ()))
        for key in ((place.sheet, place.column), (place.sheet, 0)):
            for area in self._by_column.get(key, ()):
                _, top, left, bottom, right = area
                if top <= place.row <= bottom and left <= place.column <= right:
                    found.update(self._users[area])
        order = {name: number for number, name in enumerate(self.book.sheet_names)}
        return sorted(found, key=lambda cell: (order[cell.sheet], cell.row, cell.column))

    def cells(self, area: Area) -> list[Place]:
        """List the cells of an area that hold something; a single cell in any case."""
        sheet, top, left, bottom, right = area
        if (top, left) == (bottom, right):
            return [Place(sheet, top, left)]
        found: list[Place] = []
        for place in self._held_in(area):
            found.append(place)
            if len(found) == MAX_CELLS:
                break
        return found

    def _is_cut(self, area: Area) -> bool:
        if len(self.cells(area)) < MAX_CELLS:
            return False
        return sum(1 for _ in self._held_in(area)) > MAX_CELLS

    def _held_in(self, area: Area) -> Iterator[Place]:
        sheet, top, left, bottom, right = area
        held = self._held.get(sheet, {})
        # rows in order, whichever is shorter to go through
        rows = range(top, bottom + 1) if bottom - top < len(held) else sorted(held)
        for row in rows:
            if top <= row <= bottom and row in held:
                columns = held[row]
                for column in columns[bisect_left(columns, left) : bisect_right(columns, right)]:
                    yield Place(sheet, row, column)

    @cached_property
    def _held(self) -> dict[str, dict[int, list[int]]]:
        """The columns of the cells that hold something, by sheet and row."""
        found: dict[str, dict[int, list[int]]] = {}
        for sheet in self.book.worksheets.values():
            rows = found.setdefault(sheet.title, {})
            for place, cell in cells_of(sheet):
                if cell.value is not None or cell.formula is not None:
                    rows.setdefault(place.row, []).append(place.column)
        for place in self._anchors:
            columns = found[place.sheet].setdefault(place.row, [])
            if place.column not in columns:
                insort(columns, place.column)
        return found

    @cached_property
    def _anchors(self) -> dict[Place, Place]:
        """The cells that an array formula fills, with the cell where it stands."""
        found: dict[Place, Place] = {}
        room = MAX_FILLED
        for anchor, area in filled_areas(self.book):
            filled = list(islice(area.cells(), min(MAX_CELLS, room)))
            room -= len(filled)
            places = (Place(anchor.sheet, row, column) for row, column in filled)
            found.update({place: anchor for place in places if place != anchor})
        return found

    @cached_property
    def _users(self) -> dict[Area, list[Place]]:
        """The formula cells that refer to an area."""
        users: dict[Area, list[Place]] = {}
        for place in [*self.book.formula_cells, *self._anchors]:
            for area in self.references(place).areas:
                users.setdefault(area, []).append(place)
        return users

    @cached_property
    def _by_column(self) -> dict[tuple[str, int], list[Area]]:
        """The areas of more than one cell by sheet and column; wide ones under column 0."""
        found: dict[tuple[str, int], list[Area]] = {}
        for area in self._users:
            sheet, top, left, bottom, right = area
            if (top, left) == (bottom, right):
                continue
            columns = range(left, right + 1) if right - left < _WIDE else (0,)
            for column in columns:
                found.setdefault((sheet, column), []).append(area)
        return found


def _area_of(place: Place) -> Area:
    return (place.sheet, place.row, place.column, place.row, place.column)
