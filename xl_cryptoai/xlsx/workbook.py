"""A workbook as any program saved it: its sheets, names and settings, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from xl_cryptoai.xlsx.cells import Cell
from xl_cryptoai.xlsx.names import DefinedName, ExternalLink
from xl_cryptoai.xlsx.references import Area
from xl_cryptoai.xlsx.tables import Table

SheetState = Literal["visible", "hidden", "veryHidden"]
SheetKind = Literal["worksheet", "chartsheet", "dialogsheet", "macrosheet"]


class Sheet:
    """One sheet.

    Attributes
    ----------
    title : str
        Its name.
    state : str
        "visible", "hidden", or "veryHidden" (only a macro can show it).
    kind : str
        "worksheet", or a kind that has no cells: "chartsheet", "dialogsheet", "macrosheet".
    """

    title: str
    state: SheetState
    kind: SheetKind

    @cached_property
    def cells(self) -> Mapping[tuple[int, int], Cell]:
        """The cells that the file holds, by (row, column), in the order of rows and columns."""
        raise NotImplementedError

    @cached_property
    def merged(self) -> tuple[Area, ...]:
        """Merged areas."""
        raise NotImplementedError

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Tables of the sheet."""
        raise NotImplementedError


class Workbook:
    """A workbook file that has passed the look at its parts."""

    path: Path

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets, in order."""
        raise NotImplementedError

    @cached_property
    def worksheets(self) -> tuple[Sheet, ...]:
        """The sheets that have cells, in order."""
        raise NotImplementedError

    def sheet(self, title: str) -> Sheet | None:
        """Sheet by its name, without regard to case; None if there is none."""
        raise NotImplementedError

    @cached_property
    def names(self) -> tuple[DefinedName, ...]:
        """Defined names, also local, hidden and built-in ones."""
        raise NotImplementedError

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Tables of all sheets."""
        raise NotImplementedError

    @cached_property
    def external_links(self) -> Mapping[int, ExternalLink]:
        """Other workbooks by the number that formulas write in brackets."""
        raise NotImplementedError

    @cached_property
    def date_1904(self) -> bool:
        """Whether day 0 is 1 January 1904."""
        raise NotImplementedError

    @cached_property
    def iterate(self) -> bool:
        """Whether circular references are calculated by iteration."""
        raise NotImplementedError


def open_workbook(path: Path) -> Workbook:
    """Open a workbook for reading.

    Raises
    ------
    FileRefusedError
        If it is no workbook, is damaged, or is larger than it may be.
    """
    raise NotImplementedError
