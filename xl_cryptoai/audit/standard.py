"""The standards check: goes through a workbook rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xl_cryptoai.audit.book import open_book
from xl_cryptoai.audit.rules import RULES, Finding, Rule


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule and what breaks it; it is kept if nothing does."""

    rule: Rule
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether the workbook keeps the rule."""
        return not self.findings


def run_standard(path: Path) -> list[RuleResult]:
    """Check a workbook against every rule.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file.

    Returns
    -------
    list of RuleResult
        One for each rule, in order, with every place that breaks it.

    Raises
    ------
    FileRefusedError
        If the file cannot be opened.
    """
    book = open_book(path)
    return [RuleResult(rule, tuple(rule.check(book))) for rule in RULES.values()]
