"""The house view is marked wherever it shows."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book, Place, words_by_row
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.tables import case_headers
from xl_cryptoai.xlsx import ErrorValue

UNMARKED = Kind("house_view_unmarked")


def check(book: Book) -> Iterator[Finding]:
    """Look below the headers of house scenarios wherever cases stand beside each other."""
    cases = {*case_headers(book.model).values()}
    scenarios = book.model.assumptions.scenarios.values()
    house = {one.label for one in scenarios if one.view == "house"}
    for sheet in book.sheets:
        for row, texts in words_by_row(sheet):
            headers = {column: text for column, text in texts.items() if text in cases}
            if len(headers) < 2:
                continue
            for column, text in headers.items():
                at = Place(sheet.title, row, column)
                # the value shown: the words may stand elsewhere and be referred to
                mark = at._replace(row=at.row + 1)
                if isinstance(book.value(mark), ErrorValue):
                    continue  # it follows from an input that cannot be, which is told there
                below = f"{text} {book.stored(mark)}"
                if text in house and "house" not in below.lower():
                    # something else may stand where the word belongs
                    where = at if book.content(mark) is None else mark
                    yield UNMARKED().at(where)


RULE = Rule(
    "house_marks",
    "Bear and Bull are marked as a house view wherever they appear",
    "our own: the publication's bear and bull are not known",
    check,
    WARNING,
)
