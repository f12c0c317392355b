"""One formula a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils import get_column_letter

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.book import Book, formula_of, rows_of, words_of
from xl_cryptoai.audit.formulas import relative
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.tables import CASE_HEADS, assumptions_table, id_rows

Axis = list[int]
"""Columns that a row's formula runs through."""


def check(book: Book) -> Iterator[Finding]:
    """Compare a row's formulas across its cases, and Live's down the assumptions."""
    inputs = assumptions_table(book, shipped_assumptions())
    for sheet in book.sheets:
        axes: list[Axis] = []
        head = 0
        for row in rows_of(sheet):
            if found := _axes(row):
                axes, head = found, row[0].row
            elif row[0].row > head + 1 and _heads_another_table(row, axes):
                axes = []  # the row below a head says where the figures are from
            elif inputs is not None and sheet.title == inputs.sheet and row[0].row in inputs.rows:
                continue  # Live beside three inputs; see below
            else:
                for axis in axes:
                    yield from _check_row(sheet, row[0].row, axis)
    yield from _check_live(book)


def _axes(row: Any) -> list[Axis]:
    """Give the axes that a row heads: its cases, or one column an assumption."""
    heads = {words_of(cell).split(" (")[0]: cell.column for cell in row if words_of(cell)}
    cases = [heads[head] for head in CASE_HEADS.values() if head in heads]
    ids = [heads[name] for name in shipped_assumptions() if name in heads]
    return [axis for axis in (cases, ids) if len(axis) > 1]


def _heads_another_table(row: Any, axes: list[Axis]) -> bool:
    if any(words_of(cell) in CASE_HEADS.values() for cell in row):
        return True
    columns = {column for axis in axes for column in axis}
    return sum(1 for cell in row if cell.column in columns and words_of(cell)) > 1


def _check_row(sheet: Any, row: int, axis: Axis) -> Iterator[Finding]:
    cells = [sheet.cell(row, column) for column in axis]
    forms = [relative(formula_of(c), row, c.column) if formula_of(c) else "" for c in cells]
    if not any(forms):
        return
    usual = max(forms, key=forms.count)
    for cell, form in zip(cells, forms, strict=True):
        if form != usual:
            what = "has another formula than" if form else "has no formula, unlike"
            first = get_column_letter(cells[forms.index(usual)].column)
            yield Finding(
                f"{sheet.title}!{cell.coordinate}",
                f"{what} the rest of its row",
                f"copy the formula of {first}{row} here",
            )


def _check_live(book: Book) -> Iterator[Finding]:
    table = assumptions_table(book, shipped_assumptions())
    if table is None:
        yield Finding("Assumptions", "the table of assumptions is not found", "restore its heads")
        return
    rows = [row for rows in id_rows(book, table).values() for row in rows]
    places = [table.place(row, "Live") for row in rows]
    forms = [
        relative(book.formula_cells[place], place.row, place.column)
        if place in book.formula_cells
        else ""
        for place in places
    ]
    usual = max(forms, key=forms.count, default="")
    for place, form in zip(places, forms, strict=True):
        if form != usual:
            yield Finding(
                str(place),
                "has another formula than the rest of column Live",
                f"copy the formula of {places[forms.index(usual)]} here",
            )


RULE = Rule(
    "one_formula_a_row",
    "A row has one formula, the same in every case",
    "FAST 3.02-01 Formulas must be consistent",
    check,
)
