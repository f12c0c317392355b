"""Reads what references stand for out of the values stored in a workbook, or out of other ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.evaluate import Read, UnknownFormulaError
from xl_cryptoai.audit.excel_functions import Fault
from xl_cryptoai.audit.formulas import areas_in
from xl_cryptoai.audit.labels import place_of
from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.xlsx import Area, ErrorValue

MAX_CELLS = 20_000
"""A larger area is not read."""


def value_at(book: Book, place: Place) -> Any:
    """A cell's stored value as formulas see it: a date is a number."""
    cell = book.cell(place)
    value = None if cell is None else cell.value
    if isinstance(value, str) and (isinstance(value, ErrorValue) or value in EXCEL_ERRORS):
        return Fault(value)
    return value


def reader(book: Book, sheet: str, instead: Mapping[Place, Any] | None = None) -> Read:
    """Give the reader of references for formulas on a sheet.

    Parameters
    ----------
    book : Book
        The workbook.
    sheet : str
        Where the formula stands.
    instead : mapping of Place to value, optional
        Values to take instead of the stored ones.
    """
    changed = instead or {}

    def at(place: Place) -> Any:
        return changed[place] if place in changed else value_at(book, place)

    def read(reference: str) -> Any:
        place = place_of(reference, sheet)
        if place is not None:
            if "[" in place.sheet:  # another workbook: its value cannot be known
                raise UnknownFormulaError(reference)
            if place.sheet not in book.cells:
                return Fault("#REF!")
            return at(place)
        area = next(areas_in("=" + reference, sheet), None)
        if area is None:
            target = book.target(reference)
            if target is None:
                raise UnknownFormulaError(reference)
            return at(target)
        title, top, left, bottom, right = area
        if (bottom - top + 1) * (right - left + 1) > MAX_CELLS:
            raise UnknownFormulaError(reference)
        columns = range(left, right + 1)
        return [[at(Place(title, r, c)) for c in columns] for r in range(top, bottom + 1)]

    # formulas side by side read the same areas; with other values instead each is read for itself
    return read if changed else cache(read)


def cells_filled(
    book: Book, anchor: Place, rows: list[list[Any]], area: Area | None = None
) -> Iterator[tuple[Place, Any]]:
    """Pair the cells that an answer fills with what it gives them.

    Parameters
    ----------
    book : Book
        The workbook.
    anchor : Place
        Where the answer begins.
    rows : rows of values
        The answer.
    area : Area, optional
        By default that of the array formula in the anchor, or the anchor alone.
    """
    cell = book.cell(anchor)
    if area is None and cell is not None and cell.formula is not None:
        area = cell.formula.area
    top, left, bottom, right = area or (*anchor[1:], *anchor[1:])
    for row, line in zip(range(top, bottom + 1), rows, strict=False):
        for column, value in zip(range(left, right + 1), line, strict=False):
            yield Place(anchor.sheet, row, column), value
