"""An opened workbook: formulas, stored values and parts, each read once."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from xl_cryptoai.audit.safe import MAX_COLUMNS, MAX_ROWS, Parts, read_parts
from xl_cryptoai.audit.values import Values, stored_values
from xl_cryptoai.errors import FileRefusedError

TECHNICAL_SHEETS = ("xlwings.conf", "_xlwings.conf")
"""Sheets for programs, not for people."""

_TARGET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!\[\]]+))!\$?([A-Z]{1,3})\$?(\d{1,7})")


class Place(NamedTuple):
    """One cell of one sheet; `str` writes it as a person would.

    A tuple, because cells are looked up by it a hundred thousand times in an audit.
    """

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{get_column_letter(self.column)}{self.row}"


class Book:
    """A workbook file that has passed the look at its parts.

    Attributes
    ----------
    path : Path
        Where it was read from.
    parts : dict of str to bytes
        The parts of the file.
    formulas : openpyxl Workbook
        The workbook with its formulas.
    values : dict of sheet to dict of row and column to value
        What is stored in the cells that the file holds.
    """

    def __init__(self, path: Path, parts: Parts, formulas: Workbook, values: Values) -> None:
        self.path, self.parts, self.formulas, self.values = path, parts, formulas, values

    @cached_property
    def sheet_names(self) -> list[str]:
        """Names of all worksheets, in order."""
        return [sheet.title for sheet in self.formulas.worksheets]

    @cached_property
    def cells(self) -> dict[str, dict[tuple[int, int], Any]]:
        """The cells that the file holds, with formulas, by sheet and then by row and column."""
        return {sheet.title: sheet._cells for sheet in self.formulas.worksheets}

    @property
    def sheets(self) -> list[Any]:
        """The worksheets for people that show, with formulas."""
        return [
            sheet
            for sheet in self.formulas.worksheets
            if sheet.title not in TECHNICAL_SHEETS and sheet.sheet_state == "visible"
        ]

    def cell(self, place: Place) -> Any:
        """Give a cell with its formula and looks."""
        return self.formulas[place.sheet].cell(place.row, place.column)

    def content(self, place: Place) -> Any:
        """Give what was typed into a cell: a value, or a formula as text that begins with `=`."""
        return content_of(self.cell(place))

    def stored(self, place: Place) -> Any:
        """Give a cell's value as stored in the file; None if blank or never calculated."""
        return self.values[place.sheet].get(place[1:])

    @cached_property
    def formula_cells(self) -> dict[Place, str]:
        """Every formula by its cell, sheets for programs apart."""
        return {
            Place(sheet.title, cell.row, cell.column): text
            for sheet in self.formulas.worksheets
            if sheet.title not in TECHNICAL_SHEETS
            for cell in cells_of(sheet)
            if (text := formula_of(cell))
        }

    @cached_property
    def words(self) -> dict[str, dict[int, dict[str, int]]]:
        """The texts of each sheet, by row, each with the first column in which it stands."""
        found: dict[str, dict[int, dict[str, int]]] = {}
        for sheet in self.formulas.worksheets:
            rows = found[sheet.title] = {}
            for cell in cells_of(sheet):
                if words := words_of(cell):
                    rows.setdefault(cell.row, {}).setdefault(words, cell.column)
        return found

    def name(self, name: str) -> str:
        """Give what a defined name stands for, as stored; "" if there is no such name."""
        found = self.formulas.defined_names.get(name)
        return str(found.attr_text or "") if found is not None else ""

    def target(self, name: str) -> Place | None:
        """Give the one used cell that a name points to; None for anything else."""
        match = _TARGET.fullmatch(self.name(name).removeprefix("="))
        if match is None:
            return None
        sheet = (match[1] or match[2]).replace("''", "'")
        if sheet not in self.cells:
            return None
        place = Place(sheet, int(match[4]), openpyxl.utils.column_index_from_string(match[3]))
        return place if place[1:] in self.cells[sheet] else None


def open_book(path: Path) -> Book:
    """Open a workbook for reading, without following its links.

    Raises
    ------
    FileRefusedError
        If it is no workbook, is damaged, or is larger than it may be.
    """
    content, parts = read_parts(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of openpyxl, about parts that are not read here
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        values = stored_values(parts, book)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise FileRefusedError(
            f"{path} cannot be read as a workbook ({type(error).__name__}: {error}); "
            "open it in Excel and save it again"
        ) from None
    for sheet in book.worksheets:
        if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:  # a note far out
            raise FileRefusedError(
                f"{path}: sheet '{sheet.title}' reaches to row {sheet.max_row}, "
                f"column {sheet.max_column}; delete what lies there and save it anew"
            )
    return Book(path, parts, book, values)


def rows_of(sheet: Any) -> Iterator[list[Any]]:
    """Go over the rows of cells that a sheet's file holds.

    `iter_rows` would make a cell of every place between them: ten million for two far corners.
    """
    held = sorted(sheet._cells)
    for _, places in groupby(held, key=lambda place: int(place[0])):
        yield [sheet._cells[place] for place in places]


def cells_of(sheet: Any) -> Iterator[Any]:
    """Go over the cells that a sheet's file holds, row by row."""
    for row in rows_of(sheet):
        yield from row


def validations_over(book: Book, place: Place) -> Iterator[Any]:
    """Yield the validations whose areas have a cell in them."""
    for rule in book.formulas[place.sheet].data_validations.dataValidation:
        if any(
            area.min_row <= place.row <= area.max_row
            and area.min_col <= place.column <= area.max_col
            for area in rule.sqref.ranges
        ):
            yield rule


def content_of(cell: Any) -> Any:
    """Give a cell's content; an array formula's text."""
    return getattr(cell.value, "text", cell.value)


def formula_of(cell: Any) -> str:
    """Give a cell's formula with its `=`; "" if it has none."""
    if cell.data_type != "f":
        return ""
    return str(content_of(cell) or "")


def words_of(cell: Any) -> str:
    """Give a cell's text without blanks around it; "" if it holds anything else."""
    return cell.value.strip() if isinstance(cell.value, str) and cell.data_type != "f" else ""
