"""Finds what was typed into a copy of a workbook outside the input fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable
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
    in_words,
)
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.migration import UNMAPPED, NotMigrated, links_of
from xl_cryptoai.reading.origin import ORIGIN_LINE
from xl_cryptoai.reading.own_reports import reports_in
from xl_cryptoai.reading.tables import LOG_HEADERS, find_table
from xl_cryptoai.xlsx import Cell, Sheet
from xl_cryptoai.xlsx.parts import MEBIBYTE

Spot = tuple[int, int]
"""Row and column."""
Content = tuple[str, bool]
"""What stands in a cell, as text, and whether it is a formula."""
Contents = dict[Spot, Content]

MAX_SIZE = 24 * MEBIBYTE
"""Worksheets and shared texts of a copy, unpacked; those of our workbooks take less than 2 MB."""
MAX_CELLS = 80_000
"""Cells with content in a copy: ours have some 12,000, and each typed beside them is reported."""

_END_OF_CELL = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
"""What ends a cell with content; one with a format alone is written as one tag."""


def check_size(book: Book) -> None:
    """Refuse a workbook that holds far more than a copy of ours, before its cells are read.

    Reading them takes seconds, and only then it would be known that they are too many.

    Raises
    ------
    FileRefusedError
        If sheets and shared texts are larger than `MAX_SIZE` or have more than `MAX_CELLS` cells.
    """
    package, sheets = book.file.package, book.file.worksheets
    parts = [*(sheet.part for sheet in sheets), *book.file.parts_of_kind("sharedStrings")]
    advice = "cells outside the input fields are not migrated: move them to a workbook of their own"
    size = sum(map(package.size_of, parts))
    if size > MAX_SIZE:
        largest = max(sheets, key=lambda sheet: package.size_of(sheet.part)).title
        package.refuse(
            f" has {size // MEBIBYTE} MB of cells and texts, unpacked; at most "
            f"{MAX_SIZE // MEBIBYTE} MB are migrated or merged, and its largest sheet is "
            f"'{largest}'",
            advice,
        )
    cells = {sheet.title: len(_END_OF_CELL.findall(package.part(sheet.part))) for sheet in sheets}
    if sum(cells.values()) > MAX_CELLS:
        package.refuse(
            f" has more than {MAX_CELLS:,} cells, most of them in sheet "
            f"'{max(cells, key=lambda title: cells[title])}'",
            advice,
        )


def unmapped_cells(book: Book, origin: Book) -> list[NotMigrated]:
    """List the cells of a copy that stand outside the input fields and were typed into it.

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
    found = []
    for title, sheet in book.worksheets.items():
        if title in TECHNICAL_SHEETS or title in reports_in(book):
            continue
        left = set(now := _contents(sheet, taken))
        if title in partners:
            before = origin.worksheets[partners[title]]
            left = _new_in(sheet, now, before, _contents(before, gone), taken_before)
        found += [Place(title, row, column) for row, column in sorted(left)]
    return [
        NotMigrated(
            UNMAPPED, str(place), in_words(book.content(place)), links=links_of(book, place)
        )
        for place in found
    ]


def _new_in(
    sheet: Sheet,
    now: Contents,
    old_sheet: Sheet,
    before: Contents,
    taken_before: Collection[Place],
) -> set[Spot]:
    """Return the cells whose content is not the old sheet's.

    Each is held against the cell that it was, whatever rows have been put in above it, then against
    the one at its address. What is gone from its old place may have been moved to any other; what
    something else was written over has not been moved.
    """
    if all(_alike(before.get(spot), content) for spot, content in now.items()):
        return set()
    aligned = align_sheets(old_sheet, sheet)
    was = {spot: (aligned.rows.old(spot[0]), aligned.columns.old(spot[1])) for spot in now}
    known: dict[Any, Content] = dict(before)
    left = set(now)
    for places in (was, {spot: spot for spot in now}):
        for spot in sorted(left):
            if _alike(known.get(places[spot]), now[spot]):
                del known[places[spot]]
                left.discard(spot)
    written_over = {was[spot] for spot in left}
    movable = _contents(old_sheet, taken_before).keys() & known.keys() - written_over
    moved = Counter(_identity(known[spot]) for spot in movable)
    for spot in sorted(left):
        if moved[_identity(now[spot])]:
            moved[_identity(now[spot])] -= 1
            left.discard(spot)
    return left


def _taken(book: Book) -> dict[Place, Hashable]:
    """Return the cells that are read or filled, each with what it is read as.

    A formula is among them only in an input field, of which migration reports it.
    """
    taken: dict[Place, Hashable] = {place: ("filled", place) for place in filled_places(book)}
    if table := find_table(book, LOG_HEADERS, ["Change log"]):
        taken.update({table.place(row, head): "log" for row in table.rows for head in LOG_HEADERS})
    taken = {place: key for place, key in taken.items() if place not in book.formula_cells}
    return {**taken, **{place: key for key, place in inputs_of(book).recognised.items()}}


def _contents(sheet: Sheet, without: Collection[Place]) -> Contents:
    return {
        place[1:]: content
        for place, cell in cells_of(sheet)
        if place not in without and (content := _content(cell))
    }


def _content(cell: Cell) -> Content | None:
    """Return what stands in a cell as every program saves it; None for nothing and our own mark."""
    if cell.formula is not None:
        return cell.formula.text, True
    value = cell.value
    if value is None or value == "" or (isinstance(value, str) and ORIGIN_LINE.search(value)):
        return None
    return f"{value:.14g}" if isinstance(value, float) else str(value).strip(), False


def _alike(one: Content | None, other: Content) -> bool:
    return one == other or (one is not None and _identity(one) == _identity(other))


@lru_cache(maxsize=20_000)  # the copies of a workbook share nearly all of their formulas
def _identity(content: Content) -> Hashable:
    """Return a formula without its references, and its calls without the route that answers them.

    So it is the same after other programs have saved it, or it was moved.
    """
    text, is_formula = content
    tree = parse(text) if is_formula else None
    if tree is None or isinstance(tree, NotUnderstood):
        return content
    return tuple(map(_part_identity, walk(tree)))


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
