"""`xl-cryptoai audit`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one
from xl_cryptoai.cli.show import print_for_programs, print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xl_cryptoai.auditing.audit import RuleResult
    from xl_cryptoai.reading.book import Book
    from xl_cryptoai.reading.findings import Finding
    from xl_cryptoai.reports.model_page import ModelSection

MOST_SHOWN = 200
"""Findings of one workbook that are printed for people; the other formats have all."""


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


@click.command("audit")
@click.argument(
    "book", nargs=-1, required=True, type=options.PATH, help="Workbooks, or folders of them."
)
@click.option(
    "--standard", "standard", is_flag=True, help="Check against the modelling standard only."
)
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice([*map(str, Format)], case_sensitive=False),
    help="Format of the findings.",
)
@click.option("--out", type=options.PATH, help="Write to this file.")
@options.FORCE
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def audit(
    book: tuple[Path, ...],
    standard: bool,
    form: str,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Check workbooks rule by rule: overwritten formulas, loosened checks, stale values.

    Exit code 1 if a rule failed, 2 if a file cannot be used.

    \b
    Examples:
      xl-cryptoai audit book.xlsx
      xl-cryptoai audit folder --format html --out audit.html
      xl-cryptoai audit book.xlsx --standard
    """
    from xl_cryptoai.auditing.audit import audit_book, standard_of, workbooks_in
    from xl_cryptoai.errors import FileRefusedError, RuleFailedError
    from xl_cryptoai.files import check_free

    paths = workbooks_in(book)
    if out is not None:
        check_free(out, force=force, inputs=paths)
    wanted = Format.JSON if as_json else Format(form)
    if wanted is Format.TEXT and out is not None:
        wanted = Format.HTML if out.suffix == ".html" else Format.JSON
    audits: dict[Path, list[RuleResult]] = {}
    models: dict[Path, ModelSection] = {}
    refusals: dict[Path, str] = {}
    for number, path in enumerate(paths, start=1):
        if len(paths) > 1:
            say(f"{number} of {len(paths)}: {path}", error=True)
        try:
            opened = open_one(path)
            results = standard_of(opened) if standard else audit_book(opened)
            if wanted is Format.HTML:
                models[path] = _model(opened, number)
            audits[path] = results
        except (FileRefusedError, RuleFailedError) as refusal:
            refusals[path] = str(refusal)
    if not paths:
        raise FileRefusedError(f"no workbook in {', '.join(map(str, book))}; give .xlsx or .xlsm")
    _write(audits, refusals, models, wanted, out, standard=standard, force=force)
    for why in refusals.values():
        say(f"xl-cryptoai: {why}", error=True)
    if refusals:
        return 2
    return 0 if all(r.passed for results in audits.values() for r in results) else 1


def _model(opened: Book, number: int) -> ModelSection:
    from xl_cryptoai.reports.model_page import model_section

    return model_section(opened, f"w{number}-")


def _write(
    audits: Mapping[Path, list[RuleResult]],
    refusals: Mapping[Path, str],
    models: Mapping[Path, ModelSection],
    form: Format,
    out: Path | None,
    *,
    standard: bool,
    force: bool,
) -> None:
    if form is Format.TEXT:
        for path, results in audits.items():
            _print_for_people(path, results, standard=standard, several=len(audits) > 1)
        return
    if form is Format.JSON and standard and out is None:
        for results in audits.values():
            print_json(_standard_data(results))
        return
    from xl_cryptoai.files import write_atomically
    from xl_cryptoai.reports.audit_page import as_html
    from xl_cryptoai.reports.findings import as_data, as_sarif
    from xl_cryptoai.reports.plain import visible_json

    text = as_html(audits, refusals, models) if form is Format.HTML else visible_json(json.dumps(
        as_sarif(audits, refusals) if form is Format.SARIF else as_data(audits, refusals),
        indent=2, ensure_ascii=False))  # fmt: skip
    if out is None:
        print_for_programs(f"{text}\n")
    else:
        write_atomically(out, text.encode(errors="replace"), force=force)
        say(out)
        if form is Format.HTML:
            say("Open it in a browser.")


def _standard_data(results: list[RuleResult]) -> list[dict[str, object]]:
    from xl_cryptoai.reports.findings import rule_data

    return [
        {
            "rule": result.rule.id,
            "title": result.rule.title,
            "clause": result.rule.clause,
            "passed": result.passed,
            "findings": [rule_data(result.rule, finding) for finding in result.findings],
        }
        for result in results
    ]


def _failures(result: RuleResult) -> int:
    return sum(finding.severity != "note" for finding in result.findings)


def _print_for_people(
    path: Path, results: list[RuleResult], *, standard: bool, several: bool
) -> None:
    from xl_cryptoai.reports.findings import passed_in_words, skipped_lines

    if several:
        say(path)
    if standard:
        rows = [
            [
                result.rule.title,
                result.rule.clause,
                "passed" if result.passed else f"failed {_failures(result)}x",
            ]
            for result in results
        ]
        print_table(["rule", "basis", "verdict"], rows)
    findings = [(result.rule.id, one) for result in results for one in result.findings]
    findings.sort(key=lambda row: row[1].severity == "note")  # listed last
    _print_findings([row for row in findings if not row[1].ignored])
    if ignored := [row for row in findings if row[1].ignored]:
        say("Set to be ignored in Excel:")
        _print_findings(ignored)
    for line in skipped_lines(results):
        say(line)
    say(passed_in_words(results))


def _print_findings(findings: Sequence[tuple[str, Finding]]) -> None:
    from xl_cryptoai.reports.words import fix, what

    if findings:
        rows = [
            [one.severity, rule, one.cell, what(one), fix(one)]
            for rule, one in findings[:MOST_SHOWN]
        ]
        print_table(["", "rule", "where", "what", "fix"], rows)
    if len(findings) > MOST_SHOWN:
        say(f"and {len(findings) - MOST_SHOWN} more: see --format json")
