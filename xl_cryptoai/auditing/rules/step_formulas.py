"""A step's formula takes the step's inputs from its own column and gives the step's result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.targets import referenced_cell
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import Book, Place, in_words
from xl_cryptoai.reading.labels import CALL, DIFFERENCE, Label, Labels, labels_of
from xl_cryptoai.reading.tables import CASE_HEADERS

CASES = (*CASE_HEADERS.values(), "Published")
COLUMNS = {*CASES, *shipped_assumptions()}
CURE = "copy the formula of a neighbour in the row, or carry the inputs into a fresh workbook"


def check(book: Book) -> Iterator[Finding]:
    """Look at every cell in a step's row and a case's column."""
    labels = labels_of(book)
    for title in book.sheet_names:
        for row, (name, kind) in labels.rows[title].items():
            if name not in STEPS:
                continue
            for column, head in labels.headers[title][row].items():
                place = Place(title, row, column)
                if head in COLUMNS and (fault := _fault(book, labels, place, kind)):
                    yield Finding(str(place), fault, CURE)


def _fault(book: Book, labels: Labels, place: Place, kind: str) -> str:
    label = labels.label(place)
    assert label is not None
    form = book.form(place)
    if form is None:
        content = book.content(place)
        is_number = isinstance(content, (int, float))
        return f"holds the number {in_words(content)} where a formula belongs" if is_number else ""
    found: dict[str, Label | None] = {}
    cells: dict[Place, Label] = {}
    for reference in form.references:
        target = referenced_cell(reference, place)
        other = labels.label(target) if target is not None else None
        found[formula_text(reference, place.row, place.column)] = other
        if target is not None and other is not None:
            cells[target] = other
    if kind == DIFFERENCE:
        return _judge_difference(found, label)
    ids = {other.id for other in found.values() if other is not None}
    if ids == {label.id}:
        return _judge_link(found, label)
    return _judge_step(form, found, label, kind) or _judge_result(book, place, cells, label)


def _judge_difference(found: Mapping[str, Label | None], label: Label) -> str:
    for text, other in found.items():
        if other is not None and (other.id, other.header) != (label.id, label.header):
            return f"refers to {text}, which is {other.id} in case {other.header}"
    kinds = {other.kind for other in found.values() if other is not None}
    return "" if len(kinds) == 2 else "does not compare the call with the native formula"


def _judge_link(found: Mapping[str, Label | None], label: Label) -> str:
    for text, other in found.items():
        if other is None or other.header != label.header:
            case = other.header if other is not None else "nothing known"
            return f"refers to {text}, which is {case}, not {label.header}"
    return ""


def _judge_step(form: Form, found: Mapping[str, Label | None], label: Label, kind: str) -> str:
    step = STEPS[label.id]
    for text, other in found.items():
        if other is None:
            return f"refers to {text}, which is no assumption and no step"
        if other.header != label.header:
            return f"refers to {text}, which is {other.id} in case {other.header}"
        if other.id not in step.inputs:
            wanted = ", ".join(step.inputs)
            return f"refers to {text}, which is {other.id}; {label.id} is made of {wanted}"
        if other.kind not in ("", kind):
            return f"refers to {text}, a {other.kind} formula, from a {kind} one"
    missing = [n for n in step.inputs if n not in {o.id for o in found.values() if o is not None}]
    if missing:
        return f"leaves out {', '.join(missing)}"
    if kind == CALL and not isinstance(form.tree, Call):
        return "is no call of the step's function"
    return ""


def _judge_result(book: Book, place: Place, cells: Mapping[Place, Label], label: Label) -> str:
    for probe in _probes():
        step = STEPS[label.id]
        expected = float(step.function(*(probe[name] for name in step.inputs)))
        given = book.tried(place, {target: probe[other.id] for target, other in cells.items()})
        if isinstance(given, NotKnown):
            return ""
        if not isinstance(given, float):
            return f"does not give {label.id}: {given} for values within the bounds"
        if not math.isclose(given, expected, rel_tol=1e-9, abs_tol=1e-12):
            return f"does not give {label.id}: {given:.6g} instead of {expected:.6g} for a trial"
    return ""


def _probes() -> list[dict[str, Any]]:
    """Give values within the bounds that no published case has, and the steps' results on them."""
    if not _PROBES:
        for part, case in ((0.37, "base"), (0.61, "bear")):
            values: dict[str, Value | Any] = {
                entry.id: entry.choices[len(_PROBES) % 2] if entry.choices else
                getattr(entry, case) if entry.unit == "year" else
                entry.lower + part * (min(entry.upper, 2 * float(entry.base)) - entry.lower) / 2
                for entry in shipped_assumptions().values()
            }  # fmt: skip
            for step in STEPS.values():
                values[step.id] = float(step.function(*(values[name] for name in step.inputs)))
            _PROBES.append(values)
    return _PROBES


_PROBES: list[dict[str, Any]] = []

RULE = Rule(
    "step_formula",
    "A step's formula takes the step's inputs, in its own case, and gives the step's result",
    "FAST 3.02-01 Formulas must be consistent; ICAEW: test that formulas do what they should",
    check,
)
