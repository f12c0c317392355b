"""Mathematical functions and sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from xl_cryptoai.formulas.functions.arguments import (
    known,
    numbers_of,
    peek_of,
    rows_of,
    total,
    values_of,
)
from xl_cryptoai.formulas.functions.criteria import places_that_meet
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.operators import power
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.targets import SheetArea
from xl_cryptoai.formulas.values import (
    DIV0,
    NUM,
    VALUE,
    NotKnownError,
    Residue,
    number,
    residue,
)
from xl_cryptoai.xlsx.cells import ErrorValue

# Sums --------------------------------------------------------------------------------------------


@excel("SUM", ":r", omitted=True)
def _sum(*arguments: Any) -> Any:
    found = numbers_of(arguments)
    if isinstance(found, ErrorValue):
        return found
    result = total(found)
    return residue(result, max(map(abs, found))) if found else result


@excel("PRODUCT", ":r")
def _product(*arguments: Any) -> Any:
    found = numbers_of(arguments)
    return found if isinstance(found, ErrorValue) else math.prod(found) if found else 0.0


@excel("SUMSQ", ":r")
def _sum_of_squares(*arguments: Any) -> Any:
    found = numbers_of(arguments)
    return found if isinstance(found, ErrorValue) else total(one * one for one in found)


@excel("SUMPRODUCT", ":a")
def _sum_of_products(*arguments: Any) -> Any:
    columns = [list(known(values_of(argument))) for argument in arguments]
    shapes = {(len(rows), len(rows[0])) for rows in map(rows_of, arguments)}
    if len(shapes) > 1:
        raise NotKnownError("arrays of different sizes")
    for column in columns:
        for value in column:
            if type(value) is ErrorValue:
                return value
    result = 0.0
    for line in zip(*columns, strict=True):
        product = 1.0
        for value in line:
            product *= value if type(value) is float else 0.0
        result += product
    return result


def alongside(area: Any, values: Any) -> Any:
    """The area beside the criteria's that SUMIF sums: as high and wide, from its first cell."""
    if type(area) is not Cells or type(values) is not Cells:
        raise NotKnownError("a sum of what are no cells")
    own, other, stored = area.stored.clipped(area.area), values.area, values.stored
    bottom = other.top + own.bottom - own.top
    right = other.left + own.right - own.left
    beside = SheetArea(other.sheet, other.top, other.left, bottom, right)
    if stored.clipped(beside) == beside:
        return Cells((beside,), stored)
    # beyond what is used there are blanks
    rows = stored.rows(beside)
    width = own.right - own.left + 1
    full = [line + [None] * (width - len(line)) for line in rows]
    return full + [[None] * width for _ in range(own.bottom - own.top + 1 - len(full))]


def chosen(values: Any, pairs: tuple[Any, ...]) -> list[Any]:
    """Values at the places that meet all criteria."""
    own = peek_of(values)
    places: set[int] | None = None
    for area, criterion in zip(pairs[::2], pairs[1::2], strict=True):
        if len(peek_of(area)) != len(own):
            raise NotKnownError("areas of different sizes")
        met = places_that_meet(area, criterion)
        places = set(met) if places is None else places.intersection(met)
    return [own[place] for place in sorted(places or ())]


@excel("SUMIF", "rv|r")
def _sum_if(area: Any, criterion: Any, values: Any = None) -> Any:
    summed = area if values is None else alongside(area, values)
    return _sum([chosen(summed, (area, criterion))])


@excel("SUMIFS", "r:rv")
def _sum_ifs(values: Any, *pairs: Any) -> Any:
    return _sum([chosen(values, pairs)])


# Rounding ----------------------------------------------------------------------------------------


_TRIFLE = 1e-10
"""A smaller number is most likely a difference that is nothing but rounding."""


def round_as(value: float, digits: float, way: str) -> Any:
    """Round a number as it reads with 15 digits: `ROUND(1.005,2)` is 1.01 for Excel.

    >>> round_as(1.005, 2, ROUND_HALF_UP), round_as(-2.5, 0, ROUND_HALF_UP)
    (1.01, -3.0)
    """
    if way != ROUND_HALF_UP and 0 < abs(value) < _TRIFLE:
        raise NotKnownError("whether a trifle is 0")
    if abs(digits) > 400:
        return value if digits > 0 else 0.0
    read = Decimal(f"{value:.15g}")
    step = Decimal(1).scaleb(-int(digits))
    if read.adjusted() + int(digits) > 15:  # no digits there to round
        return value
    result = read.quantize(step, rounding=way)
    # 8 less a trifle is rounded up by ROUND; whether INT and ROUNDDOWN leave 8 or 7 is not sure
    if way != ROUND_HALF_UP and result != Decimal(value).quantize(step, rounding=way):
        raise NotKnownError("rounding a number that differs from a round one in the last digit")
    return float(result) + 0.0


def _rounding(names: str, kinds: str, way: str) -> None:
    excel(names, kinds, omitted=True)(
        lambda value, digits=0.0: round_as(value, math.trunc(digits), way)
    )


