"""What an injected error is, and how the cells are found in which one is made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.reading.book import TECHNICAL_SHEETS
from xl_cryptoai.reading.tables import case_headers
from xl_cryptoai.units import UNITS

MODEL = model_in_use()
"""The model whose workbooks get errors: that of XL_CRYPTOAI_MODEL, else the shipped one."""
CASE_HEADERS = case_headers(MODEL)
CATALOGUE = MODEL.assumptions

REFERENCE = re.compile(r"(?<![A-Z$:_.])\$?([A-Z]{1,2})\$?(\d{1,3})(?![\d(:])")
SHARES = [n for n, e in CATALOGUE.items() if e.unit in ("share", "share_per_year")]
MONEY = [n for n, e in CATALOGUE.items() if "usd" in e.unit]
NUMBERS = [n for n, e in CATALOGUE.items() if not e.choices]
FRACTIONS = [n for n in NUMBERS if not UNITS[CATALOGUE[n].unit].whole]
"""Assumptions that may be any number within their bounds."""
CASES = tuple(CASE_HEADERS.values())
SCENARIOS = CASES[1:]
COLUMNS = [get_column_letter(number) for number in range(5, 5 + len(CASES))]
"""Columns of the cases."""
BEFORE, LAST_CASE = COLUMNS[-2:]


STEPS_ROW = 7 + len(CATALOGUE)
"""Row of the first step on sheet Workings, which lists the assumptions from row 7 on."""


@dataclass
class Injected:
    """What was done: the cells of which one must be named, and by which rules."""

    cells: set[str]
    rules: set[str] = field(default_factory=set)


def text_of(cell: Any) -> str:
    """Return a cell's formula, "" if it has none."""
    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
    return value if isinstance(value, str) and value.startswith("=") else ""


def put(cell: Any, value: Any) -> str:
    """Write into a cell and say where it is."""
    if isinstance(cell.value, ArrayFormula) and isinstance(value, str):
        cell.value = ArrayFormula(cell.value.ref, value)
    else:
        cell.value = value
    return f"{cell.parent.title}!{cell.coordinate}"


def find(book: Any, sheet: str, name: str, head: str) -> Any:
    """Find a cell by the Id of its row and the head of its column."""
    columns: dict[str, int] = {}
    for row in book[sheet].iter_rows():
        texts = {one.value: one.column for one in row if isinstance(one.value, str)}
        if {"Id", head} <= set(texts):
            columns = texts
        elif columns and row[columns["Id"] - 1].value == name:
            return row[columns[head] - 1]
    raise LookupError(f"{sheet} has no {name} under {head}")


def id_of(cell: Any) -> Any:
    """Return the Id of a cell's row; None where the row, or the sheet, has none."""
    found = beside(cell, "Id")
    return None if found is None else found.value


def beside(cell: Any, head: str) -> Any:
    """Find the cell of the same row under a head of its table; None if the table has no such."""
    sheet = cell.parent
    for above in range(cell.row - 1, 0, -1):
        columns = {one.value: one.column for one in sheet[above]}
        if "Id" in columns:
            return sheet.cell(cell.row, columns[head]) if head in columns else None
    return None


def formulas(book: Any, sheets: tuple[str, ...] = ()) -> list[Any]:
    """List the formula cells in which figures are computed; flags and remarks left out."""
    wanted = sheets or ("Assumptions", "Forecast", "Segments", "Workings", "Deviations", "Charts")
    return [
        cell
        for sheet in wanted
        for row in book[sheet].iter_rows(min_row=5)
        for cell in row
        if text_of(cell)
    ]


def native(book: Any) -> list[Any]:
    """List the native formulas of the steps, in all cases, and their repetitions on Workings."""
    found = []
    for cell in formulas(book, ("Forecast",)):
        if beside(cell, "Computed by").value == "Native":
            found.append(cell)
    return found + [cell for cell in formulas(book, ("Workings",)) if cell.row >= STEPS_ROW]


def people_sheets(book: Any) -> list[Any]:
    """List the sheets for people; one for programs may stand among them."""
    return [s for s in book.worksheets if s.title not in TECHNICAL_SHEETS]


def check_rows(book: Any) -> list[int]:
    """List the rows of the checks."""
    sheet = book["Checks"]
    return [row for row in range(6, sheet.max_row) if isinstance(sheet.cell(row, 1).value, int)]
