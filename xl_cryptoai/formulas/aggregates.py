"""Sums, averages and extremes of areas that move along with the cells of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from xl_cryptoai.formulas.evaluate import Evaluator
from xl_cryptoai.formulas.grids import FAULT, NUMBER, Grid, Numbers, Vector, grid_of, has_residue
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.formulas.tree import Binary, Call, Edge, Name, Node, Ref, Structured, Unary, Union
from xl_cryptoai.formulas.values import DIV0

AGGREGATES = frozenset({"SUM", "MIN", "MAX", "AVERAGE", "COUNT"})
"""Functions that are evaluated here for all cells of a block at once."""
MOST = 64
"""Cells of a moving area; larger ones are taken cell by cell."""


class _Sums:
    """What the functions need to know of the numbers so far, for each cell of a block."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.total: Numbers = np.zeros(shape)
        self.largest: Numbers = np.zeros(shape)
        self.count = np.zeros(shape, np.int64)
        self.least: Numbers = np.full(shape, np.inf)
        self.most: Numbers = np.full(shape, -np.inf)

    def add(self, numbers: Any, counts: Any, name: str) -> None:
        """Add a number for each cell; where `counts` is false there is none."""
        if name in ("SUM", "AVERAGE"):
            with np.errstate(over="ignore", invalid="ignore"):
                self.total = self.total + numbers  # where there is no number, it is 0
                self.largest = np.maximum(self.largest, np.abs(numbers))
        elif name == "MIN":
            self.least = np.minimum(self.least, np.where(counts, numbers, np.inf))
        elif name == "MAX":
            self.most = np.maximum(self.most, np.where(counts, numbers, -np.inf))
        self.count = self.count + counts

    def result(self, name: str) -> Vector | None:
        """Result for each cell; None if it takes the cells one by one to say."""
        some = self.count > 0
        if name == "COUNT":
            return self.count.astype(float)
        if name in ("MIN", "MAX"):
            return np.where(some, self.least if name == "MIN" else self.most, 0.0)
        if not bool(np.isfinite(self.total).all()):
            return None
        if name == "SUM":
            return None if has_residue(self.total, self.largest) else self.total
        if bool(some.all()):
            return self.total / self.count
        found = np.empty(self.total.shape, object)
        found.fill(DIV0)  # np.full would make a plain text of the error
        found[some] = (self.total[some] / self.count[some]).tolist()
        return found


def aggregated(
    node: Call,
    block: SheetArea,
    evaluator: Evaluator,
    value: Callable[[Node], Vector | None],
) -> Vector | None:
    """Evaluate SUM and its like for all cells of a block.

    Numbers are added in the order in which they are added for a single cell.

    Parameters
    ----------
    node : Call
        The call.
    block : SheetArea
        The cells.
    evaluator : Evaluator
        Has the stored values, and finds what references mean.
    value : callable
        Evaluates an argument that is no reference, to numbers or None.

    Returns
    -------
    vector or None
        None if the areas are too large or hold errors: then it has to be done cell by cell.
    """
    shape = (block.bottom - block.top + 1, block.right - block.left + 1)
    sums = _Sums(shape)
    for argument in node.arguments:
        if not _may_refer(argument):
            numbers = value(argument)
            if numbers is None:
                return None
            sums.add(numbers, np.ones(shape, bool), node.name)
            continue
        targets = _targets(argument, block.sheet, evaluator)
        if targets is None:
            return None
        for target in targets:
            grid = grid_of(evaluator.stored, target.sheet)
            if grid is None or not _fold(sums, node.name, target, block, grid):
                return None
    return sums.result(node.name)


def _may_refer(node: Node) -> bool:
    if isinstance(node, Binary):
        return node.operator in (":", " ")
    if isinstance(node, Unary):
        return node.operator in ("#", "@")
    return isinstance(node, (Ref, Name, Structured, Union, Call))


def _targets(node: Node, sheet: str, evaluator: Evaluator) -> tuple[Target, ...] | None:
    if not isinstance(node, (Ref, Structured)):
        return None
    found = evaluator.resolver.node(node, sheet)
    return None if found.problems else found.targets


