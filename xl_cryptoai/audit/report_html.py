"""Writes what an audit found for people: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from xl_cryptoai import __version__
from xl_cryptoai.audit.findings import NOTE
from xl_cryptoai.audit.report import Audits, Refusals
from xl_cryptoai.audit.report_style import STYLE, table
from xl_cryptoai.audit.rules import Finding, Rule
from xl_cryptoai.audit.standard import RuleResult
from xl_cryptoai.audit.trace_formats import TREE_STYLE


def as_html(audits: Audits, refusals: Refusals, models: Mapping[Path, str]) -> str:
    """Write one page: verdict, findings, pictures, assumptions, trace of the total, rules.

    `models` has what `model_sections` writes of each workbook.
    """
    parts = [_workbook(path, results, models[path]) for path, results in audits.items()]
    parts += [
        f"<section><h2>{escape(path.name)}</h2><p class='verdict bad'>Cannot be audited</p>"
        f"<p>{escape(why)}</p></section>"
        for path, why in refusals.items()
    ]
    clean = sum(all(r.passed for r in results) for results in audits.values())
    count = len(audits) + len(refusals)
    say = f"{clean} of {count} workbook{'s' if count != 1 else ''} without findings"
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Audit: {escape(say)}</title><style>{STYLE}{TREE_STYLE}</style></head><body><main>"
        f"<header><h1>Workbook audit</h1><p>{escape(say)}. Audited with xl-cryptoai "
        f"{__version__}.</p></header>{''.join(parts)}{_rules_kept(audits)}</main></body></html>"
    )


def _workbook(path: Path, results: Sequence[RuleResult], model: str) -> str:
    findings = [(result.rule, finding) for result in results for finding in result.findings]
    waiting = [result for result in results if result.waits_for]
    rows = [
        [
            f"<span class='{finding.severity}'>{finding.severity}</span>",
            f"<code>{escape(finding.cell)}</code>",
            f"<b>{escape(finding.what)}</b><br><span class='cure'>{escape(finding.cure)}</span>",
            f"<a href='#rule-{rule.id}'>{rule.id}</a>",
        ]
        for rule, finding in findings
    ]
    heads = ["", "Where", "What, and what to do", "Rule"]
    parts = [
        f"<section><h2>{escape(path.name)}</h2>{_verdict(findings, len(results) - len(waiting))}",
        *(f"<p class='note'>{r.rule.id} waits until {r.waits_for} is kept.</p>" for r in waiting),
        table(heads, rows, "findings") if rows else "",
        model,
        "</section>",
    ]
    return "".join(parts)


def _verdict(findings: Sequence[tuple[Rule, Finding]], asked: int) -> str:
    broken = [finding for _, finding in findings if finding.severity != NOTE]
    if not broken:
        return f"<p class='verdict good'>No findings: {asked} rules kept</p>"
    cells = len({finding.cell for finding in broken})
    many, places = ("s" if n != 1 else "" for n in (len(broken), cells))
    say = f"{len(broken)} finding{many} at {cells} place{places}"
    return f"<p class='verdict bad'>{say}</p>"


def _rules_kept(audits: Audits) -> str:
    asked = {result.rule.id: result.rule for results in audits.values() for result in results}
    rows = [
        [
            f"<span id='rule-{rule.id}'>{escape(rule.title)}</span><br><code>{rule.id}</code>",
            escape(rule.clause),
            _state(rule, audits),
        ]
        for rule in asked.values()
    ]
    if not rows:
        return ""
    return (
        f"<section><h2>Rules</h2>{table(['Rule', 'Stands on', 'Verdict'], rows, 'rules')}</section>"
    )


def _state(rule: Rule, audits: Audits) -> str:
    mine = [r for results in audits.values() for r in results if r.rule.id == rule.id]
    if broken := sum(one.severity != NOTE for result in mine for one in result.findings):
        return f"<span class='changed'>{broken}x</span>"
    return "waits" if any(result.waits_for for result in mine) else "kept"
