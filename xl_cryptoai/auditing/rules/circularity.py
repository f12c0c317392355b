"""No formula depends on itself."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.formulas.circles import Circle
from xl_cryptoai.reading.book import Book

SHOWN = 12
"""Cells of a circle that are listed."""


def check(book: Book) -> Iterator[Finding]:
    """List the circular references; a model that is set to iterate has them on purpose."""
    calculation = book.file.calculation
    for circle in book.graph.circles:
        what = f"depends on itself: {_way(circle)}"
        if calculation.iterate:
            yield Finding(
                str(circle.cells[0]),
                f"{what}; iteration is switched on, up to {calculation.iterate_count} times",
                "make sure that the iteration ends at one value",
                "note",
            )
        else:
            yield Finding(str(circle.cells[0]), what, "break the circle")


def _way(circle: Circle) -> str:
    cells = [str(cell) for cell in circle.cells]
    if len(cells) > SHOWN:
        more = len(cells) - SHOWN
        cells = [*cells[: SHOWN - 1], f"({more} more)", cells[-1]]
    return " -> ".join([*cells, cells[0]])


RULE = Rule(
    "circularity",
    "No formula depends on itself",
    "FAST 1.01-11 Never release a model with purposeful use of circularity",
    check,
)
