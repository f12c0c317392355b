"""No formula depends on itself."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import NOTE

SHOWN = 12
"""Cells of a circle that are listed."""
CIRCULAR = Kind("circular_reference", "cells", "count")
ITERATED = Kind("circular_reference_iterated", "cells", "count", "iterations")


def check(book: Book) -> Iterator[Finding]:
    """List the circular references; a model that is set to iterate has them on purpose."""
    calculation = book.file.calculation
    for circle in book.graph.circles:
        way = {"cells": map(str, circle.cells[:SHOWN]), "count": len(circle.cells)}
        if calculation.iterate:
            fault = ITERATED(**way, iterations=calculation.iterate_count)
            yield fault.at(circle.cells[0], severity=NOTE)
        else:
            yield CIRCULAR(**way).at(circle.cells[0])


RULE = Rule(
    "circularity",
    "No formula depends on itself",
    "FAST 1.01-11 Never release a model with purposeful use of circularity",
    check,
)
