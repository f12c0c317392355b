"""Reads the copies of a workbook that are to be merged, with everything that has no place there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.audit.book import (
    TECHNICAL_SHEETS,
    Book,
    Place,
    cells_of,
    content_of,
    formula_of,
    open_book,
)
from xl_cryptoai.audit.carry import carry_over
from xl_cryptoai.audit.filled import filled_places
from xl_cryptoai.audit.formulas import pieces_of
from xl_cryptoai.audit.merge_record import Side
from xl_cryptoai.audit.read import read_workbook
from xl_cryptoai.audit.record import WorkbookInputs
from xl_cryptoai.audit.tables import LOG_HEADS, find_table

MAX_STRAYS = 500
"""Lines a file, so that a sheet pasted in does not bury the change log."""

_ORIGIN = re.compile(r"xl-cryptoai \S+, assumptions [0-9a-f]{12}")
_CALL = re.compile(r"(?:_XLDUDF_)?CAI[_.](\w+)\(", re.IGNORECASE)


def read_side(path: Path, origin: Book | None = None) -> Side:
    """Read one copy.

    Parameters
    ----------
    path : Path
        The workbook.
    origin : Book, optional
        The workbook it was made from: what was typed outside the places for it is what this one
        does not have. Without it, nobody looks for that.

    Raises
    ------
    FileRefusedError
        If a file cannot be opened or is no workbook of ours.
    """
    inputs, lost = carry_over(path)
    # the lines that `carry_over` adds about what is lost are for a merge to write
    log = inputs.change_log[: len(inputs.change_log) - len(lost)]
    found = read_workbook(path)
    if origin is not None:
        lost = [*lost, *_strays(path, found, origin)]
    pure = UserInputs(inputs.scenario, inputs.values, log)
    return Side(pure, frozenset(found.refused), tuple(lost), path.name)


def _strays(path: Path, found: WorkbookInputs, old: Book) -> list[str]:
    """List what was typed where there is no place for it, a row of cells a line.

    Contents are held against those of the same sheet, not cell against cell: rows may have moved.
    """
    book = open_book(path)
    handled = _handled(book, found)
    known = {sheet.title: _contents(sheet) for sheet in old.formulas.worksheets}
    lines = []
    for number, sheet in enumerate(book.formulas.worksheets):
        if sheet.title in TECHNICAL_SHEETS:
            continue
        left = known.get(sheet.title)
        if left is None and number < len(old.sheet_names):  # renamed, perhaps
            left = known[old.sheet_names[number]]
        lines += _strays_in(sheet, left or Counter(), handled)
    more = len(lines) - MAX_STRAYS
    if more > 0:
        lines[MAX_STRAYS:] = [f"{more} more rows of cells stand only in {path.name}: keep it"]
    return lines


def _strays_in(sheet: Any, known: Counter[Hashable], handled: set[Place]) -> list[str]:
    left = known.copy()
    strays: dict[int, list[str]] = {}
    for cell in cells_of(sheet):
        content = _identity(cell)
        if content is None:
            continue
        if left[content]:
            left[content] -= 1
        elif Place(sheet.title, cell.row, cell.column) not in handled or formula_of(cell):
            strays.setdefault(cell.row, []).append(f"{cell.coordinate} '{content_of(cell)}'")
    return [f"{sheet.title}: {', '.join(cells)}" for cells in strays.values()]


def _handled(book: Book, found: WorkbookInputs) -> set[Place]:
    """Give the places that are read for themselves: inputs, the choice, the change log."""
    places = set(_input_places(book, found)) | filled_places(book)
    if choice := book.target("scenario"):
        places.add(choice)
    if table := find_table(book, LOG_HEADS, ["Change log"]):
        places |= {table.place(row, head) for row in table.rows for head in LOG_HEADS}
    return places


def _input_places(book: Book, found: WorkbookInputs) -> Iterator[Place]:
    wanted = {
        where
        for cells in found.cells.values()
        if "override" in cells  # a step has results only
        for case, where in cells.items()
        if case != "live"
    } | set(found.risk_cells.values())
    for sheet in book.formulas.worksheets:
        for cell in cells_of(sheet):
            place = Place(sheet.title, cell.row, cell.column)
            if str(place) in wanted:
                yield place


def _contents(sheet: Any) -> Counter[Hashable]:
    return Counter(one for cell in cells_of(sheet) if (one := _identity(cell)) is not None)


def _identity(cell: Any) -> Hashable:
    """Give what makes a content the same one after other programs have saved it, or moved it."""
    if formula := formula_of(cell):
        return _formula_identity(formula)
    value = content_of(cell)
    if value is None or value == "" or (isinstance(value, str) and _ORIGIN.search(value)):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.14g}"
    return str(value).strip()


def _formula_identity(formula: str) -> Hashable:
    """Give a formula without its references, and its calls without the route that answers them."""
    pieces = []
    for piece in pieces_of(_CALL.sub(r"CAI_\1(", formula)):
        if piece.is_reference:
            pieces.append("ref")
        elif piece.is_number:
            pieces.append(f"{float(piece.text):.14g}")
        else:
            pieces.append(piece.text.upper().replace("_XLFN.", "").replace("_XLWS.", ""))
    return ("formula", *pieces) if pieces else formula
