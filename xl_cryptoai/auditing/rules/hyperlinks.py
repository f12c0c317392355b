"""Links lead to cells of this workbook."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.formulas.tree import Call, Text
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.xlsx.references import parse_area, split_sheet

NOWHERE = Kind("hyperlink_leads_nowhere")
NO_CELL = Kind("hyperlink_to_no_cell", "target")
NO_SHEET = Kind("hyperlink_to_no_sheet", "sheet")


def check(book: Book) -> Iterator[Finding]:
    """Follow every link of a cell and every HYPERLINK formula."""
    shown = {sheet.title for sheet in book.sheets}
    for place, target in links_of(book).items():
        if place.sheet in shown and (fault := _fault(book, target)):
            yield fault.at(place)
    for place in book.formula_cells:
        form = book.form(place)
        parts = form.parts if form is not None else ()
        if any(isinstance(part, Call) and part.name == "HYPERLINK" for part in parts):
            texts = [part.value for part in parts if isinstance(part, Text)]
            target = texts[0].removeprefix("#") if texts and texts[0].startswith("#") else None
            if fault := _fault(book, target):
                yield fault.at(place)


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


def _fault(book: Book, target: str | None) -> Fault | None:
    if target is None:
        return NOWHERE()
    sheet, cells = split_sheet(target)
    if sheet is None:
        return None if book.name(target) else NO_CELL(target=target)
    if sheet not in book.sheet_names:
        return NO_SHEET(sheet=sheet)
    return None if parse_area(cells) else NO_CELL(target=target)


RULE = Rule(
    "hyperlinks",
    "Every link leads to a cell of this workbook",
    "our own: a link must lead somewhere",
    check,
    WARNING,
)
