"""The two workbooks of a comparison, read, with their sheets, rows and columns aligned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from xl_cryptoai.comparing.translator import Translator
from xl_cryptoai.reading.alignment import align_sheets, pair_sheets
from xl_cryptoai.reading.book import Book, read_small_parts
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs


@dataclass(frozen=True)
class Side:
    """One of the two workbooks: its cells, its inputs, and its references as the old one's."""

    book: Book
    inputs: WorkbookInputs
    translator: Translator

    def first_words(self, sheet: str, row: int) -> str:
        """The first text in a row, at most 60 characters; "" if there is none."""
        return next(iter(self.book.texts[sheet].get(row, {}).values()), "")[:60]


def sides_of(before: Book, after: Book) -> tuple[Side, Side]:
    """Read both workbooks and align their sheets."""
    inputs = read_book(before), read_book(after)  # first: they refuse what is no workbook of ours
    read_small_parts(before, after)
    sheets = pair_sheets(before.worksheets, after.worksheets)
    answers = _answers(before), _answers(after)
    aligned = {
        new: align_sheets(
            before.worksheets[old], after.worksheets[new], (answers[0][old], answers[1][new])
        )
        for new, old in sheets.items()
    }
    old = Translator({}, {sheets[new]: one.of_old() for new, one in aligned.items()})
    return (
        Side(before, inputs[0], old),
        Side(after, inputs[1], Translator(sheets, aligned)),
    )


def _answers(book: Book) -> dict[str, set[tuple[int, int]]]:
    """Group the cells that hold answers by sheet."""
    spots: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for place in filled_places(book):
        spots[place.sheet].add(place[1:])
    return spots
