"""A formula has the shape of its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.formulas import pieces_of, relative
from xl_cryptoai.audit.labels import KNOWN, Grid, grid_of, place_of
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.stored import content_at
from xl_cryptoai.units import CHOICE, UNITS

MOST = 0.7
"""Part of a column that must share a shape before the rest counts as different."""
Shapes = Mapping[Place, str]


def check(book: Book) -> Iterator[Finding]:
    """Compare every cell with those beside, above and below it, and with its table's column."""
    grid = grid_of(book)
    places: dict[str, dict[Place, str]] = {}
    for place, text in book.formula_cells.items():
        places.setdefault(place.sheet, {})[place] = text
    for title, formulas in places.items():
        near = {place: relative(text, place.row, place.column) for place, text in formulas.items()}
        seen: dict[Place, str] = {}
        for place in [*near, *_numbers_between(book, title, near)]:
            if what := _sandwiched(place, near) or _end_of_run(place, near, formulas):
                seen[place] = what
        meant = {place: meaning(grid, place, text) for place, text in formulas.items()}
        for place, what in _unlike_column(book, grid, title, meant, near).items():
            seen.setdefault(place, what)
        for place, what in sorted(seen.items()):
            if not _agrees_in_meaning(place, meant):
                yield Finding(str(place), what, "copy the formula of its neighbour here")


def _at(place: Place, down: int, right: int) -> Place:
    return Place(place.sheet, place.row + down, place.column + right)


def _numbers_between(book: Book, title: str, near: Shapes) -> Iterator[Place]:
    for cell in [*book.formulas[title]._cells.values()]:
        if isinstance(cell.value, (int, float)):
            place = Place(title, cell.row, cell.column)
            if place not in near and (_at(place, -1, 0) in near or _at(place, 0, -1) in near):
                yield place


def _sandwiched(place: Place, near: Shapes) -> str:
    """Tell whether both neighbours of a cell share a shape that it has not."""
    own = near.get(place, "")
    around = [_at(place, *step) for step in ((-1, 0), (1, 0), (0, -1), (0, 1))]
    if own and any(near.get(other) == own for other in around):
        return ""
    for one, other in (around[:2], around[2:]):
        if near.get(one) and near.get(one) == near.get(other) != own:
            what = "has another formula than" if own else "holds a number, unlike"
            return f"{what} its neighbours on both sides"
    return ""


def _end_of_run(place: Place, near: Shapes, formulas: Mapping[Place, str]) -> str:
    """Tell whether the last cell of a run of three or more breaks it; totals may."""
    own = near.get(place, "")
    if not own or ":" in formulas[place]:
        return ""
    before = [near.get(_at(place, -step, 0)) for step in (1, 2, 3)]
    alone = near.get(_at(place, 1, 0)) is None and near.get(_at(place, 0, -1)) != own
    if alone and own != before[0] and before[0] and len(set(before)) == 1:
        others = [near.get(_at(place, -1, step)) for step in (-1, 1)]
        if before[0] not in others and near.get(_at(place, 0, 1)) != own:
            return "has another formula than the cells above it"
    return ""


def meaning(grid: Grid, place: Place, formula: str) -> str:
    """Write a formula with what its references stand for instead of where they point."""
    own = grid.label(place)
    if own is None:
        return ""
    words = []
    for piece in pieces_of(formula):
        target = place_of(piece.text, place.sheet) if piece.is_reference else None
        label = grid.label(target) if target is not None else None
        if label is None:
            row, column = place.row, place.column
            words.append(relative("=" + piece.text, row, column)[1:] if piece.is_reference
                         else piece.text)  # fmt: skip
            continue
        name = "self" if label.id == own.id else label.id
        head = "own" if label.head == own.id else "same" if label.head == own.head else label.head
        words.append(f"[{name} {label.kind} {head}]")
    return "".join(words)


def _agrees_in_meaning(place: Place, meant: Shapes) -> bool:
    own = meant.get(place, "")
    return bool(own) and any(
        meant.get(_at(place, *step)) == own for step in ((-1, 0), (1, 0), (0, -1), (0, 1))
    )


def _unlike_column(
    book: Book, grid: Grid, title: str, meant: Shapes, near: Shapes
) -> dict[Place, str]:
    """Find the cells of labelled rows whose column mostly has another formula."""
    groups: dict[tuple[int, int, str, str], list[Place]] = {}
    heads = grid.head_rows.get(title, [])
    for row, (name, kind) in grid.rows.get(title, {}).items():
        table = max((head for head in heads if head < row), default=0)
        for column in grid.heads[title][row]:
            key = (table, column, kind, _class_of(name))
            groups.setdefault(key, []).append(Place(title, row, column))
    found = {}
    for group in groups.values():
        shapes = Counter(meant.get(place, "") for place in group)
        usual, count = shapes.most_common(1)[0]
        if not usual or len(group) < 4 or count < MOST * len(group):
            continue
        nears = Counter(near.get(place, "") for place in group)
        for place in group:
            own = meant.get(place, "")
            if own == usual or (own and (shapes[own] > 1 or nears[near[place]] > 1)):
                continue
            if own or isinstance(content_at(book, place), (int, float)):
                what = "has another formula than" if own else "holds a number, unlike"
                found[place] = f"{what} the rest of its column"
    return found


def _class_of(name: str) -> str:
    if name not in KNOWN:
        return name.partition("!")[0]
    unit = KNOWN[name].unit
    return CHOICE if unit == CHOICE else "whole" if UNITS[unit].whole else "other"


RULE = Rule(
    "shape",
    "A formula has the shape of its neighbours, and no number stands among formulas",
    "FAST 3.02-01 Formulas must be consistent",
    check,
)
