"""Computes every formula of a workbook, with our own functions, before anyone opens it.

The engine is an embedded spreadsheet; the `CAI_` calls in it are answered by the same Python
functions that answer in Excel.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import formualizer
from openpyxl import Workbook
from openpyxl.utils import coordinate_to_tuple, rows_from_range
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions import ExcelFunction, functions_of
from xl_cryptoai.functions.cells import classic_error, excel_error_in
from xl_cryptoai.workbook.routes import Route

CellValue = float | str | bool | None
Calculated = dict[str, list[list[Any]]]
"""Values by sheet, as rows from A1 on."""


def calculate(model: Model, book: Workbook, route: Route, content: bytes) -> Calculated:
    """Compute every cell.

    Parameters
    ----------
    model : Model
        Whose functions answer.
    book : Workbook
        With formulas.
    route : Route
        Who answers the calls.
    content : bytes
        The same workbook as a file, see `saved`.

    Returns
    -------
    dict of sheet name to rows of values
        Numbers, texts, logical values, None for blanks; an Excel error as its text, "#NUM!".
    """
    engine = formualizer.load_workbook_bytes(content)
    for function in functions_of(model).values():
        name = route.table_call(function.name, []).removesuffix("()")
        least, most = function.required, len(function.arguments)
        engine.register_function(name, _hosted(function), min_args=least, max_args=most)
    for title, row, column, number in _cut_short(book):
        engine.sheet(title).set_value(row, column, number)
    engine.evaluate_all()
    values: Calculated = {}
    for sheet in book.worksheets:
        area = formualizer.RangeAddress(
            sheet.title, 1, 1, max(sheet.max_row, 1), max(sheet.max_column, 1)
        )
        rows = engine.sheet(sheet.title).get_values(area)
        values[sheet.title] = [[_value(cell) for cell in row] for row in rows]
    return values


def _cut_short(book: Workbook) -> Iterator[tuple[str, int, int, float]]:
    """Yield the typed numbers that openpyxl cannot write with its 16 digits."""
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            for column, value in enumerate(row, start=1):
                if isinstance(value, float) and float(f"{value:.16g}") != value:
                    yield sheet.title, number, column, value


def store(sheet: Worksheet, areas: Iterable[str], values: list[list[Any]], shift: int) -> None:
    """Write the values of areas as constants, some columns to the right or over their formulas.

    A text without characters is written as a formula that gives it: a cell that is blank would
    come out of an array formula as 0.
    """
    for area in areas:
        for row in rows_from_range(area):
            for line, column in (coordinate_to_tuple(at) for at in row):
                known = values[line - 1]
                value = known[column - 1]
                blank = shift and (value is None or value == "")
                sheet.cell(line, column + shift).value = '=""' if blank else value
                known.extend([None] * (column + shift - len(known)))
                known[column + shift - 1] = value


def saved(book: Workbook) -> bytes:
    """Return a workbook as a file, not compressed: its parts are still to be worked on."""
    buffer = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(buffer, "w")).save()
    return buffer.getvalue()


def _hosted(function: ExcelFunction) -> Any:
    """Answer the engine as Excel would be answered: a refusal becomes its Excel error."""

    def call(*cells: Any) -> Any:
        try:
            return function(*cells)
        except CryptoAIError as refusal:
            return {"type": "Error", "kind": refusal.excel}

    return call


def _value(cell: Any) -> CellValue:
    if isinstance(cell, dict):
        return classic_error(excel_error_in(cell))
    return cell  # type: ignore[no-any-return]  # the engine gives nothing else
