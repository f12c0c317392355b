"""Traces a figure of a workbook down to its constants, or up to all that is computed from it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, quoted
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.formulas.graph import MAX_CELLS
from xl_cryptoai.formulas.resolve import MAX_NESTING, Kind
from xl_cryptoai.formulas.tree import Name
from xl_cryptoai.reading import available
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.tracing.describe import BLANK, COMPUTED, CONSTANT, Descriptions
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, cell_name, split_sheet

MAX_NODES = 20_000
MAX_LINKS = 100_000
"""A trace is cut at so many cells or links, and says so."""

NOWHERE: dict[Kind, str] = {
    "not understood": "a formula that cannot be read",
    "external": "another workbook, {text}",
    "lost": "a lost reference, {text}",
    "missing sheet": "a sheet that is missing, {text}",
    "undefined name": "a name that is not defined, {text}",
    "circular name": "a name that refers to itself, {text}",
    "missing table": "a table that is missing, {text}",
    "missing column": "a column that is missing, {text}",
    "computed": "the cells that {text} chooses when it is computed",
    "two sheets": "a range from one sheet to another, {text}",
    "too deep": f"names within names, more than {MAX_NESTING} deep",
}
"""Why a reference cannot be followed."""

AGAIN, CIRCLE, DEEPER = "again", "circle", "deeper"


@dataclass(frozen=True, slots=True)
class Node:
    """A cell of a trace.

    Attributes
    ----------
    place : Place
        The cell.
    id, label, unit, column : str
        Its name or id, and what its row and the header of its column say; "" where nothing does.
    value : object
        What is stored in it.
    formula : str
        Its formula with `=`, or "".
    kind : str
        "computed", "constant" or "blank"; of an assumption "published", "derived", "house",
        "override", "own", or "unknown" if no scenario is chosen.
    locator, rationale : str
        Of an assumption: where the source says it, and why this value.
    notes : tuple of str
        What cannot be followed, and what differs from the catalogue.
    links : tuple of Place
        The cells one step further.
    """

    place: Place
    id: str
    label: str
    unit: str
    column: str
    value: Any
    formula: str
    kind: str
    locator: str = ""
    rationale: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A line of the tree: a cell, how deep it stands and why nothing stands below it.

    `state` is "again" for a cell that is shown in full elsewhere, "circle" for one that depends on
    itself, "deeper" at the depth asked for, else "".
    """

    node: Node
    level: int
    last: bool
    state: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What a target is computed from, or what is computed from it.

    Attributes
    ----------
    path : Path
        The workbook.
    model : Model
        The model that it is read by.
    target : str
        What was asked for.
    dependents : bool
        Whether the links lead to dependents.
    roots : tuple of Place
        The cells of the target.
    nodes : dict of Place to Node
        Every cell reached, nearest first.
    depth : int or None
        Steps to be shown; None for all.
    """

    path: Path
    model: Model
    target: str
    dependents: bool
    roots: tuple[Place, ...]
    nodes: dict[Place, Node]
    depth: int | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The ids of the assumptions that were reached, in the catalogue's order."""
        kinds = (COMPUTED, CONSTANT, BLANK)
        found = {node.id for node in self.nodes.values() if node.kind not in kinds}
        return tuple(name for name in self.model.assumptions if name in found)

    def walk(self) -> Iterator[Visit]:
        """Go over the tree from the top; a cell that several others share is opened once."""
        opened: set[Place] = set()
        path: list[Place] = []
        on_path: set[Place] = set()
        stack = [(place, 0, place == self.roots[-1]) for place in reversed(self.roots)]
        while stack:
            place, level, last = stack.pop()
            on_path.difference_update(path[level:])
            del path[level:]
            node = self.nodes[place]
            state = ""
            if place in on_path:
                state = CIRCLE
            elif place in opened:
                state = AGAIN
            elif node.links and self.depth is not None and level >= self.depth:
                state = DEEPER
            yield Visit(node, level, last, state)
            if not state and node.links:
                opened.add(place)
                path.append(place)
                on_path.add(place)
                final = node.links[-1]
                stack += [(link, level + 1, link == final) for link in reversed(node.links)]


def trace_book(
    book: Book, target: str, *, dependents: bool = False, depth: int | None = None
) -> Trace:
    """Trace a name or cell of a workbook.

    Parameters
    ----------
    book : Book
        The workbook, ours or not. In ours a trace ends at the assumptions.
    target : str
        A defined name, an id, a cell or an area, such as "total" or "Segments!F12".
    dependents : bool
        Whether to go to what is computed from it, instead of what it is computed from.
    depth : int, optional
        How many steps to go; all by default.

    Raises
    ------
    UnknownNameError, OutOfRangeError
        If nothing in the workbook is called so; if the depth is negative.
    """
    if depth is not None and depth < 0:
        raise OutOfRangeError(f"depth is {depth}; give 0 or more")
    words = Descriptions(book)
    roots = _roots(book, words, target)
    builder = _Builder(book, words, roots, dependents)
    return Trace(book.path, book.model, target, dependents, roots, builder.build(depth), depth)


