"""Inputs lie within their bounds, and none is a known figure in another unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xl_cryptoai.assumptions import SCENARIOS, Assumption, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import OVERRIDE
from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.inputs import judge
from xl_cryptoai.audit.risk_places import judge_at, risk_places
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.tables import input_cells

FACTORS = {100.0: "a percentage", 1e3: "thousands", 1e6: "millions", 1e9: "billions"}
SAME = 1e-9


def check(book: Book) -> Iterator[Finding]:
    """Judge every input by the catalogue."""
    yield from _judge_scenario(book)
    yield from _judge_risk(book)
    for place, (name, case) in input_cells(book).items():
        entry = shipped_assumptions()[name]
        verdict = judge(entry, book.stored(place), may_be_blank=case == OVERRIDE)
        if verdict.what:
            yield Finding(str(place), verdict.what, verdict.cure)
        elif verdict.value is not None and (what := _slip(entry, case, verdict.value)):
            cure = f"enter {_usual(entry, case)}, or put a value of your own into Override"
            yield Finding(str(place), what, cure)


def _judge_scenario(book: Book) -> Iterator[Finding]:
    """Judge the choice of the scenario as the formulas do, which take any capitals."""
    place = book.target("scenario")
    content = book.stored(place) if place is not None else ""
    if place is not None and str(content).lower() not in SCENARIOS:
        names = ", ".join(case.capitalize() for case in SCENARIOS)
        yield Finding(str(place), f"is '{content}', which is no scenario", f"choose one of {names}")


def _judge_risk(book: Book) -> Iterator[Finding]:
    """Judge shapes, own ends, rank correlations and settings."""
    for key, place in risk_places(book).items():
        verdict = judge_at(book, key, place)
        if verdict.what:
            yield Finding(str(place), verdict.what, verdict.cure)


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
