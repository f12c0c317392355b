"""What a sheet looks like on paper and on a screen that is too small for it."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.own_reports import model_sheets
from xl_cryptoai.xlsx.page import Page

FOOTER = {"&F": "the file", "&A": "the sheet", "&P": "the page"}
NOT_FITTED = Kind("page_not_fitted")
NO_AREA = Kind("print_area_missing")
NO_ORIENTATION = Kind("orientation_missing")
FOOTER_LACKS = Kind("footer_incomplete", "missing")
NO_PANES = Kind("freeze_panes_missing")
UNFROZEN = ("Cover",)
LEAST_SCALE = 89
"""Percent at which letters of 9 points, our smallest, are printed with 8."""


def check_print(book: Book) -> Iterator[Finding]:
    """Look at every sheet's page set-up."""
    for sheet in model_sheets(book):
        for fault in _print_faults(sheet.page):
            yield fault.at(sheet.title)


def _print_faults(page: Page) -> Iterator[Fault]:
    across = (page.fit_width, page.fit_height) == (1, 0) if page.fit else page.scale >= LEAST_SCALE
    if not across:
        yield NOT_FITTED()
    if not page.areas:
        yield NO_AREA()
    if not page.orientation:
        yield NO_ORIENTATION()
    if missing := [words for code, words in FOOTER.items() if code not in page.footer]:
        yield FOOTER_LACKS(missing=missing)


def check_panes(book: Book) -> Iterator[Finding]:
    """Look for freeze panes on every sheet but the cover."""
    for sheet in model_sheets(book):
        if sheet.title not in UNFROZEN and sheet.freeze is None:
            yield NO_PANES().at(sheet.title)


PRINT = Rule(
    "print_setup",
    "Every sheet prints one page wide, or at a scale that can be read, with file, sheet and page "
    "in its footer",
    "our own: a model is read on paper as well",
    check_print,
    WARNING,
)
PANES = Rule(
    "freeze_panes",
    "Every sheet but the cover freezes its header",
    "FAST section 2.03 Header design (headers stand in a freeze pane)",
    check_panes,
    WARNING,
)
