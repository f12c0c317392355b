"""Sheets are protected, without a password."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.rules.entry import Finding, Rule


def check(book: Book) -> Iterator[Finding]:
    """Look at the protection of every sheet and of the workbook."""
    for sheet in book.sheets:
        protection = sheet.protection
        if not protection.sheet:
            yield Finding(sheet.title, "is not protected", "protect it (Review), no password")
        elif protection.password or protection.hashValue:
            cure = "unprotect it and protect it again without one"
            yield Finding(sheet.title, "is protected with a password", cure)
    lock = book.formulas.security
    if lock is not None and (lock.workbookPassword or lock.workbookHashValue):
        yield Finding("workbook", "is locked with a password", "remove the password")


RULE = Rule(
    "protection",
    "Every sheet is protected against slips, without a password",
    "ICAEW: protect parts of the workbook that are not supposed to be changed by users",
    check,
)
