"""One formula a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book, Place, words_by_row
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
    cases, ids = map(dict.fromkeys, (case_headers(book.model).values(), book.model.assumptions))
    # two ids in a row are no header: a bar of the tornado, and the one that is stored beside it
    least = ((cases, 2), (ids, 3))
    for sheet in book.sheets:
        axes: list[Axis] = []
        head = 0
        timed = False  # the axis is one of years; cases stand in a column beside it
        for number, texts in words_by_row(sheet):
            if found := _axes(least, texts):
                axes, head, timed = found, number, False
            elif axis := _time_axis(book, sheet.title, number, texts):
                axes, head, timed = [axis], number, True
                yield from _check_row(book, sheet.title, number, axis)
            elif number > head + 1 and _heads_another_table(() if timed else cases, texts, axes):
                axes = []  # the row below a head says where the figures are from
            elif inputs is not None and sheet.title == inputs.sheet and number in inputs.rows:
                continue  # Live beside three inputs; see below
            else:
                for axis in axes:
                    yield from _check_row(book, sheet.title, number, axis)
    yield from _check_live(book)


def _axes(least: Iterable[tuple[Collection[str], int]], texts: Mapping[int, str]) -> list[Axis]:
    """Return the axes that a row has in its headers: its cases, or one column an assumption.

    Each comes with how many of its names a row has at least to be a header.
    """
    headers = {text.split(" (")[0]: column for column, text in texts.items()}
    # most rows have none of the names, and are not held against all of them
    return [
        [headers[name] for name in names if name in headers]
        for names, few in least
        if sum(head in names for head in headers) >= few
    ]


def _time_axis(book: Book, sheet: str, row: int, texts: Mapping[int, str]) -> Axis:
    """Return the columns of computed headers right of one that says "Id": the years.

    A number among them has been typed over one.
    """
    column = next((at for at, text in texts.items() if text == "Id"), 0)
    axis: Axis = []
    computed = 0
    while column:
        place = Place(sheet, row, column + 1)
        if place in book.formula_cells:
            computed += 1
        elif not isinstance(book.value(place), float):
            break
        column += 1
        axis.append(column)
    return axis if computed > 2 else []


def _heads_another_table(
    cases: Collection[str], texts: Mapping[int, str], axes: list[Axis]
) -> bool:
    if any(text in cases for text in texts.values()):
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
