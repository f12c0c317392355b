"""What a sheet looks like on paper and on a screen that is too small for it."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.xlsx.page import Page

FOOTER = {"&F": "the file", "&A": "the sheet", "&P": "the page"}
UNFROZEN = ("Cover",)


def check_print(book: Book) -> Iterator[Finding]:
    """Look at every sheet's page set-up."""
    for sheet in book.sheets:
        for what, cure in _print_faults(sheet.page):
            yield Finding(sheet.title, what, cure)


def _print_faults(page: Page) -> Iterator[tuple[str, str]]:
    if not page.fit or (page.fit_width, page.fit_height) != (1, 0):
        yield "is not fitted to one page wide", "fit to 1 page wide by as many tall as needed"
    if not page.areas:
        yield "has no print area", "set the print area around its content"
    if not page.orientation:
        yield "has no orientation", "choose portrait or landscape"
    if missing := [words for code, words in FOOTER.items() if code not in page.footer]:
        yield f"has a footer without {' and '.join(missing)}", "put file, sheet and page into it"


def check_panes(book: Book) -> Iterator[Finding]:
    """Look for freeze panes on every sheet but the cover."""
    for sheet in book.sheets:
        if sheet.title not in UNFROZEN and sheet.freeze is None:
            yield Finding(sheet.title, "has no freeze panes", "freeze its head (View, Freeze)")


PRINT = Rule(
    "print_setup",
    "Every sheet prints one page wide, with file, sheet and page in its footer",
    "our own: a model is read on paper as well",
    check_print,
    WARNING,
)
PANES = Rule(
    "freeze_panes",
    "Every sheet but the cover keeps its head in sight",
    "FAST section 2.03 Header design (heads stand in a freeze pane)",
    check_panes,
    WARNING,
)
