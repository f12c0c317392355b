"""A step's formula takes the step's inputs from its own column and gives the step's result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.run import run_steps
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.targets import referenced_cell
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call, Ref
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.functions import functions_of
from xl_cryptoai.reading.available import AVAILABLE, guarded, is_available
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.labels import CALL, DIFFERENCE, NATIVE, Label, Labels, labels_of
from xl_cryptoai.reading.tables import base_headers, case_headers

NUMBER = Kind("step_holds_number", "value")
NOT_COMPARED = Kind("difference_compares_nothing")
OTHER_CASE = Kind("step_refers_to_other_case", "reference", "other", "case")
OTHER_COLUMN = Kind("step_repeats_other_case", "reference", "case", "wanted")
UNKNOWN = Kind("step_refers_to_nothing_known", "reference")
NO_INPUT = Kind("step_refers_to_no_input", "reference", "other", "step", "inputs")
OTHER_KIND = Kind("step_mixes_formulas", "reference", "other", "kind")
LEFT_OUT = Kind("step_leaves_out_inputs", "missing")
NO_CALL = Kind("step_without_call")
NO_RESULT = Kind("step_gives_no_number", "step", "value")
WRONG_RESULT = Kind("step_gives_other_result", "step", "value", "wanted")


def check(book: Book) -> Iterator[Finding]:
    """Look at every cell in a step's row and a case's column."""
    labels, columns = labels_of(book), columns_of(book.model)
    for title in book.sheet_names:
        for row, (name, kind) in labels.rows[title].items():
            if name not in book.model.steps:
                continue
            for column, head in labels.headers[title][row].items():
                place = Place(title, row, column)
                if head in columns and (fault := _fault(book, labels, place, kind)):
                    yield fault.at(place)


def columns_of(model: Model) -> set[str]:
    """Return the headers under which a step's or an assumption's figures stand."""
    changed = (entry.label.split(" (")[0] for entry in model.assumptions.values())  # Workings
    return {*case_headers(model).values(), base_headers(model)[0], *changed}


def _fault(book: Book, labels: Labels, place: Place, kind: str) -> Fault | None:
    label = labels.label(place)
    assert label is not None
    form = book.form(place)
    if form is None:
        content = book.content(place)
        return NUMBER(value=content) if isinstance(content, (int, float)) else None
    found: dict[str, Label | None] = {}
    cells: dict[Place, Label] = {}
    fallback = _fallback(form) if kind == CALL else None
    for reference in form.references:
        if fallback is not None and (reference is fallback or is_available(reference)):
            continue
        target = referenced_cell(reference, place)
        other = labels.label(target) if target is not None else None
        found[formula_text(reference, place.row, place.column)] = other
        if target is not None and other is not None:
            cells[target] = other
    if kind == DIFFERENCE:
        return _check_difference(found, label)
    ids = {other.id for other in found.values() if other is not None}
    if ids == {label.id}:
        return _check_link(found, label)
    if fallback is not None and (fault := _check_fallback(labels, fallback, place, label)):
        return fault
    return _check_step(book.model, form, found, label, kind) or _check_result(
        book, place, cells, label
    )


def _fallback(form: Form) -> Ref | None:
    """The cell whose value a call's cell shows where the functions are not available."""
    found = guarded(form)
    return found.instead if found is not None and isinstance(found.instead, Ref) else None


def _check_fallback(labels: Labels, cell: Ref, place: Place, label: Label) -> Fault | None:
    target = referenced_cell(cell, place)
    other = labels.label(target) if target is not None else None
    text = formula_text(cell, place.row, place.column)
    if other is None:
        return UNKNOWN(reference=text)
    if (other.id, other.header) != (label.id, label.header):
        return OTHER_CASE(reference=text, other=other.id, case=other.header)
    return None if other.kind == NATIVE else OTHER_KIND(reference=text, other=other.kind, kind=CALL)


def _check_difference(found: Mapping[str, Label | None], label: Label) -> Fault | None:
    for text, other in found.items():
        if other is not None and (other.id, other.header) != (label.id, label.header):
            return OTHER_CASE(reference=text, other=other.id, case=other.header)
    kinds = {other.kind for other in found.values() if other is not None}
    return None if len(kinds) == 2 else NOT_COMPARED()


def _check_link(found: Mapping[str, Label | None], label: Label) -> Fault | None:
    for text, other in found.items():
        if other is None or other.header != label.header:
            case = other.header if other is not None else "nothing known"
            return OTHER_COLUMN(reference=text, case=case, wanted=label.header)
    return None


def _check_step(
    model: Model, form: Form, found: Mapping[str, Label | None], label: Label, kind: str
) -> Fault | None:
    step = model.steps[label.id]
    for text, other in found.items():
        if other is None:
            return UNKNOWN(reference=text)
        if other.header != label.header:
            return OTHER_CASE(reference=text, other=other.id, case=other.header)
        if other.id not in step.inputs:
            return NO_INPUT(reference=text, other=other.id, step=label.id, inputs=step.inputs)
        if other.kind not in ("", kind):
            return OTHER_KIND(reference=text, other=other.kind, kind=kind)
    missing = [n for n in step.inputs if n not in {o.id for o in found.values() if o is not None}]
    if missing:
        return LEFT_OUT(missing=missing)
    calls = (part for part in form.parts if isinstance(part, Call))
    if kind == CALL and not any(call.name in functions_of(model) for call in calls):
        return NO_CALL()
    return None


def _check_result(
    book: Book, place: Place, cells: Mapping[Place, Label], label: Label
) -> Fault | None:
    available = book.target(AVAILABLE)
    step = book.model.steps[label.id]
    for probe in _probes(book):
        expected = float(step.function(*(probe[name] for name in step.inputs)))
        trial = {target: probe[other.id] for target, other in cells.items()}
        given = book.tried(place, trial if available is None else {**trial, available: "yes"})
        if isinstance(given, NotKnown):
            return None
        if not isinstance(given, float):
            return NO_RESULT(step=label.id, value=given)
        if not math.isclose(given, expected, rel_tol=1e-9, abs_tol=1e-12):
            return WRONG_RESULT(step=label.id, value=given, wanted=expected)
    return None


@once_a_book
def _probes(book: Book) -> list[dict[str, Any]]:
    """Values within the bounds that no published case has, and the steps' results on them."""
    probes: list[dict[str, Any]] = []
    for part in (0.37, 0.61):
        inputs: dict[str, Value] = {
            entry.id: entry.choices[len(probes) % len(entry.choices)] if entry.choices else
            entry.base if entry.unit == "year" else
            entry.lower + part * (min(entry.upper, 2 * float(entry.base)) - entry.lower) / 2
            for entry in book.model.assumptions.values()
        }  # fmt: skip
        values = run_steps(book.model, inputs)
        probes.append({name: value.item() for name, value in values.items()})
    return probes


RULE = Rule(
    "step_formula",
    "A step's formula takes the step's inputs, in its own case, and gives the step's result",
    "FAST 3.02-01 Formulas must be consistent; ICAEW: test that formulas do what they should",
    check,
)
