"""The part of a workbook that formulas need: sheets with their cells, names and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from xl_cryptoai.xlsx.cells import Cell
from xl_cryptoai.xlsx.names import DefinedName
from xl_cryptoai.xlsx.tables import Table


class SheetLike(Protocol):
    """A sheet: its title, and the cells of the file by row and column, in that order."""

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def cells(self) -> Mapping[tuple[int, int], Cell]: ...  # noqa: D102


class BookLike(Protocol):
    """A workbook: its sheets in order, its names and its tables."""

    @property
    def worksheets(self) -> Sequence[SheetLike]: ...  # noqa: D102

    @property
    def names(self) -> Iterable[DefinedName]: ...  # noqa: D102

    @property
    def tables(self) -> Iterable[Table]: ...  # noqa: D102