class _Builder:
    """Follows the links breadth first, so that a depth limit means the shortest way."""

    def __init__(
        self, book: Book, words: Descriptions, roots: tuple[Place, ...], dependents: bool
    ) -> None:
        self.book, self.words, self.roots, self.dependents = book, words, roots, dependents
        self.nodes: dict[Place, Node] = {}
        self.links = 0

    def build(self, depth: int | None) -> dict[Place, Node]:
        waiting = deque((place, 0) for place in self.roots)
        reached = set(self.roots)
        while waiting:
            place, level = waiting.popleft()
            full = self.links > MAX_LINKS or len(reached) > MAX_NODES
            node = self._node(place, follow=not full)
            self.nodes[place] = node
            self.links += len(node.links)
            if depth is None or level < depth:
                new = [link for link in node.links if link not in reached]
                reached.update(new)
                waiting.extend((link, level + 1) for link in new)
        return self.nodes

    def _node(self, place: Place, *, follow: bool) -> Node:
        formula, value = self.book.formula_cells.get(place, ""), self.book.stored(place)
        words, source = self.words.words(place), self.words.source(place)
        notes = [] if self.dependents else notes_on(self.book, place)
        kind = COMPUTED if formula else CONSTANT if value is not None else BLANK
        node = Node(place, words.id, words.label, words.unit, words.column, value, formula, kind)
        if not follow:
            links = []
            if formula or self.dependents:
                notes.append(f"not followed: the trace has more than {len(self.nodes):,} cells")
        elif self.dependents:
            links = available.dependents(self.book, place)
        else:
            links = available.precedents(self.book, place)
            if place not in self.roots and self.words.is_live(place) and self._in_row(place, links):
                links = []  # the catalogue takes over
            if kind == CONSTANT and not links and self.words.has_a_formula(place):
                notes.append("typed over the formula that belongs here")
        if source is not None:
            entry = self.book.model.assumptions[source.id]
            notes += [source.note] if source.note else []
            node = replace(
                node,
                id=source.id,
                label=entry.label,
                unit=entry.unit_label,
                kind=kind if kind == BLANK else source.kind,
                locator=source.locator,
                rationale=source.rationale,
            )
        elif links and not formula and not self.dependents:
            node = replace(node, kind=COMPUTED)  # by the array formula that fills it
        return replace(node, notes=tuple(notes), links=tuple(links))

    def _in_row(self, place: Place, links: list[Place]) -> bool:
        """Whether an assumption takes what is typed in its row, by the scenario chosen.

        A formula that somebody put there may take from anywhere, and is followed.
        """
        return all(
            link not in self.book.formula_cells
            and (
                (link.sheet, link.row) == (place.sheet, place.row)
                or isinstance(self.book.stored(link), str)
            )
            for link in links
        )


def notes_on(book: Book, place: Place) -> list[str]:
    """Return what else a cell depends on that cannot be followed."""
    found = book.graph.references(place)
    cut = [area for area in found.areas if book.graph.is_cut(area)]
    return [
        *(
            NOWHERE[kind].format(text=text)
            for kind, text, _ in found.problems
            if not (kind == "external" and _is_of_add_in(book, text))
        ),
        *(f"more than {MAX_CELLS:,} cells of {area}" for area in cut),
    ]


def _is_of_add_in(book: Book, text: str) -> bool:
    """Whether a reference is the call of a function of our add-in, such as [1]!CAI_TAM."""
    number, _, name = text.partition("!")
    return book.is_of_add_in(number.strip("[]"), name)


def _roots(book: Book, words: Descriptions, target: str) -> tuple[Place, ...]:
    """Find the cells that a target stands for."""
    graph, here = book.graph, book.sheet_names[0]
    target = target.strip().removeprefix("=")
    sheet, rest = split_sheet(target)
    if (plain := target.rpartition("!"))[0] in book.sheet_names:  # as `Place` is written
        sheet, _, rest = plain
    if sheet is not None:
        escaped = sheet.replace("'", "''")
        rest = f"'{escaped}'!{rest}"
    tree = graph.forms.of(rest, 1, 1).tree
    named = isinstance(tree, Name) and graph.resolver.meaning(tree.name, here) is not None
    found = graph.meant(rest, here)
    places = list(dict.fromkeys(place for area in found.areas for place in graph.cells(area)))
    if places and (named or not found.problems):
        return tuple(places)
    if named:
        raise UnknownNameError(f"{target} refers to {book.name(target)}, which is not a cell")
    if (place := words.cell_of(target)) is not None:
        return (place,)
    if _looks_like_cells(book, sheet, target):
        last = cell_name(MAX_ROW, MAX_COLUMN)
        raise UnknownNameError(f"{target} is not a cell: a sheet goes from A1 to {last}")
    meant = _name_meant(book, target)
    if meant == target or meant in book.sheet_names:
        raise UnknownNameError(f"{meant} is not a cell; give one, such as {book.sheet_names[0]}!A1")
    return _roots(book, words, meant)


def _name_meant(book: Book, target: str) -> str:
    """Return the name or sheet that a target without cells means: as a label of the model too."""
    known: dict[str, object] = dict.fromkeys([*(one.name for one in book.names), *book.sheet_names])
    known |= {name: one for name, one in book.model.entries.items() if name in known}
    refusal = f"{book.path.name} has no name or cell {quoted(target)}"
    return name_meant(target, "name", known, refusal, "give a name, or a cell as Sheet!A1")


def _looks_like_cells(book: Book, sheet: str | None, target: str) -> bool:
    """Whether a target means cells, by a sheet that is there or by the few letters."""
    if sheet is not None and sheet.lower() not in map(str.lower, book.sheet_names):
        return False
    ends = target.rpartition("!")[2].replace("$", "").split(":")
    letters = "+" if sheet is not None else "{1,3}"
    return all(re.fullmatch(rf"[A-Za-z]{letters}\d+", end) for end in ends)
