"""What follows from one slip is told once: an error is no finding where another rule has its cause.

A rule alone sees one step back at most. Here everything is looked at that is computed from a cell
with a finding, however far below.
"""

from __future__ import annotations

from collections.abc import Iterable

from xl_cryptoai.auditing.rules import Finding, stored_values
from xl_cryptoai.formulas.graph import Graph
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.xlsx.references import parse_place

CAUSES = frozenset(
    {
        "input_value",
        "inputs_together",
        "text_numbers",
        "uncertainty",
        "shape",
        "one_formula_a_row",
        "step_formula",
        "link_target",
        "published_figure",
        "live_choice",
    }
)
"""The rules whose findings stand at a cell from which an error can come."""


def first_errors(
    book: Book, findings: Iterable[Finding], causes: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Leave out the errors that come from cells that are told already.

    Parameters
    ----------
    book : Book
        The workbook.
    findings : iterable of Finding
        Those of the rule about stored values; what is no error stays.
    causes : iterable of Finding
        Those of the rules in `CAUSES`.
    """
    told = {place for one in causes if (place := parse_place(one.cell, ""))}
    below = _below(book.graph, told) if told else set()
    return tuple(
        one
        for one in findings
        if not (one.what.startswith(stored_values.SHOWS) and parse_place(one.cell, "") in below)
    )


def told_elsewhere(findings: Iterable[Finding], causes: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings at cells that another rule has told."""
    cells = {one.cell for one in causes}
    return tuple(one for one in findings if one.cell not in cells)


def _below(graph: Graph, places: set[Place]) -> set[Place]:
    """Give some cells and everything that is computed from them."""
    found, waiting = set(places), [*places]
    while waiting:
        new = {*graph.dependents(waiting.pop())} - found
        found |= new
        waiting += new
    return found
