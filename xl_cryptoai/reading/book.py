"""An opened workbook as the rules look at it: cells by place, formulas, words and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial, wraps
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.xlsx import Cell, DefinedName, Place, Sheet, Workbook, open_workbook
from xl_cryptoai.xlsx.cells import CellsByRow, CellValue
from xl_cryptoai.xlsx.dates import date_of, is_date_format
from xl_cryptoai.xlsx.references import Area, name_key, parse_place
from xl_cryptoai.xlsx.rules import Validation

if TYPE_CHECKING:
    from xl_cryptoai.formulas.cells import Block
    from xl_cryptoai.formulas.evaluate import Evaluator
    from xl_cryptoai.formulas.graph import Graph
    from xl_cryptoai.formulas.relative import Form

__all__ = [
    "TECHNICAL_SHEETS",
    "Book",
    "Place",
    "cells_of",
    "formula_of",
    "in_words",
    "last_of",
    "once_a_book",
    "open_book",
    "read_small_parts",
    "rows_of",
    "validations_over",
    "words_by_row",
    "words_of",
]

T = TypeVar("T")

_ON_THIS_MACHINE = r"((file:///)?([a-z]:|/Users/).*[/\\])?"
"""Where Excel links to an add-in: without a folder in XLSTART, else on a disk of this machine."""

TECHNICAL_SHEETS = ("xlwings.conf", "_xlwings.conf")
"""Sheets for programs, not for people."""

_place = partial(tuple.__new__, Place)
"""A place of a sheet, row and column; three times as fast as `Place` where millions are made."""

LARGEST = 10_000
"""Cells of an area that are looked at one by one, blanks too."""


class Book:
    """An opened workbook.

    Attributes
    ----------
    file : Workbook
        The workbook as its file holds it.
    found : dict
        What has been found in it so far; see `once_a_book`.
    """

    def __init__(
        self,
        file: Workbook,
        model: Model | None = None,
        or_else: Callable[[], Model] | None = None,
    ) -> None:
        self.file, self._given, self._or_else = file, model, or_else
        self.found: dict[Callable[[Book], Any], Any] = {}

    @cached_property
    def model(self) -> Model:
        """The model that it is read by; see `origin.model_of_book`, which may refuse it."""
        from xl_cryptoai.reading.origin import model_of_book  # it reads books

        return model_of_book(self, self._given, self._or_else)

    @property
    def path(self) -> Path:
        """Where it was read from."""
        return self.file.path

    @cached_property
    def worksheets(self) -> dict[str, Sheet]:
        """The worksheets by name, in order."""
        return {sheet.title: sheet for sheet in self.file.worksheets}

    @cached_property
    def sheet_names(self) -> list[str]:
        """Names of all worksheets, in order."""
        return list(self.worksheets)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets for people that show."""
        return [
            sheet
            for title, sheet in self.worksheets.items()
            if title not in TECHNICAL_SHEETS and sheet.state == "visible"
        ]

    @cached_property
    def cells(self) -> dict[str, CellsByRow]:
        """The cells that the file holds, by sheet and then by row and column."""
        return {title: sheet.cells for title, sheet in self.worksheets.items()}

    def cell(self, place: Place) -> Cell | None:
        """A cell; None if the file does not hold it."""
        cells = self.cells.get(place.sheet)
        return None if cells is None else cells.get(place[1:])

    def content(self, place: Place) -> Any:
        """What was typed into a cell: a value, or a formula as text that begins with `=`."""
        return formula_of(self.cell(place)) or self.stored(place)

    def stored(self, place: Place) -> Any:
        """A cell's value as stored, None if nothing is; a number shown as a date is a date."""
        cell = self.cell(place)
        if cell is None:
            return None
        value = cell.value
        if isinstance(value, float) and cell.style in self._dates:
            code = self._dates[cell.style]
            return date_of(value, code, date_1904=self.file.date_1904)
        return value

    def value(self, place: Place) -> CellValue:
        """A cell's value as formulas see it: a date is a number."""
        cell = self.cell(place)
        return None if cell is None else cell.value

    @cached_property
    def _dates(self) -> dict[int, str]:
        """Number formats that show dates, by the number of the cells' format."""
        codes = enumerate(style.number_format for style in self.file.styles)
        return {number: code for number, code in codes if is_date_format(code)}

    @cached_property
    def formula_cells(self) -> dict[Place, str]:
        """Every formula by its cell, sheets for programs apart."""
        return {
            place: text
            for title, sheet in self.worksheets.items()
            if title not in TECHNICAL_SHEETS
            for place, cell in cells_of(sheet)
            if (text := formula_of(cell))
        }

    @cached_property
    def graph(self) -> Graph:
        """What depends on what."""
        from xl_cryptoai.formulas.graph import Graph  # late: not every command asks

        return Graph(self.file)

    @cached_property
    def evaluator(self) -> Evaluator:
        """Evaluates formulas from the stored values; it knows our own functions."""
        from xl_cryptoai.formulas.evaluate import Evaluator  # late: few commands evaluate
        from xl_cryptoai.functions import functions_of

        own = functions_of(self.model)
        return Evaluator.of(self.graph, own, date_1904=self.file.date_1904)

    def tried(self, place: Place, values: Mapping[Place, Any]) -> Any:
        """Value of the formula in a cell if other values stood in some cells; None without one."""
        form = self.form(place)
        return None if form is None else self.evaluator.instead(values).value(form, *place)

    def form(self, place: Place) -> Form | None:
        """Relative form of the formula in a cell; None if it has none of its own."""
        return self.graph.form(place)

    @cached_property
    def blocks(self) -> list[Block]:
        """Formulas as blocks that are filled on, sheets for programs apart."""
        return [one for one in self.graph.blocks if one.area.sheet not in TECHNICAL_SHEETS]

    def meant(self, place: Place) -> Iterator[Place]:
        """Go over the cells that the formula in a cell refers to, of large areas those in use."""
        for area in self.graph.references(place).areas:
            if area.size > LARGEST:
                yield from self.graph.cells(area)
            else:
                cells = Area(*area[1:]).cells()
                yield from (Place(area.sheet, row, column) for row, column in cells)

    def order(self, place: Place) -> tuple[int, int, int]:
        """Where a cell stands in the order of sheets, rows and columns."""
        return self.sheet_names.index(place.sheet), place.row, place.column

    @cached_property
    def texts(self) -> dict[str, dict[int, dict[int, str]]]:
        """The stored texts of each sheet by row and column, without blanks around them."""
        found: dict[str, dict[int, dict[int, str]]] = {}
        for title, cells in self.cells.items():
            rows = found[title] = {}
            for row, (columns, held) in cells.rows.items():
                texts = {
                    column: text
                    for column, cell in zip(columns, held, strict=True)
                    if type(cell.value) is str and (text := cell.value.strip())
                }
                if texts:
                    rows[row] = texts
        return found

    def all_texts(self) -> Iterator[str]:
        """Go over the texts of all sheets."""
        return (
            text for rows in self.texts.values() for row in rows.values() for text in row.values()
        )

    def words_at(self, place: Place) -> str:
        """A cell's text without blanks around it; "" if it holds anything else."""
        return words_of(self.cell(place))

    @cached_property
    def names(self) -> tuple[DefinedName, ...]:
        """The names that people have defined: not those that programs keep for themselves."""
        return tuple(
            one
            for one in self.file.names
            if not one.built_in and not (one.hidden and one.name.lower().startswith("_xl"))
        )

    @cached_property
    def add_in_links(self) -> frozenset[int]:
        """The numbers of the links to our add-in, whose functions stand behind them."""
        from xl_cryptoai.functions.entry import ADD_IN  # late: few workbooks have links

        ours = re.compile(_ON_THIS_MACHINE + re.escape(ADD_IN), re.IGNORECASE)
        links = self.file.external_links.items()
        return frozenset(number for number, link in links if ours.fullmatch(link.target))

    def is_of_add_in(self, number: str, name: str) -> bool:
        """Whether a name behind the link with a number, as in [1]!CAI_TAM, is our function."""
        if not self.add_in_links:
            return False
        from xl_cryptoai.functions import functions_of  # late: few workbooks have links

        ours = number.isdigit() and int(number) in self.add_in_links
        return ours and name in functions_of(self.model)

    @cached_property
    def _global_names(self) -> dict[str, str]:
        return {name_key(one.name): one.text for one in self.file.names if one.sheet is None}

    def name(self, name: str) -> str:
        """What a name of the workbook stands for, as stored; "" if there is no such name."""
        return self._global_names.get(name_key(name), "")

    def target(self, name: str) -> Place | None:
        """The one used cell that a name points to; None for anything else."""
        place = parse_place(self.name(name).removeprefix("="), "")
        return place if place is not None and self.cell(place) is not None else None


