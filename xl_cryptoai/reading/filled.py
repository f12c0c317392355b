"""Cells that hold an answer: a formula elsewhere fills them, or it was kept as values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xl_cryptoai.reading.book import Book, Place, cells_of, once_a_book, words_of
from xl_cryptoai.xlsx import Area
from xl_cryptoai.xlsx.references import parse_area

_AREA = re.compile(r"([A-Z]{1,3}[1-9]\d*(?::[A-Z]{1,3}[1-9]\d*)?) is")

LARGEST = 20_000
"""Cells of an area that is looked into: words can name any."""


@once_a_book
def filled_places(book: Book) -> set[Place]:
    """Every cell whose content follows from elsewhere though it holds no formula."""
    found: set[Place] = set()
    for anchor, area in filled_areas(book):
        found.update(places_in(anchor.sheet, area))
        found.discard(anchor)
    for place, area, _ in frozen_areas(book):
        found.update(places_in(place.sheet, area))
    return found


def filled_areas(book: Book) -> Iterator[tuple[Place, Area]]:
    """Yield the array formulas and data tables, each with the area that it fills."""
    for sheet in book.worksheets.values():
        for place, cell in cells_of(sheet):
            if cell.formula is not None and cell.formula.area is not None:
                yield place, cell.formula.area


def frozen_areas(book: Book) -> Iterator[tuple[Place, Area, str]]:
    """Yield the areas whose answers are kept as values: a sheet says so in words, "A6:K19 is".

    Yields
    ------
    place, area, words
        Where it says so, the area, and the words that follow in the row.
    """
    for title, rows in book.words.items():
        for row, words in rows.items():
            for text, column in words.items():
                match = _AREA.fullmatch(text)
                area = parse_area(match[1]) if match else None
                if area is not None and area.size <= LARGEST:
                    after = (
                        words_of(cell)
                        for (at_row, at_column), cell in book.cells[title].items()
                        if at_row == row and at_column > column
                    )
                    yield Place(title, row, column), area, next(filter(None, after), "")


def places_in(sheet: str, area: Area) -> list[Place]:
    """List the cells of an area, row by row."""
    return [Place(sheet, row, column) for row, column in area.cells()]


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
