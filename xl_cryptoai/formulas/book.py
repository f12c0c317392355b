"""What this room needs to know of a workbook; the reader's types have all of it, and more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from xl_cryptoai.xlsx.cells import CellValue, DataTable
from xl_cryptoai.xlsx.references import Area


class SharedLike(Protocol):
    """A formula that the file writes once for many cells."""

    @property
    def text(self) -> str:
        """The formula as it reads in the cell that holds it."""

    @property
    def row(self) -> int:
        """That cell's row."""

    @property
    def column(self) -> int:
        """That cell's column."""


class FormulaLike(Protocol):
    """The formula of a cell."""

    @property
    def text(self) -> str:
        """The formula as it reads in its cell."""

    @property
    def kind(self) -> str:
        """How it was entered: "normal", "shared", "array", "dynamic" or "data table"."""

    @property
    def area(self) -> Area | None:
        """The cells that it fills, if they are several."""

    @property
    def shared(self) -> SharedLike | None:
        """What it is a copy of."""

    @property
    def table(self) -> DataTable | None:
        """Inputs of a data table."""


class CellLike(Protocol):
    """A cell that the file holds."""

    @property
    def value(self) -> CellValue:
        """The stored value."""

    @property
    def formula(self) -> FormulaLike | None:
        """Its formula."""


class SheetLike(Protocol):
    """A sheet as far as references need it."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def cells(self) -> Mapping[tuple[int, int], CellLike]:
        """The cells that the file holds by row and column, in that order."""


class NameLike(Protocol):
    """A defined name; `sheet` is None for a name of the workbook."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def text(self) -> str:
        """What it stands for."""

    @property
    def sheet(self) -> str | None:
        """The sheet where it counts."""


class TableLike(Protocol):
    """A table: its area with headers and totals, and the headers."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def sheet(self) -> str:
        """Where it stands."""

    @property
    def area(self) -> Area:
        """All of it."""

    @property
    def columns(self) -> Sequence[str]:
        """Its headers."""

    @property
    def header_rows(self) -> int:
        """How many rows are headers."""

    @property
    def totals_rows(self) -> int:
        """How many rows are totals."""


class BookLike(Protocol):
    """A workbook as far as references need it."""

    @property
    def worksheets(self) -> Sequence[SheetLike]:
        """Its sheets in order."""

    @property
    def names(self) -> Iterable[NameLike]:
        """Its names."""

    @property
    def tables(self) -> Iterable[TableLike]:
        """Its tables."""