def open_book(
    path: Path,
    content: bytes | None = None,
    model: Model | None = None,
    or_else: Callable[[], Model] | None = None,
) -> Book:
    """Open a workbook for reading, without following its links; see `open_workbook`.

    Parameters
    ----------
    path, content
        As for `open_workbook`.
    model : Model, optional
        The model that it must be of; by default the one that it carries, else the shipped one.
    or_else : callable, optional
        Returns the model that may stand in for one that a program has dropped.

    Raises
    ------
    FileRefusedError
        If it is no workbook, is damaged, or is larger than it may be. A part that is read later
        can still be refused then, and so can the model.
    """
    return Book(open_workbook(path, content), model, or_else)


def one_model(books: Sequence[Book]) -> Model:
    """Return the model of several workbooks, or refuse workbooks of different models."""
    first = books[0]
    for other in books[1:]:
        if other.model.text != first.model.text:
            raise FileRefusedError(
                f"{other.path} is of another model than {first.path} ({other.model.name}, "
                f"{first.model.name}); compare and merge workbooks of one model"
            )
    return first.model


def once_a_book(function: Callable[[Book], T]) -> Callable[[Book], T]:
    """Keep what a function finds in a workbook; who asks again must not change it.

    The book itself keeps it: what is found often refers to the book, and both go together.
    """

    @wraps(function)
    def kept(book: Book) -> T:
        if kept not in book.found:
            book.found[kept] = function(book)
        found: T = book.found[kept]
        return found

    return kept


