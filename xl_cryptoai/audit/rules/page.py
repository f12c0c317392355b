"""What a sheet looks like on paper and on a screen that is too small for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.rules.entry import Finding, Rule

FOOTER = {"&F": "the file", "&A": "the sheet", "&P": "the page"}
UNFROZEN = ("Cover",)


def check_print(book: Book) -> Iterator[Finding]:
    """Look at every sheet's page set-up."""
    for sheet in book.sheets:
        for what, cure in _print_faults(sheet):
            yield Finding(sheet.title, what, cure)


def _print_faults(sheet: Any) -> Iterator[tuple[str, str]]:
    fit = sheet.sheet_properties.pageSetUpPr
    wide, tall = sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight
    if fit is None or not fit.fitToPage or wide not in (None, 1) or tall != 0:
        yield "is not fitted to one page wide", "fit to 1 page wide by as many tall as needed"
    if not sheet.print_area:
        yield "has no print area", "set the print area around its content"
    if sheet.page_setup.orientation not in ("portrait", "landscape"):
        yield "has no orientation", "choose portrait or landscape"
    footer = "".join(
        part.text or ""
        for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right)
    )
    if missing := [words for code, words in FOOTER.items() if code not in footer]:
        yield f"has a footer without {' and '.join(missing)}", "put file, sheet and page into it"


def check_panes(book: Book) -> Iterator[Finding]:
    """Look for freeze panes on every sheet but the cover."""
    for sheet in book.sheets:
        if sheet.title not in UNFROZEN and not sheet.freeze_panes:
            yield Finding(sheet.title, "has no freeze panes", "freeze its head (View, Freeze)")


PRINT = Rule(
    "print_setup",
    "Every sheet prints one page wide, with file, sheet and page in its footer",
    "our own: a model is read on paper as well",
    check_print,
)
PANES = Rule(
    "freeze_panes",
    "Every sheet but the cover keeps its head in sight",
    "FAST section 2.03 Header design (heads stand in a freeze pane)",
    check_panes,
)
