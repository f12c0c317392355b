"""`xl-cryptoai diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import print_json, print_table

if TYPE_CHECKING:
    from xl_cryptoai.comparing.diff import BookDiff, InputChange
    from xl_cryptoai.risk.attribution import Attribution


@click.command("diff")
@click.argument("before", type=options.PATH, metavar="A", help="The old workbook.")
@click.argument("after", type=options.PATH, metavar="B", help="The new workbook.")
@click.option(
    "--result", default="total", metavar="ID", help="The result whose change is explained."
)
@options.picture("the explanation")
@options.FORCE_PICTURE
@options.JSON
def diff(
    before: Path, after: Path, result: str, picture: Path | None, force: bool, as_json: bool
) -> int:
    """Compare two workbooks: by assumption, by formula, by structure, and why the result moved.

    It takes workbooks of xl-cryptoai only. Inserted rows are told as inserted rows: the formulas
    that moved with them are the same. The change of the result is divided among the changed
    assumptions (Shapley values); the parts sum to the whole. Exit code 0 if nothing differs, 1 if
    something does, 2 if a file cannot be used.

    \b
    Examples:
      xl-cryptoai diff last_week.xlsx book.xlsx
      xl-cryptoai diff last_week.xlsx book.xlsx --picture why.svg
      xl-cryptoai diff last_week.xlsx book.xlsx --result crypto_identity --json
    """
    from xl_cryptoai.comparing.diff import diff_books
    from xl_cryptoai.reading.book import open_book

    found = diff_books(open_book(before), open_book(after), result)
    if picture is not None:
        _draw(found, picture, force=force)
    if as_json:
        print_json(_as_data(found))
    else:
        _print_for_people(found)
    return 0 if found.same else 1


def _draw(found: BookDiff, picture: Path, *, force: bool) -> None:
    from xl_cryptoai.errors import FileRefusedError
    from xl_cryptoai.files import write_atomically
    from xl_cryptoai.reports.waterfall import waterfall

    if found.attribution is None:
        raise FileRefusedError(f"there is nothing to draw: {found.no_attribution}")
    if not found.attribution.shares:
        told = f"no picture was drawn: {found.attribution.result} has not moved"
        print(f"xl-cryptoai: {told}", file=sys.stderr)
        return
    drawn = waterfall(found.attribution, found.before.name, found.after.name)
    write_atomically(picture, drawn.encode(), force=force)


def _as_data(found: BookDiff) -> dict[str, Any]:
    import math
    from dataclasses import asdict

    def plain(value: Any) -> Any:
        """Give what JSON knows; anything else as its text."""
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        return value if isinstance(value, (int, float, str, type(None))) else str(value)

    data: dict[str, Any] = plain(asdict(found))
    if found.attribution is not None:
        data["attribution"]["difference"] = found.attribution.difference
    return {"same": found.same, **data}


def _print_for_people(found: BookDiff) -> None:
    if found.same:
        print("The workbooks are the same: inputs, formulas, structure and change log.")
        return
    if found.inputs:
        rows = [_input_row(one) for one in found.inputs]
        print_table(["assumption", "what", "before", "after"], rows, right=(2, 3))
    if found.cells:
        cells = [[one.kind, one.cell, one.row, one.before, one.after] for one in found.cells]
        print_table(["", "cell", "row", "before", "after"], cells)
    if found.structure:
        lines = [[one.kind, one.where, one.what] for one in found.structure]
        print_table(["structure", "where", "what"], lines)
    log = [(sign, line) for sign, lines in (("added", found.log_added), ("gone", found.log_removed))
           for line in lines]  # fmt: skip
    if log:
        told = [
            [sign, line.cell, *map(_said, (line.date, line.who, line.what, line.why))]
            for sign, line in log
        ]
        print_table(["change log", "cell", "date", "who", "what", "why"], told)
    _print_results(found)


def _input_row(one: InputChange) -> list[str]:
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.assumptions.input_fields import OVERRIDE, fields_of, quantity_of
    from xl_cryptoai.units import read_as

    values = [_said(one.before), _said(one.after)]
    catalogue = shipped_assumptions()
    if one.field == "live" or (one.id != "scenario" and one.field in fields_of(catalogue, one.id)):
        field = OVERRIDE if one.field == "live" else one.field
        unit = quantity_of(catalogue, one.id, field).unit
        read = [
            read_as(value, unit) if isinstance(value, (int, float)) else _said(value)
            for value in (one.before, one.after)
        ]
        # figures that only differ behind the digits that people read are shown in full
        values = read if read[0] != read[1] else values
    return [one.id, one.field, *values]


def _print_results(found: BookDiff) -> None:
    from xl_cryptoai.forecast import STEPS
    from xl_cryptoai.units import read_as

    if found.results:
        rows = [
            [
                one.id,
                read_as(one.before, STEPS[one.id].unit),
                read_as(one.after, STEPS[one.id].unit),
                f"{one.after / one.before - 1:+.2%}" if one.before else "-",
            ]
            for one in found.results
        ]
        print_table(["result", "before", "after", "change"], rows, right=(1, 2, 3))
    if any(one.kind in ("formula", "overwritten") for one in found.cells):
        print("Results are recomputed from the inputs. What the changed formulas do to those that "
              "the workbook shows is not in them: see `xl-cryptoai read`.")  # fmt: skip
    if found.attribution is None:
        print(f"Why the result moved cannot be told: {found.no_attribution}")
    elif found.attribution.shares:
        _print_attribution(found.attribution)


def _print_attribution(found: Attribution) -> None:
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.forecast import STEPS
    from xl_cryptoai.units import read_as

    unit, entries = STEPS[found.result].unit, shipped_assumptions()

    def signed(value: float) -> str:
        return ("+" if value >= 0 else "-") + read_as(abs(value), unit)

    rows = []
    for share in found.shares:
        figures = [read_as(value, entries[share.id].unit) for value in (share.before, share.after)]
        part = f"{share.value / found.difference:+.1%}" if found.difference else "-"
        error = f"± {read_as(share.error, unit, 2)}" if share.error else "exact"
        rows.append([share.id, *figures, signed(share.value), error, part])
    rows.append(["all together", "", "", signed(found.difference), "", ""])
    heads = [f"why {found.result} moved", "before", "after", "effect", "std. error", "of all"]
    print_table(heads, rows, right=(1, 2, 3, 4, 5))
    if found.beyond_rules:
        print(f"{found.beyond_rules} of the mixtures computed on the way break a rule between "
              "inputs; both workbooks keep them all.")  # fmt: skip


def _said(value: Any) -> str:
    from xl_cryptoai.comparing.records import text_in_words

    if value is None:
        return "-"
    if isinstance(value, str):
        return text_in_words(value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
