"""Finds where an assumption or a step stands: by its defined name, and by its Id text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_cryptoai.reading.book import Book, Place, in_words
from xl_cryptoai.reading.findings import NOTE, Finding
from xl_cryptoai.reading.labels import KNOWN
from xl_cryptoai.reading.tables import Table


def formula_note(book: Book, place: Place, name: str) -> Finding:
    """Note that an input is a formula: its stored value is taken."""
    value = in_words(book.stored(place))
    what = f"is the formula {book.content(place)}; its stored value {value} is taken"
    return Finding(str(place), what, "recalculate before saving", NOTE, id=name)


@dataclass(frozen=True, slots=True)
class RowMatch:
    """The row of an id, None if it is not certain, and what is wrong with the way there."""

    row: int | None
    problem: Finding | None = None


def find_row(book: Book, table: Table, rows: Mapping[str, list[int]], name: str) -> RowMatch:
    """Find the row of an id in its table; name and Id text must not contradict each other.

    Where only one of the two is left it is believed, and the other is reported. Where they
    point to different rows neither is: which figure is meant only a person knows.
    """
    by_id = rows.get(name, [])
    place = book.target(name)
    if place is None or place.sheet != table.sheet or place.row not in table.rows:
        return _without_name(book, table, by_id, name)
    if place.row in by_id:
        return _agreeing(table, place, by_id, name)
    written = book.words_at(table.place(place.row, "Id"))
    where = str(table.place(place.row, "Id"))
    if by_id or written in KNOWN:
        other = f"; the id stands in {table.place(by_id[0], 'Id')}" if by_id else ""
        what = f"is the name of {place}, but the Id there is '{written}'{other}"
        cure = "let name and Id point to the same row again"
        return RowMatch(None, Finding(where, what, cure, id=name))
    what = f"is named {place}, but the Id there is '{written}'"
    return RowMatch(place.row, Finding(where, what, f"write {name} into {where} again", id=name))


def _agreeing(table: Table, place: Place, by_id: list[int], name: str) -> RowMatch:
    live = table.place(place.row, "Live")
    if len(by_id) > 1:
        cells = " and ".join(str(table.place(row, "Id")) for row in by_id)
        what = f"stands in {cells}; the name says row {place.row}"
        return RowMatch(place.row, Finding(cells, what, "delete the row that is too many", id=name))
    if place != live:
        what, cure = f"is the name of {place}, not of Live", f"let the name point to {live}"
        return RowMatch(place.row, Finding(str(place), what, cure, id=name))
    return RowMatch(place.row)


def _without_name(book: Book, table: Table, by_id: list[int], name: str) -> RowMatch:
    stored = book.name(name)
    state = "has no defined name"
    if "#REF!" in stored:
        state = "has lost its cell: the name points to #REF!"
    elif stored:
        state = f"is the name of '{stored}', which is no cell of its table"
    if not by_id:
        what = f"{state}, and no row of '{table.sheet}' has this id"
        cure = "the row was deleted: undo that, or migrate the values with build --from"
        return RowMatch(None, Finding(f"{table.sheet}", what, cure, id=name))
    if len(by_id) > 1:
        cells = " and ".join(str(table.place(row, "Id")) for row in by_id)
        what, cure = f"{state} and stands in {cells}", "delete the row that is too many"
        return RowMatch(None, Finding(cells, what, cure, id=name))
    live = table.place(by_id[0], "Live")
    return RowMatch(by_id[0], Finding(str(live), state, f"let the name point to {live}", id=name))
