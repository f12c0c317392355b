"""Inputs go together: the constraints between them hold in every case."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.inputs_together import broken_constraints


def check(book: Book) -> Iterator[Finding]:
    """Try every constraint on each scenario, and on what the overrides make of the chosen one."""
    return broken_constraints(inputs_of(book))


RULE = Rule(
    "inputs_together",
    "The rules between inputs hold in every scenario, and with the overrides",
    "ICAEW: check inputs; our own: the functions refuse what breaks such a rule",
    check,
)
