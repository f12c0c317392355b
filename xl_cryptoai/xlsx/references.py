"""Cells, areas and references as text: letters of columns, areas, and formulas moved elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
"""The last row and column of a sheet in Excel."""

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_ROW = r"\$?[1-9][0-9]{0,6}"
_NO_MORE = r"(?![\w.\\?($!])"
"""What follows a reference is no further letter of a name, no call and no sheet's mark."""

_POSITION = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_AREA = re.compile(
    rf"({_CELL})(?::({_CELL}))?|({_COLUMN}):({_COLUMN})|({_ROW}):({_ROW})",
)
_TOKEN = re.compile(
    # what is not closed goes to the end: a search that fails would begin anew at every sign
    r'"(?:[^"]|"")*(?:"|\Z)'  # a text
    r"|'(?:[^']|'')*(?:'|\Z)"  # a sheet's name
    # a table's column, or the number of a file; in it, an apostrophe escapes the next sign
    r"|\[(?:[^\[\]']|'.?|\[(?:[^\[\]']|'.?)*\]?)*(?:\]|\Z)"
    rf"|(?P<columns>{_COLUMN}:{_COLUMN}){_NO_MORE}"
    rf"|(?P<rows>{_ROW}:{_ROW}){_NO_MORE}"
    rf"|(?P<cells>{_CELL}(?::{_CELL})?){_NO_MORE}"
    r"|[\w.\\?$]+",  # a name, a function, a number
    re.DOTALL,
)
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)")
_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")


class Area(NamedTuple):
    """A rectangle of cells; all four sides belong to it, and the first row and column are 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        if self.whole_columns:
            return f"{column_letters(self.left)}:{column_letters(self.right)}"
        if self.whole_rows:
            return f"{self.top}:{self.bottom}"
        first = cell_name(self.top, self.left)
        return first if self.single else f"{first}:{cell_name(self.bottom, self.right)}"

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell lies in the area."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    @property
    def single(self) -> bool:
        """Whether the area is one cell."""
        return self.top == self.bottom and self.left == self.right

    @property
    def whole_columns(self) -> bool:
        """Whether the area goes from the first row to the last."""
        return self.top == 1 and self.bottom == MAX_ROW

    @property
    def whole_rows(self) -> bool:
        """Whether the area goes from the first column to the last."""
        return self.left == 1 and self.right == MAX_COLUMN

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def cells(self) -> Iterator[tuple[int, int]]:
        """Row and column of each cell, row by row."""
        columns = range(self.left, self.right + 1)
        return ((row, column) for row in range(self.top, self.bottom + 1) for column in columns)


def whole_rows(first: int, last: int) -> Area:
    """Area of whole rows.

    >>> str(whole_rows(5, 7)), str(whole_columns(1, 2))
    ('5:7', 'A:B')
    """
    return Area(first, 1, last, MAX_COLUMN)


def whole_columns(first: int, last: int) -> Area:
    """Area of whole columns."""
    return Area(1, first, MAX_ROW, last)


class Place(NamedTuple):
    """One cell of one sheet; `str` writes it as a person would."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{cell_name(self.row, self.column)}"


def name_key(name: str) -> str:
    """Key under which a sheet, a defined name, a table or a column is known, whatever its case.

    >>> name_key("Inputs") == name_key("INPUTS"), name_key("Straße") == name_key("STRASSE")
    (True, False)
    """
    return name.lower()


