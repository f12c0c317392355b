"""Every formula cell carries its value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.auditing import simulated
from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.auditing.rules.step_formulas import columns_of
from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.tree import Error, NotUnderstood
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book, Place, once_a_book
from xl_cryptoai.reading.filled import cells_filled
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.inputs_together import simulation_inputs_are_usable
from xl_cryptoai.reading.labels import labels_of
from xl_cryptoai.reading.lost_values import lost_values
from xl_cryptoai.reading.validation import validate
from xl_cryptoai.xlsx import ErrorValue

_RISK_CALL = re.compile(rf"{simulated.CALL.pattern}|[A-Z0-9]+[_.]TORNADO\(", re.IGNORECASE)
_WIDEST, _LONGEST = 50, 200
"""Columns and rows of the largest table that one formula fills here."""
NOT_STORED = Kind("value_not_stored")
NOT_CALCULATED = Kind("values_not_stored", "missing", "formulas")
SHOWS = Kind("shows_error", "error")
NOT_AVAILABLE = Kind("function_not_available", "error", "cells")
LOST = Kind("reference_lost")


def check(book: Book) -> Iterator[Finding]:
    """Look at the cells as the file holds them; where most lack a value, that is one finding."""
    # an empty text is a value, too
    blank = [place for place in book.formula_cells if book.stored(place) is None]
    count = len(book.formula_cells)
    if len(blank) > count / 2:
        yield NOT_CALCULATED(missing=len(blank), formulas=count).at(severity=WARNING)
    else:
        yield from (NOT_STORED().at(place) for place in blank)
    yield from check_errors(book)


def check_errors(book: Book) -> Iterator[Finding]:
    """Look for errors only: many a program stores no values."""
    lost = {block.form for block in book.blocks if _is_lost(block.form)}
    wrong = [
        place
        for title, sheet in book.worksheets.items()
        if title not in TECHNICAL_SHEETS
        for at, cell in sheet.cells.items()
        if cell.formula is not None and (lost or type(cell.value) is ErrorValue)
        for place in (Place(title, *at),)
    ]
    missing = lost_values(book) & book.formula_cells.keys()
    if missing:
        first = min(missing, key=book.order)
        fault = NOT_AVAILABLE(error=book.value(first), cells=len(missing))
        yield fault.at(first, severity=WARNING)
    for place in wrong:
        value = book.value(place)
        if isinstance(value, ErrorValue) and place not in missing and not _passed_on(book, place):
            yield SHOWS(error=value).at(place)
        if lost and book.form(place) in lost:
            yield LOST().at(place)


def _is_lost(form: Form) -> bool:
    """Whether a formula refers to a deleted cell; of what is not understood, by its text."""
    if isinstance(form.tree, NotUnderstood):
        return "#REF!" in form.text
    return any(isinstance(part, Error) and part.code == "#REF!" for part in form.parts)


def _passed_on(book: Book, place: Place) -> bool:
    """Whether a formula refers to an error, or to an input out of bounds.

    Only the first of a chain is a finding; what is wrong with an input is reported by its own rule.
    """
    for other in book.meant(place):
        if (
            book.stored(other) in EXCEL_ERRORS
            or other in _empty_of_error(book)
            or _is_refused(book, other)
        ):
            return True
    return _hangs_on_refused(book, book.formula_cells[place])


def _hangs_on_refused(book: Book, formula: str) -> bool:
    """Whether a risk function is called while an input of the simulation is refused."""
    return bool(_RISK_CALL.search(formula)) and not simulation_inputs_are_usable(book)


@once_a_book
def _empty_of_error(book: Book) -> frozenset[Place]:
    """Return the cells that a formula would fill if it did not show an error."""
    found: set[Place] = set()
    for place in book.formula_cells:
        if book.stored(place) in EXCEL_ERRORS:
            rows = [[None] * _WIDEST] * _LONGEST
            found.update(at for at, _ in cells_filled(book, place, rows))
    return frozenset(found)


def _is_refused(book: Book, place: Place) -> bool:
    """Whether a cell is an assumption whose value no function takes."""
    label = labels_of(book).label(place)
    entry = book.model.assumptions.get(label.id) if label is not None else None
    if label is None or entry is None or label.header not in columns_of(book.model):
        return False
    return validate(entry, book.stored(place), may_be_blank=True).fault is not None


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
