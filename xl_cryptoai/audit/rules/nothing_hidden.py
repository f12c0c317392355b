"""No hidden sheets, rows or columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.audit.book import TECHNICAL_SHEETS, Book
from xl_cryptoai.audit.rules.entry import Finding, Rule

_CLAUSE = "FAST 2.01-08 Do not hide anything"


def check_sheets(book: Book) -> Iterator[Finding]:
    """Look for hidden sheets; the sheet for programs may be one."""
    sheets: list[Any] = [*book.formulas.worksheets, *book.formulas.chartsheets]
    for sheet in sheets:
        if sheet.sheet_state != "visible" and sheet.title not in TECHNICAL_SHEETS:
            cure = "unhide the sheet, or delete it"
            yield Finding(sheet.title, "is a hidden sheet", cure)


def check_lines(book: Book) -> Iterator[Finding]:
    """Look for hidden rows and columns, and for those without height or width."""
    for sheet in book.sheets:
        for number, row in sheet.row_dimensions.items():
            if row.hidden or row.height == 0:
                yield Finding(f"{sheet.title}!{number}:{number}", "is a hidden row", "unhide it")
        for letter, column in sheet.column_dimensions.items():
            if column.hidden or column.width == 0:
                where = f"{sheet.title}!{letter}:{letter}"
                yield Finding(where, "is a hidden column", "unhide it")


SHEETS = Rule("hidden_sheets", "No sheet is hidden but the one for programs", _CLAUSE, check_sheets)
LINES = Rule("hidden_lines", "No row and no column is hidden", _CLAUSE, check_lines)
