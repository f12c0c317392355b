"""What Excel's operators do with two values."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from xl_cryptoai.formulas.values import (
    DIV0,
    NUM,
    RESIDUE,
    NotKnown,
    NotKnownError,
    Residue,
    number,
    order,
    residue,
    text,
    unknown,
)
from xl_cryptoai.xlsx.cells import ErrorValue

Work = Callable[[Any, Any], Any]


def _numbers(left: Any, right: Any) -> tuple[float, float] | ErrorValue:
    """Both sides as numbers, or the first error."""
    first = number(left)
    if isinstance(first, ErrorValue):
        return first
    second = number(right)
    return second if isinstance(second, ErrorValue) else (first, second)


def add(left: Any, right: Any) -> Any:
    """Sum of two values."""
    if type(left) is not float or type(right) is not float:
        both = _numbers(left, right)
        if type(both) is ErrorValue:
            return both
        left, right = both
    result = left + right
    if left * right < 0 and abs(result) <= RESIDUE * abs(left):
        return residue(result, abs(left))
    return result if -inf < result < inf else NUM


def subtract(left: Any, right: Any) -> Any:
    """Difference of two values."""
    if type(left) is not float or type(right) is not float:
        both = _numbers(left, right)
        if type(both) is ErrorValue:
            return both
        left, right = both
    result = left - right
    if abs(result) <= RESIDUE * abs(left):
        return residue(result, abs(left))
    return result if -inf < result < inf else NUM


def multiply(left: Any, right: Any) -> Any:
    """Product of two values."""
    if type(left) is not float or type(right) is not float:
        both = _numbers(left, right)
        if type(both) is ErrorValue:
            return both
        left, right = both
    result = left * right
    return result if -inf < result < inf else NUM


def divide(left: Any, right: Any) -> Any:
    """Quotient of two values."""
    if type(right) is Residue:
        raise NotKnownError("a division by a difference that is nothing but rounding")
    if type(left) is not float or type(right) is not float:
        both = _numbers(left, right)
        if type(both) is ErrorValue:
            return both
        left, right = both
    if right == 0:
        return DIV0
    result = left / right
    return result if -inf < result < inf else NUM


def power(left: Any, right: Any) -> Any:
    """Power of two values; 0^0 and roots of negative numbers do not exist."""
    both = _numbers(left, right)
    if isinstance(both, ErrorValue):
        return both
    base, exponent = both
    if base == 0 and exponent <= 0:
        return NUM if exponent == 0 else DIV0
    if base < 0 and exponent != int(exponent) and abs(1 / exponent - round(1 / exponent)) < 1e-9:
        raise NotKnownError("a root of a negative number")  # programs differ on odd ones
    try:
        result = base**exponent
    except OverflowError:
        return NUM
    return NUM if isinstance(result, complex) or not -inf < result < inf else result


def join(left: Any, right: Any) -> Any:
    """Texts of two values, one after the other."""
    first = text(left)
    if isinstance(first, ErrorValue):
        return first
    second = text(right)
    return second if isinstance(second, ErrorValue) else first + second


def _compared(holds: Callable[[int], bool]) -> Work:
    def compare(left: Any, right: Any) -> Any:
        if type(left) is float and type(right) is float:  # the usual case first
            if left == right:
                return holds(0)
            if abs(left - right) > RESIDUE * max(abs(left), abs(right)):
                return holds(-1 if left < right else 1)
        for side in (left, right):
            if type(side) is ErrorValue:
                return side
            if type(side) is NotKnown:
                raise unknown(side)
        return holds(order(left, right))

    return compare


OPERATORS: dict[str, Work] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "&": join,
    "=": _compared(lambda order: order == 0),
    "<>": _compared(lambda order: order != 0),
    "<": _compared(lambda order: order < 0),
    ">": _compared(lambda order: order > 0),
    "<=": _compared(lambda order: order <= 0),
    ">=": _compared(lambda order: order >= 0),
}
"""The work of every operator between two values."""


def negate(value: Any) -> Any:
    """A value with the other sign."""
    if type(value) is float:
        return -value
    if type(value) is Residue:
        return Residue(-value)
    found = number(value)
    return found if isinstance(found, ErrorValue) else -found


def percent(value: Any) -> Any:
    """Hundredth part of a value."""
    return divide(value, 100.0)


def keep(value: Any) -> Any:
    """A value after a plus sign: itself, a text too."""
    return value


SIGNS: dict[str, Callable[[Any], Any]] = {"-": negate, "+": keep, "%": percent}
"""The work of every operator on one value."""
