"""Inputs lie within their bounds, and none is a known figure in another unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xl_cryptoai.assumptions import SCENARIOS, Assumption
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.input_cells import inputs_of

FACTORS = {100.0: "a percentage", 1e3: "thousands", 1e6: "millions", 1e9: "billions"}
SAME = 1e-9


def check(book: Book) -> Iterator[Finding]:
    """Judge every input by the catalogue."""
    inputs = inputs_of(book)
    for place, key in inputs.fields.items():
        verdict = inputs.validate(key, place)
        entry = inputs.catalogue.get(key[0])
        if verdict.what:
            yield Finding(str(place), verdict.what, verdict.cure, id=key[0])
            continue
        if entry is None or verdict.value is None or key not in inputs.first:
            continue
        if what := _slip(entry, key[1], verdict.value):
            cure = f"enter {_usual(entry, key[1])}, or put a value of your own into Override"
            yield Finding(str(place), what, cure, id=key[0])


def _usual(entry: Assumption, case: str) -> Value:
    return getattr(entry, case) if case in SCENARIOS else entry.base


def _slip(entry: Assumption, case: str, value: Value) -> str:
    own = _usual(entry, case)
    known = [own] if case in SCENARIOS else [getattr(entry, other) for other in SCENARIOS]
    if any(_same(value, figure) for figure in known):
        return ""
    for figure in known:
        if isinstance(figure, str) or isinstance(value, str) or not figure:
            continue
        for factor, unit in FACTORS.items():
            if _same(value, figure * factor) or _same(value, figure / factor):
                return f"is {value:.15g}, the known {figure:.15g} times or over {factor:g}: {unit}?"
    if case == OVERRIDE:
        return ""
    for other in SCENARIOS:
        if other != case and _same(value, getattr(entry, other)):
            return f"holds the value of {other.capitalize()}, not of {case.capitalize()}"
    if case == "base":
        return f"is {value}; the published base case has {own}"
    return ""


def _same(value: Value, figure: Value) -> bool:
    if isinstance(value, str) or isinstance(figure, str):
        return value == figure
    return math.isclose(value, figure, rel_tol=SAME)


RULE = Rule(
    "input_value",
    "Every input lies within its bounds, in its unit, under its own case; Base is as published",
    "FAST section 4.04 Data validation; ICAEW: state units, check inputs",
    check,
)
