"""A check fails when it must: every check is tried on figures that are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xl_cryptoai.auditing.rules.check_set import NATIVE_TOLERANCE
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.auditing.rules.limits import bounds, outside
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.labels import DIFFERENCE, Label, Labels, labels_of
from xl_cryptoai.reading.tables import CHECK_HEADERS, Table, base_headers, case_headers, find_table
from xl_cryptoai.xlsx import ErrorValue
from xl_cryptoai.xlsx.references import parse_place

FIRST = ("Assumptions", "Segments", "Forecast", "Sources")
"""Sheets whose cells the checks are about, before those that repeat them."""
Trial = Mapping[Place, Any]
ASLEEP = Kind("check_notices_nothing")
STATE = Kind("check_state_wrong", "found", "expected", "tolerance", "wanted")


def check(book: Book) -> Iterator[Finding]:
    """Put wrong figures in the place of the stored ones and see whether Found and State notice."""
    table = find_table(book, CHECK_HEADERS, ["Checks"])
    if table is None or "Kind" not in table.columns:
        return
    where = _cells_by_label(labels_of(book))
    tried: dict[Form, Fault | None] = {}
    for row in table.rows:
        found = table.place(row, "Found")
        place = parse_place(str(book.content(table.place(row, "Cell"))), table.sheet)
        state = table.place(row, "State")
        if place is None or state not in book.formula_cells:
            continue
        if found in book.formula_cells and _sleeps(book, table, row, place, where):
            yield ASLEEP().at(found)
        alike = book.form(state)
        if alike is None:
            continue
        if alike not in tried:
            tried[alike] = _state_fault(book, table, row)
        if fault := tried[alike]:
            yield fault.at(state)


def _cells_by_label(labels: Labels) -> dict[tuple[str, str, str], Place]:
    """Return the cells of the assumptions and results by id, kind of row and head."""
    found: dict[tuple[str, str, str], Place] = {}
    for title in dict.fromkeys((*FIRST, *labels.rows)):
        for row, (name, kind) in labels.rows.get(title, {}).items():
            for column, head in labels.headers[title][row].items():
                found.setdefault((name, kind, head), Place(title, row, column))
    return found


def _sleeps(
    book: Book, table: Table, row: int, place: Place, where: Mapping[tuple[str, str, str], Place]
) -> bool:
    found, label = table.place(row, "Found"), labels_of(book).label(place)
    group = str(book.content(table.place(row, "Kind")))
    normal = _value(book, found, {})
    if normal != book.stored(table.place(row, "Expected")) and group != "reconciliation":
        return False  # it is already noticing something
    if label is None or group == "risk":
        trials = _trials_at(book, group, place)
    else:
        trials = _trials(book, group, label, place, where)
    if isinstance(normal, NotKnown):  # a formula that looks at the cell at least
        return place not in book.meant(found)
    return any(_value(book, found, trial) == normal for trial in trials)


def _trials_at(book: Book, group: str, place: Place) -> Iterator[dict[Place, Any]]:
    """Yield the changes of a cell without an assumption or a step; of a sum, each case."""
    if place.sheet not in book.cells:
        return  # it has another name now, which is reported itself
    for column in range(len(case_headers(book.model)) if group == "sums" else 1):
        at = Place(place.sheet, place.row, place.column + column)
        yield {at: 1e30 if isinstance(book.value(at), float) else "nothing"}


def _trials(
    book: Book,
    group: str,
    label: Label,
    place: Place,
    where: Mapping[tuple[str, str, str], Place],
) -> Iterator[dict[Place, Any]]:
    """Yield for a kind of check the changes that it must notice, one in each case."""
    model, name = book.model, label.id
    entry = model.assumptions.get(name)
    cases = [*case_headers(model).values()]
    if group in ("bounds", "inputs"):  # an own scenario has values, but no results
        cases.append(inputs_of(book).name_of_own.split(" (")[0])  # as labels have headers
    for case in cases if label.header in cases else (label.header,):
        cell = where.get((name, "", case))
        if group == "native" and (other := where.get((name, DIFFERENCE, case))):
            yield {other: 1e30}
        elif group == "bounds" and entry is not None and cell:
            ends = bounds(entry, where.get((name, "", "Lower")), where.get((name, "", "Upper")))
            for wrong in outside(entry):
                yield {**ends, cell: wrong}
        elif group == "sums":
            ids = (*model.segments, TOTAL) if name == TOTAL else (
                "software_share", "compute_share", "other_share")  # fmt: skip
            for one in ids:
                if other := where.get((one, "", case)):
                    yield {other: 1e30}  # large beside any other part
        elif group == "follows" and case == "Live" and cell:
            yield {cell: 9e15}
        elif group == "inputs" and entry is not None and cell:
            yield {
                **_partners(model, name, case, where),
                cell: -1.0 if name == "forecast_year" else 9e15,
            }
    if group == "derivation" and (cell := where.get((name, "", base_headers(model)[1]))):
        yield {cell: "nothing" if entry is not None and entry.choices else 0.123456789}
    if group == "reconciliation":
        yield {place: 0.123456789}


def _partners(
    model: Model, name: str, case: str, where: Mapping[tuple[str, str, str], Place]
) -> dict[Place, Any]:
    """Return what the other inputs of a rule ought to be: a wrong one is reported itself."""
    return {
        cell: model.assumptions[other].base
        for constraint in model.constraints
        if name in constraint.inputs
        for other in constraint.inputs
        if (cell := where.get((other, "", case)))
    }


def _value(book: Book, at: Place, trial: Trial) -> Any:
    limit = book.target("twin_tolerance")  # a raised one is reported by another rule
    return book.tried(at, {limit: NATIVE_TOLERANCE, **trial} if limit is not None else trial)


def _state_fault(book: Book, table: Table, row: int) -> Fault | None:
    """Try the verdict on figures in and out of the tolerance, and on an error."""
    state = table.place(row, "State")
    found, expected, limit = (table.place(row, head) for head in ("Found", "Expected", "Tolerance"))
    for value, wanted in ((5.0, "OK"), (7.0, "OK"), (7.5, "ERROR"), (2.0, "ERROR"),
                          (ErrorValue("#N/A"), "ERROR")):  # fmt: skip
        trial = {found: value, expected: 5.0, limit: 2.0}
        given = _value(book, state, trial)
        if isinstance(given, NotKnown):
            return None
        if given != wanted:
            return STATE(found=value, expected=5, tolerance=2, wanted=wanted)
    return None


RULE = Rule(
    "check_trial",
    "Every check flags the error that it is meant to flag",
    "ICAEW: build in checks, controls and alerts from the outset",
    check,
)
