"""Writes a page of sentences, tables and a picture onto a fresh sheet of an open workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

from xl_cryptoai import __version__
from xl_cryptoai.reading.book import Place
from xl_cryptoai.reading.own_reports import MARK_ROW, REPORT_MARK
from xl_cryptoai.reports.parts import time_of_run
from xl_cryptoai.reports.pixels import png, size_of
from xl_cryptoai.reports.plain import visible
from xl_cryptoai.xlsx.references import cell_name
from xl_cryptoai_windows.macros.excel import RIGHT, TOP, align

LONGEST_NAME, LONGEST_TEXT, LONGEST_IN_FORMULA = 31, 32_000, 250
"""Characters of a sheet's name, of a cell's text and of a text inside a formula."""

POINTS = 0.75
"""For each pixel of a picture."""
WIDEST = 60
"""Characters of a column; longer texts are broken into lines."""
LINK_COLOUR, HEAD_COLOUR = (5, 99, 193), (221, 227, 234)
_ROW_HEIGHT = 15
"""Points of a row, as a new sheet has them."""
_FIGURE = 14
"""Characters that a figure with its format may take."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to another one of the same workbook."""

    place: Place
    words: str

    @property
    def formula(self) -> str:
        """The formula that shows the words and leads there.

        >>> print(Link(Place("Q1 'a'", 2, 3), "here").formula)
        =HYPERLINK("#'Q1 ''a'''!C2","here")
        """
        sheet = self.place.sheet.replace("'", "''")
        target = f"#'{sheet}'!{cell_name(self.place.row, self.place.column)}"
        words = visible(self.words)
        if len(words) > LONGEST_IN_FORMULA:
            words = f"{words[: LONGEST_IN_FORMULA - 4]} ..."
        return "=HYPERLINK({},{})".format(*(f'"{_doubled(one)}"' for one in (target, words)))


Content = str | float | Link | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page.

    Attributes
    ----------
    headers, rows : sequence of texts, sequence of rows
        What stands in its cells.
    formats : mapping of int to str
        Number formats by column, counted from 0.
    cell_formats : mapping of (int, int) to str
        Number formats of single cells, by row and column of `rows`.
    right : sequence of int
        Columns of texts that are aligned to the right; figures always are.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[Content]]
    formats: Mapping[int, str] = field(default_factory=dict)
    cell_formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    right: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page, as SVG."""

    svg: str


Part = str | Table | Picture


def as_typed(content: Content) -> Any:
    """Write a content as a person would type it: a text begins with an apostrophe.

    Otherwise Excel takes a text for what it looks like: a formula, a number, a date.
    """
    text = content.words if isinstance(content, Link) else content
    if isinstance(text, str):
        return f"'{visible(text, lines=True)[:LONGEST_TEXT]}" if text else None
    return text


def free_name(book: Any, wanted: str) -> str:
    """Return a name that no sheet has: the wanted one, or with a number behind it."""
    taken = {sheet.name.lower() for sheet in book.sheets}
    for number in count(1):
        tail = f" {number}" if number > 1 else ""
        name = wanted[: LONGEST_NAME - len(tail)] + tail
        if name.lower() not in taken:
            return name
    raise AssertionError("numbers do not end")


def write_page(book: Any, name: str, title: str, parts: Sequence[Part]) -> Any:
    """Write a page onto a fresh sheet behind all others, and return that sheet.

    Parameters
    ----------
    book : xlwings.Book
        The analyst's workbook; nothing that is there changes.
    name, title : str
        What to call the sheet, and what is on top of it.
    parts : sequence of str, Table or Picture
        From the top down; pictures stand below everything else.
    """
    sheet = book.sheets.add(free_name(book, name), after=_last_shown(book))
    # first, for rows get their height from the texts that are broken into lines
    for column, width in enumerate(_widths(parts), start=1):
        sheet.range((1, column)).column_width = min(width, WIDEST) + 2
    head = sheet.range((1, 1))
    head.value = as_typed(title)
    head.font.bold, head.font.size = True, 14
    mark = (
        f"{REPORT_MARK}{__version__}, {time_of_run()}; nothing in the workbook depends on this "
        "sheet."
    )
    row, after_table = MARK_ROW, False
    for part in (mark, *parts):
        if isinstance(part, Picture):
            continue
        row += after_table or isinstance(part, Table)  # a blank row
        if isinstance(part, str):
            sheet.range((row, 1)).value = as_typed(part)
            row += 1
        else:
            _write_table(sheet, row, part)
            row += len(part.rows) + 1
        after_table = isinstance(part, Table)
    sheet.autofit("rows")
    for part in parts:
        if isinstance(part, Picture):
            row += 1 + place_picture(sheet.range((row + 1, 1)), part.svg)
    return sheet


def _last_shown(book: Any) -> Any:
    """Return the last sheet that shows: to add one, xlwings moves the last, which must not hide.

    On Windows `visible` is Excel's number: -1, or 0 and 2 for sheets that do not show.
    """
    shown = [sheet for sheet in book.sheets if sheet.visible in (True, -1)]
    return shown[-1] if shown else None


def _widths(parts: Sequence[Part]) -> list[int]:
    """Return the longest content of each column in the tables of a page."""
    lines = [
        line for part in parts if isinstance(part, Table) for line in (part.headers, *part.rows)
    ]
    return [max(map(_width, column)) for column in zip_longest(*lines)]


def _write_table(sheet: Any, top: int, table: Table) -> None:
    wide, last = len(table.headers), top + len(table.rows)
    head = sheet.range((top, 1), (top, wide))
    head.value = [[as_typed(one) for one in table.headers]]
    head.font.bold, head.color = True, HEAD_COLOUR
    if not table.rows:
        return
    body = sheet.range((top + 1, 1), (last, wide))
    body.value = [[as_typed(one) for one in row] for row in table.rows]
    align(body, vertical=TOP)
    for column in range(wide):
        contents = [row[column] for row in table.rows]
        if column in table.right or any(isinstance(one, float) for one in contents):
            align(sheet.range((top, column + 1), (last, column + 1)), horizontal=RIGHT)
        _dress(sheet.range((top + 1, column + 1), (last, column + 1)), contents, table, column)
    for (row, column), code in table.cell_formats.items():
        sheet.range((top + 1 + row, column + 1)).number_format = code


def _dress(cells: Any, contents: Sequence[Content], table: Table, column: int) -> None:
    """Give a column of a table its links, its number format and its line breaks."""
    if any(isinstance(one, Link) for one in contents):
        cells.formula = [
            [one.formula if isinstance(one, Link) else as_typed(one)] for one in contents
        ]
        cells.font.color = LINK_COLOUR
    if column in table.formats:
        cells.number_format = table.formats[column]
    if max(map(_width, contents)) > WIDEST:
        cells.wrap_text = True


def _width(content: Content) -> int:
    if isinstance(content, (str, Link)):
        words = content if isinstance(content, str) else content.words
        return max(map(len, words.splitlines()), default=0)
    return 0 if content is None else _FIGURE


def place_picture(cell: Any, svg: str) -> int:
    """Place a picture at a cell, inside the workbook; return over how many rows it goes."""
    drawn = png(svg)
    width, height = (side * POINTS for side in size_of(drawn))
    with tempfile.TemporaryDirectory(prefix="xl-cryptoai-") as folder:
        file = Path(folder) / "picture.png"
        file.write_bytes(drawn)
        cell.sheet.pictures.add(str(file), anchor=cell, width=width, height=height)
    return int(height / _ROW_HEIGHT) + 1


def _doubled(text: str) -> str:
    return text.replace('"', '""')
