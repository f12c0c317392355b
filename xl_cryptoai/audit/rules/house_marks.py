"""House judgement is marked wherever it shows."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.audit.book import Book, Place, rows_of, words_of
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.stored import content_at, stored_at
from xl_cryptoai.audit.tables import CASE_HEADS

HOUSE = ("Bear", "Bull")


def check(book: Book) -> Iterator[Finding]:
    """Look below the heads Bear and Bull wherever cases stand beside each other."""
    for sheet in book.sheets:
        for row in rows_of(sheet):
            heads = [cell for cell in row if words_of(cell) in CASE_HEADS.values()]
            if len(heads) < 2:
                continue
            for cell in heads:
                # the value shown: the words may stand elsewhere and be referred to
                shown = stored_at(book, Place(sheet.title, cell.row + 1, cell.column))
                below = f"{words_of(cell)} {shown}"
                if words_of(cell) in HOUSE and "house" not in below.lower():
                    at = Place(sheet.title, cell.row, cell.column)
                    mark = at._replace(row=cell.row + 1)
                    if content_at(book, mark) is not None:
                        at = mark  # something else stands where the word belongs
                    what = "is not marked as a house view"
                    yield Finding(str(at), what, "write house into the cell below, or the head")


RULE = Rule(
    "house_marks",
    "Bear and Bull are marked as a house view wherever they show",
    "our own: the publication's bear and bull are not known",
    check,
)
