"""The stored values of a sheet as one table of numbers, for evaluating many cells at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.stored import StoredValues
from xl_cryptoai.formulas.values import RESIDUE, SAME

BLANK, NUMBER, OTHER, FAULT = range(4)
"""What a cell holds: nothing; a number; a text or truth value; an error or nothing known."""
_SPARSE = 8
"""A sheet with more than so many cells of its area to one that is used gets no table."""
_ALWAYS = 500_000
"""Cells of an area that get a table in any case."""
Numbers = NDArray[np.float64]
Vector = Any
"""A value for all cells of a block, or an array of its shape: of numbers, truth values or mixed."""

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip
_ORDER: dict[str, Callable[[Any, Any, Any], Any]] = {
    "=": lambda left, right, same: same,
    "<>": lambda left, right, same: ~same,
    "<": lambda left, right, same: (left < right) & ~same,
    ">": lambda left, right, same: (left > right) & ~same,
    "<=": lambda left, right, same: (left < right) | same,
    ">=": lambda left, right, same: (left > right) | same,
}


class Grid:
    """Numbers and kinds of the cells of a sheet, by row and column.

    Attributes
    ----------
    numbers : array
        The numbers; 0 where there is none.
    kinds : array
        What the cells hold.
    """

    def __init__(self, cells: dict[tuple[int, int], Any], rows: int, columns: int) -> None:
        self.cells = cells
        self.numbers: Numbers = np.zeros((rows + 1, columns + 1))
        self.kinds = np.zeros((rows + 1, columns + 1), np.uint8)
        places = [place for place, value in cells.items() if type(value) is float]
        if places:
            at = tuple(np.array(places).T)
            self.numbers[at] = [cells[place] for place in places]
            self.kinds[at] = NUMBER
        for place, value in cells.items():
            if type(value) is not float and value is not None:
                self.kinds[place] = OTHER if type(value) in (str, bool) else FAULT

    def window(self, top: int, left: int, rows: int, columns: int) -> tuple[Numbers, Any]:
        """Numbers and kinds of an area; beyond what is used there is nothing."""
        bottom, right = top + rows, left + columns
        numbers = self.numbers[top:bottom, left:right]
        kinds = self.kinds[top:bottom, left:right]
        if numbers.shape == (rows, columns):
            return numbers, kinds
        short = ((0, rows - numbers.shape[0]), (0, columns - numbers.shape[1]))
        return np.pad(numbers, short), np.pad(kinds, short)

    def values(self, top: int, left: int, rows: int, columns: int) -> Vector:
        """Values of an area, as numbers if all are."""
        numbers, kinds = self.window(top, left, rows, columns)
        if bool((kinds == NUMBER).all()):
            return numbers
        get = self.cells.get
        return packed(
            [get((top + row, left + column)) for row in range(rows) for column in range(columns)],
            (rows, columns),
        )


def grid_of(stored: StoredValues, sheet: str) -> Grid | None:
    """Grid of a sheet; None if few cells lie far apart."""
    key = ("grid", sheet)
    if key not in stored.memo:
        cells = stored.sheet(sheet)
        rows = max((row for row, _ in cells), default=0)
        columns = max((column for _, column in cells), default=0)
        size = (rows + 1) * (columns + 1)
        fits = size <= max(_ALWAYS, _SPARSE * len(cells))
        stored.memo[key] = Grid(cells, rows, columns) if fits else None
    grid: Grid | None = stored.memo[key]
    return grid


def is_calculated(block: Block, stored: StoredValues) -> bool:
    """Whether a value, not an error, is stored for any cell of a block.

    Programs that write formulas without calculating them leave none to be compared.
    """
    sheet, top, left, bottom, right = block.area
    grid = grid_of(stored, sheet)
    if grid is None:
        return True
    kinds = grid.kinds[top : bottom + 1, left : right + 1]
    return bool(((kinds == NUMBER) | (kinds == OTHER)).any())


def packed(values: list[Any], shape: tuple[int, int]) -> Vector:
    """Values as an array: of numbers or truth values if all are, else mixed."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return np.array(values).reshape(shape)
    if kinds == {bool}:
        return np.array(values, bool).reshape(shape)
    mixed = np.empty(len(values), object)
    mixed[:] = values
    return mixed.reshape(shape)


def is_numbers(value: Vector) -> bool:
    """Whether a vector holds numbers only, or is one number for all cells."""
    return type(value) is float or (isinstance(value, np.ndarray) and value.dtype == np.float64)


def is_truths(value: Vector) -> bool:
    """Whether a vector holds truth values only."""
    return type(value) is bool or (isinstance(value, np.ndarray) and value.dtype == np.bool_)


def as_list(value: Vector, count: int) -> list[Any]:
    """Values of a vector one after the other, as Python's own."""
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    return [value] * count


def of_numbers(operator: str, left: Vector, right: Vector) -> Vector | None:
    """Result of an operator on numbers; None if it is not one for each cell.

    Powers are left to Python: numpy's differ by processor in the last digit.
    """
    if not is_numbers(left) or not is_numbers(right):
        return None
    if operator in _ORDER:
        one, other = np.asarray(left), np.asarray(right)
        largest = np.maximum(abs(one), abs(other))
        with np.errstate(over="ignore"):
            apart = abs(one - other)
        same = (one == other) | (apart <= SAME * largest)
        if (~same & (apart <= RESIDUE * largest)).any():
            return None
        return plain(_ORDER[operator](one, other, same))
    if operator not in _ARITHMETIC:
        return None
    with np.errstate(all="ignore"):
        result = _ARITHMETIC[operator](left, right)
        if operator in ("+", "-") and has_residue(result, abs(np.asarray(left))):
            return None
    return plain(result) if bool(np.isfinite(result).all()) else None


def has_residue(result: Any, largest: Any) -> bool:
    """Whether a result is nothing but rounding for some cell; see `Residue`."""
    return bool(((result != 0) & (abs(result) <= RESIDUE * largest)).any())


def plain(value: Any) -> Vector:
    """A result of numpy as a vector: one value as Python's own."""
    return value if isinstance(value, np.ndarray) and value.ndim else value.item()
