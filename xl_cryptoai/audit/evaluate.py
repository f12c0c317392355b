"""Computes a formula from given values: enough of a spreadsheet to check one cell at a time."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from openpyxl.formula.tokenizer import Token

from xl_cryptoai.audit.excel_functions import FUNCTIONS_KNOWN, Fault, call_ours, each, number
from xl_cryptoai.audit.formulas import Piece, pieces_of

Read = Callable[[str], Any]
"""Gives the value of a reference; of an area, its rows."""


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
    pieces = pieces_of(formula)
    if not pieces:
        raise UnknownFormulaError(formula)
    reader = _Reader(pieces, read)
    try:
        value = reader.expression(0)
    except (IndexError, TypeError, ValueError, RecursionError, ArithmeticError, KeyError) as error:
        raise UnknownFormulaError(formula) from error
    if reader.at < len(pieces):
        raise UnknownFormulaError(formula)
    return value


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


_OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "=": (1, _compare(operator.eq)),
    "<>": (1, _compare(operator.ne)),
    "<": (1, _compare(operator.lt)),
    ">": (1, _compare(operator.gt)),
    "<=": (1, _compare(operator.le)),
    ">=": (1, _compare(operator.ge)),
    "&": (2, _joined),
    "+": (3, _arithmetic(operator.add)),
    "-": (3, _arithmetic(operator.sub)),
    "*": (4, _arithmetic(operator.mul)),
    "/": (4, _arithmetic(operator.truediv)),
    "^": (5, _arithmetic(operator.pow)),
}
_UNARY = 6


class _Reader:
    """Goes over the pieces of a formula once, by the strength of its operators."""

    def __init__(self, pieces: tuple[Piece, ...], read: Read) -> None:
        self.pieces, self.read, self.at = pieces, read, 0

    def expression(self, strength: int) -> Any:
        value = self.operand()
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            if piece.type == Token.OP_POST:
                self.at += 1
                value = each(lambda v: _OPERATORS["/"][1](v, 100.0), value)
                continue
            if piece.type != Token.OP_IN or piece.text not in _OPERATORS:
                break
            own, work = _OPERATORS[piece.text]
            if own <= strength:
                break
            self.at += 1
            value = each(_passing_faults(work), value, self.expression(own))
        return value

    def operand(self) -> Any:
        piece = self.pieces[self.at]
        self.at += 1
        if piece.type == Token.OP_PRE:
            value = self.expression(_UNARY - 1 if piece.text == "+" else _UNARY)
            sign = -1.0 if piece.text == "-" else 1.0
            return each(lambda v: _OPERATORS["*"][1](v, sign), value)
        if piece.type == Token.PAREN:
            value = self.expression(0)
            self.at += 1
            return value
        if piece.is_function:
            return self.call(piece.text.rstrip("("))
        if piece.type != Token.OPERAND:
            raise UnknownFormulaError(piece.text)
        return self.literal(piece)

    def literal(self, piece: Piece) -> Any:
        if piece.is_number:
            return float(piece.text)
        if piece.is_text:
            return piece.text[1:-1].replace('""', '"')
        if piece.subtype == Token.LOGICAL:
            return piece.text.upper() == "TRUE"
        if piece.subtype == Token.ERROR:
            return Fault(piece.text)
        return self.read(piece.text)

    def call(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self.closes():
            if self.pieces[self.at].type == Token.SEP:
                self.at += 1
                continue
            arguments.append(self.expression(0))
        self.at += 1
        known = FUNCTIONS_KNOWN.get(name.upper().removeprefix("_XLFN."))
        if known is not None:
            return known(*arguments)
        answer = call_ours(name, arguments)
        if answer is NotImplemented:
            raise UnknownFormulaError(name)
        return answer

    def closes(self) -> bool:
        piece = self.pieces[self.at]
        return piece.type == Token.FUNC and piece.subtype == Token.CLOSE


def _passing_faults(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def passing(left: Any, right: Any) -> Any:
        for side in (left, right):
            if isinstance(side, Fault):
                return side
        return work(left, right)

    return passing
