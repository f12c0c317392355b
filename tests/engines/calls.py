"""Calls laid out on a sheet, so that any spreadsheet engine can be asked the same questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

SHEET = "Calls"
ERROR_FORMULAS = {"#N/A": "=NA()", "#DIV/0!": "=1/0"}
"""Arguments that are error cells: written as formulas that give the error."""


@dataclass(frozen=True)
class Call:
    """One question: a function, its arguments as cells, and the size of the answer expected.

    A range is given as a list of rows; anything else is one cell; None is a blank cell.
    """

    function: str
    cells: tuple[Any, ...]
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Place:
    """Where a call's answer stands."""

    row: int
    rows: int
    columns: int

    @property
    def area(self) -> str:
        """The area of the answer, such as A4:B6."""
        last = get_column_letter(self.columns)
        return f"A{self.row}:{last}{self.row + self.rows - 1}"


FormulaOf = Callable[[Call, Sequence[str]], str]


def write_calls(calls: Sequence[Call], formula_of: FormulaOf) -> tuple[Workbook, list[Place]]:
    """Write a workbook with one call under the other, its arguments to the right of its answer."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    places, row = [], 1
    for call in calls:
        column = call.columns + 2
        height, references = call.rows, []
        for cell in call.cells:
            block = cell if isinstance(cell, list) else [[cell]]
            for i, line in enumerate(block):
                for j, value in enumerate(line):
                    where = f"{get_column_letter(column + j)}{row + i}"
                    sheet[where] = ERROR_FORMULAS.get(value, value) if value != "" else None
            first, last = get_column_letter(column), get_column_letter(column + len(block[0]) - 1)
            reference = f"{first}{row}"
            if isinstance(cell, list):
                reference += f":{last}{row + len(block) - 1}"
            references.append(reference)
            column += len(block[0]) + 1
            height = max(height, len(block))
        place = Place(row, call.rows, call.columns)
        formula = "=" + formula_of(call, references)
        single = call.rows == call.columns == 1
        sheet[f"A{row}"] = formula if single else ArrayFormula(place.area, formula)
        places.append(place)
        row += height + 1
    return book, places
