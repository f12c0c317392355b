"""Reads a workbook back: what a person typed, what is stored, and what is wrong where."""

from __future__ import annotations

from typing import Any

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.input_fields import Key
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.findings import Kind
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, SCENARIO, InputCells, inputs_of
from xl_cryptoai.reading.inputs_together import broken_constraints
from xl_cryptoai.reading.origin import origin_of
from xl_cryptoai.reading.read_risk import read_risk
from xl_cryptoai.reading.record import LogRow, WorkbookInputs
from xl_cryptoai.reading.rows import find_row, formula_note
from xl_cryptoai.reading.tables import (
    LOG_HEADERS,
    assumption_headers,
    case_headers,
    find_table,
    id_rows,
    result_headers,
    results_table,
)

NO_SCENARIO = Kind("scenario_without_cell", "target")
LIVE_OVERWRITTEN = Kind("live_without_formula")
NOT_CALCULATED = Kind("input_not_calculated", "formula")
NO_TABLE = Kind("step_in_no_table", "headers")


@once_a_book
def read_book(book: Book) -> WorkbookInputs:
    """Read a workbook of ours.

    Parameters
    ----------
    book : Book
        The workbook.

    Returns
    -------
    WorkbookInputs
        Every usable value, and a finding for every other.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    inputs, found = inputs_of(book), WorkbookInputs(book.path, book.model)
    _refuse_others(inputs)
    origin = origin_of(book)
    found.version, found.fingerprint = origin.version, origin.assumptions
    _read_scenario(inputs, found)
    _read_own_name(inputs, found)
    for entry in inputs.catalogue.values():
        _read_assumption(inputs, entry, found)
    read_risk(inputs, found)
    _read_results(book, found)
    _read_change_log(book, found)
    found.problems += broken_constraints(inputs)
    return found


def _refuse_others(inputs: InputCells) -> None:
    if inputs.table is not None:
        return
    book, wanted = inputs.book, ", ".join(assumption_headers(inputs.book.model))
    if any(book.name(name) for name in inputs.catalogue):
        raise FileRefusedError(
            f"{book.path}: the header row of the assumptions is not found; "
            f"write its headers {wanted} again, in one row"
        )
    raise FileRefusedError(
        f"{book.path} is not a workbook of xl-cryptoai: no sheet has a table with the headers "
        f"{wanted}"
    )


def _read_scenario(inputs: InputCells, found: WorkbookInputs) -> None:
    book, place = inputs.book, inputs.scenario
    if place is None:
        missing = NO_SCENARIO(target=book.name("scenario"))
        found.refuse(missing.at("Cover", id="scenario"))
        return
    result = inputs.validate(SCENARIO, place)
    if result.fault is not None:
        found.refuse(result.fault.at(place, id="scenario"))
        return
    found.scenario = str(result.value)
    if place in book.formula_cells:
        found.problems.append(formula_note(book, place, "scenario"))


def _read_own_name(inputs: InputCells, found: WorkbookInputs) -> None:
    place = inputs.own_name
    if place is None:
        return
    found.own_name = inputs.name_of_own
    if (fault := inputs.validate(NAME_OF_OWN, place).fault) is not None:
        found.refuse(fault.at(place, id=NAME_OF_OWN[0]), NAME_OF_OWN[1])
    elif place in inputs.book.formula_cells:
        found.problems.append(formula_note(inputs.book, place, NAME_OF_OWN[0]))


def _read_assumption(inputs: InputCells, entry: Assumption, found: WorkbookInputs) -> None:
    book, table, name = inputs.book, inputs.table, entry.id
    match = inputs.rows[name]
    if name in inputs.lacking:
        found.values[name] = dict(inputs.lacking[name])
        return
    found.values[name] = dict.fromkeys(inputs.headers)
    if match.row is None or table is None:
        assert match.problem is not None
        found.refuse(match.problem)
        return
    if match.problem is not None:
        found.problems.append(match.problem)
    places = {case: inputs.matched[name, case] for case in inputs.headers}
    live = table.place(match.row, "Live")
    found.cells[name] = {case: str(place) for case, place in {**places, "live": live}.items()}
    found.cached[name] = {"live": book.stored(live)}
    if live not in book.formula_cells:
        found.problems.append(LIVE_OVERWRITTEN().at(live, id=name))
    for case, place in places.items():
        _read_input(inputs, place, (name, case), found)


def _read_input(inputs: InputCells, place: Place, key: Key, found: WorkbookInputs) -> None:
    book, (name, case) = inputs.book, key
    if place in book.formula_cells:
        if book.stored(place) is None:
            found.refuse(NOT_CALCULATED(formula=book.content(place)).at(place, id=name), case)
            return
        found.problems.append(formula_note(book, place, name))
    result = inputs.validate(key, place)
    if result.fault is not None:
        found.refuse(result.fault.at(place, id=name), case)
    found.values[name][case] = result.value


def _read_results(book: Book, found: WorkbookInputs) -> None:
    """Read the stored results of every step, in each case column of its row."""
    table = results_table(book)
    rows = id_rows(book, table) if table is not None else {}
    headers = case_headers(book.model)
    for name in book.model.steps:
        if table is None:
            found.problems.append(
                NO_TABLE(headers=result_headers(book.model)).at("Segments", id=name)
            )
            continue
        match = find_row(book, table, rows, name)
        if match.problem is not None:
            found.problems.append(match.problem)
        if match.row is not None:
            places = {case: table.place(match.row, head) for case, head in headers.items()}
            found.cells[name] = {case: str(place) for case, place in places.items()}
            found.cached[name] = {case: book.stored(place) for case, place in places.items()}
    flag = book.target("master_check")
    found.flag = str(book.stored(flag) or "") if flag is not None else ""


def _read_change_log(book: Book, found: WorkbookInputs) -> None:
    table = find_table(book, LOG_HEADERS, ["Change log"])
    if table is None:
        return
    for row in table.rows:
        content: list[Any] = [book.stored(table.place(row, head)) for head in LOG_HEADERS]
        if any(value not in (None, "") for value in content):
            found.change_log.append(LogRow(str(table.place(row, LOG_HEADERS[0])), *content))
