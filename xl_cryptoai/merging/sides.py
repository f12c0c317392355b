"""Reads the copies of a workbook that are to be merged, with everything that has no place there."""

from __future__ import annotations

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.merging.record import Side
from xl_cryptoai.merging.unmapped import strays
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.migration import carry_over
from xl_cryptoai.reading.read import read_book


def read_side(book: Book, origin: Book | None = None) -> Side:
    """Read one copy.

    Parameters
    ----------
    book : Book
        The workbook.
    origin : Book, optional
        The workbook it was made from: what was typed outside the places for it is what this one
        does not have. Without it, nobody looks for that.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    found = read_book(book)
    inputs, lost = carry_over(book, found)
    # the lines that `carry_over` adds about what is lost are for a merge to write
    log = inputs.change_log[: len(inputs.change_log) - len(lost)]
    if origin is not None:
        lost = [*lost, *strays(book, origin)]
    pure = UserInputs(inputs.scenario, inputs.values, log)
    return Side(pure, frozenset(found.refused), tuple(lost), book.path.name)
