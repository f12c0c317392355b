"""Reads the copies of a workbook that are to be merged, with everything that has no place there."""

from __future__ import annotations

from pathlib import Path

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.audit.book import Book, open_book
from xl_cryptoai.audit.carry import carry_over
from xl_cryptoai.audit.merge_record import Side
from xl_cryptoai.audit.merge_strays import strays
from xl_cryptoai.audit.read import read_book


def read_side(path: Path, origin: Book | None = None) -> Side:
    """Read one copy.

    Parameters
    ----------
    path : Path
        The workbook.
    origin : Book, optional
        The workbook it was made from: what was typed outside the places for it is what this one
        does not have. Without it, nobody looks for that.

    Raises
    ------
    FileRefusedError
        If a file cannot be opened or is no workbook of ours.
    """
    inputs, lost = carry_over(path)
    # the lines that `carry_over` adds about what is lost are for a merge to write
    log = inputs.change_log[: len(inputs.change_log) - len(lost)]
    book = open_book(path)
    found = read_book(book)
    if origin is not None:
        lost = [*lost, *strays(book, found, origin)]
    pure = UserInputs(inputs.scenario, inputs.values, log)
    return Side(pure, frozenset(found.refused), tuple(lost), path.name)
