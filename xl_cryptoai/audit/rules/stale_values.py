"""Every stored value is what its formula gives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from xl_cryptoai.audit import simulated
from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.compare import RESIDUE
from xl_cryptoai.audit.evaluate import UnknownFormulaError, evaluate
from xl_cryptoai.audit.excel_functions import Fault
from xl_cryptoai.audit.formulas import Area, areas_in
from xl_cryptoai.audit.labels import single_cells
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.stored import cells_filled, reader, value_at

TOLERANCE = 1e-9
CURE = "recalculate in a spreadsheet and save"


def check(book: Book) -> Iterator[Finding]:
    """Compute every formula anew from the values that are stored beside it.

    Where one that is refers to another, only the first of the chain is a finding.
    """
    stale = dict(_stale(book))
    for place, what in stale.items():
        if not any(_has(stale, area) for area in areas_in(book.formula_cells[place], place.sheet)):
            yield Finding(str(place), what, CURE)


def _has(places: Mapping[Place, str], area: Area) -> bool:
    """Tell whether one of the places lies in an area, by the shorter way."""
    sheet, top, left, bottom, right = area
    if (bottom - top + 1) * (right - left + 1) > len(places):
        return any(
            one.sheet == sheet and top <= one.row <= bottom and left <= one.column <= right
            for one in places
        )
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    return any(Place(sheet, row, column) in places for row in rows for column in columns)


def _stale(book: Book) -> Iterator[tuple[Place, str]]:
    readers = {title: reader(book, title) for title in book.sheet_names}
    for place, formula in book.formula_cells.items():
        stored = value_at(book, place)
        if stored is None or isinstance(stored, Fault):
            continue  # no value, or an error: another rule
        try:
            computed = evaluate(formula, readers[place.sheet])
        except UnknownFormulaError:
            continue
        if isinstance(computed, list):
            yield from _spilled(book, place, formula, computed)
        elif not agree(stored, computed, _largest(formula, book, place.sheet)):
            yield place, f"stores {told(stored)}, but its formula gives {told(computed)}"


def _spilled(
    book: Book, anchor: Place, formula: str, rows: list[list[Any]]
) -> Iterator[tuple[Place, str]]:
    """Hold a table that one formula fills against what it gives; the first difference will do."""
    for at, wanted in cells_filled(book, anchor, rows):
        stored = value_at(book, at)
        if not agree_in_table(formula, rows, anchor, at, stored):
            what = f"fills {at} with {told(wanted)}, where {told(stored)} is stored"
            yield anchor, what
            return


def told(value: Any) -> str:
    """Say a value as a finding does."""
    return f"{value:.6g}" if isinstance(value, float) else f"'{value}'"


def _largest(formula: str, book: Book, sheet: str) -> float:
    """Give the largest figure that a formula refers to: beside it a tiny rest is rounding."""
    if "-" not in formula:
        return 0.0
    values = (value_at(book, place) for place in single_cells(formula, sheet))
    return max((abs(v) for v in values if isinstance(v, float)), default=0.0)


def agree(stored: Any, computed: Any, beside: float = 0.0) -> bool:
    """Tell whether two values are the same but for rounding, beside the figures they come from."""
    if isinstance(stored, bool) or isinstance(computed, bool):
        return bool(stored == computed)
    if isinstance(stored, str) or isinstance(computed, str):
        return str(stored) == str("" if computed is None else computed)
    limit = max(RESIDUE * beside, 1e-15)
    return math.isclose(stored, computed or 0.0, rel_tol=TOLERANCE, abs_tol=limit)


def agree_in_table(call: str, rows: list[list[Any]], anchor: Place, at: Place, stored: Any) -> bool:
    """Tell whether a cell of a table holds what the call returns, as exactly as the call claims."""
    row, column = at.row - anchor.row, at.column - anchor.column
    inside = row < len(rows) and column < len(rows[row])
    if inside and simulated.CALL.search(call):
        return simulated.agrees(stored, rows, row, column)
    return agree("" if stored is None else stored, rows[row][column] if inside else "")


RULE = Rule(
    "stale_value",
    "Every stored value is what its formula gives",
    "our own: a reader who does not recalculate sees the stored values",
    check,
)
