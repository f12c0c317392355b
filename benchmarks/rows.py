"""Inserts and deletes rows as a spreadsheet does: references, names and rules move along."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.worksheet.formula import ArrayFormula

_CELL = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")


def insert_row(book: Any, sheet: str, at: int) -> None:
    """Insert a blank row."""
    _move(book, sheet, lambda row: row + 1 if row >= at else row)
    book[sheet].insert_rows(at)
    _move_links(book[sheet], lambda row: row + 1 if row >= at else row)


def delete_row(book: Any, sheet: str, at: int) -> None:
    """Delete a row; what referred to it becomes #REF!."""
    _move(book, sheet, lambda row: 0 if row == at else row - 1 if row > at else row)
    book[sheet].delete_rows(at)
    _move_links(book[sheet], lambda row: row - 1 if row > at else row)


def _move(book: Any, sheet: str, to: Callable[[int], int]) -> None:
    for one in book.worksheets:
        for row in one.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, ArrayFormula):
                    ref = value.ref
                    if one.title == sheet:
                        ref = _CELL.sub(lambda m: f"{m[1]}{to(int(m[2])) or 1}", ref)
                    cell.value = ArrayFormula(ref, _moved(value.text, one.title, sheet, to))
                elif cell.data_type == "f":
                    cell.value = _moved(str(value), one.title, sheet, to)
    for name in book.defined_names.values():
        if name.attr_text:
            name.attr_text = _moved("=" + name.attr_text, "", sheet, to)[1:]
    for rule in book[sheet].data_validations.dataValidation:
        rule.sqref = type(rule.sqref)(
            _CELL.sub(lambda m: f"{m[1]}{to(int(m[2])) or 1}", str(rule.sqref))
        )
        for end in ("formula1", "formula2"):
            text = getattr(rule, end)
            if text and not text.startswith('"'):
                setattr(rule, end, _moved("=" + text, sheet, sheet, to)[1:])


def _moved(formula: str, own: str, sheet: str, to: Callable[[int], int]) -> str:
    tokens = Tokenizer(formula).items
    words = []
    for token in tokens:
        text = token.value
        if token.type == "OPERAND" and token.subtype == "RANGE":
            title, mark, area = text.rpartition("!")
            if (title.strip("'") or own) == sheet and _CELL.search(area):
                text = title + mark + _area(area, to)
        words.append(text)
    return "=" + "".join(words)


def _area(area: str, to: Callable[[int], int]) -> str:
    ends = area.split(":")
    rows = [to(int(m[2])) if (m := _CELL.fullmatch(end)) else -1 for end in ends]
    if -1 in rows:
        return area
    if not all(rows):
        if len(ends) == 1 or not any(rows):
            return "#REF!"
        rows = [rows[0] or int(_digits(ends[0])), rows[1] or int(_digits(ends[1])) - 1]
    return ":".join(re.sub(r"\d+$", str(row), end) for end, row in zip(ends, rows, strict=True))


def _digits(end: str) -> str:
    return re.sub(r"\D", "", end)


def _move_links(sheet: Any, to: Callable[[int], int]) -> None:
    """Keep links at their cells: openpyxl leaves them behind."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
    del to
