"""Finds where an assumption or a step stands: by its defined name, and by its Id text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.book import Book, Place, in_words
from xl_cryptoai.audit.tables import Table
from xl_cryptoai.forecast.steps import STEPS

KNOWN = {*shipped_assumptions(), *STEPS}
"""Every id that a row can have."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the workbook that is not as it must be.

    Attributes
    ----------
    cell : str
        Where, such as "Assumptions!F12"; the sheet or the name where no cell can be told.
    id : str
        The assumption, step or name it is about.
    what, cure : str
        What is wrong, and what to do.
    severity : str
        "error", or "note" for what is understood but worth a look.
    """

    cell: str
    id: str
    what: str
    cure: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.cell}: {self.id} {self.what}; {self.cure}"


def formula_note(book: Book, place: Place, name: str) -> Problem:
    """Note that an input is a formula: its stored value is taken."""
    value = in_words(book.stored(place))
    what = f"is the formula {book.content(place)}; its stored value {value} is taken"
    return Problem(str(place), name, what, "recalculate before saving", "note")


@dataclass(frozen=True, slots=True)
class Standing:
    """The row of an id, None if it cannot be told, and what is wrong with the way there."""

    row: int | None
    problem: Problem | None = None


def find_row(book: Book, table: Table, rows: Mapping[str, list[int]], name: str) -> Standing:
    """Find the row of an id in its table; name and Id text must not contradict each other.

    Where only one of the two is left it is believed, and the other is reported. Where they
    point to different rows neither is: which figure is meant only a person can tell.
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
        return Standing(None, Problem(where, name, what, cure))
    what = f"is named {place}, but the Id there is '{written}'"
    return Standing(place.row, Problem(where, name, what, f"write {name} into {where} again"))


def _agreeing(table: Table, place: Place, by_id: list[int], name: str) -> Standing:
    live = table.place(place.row, "Live")
    if len(by_id) > 1:
        cells = " and ".join(str(table.place(row, "Id")) for row in by_id)
        what = f"stands in {cells}; the name says row {place.row}"
        return Standing(place.row, Problem(cells, name, what, "delete the row that is too many"))
    if place != live:
        what, cure = f"is the name of {place}, not of Live", f"let the name point to {live}"
        return Standing(place.row, Problem(str(place), name, what, cure))
    return Standing(place.row)


def _without_name(book: Book, table: Table, by_id: list[int], name: str) -> Standing:
    stored = book.name(name)
    state = "has no defined name"
    if "#REF!" in stored:
        state = "has lost its cell: the name points to #REF!"
    elif stored:
        state = f"is the name of '{stored}', which is no cell of its table"
    if not by_id:
        what = f"{state}, and no row of '{table.sheet}' has this id"
        cure = "the row was deleted: undo that, or carry the values over into a fresh workbook"
        return Standing(None, Problem(f"{table.sheet}", name, what, cure))
    if len(by_id) > 1:
        cells = " and ".join(str(table.place(row, "Id")) for row in by_id)
        what, cure = f"{state} and stands in {cells}", "delete the row that is too many"
        return Standing(None, Problem(cells, name, what, cure))
    live = table.place(by_id[0], "Live")
    return Standing(by_id[0], Problem(str(live), name, state, f"let the name point to {live}"))
