"""Every stored value is what its formula gives."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from xl_cryptoai.auditing import simulated
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.formulas.blocks import block_values
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.evaluate import filled
from xl_cryptoai.formulas.grids import is_calculated
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.formulas.tree import Binary, Unary
from xl_cryptoai.formulas.values import NAME, NotKnown
from xl_cryptoai.reading.available import AVAILABLE
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.filled import cells_filled
from xl_cryptoai.reading.lost_values import calls_ours, lost_values
from xl_cryptoai.reading.stored_results import RESIDUE
from xl_cryptoai.xlsx import ErrorValue

TOLERANCE = 1e-9
STALE = Kind("stale_value", "stored", "computed")
STALE_FILL = Kind("stale_filled_value", "filled", "stored", "computed")
Columns = dict[tuple[str, int], list[int]]
"""Rows, in order, by sheet and column."""


def check(book: Book) -> Iterator[Finding]:
    """Compute every formula anew from the values that are stored beside it.

    Where one that is stale refers to another, only the first of the chain is a finding.
    """
    errors = _Errors(book)
    stale = {
        place: fault
        for block in book.blocks
        if not (errors.lost and calls_ours(book, block))
        and is_calculated(block, book.evaluator.stored)
        for place, fault in (_filled(book, block) if block.whole else _stale(book, block, errors))
    }
    columns = _columns(stale)
    for place in sorted(stale, key=book.order):
        areas = book.graph.references(place).areas
        if not any(_has_others(columns, area, place) for area in areas):
            yield stale[place].at(place)


def _columns(places: Iterable[Place]) -> Columns:
    columns: Columns = {}
    for place in sorted(places, key=lambda place: place.row):
        columns.setdefault((place.sheet, place.column), []).append(place.row)
    return columns


class _Errors:
    """The cells that show an error; `lost` are those of functions that were not available."""

    def __init__(self, book: Book) -> None:
        found = {
            Place(title, *at): cell.value
            for title, cells in book.cells.items()
            for at, cell in cells.items()
            if type(cell.value) is ErrorValue
        }
        self.graph, self.any = book.graph, _columns(found)
        lost = {*(p for p, value in found.items() if value == NAME), *lost_values(book)}
        available = book.target(AVAILABLE)
        if lost and available is not None:  # LibreOffice does not compute what refers to it at once
            lost.add(available)
        self.lost = _columns(lost)

    def explain(self, place: Place, computed: Any) -> bool:
        """Whether a difference comes from a cell that shows an error: there it is reported.

        A program without a function writes an error where it is called, and computes little below.
        """
        columns = self.any if isinstance(computed, ErrorValue) else self.lost
        areas = self.graph.references(place).areas if columns else ()
        return any(_has_others(columns, area, place) for area in areas)


def _has_others(columns: Columns, area: SheetArea, place: Place) -> bool:
    """Whether a cell of some columns, but for one, lies in an area."""
    if area.right - area.left < len(columns):
        keys = [(area.sheet, column) for column in range(area.left, area.right + 1)]
    else:
        keys = [key for key in columns if key[0] == area.sheet and area.holds(area.top, key[1])]
    for key in keys:
        rows = columns.get(key, [])
        first, last = bisect_left(rows, area.top), bisect_right(rows, area.bottom)
        own = key == (place.sheet, place.column) and area.holds(place.row, place.column)
        if last - first > own:
            return True
    return False


def _stale(book: Book, block: Block, errors: _Errors) -> Iterator[tuple[Place, Fault]]:
    sheet, top, left, _, _ = block.area
    cells = book.evaluator.stored.sheet(sheet)
    for row, line in enumerate(block_values(block, book.evaluator), top):
        for column, computed in enumerate(line, left):
            stored = cells.get((row, column))
            if stored == computed and type(stored) is type(computed):
                continue
            if isinstance(computed, NotKnown) or _is_left_out(stored):
                continue
            place = Place(sheet, row, column)
            alike = agree(stored, computed, _largest(book, block, place))
            if not alike and not errors.explain(place, computed):
                yield place, STALE(stored=stored, computed=computed)


def _is_left_out(stored: Any) -> bool:
    """Whether a cell holds no value, or an error: those are for another rule."""
    return stored is None or isinstance(stored, NotKnown) or stored in EXCEL_ERRORS


def _filled(book: Book, block: Block) -> Iterator[tuple[Place, Fault]]:
    """Hold cells that one formula fills against what it gives; the first difference will do."""
    anchor = Place(*block.area[:3])
    rows = filled(block, book.evaluator)
    formula = book.formula_cells[anchor]
    if _is_left_out(book.value(anchor)):
        return
    for at, wanted in cells_filled(book, anchor, rows):
        stored = book.value(at)
        if isinstance(wanted, NotKnown) or (stored is not None and stored in EXCEL_ERRORS):
            continue
        if not agree_in_table(formula, rows, anchor, at, stored):
            if block.area.size == 1:
                yield anchor, STALE(stored=stored, computed=wanted)
            else:
                yield anchor, STALE_FILL(filled=at, stored=stored, computed=wanted)
            return


def _largest(book: Book, block: Block, place: Place) -> float:
    """The largest single figure of a difference: beside it a tiny rest is rounding."""
    if not any(
        isinstance(part, (Binary, Unary)) and part.operator == "-" for part in block.form.parts
    ):
        return 0.0
    areas = book.graph.resolver.references(block.form, *place).areas
    values = (book.value(Place(*area[:3])) for area in areas if area.size == 1)
    return max((abs(v) for v in values if isinstance(v, float)), default=0.0)


def agree(stored: Any, computed: Any, beside: float = 0.0) -> bool:
    """Whether two values are the same but for rounding, beside the figures they come from."""
    if isinstance(stored, bool) or isinstance(computed, bool):
        return bool(stored == computed)
    if isinstance(stored, str) or isinstance(computed, str):
        # LibreOffice drops blanks around the texts that it saves
        return str(stored).strip() == str("" if computed is None else computed).strip()
    limit = max(RESIDUE * beside, 1e-15)
    return math.isclose(stored, computed or 0.0, rel_tol=TOLERANCE, abs_tol=limit)


def agree_in_table(call: str, rows: list[list[Any]], anchor: Place, at: Place, stored: Any) -> bool:
    """Whether a cell of a table holds what the call returns, as exactly as the call claims."""
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
