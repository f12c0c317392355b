"""By year: every formula gives what Python computes for its case, its year and its result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.path import BASELINE_YEAR, FORECAST_YEAR, values_by_year
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.tables import Table, case_headers, find_table

OTHER_RESULT = Kind("year_gives_other_result", "result", "year", "value", "wanted")
ByYear = tuple[NDArray[np.int64], dict[str, NDArray[Any]]]
"""The years, and every assumption's and step's values in them."""
_HEADERS = ("Result", "Unit", "Case", "Id")


def check(book: Book) -> Iterator[Finding]:
    """Evaluate each row in the first, the middle and the last year of its case.

    What a formula refers to in its own case and year is taken from Python, so that a wrong row is
    found and not the rows that follow from it. Other years have the same formula: another rule.
    """
    table = find_table(book, _HEADERS, ["By year"])
    if table is None or not {BASELINE_YEAR, FORECAST_YEAR} <= book.model.assumptions.keys():
        return
    cases = {}
    for case, label in case_headers(book.model).items():
        try:
            inputs = read_book(book).case(case)
            cases[label] = inputs, values_by_year(book.model, inputs)
        except CryptoAIError:
            continue  # an input cannot be used, which is reported already
    typed: dict[Place, Any] = {}
    for label, (inputs, _) in cases.items():
        typed |= _typed(book, inputs, label)
    columns = _columns(book, table, typed)
    for label, (_, by_year) in cases.items():
        yield from _check_case(book, table, label, by_year, columns, typed)


def _check_case(
    book: Book,
    table: Table,
    label: str,
    by_year: ByYear,
    columns: Mapping[int, int],
    typed: Mapping[Place, Any],
) -> Iterator[Finding]:
    years, values = by_year
    rows = [r for r in table.rows if book.words_at(table.place(r, "Case")) == label]
    ids = {row: book.words_at(table.place(row, "Id")) for row in rows}
    reported: set[int] = set()
    for number in sorted({0, len(years) // 2, len(years) - 1}):
        year = int(years[number])
        if (column := columns.get(year)) is None:
            continue
        axis = Place(table.sheet, table.header_row, column)
        known: dict[Place, Any] = {**typed, axis: float(year)}
        for row, name in ids.items():
            if name in values:
                known[Place(table.sheet, row, column)] = values[name][number].item()
        for row, name in ids.items():
            place = Place(table.sheet, row, column)
            if book.form(place) is None:
                continue  # a number typed over it is found in its row
            given = book.tried(place, {at: one for at, one in known.items() if at != place})
            if isinstance(given, NotKnown):
                continue
            if name not in values:  # the year itself, and how far adoption has come
                known[place] = given
            elif row not in reported and not _same(given, wanted := known[place]):
                reported.add(row)
                fault = OTHER_RESULT(result=name, year=year, value=given, wanted=wanted)
                yield fault.at(place, id=name)


def _columns(book: Book, table: Table, typed: Mapping[Place, Any]) -> dict[int, int]:
    """Return the column of each year on the time axis, evaluated: a file may store no values."""
    found: dict[int, int] = {}
    for column in range(table.columns["Id"] + 1, 1 + max(_columns_of(book, table))):
        place = Place(table.sheet, table.header_row, column)
        value = book.value(place) if book.form(place) is None else book.tried(place, typed)
        if isinstance(value, float):
            found.setdefault(int(value), column)
    return found


def _columns_of(book: Book, table: Table) -> list[int]:
    return [*book.cells[table.sheet].rows[table.header_row][0]]


def _typed(book: Book, inputs: Mapping[str, Any], label: str) -> dict[Place, Any]:
    """Return the cells of a case's assumptions, with what they hold once all is calculated."""
    found = inputs_of(book)
    if found.table is None:
        return {}
    return {
        found.table.place(match.row, label): inputs[name]
        for name, match in found.rows.items()
        if match.row is not None
    }


def _same(given: Any, wanted: Any) -> bool:
    if isinstance(given, float) and isinstance(wanted, float):
        return math.isclose(given, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return bool(given == wanted)


RULE = Rule(
    "year_formula",
    "A year's formula takes the inputs of its case and gives what Python computes",
    "FAST 3.02-01 Formulas must be consistent; ICAEW: test that formulas do what they should",
    check,
)
