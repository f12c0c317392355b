"""`xl-cryptoai report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one
from xl_cryptoai.cli.plan import plan_of

if TYPE_CHECKING:
    from xl_cryptoai.reports.memo import Subject


@click.command("report")
@click.argument(
    "book",
    required=False,
    type=options.PATH,
    help="Workbook or TOML file; default: the model itself.",
)
@click.option(
    "--out",
    required=True,
    metavar="FILE.html|docx",
    type=options.PATH,
    help="Write the report there, as HTML or for Word.",
)
@options.SCENARIO
@options.SETTING
@options.FORCE
def report(
    book: Path | None, out: Path, scenario: str | None, settings: tuple[str, ...], force: bool
) -> None:
    """Write a model as two pages for a memo, HTML or Word.

    The report has the result, scenarios, assumptions that differ from the published case with the
    effect of each, risk, sources of the main inputs and audit findings, with the file's SHA-256
    and a line for a reviewer. The figures are those of forecast, diff, simulate and audit.

    \b
    Examples:
      xl-cryptoai report book.xlsx --out report.docx
      xl-cryptoai report book.xlsx --out report.html
      xl-cryptoai report --scenario bull --set gdp_growth=2.5% --out bull.html
    """
    from xl_cryptoai.reports.memo import memo

    if book is not None and (scenario or settings):
        raise click.BadParameter("a file has its own scenario and values; leave out --scenario "
                                 "and --set, or the file")  # fmt: skip
    options.check_report(out, force=force, inputs=[book] if book else [])
    subject = _without_file(scenario, settings) if book is None else _of_file(book)
    options.write_report(out, memo(subject), force=force)


def _without_file(scenario: str | None, settings: tuple[str, ...]) -> Subject:
    from xl_cryptoai.assumptions import UserInputs
    from xl_cryptoai.reports.memo import Subject
    from xl_cryptoai.reports.parts import facts_of_inputs

    plan = plan_of(None, scenario, settings)
    overrides = {name: {"override": value} for name, value in plan.overridden.items()}
    inputs = UserInputs(plan.scenario, overrides)
    name = "none: " + (plan.model.title if plan.model.text else "the shipped model")
    return Subject(plan, inputs, facts_of_inputs(plan.model, inputs, name))


def _of_file(path: Path) -> Subject:
    """Read the file once, refuse what cannot be computed, and audit a workbook."""
    from xl_cryptoai.auditing.audit import audit_book
    from xl_cryptoai.cli.inputs import read_inputs
    from xl_cryptoai.reading.migration import migrate
    from xl_cryptoai.reading.read import read_book
    from xl_cryptoai.reports.memo import Subject
    from xl_cryptoai.reports.parts import facts_of_inputs
    from xl_cryptoai.risk.plan import plan_of_inputs

    if path.suffix.lower() == ".toml":
        import hashlib

        model, inputs, _ = read_inputs(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        facts = facts_of_inputs(model, inputs, path.name, sha256)
        return Subject(plan_of_inputs(model, inputs), inputs, facts)
    book = open_one(path)
    read_book(book).live()  # a value that cannot be used is refused, not replaced by its default
    inputs, _ = migrate(book)
    plan = plan_of_inputs(book.model, inputs)
    facts = facts_of_inputs(book.model, inputs, path.name, book.file.package.sha256)
    return Subject(plan, inputs, facts, audit_book(book))
