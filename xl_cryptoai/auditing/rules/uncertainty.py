"""Distributions can be drawn, and correlations are positive semidefinite."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.inputs_together import impossible_correlations, impossible_distributions
from xl_cryptoai.reading.risk_fields import above_diagonal

ABOVE = Kind("correlation_above_diagonal", "value", "read")


def check(book: Book) -> Iterator[Finding]:
    """Look at every distribution, and at the typed correlations together."""
    inputs = inputs_of(book)
    yield from impossible_distributions(inputs)
    yield from impossible_correlations(inputs)
    for place, read in above_diagonal(book):
        if (value := book.stored(place)) is not None:
            yield ABOVE(value=value, read=read).at(place)


RULE = Rule(
    "uncertainty",
    "Distributions can be drawn, and correlations are positive semidefinite",
    "our own: a simulation of anything else gives #NUM!",
    check,
)
