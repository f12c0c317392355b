"""Parses a formula into a tree: the grammar of Excel's formulas as files store them."""

from __future__ import annotations

import re
from dataclasses import replace

from xl_cryptoai.formulas.addresses import address, whole_lines
from xl_cryptoai.formulas.tokens import TOKEN, canonical
from xl_cryptoai.formulas.tree import (
    Array,
    Binary,
    Boolean,
    Call,
    Error,
    Invoke,
    Missing,
    Name,
    Node,
    NotUnderstood,
    Number,
    Prefix,
    Text,
    Unary,
    Union,
)
from xl_cryptoai.formulas.words import prefix_of, table_reference

MAX_NESTING = 100
"""Parentheses and calls within each other; Excel itself takes 64."""
STRENGTH = {
    "=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4,
    "^": 5,
}  # fmt: skip
"""How strongly the operators between two values bind; all of them from left to right."""
PERCENT, SIGN, CROSSING, RANGE = 6, 7, 8, 9
"""`%` binds more strongly than `^`, a sign more strongly still (`-2^2` is 4); then references."""


def parse(text: str, row: int = 1, column: int = 1) -> Node | NotUnderstood:
    """Parse a formula.

    Parameters
    ----------
    text : str
        With or without its equals sign.
    row, column : int
        The cell where it stands: references without `$` are counted from there. What a defined
        name stands for is counted from A1.

    Returns
    -------
    Node or NotUnderstood
        The tree, or where the text stops being a formula. Nothing is raised.

    Examples
    --------
    >>> parse("=-2^A2", 3, 1).operator
    '^'
    >>> parse("=1+*2").position
    3
    """
    try:
        return _Parser(text, row, column).formula()
    except _UnexpectedError as error:
        return NotUnderstood(text, error.position, error.expected)
    except RecursionError:  # called from deep within another program
        return NotUnderstood(text, 0, "less nesting")


