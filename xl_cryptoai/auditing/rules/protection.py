"""Sheets are protected, without a password."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING


def check(book: Book) -> Iterator[Finding]:
    """Look at the protection of every sheet and of the workbook."""
    for sheet in book.sheets:
        if sheet.protection is None:
            yield Finding(sheet.title, "is not protected", "protect it (Review), no password")
        elif sheet.protection.password:
            cure = "unprotect it and protect it again without one"
            yield Finding(sheet.title, "is protected with a password", cure)
    if book.file.protection is not None and book.file.protection.password:
        yield Finding("workbook", "is locked with a password", "remove the password")


RULE = Rule(
    "protection",
    "Every sheet is protected against slips, without a password",
    "ICAEW: protect parts of the workbook that are not supposed to be changed by users",
    check,
    WARNING,
)
