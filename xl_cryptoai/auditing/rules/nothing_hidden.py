"""No hidden sheets, rows or columns."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book
from xl_cryptoai.reading.findings import NOTE, WARNING
from xl_cryptoai.xlsx.lines import Span
from xl_cryptoai.xlsx.references import whole_columns, whole_rows

SHEET = Kind("hidden_sheet")
ROWS = Kind("hidden_rows", "count")
COLUMNS = Kind("hidden_columns", "count")
FILTERED = Kind("filtered_rows", "count")
_CLAUSE = "FAST 2.01-08 Do not hide anything"


def check_sheets(book: Book) -> Iterator[Finding]:
    """Look for hidden sheets; the sheet for programs may be one."""
    for sheet in book.file.sheets:
        if sheet.state != "visible" and sheet.title not in TECHNICAL_SHEETS:
            yield SHEET().at(sheet.title)


def check_lines(book: Book) -> Iterator[Finding]:
    """Look for hidden rows and columns, also for those without height or width."""
    for sheet in book.sheets:
        for span in sheet.rows.hidden:
            yield ROWS(count=_count(span)).at(sheet.title, whole_rows(*span))
        for span in sheet.columns.hidden:
            yield COLUMNS(count=_count(span)).at(sheet.title, whole_columns(*span))
        if filtered := sheet.rows.filtered:
            area = whole_rows(filtered[0].first, filtered[-1].last)
            count = sum(map(_count, filtered))
            yield FILTERED(count=count).at(sheet.title, area, severity=NOTE)


def _count(span: Span) -> int:
    return span.last - span.first + 1


SHEETS = Rule(
    "hidden_sheets", "No sheet is hidden but the one for programs", _CLAUSE, check_sheets, WARNING
)
LINES = Rule("hidden_lines", "No row and no column is hidden", _CLAUSE, check_lines, WARNING)
