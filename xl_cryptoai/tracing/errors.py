"""Finds where the error that a cell shows begins, and what a function of ours has to say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.errors import CryptoAIError, PropagatedError
from xl_cryptoai.formulas.evaluate import Evaluator
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.functions import ExcelFunction, functions_of
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.xlsx.cells import ErrorValue


@dataclass(frozen=True, slots=True)
class ErrorOrigin:
    """Where an error begins.

    Attributes
    ----------
    place : Place
        The cell that was asked about.
    error : str
        What it shows, such as "#NUM!".
    begins : Place
        The first cell of the chain: none of its precedents shows an error.
    formula : str
        Its formula with `=`; "" if the error was typed.
    refusal : str
        What the function of ours that is called there says, as CAI_WHY does; "" if none refuses.
    gives : object
        What the formula gives if it is evaluated here, from the stored values: a value, an
        `ErrorValue`, or None where that is not known.
    """

    place: Place
    error: str
    begins: Place
    formula: str
    refusal: str
    gives: Any


def error_origin(book: Book, place: Place) -> ErrorOrigin | None:
    """Follow the error of a cell to where it begins; None if the cell shows no error.

    Of several precedents with errors the first is followed, in the order of the formula.
    """
    error = book.value(place)
    if not isinstance(error, ErrorValue):
        return None
    begins, seen = place, {place}
    while (before := _first_error(book, begins, seen)) is not None:
        seen.add(before)
        begins = before
    refusal, gives = _evaluated(book, begins)
    formula = book.formula_cells.get(begins, "")
    return ErrorOrigin(place, str(error), begins, formula, refusal, gives)


def _first_error(book: Book, place: Place, seen: set[Place]) -> Place | None:
    before = (one for one in book.graph.precedents(place) if one not in seen)
    return next((one for one in before if isinstance(book.value(one), ErrorValue)), None)


def _evaluated(book: Book, place: Place) -> tuple[str, Any]:
    """Evaluate the formula of a cell, and note what refuses."""
    block = book.graph.block(place)
    if block is None or place not in book.formula_cells:
        return "", None
    said: list[str] = []
    ours = functions_of(book.model).items()
    functions = {name: _noting(one, said) for name, one in ours}
    evaluator = Evaluator.of(book.graph, functions, date_1904=book.file.date_1904)
    form = block.form
    if book.add_in_links:
        # before the call Excel stores the number of the link to the add-in's file
        text = re.sub(rf"\[\d+\]!(?={book.model.prefix}_)", "", book.formula_cells[place])
        form = book.graph.forms.of(text.removeprefix("="), place.row, place.column)
    found = evaluator.value(form, *place, array=block.whole)
    if isinstance(found, list):
        found = found[0][0]
    return said[0] if said else "", None if isinstance(found, NotKnown) else found


def _noting(function: ExcelFunction, said: list[str]) -> Callable[..., Any]:
    def call(*cells: Any) -> Any:
        try:
            return function(*cells)
        except PropagatedError:  # the one before it says why
            raise
        except CryptoAIError as refusal:
            said.append(str(refusal))
            raise

    return call
