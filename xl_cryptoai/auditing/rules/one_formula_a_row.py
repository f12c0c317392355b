"""One formula a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.book import Book, Place, rows_of, words_of
from xl_cryptoai.reading.tables import assumptions_table, case_headers, id_rows

OTHER = Kind("row_has_other_formula", "usual")
NO_FORMULA = Kind("row_lacks_formula", "usual")
OTHER_LIVE = Kind("live_has_other_formula", "usual")
NO_TABLE = Kind("assumptions_table_missing")

Axis = list[int]
"""Columns that a row's formula runs through."""


def check(book: Book) -> Iterator[Finding]:
    """Compare a row's formulas across its cases, and Live's down the assumptions."""
    inputs = assumptions_table(book)
    for sheet in book.sheets:
        axes: list[Axis] = []
        head = 0
        for row in rows_of(sheet):
            texts = {at.column: text for at, cell in row if (text := words_of(cell))}
            number = row[0][0].row
            if found := _axes(book.model, texts):
                axes, head = found, number
            elif number > head + 1 and _heads_another_table(book.model, texts, axes):
                axes = []  # the row below a head says where the figures are from
            elif inputs is not None and sheet.title == inputs.sheet and number in inputs.rows:
                continue  # Live beside three inputs; see below
            else:
                for axis in axes:
                    yield from _check_row(book, sheet.title, number, axis)
    yield from _check_live(book)


def _axes(model: Model, texts: Mapping[int, str]) -> list[Axis]:
    """Return the axes that a row has in its headers: its cases, or one column an assumption."""
    headers = {text.split(" (")[0]: column for column, text in texts.items()}
    cases = [headers[head] for head in case_headers(model).values() if head in headers]
    ids = [headers[name] for name in model.assumptions if name in headers]
    return [axis for axis in (cases, ids) if len(axis) > 1]


def _heads_another_table(model: Model, texts: Mapping[int, str], axes: list[Axis]) -> bool:
    if any(text in case_headers(model).values() for text in texts.values()):
        return True
    return len({column for axis in axes for column in axis} & texts.keys()) > 1


def _check_row(book: Book, sheet: str, row: int, axis: Axis) -> Iterator[Finding]:
    places = [Place(sheet, row, column) for column in axis]
    forms = [book.form(place) for place in places]
    if not any(forms):
        return
    usual = max(forms, key=forms.count)
    for place, form in zip(places, forms, strict=True):
        if form is not usual:
            kind = OTHER if form else NO_FORMULA
            yield kind(usual=places[forms.index(usual)]).at(place)


def _check_live(book: Book) -> Iterator[Finding]:
    table = assumptions_table(book)
    if table is None:
        yield NO_TABLE().at("Assumptions")
        return
    rows = [row for rows in id_rows(book, table).values() for row in rows]
    places = [table.place(row, "Live") for row in rows]
    forms = [book.form(place) for place in places]
    usual = max(forms, key=forms.count, default=None)
    for place, form in zip(places, forms, strict=True):
        if form is not usual:
            yield OTHER_LIVE(usual=places[forms.index(usual)]).at(place)


RULE = Rule(
    "one_formula_a_row",
    "A row has one formula, the same in every case",
    "FAST 3.02-01 Formulas must be consistent",
    check,
)
