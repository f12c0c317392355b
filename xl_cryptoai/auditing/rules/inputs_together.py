"""Inputs go together: the constraints between them hold in every case."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import WARNING
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.inputs_together import broken_constraints, markets_above_revenue


def check(book: Book) -> Iterator[Finding]:
    """Try every constraint on each scenario, and on what the overrides make of the chosen one."""
    return broken_constraints(inputs_of(book))


def check_markets(book: Book) -> Iterator[Finding]:
    """Add up the markets of each scenario, and of what the overrides make of the chosen one."""
    return markets_above_revenue(inputs_of(book))


RULE = Rule(
    "inputs_together",
    "The rules between inputs hold in every scenario, and with the overrides",
    "ICAEW: check inputs; our own: the functions reject inputs that break such a rule",
    check,
)
MARKETS = Rule(
    "markets_within_revenue",
    "The markets together claim no more than all of AI revenue",
    "our own: any excess is counted twice",
    check_markets,
    WARNING,
)
