"""A unit on every row of figures."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.tables import Table, tables_in
from xl_cryptoai.xlsx.references import whole_rows

NO_COLUMN = Kind("unit_column_missing", "unit")
NO_UNIT = Kind("unit_missing", "unit")
OTHER_UNIT = Kind("unit_wrong", "written", "unit")


def check(book: Book) -> Iterator[Finding]:
    """Look at every row that has the id of an assumption or step, and a figure."""
    labels = {name: entry.unit_label for name, entry in book.model.entries.items()}
    filled = filled_places(book)
    for sheet in book.sheets:
        figures = {
            row for (row, _), cell in sheet.cells.items() if isinstance(cell.value, (int, float))
        }
        for table in tables_in(book, sheet.title, ["Id"]):
            if table.place(table.header_row, "Id") in filled:
                continue  # what a formula answers has the head that the formula gives it
            for row in sorted(figures & {*table.rows}):
                name = book.words_at(table.place(row, "Id"))
                if name in labels:
                    yield from _check_row(book, table, row, labels[name])


def _check_row(book: Book, table: Table, row: int, label: str) -> Iterator[Finding]:
    if "Unit" not in table.columns:
        yield NO_COLUMN(unit=label).at(table.sheet, whole_rows(row, row))
        return
    place = table.place(row, "Unit")
    written = book.words_at(place)
    if written != label:
        fault = OTHER_UNIT(written=written, unit=label) if written else NO_UNIT(unit=label)
        yield fault.at(place)


RULE = Rule(
    "units",
    "Every row of figures has its unit, in a column of its own",
    "FAST 2.01-01 Each column should have a single and consistent purpose (units in their own)",
    check,
)
