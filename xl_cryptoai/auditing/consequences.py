"""What follows from one error is reported once, by the rule that has its cause.

A rule alone sees one step back at most. Here everything is looked at that is computed from a cell
with a finding, however far below.
"""

from __future__ import annotations

from collections.abc import Iterable

from xl_cryptoai.auditing.rules import Finding, stored_values
from xl_cryptoai.reading.available import dependents
from xl_cryptoai.reading.book import Book, Place

CAUSES = frozenset(
    {
        "input_value",
        "inputs_together",
        "text_numbers",
        "uncertainty",
        "shape",
        "one_formula_a_row",
        "step_formula",
        "year_formula",
        "link_target",
        "published_figure",
        "live_choice",
    }
)
"""The rules whose findings stand at a cell from which an error can come."""


def first_errors(
    book: Book, findings: Iterable[Finding], causes: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Leave out the errors that come from cells that are reported already.

    Parameters
    ----------
    book : Book
        The workbook.
    findings : iterable of Finding
        Those of the rule about stored values; what is no error stays.
    causes : iterable of Finding
        Those of the rules in `CAUSES`.
    """
    reported = {one.place for one in causes if one.place is not None}
    below = _below(book, reported) if reported else set()
    return tuple(
        one for one in findings if not (one.kind == stored_values.SHOWS.name and one.place in below)
    )


def not_reported(findings: Iterable[Finding], causes: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings at cells that another rule has reported."""
    cells = {one.cell for one in causes}
    return tuple(one for one in findings if one.cell not in cells)


def _below(book: Book, places: set[Place]) -> set[Place]:
    """Return some cells and everything that is computed from them."""
    found, waiting = set(places), [*places]
    while waiting:
        new = {*dependents(book, waiting.pop())} - found
        found |= new
        waiting += new
    return found
