"""Statistical functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from xl_cryptoai.formulas.functions.arguments import (
    known,
    numbers_of,
    paired,
    peek_of,
    total,
    values_of,
)
from xl_cryptoai.formulas.functions.criteria import places_that_meet
from xl_cryptoai.formulas.functions.mathematics import alongside, chosen
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.values import DIV0, NA, NUM, NotKnownError, number
from xl_cryptoai.xlsx.cells import ErrorValue


def _of_numbers(names: str, work: Callable[[list[float]], Any], kinds: str = ":r") -> None:
    """Register a function of all numbers of its arguments."""

    def compute(*arguments: Any) -> Any:
        found = numbers_of(arguments)
        return found if isinstance(found, ErrorValue) else work(found)

    excel(names, kinds, omitted=True)(compute)


def mean(values: list[float]) -> Any:
    """Average of numbers; #DIV/0! of none."""
    return total(values) / len(values) if values else DIV0


def _median(values: list[float]) -> Any:
    if not values:
        return NUM
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _variance(values: list[float], less: int) -> Any:
    if len(values) <= less:
        return DIV0
    center = total(values) / len(values)
    return total((value - center) ** 2 for value in values) / (len(values) - less)


def _deviation(values: list[float], less: int) -> Any:
    found = _variance(values, less)
    return found if isinstance(found, ErrorValue) else math.sqrt(found)


_of_numbers("MIN", lambda values: min(values, default=0.0))
_of_numbers("MAX", lambda values: max(values, default=0.0))
_of_numbers("AVERAGE", mean)
_of_numbers("MEDIAN", _median)
_of_numbers("VAR VAR.S", lambda values: _variance(values, 1))
_of_numbers("VARP VAR.P", lambda values: _variance(values, 0))
_of_numbers("STDEV STDEV.S", lambda values: _deviation(values, 1))
_of_numbers("STDEVP STDEV.P", lambda values: _deviation(values, 0))


@excel("GEOMEAN", ":r")
def _geometric_mean(*arguments: Any) -> Any:
    found = numbers_of(arguments)
    if isinstance(found, ErrorValue):
        return found
    if not found or min(found) <= 0:
        return NUM
    return math.exp(total(math.log(value) for value in found) / len(found))


# Counts ------------------------------------------------------------------------------------------


@excel("COUNT", ":r", omitted=True)
def _count(*arguments: Any) -> float:
    found = 0
    for argument in arguments:
        if type(argument) in (Cells, list):
            found += sum(type(value) is float for value in known(values_of(argument)))
        else:  # what stands in the formula counts if it can be turned into a number
            found += not isinstance(number(argument), ErrorValue)
    return float(found)


@excel("COUNTA", ":r", omitted=True)
def _count_all(*arguments: Any) -> float:
    return float(
        sum(
            value is not None or type(argument) not in (Cells, list)
            for argument in arguments
            for value in known(values_of(argument))
        )
    )


@excel("COUNTBLANK", "r")
def _count_blank(argument: Any) -> float:
    values = list(known(values_of(argument)))
    beyond = argument.area.size - len(values) if type(argument) is Cells else 0
    return float(beyond + sum(value is None or value == "" for value in values))


@excel("COUNTIF COUNTIFS", ":rv")
def _count_ifs(*pairs: Any) -> Any:
    areas, criteria = pairs[::2], pairs[1::2]
    sizes = {len(peek_of(area)) for area in areas}
    if len(sizes) > 1 or len(areas) != len(criteria):
        raise NotKnownError("areas of different sizes")
    places: set[int] | None = None
    beyond = 0
    for area, criterion in zip(areas, criteria, strict=True):
        met = places_that_meet(area, criterion)
        places = set(met) if places is None else places.intersection(met)
        if type(area) is Cells:
            beyond = area.area.size - len(peek_of(area))
    # cells below the last used row are blank, and may meet a criterion such as ""
    if beyond and all(places_that_meet([[None]], criterion) for criterion in criteria):
        return float(len(places or ()) + beyond)
    return float(len(places or ()))


def _numbers_where(values: Any, pairs: tuple[Any, ...]) -> list[float] | ErrorValue:
    return numbers_of([[chosen(values, pairs)]])


