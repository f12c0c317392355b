"""Formulas that show something else where the functions they call are not available."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call, Name, Node, Reference
from xl_cryptoai.reading.book import Book, Place

AVAILABLE = "functions_available"
"""Name of the cell that says "yes" if the functions of a workbook of ours are available."""


class Guarded(NamedTuple):
    """What a formula gives with the functions, and what instead."""

    call: Node
    instead: Node


def guarded(form: Form | None) -> Guarded | None:
    """Take `IF(functions_available="yes",CAI_TAM(A1),A2)` apart; None for another formula."""
    if form is not None:
        match form.tree:
            case Call(name="IF", arguments=(condition, call, instead)):
                names = Form("", condition).references
                if len(names) == 1 and is_available(names[0]):
                    return Guarded(call, instead)
    return None


def is_available(reference: Reference) -> bool:
    """Whether a reference is the name of the cell that says whether functions are available."""
    return isinstance(reference, Name) and reference.name.casefold() == AVAILABLE


def precedents(book: Book, place: Place) -> list[Place]:
    """List the cells that a cell is computed from, with the functions.

    Whether they are available, and what is shown if not, is no input of what is computed.
    """
    found = guarded(book.form(place))
    if found is None:
        return book.graph.precedents(place)
    text = formula_text(found.call, place.row, place.column)
    form = book.graph.forms.of(text, place.row, place.column)
    areas = book.graph.resolver.references(form, *place).areas
    return list(dict.fromkeys(cell for area in areas for cell in book.graph.cells(area)))


def dependents(book: Book, place: Place) -> list[Place]:
    """List the cells that are computed from a cell, with the functions."""
    return [
        other
        for other in book.graph.dependents(place)
        if guarded(book.form(other)) is None or place in precedents(book, other)
    ]
