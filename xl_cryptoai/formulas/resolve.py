"""Resolves references: to areas through sheets, names and tables, or to the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from xl_cryptoai.formulas.book import BookLike
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.targets import SheetArea, Target
from xl_cryptoai.formulas.text import formula_text, prefix_text
from xl_cryptoai.formulas.tokens import canonical
from xl_cryptoai.formulas.tree import (
    Binary,
    Call,
    Edge,
    Error,
    Name,
    Node,
    NotUnderstood,
    Prefix,
    Ref,
    Structured,
    Unary,
    children,
)
from xl_cryptoai.formulas.uses import COMPUTING, Context, arguments_of, is_reference
from xl_cryptoai.xlsx.names import DefinedName
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, name_key

Kind = Literal[
    "not understood", "external", "lost", "missing sheet", "undefined name", "circular name",
    "missing table", "missing column", "computed", "two sheets", "too deep",
]  # fmt: skip
"""Why a reference leads to no cells that could be named."""
MAX_NESTING = 50
"""Names within names that are followed."""
_TECHNICAL = ("_xlfn.", "_xlpm.", "_xleta.", "_xludf.", "_xlop.")
"""Beginnings of hidden names that Excel leaves in files; they stand for nothing."""


class Problem(NamedTuple):
    """A reference that leads nowhere, and why."""

    kind: Kind
    text: str
    node: Node | None = None

    def at(self, row: int, column: int) -> Problem:
        """The same as it reads in a cell."""
        if self.node is None:
            return self
        return Problem(self.kind, formula_text(self.node, row, column), self.node)


@dataclass(frozen=True, slots=True)
class Found:
    """What a formula, or a part of one, refers to on a sheet."""

    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """What the formula of one cell refers to: areas, each once, and what leads nowhere."""

    areas: tuple[SheetArea, ...] = ()
    problems: tuple[Problem, ...] = ()


class Resolver:
    """Finds what formulas of a workbook refer to, through its sheets, names and tables.

    Parameters
    ----------
    book : BookLike
        The workbook.
    """

    def __init__(self, book: BookLike) -> None:
        self.sheets = {name_key(sheet.title): sheet.title for sheet in book.worksheets}
        self._order = list(self.sheets)
        self.names: Mapping[tuple[str, str], DefinedName] = {
            (name_key(one.sheet or ""), name_key(one.name)): one
            for one in book.names
            if not name_key(one.name).startswith(_TECHNICAL)
        }
        self._functions = {
            (sheet, canonical(one.name)): one for (sheet, _), one in self.names.items()
        }
        self._tables = {name_key(table.name): table for table in book.tables}
        self._trees: dict[str, Node | NotUnderstood] = {}
        self._found: dict[tuple[Form, str], Found] = {}
        self._parts: dict[tuple[Node, str], Found] = {}
        self._met: dict[tuple[str, str, str], Found] = {}

    def form(self, form: Form, sheet: str) -> Found:
        """What all fills of a formula on a sheet refer to, in the order of the formula."""
        key = (form, sheet)
        if key not in self._found:
            self._met.clear()
            self._found[key] = (
                Found((), (Problem("not understood", form.text),))
                if isinstance(form.tree, NotUnderstood)
                else _gathered(self._part(form.tree, Context(sheet)))
            )
        return self._found[key]

    def node(self, node: Node, sheet: str) -> Found:
        """What a part of a formula on a sheet refers to."""
        key = (node, sheet)
        if key not in self._parts:
            self._met.clear()
            self._parts[key] = _gathered(self._part(node, Context(sheet)))
        return self._parts[key]

    def references(self, form: Form, sheet: str, row: int, column: int) -> References:
        """What the formula in a cell refers to."""
        found = self.form(form, sheet)
        areas = (target.area(row, column) for target in found.targets)
        return References(
            tuple(dict.fromkeys(area for area in areas if area is not None)),
            tuple(problem.at(row, column) for problem in found.problems),
        )

    def meaning(self, name: str, sheet: str, *, function: bool = False) -> DefinedName | None:
        """What a name, or the name of a LAMBDA, means on a sheet; names of the sheet go first."""
        names: Mapping[tuple[str, str], DefinedName] = self._functions if function else self.names
        plain = canonical(name) if function else name_key(name)
        return names.get((name_key(sheet), plain), names.get(("", plain)))

    def tree_of(self, text: str) -> Node | NotUnderstood:
        """What the text of a name says, as parts; it is counted from A1."""
        if text not in self._trees:
            self._trees[text] = parse(text)
        return self._trees[text]

    def _part(self, node: Node, site: Context) -> Iterator[Target | Problem]:
        waiting = [(node, site)]
        while waiting:
            node, site = waiting.pop()
            if (area := _crossed(node)) is not None:
                for one in self._reference(area, site._replace(use="read")):
                    yield _of_own_line(one) if isinstance(one, Target) else one
            elif isinstance(node, Call):
                yield from self._called(node, site)
                waiting.extend(reversed([*arguments_of(node, site)]))
            elif isinstance(node, Binary) and node.operator in (":", " "):
                yield from self._operated(node, site)
            elif isinstance(node, (Ref, Name, Structured, Error)):
                yield from self._reference(node, site)
            else:
                if isinstance(node, (Binary, Unary)):  # an operator reads what it works on
                    site = site._replace(use="read")
                waiting.extend((child, site) for child in reversed(children(node)))

    def _called(self, node: Call, site: Context) -> Iterator[Target | Problem]:
        if node.prefix is not None:
            yield Problem("external", f"{prefix_text(node.prefix)}{node.name}")
        elif node.name in COMPUTING:
            yield Problem("computed", node.name)
        name = self.meaning(node.name, site.sheet, function=True)
        if name is not None:  # a LAMBDA
            yield from self._named(name, site)

    def _reference(
        self, node: Ref | Name | Structured | Error, site: Context
    ) -> Iterator[Target | Problem]:
        if isinstance(node, Error):
            if node.code == "#REF!":
                yield Problem("lost", prefix_text(node.prefix) + node.code)
            return
        prefix = node.prefix
        if prefix is not None and prefix.book not in ("", "0"):  # 0 is the workbook itself
            yield Problem("external", formula_text(node), node)
            return
        for sheet in self._spanned(prefix, site.sheet):
            if sheet is None:
                yield Problem("missing sheet", prefix_text(prefix))
            elif isinstance(node, Ref):
                yield _of_ref(node, sheet, site)
            elif isinstance(node, Structured):
                yield self._of_table(node, site)
            else:
                yield from self._of_name(node, sheet, site)

    def _spanned(self, prefix: Prefix | None, own: str) -> list[str | None]:
        """List the sheets that a prefix stands for; None for one that is missing."""
        if prefix is None or not prefix.first:
            return [own]
        first, last = name_key(prefix.first), name_key(prefix.last)
        if not last:
            return [self.sheets.get(first)]
        if first not in self.sheets or last not in self.sheets:
            return [None]
        ends = sorted((self._order.index(first), self._order.index(last)))
        return [self.sheets[one] for one in self._order[ends[0] : ends[1] + 1]]

    def _of_name(self, node: Name, sheet: str, site: Context) -> Iterator[Target | Problem]:
        plain = name_key(node.name)
        if plain in site.bound or plain.startswith(_TECHNICAL):
            return
        name = self.meaning(node.name, sheet)
        if name is None:
            yield Problem("undefined name", node.name)
        else:
            yield from self._named(name, site)

    def _named(self, name: DefinedName, site: Context) -> Iterator[Target | Problem]:
        key = name_key(f"{name.sheet or ''}!{name.name}")
        if key in site.names:
            yield Problem("circular name", name.name)
        elif len(site.names) == MAX_NESTING:
            yield Problem("too deep", name.name)
        else:
            tree = self.tree_of(name.text)
            if isinstance(tree, NotUnderstood):
                yield Problem("not understood", name.text)
                return
            inner = site._replace(names=(*site.names, key), bound=frozenset())
            met = (key, site.sheet, site.use)
            if met not in self._met:  # once a formula: names that double each other soon explode
                self._met[met] = _gathered(self._part(tree, inner))
            yield from self._met[met].targets
            yield from self._met[met].problems

    def _operated(self, node: Binary, site: Context) -> Iterator[Target | Problem]:
        """Span from one reference to another, or cross them."""
        sides = [list(self._part(one, site)) for one in (node.left, node.right)]
        left, right = ([one for one in side if isinstance(one, Target)] for side in sides)
        plain = all(is_reference(one) for one in (node.left, node.right))
        if not plain or not left or not right or len(left) + len(right) < len(sides[0] + sides[1]):
            yield from sides[0]  # an end is computed: what is known of it
            yield from sides[1]
        elif node.operator == " ":
            for one in left:
                for other in right:
                    if one.sheet == other.sheet:
                        yield replace(one, within=(*one.within, other))
        elif len({one.sheet for one in (*left, *right)}) > 1:
            yield Problem("two sheets", formula_text(node), node)
        else:
            every = (*left, *right)
            yield Target(
                left[0].sheet,
                tuple(dict.fromkeys(edge for one in every for edge in one.rows)),
                tuple(dict.fromkeys(edge for one in every for edge in one.columns)),
                use=site.use,
            )

    def _of_table(self, node: Structured, site: Context) -> Target | Problem:
        table = self._tables.get(name_key(node.table))
        if not node.table:  # inside a table its name is left out
            own = [one for one in self._tables.values() if one.sheet == site.sheet]
            table = own[0] if len(own) == 1 else None
        if table is None:
            return Problem("missing table", formula_text(node), node)
        top, left, bottom, right = table.area
        headers = [name_key(header) for header in table.columns]
        wanted = [name_key(one) for one in (node.first, node.last) if one is not None]
        if any(one not in headers for one in wanted):
            return Problem("missing column", formula_text(node), node)
        places = [left + headers.index(one) for one in wanted] or [left, right]
        columns = tuple(Edge(True, place) for place in dict.fromkeys(places))
        data = (top + table.header_rows, bottom - table.totals_rows)
        parts = {
            "#all": (top, bottom),
            "#headers": (top, data[0] - 1),
            "#data": data,
            "#totals": (data[1] + 1, bottom),
        }
        if "#this row" in node.items:
            inside = Target(table.sheet, (Edge(True, data[0]), Edge(True, data[1])), columns)
            return Target(table.sheet, (Edge(False, 0),), columns, (inside,), site.use)
        ends = [parts[item] for item in node.items or ("#data",)]
        ends = [end for end in ends if end[0] <= end[1]]
        if not ends:
            return Problem("lost", formula_text(node))
        rows = (Edge(True, min(end[0] for end in ends)), Edge(True, max(end[1] for end in ends)))
        return Target(table.sheet, rows, columns, use=site.use)


def _of_ref(ref: Ref, sheet: str, site: Context) -> Target:
    if ref.top is None or ref.bottom is None:
        rows: tuple[Edge, ...] = (Edge(True, 1), Edge(True, MAX_ROW))
    else:
        rows = (ref.top,) if ref.top == ref.bottom else (ref.top, ref.bottom)
    if ref.left is None or ref.right is None:
        columns: tuple[Edge, ...] = (Edge(True, 1), Edge(True, MAX_COLUMN))
    else:
        columns = (ref.left,) if ref.left == ref.right else (ref.left, ref.right)
    if site.names:  # within a name: what is left of A1 is stored as the sheet's last columns
        rows, columns = _nearest(rows, MAX_ROW), _nearest(columns, MAX_COLUMN)
    return Target(sheet, rows, columns, use=site.use)


def _crossed(node: Node) -> Ref | Structured | None:
    """The area of which `@` takes the cell in the formula's own row or column."""
    if isinstance(node, Unary) and node.operator == "@":
        inner = node.operand
    elif isinstance(node, Call) and node.name == "SINGLE" and len(node.arguments) == 1:
        inner = node.arguments[0]
    else:
        return None
    return inner if isinstance(inner, (Ref, Structured)) else None


def _of_own_line(target: Target) -> Target:
    """The cell of a column in the formula's row, or of a row in its column."""
    own = (Edge(False, 0),)
    if len(target.rows) > 1 and len(target.columns) == 1:
        return replace(target, rows=own, within=(*target.within, target))
    if len(target.columns) > 1 and len(target.rows) == 1:
        return replace(target, columns=own, within=(*target.within, target))
    return target


def _nearest(edges: tuple[Edge, ...], last: int) -> tuple[Edge, ...]:
    return tuple(
        Edge(False, edge.number - last) if not edge.absolute and edge.number > last // 2 else edge
        for edge in edges
    )


def _gathered(found: Iterable[Target | Problem]) -> Found:
    each = list(dict.fromkeys(found))
    return Found(
        tuple(one for one in each if isinstance(one, Target)),
        tuple(one for one in each if isinstance(one, Problem)),
    )