class _UnexpectedError(Exception):
    """A token that cannot stand where it stands; never leaves this module."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(expected)
        self.position, self.expected = position, expected


_STARTS = frozenset({"cell", "columns", "rows", "prefix", "function", "table", "name"})
"""Kinds of tokens that begin a reference: after a blank they make an intersection."""


class _Parser:
    """Goes over the tokens once, by the strength of the operators."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self.text, self.row, self.column = text, row, column
        begin = len(text) - len(text.lstrip(" \t\r\n"))
        begin += text.startswith("=", begin)
        self.tokens: list[re.Match[str]] = list(TOKEN.finditer(text, begin))
        self.kinds = [str(token.lastgroup) for token in self.tokens]
        self.at, self.depth = 0, 0

    def formula(self) -> Node:
        node = self.list_of_references()
        if self.at < len(self.tokens):
            raise self.unexpected("an operator or the end")
        return node

    def unexpected(self, expected: str) -> _UnexpectedError:
        done = self.at >= len(self.tokens)
        return _UnexpectedError(len(self.text) if done else self.tokens[self.at].start(), expected)

    def operator(self) -> str:
        """Return the operator that comes next; "" if something else does."""
        if self.at < len(self.tokens) and self.kinds[self.at] == "operator":
            return self.tokens[self.at].group()
        return ""

    def skip_blanks(self) -> None:
        while self.at < len(self.tokens) and self.kinds[self.at] == "blank":
            self.at += 1

    def take(self, sign: str) -> None:
        self.skip_blanks()
        if self.operator() != sign:
            raise self.unexpected(sign)
        self.at += 1

    def list_of_references(self) -> Node:
        """Parse an expression, or several with commas between them: a union."""
        first = self.expression(0)
        if self.operator() != ",":
            return first
        items = [first]
        while self.operator() == ",":
            self.at += 1
            items.append(self.expression(0))
        return Union(tuple(items))

    def expression(self, strength: int) -> Node:
        """Parse as far as operators bind more strongly than the one before."""
        node, bound = self.operand(), 0
        while self.at < len(self.tokens):
            kind = self.kinds[self.at]
            if bound > MAX_NESTING:  # each of these is a level of the tree; `+` is not
                raise self.unexpected("fewer of these operators")
            if kind == "blank":
                if strength < CROSSING and self.crosses():
                    self.skip_blanks()
                    bound += 1
                    node = Binary(" ", node, self.expression(CROSSING))
                elif strength < CROSSING:
                    self.skip_blanks()
                else:
                    break
                continue
            if kind == "spill":
                self.at += 1
                bound += 1
                node = Unary("#", node)
                continue
            sign = self.operator()
            if sign == "%" and strength < PERCENT + 1:
                self.at += 1
                bound += 1
                node = Unary("%", node)
                continue
            own = RANGE if sign == ":" else STRENGTH.get(sign, 0)
            if own <= strength:
                break
            self.at += 1
            bound += sign == ":"
            node = Binary(sign, node, self.expression(own))
        return node

    def crosses(self) -> bool:
        """Whether a reference follows the blanks: then they are an intersection."""
        after = self.at
        while after < len(self.tokens) and self.kinds[after] == "blank":
            after += 1
        if after == len(self.tokens):
            return False
        return self.kinds[after] in _STARTS or self.tokens[after].group() == "("

    def operand(self) -> Node:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.unexpected("less nesting")
        node = self.single()
        self.depth -= 1
        return node

    def single(self) -> Node:
        self.skip_blanks()
        if self.at == len(self.tokens):
            raise self.unexpected("a value")
        token, kind = self.tokens[self.at], self.kinds[self.at]
        self.at += 1
        if kind in _STARTS or kind == "error":
            return self.invoked(self.reference(token, kind, None))
        if kind == "number":
            return Number(float(token.group()))
        if kind == "text":
            return Text(token.group()[1:-1].replace('""', '"'))
        sign = token.group() if kind == "operator" else ""
        if sign in ("-", "+"):
            return Unary(sign, self.expression(SIGN))
        if sign == "@":
            return Unary(sign, self.expression(CROSSING))
        if sign == "(":
            node = self.list_of_references()
            self.take(")")
            return self.invoked(node)
        if sign == "{":
            return self.array()
        self.at -= 1
        raise self.unexpected("a value")

    def reference(self, token: re.Match[str], kind: str, prefix: Prefix | None) -> Node:
        """Parse what a word, a call or an address stands for, after its prefix if it has one."""
        word = token.group()
        match kind:
            case "cell":
                return address(token, prefix, self.row, self.column)
            case "function":
                return Call(canonical(word[:-1]), self.arguments(), prefix)
            case "name":
                upper = word.upper()
                if prefix is None and upper in ("TRUE", "FALSE"):
                    return Boolean(upper == "TRUE")
                return Name(word, prefix)
            case "table":
                return table_reference(word, prefix) or self.wrong_table(token)
            case "columns" | "rows":
                found = whole_lines(token, self.row, self.column)
                if found is None:
                    raise _UnexpectedError(token.start(), "rows or columns that a sheet has")
                return replace(found, prefix=prefix)
            case "error":
                if word == "#REF!" and self.at < len(self.tokens):
                    self.at += self.kinds[self.at] in ("cell", "columns", "rows", "name")
                return Error(word, prefix)
        return self.prefixed(token)

    def prefixed(self, token: re.Match[str]) -> Node:
        prefix = prefix_of(token.group()[:-1])
        if self.at == len(self.tokens):
            raise self.unexpected("a reference")
        after, kind = self.tokens[self.at], self.kinds[self.at]
        if kind == "prefix" or not (kind in _STARTS or kind == "error"):
            raise self.unexpected("a reference")
        self.at += 1
        return self.reference(after, kind, prefix)

    def wrong_table(self, token: re.Match[str]) -> Node:
        raise _UnexpectedError(token.start(), "columns of a table")

    def invoked(self, node: Node) -> Node:
        """Parse the arguments that follow a LAMBDA at once."""
        while isinstance(node, (Call, Invoke, Name)) and self.operator() == "(":
            self.at += 1
            node = Invoke(node, self.arguments())
        return node

    def arguments(self) -> tuple[Node, ...]:
        """Parse the arguments of a call up to its closing parenthesis."""
        self.skip_blanks()
        if self.operator() == ")":
            self.at += 1
            return ()
        found: list[Node] = []
        while True:
            self.skip_blanks()
            empty = self.operator() in (",", ")")
            found.append(Missing() if empty else self.expression(0))
            self.skip_blanks()
            sign = self.operator()
            if sign not in (",", ")"):
                raise self.unexpected(", or )")
            self.at += 1
            if sign == ")":
                return tuple(found)

    def array(self) -> Node:
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self.constant())
            self.skip_blanks()
            sign = self.operator()
            if sign not in (",", ";", "}"):
                raise self.unexpected(", or ; or }")
            self.at += 1
            if sign == "}":
                break
            if sign == ";":
                rows.append([])
        if len({len(row) for row in rows}) > 1:
            raise self.unexpected("rows of one length")
        return Array(tuple(tuple(row) for row in rows))

    def constant(self) -> Node:
        node = self.expression(PERCENT)
        match node:
            case Number() | Text() | Boolean() | Error():
                return node
            case Unary("-", Number(value)):
                return Number(-value)
            case Unary("+", Number()):
                return node.operand
        raise self.unexpected("a constant")
