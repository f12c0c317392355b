"""Sheets are protected, without a password."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.own_reports import model_sheets

NONE = Kind("sheet_not_protected")
PASSWORD = Kind("sheet_has_password")
LOCKED = Kind("workbook_has_password")


def check(book: Book) -> Iterator[Finding]:
    """Look at the protection of every sheet and of the workbook."""
    for sheet in model_sheets(book):
        if sheet.protection is None:
            yield NONE().at(sheet.title)
        elif sheet.protection.password:
            yield PASSWORD().at(sheet.title)
    if book.file.protection is not None and book.file.protection.password:
        yield LOCKED().at()


RULE = Rule(
    "protection",
    "Every sheet is protected against accidents, without a password",
    "ICAEW: protect parts of the workbook that are not supposed to be changed by users",
    check,
    WARNING,
)
