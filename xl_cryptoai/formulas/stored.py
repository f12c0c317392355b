"""The stored values of a workbook, by cell and by area."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from xl_cryptoai.formulas.book import BookLike, SheetLike
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.formulas.values import NotKnown, NotKnownError, Rows, Scalar
from xl_cryptoai.xlsx.references import Place

MAX_AREA = 2_000_000
"""Cells of an area that is read; a larger one is not known."""
MAX_READ = 20_000_000
"""Cells that functions look through in all, before only small areas are looked through."""
SMALL, TINY = 1_000, 64
"""Cells of a small area; of one that is looked through until four times as many were read."""
_KEPT = 3_000_000
"""Cells of areas that are kept, for formulas side by side often read the same ones."""
_RECENT = 32
"""Areas whose values are kept in a row."""
NEVER_CALCULATED = NotKnown("a formula that was never calculated")


class StoredValues:
    """Values that a file stores, as formulas see them.

    Parameters
    ----------
    book : BookLike
        The workbook.
    instead : mapping of Place to value, optional
        Values to take instead of the stored ones.

    Attributes
    ----------
    last_row, last_column : int
        The last that any sheet uses.
    memo : dict
        Whatever functions keep of areas that they have looked through.
    """

    def __init__(self, book: BookLike, instead: Mapping[Place, Scalar] | None = None) -> None:
        self._sheets = _Sheets(book)
        ends = {sheet.title: _end(sheet) for sheet in book.worksheets}
        for place, value in (instead or {}).items():
            self._sheets[place.sheet][place[1:]] = value
            row, column = ends[place.sheet]
            ends[place.sheet] = max(row, place.row), max(column, place.column)
        self._last_rows = {title: row for title, (row, _) in ends.items()}
        self.last_row = max(self._last_rows.values(), default=1)
        self.last_column = max((column for _, column in ends.values()), default=1)
        self._rows: dict[SheetArea, Rows] = {}
        self._recent: dict[SheetArea, list[Any]] = {}
        self._columns: dict[tuple[str, int], list[Any]] = {}
        self._kept = self._read = self._recent_cells = 0
        self.memo: dict[Any, Any] = {}

    def instead(self, values: Mapping[Place, Scalar]) -> StoredValues:
        """The same values but for some cells; sheets without such cells are shared."""
        other = copy(self)
        other._sheets = copy(self._sheets)
        for sheet in {place.sheet for place in values}:
            other._sheets[sheet] = dict(self._sheets[sheet])
        for place, value in values.items():
            other._sheets[place.sheet][place[1:]] = value
        other._rows, other._recent, other._columns, other.memo = {}, {}, {}, {}
        other._kept = other._read = other._recent_cells = 0
        return other

    def value(self, sheet: str, row: int, column: int) -> Any:
        """Value of a cell; None for a blank, `NotKnown` where none was ever calculated."""
        return self._sheets[sheet].get((row, column))

    def sheet(self, sheet: str) -> dict[tuple[int, int], Any]:
        """Values of a sheet by row and column."""
        return self._sheets[sheet]

    def clipped(self, area: SheetArea) -> SheetArea:
        """The part of an area that any sheet of the workbook uses.

        The same for all sheets, so that `A:A` of two sheets are of one height.
        """
        sheet, top, left, bottom, right = area
        if bottom <= self.last_row and right <= self.last_column:
            return area
        return SheetArea(
            sheet,
            top,
            left,
            max(min(bottom, self.last_row), top),
            max(min(right, self.last_column), left),
        )

    def rows(self, area: SheetArea) -> Rows:
        """Values of an area, as far as cells are used."""
        area = self.clipped(area)
        known = self._rows.get(area)
        if known is not None:
            return known
        rows = self._new_rows(area)
        if self._kept + area.size > _KEPT:
            self._rows.clear()
            self._kept = 0
        self._rows[area] = rows
        self._kept += area.size
        return rows

    def _new_rows(self, area: SheetArea) -> Rows:
        if area.size > MAX_AREA:
            raise NotKnownError("areas with too many cells")
        if area.left == area.right:
            return [[value] for value in self.flat(area)]
        self.spend(area.size)
        get = self._sheets[area.sheet].get
        columns = range(area.left, area.right + 1)
        return [
            [get((row, column)) for column in columns] for row in range(area.top, area.bottom + 1)
        ]

    def flat(self, area: SheetArea) -> list[Any]:
        """Values of an area in a row, as far as cells are used."""
        sheet, top, left, bottom, right = area = self.clipped(area)
        if left != right:
            return [value for row in self.rows(area) for value in row]
        column = self._columns.get((sheet, left))
        if column is None:  # columns are asked for again and again, each time a little longer
            get = self._sheets[sheet].get
            last = self._last_rows.get(sheet, 1)  # of this sheet: another may reach to the end
            column = [get((row, left)) for row in range(1, last + 1)]
            self._columns[sheet, left] = column
        values = self._recent.get(area)
        if values is None:
            self._recent_cells += area.size
            if len(self._recent) > _RECENT or self._recent_cells > _KEPT:
                self._recent.clear()
                self._recent_cells = area.size
            values = column[top - 1 : bottom]
            values += [None] * (area.size - len(values))
            self._recent[area] = values
        return values

    def spend(self, cells: int) -> None:
        """Count cells that a function looks through; raise if there are too many in all.

        Ten thousand formulas that each go over ten thousand rows would take minutes.
        """
        self._read += cells
        if self._read > MAX_READ and (
            cells > SMALL or (cells > TINY and self._read > 4 * MAX_READ)
        ):
            raise NotKnownError("areas with too many cells")


class Cells:
    """Cells that a part of a formula refers to, read only if their values are asked for."""

    __slots__ = ("areas", "stored")

    def __init__(self, areas: tuple[SheetArea, ...], stored: StoredValues) -> None:
        self.areas, self.stored = areas, stored

    @property
    def area(self) -> SheetArea:
        """The area, if it is only one."""
        if len(self.areas) != 1:
            raise NotKnownError("several areas at once")
        return self.areas[0]

    def rows(self) -> Rows:
        """Values of the area, row by row, as far as cells are used."""
        rows = self.stored.rows(self.area)
        self.stored.spend(len(rows) * len(rows[0]))
        return rows

    def values(self) -> list[Any]:
        """Values of all areas in a row, as far as cells are used; to be looked through."""
        values = self.peek()
        self.stored.spend(len(values))
        return values

    def peek(self) -> list[Any]:
        """The same values, of which only some are looked at."""
        if len(self.areas) == 1:
            return self.stored.flat(self.areas[0])
        return [value for area in self.areas for value in self.stored.flat(area)]

    def met(self, sheet: str, row: int, column: int) -> Any:
        """Value that a formula in a cell takes where one value is wanted.

        That is the cell of a row in the formula's own column, or of a column in its own row.
        """
        own, top, left, bottom, right = area = self.area
        if area.size > 1:
            if left == right and top <= row <= bottom:
                top = row
            elif top == bottom and left <= column <= right:
                left = column
            else:
                raise NotKnownError("one value of an area where no row or column is the formula's")
        return self.stored.value(own, top, left)


class _Sheets(dict[str, dict[tuple[int, int], Any]]):
    """Values of sheets, each made when a formula first asks for one."""

    def __init__(self, book: BookLike) -> None:
        super().__init__()
        self.book = {sheet.title: sheet for sheet in book.worksheets}

    def __missing__(self, sheet: str) -> dict[tuple[int, int], Any]:
        self[sheet] = values = _values(self.book[sheet])
        return values

    def __copy__(self) -> _Sheets:
        other = _Sheets.__new__(_Sheets)
        other.update(self)
        other.book = self.book
        return other


def _end(sheet: SheetLike) -> tuple[int, int]:
    """The last row and column that a sheet uses."""
    last_row = last_column = 1
    for (row, column), cell in sheet.cells.items():
        if cell.is_used:
            last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row, last_column


def _values(sheet: SheetLike) -> dict[tuple[int, int], Any]:
    return {
        at: float(value)
        if type(value) is int
        else NEVER_CALCULATED
        if value is None and cell.formula is not None
        else value
        for at, cell in sheet.cells.items()
        if (value := cell.value) is not None or cell.formula is not None
    }
