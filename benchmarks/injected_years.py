"""Injected errors on sheet By year: in its time axis, its revenue and the chain behind it."""

from __future__ import annotations

import random
import re
from typing import Any

from openpyxl.utils import get_column_letter

from benchmarks.injected import REFERENCE, Injected, put, text_of

SHEET = "By year"
HEADER_ROW, FIRST_COLUMN = 5, 5
RULES = {"one_formula_a_row", "shape", "link_target", "short_range", "circularity"}
ROW_RULES = {"year_formula", "shape", "stored_values", "checks_pass", "link_target"}


def year_typed_over(book: Any, rng: random.Random) -> Injected:
    """Type a number over a year of a row."""
    return Injected({put(_year(book, rng), round(10 ** rng.uniform(3, 10)))}, RULES)


def year_header_typed(book: Any, rng: random.Random) -> Injected:
    """Type a year over the time axis."""
    cell = rng.choice([c for c in _row(book, HEADER_ROW) if text_of(c)])
    return Injected({put(cell, rng.randint(2020, 2040))}, RULES)


def year_shifted(book: Any, rng: random.Random) -> Injected:
    """Let one year refer to the one beside it, or to the row above or below."""
    while True:
        cell = _year(book, rng)
        found = [m for m in REFERENCE.finditer(text_of(cell)) if "$" not in m[0]]
        if not found:
            continue
        match, (rows, columns) = rng.choice(found), rng.choice([(1, 0), (-1, 0), (0, 1)])
        letters = get_column_letter(cell.parent[f"{match[1]}1"].column + columns)
        text = text_of(cell)
        text = f"{text[: match.start()]}{letters}{int(match[2]) + rows}{text[match.end() :]}"
        return Injected({put(cell, text)}, RULES)


def year_of_other_row(book: Any, rng: random.Random) -> Injected:
    """Let a whole row of revenue repeat the result of the row below: its years are alike."""
    cells = rng.choice(_rows(book, r"=[A-Z]+\d+"))
    return Injected({put(c, REFERENCE.sub(_below, text_of(c), count=1)) for c in cells}, ROW_RULES)


def chain_operator(book: Any, rng: random.Random) -> Injected:
    """Add instead of multiplying, in all years of a row of the chain."""
    cells = rng.choice(_rows(book, r".*[A-Z]\d+\*"))
    changed = {put(c, re.sub(r"(?<=\d)\*", "+", text_of(c), count=1)) for c in cells}
    return Injected(changed, ROW_RULES)


def _below(match: re.Match[str]) -> str:
    return f"{match[1]}{int(match[2]) + 1}"


def _row(book: Any, number: int) -> list[Any]:
    """List the years' cells of a row."""
    sheet = book[SHEET]
    last = max(c.column for c in sheet[HEADER_ROW] if text_of(c))
    return list(sheet[number][FIRST_COLUMN - 1 : last])


def _rows(book: Any, formula: str = "=") -> list[list[Any]]:
    """List the rows of years with formulas that begin so; arrays that one formula fills apart."""
    sheet = book[SHEET]
    found = []
    for number in range(HEADER_ROW + 1, sheet.max_row + 1):
        cells = _row(book, number)
        if all(isinstance(c.value, str) and re.match(formula, c.value) for c in cells):
            found.append(cells)
    return found


def _year(book: Any, rng: random.Random) -> Any:
    return rng.choice(rng.choice(_rows(book)))
