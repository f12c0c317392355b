"""The spreadsheet functions that our workbooks use, and our own, for computing one cell."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from xl_cryptoai.errors import EXCEL_ERRORS, CryptoAIError
from xl_cryptoai.functions import FUNCTIONS

_LOCAL = re.compile(r"\s*[+-]?[\d.,'\s]*\d[\d.,'\s]*%?\s*")


class Fault(str):
    """An Excel error such as #DIV/0!."""

    __slots__ = ()


def number(value: Any) -> Any:
    """Take a value for a number, as arithmetic does."""
    if isinstance(value, Fault):
        return value
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value[:-1]) / 100 if value.endswith("%") else float(value)
        except ValueError:
            if _LOCAL.fullmatch(value):
                raise  # a number in some countries: nothing can be said
            return Fault("#VALUE!")
    return float(value)


def each(work: Callable[..., Any], *values: Any) -> Any:
    """Apply a function to values; to every cell where one of them is an area."""
    areas = [value for value in values if isinstance(value, list)]
    if not areas:
        return work(*values)
    rows = max(len(area) for area in areas)
    columns = max(len(area[0]) for area in areas)

    def at(value: Any, row: int, column: int) -> Any:
        if not isinstance(value, list):
            return value
        line = value[row if len(value) > 1 else 0]
        return line[column if len(line) > 1 else 0]

    return [
        [work(*(at(value, row, column) for value in values)) for column in range(columns)]
        for row in range(rows)
    ]


def flat(*values: Any) -> Iterator[Any]:
    """Go over the cells of values and areas."""
    for value in values:
        if isinstance(value, list):
            for row in value:
                yield from row
        else:
            yield value


def _numbers(*values: Any) -> list[float]:
    return [
        float(v) for v in flat(*values) if isinstance(v, (int, float)) and not isinstance(v, bool)
    ]


def _first_fault(*values: Any) -> Fault | None:
    return next((v for v in flat(*values) if isinstance(v, Fault)), None)


def _of_numbers(work: Callable[[list[float]], float]) -> Callable[..., Any]:
    def compute(*values: Any) -> Any:
        return _first_fault(*values) or work(_numbers(*values))

    return compute


def _if(test: Any, yes: Any = True, no: Any = False) -> Any:
    if isinstance(test, list):
        return each(_if, test, yes, no)
    if isinstance(test, Fault):
        return test
    chosen = yes if number(test) else no
    return 0.0 if chosen is None else chosen


def _meets(value: Any, criterion: Any) -> bool:
    match = re.fullmatch(r"(<=|>=|<>|<|>|=)?(.*)", str(criterion), re.DOTALL)
    assert match is not None
    sign, wanted = match[1] or "=", match[2]
    try:
        limit = float(wanted) if not isinstance(criterion, float) else criterion
    except ValueError:
        same = str(value if value is not None else "").lower() == wanted.lower()
        return same if sign == "=" else not same
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return sign == "<>"
    tests = {"<": value < limit, ">": value > limit, "<=": value <= limit,
             ">=": value >= limit, "=": value == limit, "<>": value != limit}  # fmt: skip
    return tests[sign]


def _countifs(*pairs: Any) -> float:
    areas = [list(flat(area)) for area in pairs[::2]]
    return float(
        sum(
            all(_meets(v, test) for v, test in zip(line, pairs[1::2], strict=True))
            for line in zip(*areas, strict=True)
        )
    )


def _index(area: Any, row: Any, column: Any = None) -> Any:
    if isinstance(row, Fault):
        return row
    cells = list(flat(area))
    if column is None and (len(area) == 1 or len(area[0]) == 1):
        return cells[int(row) - 1]
    return area[int(row) - 1][int(column or 1) - 1]


def _match(wanted: Any, area: Any, kind: Any = 1.0) -> Any:
    if kind:
        raise ValueError("only exact matches are known")
    for place, value in enumerate(flat(area), start=1):
        same = value.lower() == wanted.lower() if isinstance(value, str) and isinstance(
            wanted, str) else value == wanted  # fmt: skip
        if same:
            return float(place)
    return Fault("#N/A")


def _sumproduct(*areas: Any) -> Any:
    fault = _first_fault(*areas)
    if fault is not None:
        return fault
    lines = zip(*(list(flat(area)) for area in areas), strict=True)
    return math.fsum(
        math.prod(v if isinstance(v, (int, float)) and not isinstance(v, bool) else 0 for v in line)
        for line in lines
    )


def _round(value: Any, digits: Any = 0.0) -> Any:
    value = number(value)
    if isinstance(value, Fault):
        return value
    scale = 10.0 ** int(digits)
    return math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value)


def _error_type(value: Any) -> Any:
    codes = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
    return float(codes.index(value) + 1) if isinstance(value, Fault) else Fault("#N/A")


def _plain(work: Callable[[float], float]) -> Callable[..., Any]:
    def one(value: Any) -> Any:
        value = number(value)
        return value if isinstance(value, Fault) else work(value)

    return lambda value: each(one, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


FUNCTIONS_KNOWN: dict[str, Callable[..., Any]] = {
    "IF": _if,
    "IFERROR": lambda value, other: other if isinstance(value, Fault) else value,
    "AND": lambda *tests: _first_fault(*tests) or all(number(t) for t in flat(*tests)),
    "OR": lambda *tests: _first_fault(*tests) or any(number(t) for t in flat(*tests)),
    "NOT": lambda test: not number(test),
    "SUM": _of_numbers(math.fsum),
    "MIN": _of_numbers(lambda v: min(v, default=0.0)),
    "MAX": _of_numbers(lambda v: max(v, default=0.0)),
    "AVERAGE": lambda *v: _first_fault(*v) or (
        math.fsum(_numbers(*v)) / len(_numbers(*v)) if _numbers(*v) else Fault("#DIV/0!")),
    "COUNT": lambda *values: float(len(_numbers(*values))),
    "COUNTA": lambda *values: float(sum(v is not None for v in flat(*values))),
    "COUNTIF": _countifs,
    "COUNTIFS": _countifs,
    "SUMPRODUCT": _sumproduct,
    "ROWS": lambda area: float(len(area)),
    "COLUMNS": lambda area: float(len(area[0])),
    "INDEX": _index,
    "MATCH": _match,
    "ABS": _plain(abs),
    "INT": _plain(math.floor),
    "ROUND": _round,
    "N": lambda v: v if isinstance(v, Fault) else number(v) if not isinstance(v, str) else 0.0,
    "ISNUMBER": lambda v: each(_is_number, v),
    "ISTEXT": lambda v: each(lambda x: isinstance(x, str) and not isinstance(x, Fault), v),
    "ISERROR": lambda v: each(lambda x: isinstance(x, Fault), v),
    "ERROR.TYPE": _error_type,
}  # fmt: skip


def call_ours(name: str, arguments: list[Any]) -> Any:
    """Answer one of our own functions, however its host spells it; else `NotImplemented`."""
    bare = name.upper().removeprefix("_XLDUDF_").replace("CAI.", "CAI_")
    if bare not in FUNCTIONS:
        return NotImplemented
    fault = _first_fault(*arguments)
    if fault is not None:
        return fault
    try:
        answer = FUNCTIONS[bare](*arguments)
    except CryptoAIError as refusal:
        return Fault(refusal.excel)
    return Fault(answer) if isinstance(answer, str) and answer in EXCEL_ERRORS else answer
