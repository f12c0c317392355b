"""`xl-cryptoai audit`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_cryptoai.cli.show import print_json, print_table

if TYPE_CHECKING:
    from xl_cryptoai.audit import RuleResult


def audit(
    book: Annotated[Path, typer.Argument(help="The workbook.")],
    standard: Annotated[
        bool, typer.Option("--standard", help="Check it against the modelling standard.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, every finding.")] = False,
) -> int:
    """Check a workbook, rule by rule.

    Exit code 1 if a rule is broken, 2 if the file cannot be used.

    \b
    Examples:
      xl-cryptoai audit book.xlsx --standard
      xl-cryptoai audit book.xlsx --standard --json
    """
    if not standard:
        raise typer.BadParameter("say what to check; today that is --standard")
    from xl_cryptoai.audit import run_standard

    results = run_standard(book)
    if as_json:
        print_json(
            [
                {
                    "rule": result.rule.id,
                    "title": result.rule.title,
                    "clause": result.rule.clause,
                    "passed": result.passed,
                    "findings": [asdict(finding) for finding in result.findings],
                }
                for result in results
            ]
        )
    else:
        _print_for_people(results)
    return 0 if all(result.passed for result in results) else 1


def _print_for_people(results: list[RuleResult]) -> None:
    rows = [
        [
            result.rule.title,
            result.rule.clause,
            "kept" if result.passed else f"BROKEN {len(result.findings)}x",
        ]
        for result in results
    ]
    print_table(["rule", "stands on", "verdict"], rows)
    findings = [
        [result.rule.id, finding.cell, finding.what, finding.cure]
        for result in results
        for finding in result.findings
    ]
    if findings:
        print_table(["rule", "where", "what", "cure"], findings)
    kept = sum(result.passed for result in results)
    print(f"{kept} of {len(results)} rules are kept.")
