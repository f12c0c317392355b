"""Tells what each cell stands for: the id of its row and the case of its column, by their words."""

from __future__ import annotations

import re
from typing import NamedTuple

from xl_cryptoai.assumptions import Assumption, shipped_assumptions
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.formulas.tree import Ref, Reference
from xl_cryptoai.reading.book import Book, Place, once_a_book, rows_of, words_of
from xl_cryptoai.reading.tables import CASE_HEADS
from xl_cryptoai.xlsx import Sheet
from xl_cryptoai.xlsx.references import parse_cell

KNOWN: dict[str, Assumption | Step] = {**shipped_assumptions(), **STEPS}
_BY_LABEL = {entry.label: name for name, entry in KNOWN.items()}
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)")
_MARKS = {"Id", "Check", *CASE_HEADS.values()}
CALL, NATIVE, DIFFERENCE = "call", "Native", "Difference"


class Label(NamedTuple):
    """What a cell stands for: id of its row, kind of row, head of its column without remarks."""

    id: str
    kind: str
    head: str


class Grid:
    """The labels of a workbook's cells.

    Attributes
    ----------
    rows : dict of sheet to dict of row to (id, kind)
        What each row is about.
    heads : dict of sheet to dict of row to dict of column to words
        The heads over each row.
    """

    def __init__(self, book: Book) -> None:
        self.rows: dict[str, dict[int, tuple[str, str]]] = {}
        self.heads: dict[str, dict[int, dict[int, str]]] = {}
        self.head_rows: dict[str, list[int]] = {}
        for sheet in book.worksheets.values():
            self._read(sheet)

    def label(self, place: Place) -> Label | None:
        """Give what a cell stands for; None where row or column says nothing."""
        found = self.rows.get(place.sheet, {}).get(place.row)
        head = self.heads.get(place.sheet, {}).get(place.row, {}).get(place.column)
        return Label(found[0], found[1], head) if found and head else None

    def _read(self, sheet: Sheet) -> None:
        rows, heads = self.rows.setdefault(sheet.title, {}), self.heads.setdefault(sheet.title, {})
        current: dict[int, str] = {}
        last = ""
        for row in rows_of(sheet):
            words = {at.column: found for at, cell in row if (found := words_of(cell))}
            number = row[0][0].row
            if _is_head(words):
                current = {column: text.split(" (")[0] for column, text in words.items()}
                self.head_rows.setdefault(sheet.title, []).append(number)
                last = ""
                continue
            if not current:
                continue
            heads[number] = current
            if named := _row_label(words, current, last):
                rows[number] = named
                last = named[0]


def _is_head(words: dict[int, str]) -> bool:
    said = {text.split(" (")[0] for text in words.values()}
    return len(words) > 1 and (bool(said & _MARKS) or {"Explanation", "Where"} <= said)


def _row_label(words: dict[int, str], heads: dict[int, str], last: str) -> tuple[str, str] | None:
    columns = {head: column for column, head in reversed(heads.items())}
    kind = ""
    if "Computed by" in columns:
        kind = words.get(columns["Computed by"], "")
        kind = CALL if kind not in ("", NATIVE, DIFFERENCE) else kind
    if "Check" in columns and "Cell" in columns:
        return (words[columns["Cell"]], "check") if columns["Cell"] in words else None
    if "Id" in columns:
        name = words.get(columns["Id"], last if kind in (NATIVE, DIFFERENCE) else "")
        return (name, kind) if name in KNOWN else None
    name = _BY_LABEL.get(words.get(min(heads), ""), "")
    return (name, kind) if name else None


@once_a_book
def grid_of(book: Book) -> Grid:
    """Give the labels of a workbook; they are read once."""
    return Grid(book)


def split_sheet(reference: str) -> tuple[str | None, str]:
    """Part a reference into its sheet, None if it names none, and the rest.

    >>> split_sheet("'Change log'!A1"), split_sheet("E7:H7")
    (('Change log', 'A1'), (None, 'E7:H7'))
    """
    match = _SHEET.fullmatch(reference)
    if match is None:
        return None, reference
    return (match[1] or match[2]).replace("''", "'"), match[3]


def place_of(reference: str, sheet: str) -> Place | None:
    """The one cell that a text on a sheet names, such as that of a link; None for other texts."""
    other, cell = split_sheet(reference)
    at = parse_cell(cell)
    return None if at is None else Place(other or sheet, *at)


def cell_meant(reference: Reference, place: Place) -> Place | None:
    """The one cell that a reference in a cell's formula means; None for areas and names."""
    if not isinstance(reference, Ref) or reference.top is None or reference.left is None:
        return None
    prefix = reference.prefix
    if (reference.top, reference.left) != (reference.bottom, reference.right) or (
        prefix is not None and (prefix.book or prefix.last)
    ):
        return None
    row, column = reference.top, reference.left
    return Place(
        prefix.first if prefix is not None else place.sheet,
        row.number if row.absolute else place.row + row.number,
        column.number if column.absolute else place.column + column.number,
    )
