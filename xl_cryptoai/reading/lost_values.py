"""Values that were lost where a workbook was calculated without our functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.evaluate import Evaluator, filled
from xl_cryptoai.formulas.tree import Call
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.functions import functions_of
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.xlsx import ErrorValue


@once_a_book
def lost_values(book: Book) -> frozenset[Place]:
    """Cells that show an error only because a function of ours was not available.

    A program without the functions writes #NAME?, or #VALUE! where it tries macros or does not
    know LAMBDA. So the error itself says little: lost is what Python computes all the same.
    """
    waiting = [
        (block, place)
        for block in book.blocks
        if calls_ours(book, block)
        for place in block.places()
        if isinstance(book.value(place), ErrorValue)
    ]
    found: dict[Place, Any] = {}
    while waiting:  # a call can refer to another whose value is lost
        evaluator = book.evaluator.instead(found) if found else book.evaluator
        new = {at: value for held in waiting for at, value in _values(*held, evaluator)}
        if not new:
            break
        found |= new
        waiting = [held for held in waiting if held[1] not in new]
    return frozenset(found)


def calls_ours(book: Book, block: Block) -> bool:
    """Whether a formula calls a function of ours, which not every program has."""
    ours = functions_of(book.model)
    return any(isinstance(part, Call) and part.name in ours for part in block.form.parts)


def _values(block: Block, place: Place, evaluator: Evaluator) -> Iterator[tuple[Place, Any]]:
    """Yield what a formula gives its cells; nothing if that is an error, or not known."""
    rows = filled(block, evaluator) if block.whole else [[evaluator.value(block.form, *place)]]
    if isinstance(rows[0][0], (ErrorValue, NotKnown)):
        return
    for row, line in enumerate(rows, place.row):
        for column, value in enumerate(line, place.column):
            yield Place(place.sheet, row, column), value
