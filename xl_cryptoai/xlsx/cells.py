"""A cell and its formula, as data."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import ItemsView, Iterator, Mapping
from itertools import repeat
from typing import Any, Literal, NamedTuple

from xl_cryptoai.xlsx.references import Area, shift_formula

FormulaKind = Literal["normal", "shared", "array", "dynamic", "data table"]


class ErrorValue(str):
    """An Excel error, such as `#N/A`: its text; the class distinguishes it from a text."""

    __slots__ = ()


CellValue = float | str | bool | ErrorValue | None
"""A number (also a date: its serial number), a text, a truth value, an error or nothing."""


class SharedFormula:
    """A formula that is written once for many cells: all have the same relative form.

    Attributes
    ----------
    text : str
        The formula with its `=`, as it reads in the cell that holds it.
    row, column : int
        That cell.
    """

    __slots__ = ("column", "row", "text")

    def __init__(self, text: str, row: int, column: int) -> None:
        self.text, self.row, self.column = text, row, column

    def text_at(self, row: int, column: int) -> str:
        """Formula as it reads in another cell that shares it."""
        return shift_formula(self.text, row - self.row, column - self.column)


class DataTable(NamedTuple):
    """Inputs of a what-if table: the cells that its upper row and left column stand in for.

    Attributes
    ----------
    row_input, column_input : str
        Such as "B4"; "" if the table has no such input, "#REF!" if the cell was deleted.
    """

    row_input: str
    column_input: str


class Formula:
    """A cell's formula.

    Attributes
    ----------
    kind : str
        "normal"; "shared" (written once for many cells); "array" (entered with
        Ctrl+Shift+Enter); "dynamic" (an array formula of Excel 365, which spills); "data table".
    area : Area or None
        The cells that an array formula or a data table fills; None for a formula of one cell.
    shared : SharedFormula or None
        What a formula of kind "shared" is a copy of: one object for all its copies.
    table : DataTable or None
        Inputs of a data table.
    """

    __slots__ = ("_text", "area", "kind", "shared", "table")

    def __init__(
        self,
        text: str,
        kind: FormulaKind = "normal",
        area: Area | None = None,
        shared: SharedFormula | None = None,
        table: DataTable | None = None,
    ) -> None:
        self._text: str | tuple[int, int] = text
        self.kind: FormulaKind = kind
        self.area, self.shared, self.table = area, shared, table

    @classmethod
    def of_shared(cls, shared: SharedFormula, row: int, column: int) -> Formula:
        """Copy of a shared formula in a cell; its text is made when it is asked for."""
        formula = cls("", "shared", None, shared)
        formula._text = (row, column)
        return formula

    @property
    def text(self) -> str:
        """The formula with its `=`, as it reads in its cell, with prefixes such as `_xlfn.`."""
        if not isinstance(self._text, str):
            assert self.shared is not None
            self._text = self.shared.text_at(*self._text)
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return (self.kind, self.text, self.area) == (other.kind, other.text, other.area)

    def __hash__(self) -> int:
        return hash((self.kind, self.text, self.area))

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, {self.kind!r}, {str(self.area) if self.area else None!r})"


class Cell(NamedTuple):
    """A cell that the file holds.

    Attributes
    ----------
    value : float, str, bool, ErrorValue or None
        The value; of a formula the stored one. None is nothing stored, "" an empty text.
    style : int
        Number of its format in `Workbook.styles`.
    formula : Formula or None
        Its formula.
    """

    value: CellValue
    style: int = 0
    formula: Formula | None = None

    @property
    def is_used(self) -> bool:
        """Whether it holds something besides a format."""
        return self.value is not None or self.formula is not None


Row = tuple[tuple[int, ...], tuple[Cell, ...]]
"""Columns of a row, in order, and the cells that stand there."""


class CellsByRow(Mapping[tuple[int, int], Cell]):
    """Cells by row and column, in that order.

    They are kept row by row, and rows with cells in the same columns share the list of them: a
    place then takes 8 bytes, where a dictionary of places takes 110.

    Parameters
    ----------
    rows : dict of int to Row
        The rows in order, each with a cell at least.
    """

    __slots__ = ("rows",)

    def __init__(self, rows: dict[int, Row]) -> None:
        self.rows = rows

    def get(self, at: tuple[int, int], default: Any = None) -> Any:
        """The cell at a place."""
        row = self.rows.get(at[0])
        if row is None:
            return default
        columns, cells = row
        number = bisect_left(columns, at[1])
        return cells[number] if number < len(columns) and columns[number] == at[1] else default

    def __getitem__(self, at: tuple[int, int]) -> Cell:
        cell = self.get(at)
        if cell is None:
            raise KeyError(at)
        found: Cell = cell
        return found

    def __contains__(self, at: object) -> bool:
        return isinstance(at, tuple) and len(at) == 2 and self.get(at) is not None

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for row, (columns, _) in self.rows.items():
            yield from zip(repeat(row), columns)

    def __len__(self) -> int:
        return sum(len(columns) for columns, _ in self.rows.values())

    def items(self) -> ItemsView[tuple[int, int], Cell]:
        """Each place with its cell."""
        return _Items(self)


class _Items(ItemsView[tuple[int, int], Cell]):
    """Places with their cells, without looking for each of them."""

    _mapping: CellsByRow

    def __iter__(self) -> Iterator[tuple[tuple[int, int], Cell]]:
        for row, (columns, cells) in self._mapping.rows.items():
            yield from zip(zip(repeat(row), columns), cells, strict=True)
