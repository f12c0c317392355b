"""Finds what was typed into a copy of a workbook where there is no place for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from functools import lru_cache
from typing import Any

from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.tree import (
    Binary,
    Call,
    Name,
    Node,
    NotUnderstood,
    Number,
    Ref,
    Structured,
    Text,
    Unary,
    children,
    walk,
)
from xl_cryptoai.reading.alignment import align_sheets, pair_sheets
from xl_cryptoai.reading.book import (
    TECHNICAL_SHEETS,
    Book,
    Place,
    cells_of,
    formula_of,
    in_words,
)
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.input_cells import SCENARIO, inputs_of
from xl_cryptoai.reading.tables import LOG_HEADS, find_table
from xl_cryptoai.xlsx import Cell, Sheet
from xl_cryptoai.xlsx.references import cell_name

MAX_STRAYS = 500
"""Lines a file, so that a sheet pasted in does not bury the change log."""

Spot = tuple[int, int]
"""Row and column."""
Contents = dict[Spot, Hashable]

_ORIGIN = re.compile(r"xl-cryptoai \S+, assumptions [0-9a-f]{12}")


def strays(book: Book, origin: Book) -> list[str]:
    """List what was typed where there is no place for it, a row of cells a line.

    Parameters
    ----------
    book : Book
        The copy.
    origin : Book
        The workbook it was made from: what stands there was not typed.
    """
    taken, taken_before = _taken(book), _taken(origin)
    # what is an input in both is left out in both; one that is found no more may still stand there
    read = set(taken.values())
    gone = {place for place, key in taken_before.items() if key in read}
    partners = pair_sheets(origin.worksheets, book.worksheets)
    lines = []
    for title, sheet in book.worksheets.items():
        if title in TECHNICAL_SHEETS:
            continue
        left = set(now := _contents(sheet, taken.keys()))
        if title in partners:
            before = origin.worksheets[partners[title]]
            movable = _contents(before, taken_before.keys()).keys()
            left = _new_in(sheet, now, before, _contents(before, gone), movable)
        lines += _told(book, title, left)
    more = len(lines) - MAX_STRAYS
    if more > 0:
        lines[MAX_STRAYS:] = [f"{more} more rows of cells stand only in {book.path.name}: keep it"]
    return lines


def _new_in(
    sheet: Sheet, now: Contents, old_sheet: Sheet, before: Contents, movable: Iterable[Spot]
) -> set[Spot]:
    """Give the cells whose content is not the old sheet's.

    Each is held against the cell that it was, whatever rows have been put in above it, then against
    the one at its address. What is gone from its old place may have been moved to any other; what
    something else was written over has not been moved.
    """
    aligned = align_sheets(old_sheet, sheet)
    was = {spot: (aligned.rows.old(spot[0]), aligned.columns.old(spot[1])) for spot in now}
    known: dict[Any, Hashable] = dict(before)
    left = set(now)
    for places in (was, {spot: spot for spot in now}):
        for spot in sorted(left):
            if known.get(places[spot]) == now[spot]:
                del known[places[spot]]
                left.discard(spot)
    written_over = {was[spot] for spot in left}
    moved = Counter(known[spot] for spot in movable if spot in known and spot not in written_over)
    for spot in sorted(left):
        if moved[now[spot]]:
            moved[now[spot]] -= 1
            left.discard(spot)
    return left


def _told(book: Book, title: str, spots: set[Spot]) -> list[str]:
    rows: dict[int, list[str]] = {}
    for row, column in sorted(spots):
        content = in_words(book.content(Place(title, row, column)))
        rows.setdefault(row, []).append(f"{cell_name(row, column)} '{content}'")
    return [f"{title}: {', '.join(cells)}" for cells in rows.values()]


def _taken(book: Book) -> dict[Place, Hashable]:
    """Give the places that are read for themselves, each with what it is read as."""
    inputs = inputs_of(book)
    taken: dict[Place, Hashable] = {place: ("filled", place) for place in filled_places(book)}
    taken.update({place: key for key, place in inputs.matched.items()})
    if inputs.scenario is not None:
        taken[inputs.scenario] = SCENARIO
    if table := find_table(book, LOG_HEADS, ["Change log"]):
        taken.update({table.place(row, head): "log" for row in table.rows for head in LOG_HEADS})
    return taken


def _contents(sheet: Sheet, without: Collection[Place]) -> Contents:
    """Give what stands in the cells of a sheet; a formula is never an input."""
    return {
        place[1:]: content
        for place, cell in cells_of(sheet)
        if place not in without or cell.formula is not None
        if (content := _identity(cell)) is not None
    }


def _identity(cell: Cell) -> Hashable:
    """Give what makes a content the same one after other programs have saved it, or moved it."""
    if formula := formula_of(cell):
        return _formula_identity(formula)
    value = cell.value
    if value is None or value == "" or (isinstance(value, str) and _ORIGIN.search(value)):
        return None
    if isinstance(value, float):
        return f"{value:.14g}"
    return str(value).strip()


@lru_cache(maxsize=20_000)  # three files of a merge share nearly all of their formulas
def _formula_identity(formula: str) -> Hashable:
    """Give a formula without its references, and its calls without the route that answers them."""
    tree = parse(formula)
    if isinstance(tree, NotUnderstood):
        return formula
    return ("formula", *map(_part_identity, walk(tree)))


def _part_identity(part: Node) -> Hashable:
    match part:
        case Ref() | Name() | Structured():
            return "ref"
        case Number():
            return f"{part.value:.14g}"
        case Text():
            return ("text", part.value.casefold())
        case Binary() | Unary():
            return part.operator
        case Call():
            return (part.name, len(part.arguments))
    return type(part).__name__ if children(part) else part