_rounding("ROUND", "nn", ROUND_HALF_UP)
_rounding("ROUNDUP", "nn", ROUND_UP)
_rounding("ROUNDDOWN", "nn", ROUND_DOWN)
_rounding("TRUNC", "n|n", ROUND_DOWN)
_rounding("INT", "n", ROUND_FLOOR)


def _steps(value: float, step: float, way: str) -> Any:
    """Round to a multiple of a step, as both read with 15 digits."""
    if step == 0:
        return 0.0
    size = Decimal(f"{step:.15g}")
    return float((Decimal(f"{value:.15g}") / size).quantize(Decimal(1), rounding=way) * size) + 0.0


@excel("MROUND", "nn")
def _round_to_multiple(value: float, step: float) -> Any:
    if value * step < 0:
        return NUM
    return _steps(abs(value), abs(step), ROUND_HALF_UP) * (-1 if value < 0 else 1)


@excel("CEILING", "nn")
def _ceiling(value: float, step: float) -> Any:
    return NUM if value > 0 > step else _steps(value, step, ROUND_CEILING if step > 0 else ROUND_UP)


@excel("FLOOR", "nn")
def _floor(value: float, step: float) -> Any:
    if step == 0:
        return DIV0 if value else 0.0
    return NUM if value > 0 > step else _steps(value, step, ROUND_FLOOR if step > 0 else ROUND_DOWN)


@excel("CEILING.MATH", "n|n")
def _ceiling_up(value: float, step: float = 1.0) -> Any:
    return _steps(value, abs(step), ROUND_CEILING)


@excel("FLOOR.MATH", "n|n")
def _floor_down(value: float, step: float = 1.0) -> Any:
    return _steps(value, abs(step), ROUND_FLOOR)


@excel("EVEN", "n")
def _even(value: float) -> Any:
    return _steps(value, 2.0, ROUND_UP)


# Numbers -----------------------------------------------------------------------------------------


def _plain(names: str, work: Callable[[float], float]) -> None:
    """Register a function of one number that exists for some numbers only."""

    def guarded(value: float) -> Any:
        try:
            return float(work(value))
        except (ValueError, OverflowError):
            return NUM

    excel(names, "n")(guarded)


_plain("SQRT", math.sqrt)
_plain("EXP", math.exp)
_plain("LN", math.log)
_plain("LOG10", math.log10)
_plain("SIN", math.sin)
_plain("COS", math.cos)
_plain("TAN", math.tan)
_plain("ASIN", math.asin)
_plain("ACOS", math.acos)
_plain("ATAN", math.atan)
_plain("RADIANS", math.radians)
_plain("DEGREES", math.degrees)
_plain("FACT", lambda value: math.factorial(int(value)) if value < 171 else math.inf)


@excel("ABS", "v")
def _absolute(value: Any) -> Any:
    if type(value) is Residue:
        return Residue(abs(value))
    found = number(value)
    return found if isinstance(found, ErrorValue) else abs(found)


@excel("SIGN", "n")
def _sign(value: float) -> float:
    if 0 < abs(value) < _TRIFLE:
        raise NotKnownError("whether a trifle is 0")
    return float((value > 0) - (value < 0))


@excel("LOG", "n|n")
def _log(value: float, base: float = 10.0) -> Any:
    if value <= 0 or base <= 0:
        return NUM
    if base == 1:
        return DIV0
    return math.log10(value) if base == 10 else math.log(value) / math.log(base)


@excel("MOD", "nn")
def _mod(value: float, divisor: float) -> Any:
    if divisor == 0:
        return DIV0
    exact = Decimal(f"{value:.15g}"), Decimal(f"{divisor:.15g}")
    whole = (exact[0] / exact[1]).to_integral_value(ROUND_FLOOR)
    result = value - divisor * math.floor(value / divisor)
    # Excel refuses very large quotients, and where digits are lost what it gives is not documented
    if abs(whole) > 1e12 or abs(float(exact[0] - exact[1] * whole) - result) > 1e-9 * abs(divisor):
        raise NotKnownError("MOD of numbers that are no exact multiples")
    return result


@excel("QUOTIENT", "nn")
def _quotient(value: float, divisor: float) -> Any:
    return float(math.trunc(value / divisor)) if divisor else DIV0


@excel("PI", "")
def _pi() -> float:
    return math.pi


@excel("COMBIN", "nn")
def _combinations(count: float, chosen_count: float) -> Any:
    whole = int(count), int(chosen_count)
    if whole[0] > 1_000:
        raise NotKnownError("COMBIN of a large number")
    return float(math.comb(*whole)) if 0 <= whole[1] <= whole[0] else NUM


@excel("MMULT", "aa")
def _matrix_product(first: Any, second: Any) -> Any:
    left, right = rows_of(first), rows_of(second)
    if len(left[0]) != len(right):
        return VALUE
    if len(left) * len(right) * len(right[0]) > 1_000_000:
        raise NotKnownError("MMULT of large arrays")
    for value in known([*values_of(first), *values_of(second)]):
        if type(value) is not float:
            return value if type(value) is ErrorValue else VALUE
    columns = list(zip(*right, strict=True))
    return [
        [total(a * b for a, b in zip(row, column, strict=True)) for column in columns]
        for row in left
    ]


@excel("POWER", "nn")
def _power(base: float, exponent: float) -> Any:
    return power(base, exponent)
