"""A unit on every row of figures."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import Table, tables_in


def check(book: Book) -> Iterator[Finding]:
    """Look at every row that has the id of an assumption or step, and a figure."""
    labels = {
        **{name: entry.unit_label for name, entry in shipped_assumptions().items()},
        **{name: step.unit_label for name, step in STEPS.items()},
    }
    for sheet in book.sheets:
        figures = {
            row for (row, _), cell in sheet.cells.items() if isinstance(cell.value, (int, float))
        }
        for table in tables_in(book, sheet.title, ["Id"]):
            for row in sorted(figures & {*table.rows}):
                name = book.words_at(table.place(row, "Id"))
                if name in labels:
                    yield from _check_row(book, table, row, labels[name])


def _check_row(book: Book, table: Table, row: int, label: str) -> Iterator[Finding]:
    if "Unit" not in table.columns:
        yield Finding(
            f"{table.sheet}!{row}:{row}",
            "has figures, but the table has no column Unit",
            f"add a column Unit; here it says '{label}'",
        )
        return
    place = table.place(row, "Unit")
    written = book.words_at(place)
    if written != label:
        what = f"says '{written}'" if written else "has no unit"
        yield Finding(str(place), what, f"write '{label}'")


RULE = Rule(
    "units",
    "Every row of figures has its unit, in a column of its own",
    "FAST 2.01-01 Each column should have a single and consistent purpose (units in their own)",
    check,
)
