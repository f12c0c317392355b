"""Tells what each cell stands for: the id of its row and the case of its column, by their words."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.assumptions import Assumption, shipped_assumptions
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.reading.book import Book, Place, once_a_book, rows_of, words_of
from xl_cryptoai.reading.tables import CASE_HEADERS
from xl_cryptoai.xlsx import Sheet

KNOWN: dict[str, Assumption | Step] = {**shipped_assumptions(), **STEPS}
_BY_LABEL = {entry.label: name for name, entry in KNOWN.items()}
_MARKS = {"Id", "Check", *CASE_HEADERS.values()}
CALL, NATIVE, DIFFERENCE = "call", "Native", "Difference"


class Label(NamedTuple):
    """What a cell stands for: id of its row, kind of row, header of its column without remarks."""

    id: str
    kind: str
    header: str


class Labels:
    """The labels of a workbook's cells.

    Attributes
    ----------
    rows : dict of sheet to dict of row to (id, kind)
        What each row is about.
    headers : dict of sheet to dict of row to dict of column to words
        The headers over each row.
    """

    def __init__(self, book: Book) -> None:
        self.rows: dict[str, dict[int, tuple[str, str]]] = {}
        self.headers: dict[str, dict[int, dict[int, str]]] = {}
        self.header_rows: dict[str, list[int]] = {}
        for sheet in book.worksheets.values():
            self._read(sheet)

    def label(self, place: Place) -> Label | None:
        """Give what a cell stands for; None where row or column says nothing."""
        found = self.rows.get(place.sheet, {}).get(place.row)
        header = self.headers.get(place.sheet, {}).get(place.row, {}).get(place.column)
        return Label(found[0], found[1], header) if found and header else None

    def _read(self, sheet: Sheet) -> None:
        rows, headers = (
            self.rows.setdefault(sheet.title, {}),
            self.headers.setdefault(sheet.title, {}),
        )
        current: dict[int, str] = {}
        last = ""
        for row in rows_of(sheet):
            words = {at.column: found for at, cell in row if (found := words_of(cell))}
            number = row[0][0].row
            if _is_head(words):
                current = {column: text.split(" (")[0] for column, text in words.items()}
                self.header_rows.setdefault(sheet.title, []).append(number)
                last = ""
                continue
            if not current:
                continue
            headers[number] = current
            if named := _row_label(words, current, last):
                rows[number] = named
                last = named[0]


def _is_head(words: dict[int, str]) -> bool:
    said = {text.split(" (")[0] for text in words.values()}
    return len(words) > 1 and (bool(said & _MARKS) or {"Explanation", "Where"} <= said)


def _row_label(words: dict[int, str], headers: dict[int, str], last: str) -> tuple[str, str] | None:
    columns = {header: column for column, header in reversed(headers.items())}
    kind = ""
    if "Computed by" in columns:
        kind = words.get(columns["Computed by"], "")
        kind = CALL if kind not in ("", NATIVE, DIFFERENCE) else kind
    if "Check" in columns and "Cell" in columns:
        return (words[columns["Cell"]], "check") if columns["Cell"] in words else None
    if "Id" in columns:
        name = words.get(columns["Id"], last if kind in (NATIVE, DIFFERENCE) else "")
        return (name, kind) if name in KNOWN else None
    name = _BY_LABEL.get(words.get(min(headers), ""), "")
    return (name, kind) if name else None


@once_a_book
def labels_of(book: Book) -> Labels:
    """Give the labels of a workbook; they are read once."""
    return Labels(book)
