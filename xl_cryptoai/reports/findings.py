"""Writes what an audit found for programs: as data, and as SARIF."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xl_cryptoai import __version__
from xl_cryptoai.auditing.audit import RuleResult
from xl_cryptoai.auditing.rules import AUDIT_RULES, GENERAL_RULES, Finding, Rule
from xl_cryptoai.reading import findings as data
from xl_cryptoai.reports.words import fix, what

Audits = Mapping[Path, Sequence[RuleResult]]
Refusals = Mapping[Path, str]
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_data(audits: Audits, refusals: Refusals) -> list[dict[str, Any]]:
    """Return the findings of every workbook as plain data."""
    found: list[dict[str, Any]] = [
        {
            "path": str(path),
            "clean": all(result.passed for result in results),
            "rules": [result.rule.id for result in results],
            "findings": [rule_data(r.rule, f) for r in results for f in r.findings],
        }
        for path, results in audits.items()
    ]
    return found + [{"path": str(p), "clean": False, "refused": why} for p, why in refusals.items()]


def rule_data(rule: Rule, finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data, with the rule that it breaks."""
    return {"rule": rule.id, "clause": rule.clause, **data.as_data(finding)}


def passed_in_words(results: Sequence[RuleResult]) -> str:
    """Say how many rules passed; a rule that was skipped has not."""
    passed = sum(result.passed and not result.waits_for for result in results)
    return f"{passed} of {len(results)} rules passed"


def skipped_lines(results: Sequence[RuleResult]) -> list[str]:
    """Say which rules were skipped, and why."""
    return [
        f"{result.rule.id} skipped: depends on a failed rule ({result.waits_for})"
        for result in results
        if result.waits_for
    ]


def as_sarif(audits: Audits, refusals: Refusals) -> dict[str, Any]:
    """Return the findings as a SARIF 2.1.0 log, which code hosts show beside the files."""
    rules = _sarif_rules()
    order = [rule["id"] for rule in rules]
    results = [
        {
            "ruleId": result.rule.id,
            "ruleIndex": order.index(result.rule.id),
            "level": finding.severity,
            "message": {"text": f"{finding.cell} {what(finding)}. Fix: {fix(finding)}."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(os.fsencode(path.as_posix()), safe="/:&")}
                    },
                    "logicalLocations": [{"fullyQualifiedName": finding.cell, "kind": "member"}],
                }
            ],
        }
        for path, found in audits.items()
        for result in found
        for finding in result.findings
    ]
    run = {
        "tool": {"driver": {"name": "xl-cryptoai", "version": __version__, "rules": rules}},
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
