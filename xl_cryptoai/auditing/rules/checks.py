"""Every check has a working link, a tolerance and a state that counts."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.auditing.rules.hyperlinks import links_of
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import CHECK_HEADERS, Table, find_table


def check(book: Book) -> Iterator[Finding]:
    """Go over the table of checks row by row."""
    table = find_table(book, CHECK_HEADERS, ["Checks"])
    if table is None:
        heads = ", ".join(CHECK_HEADERS)
        yield Finding("Checks", "has no table of checks", f"write its heads: {heads}")
        return
    master = book.target("master_check")
    counted = set(book.meant(master)) if master is not None else set()
    for row in _check_rows(book, table):
        yield from _check_row(book, table, row)
        state = table.place(row, "State")
        if state not in counted:
            cure = "extend the areas that master_check counts"
            yield Finding(str(state), "is not counted by the master flag", cure)


def _check_rows(book: Book, table: Table) -> Iterator[int]:
    """Give the rows of checks; headings between them and a table of totals below are none."""
    for row in table.rows:
        state, found = (book.content(table.place(row, head)) for head in ("State", "Found"))
        texts = [isinstance(text, str) and not text.startswith("=") for text in (state, found)]
        if all(texts):
            return  # the heads of another table
        named = book.content(table.place(row, "Check")) is not None
        linked = book.content(table.place(row, "Cell")) is not None
        if named and (linked or (state is not None and found is not None)):
            yield row


def _check_row(book: Book, table: Table, row: int) -> Iterator[Finding]:
    link = table.place(row, "Cell")
    shown, target = book.content(link), links_of(book).get(link)
    if not isinstance(target, str) or target.replace("'", "").replace("$", "") != shown:
        cure = "link it to the cell that it names"
        yield Finding(str(link), f"shows {shown} but leads to {target or 'nowhere'}", cure)
    tolerance = table.place(row, "Tolerance")
    if not isinstance(book.stored(tolerance), (int, float)):
        yield Finding(str(tolerance), "is no number", "enter the largest difference allowed")
    state = table.place(row, "State")
    wanted = {table.place(row, head) for head in ("Found", "Expected", "Tolerance")}
    if not wanted <= set(book.meant(state)):
        cure = "copy the formula of another check"
        yield Finding(str(state), "does not compare found, expected and tolerance", cure)
    found = table.place(row, "Found")
    if found not in book.formula_cells:
        yield Finding(str(found), "has no formula", "restore the formula of the check")


RULE = Rule(
    "checks",
    "Every check is linked, has a tolerance and counts in the master flag",
    "ICAEW: build in checks, controls and alerts from the outset",
    check,
)