@excel("AVERAGEIF", "rv|r")
def _average_if(area: Any, criterion: Any, values: Any = None) -> Any:
    own = area if values is None else alongside(area, values)
    found = _numbers_where(own, (area, criterion))
    return found if isinstance(found, ErrorValue) else mean(found)


@excel("AVERAGEIFS", "r:rv")
def _average_ifs(values: Any, *pairs: Any) -> Any:
    found = _numbers_where(values, pairs)
    return found if isinstance(found, ErrorValue) else mean(found)


@excel("MINIFS", "r:rv")
def _min_ifs(values: Any, *pairs: Any) -> Any:
    found = _numbers_where(values, pairs)
    return found if isinstance(found, ErrorValue) else min(found, default=0.0)


@excel("MAXIFS", "r:rv")
def _max_ifs(values: Any, *pairs: Any) -> Any:
    found = _numbers_where(values, pairs)
    return found if isinstance(found, ErrorValue) else max(found, default=0.0)


# Order -------------------------------------------------------------------------------------------


def _ordered(names: str, kinds: str, work: Callable[[list[float], float], Any]) -> None:
    """Register a function of an area's numbers in their order, and of another number."""

    def compute(area: Any, wanted: float) -> Any:
        found = numbers_of([area])
        return found if isinstance(found, ErrorValue) else work(sorted(found), wanted)

    excel(names, kinds)(compute)


def _small(values: list[float], place: float) -> Any:
    at = math.ceil(place)
    return values[at - 1] if 1 <= at <= len(values) else NUM


def _large(values: list[float], place: float) -> Any:
    at = math.ceil(place)
    return values[-at] if 1 <= at <= len(values) else NUM


def _between(values: list[float], at: float) -> float:
    """Value at a place between two, from 0."""
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


def _percentile(values: list[float], part: float) -> Any:
    if not values or not 0 <= part <= 1:
        return NUM
    return _between(values, part * (len(values) - 1))


def _percentile_exclusive(values: list[float], part: float) -> Any:
    count = len(values)
    if not count or not 1 / (count + 1) <= part <= count / (count + 1):
        return NUM
    return _between(values, part * (count + 1) - 1)


_ordered("SMALL", "rn", _small)
_ordered("LARGE", "rn", _large)
_ordered("PERCENTILE PERCENTILE.INC", "rn", _percentile)
_ordered("PERCENTILE.EXC", "rn", _percentile_exclusive)
_ordered("QUARTILE QUARTILE.INC", "rn", lambda values, at: _percentile(values, int(at) / 4))


@excel("RANK RANK.EQ", "nr|n")
def _rank(value: float, area: Any, upwards: float = 0.0) -> Any:
    found = numbers_of([area])
    if isinstance(found, ErrorValue):
        return found
    if value not in found:
        return NA
    return 1.0 + sum(one < value if upwards else one > value for one in found)


# Two areas ---------------------------------------------------------------------------------------


def _of_pairs(names: str, work: Callable[[float, float, float, float, float], Any]) -> None:
    """Register a function of two areas: of both means and of the sums of squares and products."""

    def compute(first: Any, second: Any) -> Any:
        pairs = paired(first, second)
        if isinstance(pairs, ErrorValue):
            return pairs
        if not pairs:
            return DIV0
        means = [total(pair[side] for pair in pairs) / len(pairs) for side in (0, 1)]
        apart = [(one - means[0], other - means[1]) for one, other in pairs]
        squares = [total(pair[side] ** 2 for pair in apart) for side in (0, 1)]
        products = total(one * other for one, other in apart)
        try:
            return work(means[0], means[1], squares[0], squares[1], products)
        except ZeroDivisionError:
            return DIV0

    excel(names, "rr")(compute)


_of_pairs("CORREL PEARSON", lambda _a, _b, xx, yy, xy: xy / math.sqrt(xx * yy))
_of_pairs("RSQ", lambda _a, _b, xx, yy, xy: xy * xy / (xx * yy))
_of_pairs("SLOPE", lambda _a, _b, _yy, xx, xy: xy / xx)
_of_pairs("INTERCEPT", lambda y, x, _yy, xx, xy: y - xy / xx * x)
