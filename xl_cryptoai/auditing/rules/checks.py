"""Every check has a working link, a tolerance and a state that counts."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.auditing.rules.hyperlinks import links_of
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.tables import CHECK_HEADERS, Table, find_table

NO_TABLE = Kind("checks_table_missing", "headers")
UNCOUNTED = Kind("check_not_counted")
LINK = Kind("check_link_wrong", "shown", "target")
NO_LINK = Kind("check_link_missing", "shown")
TOLERANCE = Kind("check_tolerance_no_number")
STATE = Kind("check_state_compares_nothing")
NO_FORMULA = Kind("check_without_formula")


def check(book: Book) -> Iterator[Finding]:
    """Go over the table of checks row by row."""
    table = find_table(book, CHECK_HEADERS, ["Checks"])
    if table is None:
        yield NO_TABLE(headers=CHECK_HEADERS).at("Checks")
        return
    master = book.target("master_check")
    counted = set(book.meant(master)) if master is not None else set()
    for row in _check_rows(book, table):
        yield from _check_row(book, table, row)
        state = table.place(row, "State")
        if state not in counted:
            yield UNCOUNTED().at(state)


def _check_rows(book: Book, table: Table) -> Iterator[int]:
    """Yield the rows of checks; headings between them and a table of totals below are none."""
    for row in table.rows:
        state, found = (book.content(table.place(row, head)) for head in ("State", "Found"))
        texts = [isinstance(text, str) and not text.startswith("=") for text in (state, found)]
        if all(texts):
            return  # the headers of another table
        named = book.content(table.place(row, "Check")) is not None
        linked = book.content(table.place(row, "Cell")) is not None
        if named and (linked or (state is not None and found is not None)):
            yield row


def _plain(reference: str) -> str:
    return reference.replace("'", "").replace("$", "")


def _check_row(book: Book, table: Table, row: int) -> Iterator[Finding]:
    link = table.place(row, "Cell")
    shown, target = book.content(link), links_of(book).get(link)
    if not isinstance(target, str) or _plain(target) != _plain(str(shown)):
        fault = LINK(shown=shown, target=target) if target else NO_LINK(shown=shown)
        yield fault.at(link)
    tolerance = table.place(row, "Tolerance")
    limit = book.stored(tolerance)
    not_calculated = limit is None and tolerance in book.formula_cells
    if not not_calculated and not isinstance(limit, (int, float)):
        yield TOLERANCE().at(tolerance)
    state = table.place(row, "State")
    wanted = {table.place(row, head) for head in ("Found", "Expected", "Tolerance")}
    if not wanted <= set(book.meant(state)):
        yield STATE().at(state)
    found = table.place(row, "Found")
    if found not in book.formula_cells:
        yield NO_FORMULA().at(found)


RULE = Rule(
    "checks",
    "Every check is linked, has a tolerance and counts in the master flag",
    "ICAEW: build in checks, controls and alerts from the outset",
    check,
)