@cache
def column_number(letters: str) -> int:
    """Number of a column; A is 1.

    >>> column_number("A"), column_number("xfd")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """Letters of a column; 1 is A.

    >>> column_letters(1), column_letters(16384)
    ('A', 'XFD')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Name of a cell.

    >>> cell_name(7, 28)
    'AB7'
    """
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int] | None:
    """Row and column of a cell by its name; None if there is no such cell.

    >>> parse_cell("$AB$7"), parse_cell("A0"), parse_cell("XFE1")
    ((7, 28), None, None)
    """
    match = _POSITION.fullmatch(text)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if row <= MAX_ROW and column <= MAX_COLUMN else None


def parse_area(text: str) -> Area | None:
    """Area by its text, without a sheet; None if it is none.

    >>> parse_area("B2"), parse_area("$C$3:A1"), str(parse_area("B:A"))
    (Area(top=2, left=2, bottom=2, right=2), Area(top=1, left=1, bottom=3, right=3), 'A:B')
    """
    match = _AREA.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        first, last = parse_cell(match[1]), parse_cell(match[2] or match[1])
        if first is None or last is None:
            return None
        rows, columns = sorted((first[0], last[0])), sorted((first[1], last[1]))
    elif match[3]:
        rows = [1, MAX_ROW]
        columns = sorted(column_number(match[n].lstrip("$")) for n in (3, 4))
    else:
        rows = sorted(int(match[n].lstrip("$")) for n in (5, 6))
        columns = [1, MAX_COLUMN]
    if rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
        return None
    return Area(rows[0], columns[0], rows[1], columns[1])


def parse_areas(text: str) -> tuple[Area, ...]:
    """Areas with blanks between them, as rules and protections name them; others are left out.

    >>> [str(area) for area in parse_areas("A1:B2 D4")]
    ['A1:B2', 'D4']
    """
    return tuple(area for word in text.split() if (area := parse_area(word)) is not None)


def split_sheet(reference: str) -> tuple[str | None, str]:
    """Part a reference into its sheet, None if it names none, and the rest.

    >>> split_sheet("'Change log'!A1"), split_sheet("E7:H7")
    (('Change log', 'A1'), (None, 'E7:H7'))
    """
    match = _SHEET.fullmatch(reference)
    if match is None:
        return None, reference
    return (match[1] or match[2]).replace("''", "'"), match[3]


def parse_place(reference: str, sheet: str) -> Place | None:
    """The one cell that a text on a sheet names, such as that of a link; None for other texts."""
    other, cell = split_sheet(reference)
    at = parse_cell(cell)
    return None if at is None else Place(other or sheet, *at)


def shift_formula(formula: str, rows: int, columns: int) -> str:
    r"""Formula as it reads when it is copied to another cell.

    References without a `$` move along; texts, names, sheets and table columns stay. What would
    lie outside the sheet becomes `#REF!`.

    Parameters
    ----------
    formula : str
        With or without its `=`.
    rows, columns : int
        How far down and to the right it is copied.

    >>> shift_formula("=SUM(A1:$B2)&'A1'!C3&\"A1\"", 1, 1)
    '=SUM(B2:$B3)&\'A1\'!D4&"A1"'
    """
    if not (rows or columns):
        return formula

    def moved(match: re.Match[str]) -> str:
        if match.lastgroup is None:
            return match[0]
        parts = [_shift(part, rows, columns) for part in match[0].split(":")]
        return "#REF!" if None in parts else ":".join(part for part in parts if part)

    return _TOKEN.sub(moved, formula)


def _shift(part: str, rows: int, columns: int) -> str | None:
    """Move one corner of a reference; None if it falls off the sheet."""
    match = _PART.fullmatch(part)
    assert match is not None  # the pattern of a token is stricter
    dollar, letters, second, digits = match.groups()
    if not letters:  # of a row alone, the first pattern takes the dollar
        second, dollar = dollar, ""
    column = column_number(letters) if letters else 0
    row = int(digits) if digits else 0
    if column > MAX_COLUMN or row > MAX_ROW:  # a name that looks like a cell, such as TAXES2030
        return part
    if letters and not dollar:
        column += columns
        letters = column_letters(column)
    if digits and not second:
        row += rows
        digits = str(row)
    inside = (not letters or 1 <= column <= MAX_COLUMN) and (not digits or 1 <= row <= MAX_ROW)
    return f"{dollar}{letters}{second}{digits}" if inside and (letters or digits) else None
