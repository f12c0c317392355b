"""What functions do with the cells that they are given: read them, choose, ask for the place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xl_cryptoai.formulas.targets import Use
from xl_cryptoai.formulas.tree import (
    Binary,
    Call,
    Error,
    Name,
    Node,
    Ref,
    Structured,
    Unary,
    Union,
)
from xl_cryptoai.xlsx.references import name_key

CHOOSING = frozenset({"INDEX", "OFFSET"})
"""Functions that read only some cells of their first argument."""
PLACING = frozenset({
    "ROW", "ROWS", "COLUMN", "COLUMNS", "AREAS", "SHEET", "SHEETS", "ISREF", "FORMULATEXT",
    "ISFORMULA",
})  # fmt: skip
"""Functions that ask where cells are, not what they hold: a cell may ask it of itself."""
COMPUTING = frozenset({"OFFSET", "INDIRECT"})
"""Functions that refer to cells by values: no look at the formula can say which."""


class Context(NamedTuple):
    """Where a part of a formula is looked at.

    Attributes
    ----------
    sheet : str
        The formula's sheet.
    use : str
        What the formula does with the cells that the part refers to.
    names : tuple of str
        Defined names that led there.
    bound : frozenset of str
        Parameters of LET and LAMBDA, in small letters.
    """

    sheet: str
    use: Use = "read"
    names: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()


def arguments_of(node: Call, context: Context) -> Iterator[tuple[Node, Context]]:
    """Pair a function's arguments with what it does with the cells they refer to."""
    bound = bound_by(node)
    if bound:
        context = context._replace(bound=context.bound | bound)
    for number, argument in enumerate(node.arguments):
        use = context.use
        if node.name in CHOOSING and number == 0:
            use = "chosen"
        elif node.name in PLACING:
            use = "place"
        elif node.name not in ("IF", "CHOOSE", "IFS", "SWITCH"):  # these hand references on
            use = "read"
        yield argument, context._replace(use=use)


def bound_by(node: Call) -> frozenset[str]:
    """Names that LET and LAMBDA define, where a program writes them without Excel's prefix."""
    if node.name == "LET":
        headers = node.arguments[:-1:2]
    elif node.name == "LAMBDA":
        headers = node.arguments[:-1]
    else:
        return frozenset()
    return frozenset(name_key(one.name) for one in headers if isinstance(one, Name))


def is_reference(node: Node) -> bool:
    """Whether a part is a reference by itself, not one that a function computes."""
    if isinstance(node, Binary):
        return node.operator in (":", " ") and is_reference(node.left) and is_reference(node.right)
    if isinstance(node, Union):
        return all(map(is_reference, node.items))
    return isinstance(node, (Ref, Name, Structured, Error)) or (
        isinstance(node, Unary) and node.operator == "#"
    )
