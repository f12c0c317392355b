"""A table that nobody computes in this workbook still holds what it was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.auditing.rules.stale_values import agree, agree_in_table
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.filled import cells_filled, frozen_areas
from xl_cryptoai.reading.tables import find_table
from xl_cryptoai.xlsx import Area

_CALL = re.compile(r"[A-Z][A-Z0-9]*_[A-Z_]+\(.*\)")
EDITED = Kind("frozen_figure_edited", "stored", "computed")
BUILT_HEADERS = ("Now", "When built")


def check(book: Book) -> Iterator[Finding]:
    """Ask the calls that stand in words beside such tables again, unless inputs have changed.

    The sheet itself says whether they have; then its tables are those of other inputs.
    """
    if _inputs_have_changed(book):
        return
    for place, area, words in frozen_areas(book):
        if _CALL.fullmatch(words):
            yield from _compare(book, place.sheet, area, words)


def _inputs_have_changed(book: Book) -> bool:
    table = find_table(book, BUILT_HEADERS, ["Risk tables"])
    if table is None:
        return False
    for row in table.rows:
        now, then = (book.value(table.place(row, head)) for head in BUILT_HEADERS)
        if isinstance(then, float) and not agree(then, now):
            return True
    return False


def _compare(book: Book, sheet: str, area: Area, call: str) -> Iterator[Finding]:
    rows = book.evaluator.value(book.graph.forms.of(call, 1, 1), sheet, 1, 1, array=True)
    if not isinstance(rows, list):
        return  # not known, or refused for an input that another rule reports
    anchor = Place(sheet, area.top, area.left)
    for at, wanted in cells_filled(book, anchor, rows, area):
        stored = book.value(at)
        if not agree_in_table(call, rows, anchor, at, stored):
            yield EDITED(stored=stored, computed=wanted).at(at)
            return  # the others of the table would say the same


RULE = Rule(
    "frozen_table",
    "A stored table holds what Python computed for the current inputs",
    "our own: a figure that does not recalculate must not be edited either",
    check,
)
