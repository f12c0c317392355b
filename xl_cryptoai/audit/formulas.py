"""Takes formulas apart: their tokens, the cells they refer to, their form free of their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import column_index_from_string

_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})")
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)")

Area = tuple[str, int, int, int, int]
"""Sheet, first row, first column, last row, last column."""


class Piece(NamedTuple):
    """A token of a formula: what it says, its type and its subtype, in openpyxl's words."""

    text: str
    type: str
    subtype: str

    @property
    def is_function(self) -> bool:
        """Whether a function opens here."""
        return self.type == Token.FUNC and self.subtype == Token.OPEN

    @property
    def is_reference(self) -> bool:
        """Whether it is a reference to cells or a name."""
        return self.type == Token.OPERAND and self.subtype == Token.RANGE

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.type == Token.OPERAND and self.subtype == Token.NUMBER

    @property
    def is_text(self) -> bool:
        """Whether it is a quoted text."""
        return self.type == Token.OPERAND and self.subtype == Token.TEXT


@lru_cache(maxsize=100_000)
def pieces_of(formula: str) -> tuple[Piece, ...]:
    """Take a formula apart; blanks are left out. Nothing is left of what no spreadsheet takes."""
    try:
        tokens = Tokenizer(formula).items
    except (TokenizerError, IndexError):
        return ()
    return tuple(
        Piece(token.value, token.type, token.subtype)
        for token in tokens
        if token.type != Token.WSPACE
    )


@lru_cache(maxsize=100_000)
def functions_in(formula: str) -> tuple[str, ...]:
    """List the functions that a formula calls, in capitals and without Excel's prefixes."""
    written = (piece.text.rstrip("(").upper() for piece in pieces_of(formula) if piece.is_function)
    return tuple(name.removeprefix("_XLFN.").removeprefix("_XLWS.") for name in written)


@lru_cache(maxsize=100_000)
def references_in(formula: str) -> tuple[str, ...]:
    """List what a formula refers to, cells, areas and names, as they are written."""
    return tuple(piece.text for piece in pieces_of(formula) if piece.is_reference)


def names_in(formula: str) -> set[str]:
    """Give what a formula refers to by name, or by anything else that is no cell."""
    return {
        reference
        for reference in references_in(formula)
        if area_of(reference) is None and split_sheet(reference)[0] is None
    }


def areas_in(formula: str, sheet: str) -> Iterator[Area]:
    """List the areas of cells that a formula on a sheet refers to."""
    for reference in references_in(formula):
        if (area := area_of(reference)) is not None:
            yield area if area[0] else (sheet, *area[1:])


@lru_cache(maxsize=100_000)
def area_of(reference: str) -> Area | None:
    """Give the area of cells that a reference means, its sheet "" if it names none.

    None if it is a name, or anything else that is no area.

    >>> area_of("Forecast!$E$8"), area_of("B9:A7"), area_of("total")
    (('Forecast', 8, 5, 8, 5), ('', 7, 1, 9, 2), None)
    """
    sheet, area = split_sheet(reference)
    if not _is_area(area):
        return None
    ends = [_CELL.fullmatch(end) for end in area.split(":")]
    rows = [int(end[4]) for end in ends if end]
    columns = [column_index_from_string(end[2]) for end in ends if end]
    return sheet or "", min(rows), min(columns), max(rows), max(columns)


@lru_cache(maxsize=20_000)
def relative(formula: str, row: int, column: int) -> str:
    """Write a formula with its references counted from its own cell: equal formulas look equal.

    >>> relative("=E8*Assumptions!$E$13", 9, 5), relative("=F8*Assumptions!$E$13", 9, 6)
    ('=R[-1]C[0]*Assumptions!R13C5', '=R[-1]C[0]*Assumptions!R13C5')
    """

    def shifted(match: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits = match.groups()
        number = column_index_from_string(letters)
        to_row = f"R{digits}" if fixed_row else f"R[{int(digits) - row}]"
        return to_row + (f"C{number}" if fixed_column else f"C[{number - column}]")

    written = []
    for piece in pieces_of(formula):
        if piece.is_reference and area_of(piece.text) is not None:
            prefix, mark, area = piece.text.rpartition("!")
            written.append(prefix + mark + _CELL.sub(shifted, area))
        else:
            written.append(piece.text)
    return "=" + "".join(written)


def split_sheet(reference: str) -> tuple[str | None, str]:
    """Part a reference into its sheet, None if it names none, and the rest.

    >>> split_sheet("'Change log'!A1"), split_sheet("E7:H7")
    (('Change log', 'A1'), (None, 'E7:H7'))
    """
    match = _SHEET.fullmatch(reference)
    if match is None:
        return None, reference
    return (match[1] or match[2]).replace("''", "'"), match[3]


def _is_area(text: str) -> bool:
    ends = text.split(":")
    return len(ends) <= 2 and all(_CELL.fullmatch(end) for end in ends)
