"""What functions that take areas get out of their arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.values import (
    NotKnown,
    NotKnownError,
    Residue,
    Rows,
    flat,
    number,
    unknown,
)
from xl_cryptoai.xlsx.cells import ErrorValue


def rows_of(argument: Any) -> Rows:
    """Rows of an argument; of one value, one row of it."""
    if type(argument) is Cells:
        return argument.rows()
    return argument if type(argument) is list else [[argument]]


def values_of(argument: Any) -> list[Any]:
    """Values of an argument, row by row."""
    if type(argument) is Cells:
        return argument.values()
    return list(flat(argument)) if type(argument) is list else [argument]


def peek_of(argument: Any) -> list[Any]:
    """The same values, of which only some are looked at."""
    return argument.peek() if type(argument) is Cells else values_of(argument)


def one_of(argument: Any) -> Any:
    """The one value of an argument; not known if there are several."""
    values = values_of(argument)
    if len(values) != 1:
        raise NotKnownError("several values where one is wanted")
    if type(values[0]) is NotKnown:
        raise unknown(values[0])
    return values[0]


def numbers_of(arguments: Iterable[Any]) -> list[float] | ErrorValue:
    """Numbers of arguments as SUM takes them, or the first error.

    Within areas only numbers count; a value that stands in the formula itself is turned into a
    number, so that `SUM(TRUE,"2")` is 3.
    """
    found: list[float] = []
    for argument in arguments:
        if type(argument) is Cells:
            values = argument.values()
        elif type(argument) is list:
            values = list(flat(argument))
        else:
            one = number(argument)
            if isinstance(one, ErrorValue):
                return one
            found.append(one)
            continue
        for value in values:
            kind = type(value)
            if kind is float:
                found.append(value)
            elif kind is ErrorValue:
                return ErrorValue(value)
            elif kind is NotKnown:
                raise unknown(value)
            elif kind is Residue:
                found.append(float(value))
    return found


def total(values: Iterable[float]) -> float:
    """Sum of numbers, added one after the other.

    Python's own `sum` adds otherwise from version 3.12 on, and its result would not be the same on
    every machine.
    """
    result = 0.0
    for value in values:
        result += value
    return result


def paired(first: Any, second: Any) -> list[tuple[float, float]] | ErrorValue:
    """Numbers that stand at the same place of two areas, where both hold one."""
    left, right = list(known(values_of(first))), list(known(values_of(second)))
    if len(left) != len(right):
        raise NotKnownError("areas of different sizes")
    pairs = []
    for one, other in zip(left, right, strict=True):
        for value in (one, other):
            if type(value) is ErrorValue:
                return ErrorValue(value)
        if type(one) is float and type(other) is float:
            pairs.append((one, other))
    return pairs


def known(values: Iterable[Any]) -> Iterator[Any]:
    """Go over values as plain ones; raise at the first that is not known."""
    for value in values:
        if type(value) is NotKnown:
            raise unknown(value)
        yield float(value) if type(value) is Residue else value
