"""Tells what each cell stands for: the id of its row and the case of its column, by their words."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.assumptions import Assumption, shipped_assumptions
from xl_cryptoai.audit.book import Book, Place, once_a_book, rows_of, words_of
from xl_cryptoai.audit.formulas import area_of, references_in
from xl_cryptoai.audit.tables import CASE_HEADS
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.xlsx import Sheet

KNOWN: dict[str, Assumption | Step] = {**shipped_assumptions(), **STEPS}
_BY_LABEL = {entry.label: name for name, entry in KNOWN.items()}
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


def place_of(reference: str, sheet: str) -> Place | None:
    """Give the one cell that a reference on a sheet means; None for areas and names."""
    area = area_of(reference)
    if area is None or ":" in reference.rpartition("!")[2]:
        return None
    return Place(area[0] or sheet, area[1], area[2])


def single_cells(formula: str, sheet: str) -> list[Place]:
    """List the cells that a formula refers to one by one."""
    found = (place_of(reference, sheet) for reference in references_in(formula))
    return [place for place in found if place is not None]
