"""Links lead to cells of this workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xl_cryptoai.audit.book import Book, cells_of
from xl_cryptoai.audit.formulas import functions_in, pieces_of, split_sheet
from xl_cryptoai.audit.rules.entry import Finding, Rule

_CELLS = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}(:\$?[A-Z]{1,3}\$?\d{1,7})?")


def check(book: Book) -> Iterator[Finding]:
    """Follow every link of a cell and every HYPERLINK formula."""
    for sheet in book.sheets:
        for cell in cells_of(sheet):
            if cell.hyperlink is not None and (fault := _fault(book, leads_to(cell))):
                where = f"{sheet.title}!{cell.coordinate}"
                yield Finding(where, fault, "link it to a cell of this workbook")
    for place, formula in book.formula_cells.items():
        if "HYPERLINK" in functions_in(formula):
            texts = [piece.text.strip('"') for piece in pieces_of(formula) if piece.is_text]
            target = texts[0].removeprefix("#") if texts and texts[0].startswith("#") else None
            if fault := _fault(book, target):
                yield Finding(str(place), fault, "link it to a cell of this workbook")


def leads_to(cell: Any) -> str | None:
    """Give where a cell's link leads inside the workbook; None if it leads outside or nowhere."""
    link = cell.hyperlink
    if link is None:
        return None
    if link.target and not str(link.target).startswith("#"):
        return None
    return str(link.location or str(link.target or "").removeprefix("#")) or None


def _fault(book: Book, target: str | None) -> str:
    if target is None:
        return "leads out of the workbook, or nowhere"
    sheet, cells = split_sheet(target)
    if sheet is None:
        return "" if target in book.formulas.defined_names else f"leads to '{target}', no cell"
    if sheet not in book.sheet_names:
        return f"leads to the sheet '{sheet}', which does not exist"
    return "" if _CELLS.fullmatch(cells) else f"leads to '{target}', no cell"


RULE = Rule(
    "hyperlinks",
    "Every link leads to a cell of this workbook",
    "our own: a reader who follows a link arrives",
    check,
)
