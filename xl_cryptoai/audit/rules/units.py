"""A unit on every row of figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.audit.book import Book, words_of
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.tables import Table, tables_in
from xl_cryptoai.forecast.steps import STEPS


def check(book: Book) -> Iterator[Finding]:
    """Look at every row that has the id of an assumption or step, and a figure."""
    labels = {
        **{name: entry.unit_label for name, entry in shipped_assumptions().items()},
        **{name: step.unit_label for name, step in STEPS.items()},
    }
    for sheet in book.sheets:
        figures = {
            row
            for (row, _), value in book.values[sheet.title].items()
            if isinstance(value, (int, float))
        }
        for table in tables_in(book, sheet.title, ["Id"]):
            for row in sorted(figures & {*table.rows}):
                name = words_of(sheet.cell(row, table.columns["Id"]))
                if name in labels:
                    yield from _check_row(sheet, table, row, labels[name])


def _check_row(sheet: Any, table: Table, row: int, label: str) -> Iterator[Finding]:
    if "Unit" not in table.columns:
        yield Finding(
            f"{sheet.title}!{row}:{row}",
            "has figures, but the table has no column Unit",
            f"add a column Unit; here it says '{label}'",
        )
        return
    cell = sheet.cell(row, table.columns["Unit"])
    written = words_of(cell)
    if written != label:
        what = f"says '{written}'" if written else "has no unit"
        yield Finding(f"{sheet.title}!{cell.coordinate}", what, f"write '{label}'")


RULE = Rule(
    "units",
    "Every row of figures has its unit, in a column of its own",
    "FAST 2.01-01 Each column should have a single and consistent purpose (units in their own)",
    check,
)
