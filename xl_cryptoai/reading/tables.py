"""Finds tables by the words of their head rows, wherever rows and columns have moved to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.reading.book import Book, Place, last_of

CASES = ("live", "bear", "base", "bull")
CASE_HEADS = {"live": "Live", "bear": "Bear", "base": "Base", "bull": "Bull"}
INPUT_HEADS = {"bear": "Bear", "base": "Base", "bull": "Bull", "override": "Override"}
ROW_HEADS = {**INPUT_HEADS, "unit": "Unit", "kind": "Base is"}
"""What a person can type in the row of an assumption, and the header under which it stands."""
ASSUMPTION_HEADS = ("Id", "Unit", "Live", "Bear", "Base", "Bull", "Override")
RESULT_HEADS = ("Id", "Live", "Bear", "Base", "Bull")
CHECK_HEADS = ("Check", "State", "Found", "Expected", "Tolerance", "Cell")
LOG_HEADS = ("Date", "Who", "What", "Why")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its sheet, its head row and its columns by head.

    Attributes
    ----------
    sheet : str
        Name of the sheet.
    head_row, last_row : int
        The head row, and the last row that can belong to the table.
    columns : dict of str to int
        Column number by head; of a head that occurs twice, the first.
    """

    sheet: str
    head_row: int
    last_row: int
    columns: dict[str, int]

    @property
    def rows(self) -> range:
        """The rows below the head."""
        return range(self.head_row + 1, self.last_row + 1)

    def place(self, row: int, head: str) -> Place:
        """Give the cell of a row under a head."""
        return Place(self.sheet, row, self.columns[head])


def tables_in(book: Book, sheet: str, heads: Iterable[str]) -> list[Table]:
    """Find the tables of a sheet whose head rows have all these heads, from the top down."""
    wanted = set(heads)
    found = [(row, words) for row, words in book.words[sheet].items() if wanted <= words.keys()]
    if not found:
        return []
    starts = [row for row, _ in found[1:]] + [last_of(book.worksheets[sheet])[0] + 1]
    return [
        Table(sheet, row, start - 1, columns)
        for (row, columns), start in zip(found, starts, strict=False)
    ]


def find_table(book: Book, heads: Iterable[str], likely: Iterable[str] = ()) -> Table | None:
    """Find the first table with these heads, on the likely sheets first, then on any."""
    wanted = tuple(heads)
    names = [name for name in likely if name in book.sheet_names]
    for name in dict.fromkeys([*names, *book.sheet_names]):
        for table in tables_in(book, name, wanted):
            return table
    return None


def assumptions_table(book: Book, catalogue: Catalogue) -> Table | None:
    """Find the table of the assumptions: where most names point to, whatever the sheet is called.

    Names of sheets are for people to change; defined names move along.
    """
    sheets = [place.sheet for name in catalogue if (place := book.target(name))]
    likely = sorted(set(sheets), key=sheets.count, reverse=True)
    return find_table(book, ASSUMPTION_HEADS, [*likely, "Assumptions"])


def id_rows(book: Book, table: Table) -> dict[str, list[int]]:
    """Give the rows of a table by the text in its column Id."""
    rows: dict[str, list[int]] = {}
    for row in table.rows:
        if words := book.words_at(table.place(row, "Id")):
            rows.setdefault(words, []).append(row)
    return rows


def table_of(book: Book, place: Place, heads: Iterable[str]) -> Table | None:
    """Find the table that a cell belongs to."""
    for table in tables_in(book, place.sheet, heads):
        if place.row in table.rows:
            return table
    return None
