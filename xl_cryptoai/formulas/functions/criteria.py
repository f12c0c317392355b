"""Criteria of SUMIF and its like, and exact matches: which cells of an area meet them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from xl_cryptoai.formulas.functions.arguments import known, values_of
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.tokens import ERROR_CODES
from xl_cryptoai.formulas.values import (
    NotKnown,
    NotKnownError,
    Residue,
    number_in,
    unknown,
)
from xl_cryptoai.xlsx.cells import ErrorValue

_PARTS = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_DEARER = 8
"""How many times longer an index takes than a sum does."""
_DIGIT = re.compile(r"\d")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
Test = Callable[[Any], bool]


def places_that_meet(argument: Any, criterion: Any) -> Sequence[int]:
    """Places in an area, from 0, of the values that meet a criterion.

    Formulas side by side ask the same area again and again, so the answers are kept.
    """
    if type(criterion) is NotKnown:
        raise unknown(criterion)
    if type(argument) is not Cells:
        return _meeting(values_of(argument), criterion)
    memo = argument.stored.memo
    key = ("criterion", argument.areas, type(criterion), criterion)
    found: Sequence[int] | None = memo.get(key)
    if found is None:
        if type(criterion) is float or criterion is None:
            wanted = 0.0 if criterion is None else criterion
            same = index_of(argument).get(key_of(wanted), [])
            found = sorted([*same, *_numerals(argument).get(wanted, [])])
        elif _is_plain(criterion):
            found = index_of(argument).get(key_of(criterion), ())
        else:
            found = _meeting(argument.values(), criterion)
        memo[key] = found
    return found


def _numerals(argument: Cells) -> dict[float, list[int]]:
    """Places of the texts of an area that read as numbers: COUNTIF counts the text "1" as 1."""
    memo = argument.stored.memo
    key = ("numerals", argument.areas)
    if key not in memo:
        found: dict[float, list[int]] = {}
        for place, value in enumerate(argument.values()):
            if type(value) is str and (one := _numeral(value)) is not None:
                found.setdefault(one, []).append(place)
        memo[key] = found
    numerals: dict[float, list[int]] = memo[key]
    return numerals


def index_of(argument: Any) -> dict[Any, list[int]]:
    """Places of each value of an area, from 0; texts without regard to case."""
    memo = argument.stored.memo if type(argument) is Cells else {}
    key = ("index", argument.areas) if type(argument) is Cells else None
    index: dict[Any, list[int]] | None = memo.get(key)
    if index is None:
        if key is not None:
            argument.stored.spend(_DEARER * len(argument.peek()))
        index = {}
        for place, value in enumerate(known(values_of(argument))):
            index.setdefault(key_of(value), []).append(place)
        memo[key] = index
    return index


def key_of(value: Any) -> Any:
    """What makes values the same: their kind, and texts without regard to case."""
    kind = type(value)
    if kind is str:
        return (str, value.casefold())
    if kind is Residue:
        raise NotKnownError("looking for a difference that is nothing but rounding")
    return (kind, value)


def _is_plain(criterion: Any) -> bool:
    """Whether a criterion is a text that only the same text meets."""
    if type(criterion) is not str or criterion == "" or _DIGIT.search(criterion):
        return False
    if criterion[0] in "<>=#" or any(sign in criterion for sign in "*?~"):
        return False
    return criterion.upper() not in ("TRUE", "FALSE")


def _meeting(values: Sequence[Any], criterion: Any) -> list[int]:
    test = _test_of(criterion, isinstance(criterion, bool))
    return [place for place, value in enumerate(known(values)) if test(value)]


@lru_cache(maxsize=2_000)
def _test_of(criterion: Any, is_truth: bool) -> Test:
    """What a criterion tests; whether it is a truth value keeps TRUE and 1 apart."""
    if type(criterion) is not str:
        wanted = 0.0 if criterion is None else criterion
        return _equal_to(wanted)
    match = _PARTS.fullmatch(criterion)
    assert match is not None
    sign, word = match[1] or "", match[2]
    operand = _operand(word)
    if sign in ("", "=", "<>"):
        if operand == "":
            if sign == "":
                return lambda value: value is None or value == ""
            return (lambda v: v is None) if sign == "=" else (lambda v: v is not None)
        equal = _equal_to(operand)
        return equal if sign != "<>" else lambda value: not equal(value)
    compare = _COMPARE[sign]
    if type(operand) is str:
        folded = operand.casefold()
        return lambda value: type(value) is str and compare(value.casefold(), folded)
    return lambda value: type(value) is type(operand) and compare(value, operand)


def _operand(word: str) -> Any:
    """Value that the text of a criterion stands for."""
    if word.upper() in ("TRUE", "FALSE"):
        return word.upper() == "TRUE"
    if word.upper() in ERROR_CODES:
        return ErrorValue(word.upper())
    found = number_in(word)
    return word if isinstance(found, ErrorValue) else found


def _equal_to(wanted: Any) -> Test:
    if type(wanted) is str:
        pattern = wildcard(wanted)
        return lambda value: type(value) is str and pattern.fullmatch(value) is not None
    if type(wanted) is float:
        return lambda value: (
            value == wanted
            if type(value) is float
            else type(value) is str and _numeral(value) == wanted
        )
    return lambda value: type(value) is type(wanted) and bool(value == wanted)


def _numeral(text: str) -> float | None:
    """Number that a text reads as; None if it is none, or only in some countries."""
    if not _DIGIT.search(text):
        return None
    try:
        found = number_in(text)
    except NotKnownError:
        return None
    return None if isinstance(found, ErrorValue) else found


@lru_cache(maxsize=2_000)
def wildcard(text: str) -> re.Pattern[str]:
    """Pattern of a text with `*` and `?`; after `~` they stand for themselves."""
    parts, at = [], 0
    while at < len(text):
        sign = text[at]
        if sign == "~" and text[at + 1 : at + 2] in ("*", "?", "~"):
            at += 1
            parts.append(re.escape(text[at]))
        else:
            parts.append({"*": ".*", "?": "."}.get(sign, re.escape(sign)))
        at += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def has_wildcard(text: str) -> bool:
    """Whether a text is a pattern."""
    return any(sign in text for sign in "*?~")
