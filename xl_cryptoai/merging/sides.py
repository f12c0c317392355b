"""Reads the copies of a workbook that are to be merged, with everything that no input can hold."""

from __future__ import annotations

from xl_cryptoai.merging.record import Side
from xl_cryptoai.merging.unmapped import unmapped_cells
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.migration import migrate
from xl_cryptoai.reading.read import read_book


def read_side(book: Book, origin: Book | None = None) -> Side:
    """Read one copy.

    Parameters
    ----------
    book : Book
        The workbook.
    origin : Book, optional
        The workbook it was made from: unmapped cells are those that this one does not have.
        Without it, nobody looks for them.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    inputs, missed = migrate(book)
    if origin is not None:
        missed += unmapped_cells(book, origin)
    return Side(inputs, frozenset(read_book(book).refused), tuple(missed), book.path.name)
