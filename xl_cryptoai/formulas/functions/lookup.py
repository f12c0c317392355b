"""Functions that look up values, or ask where cells are."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Any

from xl_cryptoai.formulas.functions.arguments import known, peek_of, rows_of, values_of
from xl_cryptoai.formulas.functions.criteria import (
    has_wildcard,
    index_of,
    key_of,
    wildcard,
)
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.site import Site
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.formulas.values import (
    NA,
    REF,
    VALUE,
    NotKnownError,
    order,
    rank,
    truth,
)
from xl_cryptoai.xlsx.cells import ErrorValue
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, column_letters

# Where cells are ---------------------------------------------------------------------------------


@excel("ROW", "|r", here=True)
def _row(site: Site, argument: Any = None) -> Any:
    if argument is None:
        return float(site.row)
    area = _cells(argument)
    rows = range(area.top, min(area.bottom, argument.stored.last_row) + 1) or [area.top]
    return float(area.top) if area.top == area.bottom else [[float(row)] for row in rows]


@excel("COLUMN", "|r", here=True)
def _column(site: Site, argument: Any = None) -> Any:
    if argument is None:
        return float(site.column)
    area = _cells(argument)
    if area.left == area.right:
        return float(area.left)
    return [[float(column) for column in range(area.left, area.right + 1)]]


@excel("ROWS", "r")
def _rows(argument: Any) -> Any:
    if type(argument) is Cells:
        return float(argument.area.bottom - argument.area.top + 1)
    return argument if type(argument) is ErrorValue else float(len(rows_of(argument)))


@excel("COLUMNS", "r")
def _columns(argument: Any) -> Any:
    if type(argument) is Cells:
        return float(argument.area.right - argument.area.left + 1)
    return argument if type(argument) is ErrorValue else float(len(rows_of(argument)[0]))


@excel("AREAS", "r")
def _areas(argument: Any) -> Any:
    return float(len(argument.areas)) if type(argument) is Cells else VALUE


def _cells(argument: Any) -> SheetArea:
    if type(argument) is not Cells:
        raise NotKnownError("the place of what is no reference")
    return argument.area


@excel("TRANSPOSE", "a")
def _transpose(argument: Any) -> Any:
    return [list(line) for line in zip(*rows_of(argument), strict=True)]


@excel("INDEX", "rn|nn", omitted=True)
def _index(area: Any, row: float, column: float | None = None, number: float = 1.0) -> Any:
    if type(area) is ErrorValue:
        return area
    if number != 1:
        raise NotKnownError("INDEX in one of several areas")
    down, right = int(row), 0 if column is None else int(column)
    if down < 0 or right < 0:
        return VALUE
    if type(area) is Cells:
        sheet, top, left, bottom, last = area.area
        if column is None and top == bottom:
            down, right = 0 if left != last else down, down
        if down > bottom - top + 1 or right > last - left + 1:
            return REF
        own_rows = (top, bottom) if down == 0 else (top + down - 1,) * 2
        own_columns = (left, last) if right == 0 else (left + right - 1,) * 2
        found = SheetArea(sheet, own_rows[0], own_columns[0], own_rows[1], own_columns[1])
        return Cells((found,), area.stored)
    rows = rows_of(area)
    if column is None and len(rows) == 1:
        down, right = 1, down
    if down > len(rows) or right > len(rows[0]):
        return REF
    chosen = rows if down == 0 else [rows[down - 1]]
    chosen = chosen if right == 0 else [[line[right - 1]] for line in chosen]
    return chosen[0][0] if len(chosen) == 1 and len(chosen[0]) == 1 else chosen


# Looking up --------------------------------------------------------------------------------------


def exact_place(wanted: Any, area: Any) -> int | None:
    """Place of the first value that equals another one, from 0; texts can be patterns."""
    if type(wanted) is str and has_wildcard(wanted):
        pattern = wildcard(wanted)
        for place, value in enumerate(known(values_of(area))):
            if type(value) is str and pattern.fullmatch(value):
                return place
        return None
    if wanted is None:  # a blank looks for 0, and finds no blank
        wanted = 0.0
    places = index_of(area).get(key_of(wanted))
    return places[0] if places else None


def near_place(wanted: Any, area: Any) -> int | None:
    """Place of the last value that is not greater than another one, in ascending values.

    Only values of the same kind count. In what order Excel halves the area shows only if it is
    not sorted, so what it finds there is not known.
    """
    wanted = 0.0 if wanted is None else wanted
    places, values = _ascending(area, rank(wanted))
    if type(wanted) is str:
        wanted = wanted.casefold()
    at = bisect_right(values, wanted)
    return places[at - 1] if at else None


def _ascending(area: Any, kind: int) -> tuple[list[int], list[Any]]:
    """Values of one kind with their places; raise if they do not ascend."""
    memo = area.stored.memo if type(area) is Cells else {}
    key = ("ascending", area.areas, kind) if type(area) is Cells else None
    if key not in memo:
        found = [
            (place, value)
            for place, value in enumerate(known(values_of(area)))
            if value is not None and rank(value) == kind
        ]
        values = [value.casefold() if kind == 1 else value for _, value in found]
        ascends = all(one <= other for one, other in pairwise(values))
        memo[key] = ([place for place, _ in found], values) if ascends else None
    if memo[key] is None:
        raise NotKnownError("looking up among values that are not sorted")
    places: tuple[list[int], list[Any]] = memo[key]
    return places


@excel("MATCH", "vr|n", omitted=True)
def _match(wanted: Any, area: Any, kind: float = 1.0) -> Any:
    if type(area) is ErrorValue:
        return area
    if type(area) is Cells:
        _, top, left, bottom, right = area.area
        is_table = top < bottom and left < right
    else:
        rows = rows_of(area)
        is_table = len(rows) > 1 and len(rows[0]) > 1
    if is_table:
        return NA
    if kind == 0:
        place = exact_place(wanted, area)
    elif kind > 0:
        place = near_place(wanted, area)
    else:
        raise NotKnownError("MATCH in descending values")
    return NA if place is None else float(place + 1)


def _strip(table: Any, number: int, *, column: bool) -> Any:
    """A column or row of a table by its number from 1; None if it has not so many."""
    if type(table) is Cells:
        sheet, top, left, bottom, right = table.area
        if column and left + number - 1 <= right:
            at = left + number - 1
            return Cells((SheetArea(sheet, top, at, bottom, at),), table.stored)
        if not column and top + number - 1 <= bottom:
            at = top + number - 1
            return Cells((SheetArea(sheet, at, left, at, right),), table.stored)
        return None
    rows = rows_of(table)
    if column:
        return [[line[number - 1]] for line in rows] if number <= len(rows[0]) else None
    return [rows[number - 1]] if number <= len(rows) else None


def _looked_up(wanted: Any, table: Any, number: float, near: Any, *, column: bool) -> Any:
    if type(table) is ErrorValue:
        return table
    if number < 1:
        return VALUE
    loosely = truth(near)
    if isinstance(loosely, ErrorValue):
        return loosely
    keys, results = (_strip(table, int(one), column=column) for one in (1, number))
    if results is None:
        return REF
    place = near_place(wanted, keys) if loosely else exact_place(wanted, keys)
    return NA if place is None else peek_of(results)[place]


@excel("VLOOKUP", "vrn|v", omitted=True)
def _vertical(wanted: Any, table: Any, number: float, near: Any = True) -> Any:
    return _looked_up(wanted, table, number, near, column=True)


@excel("HLOOKUP", "vrn|v", omitted=True)
def _horizontal(wanted: Any, table: Any, number: float, near: Any = True) -> Any:
    return _looked_up(wanted, table, number, near, column=False)


@excel("LOOKUP", "va|a")
def _lookup(wanted: Any, area: Any, results: Any = None) -> Any:
    if results is None:
        rows = rows_of(area)
        upright = len(rows) >= len(rows[0])
        results = _strip(area, len(rows[0]) if upright else len(rows), column=upright)
        area = _strip(area, 1, column=upright)
    place = near_place(wanted, area)
    found = peek_of(results)
    return NA if place is None or place >= len(found) else found[place]


def _found(wanted: Any, area: Any, mode: float, way: float) -> int | None:
    """Place that XLOOKUP and XMATCH find."""
    if way not in (1, -1):
        raise NotKnownError("a search that halves the area")
    if mode == 2 or (mode == 0 and way == 1 and not _is_pattern(wanted)):
        if way == 1:
            return exact_place(wanted, area)
        raise NotKnownError("a search for a pattern from the end")
    wanted = 0.0 if wanted is None else wanted
    best: int | None = None
    values = list(known(values_of(area)))
    places = range(len(values)) if way == 1 else range(len(values) - 1, -1, -1)
    for place in places:
        value = values[place]
        if value is None or rank(value) != rank(wanted):
            continue
        found = order(value, wanted)
        if found == 0:
            return place
        closer = best is None or order(value, values[best]) == (1 if mode == -1 else -1)
        if found == mode and closer:
            best = place
    return best if mode else None


def _is_upright(area: Any) -> bool:
    if type(area) is Cells:
        return bool(area.area.top < area.area.bottom)
    return len(rows_of(area)) > 1


def _is_pattern(wanted: Any) -> bool:
    return type(wanted) is str and has_wildcard(wanted)


@excel("XMATCH", "vr|nn", omitted=True)
def _x_match(wanted: Any, area: Any, mode: float = 0.0, way: float = 1.0) -> Any:
    place = _found(wanted, area, mode, way or 1.0)
    return NA if place is None else float(place + 1)


@excel("XLOOKUP", "vrr|xnn", omitted=True)
def _x_lookup(
    wanted: Any, area: Any, results: Any, other: Any = None, mode: float = 0.0, way: float = 1.0
) -> Any:
    place = _found(wanted, area, mode, way or 1.0)
    if place is None:
        return NA if other is None else other
    rows = results.stored.rows(results.area) if type(results) is Cells else rows_of(results)
    if len(peek_of(area)) > 1 and _is_upright(area):
        return rows[place][0] if len(rows[place]) == 1 else [rows[place]]
    return rows[0][place] if len(rows) == 1 else [[line[place]] for line in rows]


@excel("ADDRESS", "nn|nvt")
def _address(row: float, column: float, kind: float = 1.0, a1: Any = True, sheet: str = "") -> Any:
    if sheet or not truth(a1):
        raise NotKnownError("ADDRESS with a sheet or in R1C1")
    if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN and 1 <= kind <= 4):
        return VALUE
    letters = ("$" if kind in (1, 3) else "") + column_letters(int(column))
    return f"{letters}{'$' if kind in (1, 2) else ''}{int(row)}"
