"""What an audit found, for people: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xl_cryptoai.auditing.audit import RuleResult
from xl_cryptoai.auditing.rules import Rule
from xl_cryptoai.reading.findings import NOTE
from xl_cryptoai.reports.findings import Audits, Refusals
from xl_cryptoai.reports.model_page import ModelSection
from xl_cryptoai.reports.pages import render
from xl_cryptoai.reports.parts import facts_table, time_of_run
from xl_cryptoai.reports.words import fix, what


def as_html(
    audits: Audits, refusals: Refusals, models: Mapping[Path, ModelSection], made: str = ""
) -> str:
    """Write one page: verdict, findings, pictures, assumptions, trace of the total, rules.

    `models` has what `model_section` says of each workbook; `made` is when the audit was made, by
    default now.
    """
    clean = sum(all(r.passed for r in results) for results in audits.values())
    count = len(audits) + len(refusals)
    return render(
        "audit.html",
        verdict=f"{clean} of {count} workbook{'s' if count != 1 else ''} without findings",
        workbooks=[_workbook(path, results, models[path]) for path, results in audits.items()],
        refused=[(path.name, why) for path, why in refusals.items()],
        rules=_rules(audits),
        facts=facts_table([models[path].file for path in audits]).rows,
        made=made or time_of_run(),
    )


def _workbook(path: Path, results: Sequence[RuleResult], model: ModelSection) -> dict[str, Any]:
    found = [(result.rule, finding) for result in results for finding in result.findings]
    skipped = [(result.rule.id, result.waits_for) for result in results if result.waits_for]
    failures = [finding for _, finding in found if finding.severity != NOTE]
    return {
        "name": path.name,
        "bad": bool(failures),
        "verdict": verdict(results),
        "skipped": skipped,
        "tables": [
            (title, [(rule, one, what(one), fix(one)) for rule, one in rows])
            for title, rows in (
                ("", [row for row in found if not row[1].ignored]),
                ("Set to be ignored in Excel", [row for row in found if row[1].ignored]),
            )
            if rows
        ],
        "model": model,
    }


def verdict(results: Sequence[RuleResult]) -> str:
    """Say in a few words what an audit of a workbook came to."""
    found = [finding for result in results for finding in result.findings]
    failures = [finding for finding in found if finding.severity != NOTE]
    if not failures:
        asked = sum(not result.waits_for for result in results)
        return f"No findings: {asked} rules passed"
    cells = len({finding.cell for finding in failures})
    many, places = ("s" if n != 1 else "" for n in (len(failures), cells))
    return f"{len(failures)} finding{many} at {cells} place{places}"


def _rules(audits: Audits) -> list[tuple[Rule, str, bool]]:
    """List every rule with its verdict over all workbooks, and whether it failed."""
    asked = {result.rule.id: result.rule for results in audits.values() for result in results}
    rows = []
    for rule in asked.values():
        mine = [r for results in audits.values() for r in results if r.rule.id == rule.id]
        failures = sum(one.severity != NOTE for result in mine for one in result.findings)
        skipped = any(result.waits_for for result in mine)
        state = f"failed {failures}x" if failures else "skipped" if skipped else "passed"
        rows.append((rule, state, bool(failures)))
    return rows
