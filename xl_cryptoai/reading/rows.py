"""Finds where an assumption or a step stands: by its defined name, and by its Id text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_cryptoai.reading.book import Book, Place, in_words
from xl_cryptoai.reading.findings import NOTE, Finding, Kind
from xl_cryptoai.reading.tables import Table
from xl_cryptoai.xlsx import Area

FORMULA_INPUT = Kind("input_is_formula", "formula", "value")
NAME_AND_ID = Kind("name_and_id_differ", "target", "written", "id_cells")
ID_OVERWRITTEN = Kind("id_overwritten", "target", "written")
ID_TWICE = Kind("id_twice", "target")
NAME_NOT_LIVE = Kind("name_not_live", "target", "live")
NAME_MISSING = Kind("name_missing", "live")
NAME_LOST = Kind("name_lost_cell", "live")
NAME_ELSEWHERE = Kind("name_elsewhere", "target", "live")
ROW_DELETED = Kind("row_deleted", "target", "sheet")


def formula_note(book: Book, place: Place, name: str) -> Finding:
    """Note that an input is a formula: its stored value is taken."""
    fault = FORMULA_INPUT(formula=book.content(place), value=in_words(book.stored(place)))
    return fault.at(place, id=name, severity=NOTE)


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
    where = table.place(place.row, "Id")
    written = book.words_at(where)
    if by_id or written in book.model.entries:
        cells = [str(table.place(row, "Id")) for row in by_id[:1]]
        fault = NAME_AND_ID(target=place, written=written, id_cells=cells)
        return RowMatch(None, fault.at(where, id=name))
    return RowMatch(place.row, ID_OVERWRITTEN(target=place, written=written).at(where, id=name))


def _agreeing(table: Table, place: Place, by_id: list[int], name: str) -> RowMatch:
    live = table.place(place.row, "Live")
    if len(by_id) > 1:
        return RowMatch(place.row, _twice(table, by_id, str(place), name))
    if place != live:
        return RowMatch(place.row, NAME_NOT_LIVE(target=place, live=live).at(place, id=name))
    return RowMatch(place.row)


def _twice(table: Table, rows: list[int], target: str, name: str) -> Finding:
    column = table.columns["Id"]
    areas = (Area(row, column, row, column) for row in rows)
    return ID_TWICE(target=target).at(table.sheet, *areas, id=name)


def _without_name(book: Book, table: Table, by_id: list[int], name: str) -> RowMatch:
    stored = book.name(name)
    if not by_id:
        deleted = ROW_DELETED(target=stored, sheet=table.sheet).at(table.sheet, id=name)
        return RowMatch(None, deleted)
    if len(by_id) > 1:
        return RowMatch(None, _twice(table, by_id, stored, name))
    live = table.place(by_id[0], "Live")
    if "#REF!" in stored:
        fault = NAME_LOST(live=live)
    elif stored:
        fault = NAME_ELSEWHERE(target=stored, live=live)
    else:
        fault = NAME_MISSING(live=live)
    return RowMatch(by_id[0], fault.at(live, id=name))
