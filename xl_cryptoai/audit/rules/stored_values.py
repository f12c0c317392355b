"""Every formula cell carries its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit import simulated
from xl_cryptoai.audit.book import TECHNICAL_SHEETS, Book, Place
from xl_cryptoai.audit.formulas import areas_in
from xl_cryptoai.audit.inputs import judge
from xl_cryptoai.audit.labels import grid_of
from xl_cryptoai.audit.rules import uncertainty
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.rules.step_formulas import COLUMNS
from xl_cryptoai.audit.stored import cells_filled, stored_at
from xl_cryptoai.audit.values import MAIN, parse, sheet_parts
from xl_cryptoai.errors import EXCEL_ERRORS

_RISK_CALL = re.compile(rf"{simulated.CALL.pattern}|CAI[_.]TORNADO\(", re.IGNORECASE)
_WIDEST, _LONGEST = 50, 200
"""Columns and rows of the largest table that one formula fills here."""
LARGEST = 10_000
"""Cells of an area that is looked into for errors."""
_BLANK, _CURE = "has no stored value", "recalculate and save"
EVERYWHERE = "workbook"
"""Where a finding about most of the formulas stands."""
SHOWS = "shows "
"""How a finding about an error begins."""


class _Stored(NamedTuple):
    """A formula as the file holds it, with what is stored beside it; None if nothing is."""

    sheet: str
    cell: str
    formula: str
    kind: str
    value: str | None

    @property
    def where(self) -> str:
        return f"{self.sheet}!{self.cell}"

    @property
    def is_blank(self) -> bool:
        # an empty text is a value, too; some programs write an empty mark instead of none
        return self.value is None or (not self.value and self.kind != "str")


def check(book: Book) -> Iterator[Finding]:
    """Look at the cells as the file holds them; where most lack a value, that is one finding."""
    formulas = [*_formulas(book)]
    blank = [one for one in formulas if one.is_blank]
    if len(blank) > len(formulas) / 2:
        what = f"{_BLANK} in {len(blank):,} of {len(formulas):,} formulas"
        yield Finding(EVERYWHERE, what, _CURE)
    else:
        yield from (Finding(one.where, _BLANK, _CURE) for one in blank)
    yield from _errors(book, formulas)


def _formulas(book: Book) -> Iterator[_Stored]:
    for title, part in sheet_parts(book.parts).items():
        if title in TECHNICAL_SHEETS:
            continue
        for cell in parse(book.parts[part]).iter(f"{MAIN}c"):
            formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
            if formula is not None:
                text = None if value is None else value.text or ""
                kind = cell.get("t", "n")
                yield _Stored(title, str(cell.get("r")), formula.text or "", kind, text)


def _errors(book: Book, formulas: Iterable[_Stored]) -> Iterator[Finding]:
    for one in formulas:
        if one.kind == "e" and one.value and not _passed_on(book, one.sheet, one.formula):
            yield Finding(one.where, f"{SHOWS}{one.value}", "trace the error to its source")
        if "#REF!" in one.formula:
            yield Finding(one.where, "refers to a deleted cell (#REF!)", "restore the reference")


def _passed_on(book: Book, sheet: str, formula: str) -> bool:
    """Tell whether a formula refers to an error, or to an input out of bounds.

    Only the first of a chain is a finding; what is wrong with an input is told by its own rule.
    """
    for title, top, left, bottom, right in areas_in("=" + formula, sheet):
        if title not in book.sheet_names or (bottom - top) * (right - left) > LARGEST:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                place = Place(title, row, column)
                if (
                    stored_at(book, place) in EXCEL_ERRORS
                    or place in _empty_of_error(book)
                    or _is_refused(book, place)
                ):
                    return True
    return _hangs_on_refused(book, formula)


def _hangs_on_refused(book: Book, formula: str) -> bool:
    """Tell whether a risk function is called while an input of the simulation is refused."""
    return bool(_RISK_CALL.search(formula)) and _risk_is_refused(book)


@lru_cache(maxsize=2)
def _risk_is_refused(book: Book) -> bool:
    return uncertainty.is_refused(book)


@lru_cache(maxsize=2)
def _empty_of_error(book: Book) -> frozenset[Place]:
    """Give the cells that a formula would fill if it did not show an error."""
    found: set[Place] = set()
    for place in book.formula_cells:
        if stored_at(book, place) in EXCEL_ERRORS:
            rows = [[None] * _WIDEST] * _LONGEST
            found.update(at for at, _ in cells_filled(book, place, rows))
    return frozenset(found)


def _is_refused(book: Book, place: Place) -> bool:
    """Tell whether a cell is an assumption whose value no function takes."""
    label = grid_of(book).label(place)
    entry = shipped_assumptions().get(label.id) if label is not None else None
    if label is None or entry is None or label.head not in COLUMNS:
        return False
    return bool(judge(entry, stored_at(book, place), may_be_blank=True).what)


def check_errors(book: Book) -> Iterator[Finding]:
    """Look for errors only: many a program stores no values."""
    yield from _errors(book, _formulas(book))


RULE = Rule(
    "stored_values",
    "Every formula cell carries its value, and none is an error",
    "our own: a viewer that does not calculate shows the stored values",
    check,
)
ERRORS = Rule(
    "stored_errors",
    "No formula shows an error",
    "ICAEW: check for errors before anyone relies on the workbook",
    check_errors,
)
