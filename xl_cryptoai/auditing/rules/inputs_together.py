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
    "ICAEW: check inputs; our own: the functions refuse what breaks such a rule",
    check,
)
MARKETS = Rule(
    "markets_within_revenue",
    "The markets measured against AI revenue do not claim more than all of it",
    "our own: what is more is counted twice, if the source is read so",
    check_markets,
    WARNING,
)
