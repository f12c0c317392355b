"""No merged cells."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING

MERGED = Kind("merged_cells")


def check(book: Book) -> Iterator[Finding]:
    """Look for merged areas on every sheet."""
    for sheet in book.sheets:
        for area in sorted(sheet.merged):
            yield MERGED().at(sheet.title, area)


RULE = Rule(
    "merged_cells",
    "No cells are merged",
    "our own: rows and columns can be selected, sorted and filtered",
    check,
    WARNING,
)
