"""What a rule of the standard is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xl_cryptoai.audit.book import Book


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule: the cell or sheet, what is wrong and the cure.

    `severity` is the rule's where it is "". A "note" breaks nothing: it is worth a look.
    """

    cell: str
    what: str
    cure: str
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the standard.

    Attributes
    ----------
    id, title : str
        Its name and the rule in a sentence.
    clause : str
        What it stands on: the FAST Standard (02c), the ICAEW's Twenty principles for good
        spreadsheet practice, or our own ground.
    check : callable
        Goes over an opened workbook and yields what breaks the rule.
    severity : str
        "error" if a figure may be wrong, "warning" if it is only harder to trust.
    """

    id: str
    title: str
    clause: str
    check: Callable[[Book], Iterator[Finding]]
    severity: str = "error"
