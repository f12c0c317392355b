"""The parts of a formula as a tree, free of the cell where the formula stands.

References hold offsets from the formula's own cell where they are relative, so that a formula and
its fill in another cell are the same tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Edge(NamedTuple):
    """A row or column of a reference: its number if absolute, else its offset from the cell."""

    absolute: bool
    number: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the `!`: a workbook, a sheet or the first and last of several.

    Attributes
    ----------
    book : str
        Number or path of another workbook; "" for the formula's own.
    first, last : str
        The sheet, "" if only a workbook is named; `last` is "" unless it is a 3-D reference.
    """

    book: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Error:
    """An Excel error typed or left in a formula, such as #REF! after its cells were deleted."""

    code: str
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument that is left out, as the second of `IF(A1,,5)`."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array of constants, as `{1,2;3,4}`."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell, an area, whole columns (no row edges) or whole rows (no column edges)."""

    prefix: Prefix | None
    top: Edge | None
    left: Edge | None
    bottom: Edge | None
    right: Edge | None


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, a parameter of LAMBDA or LET, or whatever else is called by a word."""

    name: str
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True)
class Structured:
    """Cells of a table: `T[[#Headers],[a]:[b]]`.

    Attributes
    ----------
    table : str
        The table; "" inside it.
    items : tuple of str
        The parts asked for, in small letters: "#all", "#headers", "#data", "#totals", "#this row".
    first, last : str or None
        The columns; None for all of them.
    """

    table: str
    items: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True)
class Unary:
    """An operator with one operand: `-`, `+`, `@` before it, `%` or `#` after it."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands; " " is the intersection, ":" the range."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Union:
    """Several references in parentheses: `(A1:A3,C1)`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name is the canonical one, see `canonical`."""

    name: str
    arguments: tuple[Node, ...]
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True)
class Invoke:
    """A LAMBDA that is called where it stands: `LAMBDA(x,x+1)(2)`."""

    function: Node
    arguments: tuple[Node, ...]


Node = (
    Number
    | Text
    | Boolean
    | Error
    | Missing
    | Array
    | Ref
    | Name
    | Structured
    | Unary
    | Binary
    | Union
    | Call
    | Invoke
)
"""Any part of a formula."""
Reference = Ref | Name | Structured
"""A part that stands for cells, or for what a name means."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A text that is no formula, or none that is known here.

    Attributes
    ----------
    text : str
        The formula.
    position : int
        Where in the text it cannot be read on, from 0.
    expected : str
        What would have to stand there.
    """

    text: str
    position: int
    expected: str


def children(node: Node) -> tuple[Node, ...]:
    """List the parts right below a part, from left to right."""
    match node:
        case Binary():
            return (node.left, node.right)
        case Unary():
            return (node.operand,)
        case Call():
            return node.arguments
        case Union():
            return node.items
        case Invoke():
            return (node.function, *node.arguments)
        case Array():
            return tuple(item for row in node.rows for item in row)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Go over a part and all parts below it, from left to right.

    A chain of a thousand `+` is a tree of that depth, so this keeps its own stack.
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def chain(node: Binary) -> tuple[Node, list[tuple[str, Node]]]:
    """Unroll operators that follow each other: the first operand, then operator and operand."""
    links: list[tuple[str, Node]] = []
    first: Node = node
    while isinstance(first, Binary):
        links.append((first.operator, first.right))
        first = first.left
    return first, links[::-1]
