"""No formula depends on itself."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.formulas import Area, areas_in, names_in
from xl_cryptoai.audit.rules.entry import Finding, Rule

Node = Place | Area
"""A formula cell, or an area that formulas refer to."""


def check(book: Book) -> Iterator[Finding]:
    """Follow the references of every formula; an area is a node of its own, and read once."""
    graph = _graph(book)
    done: set[Node] = set()
    for start in graph:
        path: dict[Node, None] = {}  # in order, and quick to look into
        stack: list[tuple[Node, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                done.add(path.popitem()[0])
            elif node in path:
                yield _finding([*path][[*path].index(node) :])
            elif node not in done:
                path[node] = None
                stack.append((node, True))
                stack += [(other, False) for other in graph.get(node, ())]


def _finding(circle: list[Node]) -> Finding:
    cells = [node for node in circle if isinstance(node, Place)]
    way = " -> ".join(map(str, [*cells, cells[0]]))
    return Finding(str(cells[0]), f"depends on itself: {way}", "break the circle")


def _graph(book: Book) -> dict[Node, list[Node]]:
    """Give for every formula cell and every area what it depends on."""
    rows: dict[tuple[str, int], list[Place]] = {}
    for place in book.formula_cells:
        rows.setdefault((place.sheet, place.row), []).append(place)
    graph: dict[Node, list[Node]] = {}
    for place, formula in book.formula_cells.items():
        areas = list(areas_in(formula, place.sheet))
        for name in names_in(formula):
            if (target := book.target(name)) is not None:
                row, column = target.row, target.column
                areas.append((target.sheet, row, column, row, column))
        graph[place] = list(areas)
        for area in areas:
            if area not in graph:
                graph[area] = [*_inside(rows, area)]
    return graph


def _inside(rows: dict[tuple[str, int], list[Place]], area: Area) -> Iterator[Node]:
    sheet, top, left, bottom, right = area
    for row in range(top, bottom + 1):
        for place in rows.get((sheet, row), ()):
            if left <= place.column <= right:
                yield place


RULE = Rule(
    "circularity",
    "No formula depends on itself",
    "FAST 1.01-11 Never release a model with purposeful use of circularity",
    check,
)
