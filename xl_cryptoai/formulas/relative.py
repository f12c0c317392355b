"""The relative form of formulas: what stays the same when a formula is filled into other cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import relative_text
from xl_cryptoai.formulas.tokens import COLUMNS, LETTERS, TOKEN
from xl_cryptoai.formulas.tree import (
    Edge,
    Name,
    Node,
    NotUnderstood,
    Ref,
    Reference,
    Structured,
    walk,
)
from xl_cryptoai.xlsx.cells import Formula, SharedFormula
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW

_OUTSIDE_TEXTS = re.compile(r'"(?:[^"]|"")*"|[^"]+')
_FIRST = {kind: TOKEN.groupindex[kind] + 1 for kind in ("cell", "columns", "rows")}
"""The group with the first `$` of each kind of reference; its row or column is the next one."""


class Form:
    """A formula free of its cell; there is one object for all fills of a formula.

    Attributes
    ----------
    text : str
        The formula in R1C1, such as "R[-1]C[0]*2", functions by their canonical names.
    tree : Node or NotUnderstood
        Its parts, or why there are none.
    """

    __slots__ = ("_parts", "text", "tree")

    def __init__(self, text: str, tree: Node | NotUnderstood) -> None:
        self.text, self.tree = text, tree
        self._parts: tuple[Node, ...] | None = None

    @property
    def parts(self) -> tuple[Node, ...]:
        """All parts of the tree, from left to right; none of what is not understood."""
        if self._parts is None:
            self._parts = () if isinstance(self.tree, NotUnderstood) else tuple(walk(self.tree))
        return self._parts

    @property
    def references(self) -> tuple[Reference, ...]:
        """The parts that refer to cells, names or tables, from left to right."""
        return tuple(part for part in self.parts if isinstance(part, (Ref, Name, Structured)))

    def __repr__(self) -> str:
        return f"Form({self.text!r})"


class _Spot(NamedTuple):
    """A row or column within a formula's text."""

    is_row: bool
    edge: Edge


class _Mask:
    """A formula's text with holes where relative rows and columns stand.

    Most cells hold the formula of the cell above or to the left, filled on: writing out what that
    would be and comparing texts is ten times faster than taking the text apart.
    """

    __slots__ = ("_by_column", "_highest", "_lowest", "_offsets", "form", "pieces")

    def __init__(self, pieces: list[str | _Spot], form: Form) -> None:
        self.pieces, self.form = pieces, form
        rows = [one.edge.number for one in pieces if isinstance(one, _Spot) and one.is_row]
        self._offsets = tuple(rows)
        self._lowest, self._highest = min(rows, default=0), max(rows, default=0)
        self._by_column: dict[int, str] = {}

    def matches(self, text: str, row: int, column: int) -> bool:
        """Whether a text is this formula, filled into a cell."""
        if row + self._lowest < 1 or row + self._highest > MAX_ROW:
            return False
        written = self._by_column.get(column)
        if written is None:
            written = self._by_column[column] = self._written(column)
        return text == written % tuple(map(row.__add__, self._offsets)) if written else False

    def _written(self, column: int) -> str:
        """The text in a column, with `%d` for rows; "" if it leads off the sheet."""
        done: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                done.append(piece.replace("%", "%%"))
            elif piece.is_row:
                done.append("%d")
            elif 1 <= column + piece.edge.number <= MAX_COLUMN:
                done.append(LETTERS[column + piece.edge.number])
            else:
                return ""
        return "".join(done)


class Forms:
    """Finds the relative form of formulas; each distinct form is parsed once.

    Asked in the order of rows and columns it is quickest.

    Examples
    --------
    >>> forms = Forms()
    >>> forms.of("=cai.tam(E8)", 9, 5) is forms.of("=CAI.TAM( F8 )", 9, 6)
    True
    >>> forms.of("=E8*Assumptions!$E$13", 9, 5).text
    'R[-1]C[0]*Assumptions!R13C5'
    """

    def __init__(self) -> None:
        self._forms: dict[str, Form] = {}
        self._masks: dict[tuple[str | _Spot, ...], _Mask] = {}
        self._above: dict[int, _Mask] = {}
        self._left: _Mask | None = None
        self._shared: dict[int, tuple[SharedFormula, Form]] = {}

    def __iter__(self) -> Iterator[Form]:
        """Go over the distinct forms that were found."""
        return iter(self._forms.values())

    def of(self, text: str, row: int, column: int) -> Form:
        """Relative form of the formula in a cell."""
        mask = self._above.get(column)
        if mask is None or not mask.matches(text, row, column):
            mask = self._left
            if mask is None or not mask.matches(text, row, column):
                mask = self._mask(text, row, column)
            self._above[column] = mask
        self._left = mask
        return mask.form

    def of_formula(self, formula: Formula, row: int, column: int) -> Form:
        """Relative form of a formula that was read; copies of a shared one need no text."""
        shared = formula.shared
        if shared is None:
            return self.of(formula.text, row, column)
        known = self._shared.get(id(shared))  # kept beside the form, so that its id stays its own
        if known is None:
            known = self._shared[id(shared)] = (
                shared,
                self.of(shared.text, shared.row, shared.column),
            )
        return known[1]

    def _mask(self, text: str, row: int, column: int) -> _Mask:
        pieces = list(_merged(_pieces(text, row, column)))
        key = tuple(pieces)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = _Mask(pieces, self._form(text, row, column))
        return mask

    def _form(self, text: str, row: int, column: int) -> Form:
        tree = parse(text, row, column)
        if isinstance(tree, NotUnderstood):
            return self._forms.setdefault(text, Form(text, tree))
        try:
            written = relative_text(tree)
        except RecursionError:  # called from deep within another program
            return self._forms.setdefault(text, Form(text, NotUnderstood(text, 0, "less nesting")))
        # names, sheets and functions have no case; texts have
        key = _OUTSIDE_TEXTS.sub(
            lambda match: match[0] if match[0].startswith('"') else match[0].upper(), written
        )
        return self._forms.setdefault(key, Form(written, tree))


def _pieces(text: str, row: int, column: int) -> Iterator[str | _Spot]:
    """Part a text into what stays and what moves when the formula is filled on."""
    done = 0
    for token in TOKEN.finditer(text):
        for group in _moving(token):
            word = token[group]
            is_row = word.isdigit()
            number = int(word) - row if is_row else COLUMNS[word.upper()] - column
            yield text[done : token.start(group)]
            yield _Spot(is_row, Edge(False, number))
            done = token.end(group)
    yield text[done:]


def _moving(token: re.Match[str]) -> Iterator[int]:
    """List the groups of a token that hold relative rows and columns."""
    first = _FIRST.get(token.lastgroup or "")
    if first is None:
        return
    ends = [(first, first + 2), (first + 4, first + 6)]
    if token.lastgroup != "cell":  # both sides have to be right; of addresses each counts alone
        ends = [ends[0]]
    for end in ends:
        words = [token[group + 1] for group in end]
        if all(word is not None and _is_on_sheet(word) for word in words):
            yield from (group + 1 for group in end if not token[group])


def _is_on_sheet(word: str) -> bool:
    """Whether there is such a row or column; if not, the address is a name."""
    return 1 <= int(word) <= MAX_ROW if word.isdigit() else word.upper() in COLUMNS


def _merged(pieces: Iterable[str | _Spot]) -> Iterator[str | _Spot]:
    return (piece for piece in pieces if piece != "")
