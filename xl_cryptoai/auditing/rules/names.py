"""A defined name for every assumption, every step and the three cells that steer the rest."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import result_headers, table_of

STEERING = ("scenario", "own_scenario", "master_check", "twin_tolerance")

UNDEFINED = Kind("name_undefined")
NO_CELL = Kind("name_without_cell", "target")
TO_BLANK = Kind("name_of_blank_cell", "target")
NOT_LIVE = Kind("name_not_of_live", "target")


def check(book: Book) -> Iterator[Finding]:
    """Follow every name to its cell, and hold it against the Id in its row."""
    for name in (*book.model.entries, *STEERING):
        stored = book.name(name)
        place = book.target(name)
        if not stored:
            yield UNDEFINED().at(name=name)
        elif place is None:
            yield NO_CELL(target=stored).at(name=name)
        elif book.content(place) is None:
            yield TO_BLANK(target=place).at(name=name)
        elif name not in STEERING:
            table = table_of(book, place, result_headers(book.model))
            written = book.words_at(table.place(place.row, "Id")) if table else ""
            if table is None or written != name or place != table.place(place.row, "Live"):
                yield NOT_LIVE(target=place).at(name=name)


RULE = Rule(
    "names",
    "Every assumption and result is a name, and the name leads to its cell",
    "our own, against FAST 3.03-08 Do not use Excel Names: ids are the names everywhere, and "
    "formulas still refer to cells",
    check,
)
