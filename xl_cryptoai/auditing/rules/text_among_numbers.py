"""No number is stored as text among numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book, cells_of, words_of

TEXT = Kind("text_among_numbers", "text")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def check(book: Book) -> Iterator[Finding]:
    """Look at every text that reads as a number, between two numbers above and below it."""
    for sheet in book.sheets:
        for place, cell in cells_of(sheet):
            if not _NUMBER.fullmatch(words_of(cell)):
                continue
            around = [sheet.cells.get((place.row + step, place.column)) for step in (-1, 1)]
            if all(
                one and not one.formula and isinstance(one.value, (int, float)) for one in around
            ):
                yield TEXT(text=words_of(cell)).at(place)


RULE = Rule(
    "text_among_numbers",
    "No number is stored as text among numbers",
    "our own: formulas skip such a cell silently",
    check,
)
