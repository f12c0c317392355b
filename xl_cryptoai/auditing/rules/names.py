"""A defined name for every assumption, every step and the three cells that steer the rest."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import RESULT_HEADERS, table_of

STEERING = ("scenario", "master_check", "twin_tolerance")


def check(book: Book) -> Iterator[Finding]:
    """Follow every name to its cell, and hold it against the Id in its row."""
    for name in (*shipped_assumptions(), *STEPS, *STEERING):
        where = f"name {name}"
        stored = book.name(name)
        place = book.target(name)
        if not stored:
            yield Finding(where, "is missing", "define it (Formulas, Name Manager)")
        elif place is None:
            cure = "let it point to its one cell"
            yield Finding(where, f"stands for {stored}, no used cell of this workbook", cure)
        elif book.content(place) is None:
            yield Finding(where, f"points to {place}, which is blank", "let it point to its cell")
        elif name not in STEERING:
            table = table_of(book, place, RESULT_HEADERS)
            written = book.words_at(table.place(place.row, "Id")) if table else ""
            if table is None or written != name or place != table.place(place.row, "Live"):
                what = f"points to {place}, which is not Live in the row of {name}"
                yield Finding(where, what, "let it point to Live in its row")


RULE = Rule(
    "names",
    "Every assumption and result is a name, and the name leads to its cell",
    "our own, against FAST 3.03-08 Do not use Excel Names: ids are the names everywhere, and "
    "formulas still refer to cells",
    check,
)
