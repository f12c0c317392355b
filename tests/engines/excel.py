"""A stand-in for Excel behind the real xlwings, for tests of macros::

    excel = Excel()
    book = excel.open(path)
    excel.select("Segments", "E14")
    macros.trace(book)

xlwings' own classes (`Book`, `Sheet`, `Range`, ...) run as they are; below them stand these, in the
place of its Windows engine, which hold what is written in an openpyxl workbook. A saved copy is the
file that was opened: what a macro has written is not in it.

Texts must be written as a person types them, with an apostrophe: Excel takes any other text for
what it looks like, and here it is an error of the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import xlwings
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from xlwings import base_classes
from xlwings.constants import HAlign, VAlign


@dataclass
class Excel:
    """An Excel with its open workbooks, the last one active, and a person who answers.

    Attributes
    ----------
    messages : list of (str, str)
        What was shown, with its mode.
    answers : list
        What the person answers to each question, in order; False cancels.
    questions : list of dict
        What was asked.
    knows_formula2 : bool
        Whether it is Excel 365 or 2021.
    """

    messages: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    books: list[_Book] = field(default_factory=list)
    selection: _Range | None = None
    knows_formula2: bool = True

    def open(self, path: Path) -> xlwings.Book:
        """Open a workbook, with the first cell of its first sheet selected."""
        book = _Book(self, path)
        self.books.append(book)
        self.select(book.held.sheetnames[0], "A1")
        return xlwings.Book(impl=book)

    def select(self, sheet: str, cell: str) -> None:
        """Select a cell of the active workbook."""
        book = self.books[-1]
        at = book.held[sheet][cell]
        here = (at.row, at.column)
        self.selection = _Range(_Sheet(book, sheet), here, here)

    @property
    def held(self) -> openpyxl.Workbook:
        """What the active workbook holds by now."""
        return self.books[-1].held

    def values(self, sheet: str) -> list[tuple[Any, ...]]:
        """What the cells of a sheet hold: values, and formulas as text."""
        return list(self.held[sheet].iter_rows(values_only=True))

    def ask(self, **question: Any) -> Any:
        """Let the person answer."""
        self.questions.append(question)
        return self.answers.pop(0)


class _App(base_classes.App):
    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    @property
    def engine(self) -> Any:
        return SimpleNamespace(
            name="excel", type="desktop", prepare_xl_data_element=_prepared, impl=None
        )

    @property
    def api(self) -> Any:
        ask = self.excel.ask
        return SimpleNamespace(InputBox=ask, GetOpenFilename=ask, GetSaveAsFilename=ask)

    @property
    def pid(self) -> int:
        return 1

    @property
    def version(self) -> str:
        return "16.0"

    @property
    def books(self) -> Any:
        return _Books(self.excel)

    @property
    def selection(self) -> Any:
        return self.excel.selection

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: None) -> str:
        self.excel.messages.append((prompt, mode))
        return "ok"


def _prepared(value: Any, options: Any) -> Any:
    """Prepare a value as xlwings does on Windows."""
    return "" if value is None else value


class _Books(base_classes.Books):
    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    @property
    def active(self) -> Any:
        return self.excel.books[-1]

    def open(self, fullname: str, *_: Any, **__: Any) -> Any:
        return self.excel.open(Path(fullname)).impl

    @property
    def app(self) -> Any:
        return _App(self.excel)

    def __call__(self, name: str) -> Any:
        found = [book for book in self.excel.books if book.name == name]
        if not found:
            raise KeyError(name)
        return found[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.excel.books)

    def __len__(self) -> int:
        return len(self.excel.books)


class _Book(base_classes.Book):
    def __init__(self, excel: Excel, path: Path) -> None:
        self.excel, self.path = excel, path
        self.held = openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm")

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def fullname(self) -> str:
        return str(self.path)

    @property
    def app(self) -> Any:
        return _App(self.excel)

    @property
    def api(self) -> Any:
        return SimpleNamespace(SaveCopyAs=lambda target: shutil.copyfile(self.path, target))

    @property
    def sheets(self) -> Any:
        return _Sheets(self)

    @property
    def names(self) -> Any:
        return _Names([SimpleNamespace(name=name) for name in self.held.defined_names])


class _Names(base_classes.Names):
    def __init__(self, held: list[Any]) -> None:
        self.held = held

    def __len__(self) -> int:
        return len(self.held)

    def __call__(self, number: int) -> Any:
        return self.held[number - 1]

    def snapshot(self) -> list[tuple[str, Any]]:
        return [(one.name, one) for one in self.held]


class _Sheets(base_classes.Sheets):
    def __init__(self, book: _Book) -> None:
        self.book = book

    def __call__(self, number: int | str) -> Any:
        names = self.book.held.sheetnames
        return _Sheet(self.book, names[number - 1] if isinstance(number, int) else number)

    def __len__(self) -> int:
        return len(self.book.held.sheetnames)

    def __iter__(self) -> Iterator[Any]:
        return (_Sheet(self.book, name) for name in self.book.held.sheetnames)

    def add(self, before: Any = None, after: Any = None, name: str | None = None) -> Any:
        names = self.book.held.sheetnames
        at = names.index(after.name) + 1 if after else None
        # xlwings moves the last sheet then, and Excel moves no sheet that is very hidden
        assert at != len(names) or self.book.held[names[-1]].sheet_state != "veryHidden"
        made = self.book.held.create_sheet(name, at)
        assert made.title == name, f"{name} is no name for a sheet"
        return _Sheet(self.book, made.title)


class _Sheet(base_classes.Sheet):
    def __init__(self, book: _Book, name: str) -> None:
        self._book, self._name = book, name

    @property
    def name(self) -> str:
        return self._name

    @property
    def book(self) -> Any:
        return self._book

    @property
    def held(self) -> Any:
        return self._book.held[self._name]

    @property
    def visible(self) -> int:
        return {"visible": -1, "hidden": 0, "veryHidden": 2}[self.held.sheet_state]

    @property
    def pictures(self) -> Any:
        return _Pictures(self)

    def autofit(self, axis: str) -> None:
        assert axis == "rows"  # Excel's affair: nothing of it can be seen here

    def range(self, first: Any, last: Any = None) -> Any:
        ends = [one.first if isinstance(one, _Range) else one for one in (first, last or first)]
        return _Range(self, *ends)


class _Pictures(base_classes.Pictures):
    def __init__(self, sheet: _Sheet) -> None:
        self.sheet = sheet

    def add(self, filename: str, link_to_file: bool, save_with_document: bool, left: Any, top: Any,
            width: float, height: float, anchor: Any) -> Any:  # fmt: skip
        assert save_with_document and not link_to_file
        image = Image(BytesIO(Path(filename).read_bytes()))  # the file is removed
        image.width, image.height = width / 0.75, height / 0.75
        self.sheet.held.add_image(image, f"{get_column_letter(anchor.column)}{anchor.row}")
        return SimpleNamespace(name="Picture 1")


class _Range(base_classes.Range):
    max_cells_per_write = max_cells_per_read = None

    def __init__(self, sheet: _Sheet, first: tuple[int, int], last: tuple[int, int]) -> None:
        self._sheet, self.first, self.last = sheet, first, last

    @property
    def sheet(self) -> Any:
        return self._sheet

    @property
    def row(self) -> int:
        return self.first[0]

    @property
    def column(self) -> int:
        return self.first[1]

    @property
    def shape(self) -> tuple[int, int]:
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int) -> Any:
        at = (self.row + row - 1, self.column + column - 1)
        return _Range(self._sheet, at, at)

    @property
    def cells(self) -> list[Any]:
        area = self._sheet.held.iter_rows(self.first[0], self.last[0], self.first[1], self.last[1])
        return [cell for row in area for cell in row]

    @property
    def api(self) -> Any:
        return _Native(self)

    def _write(self, value: Any, *, formula: bool) -> None:
        rows = value if isinstance(value, list) else [[value] * self.shape[1]] * self.shape[0]
        assert (len(rows), len(rows[0])) == self.shape
        for cell, one in zip(self.cells, (one for row in rows for one in row), strict=True):
            cell.value = _taken(one, formula=formula)
            if isinstance(cell.value, str) and isinstance(one, str) and one.startswith("'"):
                cell.data_type = "s"

    raw_value = property(None, lambda self, value: self._write(value, formula=False))

    @property
    def formula(self) -> Any:
        held = [
            ["" if cell.value is None else str(cell.value) for cell in row]
            for row in self._sheet.held.iter_rows(
                self.first[0], self.last[0], self.first[1], self.last[1]
            )
        ]
        return held[0][0] if self.shape == (1, 1) else tuple(map(tuple, held))

    @formula.setter
    def formula(self, value: Any) -> None:
        self._write(value, formula=True)

    @property
    def formula2(self) -> Any:
        return self.formula

    @formula2.setter
    def formula2(self, value: Any) -> None:
        if not self._sheet.book.excel.knows_formula2:
            raise AttributeError("Property 'Range.Formula2' can not be set.")
        self._write(value, formula=True)

    @property
    def formula_array(self) -> Any:
        return self.formula

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        ends = (f"{get_column_letter(column)}{row}" for row, column in (self.first, self.last))
        self.cells[0].value = ArrayFormula(":".join(ends), value)

    @property
    def font(self) -> Any:
        return _Font(self)

    def _style(self, **looks: Any) -> None:
        for cell in self.cells:
            for name, look in looks.items():
                setattr(cell, name, look)

    color = property(
        None, lambda self, rgb: self._style(fill=PatternFill("solid", start_color=_hex(rgb)))
    )
    number_format = property(None, lambda self, code: self._style(number_format=code))
    wrap_text = property(None, lambda self, wrap: self.align(wrap_text=wrap))

    def align(self, **how: Any) -> None:
        for cell in self.cells:
            now = cell.alignment
            held = {name: getattr(now, name) for name in ("vertical", "horizontal", "wrap_text")}
            cell.alignment = Alignment(**{**held, **how})

    @property
    def column_width(self) -> float:
        return float(self._sheet.held.column_dimensions[get_column_letter(self.column)].width)

    @column_width.setter
    def column_width(self, width: float) -> None:
        self._sheet.held.column_dimensions[get_column_letter(self.column)].width = width

    @property
    def note(self) -> Any:
        comment = self.cells[0].comment
        return SimpleNamespace(text=comment.text) if comment else None


class _Native:
    """What Excel itself is asked for about cells."""

    def __init__(self, cells: _Range) -> None:
        object.__setattr__(self, "cells", cells)

    def AddComment(self, text: str) -> None:  # noqa: N802  # Excel's name
        self.cells.cells[0].comment = Comment(text, "")

    def __setattr__(self, name: str, value: Any) -> None:
        known = {
            ("VerticalAlignment", VAlign.xlVAlignTop): {"vertical": "top"},
            ("HorizontalAlignment", HAlign.xlHAlignRight): {"horizontal": "right"},
        }
        self.cells.align(**known[name, value])


class _Font(base_classes.Font):
    def __init__(self, cells: _Range) -> None:
        self.of = cells

    def _set(self, **looks: Any) -> None:
        for cell in self.of.cells:
            now = cell.font
            held = {"bold": now.bold, "size": now.size, "color": now.color, "name": now.name}
            cell.font = Font(**{**held, **looks})

    bold = property(None, lambda self, bold: self._set(bold=bold))
    size = property(None, lambda self, size: self._set(size=size))
    color = property(None, lambda self, rgb: self._set(color=_hex(rgb)))


def _hex(rgb: tuple[int, int, int]) -> str:
    return "".join(f"{part:02X}" for part in rgb)


def _taken(value: Any, *, formula: bool) -> Any:
    """What Excel makes of what is written."""
    if not isinstance(value, str) or value == "":
        return None if value == "" else value
    if value.startswith("'"):
        return value[1:]
    assert formula and value.startswith("="), f"Excel would take {value!r} for what it looks like"
    return value
