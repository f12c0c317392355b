"""What a rule of the standard is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import ERROR, Fault, Finding, Kind

__all__ = ["Fault", "Finding", "Kind", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the standard.

    Attributes
    ----------
    id, title : str
        Its name and the rule in a sentence.
    clause : str
        Its basis: the FAST Standard (02c), the ICAEW's Twenty principles for good
        spreadsheet practice, or our own ground.
    check : callable
        Goes over an opened workbook and yields what breaks the rule.
    severity : str
        That of its findings: "error", "warning" or "note", as `findings.py` says.
    """

    id: str
    title: str
    clause: str
    check: Callable[[Book], Iterator[Finding]]
    severity: str = ERROR
