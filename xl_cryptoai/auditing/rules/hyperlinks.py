"""Links lead to cells of this workbook."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.formulas.tree import Call, Text
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.xlsx.references import parse_area, split_sheet


def check(book: Book) -> Iterator[Finding]:
    """Follow every link of a cell and every HYPERLINK formula."""
    shown = {sheet.title for sheet in book.sheets}
    for place, target in links_of(book).items():
        if place.sheet in shown and (fault := _fault(book, target)):
            yield Finding(str(place), fault, "link it to a cell of this workbook")
    for place in book.formula_cells:
        form = book.form(place)
        parts = form.parts if form is not None else ()
        if any(isinstance(part, Call) and part.name == "HYPERLINK" for part in parts):
            texts = [part.value for part in parts if isinstance(part, Text)]
            target = texts[0].removeprefix("#") if texts and texts[0].startswith("#") else None
            if fault := _fault(book, target):
                yield Finding(str(place), fault, "link it to a cell of this workbook")


def links_of(book: Book) -> dict[Place, str | None]:
    """Where the links on cells lead inside the workbook; None if outside or nowhere."""
    found = {}
    for title, sheet in book.worksheets.items():
        for link in sheet.hyperlinks:
            inside = not link.target or link.target.startswith("#")
            target = link.location or link.target.removeprefix("#") if inside else ""
            for at in link.area.cells():
                found[Place(title, *at)] = target or None
    return found


def _fault(book: Book, target: str | None) -> str:
    if target is None:
        return "leads out of the workbook, or nowhere"
    sheet, cells = split_sheet(target)
    if sheet is None:
        return "" if book.name(target) else f"leads to '{target}', no cell"
    if sheet not in book.sheet_names:
        return f"leads to the sheet '{sheet}', which does not exist"
    return "" if parse_area(cells) else f"leads to '{target}', no cell"


RULE = Rule(
    "hyperlinks",
    "Every link leads to a cell of this workbook",
    "our own: a reader who follows a link arrives",
    check,
    WARNING,
)
