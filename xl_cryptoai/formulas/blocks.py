"""Evaluates a block of equal formulas at once, with the same results as cell by cell.

Arithmetic, comparisons, IF and sums of areas that move along run on arrays of numbers. Wherever a
cell holds anything but a number, the very functions that evaluate single cells are applied to it,
so that nothing has to be written twice. A formula with a part that cannot be done so is evaluated
cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xl_cryptoai.formulas.aggregates import AGGREGATES, aggregated
from xl_cryptoai.formulas.calls import CONVERT, prepared
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.evaluate import CIRCULAR, Evaluator, filled, shown
from xl_cryptoai.formulas.functions import Function
from xl_cryptoai.formulas.grids import (
    Grid,
    Vector,
    as_list,
    grid_of,
    is_numbers,
    is_truths,
    of_numbers,
    packed,
    plain,
)
from xl_cryptoai.formulas.operators import OPERATORS, SIGNS
from xl_cryptoai.formulas.resolve import Resolver
from xl_cryptoai.formulas.site import Site
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.formulas.tree import (
    Binary,
    Boolean,
    Call,
    Error,
    Missing,
    Name,
    Node,
    NotUnderstood,
    Number,
    Ref,
    Structured,
    Text,
    Unary,
    chain,
)
from xl_cryptoai.formulas.values import NotKnown, NotKnownError, Rows, truth
from xl_cryptoai.xlsx.cells import ErrorValue

FEW = 4
"""Blocks with fewer cells are evaluated cell by cell: arrays would take longer."""


class _CellByCellError(Exception):
    """A part that cannot be evaluated for all cells at once."""


def block_values(block: Block, evaluator: Evaluator) -> Rows:
    """Values of all cells of a block, row by row.

    Parameters
    ----------
    block : Block
        Formulas of equal relative form. Of an array formula, the values of the cells that it
        fills.
    evaluator : Evaluator
        Evaluates single cells, and holds the stored values.
    """
    sheet, top, left, bottom, right = block.area
    if block.whole:
        return filled(block, evaluator)
    if block.area.size >= FEW and not isinstance(block.form.tree, NotUnderstood):
        grid = grid_of(evaluator.stored, sheet)
        if grid is not None:
            try:
                rows = _Block(block.area, evaluator, grid).rows(block.form.tree)
            except _CellByCellError:
                pass
            else:
                for at in evaluator.circular:
                    if at.sheet == sheet and block.area.holds(at.row, at.column):
                        rows[at.row - top][at.column - left] = CIRCULAR
                return rows
    return [
        [evaluator.value(block.form, sheet, row, column) for column in range(left, right + 1)]
        for row in range(top, bottom + 1)
    ]


class _Block:
    """Evaluates the parts of a formula for all cells of an area."""

    def __init__(self, area: SheetArea, evaluator: Evaluator, grid: Grid) -> None:
        self.area, self.evaluator, self.grid = area, evaluator, grid
        self.shape = (area.bottom - area.top + 1, area.right - area.left + 1)
        self.count = area.size
        self.site = Site(area.sheet, area.top, area.left, evaluator.stored)

    def rows(self, tree: Node) -> Rows:
        """Values of the whole formula, row by row."""
        values = as_list(self.vector(tree), self.count)
        if type(values[0]) is not float or set(map(type, values)) != {float}:
            values = [shown(value) for value in values]
        width = self.shape[1]
        return [values[at : at + width] for at in range(0, self.count, width)]

    def vector(self, node: Node) -> Vector:
        """Evaluate a part as a value for each cell."""
        match node:
            case Number() | Text() | Boolean():
                return node.value
            case Error():
                return ErrorValue(node.code)
            case Ref() | Name() | Structured():
                return self.cell(node)
            case Unary("-" | "+" | "%"):
                return self.signed(node.operator, self.vector(node.operand))
            case Binary() if node.operator not in (":", " "):
                first, links = chain(node)
                if any(operator in (":", " ") for operator, _ in links):
                    raise _CellByCellError
                result = self.vector(first)
                for operator, operand in links:
                    result = self.operated(operator, result, self.vector(operand))
                return result
            case Call(prefix=None):
                return self.call(node)
        raise _CellByCellError

    def each(self, work: Callable[..., Any], *vectors: Vector) -> Vector:
        """Apply the function for single cells to each cell; to constants only once."""
        if not any(isinstance(vector, np.ndarray) for vector in vectors):
            return self.one(work, 0, *vectors)
        columns = [as_list(vector, self.count) for vector in vectors]
        lines = enumerate(zip(*columns, strict=True))
        return packed([self.one(work, at, *values) for at, values in lines], self.shape)

    def one(self, work: Callable[..., Any], at: int, *values: Any) -> Any:
        """Apply a function to the values of one cell."""
        try:
            found = work(*values)
            if type(found) is Cells:
                row, column = divmod(at, self.shape[1])
                area = self.area
                found = found.met(area.sheet, area.top + row, area.left + column)
        except NotKnownError as error:
            return NotKnown(error.reason)
        except (ArithmeticError, ValueError) as error:
            return NotKnown(f"a calculation that fails here: {error}")
        return found[0][0] if type(found) is list else found

    def cell(self, node: Ref | Name | Structured) -> Vector:
        """Evaluate a reference to one cell, which may be another for each cell of the block."""
        target = _only_target(self.evaluator.resolver, node, self.area.sheet)
        target = target.uncut(self.area) if target is not None else None
        if target is None or len(target.rows) > 1 or len(target.columns) > 1 or target.within:
            raise _CellByCellError
        (row,), (column,) = target.rows, target.columns
        if row.absolute and column.absolute:
            return self.evaluator.stored.value(target.sheet, row.number, column.number)
        grid = grid_of(self.evaluator.stored, target.sheet)
        first = target.area(self.area.top, self.area.left)
        hull = target.hull(self.area)
        if grid is None or first is None or hull is None or hull.top != first.top:
            raise _CellByCellError  # a sheet of few cells far apart, or over the sheet's end
        found = grid.values(
            first.top,
            first.left,
            1 if row.absolute else self.shape[0],
            1 if column.absolute else self.shape[1],
        )
        return np.broadcast_to(found, self.shape)

    def signed(self, sign: str, value: Vector) -> Vector:
        """Apply a sign or `%`."""
        if not is_numbers(value):
            return self.each(SIGNS[sign], value)
        return -value if sign == "-" else value / 100.0 if sign == "%" else value

    def operated(self, operator: str, left: Vector, right: Vector) -> Vector:
        """Apply an operator; to numbers all at once."""
        found = of_numbers(operator, left, right)
        if found is not None:
            return found
        return self.each(OPERATORS[operator], left, right)

    # Functions ----------------------------------------------------------------------------------

    def call(self, node: Call) -> Vector:
        """Evaluate a call."""
        arguments = node.arguments
        if node.name == "IF" and 2 <= len(arguments) <= 3:
            return self.chosen(node)
        if node.name == "IFERROR" and len(arguments) == 2:
            return self.caught(node)
        function = self.evaluator.known.get(node.name)
        if function is None or function.here:
            raise _CellByCellError
        kinds = [function.kind(at) for at in range(len(arguments))]
        missing = any(isinstance(argument, Missing) for argument in arguments)
        if missing or "" in kinds or len(arguments) < function.least:
            raise _CellByCellError
        if node.name in AGGREGATES:
            found = aggregated(node, self.area, self.evaluator, self.aggregated_value)
            if found is not None:
                return found
        return self.function(function, node, kinds)

    def aggregated_value(self, node: Node) -> Vector | None:
        """Numbers of an argument of SUM that is no reference; None if some are no numbers."""
        value = self.vector(node)
        return value if is_numbers(value) else None

    def function(self, function: Function, node: Call, kinds: list[str]) -> Vector:
        """Call a function of Excel for each cell; the areas that it takes have to stand still."""
        values: list[Vector] = []
        moving: list[int] = []
        for at, (kind, argument) in enumerate(zip(kinds, node.arguments, strict=True)):
            if kind in CONVERT or not isinstance(argument, (Ref, Name, Structured)):
                if kind == "a":
                    raise _CellByCellError
                values.append(self.vector(argument))
                moving.append(at)
            else:
                values.append(self.still(argument))
        if function.name == "ABS" and is_numbers(values[0]):
            return plain(np.abs(values[0]))
        work = prepared(function, kinds)

        def call(*cells: Any) -> Any:
            own = list(values)
            for at, cell in zip(moving, cells, strict=True):
                own[at] = cell
            return work(*own)

        return self.each(call, *(values[at] for at in moving))

    def still(self, node: Node) -> Cells:
        """An area that is the same for all cells."""
        target = _only_target(self.evaluator.resolver, node, self.area.sheet)
        if target is None or target.moves:
            raise _CellByCellError
        area = target.area(self.area.top, self.area.left)
        if area is None:
            raise _CellByCellError
        return Cells((area,), self.evaluator.stored)

    def chosen(self, node: Call) -> Vector:
        """Evaluate IF: both branches for all cells, then choose."""
        test = self.vector(node.arguments[0])
        branches = [self.branch(argument) for argument in node.arguments[1:]]
        branches += [False] * (2 - len(branches))
        if is_numbers(test):
            test = plain(np.asarray(test) != 0)
        if is_truths(test):
            if isinstance(test, bool):
                return branches[0] if test else branches[1]
            if all(map(is_numbers, branches)) or all(map(is_truths, branches)):
                return np.where(test, branches[0], branches[1])

        def pick(one: Any, first: Any, second: Any) -> Any:
            decided = truth(one)
            return decided if type(decided) is ErrorValue else first if decided else second

        return self.each(pick, test, *branches)

    def branch(self, node: Node) -> Vector:
        """Evaluate a result of IF; an omitted one is 0."""
        return 0.0 if isinstance(node, Missing) else self.vector(node)

    def caught(self, node: Call) -> Vector:
        """Evaluate IFERROR."""
        value, other = self.vector(node.arguments[0]), self.branch(node.arguments[1])
        if is_numbers(value) or is_truths(value):
            return value
        return self.each(lambda one, two: two if type(one) is ErrorValue else one, value, other)


def _only_target(resolver: Resolver, node: Node, sheet: str) -> Target | None:
    """The one target of a reference; None if there are several, or none."""
    if isinstance(node, Name) and not _is_plain_name(resolver, node, sheet):
        return None
    found = resolver.node(node, sheet)
    if found.problems or len(found.targets) != 1:
        return None
    return found.targets[0]


def _is_plain_name(resolver: Resolver, node: Name, sheet: str) -> bool:
    """Whether a name stands for an area itself, not for a formula with one in it."""
    meant = resolver.meaning(node.name, sheet) if node.prefix is None else None
    return meant is not None and isinstance(resolver.tree_of(meant.text), Ref)
