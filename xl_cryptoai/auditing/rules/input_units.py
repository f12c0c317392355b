"""Inputs lie within their bounds, and none is a known figure in another unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.input_cells import inputs_of

FACTORS = {100.0: "a percentage", 1e3: "thousands", 1e6: "millions", 1e9: "billions"}
OTHER_UNIT = Kind("input_in_other_unit", "value", "known", "factor", "unit", "usual")
OTHER_CASE = Kind("input_of_other_case", "case", "other", "usual")
NOT_PUBLISHED = Kind("base_not_as_published", "value", "usual")
SAME = 1e-9


def check(book: Book) -> Iterator[Finding]:
    """Validate every input by the catalogue."""
    inputs = inputs_of(book)
    for place, key in inputs.fields.items():
        result = inputs.validate(key, place)
        entry = inputs.catalogue.get(key[0])
        fault = result.fault
        if entry is not None and result.value is not None and key in inputs.first:
            fault = _implausible(entry, key[1], result.value)
        if fault is not None:
            yield fault.at(place, id=key[0])


def _implausible(entry: Assumption, case: str, value: Value) -> Fault | None:
    own = entry.values.get(case, entry.base)
    known = [own] if case in entry.values else [*entry.values.values()]
    if any(_same(value, figure) for figure in known):
        return None
    for figure in known:
        if isinstance(figure, str) or isinstance(value, str) or not figure:
            continue
        for factor, unit in FACTORS.items():
            if _same(value, figure * factor) or _same(value, figure / factor):
                return OTHER_UNIT(value=value, known=figure, factor=factor, unit=unit, usual=own)
    if case in (OWN, OVERRIDE):
        return None
    for other, figure in entry.values.items():
        if other != case and _same(value, figure):
            return OTHER_CASE(case=case, other=other, usual=own)
    if case == "base":
        return NOT_PUBLISHED(value=value, usual=own)
    return None


def _same(value: Value, figure: Value) -> bool:
    if isinstance(value, str) or isinstance(figure, str):
        return value == figure
    return math.isclose(value, figure, rel_tol=SAME)


RULE = Rule(
    "input_value",
    "Every input is within its bounds, in its unit, under its own case; Base is as published",
    "FAST section 4.04 Data validation; ICAEW: state units, check inputs",
    check,
)
