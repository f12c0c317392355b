"""What follows from one slip is told once: an error is no finding where another rule has its cause.

A rule alone sees one step back at most. Here a cell that shows an error is followed back through
everything that it is computed from.
"""

from __future__ import annotations

from collections.abc import Iterable

from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.graph import Graph
from xl_cryptoai.audit.labels import place_of
from xl_cryptoai.audit.rules import Finding, stored_values

CAUSES = frozenset({
    "input_value", "inputs_together", "text_numbers", "uncertainty", "shape", "one_formula_a_row",
    "step_formula", "link_target", "published_figure", "live_choice",
})  # fmt: skip
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
    told = {place for one in causes if (place := place_of(one.cell, ""))}
    graph = Graph(book)
    return tuple(
        one
        for one in findings
        if not (one.what.startswith(stored_values.SHOWS) and _comes_from(graph, one, told))
    )


def told_elsewhere(findings: Iterable[Finding], causes: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings at cells that another rule has told."""
    cells = {one.cell for one in causes}
    return tuple(one for one in findings if one.cell not in cells)


def _comes_from(graph: Graph, finding: Finding, told: set[Place]) -> bool:
    place = place_of(finding.cell, "")
    if place in told:
        return True
    waiting = [] if place is None or not told else [place]
    seen = set(waiting)
    while waiting:
        for before in graph.precedents(waiting.pop()):
            if before in told:
                return True
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return False
