"""Where levels and what drops out between them stand in turn, the drops are the differences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import find_table

HEADERS = ("Level or drop", "Below it", "Drop", "Level, live")
SAME = 1e-9
LEVEL = Kind("bridge_level_unknown")
BELOW = Kind("bridge_wrong_below")
DROP = Kind("bridge_wrong_drop")


def check(book: Book) -> Iterator[Finding]:
    """Hold every level against the live results, and every drop against its two levels."""
    table = find_table(book, HEADERS, ["Charts"])
    if table is None:
        return
    places = (book.target(name) for name in book.model.steps)
    results = [book.value(place) for place in places if place is not None]
    for row in table.rows:
        below, drop, level = (table.place(row, head) for head in HEADERS[1:])
        found = book.value(level)
        if isinstance(found, float):
            if not any(_same(found, result) for result in results):
                yield LEVEL().at(level)
            continue
        before, after = (book.value(table.place(row + n, HEADERS[3])) for n in (-1, 1))
        if not isinstance(before, float) or not isinstance(after, float):
            return  # the end of the bridge
        if not all(any(_same(one, result) for result in results) for one in (before, after)):
            continue  # a level is wrong, and reported
        if not _same(book.value(below), after):
            yield BELOW().at(below)
        if not _same(book.value(drop), before - after):
            yield DROP().at(drop)


def _same(one: object, other: object) -> bool:
    if not isinstance(one, float) or not isinstance(other, float):
        return False
    return math.isclose(one, other, rel_tol=SAME)


RULE = Rule(
    "bridge",
    "Each drop in the bridge is the difference between its two levels",
    "our own: a chart must show what the sheets hold",
    check,
)
