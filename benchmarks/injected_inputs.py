"""Injected errors in inputs, their bounds and validations, and in published figures."""

from __future__ import annotations

import random
from typing import Any

from openpyxl.utils import get_column_letter

from benchmarks.injected import (
    CATALOGUE,
    FRACTIONS,
    MODEL,
    MONEY,
    NUMBERS,
    SCENARIOS,
    SHARES,
    Injected,
    find,
    id_of,
    put,
)
from xl_cryptoai.reading.tables import base_headers

PRINTED = ("As a number", "Half last digit")
"""Heads of the numbers behind a printed figure, on sheet Sources."""


def _input(rng: random.Random, names: list[str]) -> tuple[str, str]:
    return rng.choice(names), rng.choice(SCENARIOS)


def percent(book: Any, rng: random.Random) -> Injected:
    """Enter 33 for 33%."""
    cell = find(book, "Assumptions", *_input(rng, SHARES))
    return Injected({put(cell, cell.value * 100)}, {"input_value"})


def magnitude(book: Any, rng: random.Random) -> Injected:
    """Enter thousands, millions or billions for units."""
    cell = find(book, "Assumptions", *_input(rng, MONEY))
    factor = rng.choice([1e-9, 1e-6, 1e-3, 1e3])
    return Injected({put(cell, cell.value * factor)}, {"input_value"})


def input_sign(book: Any, rng: random.Random) -> Injected:
    """Turn the sign of an input."""
    cell = find(book, "Assumptions", *_input(rng, NUMBERS))
    return Injected({put(cell, -cell.value)}, {"input_value"})


def text_number(book: Any, rng: random.Random) -> Injected:
    """Enter a number as text."""
    cell = find(book, "Assumptions", *_input(rng, NUMBERS))
    where = put(cell, rng.choice([f"{cell.value}", f"{cell.value:.4f}", f"{cell.value * 100}%"]))
    cell.data_type = "s"
    return Injected({where}, {"input_value", "text_numbers"})


def cases_swapped(book: Any, rng: random.Random) -> Injected:
    """Swap the values of two cases."""
    names = [n for n in NUMBERS if len({*CATALOGUE[n].values.values()}) == len(SCENARIOS)]
    name = rng.choice(names)
    one, other = rng.sample(SCENARIOS, 2)
    first, second = (find(book, "Assumptions", name, head) for head in (one, other))
    values = first.value, second.value
    return Injected({put(first, values[1]), put(second, values[0])}, {"input_value"})


def rule_broken(book: Any, rng: random.Random) -> Injected:
    """Override two inputs with what each may be, but not both."""
    kind = rng.choice(["stack", "compliance", "years"])
    if kind == "stack":
        share = rng.uniform(0.5, 0.9)
        typed = {"software_share": share, "compute_share": rng.uniform(1.01, 1.09) - share}
    elif kind == "compliance":
        revenue = rng.uniform(2e9, 9e9)
        typed = {"bank_revenue": revenue, "bank_compliance_cost": revenue * rng.uniform(1.1, 2)}
    else:
        typed = {"forecast_year": rng.randint(2020, 2023), "baseline_year": 2024}
    cells = {
        put(find(book, "Assumptions", name, "Override"), value) for name, value in typed.items()
    }
    return Injected(cells, {"inputs_together"})


def scenario_spelt(book: Any, rng: random.Random) -> Injected:
    """Type a scenario that no formula knows."""
    sheet, _, at = book.defined_names["scenario"].attr_text.rpartition("!")
    cell = book[sheet.strip("'")][at.replace("$", "")]
    return Injected(
        {put(cell, rng.choice(["Bull ", " Base", "Worst", "Bear case"]))}, {"input_value"}
    )


def stale(book: Any, rng: random.Random) -> Injected:
    """An input is changed and nothing is recalculated: cells are told by the runner."""
    cell = find(book, "Assumptions", rng.choice(FRACTIONS), "Override")
    entry = CATALOGUE[id_of(cell)]
    cell.value = entry.base * rng.uniform(0.9, 0.99)
    follow = [
        find(book, "Assumptions", entry.id, head) for head in ("Live", "Source of live value")
    ]
    return Injected({f"Assumptions!{one.coordinate}" for one in follow}, {"stale_value"})


def bound_moved(book: Any, rng: random.Random) -> Injected:
    """Move a bound."""
    cell = find(book, "Assumptions", rng.choice(NUMBERS), rng.choice(["Lower", "Upper"]))
    return Injected({put(cell, cell.value * 10 + 1)}, {"published_figure"})


def published_edited(book: Any, rng: random.Random) -> Injected:
    """Edit a published figure."""
    pool = [find(book, "Sources", n, base_headers(MODEL)[1]) for n in NUMBERS]
    pool += [
        find(book, "Sources", one, head) for one in MODEL.publication.figures for head in PRINTED
    ]
    cell = rng.choice(pool)
    return Injected({put(cell, cell.value * rng.choice([0.9, 1.01, 2]))}, {"published_figure"})


def _validation(book: Any, rng: random.Random) -> Any:
    return rng.choice(book["Assumptions"].data_validations.dataValidation)


def _covered(rule: Any) -> set[str]:
    return {f"Assumptions!{cell}" for area in rule.sqref.ranges for cell in
            (f"{get_column_letter(c)}{r}" for r, c in area.cells)}  # fmt: skip


def validation_removed(book: Any, rng: random.Random) -> Injected:
    """Remove a validation."""
    rule = _validation(book, rng)
    book["Assumptions"].data_validations.dataValidation.remove(rule)
    return Injected(_covered(rule), {"validation"})


def validation_loosened(book: Any, rng: random.Random) -> Injected:
    """Let a validation take more than it should, or only warn."""
    rule = rng.choice([r for r in book["Assumptions"].data_validations.dataValidation
                       if r.type != "list"])  # fmt: skip
    way = rng.randrange(3)
    if way == 0:
        rule.formula2 = "1E+15"
    elif way == 1:
        rule.operator = "notEqual"
    else:
        rule.errorStyle = "warning"
    return Injected(_covered(rule), {"validation_bounds"})
