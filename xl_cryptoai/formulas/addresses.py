"""Addresses in a formula: a cell, an area, whole columns and rows; or names that look like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xl_cryptoai.formulas.tokens import COLUMNS, TOKEN
from xl_cryptoai.formulas.tree import Binary, Edge, Name, Node, Prefix, Ref
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW

_COLUMNS = (TOKEN.groupindex["columns"] + 1, TOKEN.groupindex["columns"] + 3)
_ROWS = (TOKEN.groupindex["rows"] + 1, TOKEN.groupindex["rows"] + 3)
"""Groups of a token that hold the `$` of its first and second side; its number follows."""


def address(token: re.Match[str], prefix: Prefix | None, row: int, column: int) -> Node:
    """Make a reference of an address in a cell's formula; of one that no sheet has, a name."""
    parts = token.groups()[1:9]
    first = _cell(parts[:4], row, column)
    if parts[5] is None:
        if first is None:
            return Name(token.group(), prefix)
        return Ref(prefix, first[0], first[1], first[0], first[1])
    last = _cell(parts[4:], row, column)
    if first is not None and last is not None:
        return Ref(prefix, first[0], first[1], last[0], last[1])
    ends: list[Node] = []
    for word, end in zip(token.group().split(":"), (first, last), strict=True):
        one = prefix if not ends else None
        ends.append(Name(word, one) if end is None else Ref(one, *end, *end))
    return Binary(":", *ends)


def _cell(parts: Sequence[str], own_row: int, own_column: int) -> tuple[Edge, Edge] | None:
    fixed_column, letters, fixed_row, digits = parts
    row, column = int(digits), COLUMNS.get(letters.upper())
    if column is None or row > MAX_ROW:
        return None
    return (
        Edge(True, row) if fixed_row else Edge(False, row - own_row),
        Edge(True, column) if fixed_column else Edge(False, column - own_column),
    )


def whole_lines(token: re.Match[str], row: int, column: int) -> Ref | None:
    """Make a reference of whole columns or rows; None if no sheet has them."""
    if token.lastgroup == "columns":
        sides = [_edge(token, group, column, MAX_COLUMN) for group in _COLUMNS]
        if sides[0] is None or sides[1] is None:
            return None
        return Ref(None, None, sides[0], None, sides[1])
    ends = [_edge(token, group, row, MAX_ROW) for group in _ROWS]
    if ends[0] is None or ends[1] is None:
        return None
    return Ref(None, ends[0], None, ends[1], None)


def _edge(token: re.Match[str], group: int, own: int, last: int) -> Edge | None:
    fixed, word = token.group(group), token.group(group + 1)
    number = int(word) if word.isdigit() else COLUMNS.get(word.upper(), 0)
    if not 1 <= number <= last:
        return None
    return Edge(True, number) if fixed else Edge(False, number - own)