def _fold(sums: _Sums, name: str, target: Target, block: SheetArea, grid: Grid) -> bool:
    """Add the numbers of an area as each cell of the block sees it; False if it cannot be done."""
    target = target.uncut(block)
    if target.within:
        return False
    hull = target.hull(block)
    first = target.area(block.top, block.left)
    if hull is None or first is None or (hull.top, hull.left) != (first.top, first.left):
        return False
    kinds = grid.kinds[hull.top : hull.bottom + 1, hull.left : hull.right + 1]
    if bool((kinds == FAULT).any()):
        return False
    rows, columns = target.rows, target.columns
    still = _all(rows, absolute=True) and _all(columns, absolute=True)
    if _moves_along(rows) and _moves_along(columns) and not still:
        if first.size > MOST:
            return False
        for numbers, counts in _windows(first, rows, columns, block, grid):
            sums.add(numbers, counts, name)
        return True
    if bool((sums.count == 0).all()):
        return _run_up(sums, name, first, rows, columns, block, grid)
    return False


def _all(edges: tuple[Edge, ...], *, absolute: bool) -> bool:
    return all(edge.absolute is absolute for edge in edges)


def _moves_along(edges: tuple[Edge, ...]) -> bool:
    """Whether all edges stand still or all of them move: the size stays the same."""
    return len({edge.absolute for edge in edges}) == 1


def _windows(
    first: SheetArea,
    rows: tuple[Edge, ...],
    columns: tuple[Edge, ...],
    block: SheetArea,
    grid: Grid,
) -> Iterator[tuple[Numbers, Any]]:
    """Go over the cells of the area: of each, the numbers that the cells of the block see."""
    height = 1 if rows[0].absolute else block.bottom - block.top + 1
    width = 1 if columns[0].absolute else block.right - block.left + 1
    for row in range(first.top, first.bottom + 1):
        for column in range(first.left, first.right + 1):
            numbers, kinds = grid.window(row, column, height, width)
            yield numbers, kinds == NUMBER


def _run_up(
    sums: _Sums,
    name: str,
    first: SheetArea,
    rows: tuple[Edge, ...],
    columns: tuple[Edge, ...],
    block: SheetArea,
    grid: Grid,
) -> bool:
    """Add up an area that grows from one cell of the block to the next: `SUM(A$1:A1)`.

    Only a column that grows downwards, or a row that grows to the right, is added up in the order
    of a single cell.
    """
    height, width = sums.total.shape
    down = len(rows) == 2 and rows[0].absolute and not rows[1].absolute
    right = len(columns) == 2 and columns[0].absolute and not columns[1].absolute
    if down and not right and len(columns) == 1:
        before, axis = first.bottom - first.top, 0
        wide = 1 if columns[0].absolute else width
        numbers, kinds = grid.window(first.top, first.left, before + height, wide)
    elif right and not down and len(rows) == 1:
        before, axis = first.right - first.left, 1
        high = 1 if rows[0].absolute else height
        numbers, kinds = grid.window(first.top, first.left, high, before + width)
    else:
        return False
    seen = slice(before, None)
    cut = (seen, slice(None)) if axis == 0 else (slice(None), seen)
    some = kinds == NUMBER
    if name == "MIN":
        least = np.minimum.accumulate(np.where(some, numbers, np.inf), axis=axis)
        sums.least = np.minimum(sums.least, least[cut])
    elif name == "MAX":
        most = np.maximum.accumulate(np.where(some, numbers, -np.inf), axis=axis)
        sums.most = np.maximum(sums.most, most[cut])
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            sums.total = sums.total + np.add.accumulate(numbers, axis=axis)[cut]
            largest = np.maximum.accumulate(np.abs(numbers), axis=axis)
            sums.largest = np.maximum(sums.largest, largest[cut])
    sums.count = sums.count + np.add.accumulate(some, axis=axis, dtype=np.int64)[cut]
    return True
