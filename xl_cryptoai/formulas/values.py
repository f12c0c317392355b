"""Values as formulas see them, and how Excel turns one kind into another."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.xlsx.cells import ErrorValue

Scalar = float | str | bool | ErrorValue | None
"""One value: a number, a text, a truth value, an error or nothing."""
Rows = list[list[Any]]
"""An array: its rows."""

NULL, DIV0, VALUE, REF, NAME, NUM, NA = map(
    ErrorValue, ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
)
SAME = 2e-15
"""Numbers count as equal within this part of the greater one: Excel compares 15 digits."""


RESIDUE = 2.0**-46
"""A difference smaller than this part of what it is a difference of may be 0 for Excel."""


class Residue(float):
    """A difference of numbers that are equal but for rounding: for Excel 0, or what it is.

    Which of the two depends on where in the formula it stands, by rules that are not published.
    So nobody can say whether it is equal to 0; beside other numbers it is as good as nothing.
    """

    __slots__ = ()


def residue(result: float, largest: float) -> float:
    """A result of adding numbers, marked if it is nothing but rounding."""
    if result != 0 and abs(result) <= RESIDUE * largest:
        return Residue(result)
    return result


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The result of a formula that cannot be known here; it is neither right nor wrong.

    Attributes
    ----------
    reason : str
        What is not known: a function, the value of another workbook, and so on.
    """

    reason: str


class NotKnownError(CryptoAIError):
    """Something in a formula is not known; never leaves this room."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_PLAIN_NUMBER = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(%?)\s*")
_LOCAL_NUMBER = re.compile(r"[\s\d.,'/:()$€£¥%+-]*\d[\s\d.,'/:()$€£¥%+-]*")
_DATE_WORD = re.compile(
    r"\d.*\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|am|pm)|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b.*\d",
    re.IGNORECASE,
)


def number(value: Any) -> float | ErrorValue:
    """Number that arithmetic takes a value for, or an error."""
    kind = type(value)
    if kind is float:
        return float(value)
    if value is None:
        return 0.0
    if kind is bool or kind is int or kind is Residue:
        return float(value)
    if kind is ErrorValue:
        return ErrorValue(value)
    if kind is str:
        return number_in(value)
    raise unknown(value)


def number_in(text: str) -> float | ErrorValue:
    """Number that a text is read as.

    >>> number_in(" 12.5% "), number_in("abc")
    (0.125, '#VALUE!')
    """
    match = _PLAIN_NUMBER.fullmatch(text)
    if match is not None:
        found = float(match[1])
        if math.isinf(found):
            return VALUE
        return found / 100 if match[2] else found
    if _LOCAL_NUMBER.fullmatch(text) or _DATE_WORD.search(text):
        raise NotKnownError("a text that is a number or a date in some countries")
    return VALUE


def text(value: Any) -> str | ErrorValue:
    """Text that a value is joined as, or an error."""
    kind = type(value)
    if kind is str:
        return str(value)
    if value is None:
        return ""
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if kind is ErrorValue:
        return ErrorValue(value)
    if kind is float or kind is int or kind is Residue:
        return number_as_text(float(value))
    raise unknown(value)


def number_as_text(value: float) -> str:
    """Number in the format General, with all its 15 digits.

    >>> number_as_text(1 / 3), number_as_text(-2.0), number_as_text(1e15), number_as_text(1e21)
    ('0.333333333333333', '-2', '1000000000000000', '1E+21')
    """
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4:
        raise NotKnownError("how a very small number reads as text")
    if size < 1e15:
        return f"{value:.15g}"
    if size < 1e21:
        return f"{float(f'{value:.15g}'):.0f}"
    mantissa, _, exponent = f"{value:.14e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def truth(value: Any) -> bool | ErrorValue:
    """Truth value that a condition takes a value for, or an error."""
    if type(value) is bool:
        return bool(value)
    if type(value) is str:
        upper = value.upper()
        return upper == "TRUE" if upper in ("TRUE", "FALSE") else VALUE
    if type(value) is Residue:
        raise _undecided()
    found = number(value)
    return found if isinstance(found, ErrorValue) else found != 0


def _undecided() -> NotKnownError:
    return NotKnownError("whether a difference that is nothing but rounding is 0")


def unknown(value: Any) -> NotKnownError:
    """What to raise for a value that is none: not known, or of a kind that no cell holds."""
    if isinstance(value, NotKnown):
        return NotKnownError(value.reason)
    return NotKnownError(f"a value of the kind {type(value).__name__}")


def rank(value: Any) -> int:
    """Place of a value's kind in Excel's order: numbers, texts, truth values, errors."""
    if type(value) is float or type(value) is Residue:
        return 0
    if type(value) is str:
        return 1
    if type(value) is bool:
        return 2
    if type(value) is ErrorValue:
        return 3
    raise unknown(value)


def order(left: Any, right: Any) -> int:
    """Compare two values that are no errors: -1, 0 or 1 as the left is less, equal or greater.

    A blank is 0, "" or FALSE, whatever is on the other side.
    """
    if left is None:
        left = _blank_beside(right)
    if right is None:
        right = _blank_beside(left)
    kinds = rank(left), rank(right)
    if kinds[0] != kinds[1]:
        return -1 if kinds[0] < kinds[1] else 1
    if kinds[0] == 0:
        rest = max(abs(one) if type(one) is Residue else 0.0 for one in (left, right))
        if rest and abs(left) <= 2 * rest and abs(right) <= 2 * rest:
            raise _undecided()
        apart, largest = abs(left - right), max(abs(left), abs(right))
        if apart <= SAME * largest:
            return 0
        if apart <= RESIDUE * largest:  # one number, perhaps: some programs save 15 digits of it
            raise _undecided()
    elif kinds[0] == 1:
        left, right = left.casefold(), right.casefold()
    return 0 if left == right else -1 if left < right else 1


def _blank_beside(other: Any) -> Scalar:
    if type(other) is str:
        return ""
    return False if type(other) is bool else 0.0


def each(work: Callable[..., Any], values: list[Any]) -> Any:
    """Apply a function to values; to every cell where some of them are arrays.

    One row or column goes along with arrays of any height or width.
    """
    arrays = [value for value in values if type(value) is list]
    if not arrays:
        return work(*values)
    rows = max(len(array) for array in arrays)
    columns = max(len(array[0]) for array in arrays)
    for array in arrays:
        if len(array) not in (1, rows) or len(array[0]) not in (1, columns):
            raise NotKnownError("arrays of different sizes")

    if columns == 1:  # the usual case, and with less ado five times as quick
        lines = [
            [row[0] for row in value] if type(value) is list and len(value) > 1
            else repeat(value[0][0] if type(value) is list else value, rows)
            for value in values
        ]  # fmt: skip
        return [[work(*cells)] for cells in zip(*lines, strict=True)]

    def line(value: Any, row: int) -> list[Any]:
        if type(value) is not list:
            return [value] * columns
        own: list[Any] = value[row if len(value) > 1 else 0]
        return own if len(own) == columns else own * columns

    return [
        [work(*cells) for cells in zip(*(line(value, row) for value in values), strict=True)]
        for row in range(rows)
    ]


def flat(rows: Rows) -> Iterator[Any]:
    """Go over the cells of an array, row by row."""
    for row in rows:
        yield from row
