"""Computes a formula from given values: enough of a spreadsheet to check one cell at a time."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from openpyxl.formula.tokenizer import Token

from xl_cryptoai.audit.excel_functions import FUNCTIONS_KNOWN, Fault, call_ours, each, number
from xl_cryptoai.audit.formulas import Piece, pieces_of

Read = Callable[[str], Any]
"""Gives the value of a reference; of an area, its rows."""
Compute = Callable[[Read], Any]
"""A formula, or a part of one, taken apart and ready to be computed."""


class UnknownFormulaError(Exception):
    """The formula has something in it that is not known here; nothing can be said about it."""


def evaluate(formula: str, read: Read) -> Any:
    """Compute a formula.

    Parameters
    ----------
    formula : str
        With its equals sign.
    read : callable
        Gives the value of each reference as it is written in the formula.

    Returns
    -------
    object
        Number, text, logical value, None, `Fault` for an Excel error, or rows of these.

    Raises
    ------
    UnknownFormulaError
        For a function or a syntax that is not known here.

    Examples
    --------
    >>> evaluate('=IF(A1>2,A1/B1,"few")', {"A1": 3.0, "B1": 2.0}.get)
    1.5
    """
    compute = _taken_apart(formula)
    if compute is None:
        raise UnknownFormulaError(formula)
    try:
        return compute(read)
    except _FAILURES as error:
        raise UnknownFormulaError(formula) from error


_FAILURES = (IndexError, TypeError, ValueError, RecursionError, ArithmeticError, KeyError)


@lru_cache(maxsize=4_096)
def _taken_apart(formula: str) -> Compute | None:
    """Take a formula apart, once for all the figures it is tried on; None if that fails."""
    pieces = pieces_of(formula)
    reader = _Reader(pieces)
    try:
        compute = reader.expression(0)
    except (*_FAILURES, UnknownFormulaError):
        return None
    return compute if reader.at == len(pieces) else None


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> bool:
        if left is None:
            left = "" if isinstance(right, str) else 0.0
        if right is None:
            right = "" if isinstance(left, str) else 0.0
        if isinstance(left, str) and isinstance(right, str):
            return test(left.lower(), right.lower())
        if (
            isinstance(left, float)
            and isinstance(right, float)
            and (math.isclose(left, right, rel_tol=2e-15))
        ):
            right = left  # a spreadsheet compares 15 digits
        ranks = [isinstance(left, str), isinstance(right, str)]
        return test(left, right) if ranks[0] == ranks[1] else test(ranks[0], ranks[1])

    return compare


def _arithmetic(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        left, right = number(left), number(right)
        for side in (left, right):
            if isinstance(side, Fault):
                return side
        try:
            result = work(left, right)
        except ZeroDivisionError:
            return Fault("#DIV/0!")
        except OverflowError:
            return Fault("#NUM!")
        return Fault("#NUM!") if isinstance(result, complex) else result

    return compute


def _joined(left: Any, right: Any) -> str:
    return _as_text(left) + _as_text(right)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def _passing_faults(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def passing(left: Any, right: Any) -> Any:
        for side in (left, right):
            if isinstance(side, Fault):
                return side
        return work(left, right)

    return partial(each, passing)


_OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    sign: (strength, _passing_faults(work))
    for sign, strength, work in (
        ("=", 1, _compare(operator.eq)),
        ("<>", 1, _compare(operator.ne)),
        ("<", 1, _compare(operator.lt)),
        (">", 1, _compare(operator.gt)),
        ("<=", 1, _compare(operator.le)),
        (">=", 1, _compare(operator.ge)),
        ("&", 2, _joined),
        ("+", 3, _arithmetic(operator.add)),
        ("-", 3, _arithmetic(operator.sub)),
        ("*", 4, _arithmetic(operator.mul)),
        ("/", 4, _arithmetic(operator.truediv)),
        ("^", 5, _arithmetic(operator.pow)),
    )
}
"""Strength and work of every operator, on cells and on areas."""
_UNARY = 6


def _times(factor: float) -> Callable[[Any], Any]:
    multiply = _arithmetic(operator.mul)
    return partial(each, lambda value: multiply(value, factor))


def _percent(value: Any) -> Any:
    return _OPERATORS["/"][1](value, 100.0)


def _applied(work: Callable[..., Any], *parts: Compute) -> Compute:
    return lambda read: work(*[part(read) for part in parts])


def _constant(value: Any) -> Compute:
    return lambda _: value


class _Reader:
    """Goes over the pieces of a formula once, by the strength of its operators."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces, self.at = pieces, 0

    def expression(self, strength: int) -> Compute:
        value = self.operand()
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            if piece.type == Token.OP_POST:
                self.at += 1
                value = _applied(_percent, value)
                continue
            if piece.type != Token.OP_IN or piece.text not in _OPERATORS:
                break
            own, work = _OPERATORS[piece.text]
            if own <= strength:
                break
            self.at += 1
            value = _applied(work, value, self.expression(own))
        return value

    def operand(self) -> Compute:
        piece = self.pieces[self.at]
        self.at += 1
        if piece.type == Token.OP_PRE:
            value = self.expression(_UNARY - 1 if piece.text == "+" else _UNARY)
            return _applied(_times(-1.0 if piece.text == "-" else 1.0), value)
        if piece.type == Token.PAREN:
            value = self.expression(0)
            self.at += 1
            return value
        if piece.is_function:
            return self.call(piece.text.rstrip("("))
        if piece.type != Token.OPERAND:
            raise UnknownFormulaError(piece.text)
        return self.literal(piece)

    def literal(self, piece: Piece) -> Compute:
        if piece.is_number:
            return _constant(float(piece.text))
        if piece.is_text:
            return _constant(piece.text[1:-1].replace('""', '"'))
        if piece.subtype == Token.LOGICAL:
            return _constant(piece.text.upper() == "TRUE")
        if piece.subtype == Token.ERROR:
            return _constant(Fault(piece.text))
        return lambda read: read(piece.text)

    def call(self, name: str) -> Compute:
        arguments: list[Compute] = []
        while not self.closes():
            if self.pieces[self.at].type == Token.SEP:
                self.at += 1
                continue
            arguments.append(self.expression(0))
        self.at += 1
        known = FUNCTIONS_KNOWN.get(name.upper().removeprefix("_XLFN."))
        return _applied(known or partial(_ours, name), *arguments)

    def closes(self) -> bool:
        piece = self.pieces[self.at]
        return piece.type == Token.FUNC and piece.subtype == Token.CLOSE


def _ours(name: str, *arguments: Any) -> Any:
    answer = call_ours(name, [*arguments])
    if answer is NotImplemented:
        raise UnknownFormulaError(name)
    return answer
