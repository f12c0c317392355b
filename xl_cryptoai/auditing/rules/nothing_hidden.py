"""No hidden sheets, rows or columns."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book
from xl_cryptoai.reading.findings import NOTE, WARNING
from xl_cryptoai.xlsx.lines import Span
from xl_cryptoai.xlsx.references import column_letters

_CLAUSE = "FAST 2.01-08 Do not hide anything"


def check_sheets(book: Book) -> Iterator[Finding]:
    """Look for hidden sheets; the sheet for programs may be one."""
    for sheet in book.file.sheets:
        if sheet.state != "visible" and sheet.title not in TECHNICAL_SHEETS:
            yield Finding(sheet.title, "is a hidden sheet", "unhide the sheet, or delete it")


def check_lines(book: Book) -> Iterator[Finding]:
    """Look for hidden rows and columns, also for those without height or width."""
    for sheet in book.sheets:
        for span in sheet.rows.hidden:
            where = f"{sheet.title}!{span.first}:{span.last}"
            yield Finding(where, _hidden(span, "row"), "unhide it")
        for span in sheet.columns.hidden:
            first, last = column_letters(span.first), column_letters(span.last)
            yield Finding(f"{sheet.title}!{first}:{last}", _hidden(span, "column"), "unhide it")
        if filtered := sheet.rows.filtered:
            count = sum(span.last - span.first + 1 for span in filtered)
            where = f"{sheet.title}!{filtered[0].first}:{filtered[-1].last}"
            what = (
                f"has {count:,} rows that a filter hides" if count > 1 else "is hidden by a filter"
            )
            yield Finding(where, what, "clear the filter to see all", NOTE)


def _hidden(span: Span, line: str) -> str:
    count = span.last - span.first + 1
    return f"is a hidden {line}" if count == 1 else f"is {count:,} hidden {line}s"


SHEETS = Rule(
    "hidden_sheets", "No sheet is hidden but the one for programs", _CLAUSE, check_sheets, WARNING
)
LINES = Rule("hidden_lines", "No row and no column is hidden", _CLAUSE, check_lines, WARNING)
