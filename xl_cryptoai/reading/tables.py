"""Finds tables by the words of their header rows, wherever rows and columns have moved to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import NAME, with_own
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.book import Book, Place, last_of

LIVE = "live"
OWN_HEADER = "own_scenario"
"""The defined name of the header of the spare scenario, which people rename."""
CHECK_HEADERS = ("Check", "State", "Found", "Expected", "Tolerance", "Cell")
LOG_HEADERS = ("Date", "Who", "What", "Why")


def case_headers(model: Model) -> dict[str, str]:
    """Return the header of the live column and of every scenario's."""
    scenarios = model.assumptions.scenarios.items()
    return {LIVE: "Live", **{name: one.label for name, one in scenarios}}


def base_headers(model: Model) -> tuple[str, str]:
    """Return the headers of the base case as built: of its results, and of its typed figures."""
    return ("Model", "Model base") if model.text else ("Published", "Published base")


def input_headers(model: Model) -> dict[str, str]:
    """Return the headers of the columns for an assumption's values, by scenario, and override.

    That of the spare scenario is its name before anybody renames it: see `assumptions_table`.
    """
    scenarios = with_own(model.assumptions.scenarios).items()
    return {**{name: one.label for name, one in scenarios}, OVERRIDE: "Override"}


def row_headers(model: Model) -> dict[str, str]:
    """Return what a person can type in an assumption's row, and the header under which it is."""
    return {**input_headers(model), "unit": "Unit", "kind": "Base is"}


def assumption_headers(model: Model) -> tuple[str, ...]:
    """Return the headers of the table of assumptions."""
    return ("Id", "Unit", *case_headers(model).values(), "Override")


def result_headers(model: Model) -> tuple[str, ...]:
    """Return the headers of the table of results."""
    return ("Id", *case_headers(model).values())


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its sheet, its header row and its columns by header.

    Attributes
    ----------
    sheet : str
        Name of the sheet.
    header_row, last_row : int
        The header row, and the last row that can belong to the table.
    columns : dict of str to int
        Column number by header; of a header that occurs twice, the first.
    """

    sheet: str
    header_row: int
    last_row: int
    columns: dict[str, int]

    @property
    def rows(self) -> range:
        """The rows below the header."""
        return range(self.header_row + 1, self.last_row + 1)

    def place(self, row: int, header: str) -> Place:
        """Return the cell of a row under a header."""
        return Place(self.sheet, row, self.columns[header])


def tables_in(book: Book, sheet: str, headers: Iterable[str]) -> list[Table]:
    """Find the tables of a sheet whose header rows have all these headers, from the top down."""
    wanted = set(headers)
    rows = book.texts[sheet]
    found = [row for row, texts in rows.items() if wanted <= {*texts.values()}]
    ends = [*found[1:], last_of(book.worksheets[sheet])[0] + 1] if found else []
    return [
        Table(sheet, row, end - 1, {text: column for column, text in reversed(rows[row].items())})
        for row, end in zip(found, ends, strict=True)
    ]


def find_table(book: Book, headers: Iterable[str], likely: Iterable[str] = ()) -> Table | None:
    """Find the first table with these headers, on the likely sheets first, then on any."""
    wanted = tuple(headers)
    names = [name for name in likely if name in book.sheet_names]
    for name in dict.fromkeys([*names, *book.sheet_names]):
        for table in tables_in(book, name, wanted):
            return table
    return None


def assumptions_table(book: Book) -> Table | None:
    """Find the table of the assumptions; whatever the spare scenario is called, it is "Own"."""
    headers = assumption_headers(book.model)
    table = _named_table(book, headers, book.model.assumptions, "Assumptions")
    named = book.target(OWN_HEADER)
    if table is None or named is None or named[:2] != (table.sheet, table.header_row):
        return table  # of a version without it, or found by its header
    texts = {**book.texts[table.sheet][table.header_row]}
    texts.pop(named.column, None)  # its name could be that of another column
    others = {text: column for column, text in reversed(texts.items())}
    return replace(table, columns={**others, NAME: named.column})


def results_table(book: Book) -> Table | None:
    """Find the table of the steps' results."""
    return _named_table(book, result_headers(book.model), book.model.steps, "Segments")


def _named_table(
    book: Book, headers: Iterable[str], names: Iterable[str], usual: str
) -> Table | None:
    """Find a table where most names point to, whatever the sheet is called.

    Names of sheets are for people to change; defined names move along.
    """
    sheets = [place.sheet for name in names if (place := book.target(name))]
    likely = sorted(set(sheets), key=sheets.count, reverse=True)
    return find_table(book, headers, [*likely, usual])


def id_rows(book: Book, table: Table) -> dict[str, list[int]]:
    """Return the rows of a table by the text in its column Id."""
    rows: dict[str, list[int]] = {}
    for row in book.texts[table.sheet]:
        if row in table.rows and (words := book.words_at(table.place(row, "Id"))):
            rows.setdefault(words, []).append(row)
    return rows


def table_of(book: Book, place: Place, headers: Iterable[str]) -> Table | None:
    """Find the table that a cell belongs to."""
    for table in tables_in(book, place.sheet, headers):
        if place.row in table.rows:
            return table
    return None
