"""`xl-cryptoai diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one
from xl_cryptoai.cli.show import print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.comparing.records import BookDiff
    from xl_cryptoai.forecast import Model


@click.command("diff")
@click.argument("before", type=options.PATH, metavar="A", help="The old workbook.")
@click.argument("after", type=options.PATH, metavar="B", help="The new workbook.")
@click.option(
    "--result", default="total", metavar="ID", help="The result whose change is explained."
)
@click.option(
    "--out", metavar="FILE.html|docx", type=options.PATH, help="Write everything as a report."
)
@options.picture("the bridge")
@options.JSON
def diff(
    before: Path,
    after: Path,
    result: str,
    out: Path | None,
    picture: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Compare two workbooks: assumptions, formulas, structure, and why the result moved.

    Takes workbooks of xl-cryptoai only. An inserted row counts as one difference; formulas that
    moved with it do not count. The change of the result is attributed to the changed assumptions
    (Shapley values, which add up to it). Exit code 0 if nothing differs, 1 if something does, 2
    if a file cannot be used.

    \b
    Examples:
      xl-cryptoai diff last_week.xlsx book.xlsx
      xl-cryptoai diff last_week.xlsx book.xlsx --picture why.png
      xl-cryptoai diff last_week.xlsx book.xlsx --out changes.html
      xl-cryptoai diff last_week.xlsx book.xlsx --result crypto_identity --json
    """
    from xl_cryptoai.comparing.diff import diff_books
    from xl_cryptoai.reports.diff import as_data, as_text

    if out is not None:
        options.check_report(out, force=force, inputs=[before, after])
    old, new = open_one(before), open_one(after)
    found = diff_books(old, new, result)
    if out is not None:
        from xl_cryptoai.reports.diff_page import diff_report
        from xl_cryptoai.reports.parts import facts_of

        report = diff_report(old.model, found, (facts_of(old), facts_of(new)))
        options.write_report(out, report, force=force, beside=True)
    if picture is not None:
        _draw(old.model, found, picture, force=force)
    if as_json:
        print_json(as_data(found))
    else:
        for part in as_text(old.model, found):
            if isinstance(part, str):
                say(part)
            else:
                print_table(part.headers, part.rows, right=part.right)
    return 0 if found.same else 1


def _draw(model: Model, found: BookDiff, picture: Path, *, force: bool) -> None:
    from xl_cryptoai.errors import FileRefusedError
    from xl_cryptoai.reports.waterfall import waterfall
    from xl_cryptoai.reports.words import sentence

    if found.attribution is None:
        raise FileRefusedError(f"there is nothing to draw: {sentence(found.no_attribution)}")
    if not found.attribution.shares:
        reason = f"{found.attribution.result} has not moved"
        say(f"xl-cryptoai: no picture was drawn: {reason}", error=True)
        return
    drawn = waterfall(model, found.attribution, found.before.name, found.after.name)
    options.write_picture(picture, drawn, force=force)