def read_small_parts(*books: Book) -> None:
    """Read tables, notes and charts now: a damaged one is then refused before the long work."""
    for book in books:
        for sheet in book.worksheets.values():
            for read in ("tables", "notes", "charts"):
                getattr(sheet, read)


def rows_of(sheet: Sheet) -> Iterator[list[tuple[Place, Cell]]]:
    """Go over the rows of cells that a sheet's file holds."""
    title = sheet.title
    for row, (columns, cells) in sheet.cells.rows.items():
        places = map(_place, zip(repeat(title), repeat(row), columns))
        yield list(zip(places, cells, strict=True))


def cells_of(sheet: Sheet) -> Iterator[tuple[Place, Cell]]:
    """Go over the cells that a sheet's file holds, row by row."""
    return chain.from_iterable(rows_of(sheet))


def words_by_row(sheet: Sheet) -> Iterator[tuple[int, dict[int, str]]]:
    """Go over the rows that have cells: number, and by column what `words_of` finds in them."""
    for row, (columns, cells) in sheet.cells.rows.items():
        words = {
            column: text
            for column, cell in zip(columns, cells, strict=True)
            if type(cell.value) is str and cell.formula is None and (text := cell.value.strip())
        }
        yield row, words


def last_of(sheet: Sheet) -> tuple[int, int]:
    """The last row and column in which the file holds a cell; at least 1."""
    rows = sheet.cells.rows
    last_columns = (columns[-1] for columns, _ in rows.values())
    return max(rows, default=1), max(last_columns, default=1)


def validations_over(book: Book, place: Place) -> Iterator[Validation]:
    """Yield the validations whose areas have a cell in them."""
    for rule in book.worksheets[place.sheet].validations:
        if rule.covers(place.row, place.column):
            yield rule


def formula_of(cell: Cell | None) -> str:
    """A cell's formula with its `=`; "" if it has none."""
    return cell.formula.text if cell is not None and cell.formula is not None else ""


def words_of(cell: Cell | None) -> str:
    """A cell's text without blanks around it; "" if it holds anything else."""
    if cell is None or cell.formula is not None or not isinstance(cell.value, str):
        return ""
    return cell.value.strip()


def in_words(content: Any) -> str:
    """A content as a person would type it.

    >>> in_words(33.0), in_words("pert"), in_words(None)
    ('33', 'pert', '')
    """
    if isinstance(content, float):
        return f"{content:.15g}"
    return "" if content is None else str(content)
