"""Which kind of workbook a file is, and what a fresh one of that kind holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_cryptoai.forecast import Model
    from xl_cryptoai.reading.book import Book
    from xl_cryptoai.workbook import Route


def route_of(book: Book) -> Route:
    """Tell the kind of a workbook by what it says of itself, else by the calls in its formulas.

    Its words come first: LibreOffice writes calls that it cannot answer in other ways.
    """
    from xl_cryptoai.workbook import ROUTES

    said = {text.lower() for text in book.all_texts()}
    for route in ROUTES.values():
        if route.answers.lower() in said:
            return route
    return _route_by_calls(book)


def _route_by_calls(book: Book) -> Route:
    from xl_cryptoai.workbook import ROUTES

    formulas, prefix = "\n".join(book.formula_cells.values()), book.model.prefix
    for name in ("office", "libreoffice"):  # their prefixes are nobody else's
        if ROUTES[name].call_prefix(prefix) in formulas:
            return ROUTES[name]
    if any("LAMBDA(" in one.text for one in book.names):
        return ROUTES["excel365"]
    called = ROUTES["windows"].call_prefix(prefix) in formulas
    return ROUTES["windows" if called else "plain"]


def fresh_book(route: Route, model: Model) -> Book:
    """Build what a workbook of a kind is if nobody has typed anything into it, and open it."""
    from xl_cryptoai.reading.book import open_book
    from xl_cryptoai.workbook import build

    return open_book(Path(route.file_name(model)), build(route, model=model))
