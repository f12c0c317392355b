"""The paper that sheets are printed on: one size for all, in landscape, and nothing below 8 points.

A sheet is made one page wide where its letters stay large enough; a wider one is printed at the
smallest scale that keeps them so, over several pages that repeat its first columns.
"""

from __future__ import annotations

from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.worksheet.pagebreak import Break, ColBreak
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.workbook import styles

LEAST_SIZE = 8
"""Points that no printed letter falls below."""
LEAST_SCALE = -(-100 * LEAST_SIZE // int(styles.SMALL.size))
"""Percent at which the smallest letters are just as large."""
MARGIN = 0.3
"""Inches to the left and to the right."""
UNIT = 5.6
"""Points in a unit of column width of Arial 10, at most: Excel takes 5.25, LibreOffice 5.56."""


class Paper(NamedTuple):
    """A size of paper: its code in a file, and its longer side in points."""

    code: int
    length: float

    @property
    def columns(self) -> float:
        """How many units of column width a page takes at the smallest scale."""
        return (self.length - 144 * MARGIN) * 100 / LEAST_SCALE / UNIT


PAPERS = {"a4": Paper(9, 841.9), "letter": Paper(1, 792.0)}
DEFAULT = "a4"


def paper_for(name: str) -> Paper:
    """Return the paper that a person means by a name, or refuse an unknown one."""
    return PAPERS[name_meant(name, "paper", PAPERS)]


def set_paper(book: Workbook, paper: Paper) -> None:
    """Set up every sheet of a workbook for a paper; call it when all sheets are written.

    A sheet that has set itself to the smallest scale stays so, to take more rows to a page.
    """
    for sheet in book.worksheets:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = str(paper.code)
        starts = _pages(sheet, paper)
        dense = sheet.page_setup.scale == LEAST_SCALE
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=not (starts or dense))
        if starts or dense:
            sheet.page_setup.scale = LEAST_SCALE
            sheet.col_breaks = ColBreak()
            for column in starts:
                sheet.col_breaks.append(Break(id=column - 1))
        else:
            sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _pages(sheet: Worksheet, paper: Paper) -> list[int]:
    """Return the columns that begin another page across; none if all fit on one."""
    if not sheet.print_area:
        return []
    area = str(sheet.print_area).rpartition("!")[2]
    first, _, last, _ = range_boundaries(area.replace("$", ""))
    widths = {
        column: _width(sheet, column) for column in range(int(first or 1), int(last or 1) + 1)
    }
    if sum(widths.values()) <= paper.columns:
        return []
    repeated = str(sheet.print_title_cols or "").replace("$", "").partition(":")[2]
    titles = column_index_from_string(repeated) if repeated else 0
    again = sum(width for column, width in widths.items() if column <= titles)
    starts, used = [], 0.0
    for column, width in widths.items():
        if used + width > paper.columns and column > titles:
            starts.append(column)
            used = again
        used += width
    return starts


def _width(sheet: Worksheet, column: int) -> float:
    return float(sheet.column_dimensions[get_column_letter(column)].width)
