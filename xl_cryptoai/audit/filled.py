"""Cells that hold an answer: filled by a formula elsewhere, or kept where nobody answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from xl_cryptoai.audit.book import Book, Place, cells_of, rows_of, words_of

_AREA = re.compile(r"([A-Z]{1,3}[1-9]\d*(?::[A-Z]{1,3}[1-9]\d*)?) is")


def filled_places(book: Book) -> set[Place]:
    """Give every cell whose content follows from elsewhere though it holds no formula."""
    found: set[Place] = set()
    for sheet in book.formulas.worksheets:
        for cell in cells_of(sheet):
            if isinstance(cell.value, ArrayFormula):
                found.update(places_in(sheet.title, cell.value.ref))
                found.discard(Place(sheet.title, cell.row, cell.column))
    for place, area, _ in frozen_areas(book):
        found.update(places_in(place.sheet, area))
    return found


def frozen_areas(book: Book) -> Iterator[tuple[Place, str, str]]:
    """Yield the areas of which a sheet says in words, such as "A6:K19 is", what they are.

    Yields
    ------
    place, area, words
        Where it says so, the area, and the words that follow in the row.
    """
    for sheet in book.formulas.worksheets:
        for row in rows_of(sheet):
            for number, cell in enumerate(row):
                if match := _AREA.fullmatch(words_of(cell)):
                    words = next((said for one in row[number + 1 :] if (said := words_of(one))), "")
                    yield Place(sheet.title, cell.row, cell.column), match[1], words


def places_in(sheet: str, area: str) -> list[Place]:
    """List the cells of an area, such as "A6:K19", row by row."""
    left, top, right, bottom = range_boundaries(area)
    assert left and top and right and bottom  # an area of cells has all four ends
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    return [Place(sheet, row, column) for row in rows for column in columns]
