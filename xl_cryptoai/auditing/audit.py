"""Goes through a workbook rule by rule: the standard's, or all that the auditor knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from xl_cryptoai.auditing.consequences import CAUSES, first_errors, not_reported
from xl_cryptoai.auditing.rules import (
    AUDIT_RULES,
    GENERAL_RULES,
    RULES,
    Finding,
    Rule,
    input_units,
    inputs,
    stored_values,
)
from xl_cryptoai.errors import CryptoAIError, RuleFailedError
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import ERROR, NOTE, joined
from xl_cryptoai.reading.tables import assumptions_table

SUFFIXES = (".xlsx", ".xlsm")
OURS = 3
"""Names of assumptions from which on a workbook without our table still is one of ours."""

WAITING = {
    "case_order": {"step_formula", "year_formula", "link_target", "shape", "short_range",
                   "live_choice", "input_value", "published_figure", "check_trial", "check_set",
                   "names", "one_formula_a_row", "inputs_open", "validation", "house_marks",
                   "stored_values", "uncertainty", "inputs_together"},
    "sheet_names": {"check_set", "hyperlinks"},
    "names": {"bridge"},
    "rows_in_place": {"check_trial", "check_set"},
}  # fmt: skip
"""Rules that know cells by headers or links, which mean nothing while these rules fail."""

IGNORED = {
    "shape": "formula",
    "short_range": "formulaRange",
    "stored_errors": "evalError",
    "text_among_numbers": "numberStoredAsText",
}
"""Rules that ask what Excel asks as well, and Excel's word for what it is set to ignore."""

OF_VALUES = {"house_marks"}
"""Rules that look at stored values, and mean nothing where no program has computed any."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule and what breaks it; it has passed if nothing does.

    `waits_for` is the id of a failed rule for which this one was skipped: it depends on it.
    """

    rule: Rule
    findings: tuple[Finding, ...]
    waits_for: str = ""

    @property
    def passed(self) -> bool:
        """Whether the workbook passes the rule; notes break nothing."""
        return all(finding.severity == NOTE for finding in self.findings)


def standard_of(book: Book) -> list[RuleResult]:
    """Check a workbook against every rule of the modelling standard; see `audit_book`."""
    return _joined(RuleResult(rule, _findings(rule, book)) for rule in RULES.values())


def audit_book(book: Book) -> list[RuleResult]:
    """Check a workbook against every rule that applies to it.

    On a workbook of ours these are all rules; on any other the general ones.

    Returns
    -------
    list of RuleResult
        One for each rule, in order.

    Raises
    ------
    RuleFailedError
        If a rule itself fails, naming it.
    """
    if not is_ours(book):
        return _joined(
            RuleResult(rule, tuple(_with_ignored(book, rule, _findings(rule, book))))
            for rule in GENERAL_RULES.values()
        )
    first = {name: _findings(AUDIT_RULES[name], book) for name in WAITING}
    results = []
    for name, rule in AUDIT_RULES.items():
        waits = next((f for f, others in WAITING.items() if first[f] and name in others), "")
        if waits:
            results.append(RuleResult(rule, (), waits))
        else:
            found = first[name] if name in first else _findings(rule, book)
            results.append(RuleResult(rule, found))
    return _joined(_reported_once(book, results))


def _joined(results: Iterable[RuleResult]) -> list[RuleResult]:
    """Join the findings of each rule that differ in nothing but their place."""
    return [replace(one, findings=tuple(joined(one.findings))) for one in results]


def _reported_once(book: Book, results: list[RuleResult]) -> list[RuleResult]:
    """Take out what another rule has reported as well, or has reported where it begins."""
    found = {result.rule.id: result.findings for result in results}
    causes = [one for rule in CAUSES for one in found.get(rule, ())]
    values = stored_values.RULE.id
    less = {
        values: first_errors(book, found[values], causes) if found[values] else (),
        inputs.NUMBERS.id: not_reported(found[inputs.NUMBERS.id], found[input_units.RULE.id]),
    }
    reported = [
        replace(result, findings=less.get(result.rule.id, result.findings)) for result in results
    ]
    if any(one.kind == stored_values.NOT_CALCULATED.name for one in found[values]):
        return [
            replace(result, findings=(), waits_for=values)
            if result.rule.id in OF_VALUES
            else result
            for result in reported
        ]
    return reported


def is_ours(book: Book) -> bool:
    """Whether a workbook is one of ours: by the table of assumptions, or by its names."""
    if assumptions_table(book) is not None:
        return True
    return sum(bool(book.name(name)) for name in book.model.assumptions) >= OURS


def _findings(rule: Rule, book: Book) -> tuple[Finding, ...]:
    try:
        return tuple(dict.fromkeys(_graded(rule, rule.check(book))))
    except CryptoAIError:  # such as a part that is refused only when it is read
        raise
    except Exception as error:
        raise RuleFailedError(
            f"{book.path}: rule {rule.id} failed ({type(error).__name__}: {error}), so there is "
            "no verdict; report this as a bug in the program, with the workbook"
        ) from error


def _graded(rule: Rule, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Let findings be no more severe than their rule."""
    return (
        replace(one, severity=rule.severity) if one.severity == ERROR else one for one in findings
    )


def _with_ignored(book: Book, rule: Rule, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Make notes of what a person has set Excel to ignore, in a workbook that is not ours.

    Ours is held to what it was built as, whoever ticked something off.
    """
    for one in findings:
        place = one.place
        if place is not None and place.sheet in book.worksheets and any(
            IGNORED.get(rule.id) in ignored.kinds
            and any(area.covers(place.row, place.column) for area in ignored.areas)
            for ignored in book.worksheets[place.sheet].ignored_errors
        ):  # fmt: skip
            yield replace(one, severity=NOTE, ignored=True)
        else:
            yield one


def workbooks_in(paths: Iterable[Path]) -> list[Path]:
    """List the workbooks among files and inside folders, each once, in order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in SUFFIXES and not file.name.startswith(("~$", "._"))
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))
