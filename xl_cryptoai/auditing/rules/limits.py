"""Bounds, validations and published figures are those of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import Book, Place, validations_over
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.labels import labels_of
from xl_cryptoai.reading.tables import (
    Table,
    assumptions_table,
    base_headers,
    case_headers,
    id_rows,
)
from xl_cryptoai.xlsx.references import parse_area, parse_place, split_sheet
from xl_cryptoai.xlsx.rules import Validation

FIGURE = Kind("published_figure_changed", "value", "wanted")
STATE = Kind("bounds_state_notices_nothing", "value", "head")
OTHER_WORDS = Kind("validation_allows_other_words", "wanted")
TOO_WIDE = Kind("validation_without_bounds")
WARNS = Kind("validation_only_warns")
OTHER_BOUNDS = Kind(
    "validation_with_other_bounds", "lower", "upper", "lower_wanted", "upper_wanted"
)
_LONGEST_LIST = 1_000
"""Cells of a drop-down's list."""


def check_bounds(book: Book) -> Iterator[Finding]:
    """Hold Lower and Upper, the state beside them and the figures on Sources against the source."""
    labels = labels_of(book)
    figures = book.model.publication.figures
    _, constant = base_headers(book.model)
    for title in book.sheet_names:
        for row, (name, kind) in labels.rows[title].items():
            wanted: dict[str, Any] = {}
            entry = book.model.assumptions.get(name)
            if entry is not None:
                ends = entry.choices if entry.choices else (entry.lower, entry.upper)
                wanted = {constant: entry.base, "Lower": ends[0], "Upper": ends[-1]}
            elif name in figures and not kind:
                figure = figures[name]
                wanted = {"As a number": figure.value, "Half last digit": figure.half_digit}
            for column, head in labels.headers[title][row].items():
                place = Place(title, row, column)
                if head in wanted and not _same(book.value(place), wanted[head]):
                    yield FIGURE(value=book.value(place), wanted=wanted[head]).at(place)
    yield from _states(book)


def _states(book: Book) -> Iterator[Finding]:
    """Try the state beside the bounds on a value outside them, in each case."""
    table = assumptions_table(book)
    if table is None or "Bounds" not in table.columns:
        return
    inputs = inputs_of(book)
    cases = [*case_headers(book.model).values()]
    cases += [head for field, head in inputs.headers.items() if field == OWN]
    for name, rows in id_rows(book, table).items():
        entry = book.model.assumptions.get(name)
        for row in rows if entry is not None else ():
            state = table.place(row, "Bounds")
            assert entry is not None
            calm = {table.place(row, head): entry.base for head in cases}  # the own scenario's too
            for head in cases:
                for wrong in outside(entry):
                    place = table.place(row, head)
                    trial = {**calm, **_bounds(table, row, entry), place: wrong}
                    if not _alarms(book, state, place, trial):
                        yield STATE(value=wrong, head=head).at(state)
                        break
                else:
                    continue
                break


def outside(entry: Assumption) -> tuple[Any, ...]:
    """Return values that an assumption must not have."""
    return ("nothing",) if entry.choices else (entry.upper + 1, entry.lower - 1)


def bounds(entry: Assumption, lower: Place | None, upper: Place | None) -> dict[Place, Any]:
    """Return the cells of the bounds with what they ought to hold."""
    ends = entry.choices if entry.choices else (entry.lower, entry.upper)
    return {place: end for place, end in ((lower, ends[0]), (upper, ends[-1])) if place is not None}


def _bounds(table: Table, row: int, entry: Assumption) -> dict[Place, Any]:
    places = (table.place(row, head) if head in table.columns else None
              for head in ("Lower", "Upper"))  # fmt: skip
    return bounds(entry, *places)


def _alarms(book: Book, state: Place, place: Place, trial: dict[Place, Any]) -> bool:
    found = book.tried(state, trial)
    return found == "ERROR" or (isinstance(found, NotKnown) and place in book.meant(state))


def check_validations(book: Book) -> Iterator[Finding]:
    """Hold what each input's validation lets in against the catalogue."""
    table = assumptions_table(book)
    if table is None:
        return
    for name, rows in id_rows(book, table).items():
        entry = book.model.assumptions.get(name)
        for row in rows if entry is not None else ():
            for head in inputs_of(book).headers.values():
                assert entry is not None
                place = table.place(row, head)
                ends = [table.place(row, head) for head in ("Lower", "Upper")
                        if head in table.columns]  # fmt: skip
                for rule in validations_over(book, place):
                    if fault := _loose(rule, ends, entry):
                        yield fault.at(place)
    scenario = book.target("scenario")
    if scenario is None:
        return
    labels = [one.label for one in inputs_of(book).scenarios.values()]
    for rule in validations_over(book, scenario):
        if rule.kind != "list" or _listed(book, scenario, rule) != labels:
            yield OTHER_WORDS(wanted=labels).at(scenario)


def _listed(book: Book, at: Place, rule: Validation) -> list[Any]:
    """Return what a list lets in: its words, or what stands in the cells that it refers to."""
    text = "".join(rule.formulas[:1])
    if text.startswith('"'):
        return text.strip('"').split(",")
    sheet, cells = split_sheet(text)
    area = parse_area(cells)
    if area is None or area.size > _LONGEST_LIST:
        return []
    return [book.value(Place(sheet or at.sheet, *cell)) for cell in area.cells()]


def _loose(rule: Validation, places: list[Place], entry: Assumption) -> Fault | None:
    if entry.choices:
        said = "".join(rule.formulas[:1]).strip('"').split(",")
        same = rule.kind == "list" and set(said) == {*entry.choices}
        return None if same else OTHER_WORDS(wanted=entry.choices)
    if rule.kind not in ("whole", "decimal") or rule.operator != "between":
        return TOO_WIDE()
    if rule.style != "stop":
        return WARNS()
    texts = [*rule.formulas, "", ""][:2]
    if [parse_place(text, places[0].sheet) for text in texts] == places:
        return None  # the cells of the bounds, which are looked at themselves
    limits = (entry.lower, entry.upper)
    if all(_same(_number(text), limit) for text, limit in zip(texts, limits, strict=True)):
        return None
    return OTHER_BOUNDS(
        lower=texts[0], upper=texts[1], lower_wanted=limits[0], upper_wanted=limits[1]
    )


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[-+.\deE]+", text) else None


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, float) and isinstance(wanted, (int, float)):
        return abs(value - wanted) <= 1e-12 * max(abs(wanted), 1e-300)
    return bool(value == wanted)


BOUNDS = Rule(
    "published_figure",
    "Bounds and published figures are those of the catalogue, and the State column works",
    "FAST section 4.04 Data validation; our own: what is published is not edited",
    check_bounds,
)
VALIDATION = Rule(
    "validation_bounds",
    "Every validation allows what the catalogue allows, and no more",
    "FAST section 4.04 Data validation",
    check_validations,
)
