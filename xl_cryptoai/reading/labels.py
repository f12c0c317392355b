"""What each cell stands for: its row, by id or first words, and the header of its column."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from xl_cryptoai.reading.book import Book, Place, in_words, once_a_book
from xl_cryptoai.reading.filled import filled_areas, frozen_areas
from xl_cryptoai.reading.tables import case_headers
from xl_cryptoai.xlsx import Area

_MARKS: tuple[set[str], ...] = (
    {"id"},
    {"unit"},
    {"units"},
    {"check", "cell"},
    {"part", "live"},
    {"explanation", "where"},
)
"""Words that make a row a header row; two cases side by side do so too."""
_NEAR = 3
"""Rows below its label that a table may leave without one, as a step's native formula."""
CALL, NATIVE, DIFFERENCE = "call", "Native", "Difference"

Texts = dict[int, str]
"""The texts of a row by column."""


class Label(NamedTuple):
    """What a cell of a workbook of ours stands for.

    Attributes
    ----------
    id, kind : str
        Id of its row, and the kind of row where an id has several.
    header : str
        The header of its column without remarks in parentheses.
    """

    id: str
    kind: str
    header: str


class Words(NamedTuple):
    """What a cell's row and column say, in any workbook: id, label, unit and column header."""

    id: str = ""
    label: str = ""
    unit: str = ""
    column: str = ""


class Labels:
    """The labels of a workbook's cells.

    Attributes
    ----------
    rows : dict of sheet to dict of row to (id, kind)
        What each row is about.
    headers : dict of sheet to dict of row to dict of column to words
        The headers over each row, without remarks.
    header_rows : dict of sheet to list of int
        The header rows, from the top down.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self._known = book.model.entries
        self._by_label = {entry.label: name for name, entry in self._known.items()}
        cases = [header.lower() for header in case_headers(book.model).values()]
        self._marks = [*_MARKS, *({one, other} for one, other in combinations(cases, 2))]
        self.rows: dict[str, dict[int, tuple[str, str]]] = {}
        self.headers: dict[str, dict[int, Texts]] = {}
        self.header_rows: dict[str, list[int]] = {}
        for sheet in book.texts:
            self._read(sheet)

    def label(self, place: Place) -> Label | None:
        """Return what a cell of ours stands for; None where row or column says nothing.

        A cell that only a text names may be on a sheet that is not there.
        """
        found = self.rows.get(place.sheet, {}).get(place.row)
        header = self.headers.get(place.sheet, {}).get(place.row, {}).get(place.column)
        return Label(found[0], found[1], header) if found and header else None

    def words(self, place: Place) -> Words:
        """Return what a cell's own row and the header above it say."""
        for sheet, area in self._filled:
            if sheet == place.sheet and area.covers(place.row, place.column):
                return self._filled_words(place, area)
        rows = self.book.texts[place.sheet]
        row, before = rows.get(place.row, {}), sorted(rows.get(place.row, {}).items())
        before = [(column, text) for column, text in before if column < place.column]
        header_rows = self.header_rows[place.sheet]
        above = bisect_right(header_rows, place.row)
        if not above:
            return Words(label=before[0][1] if before else "")
        if header_rows[above - 1] == place.row:
            return Words()
        headers = rows[header_rows[above - 1]]
        id_column, unit_column = _column(headers, "id"), _column(headers, "unit", "units")
        texts = [text for column, text in before if column not in (id_column, unit_column)]
        first = self.book.value(place._replace(column=min(headers)))
        label = row.get(min(headers), "")
        if isinstance(first, float):  # numbered rows, or years
            label = next(iter(texts), in_words(first))
        elif not label and (label := self._nearest(place.sheet, place.row, min(headers))):
            label = ", ".join([label, *texts[:1]])  # a row below: what sets it apart
        name, kind = self.rows[place.sheet].get(place.row, ("", ""))
        if kind in (NATIVE, DIFFERENCE) and not label.endswith(kind):
            label = f"{label}, {kind}"  # the step's own row has the same label
        return Words(
            name if name in self._known else "",
            label,
            row.get(unit_column, ""),
            headers.get(place.column, ""),
        )

    def _filled_words(self, place: Place, area: Area) -> Words:
        """Return the header and first words of a cell in a table that one formula has filled."""
        rows = self.book.texts[place.sheet]
        headers = rows.get(area.top, {})
        if place[1:] == area[:2] or area.left not in headers:
            return Words(label=self._nearest(place.sheet, area.top - 1, area.left))
        first = rows.get(place.row, {}).get(area.left, "")
        return Words(
            first if first in self._known else "", first, "", headers.get(place.column, "")
        )

    @cached_property
    def _filled(self) -> list[tuple[str, Area]]:
        """The areas of more than one cell that a formula fills, or filled when it was built."""
        frozen = ((place.sheet, area) for place, area, _ in frozen_areas(self.book))
        filled = ((place.sheet, area) for place, area in filled_areas(self.book))
        return [*frozen, *((sheet, area) for sheet, area in filled if not area.single)]

    def _nearest(self, sheet: str, row: int, column: int) -> str:
        """Return the text of a column in a row, or in the nearest of the few rows above."""
        rows = self.book.texts[sheet]
        near = (rows.get(row - back, {}).get(column) for back in range(_NEAR))
        return next((text for text in near if text), "")

    def _read(self, sheet: str) -> None:
        rows = self.rows[sheet] = {}
        headers = self.headers[sheet] = {}
        header_rows = self.header_rows[sheet] = []
        current: Texts = {}
        last = ""
        for number, row in self.book.texts[sheet].items():
            if self._is_header(row):
                current = {column: text.split(" (")[0] for column, text in row.items()}
                header_rows.append(number)
                last = ""
            elif current:
                headers[number] = current
                if named := self._row_id(row, current, last):
                    rows[number] = named
                    last = named[0]

    def _is_header(self, row: Texts) -> bool:
        if len(row) < 2:
            return False
        words = {text.split(" (")[0].lower() for text in row.values()}
        return any(mark <= words for mark in self._marks)

    def _row_id(self, row: Texts, headers: Texts, last: str) -> tuple[str, str] | None:
        columns = {header: column for column, header in reversed(headers.items())}
        kind = ""
        if "Computed by" in columns:
            kind = row.get(columns["Computed by"], "")
            kind = CALL if kind not in ("", NATIVE, DIFFERENCE) else kind
        if "Check" in columns and "Cell" in columns:
            return (row[columns["Cell"]], "check") if columns["Cell"] in row else None
        if "Id" in columns:
            name = row.get(columns["Id"], last if kind in (NATIVE, DIFFERENCE) else "")
            return (name, kind) if name in self._known else None
        name = self._by_label.get(row.get(min(headers), ""), "")
        return (name, kind) if name else None


def _column(headers: Texts, *wanted: str) -> int:
    return next((column for column, text in headers.items() if text.lower() in wanted), 0)


@once_a_book
def labels_of(book: Book) -> Labels:
    """Return the labels of a workbook; they are read once."""
    return Labels(book)
