"""Cells that are read for what they mean: they are compared by meaning, all others as cells."""

from __future__ import annotations

from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.tables import LOG_HEADERS, find_table


@once_a_book
def log_cells(book: Book) -> set[Place]:
    """Cells of the change log, below its headers."""
    table = find_table(book, LOG_HEADERS, ["Change log"])
    if table is None:
        return set()
    return {table.place(row, header) for row in table.rows for header in LOG_HEADERS}


@once_a_book
def known_cells(book: Book) -> set[Place]:
    """Cells of inputs, of the scenarios, of the change log, and those that hold answers."""
    inputs = inputs_of(book)
    cells = {place for row in inputs.of_rows.values() for place in row.values()}
    return cells | {*inputs.recognised.values(), *filled_places(book), *log_cells(book)}
