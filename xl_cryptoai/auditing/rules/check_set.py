"""All checks are there, as strict as they were, and against the published figures."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.labels import CALL, labels_of
from xl_cryptoai.reading.tables import CHECK_HEADERS, Table, find_table
from xl_cryptoai.xlsx.references import parse_place, whole_rows

NATIVE_TOLERANCE = 1e-12
"""The largest relative difference between a call and its native formula."""
LOOSE_NATIVE = Kind("native_tolerance_raised", "value", "wanted")
GAP = Kind("check_missing_before", "number")
MISSING = Kind("check_missing", "group", "about")
EXPECTED = Kind("check_expects_other", "value", "wanted")
LOOSE = Kind("check_tolerance_raised", "value", "wanted")
_COUNTING = ("inputs", "follows", "sums", "native", "bounds", "derivation")
"""Kinds of checks that count what is wrong, and expect none."""


def check(book: Book) -> Iterator[Finding]:
    """Count the checks of each kind, and hold each against what it must expect."""
    place = book.target("twin_tolerance")
    if place is not None:
        limit = book.value(place)
        if not isinstance(limit, float) or not 0 <= limit <= NATIVE_TOLERANCE * (1 + 1e-9):
            yield LOOSE_NATIVE(value=limit, wanted=NATIVE_TOLERANCE).at(place)
    table = find_table(book, CHECK_HEADERS, ["Checks"])
    if table is None or "Kind" not in table.columns:
        return
    there: set[tuple[str, str]] = set()
    last = 0
    for row in table.rows:
        group, label = _about(book, table, row)
        if not label:
            continue
        there.add((group, label))
        number = book.content(table.place(row, "No.")) if "No." in table.columns else None
        if isinstance(number, float):
            if number != last + 1:
                yield GAP(number=last).at(table.sheet, whole_rows(row, row))
            last = int(number)
        yield from _loosened(book, table, row, group, label)
    for group, name in sorted(_wanted(book) - there):
        end = table.header_row + last
        yield MISSING(group=group, about=name).at(table.sheet, whole_rows(end, end + 1))


def _about(book: Book, table: Table, row: int) -> tuple[str, str]:
    """Return kind and id of a check; "" for what is no check."""
    place = parse_place(str(book.content(table.place(row, "Cell"))), table.sheet)
    if place is None:
        return "", ""
    label = labels_of(book).label(place)
    return str(
        book.content(table.place(row, "Kind"))
    ), label.id if label else "scenario" if place == book.target("scenario") else "another"


def _wanted(book: Book) -> set[tuple[str, str]]:
    wanted = {("bounds", name) for name in book.model.assumptions}
    wanted |= {("reconciliation", name) for name in book.model.publication.figures}
    wanted |= {("derivation", name) for name in book.model.derivations}
    wanted |= {("sums", "total"), ("inputs", "scenario")}
    if book.model.is_published_step("other_share"):
        wanted.add(("sums", "other_share"))
    rows = [row for sheet in labels_of(book).rows.values() for row in sheet.values()]
    wanted |= {("native", name) for name, kind in rows if kind == CALL}
    return wanted


def _loosened(book: Book, table: Table, row: int, group: str, name: str) -> Iterator[Finding]:
    figures = book.model.publication.figures
    expected, limit = (table.place(row, head) for head in ("Expected", "Tolerance"))
    wanted, largest = 0.0 if group in _COUNTING else None, 0.0
    if group == "reconciliation" and name in figures:
        wanted, largest = figures[name].value, figures[name].half_digit
    if name == "scenario":
        wanted = 1.0
    said = book.value(expected)
    off = wanted is not None and not _near(said, wanted)
    if off and not _repeats(book, expected, name, "As a number"):
        yield EXPECTED(value=said, wanted=wanted).at(expected)
    tolerance = book.value(limit)
    loose = isinstance(tolerance, float) and tolerance > largest * (1 + 1e-9)
    if loose and not _repeats(book, limit, name, "Half last digit"):
        yield LOOSE(value=tolerance, wanted=largest).at(limit)


def _near(value: object, wanted: float) -> bool:
    return isinstance(value, float) and abs(value - wanted) <= 1e-12 * abs(wanted)


def _repeats(book: Book, place: Place, name: str, head: str) -> bool:
    """Whether a cell repeats the published figure, which another rule looks at where it is."""
    target = parse_place(book.formula_cells.get(place, "").removeprefix("="), place.sheet)
    label = labels_of(book).label(target) if target is not None else None
    return label is not None and (label.id, label.header) == (name, head)


RULE = Rule(
    "check_set",
    "No check is missing or loosened, and each compares with the published figure",
    "ICAEW: build in checks, controls and alerts from the outset",
    check,
)
