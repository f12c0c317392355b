"""Writes a tree as a formula: for people (A1) and for comparison (relative, R1C1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from xl_cryptoai.formulas.parse import CROSSING, PERCENT, RANGE, SIGN, STRENGTH
from xl_cryptoai.formulas.tokens import LETTERS, TOKEN
from xl_cryptoai.formulas.tree import (
    Array,
    Binary,
    Boolean,
    Call,
    Edge,
    Error,
    Invoke,
    Missing,
    Name,
    Node,
    Number,
    Prefix,
    Ref,
    Reference,
    Structured,
    Text,
    Unary,
    Union,
    chain,
)
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW

_VALUE = 10
"""How strongly a part binds that is never put into parentheses."""
_UNQUOTED = re.compile(r"[^\W\d][\w.]*")


def formula_text(node: Node, row: int = 1, column: int = 1) -> str:
    """Write a tree as the formula of a cell, without the equals sign.

    >>> from xl_cryptoai.formulas.parse import parse
    >>> formula_text(parse("=sum(a1:B$2)*(1+.5)", 2, 2), 3, 2)
    'SUM(A2:B$2)*(1+0.5)'
    """
    return _Writer(lambda ref: address(ref, row, column)).text(node)


def relative_text(node: Node) -> str:
    """Write a tree with its references counted from its own cell: R1C1.

    Fills of one formula are written alike.

    >>> from xl_cryptoai.formulas.parse import parse
    >>> relative_text(parse("=E8*Assumptions!$E$13", 9, 5))
    'R[-1]C[0]*Assumptions!R13C5'
    """
    return _Writer(_offsets).text(node)


def text_with(node: Node, reference: Callable[[Reference], str]) -> str:
    """Write a tree with its references, names and columns of tables in words of one's own.

    >>> from xl_cryptoai.formulas.parse import parse
    >>> text_with(parse("=sum(A1:B2)+ tax"), lambda reference: type(reference).__name__)
    'SUM(Ref)+Name'
    """
    return _Writer(reference, reference).text(node)


def address(ref: Ref, row: int, column: int) -> str:
    """Write a reference as it reads in a cell, without what stands before the `!`."""

    def of_row(edge: Edge | None) -> str:
        if edge is None:
            return ""
        number = edge.number if edge.absolute else (edge.number + row - 1) % MAX_ROW + 1
        return f"${number}" if edge.absolute else str(number)

    def of_column(edge: Edge | None) -> str:
        if edge is None:
            return ""
        number = edge.number if edge.absolute else (edge.number + column - 1) % MAX_COLUMN + 1
        return f"${LETTERS[number]}" if edge.absolute else LETTERS[number]

    first = of_column(ref.left) + of_row(ref.top)
    last = of_column(ref.right) + of_row(ref.bottom)
    whole = ref.top is None or ref.left is None
    return f"{first}:{last}" if whole or first != last else first


def _offsets(ref: Ref) -> str:
    def of(letter: str, edge: Edge | None) -> str:
        if edge is None:
            return ""
        return f"{letter}{edge.number}" if edge.absolute else f"{letter}[{edge.number}]"

    first = of("R", ref.top) + of("C", ref.left)
    last = of("R", ref.bottom) + of("C", ref.right)
    return first if first == last else f"{first}:{last}"


def number_text(value: float) -> str:
    """Write a number as a formula has it: the shortest that reads back the same.

    >>> number_text(2.0), number_text(1e-07), number_text(0.1)
    ('2', '1E-07', '0.1')
    """
    text = repr(value)
    return text.removesuffix(".0").upper()


@lru_cache(maxsize=10_000)
def prefix_text(prefix: Prefix | None) -> str:
    """Write what stands before a reference, with the exclamation mark; "" if nothing does."""
    if prefix is None:
        return ""
    book = f"[{prefix.book}]" if prefix.book else ""
    if prefix.book and not prefix.first and not prefix.book.isdigit():
        book = prefix.book
    sheets = f"{prefix.first}:{prefix.last}" if prefix.last else prefix.first
    plain = all(
        _UNQUOTED.fullmatch(sheet) and str(_kind(sheet)) == "name"
        for sheet in (prefix.first, prefix.last)
        if sheet
    )
    if plain and (not prefix.book or prefix.book.isdigit()):
        return f"{book}{sheets}!"
    quoted = (book + sheets).replace("'", "''")
    return f"'{quoted}'!"


def _kind(word: str) -> str | None:
    match = TOKEN.fullmatch(word)
    return match.lastgroup if match else None


class _Writer:
    """Writes the parts of a formula; how references are written is given.

    Parameters
    ----------
    cells : callable
        Writes a reference to cells, without its prefix.
    whole : callable, optional
        Writes any reference, with all that belongs to it.
    """

    def __init__(
        self, cells: Callable[[Ref], str], whole: Callable[[Reference], str] | None = None
    ) -> None:
        self.cells, self.whole = cells, whole

    def text(self, node: Node) -> str:
        if self.whole is not None and isinstance(node, (Ref, Name, Structured)):
            return self.whole(node)
        match node:
            case Ref():
                return prefix_text(node.prefix) + self.cells(node)
            case Number():
                return number_text(node.value)
            case Text():
                return '"' + node.value.replace('"', '""') + '"'
            case Boolean():
                return str(node.value).upper()
            case Name():
                return prefix_text(node.prefix) + node.name
            case Error():
                return prefix_text(node.prefix) + node.code
            case Missing():
                return ""
            case Call():
                return f"{prefix_text(node.prefix)}{node.name}({self.listed(node.arguments)})"
            case Structured():
                return prefix_text(node.prefix) + table_text(node)
        return self.composed(node)

    def composed(self, node: Node) -> str:
        match node:
            case Unary("%" | "#"):
                strength = PERCENT if node.operator == "%" else RANGE
                return self.inside(node.operand, strength) + node.operator
            case Unary():
                return node.operator + self.inside(
                    node.operand, CROSSING if node.operator == "@" else SIGN
                )
            case Binary():
                return self.binary(node)
            case Union():
                return f"({self.listed(node.items)})"
            case Invoke():
                return f"{self.inside(node.function, RANGE)}({self.listed(node.arguments)})"
            case Array():
                rows = (",".join(map(self.text, row)) for row in node.rows)
                return "{" + ";".join(rows) + "}"
        raise AssertionError(node)

    def listed(self, nodes: tuple[Node, ...]) -> str:
        return ",".join(map(self.text, nodes))

    def binary(self, node: Binary) -> str:
        """Write operators that follow each other without going deeper for each."""
        first, links = chain(node)
        strengths = [strength_of(operator) for operator, _ in links]
        written = self.inside(first, strengths[0])
        for at, (operator, operand) in enumerate(links):
            own = strengths[at]
            written += operator + self.inside(operand, own + 1)
            if at + 1 < len(links) and strengths[at + 1] > own:
                written = f"({written})"
        return written

    def inside(self, node: Node, least: int) -> str:
        """Write an operand, in parentheses if it binds less strongly than it has to."""
        match node:
            case Binary():
                strength = strength_of(node.operator)
            case Unary("%"):
                strength = PERCENT
            case Unary("#"):
                strength = _VALUE
            case Unary("@"):
                strength = CROSSING
            case Unary():
                strength = SIGN
            case _:
                strength = _VALUE
        text = self.text(node)
        return text if strength >= least else f"({text})"


def strength_of(operator: str) -> int:
    """How strongly an operator between two operands binds."""
    if operator == ":":
        return RANGE
    return CROSSING if operator == " " else STRENGTH[operator]


def table_text(node: Structured) -> str:
    """Write a reference to a table as Excel stores it.

    >>> table_text(Structured("T", ("#this row",), "Rev [m]", "Rev [m]"))
    "T[[#This Row],[Rev '[m']]]"
    """
    items = [f"#{item[1:].title()}" for item in node.items]
    if node.first is None:
        if len(items) == 1:
            return f"{node.table}[{items[0]}]"
        return f"{node.table}[{','.join(f'[{item}]' for item in items)}]"
    first, last = (_escaped(one or "") for one in (node.first, node.last))
    if not items and first == last and not first.startswith((" ", "@")) and not first.endswith(" "):
        return f"{node.table}[{first}]"
    columns = f"[{first}]" if first == last else f"[{first}]:[{last}]"
    return f"{node.table}[{','.join([f'[{item}]' for item in items] + [columns])}]"


def _escaped(header: str) -> str:
    return re.sub(r"[\[\]'#@]", r"'\g<0>", header)
