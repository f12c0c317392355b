"""A formula has the shape of its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xl_cryptoai.audit.book import Book, Place, cells_of
from xl_cryptoai.audit.formulas import pieces_of, relative
from xl_cryptoai.audit.labels import KNOWN, Grid, grid_of, place_of
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.units import CHOICE, UNITS

MOST = 0.7
"""Part of a column that must share a shape before the rest counts as different."""
AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""The ways to the four neighbours."""
FEW = 4
"""Fewer cells than that do not tell what is usual."""
_NUMBER = "holds a number, unlike the rest of its column"
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
            if what := _sandwiched(place, near, formulas) or _end_of_run(place, near, formulas):
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
    for place, cell in cells_of(book.worksheets[title]):
        beside = _at(place, -1, 0) in near or _at(place, 0, -1) in near
        if beside and place not in near and isinstance(cell.value, (int, float)):
            yield place


def _sandwiched(place: Place, near: Shapes, formulas: Mapping[Place, str]) -> str:
    """Tell whether both neighbours of a cell share a shape that it has not."""
    own = near.get(place, "")
    around = [_at(place, *step) for step in AROUND]
    if own and any(near.get(other) == own for other in around):
        return ""
    for one, other in (around[:2], around[2:]):
        if one not in near or other not in near or near[one] == own:
            continue
        if near[one] == near[other] or (
            _alike(one, other, formulas) and not (own and _alike(one, place, formulas))
        ):
            what = "has another formula than" if own else "holds a number, unlike"
            return f"{what} its neighbours on both sides"
    return ""


def _alike(one: Place, other: Place, formulas: Mapping[Place, str]) -> bool:
    """Tell whether two formulas refer to cells that moved along with them, or to the same ones."""
    pieces = [pieces_of(formulas[place]) for place in (one, other)]
    if len(pieces[0]) != len(pieces[1]):
        return False
    return all(
        left.text == right.text
        or relative(f"={left.text}", one.row, one.column)
        == relative(f"={right.text}", other.row, other.column)
        for left, right in zip(*pieces, strict=True)
    )


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
    return bool(own) and any(meant.get(_at(place, *step)) == own for step in AROUND)


def _unlike_column(
    book: Book, grid: Grid, title: str, meant: Shapes, near: Shapes
) -> dict[Place, str]:
    """Find the cells of labelled rows whose column mostly has another formula."""
    columns = _columns(book, grid, title)
    found: dict[Place, str] = {}
    for key, group in columns.items():
        if len(group) < FEW:  # too few to tell: a number still differs from the whole column
            whole = [place for other in columns if other[:3] == key[:3] for place in columns[other]]
            if _usual(meant, whole):
                found |= {place: _NUMBER for place in group if _holds_number(book, place)}
            continue
        usual = _usual(meant, group)
        shapes = Counter(meant.get(place, "") for place in group)
        nears = Counter(near.get(place, "") for place in group)
        for place in group if usual else ():
            own = meant.get(place, "")
            if own == usual or (own and (shapes[own] > 1 or nears[near[place]] > 1)):
                continue
            if own or _holds_number(book, place):
                found[place] = "has another formula than the rest of its column" if own else _NUMBER
    return found


def _columns(book: Book, grid: Grid, title: str) -> dict[tuple[int, int, str, str], list[Place]]:
    """Give the cells that hold something, by table, column, kind of row and class of figure."""
    columns: dict[tuple[int, int, str, str], list[Place]] = {}
    heads = grid.head_rows.get(title, [])
    for row, (name, kind) in grid.rows.get(title, {}).items():
        table = max((head for head in heads if head < row), default=0)
        for column in grid.heads[title][row]:
            place = Place(title, row, column)
            if book.content(place) is not None:
                columns.setdefault((table, column, kind, _class_of(name)), []).append(place)
    return columns


def _usual(meant: Shapes, group: Sequence[Place]) -> str:
    """Give the meaning that most of a group share; "" if there is none."""
    usual, count = Counter(meant.get(place, "") for place in group).most_common(1)[0]
    return usual if len(group) >= FEW and count >= MOST * len(group) else ""


def _holds_number(book: Book, place: Place) -> bool:
    return isinstance(book.content(place), (int, float))


def _class_of(name: str) -> str:
    if name not in KNOWN:
        return name.partition("!")[0]
    unit = KNOWN[name].unit
    if unit == CHOICE or UNITS[unit].whole:
        return CHOICE if unit == CHOICE else "whole"
    return "step" if name in STEPS else "other"


RULE = Rule(
    "shape",
    "A formula has the shape of its neighbours, and no number stands among formulas",
    "FAST 3.02-01 Formulas must be consistent",
    check,
)
