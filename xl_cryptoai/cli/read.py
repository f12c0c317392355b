"""`xl-cryptoai read`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.opening import open_one
from xl_cryptoai.cli.show import print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.reading.record import WorkbookInputs
    from xl_cryptoai.reading.stored_results import Difference

SAME = 1e-12
"""Relative difference up to which a value counts as published: a spreadsheet saves 15 digits."""


@click.command("read")
@click.argument("book", type=options.PATH, help="The workbook.")
@options.JSON
def read(book: Path, as_json: bool) -> int:
    """Read a workbook back and recompute it in Python.

    Prints what differs from the published case, what is wrong in which cell and how to fix it,
    and whether the stored results match the recomputed ones. Exit code 1 if something is wrong or
    differs, 2 if the file cannot be used.

    \b
    Examples:
      xl-cryptoai read book.xlsx
      xl-cryptoai read book.xlsx --json
    """
    from xl_cryptoai.reading.read import read_book

    opened = open_one(book)
    found = read_book(opened)
    differences = found.compare()
    if as_json:
        print_json({"saved_by": opened.file.saved_by, **_as_data(found, differences)})
    else:
        _print_for_people(found, differences, opened.file.saved_by)
    return 1 if found.errors or differences else 0


def _changed(found: WorkbookInputs) -> list[tuple[str, float | str, float | str, str]]:
    """List what differs from the published case: id, live value, published value, its column."""
    import math

    from xl_cryptoai.errors import FileRefusedError

    try:
        live = found.live()
    except FileRefusedError:  # the problems say why
        return []
    rows = []
    for name, value in live.items():
        base = found.model.assumptions[name].base
        if isinstance(value, str) or isinstance(base, str):
            same = value == base
        else:
            same = math.isclose(value, base, rel_tol=SAME)
        if not same:
            rows.append((name, value, base, found.field_of(name)))
    return rows


def _as_data(found: WorkbookInputs, differences: list[Difference]) -> dict[str, Any]:
    from dataclasses import asdict

    from xl_cryptoai.reading.findings import as_data

    def plain(value: Any) -> Any:
        """Return what JSON knows; a date as its text."""
        return value if isinstance(value, (int, float, str, type(None))) else str(value)

    log = [{key: plain(value) for key, value in asdict(row).items()} for row in found.change_log]
    return {
        "path": str(found.path),
        "version": found.version,
        "fingerprint": found.fingerprint,
        "model": {"title": found.model.title, "fingerprint": found.model.fingerprint},
        "scenario": found.scenario,
        "own_name": found.own_name,
        "flag": found.flag,
        "values": found.values,
        "changed": [
            {"id": name, "live": live, "published": base, "from": column}
            for name, live, base, column in _changed(found)
        ],
        "change_log": log,
        "problems": [as_data(problem) for problem in found.problems],
        "differences": [{**asdict(line), "stored": plain(line.stored)} for line in differences],
    }


def _print_for_people(found: WorkbookInputs, differences: list[Difference], saved_by: str) -> None:
    from xl_cryptoai.units import read_as

    origin = f"xl-cryptoai {found.version}, assumptions {found.fingerprint}"
    for label, words in (
        ("workbook", str(found.path)),
        ("built by", origin if found.version else "not said"),
        *([("model", found.model.name)] if found.model.text else []),
        ("saved by", saved_by or "not said"),
        ("scenario", found.scenario_name),
        ("master flag", found.flag or "not stored"),
        ("change log", f"{len(found.change_log)} lines"),
    ):
        say(f"{label:14} {words}")
    if rows := _changed(found):
        entries = found.model.assumptions
        shown = [
            [name, read_as(live, entries[name].unit), read_as(base, entries[name].unit), column]
            for name, live, base, column in rows
        ]
        print_table(["changed", "live", "published", "from"], shown, right=(1, 2))
    if found.problems:
        from xl_cryptoai.reports.words import fix, what

        lines = [[p.severity, p.cell, p.id, what(p), fix(p)] for p in found.problems]
        print_table(["", "cell", "id", "what", "fix"], lines)
    _print_differences(found, differences)


def _print_differences(found: WorkbookInputs, differences: list[Difference]) -> None:
    count = sum(len(cases) for cases in found.cached.values())
    if not differences:
        if found.errors:
            say("Stored results do not differ from the recomputed ones.")
        else:
            say(f"{count} stored results match the recomputed ones.")
        return
    if all(line.stored is None for line in differences):
        say("No results are stored: recalculate the workbook in a spreadsheet and save it.")
        return
    rows = [
        [line.cell, line.id, line.case, _number(line.stored), _number(line.computed)]
        for line in differences
    ]
    print_table(["cell", "id", "case", "stored", "recomputed"], rows, right=(3, 4))
    say(f"{len(differences)} of {count} stored results do not match the inputs.")


def _number(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
