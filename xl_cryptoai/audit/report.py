"""Writes what an audit found: as data, as one HTML file for people, as SARIF for programs."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xl_cryptoai import __version__
from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.read import read_workbook
from xl_cryptoai.audit.report_style import STYLE
from xl_cryptoai.audit.rules import AUDIT_RULES, GENERAL_RULES, Rule
from xl_cryptoai.audit.standard import RuleResult
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.units import read_as

Audits = Mapping[Path, Sequence[RuleResult]]
Refusals = Mapping[Path, str]
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_data(audits: Audits, refusals: Refusals) -> list[dict[str, Any]]:
    """Give the findings of every workbook as plain data."""
    found: list[dict[str, Any]] = [
        {
            "path": str(path),
            "clean": all(result.passed for result in results),
            "rules": [result.rule.id for result in results],
            "findings": [_finding_data(r.rule, f) for r in results for f in r.findings],
        }
        for path, results in audits.items()
    ]
    return found + [{"path": str(p), "clean": False, "refused": why} for p, why in refusals.items()]


def _finding_data(rule: Rule, finding: Any) -> dict[str, str]:
    return {
        "rule": rule.id,
        "clause": rule.clause,
        "severity": rule.severity,
        "cell": finding.cell,
        "what": finding.what,
        "cure": finding.cure,
    }


def as_sarif(audits: Audits, refusals: Refusals) -> dict[str, Any]:
    """Give the findings as a SARIF 2.1.0 log, which code hosts show beside the files."""
    results = [
        {
            "ruleId": result.rule.id,
            "level": result.rule.severity,
            "message": {"text": f"{finding.cell} {finding.what}. Cure: {finding.cure}."},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": path.as_posix()}},
                    "logicalLocations": [{"fullyQualifiedName": finding.cell, "kind": "member"}],
                }
            ],
        }
        for path, rules in audits.items()
        for result in rules
        for finding in result.findings
    ]
    run = {
        "tool": {
            "driver": {"name": "xl-cryptoai", "version": __version__, "rules": _sarif_rules()}
        },
        "results": results,
        "invocations": [
            {
                "executionSuccessful": not refusals,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": why}} for why in refusals.values()
                ],
            }
        ],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "help": {"text": rule.clause},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in {**AUDIT_RULES, **GENERAL_RULES}.values()
    ]


def as_html(audits: Audits, refusals: Refusals) -> str:
    """Give one self-contained HTML page: verdict, findings, assumptions, rules."""
    parts = [_part(path, results) for path, results in audits.items()]
    parts += [
        f"<section><h2>{_e(path.name)}</h2><p class='verdict bad'>Cannot be audited</p>"
        f"<p>{_e(why)}</p></section>"
        for path, why in refusals.items()
    ]
    clean = sum(all(r.passed for r in results) for results in audits.values())
    count = len(audits) + len(refusals)
    say = f"{clean} of {count} workbook{'s' if count != 1 else ''} without findings"
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Audit: {_e(say)}</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>Workbook audit</h1><p>{_e(say)}. Audited with xl-cryptoai "
        f"{__version__}.</p></header>{''.join(parts)}{_rules_kept(audits)}</main></body></html>"
    )


def _e(text: object) -> str:
    return html.escape(str(text))


def _part(path: Path, results: Sequence[RuleResult]) -> str:
    findings = [(result.rule, finding) for result in results for finding in result.findings]
    cells = len({finding.cell for _, finding in findings})
    if findings:
        many, places = ("s" if n != 1 else "" for n in (len(findings), cells))
        verdict = f"<p class='verdict bad'>{len(findings)} finding{many} at {cells} place{places}"
    else:
        verdict = f"<p class='verdict good'>No findings: {len(results)} rules kept"
    rows = [
        [
            f"<span class='{rule.severity}'>{rule.severity}</span>",
            f"<code>{_e(finding.cell)}</code>",
            f"<b>{_e(finding.what)}</b><br><span class='cure'>{_e(finding.cure)}</span>",
            f"<a href='#{rule.id}'>{rule.id}</a>",
        ]
        for rule, finding in findings
    ]
    table = _table(["", "Where", "What, and what to do", "Rule"], rows, "findings") if rows else ""
    return f"<section><h2>{_e(path.name)}</h2>{verdict}</p>{table}{_assumptions(path)}</section>"


def _assumptions(path: Path) -> str:
    """Give the table of assumptions with their sources, and what differs from the published."""
    try:
        found = read_workbook(path)
        live = found.live()
    except FileRefusedError as refusal:
        words = str(refusal).removeprefix(str(path)).lstrip(": ")
        return f"<p class='note'>No table of assumptions: {_e(words)}</p>"
    rows = []
    for name, value in live.items():
        entry = shipped_assumptions()[name]
        published = entry.base
        changed = _differs(value, published)
        override = found.values[name]["override"] is not None
        column = "override" if override else str(found.scenario)
        rows.append([
            f"{_e(entry.label)}<br><code>{name}</code>",
            _number(read_as(value, entry.unit)),
            _number(read_as(published, entry.unit)),
            f"<span class='{'changed' if changed else 'same'}'>"
            f"{f'differs ({column})' if changed else 'as published'}</span>",
            f"{_e(entry.unit_label)}", f"{_e(entry.kind)}", _e(entry.locator),
        ])  # fmt: skip
    heads = ["Assumption", "Live", "Published", "State", "Unit", "Kind", "Source"]
    differing = sum("differs" in row[3] for row in rows)
    say = f"Scenario {found.scenario}; {differing} of {len(rows)} live values differ."
    return f"<h3>Assumptions</h3><p>{_e(say)}</p>{_table(heads, rows, 'assumptions')}"


def _differs(value: object, published: object) -> bool:
    if isinstance(value, (int, float)) and isinstance(published, (int, float)):
        return abs(value - published) > 1e-12 * abs(published)
    return value != published


def _number(text: str) -> str:
    return f"<span class='number'>{_e(text)}</span>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> str:
    head = "".join(f"<th>{_e(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div class='wide'>{table}</div>"


def _rules_kept(audits: Audits) -> str:
    broken: dict[str, int] = {}
    asked: dict[str, Rule] = {}
    for results in audits.values():
        for result in results:
            asked[result.rule.id] = result.rule
            broken[result.rule.id] = broken.get(result.rule.id, 0) + len(result.findings)
    rows = [
        [
            f"<span id='{rule.id}'>{_e(rule.title)}</span><br><code>{rule.id}</code>",
            _e(rule.clause),
            f"<span class='changed'>{broken[rule.id]}x</span>" if broken[rule.id] else "kept",
        ]
        for rule in asked.values()
    ]
    if not rows:
        return ""
    table = _table(["Rule", "Stands on", "Verdict"], rows, "rules")
    return f"<section><h2>Rules</h2>{table}</section>"
