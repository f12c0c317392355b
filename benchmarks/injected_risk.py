"""Injected errors on the sheets of the simulation: Distributions, Correlations and Risk."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.injected import CATALOGUE, Injected, put, text_of
from benchmarks.risk_cells import (
    FIRST,
    HIGH,
    LOW,
    OWN,
    OWN_SHAPE,
    SETTINGS,
    UNCERTAIN,
    pair_in,
    row_of,
)
from xl_cryptoai.assumptions.input_fields import uncertain_in


def _cell(book: Any, column: str, entry: Any) -> Any:
    return book["Distributions"][f"{column}{row_of(entry.id)}"]


def ends_crossed(book: Any, rng: random.Random) -> Injected:
    """Ends crossed."""
    entry = rng.choice(UNCERTAIN)
    low, high = sorted((entry.values[LOW], entry.values[HIGH]))
    if rng.random() < 0.5:
        cell, value = (
            _cell(book, OWN["low"], entry),
            entry.base + rng.uniform(0.01, 1) * (high - entry.base),
        )
    else:
        cell, value = (
            _cell(book, OWN["high"], entry),
            entry.base - rng.uniform(0.01, 1) * (entry.base - low),
        )
    return Injected({put(cell, value)}, {"uncertainty"})


def end_magnitude(book: Any, rng: random.Random) -> Injected:
    """End magnitude: typed in percent or in another unit."""
    entry = rng.choice([one for one in UNCERTAIN if one.upper <= 1])
    cell = _cell(book, rng.choice([*OWN.values()]), entry)
    return Injected({put(cell, entry.base * rng.choice([100, 1000]) + 1)}, {"input_value"})


def shape_unknown(book: Any, rng: random.Random) -> Injected:
    """Shape unknown."""
    cell = _cell(book, OWN_SHAPE, rng.choice(UNCERTAIN))
    return Injected({put(cell, rng.choice(["Pert", "beta", "gauss", "uniform "]))}, {"input_value"})


def end_overwritten(book: Any, rng: random.Random) -> Injected:
    """A number over the formula of an end in use, instead of into its own cell."""
    entry = rng.choice(UNCERTAIN)
    return Injected({put(_cell(book, rng.choice("DEF"), entry), entry.base)}, {"shape"})


def correlation_out(book: Any, rng: random.Random) -> Injected:
    """Correlation out of -1 to 1."""
    return Injected({put(pair_in(book, rng), rng.choice([1.5, 50, -30, 2]))}, {"input_value"})


def correlation_text(book: Any, rng: random.Random) -> Injected:
    """Correlation typed as a text."""
    return Injected({put(pair_in(book, rng), rng.choice(["0.5", "high", "0,3"]))}, {"input_value"})


def correlations_impossible(book: Any, rng: random.Random) -> Injected:
    """Three correlations that no variables can have together."""
    sheet = book["Correlations"]
    one, two, three = sorted(rng.sample(range(len(uncertain_in(CATALOGUE))), 3))
    places = ((two, one, 0.9), (three, one, -0.9), (three, two, 0.9))
    cells = {put(sheet.cell(FIRST - 1 + a, 3 + b), value) for a, b, value in places}
    return Injected(cells, {"uncertainty"})


def matrix_overwritten(book: Any, rng: random.Random) -> Injected:
    """A number over a formula of the matrix in use."""
    sheet = book["Correlations"]
    pool = [cell for row in sheet.iter_rows() for cell in row if text_of(cell) and cell.row > FIRST]
    return Injected({put(rng.choice(pool), 0.4)}, {"shape", "one_formula_a_row"})


def setting_out(book: Any, rng: random.Random) -> Injected:
    """A setting of the simulation that cannot be."""
    name, value = rng.choice(
        [("draws", 5), ("draws", 1e9), ("draws", 1000.5), ("seed", -1), ("seed", "lucky"),
         ("method", "Sobol"), ("goal_id", "penetration")]
    )  # fmt: skip
    return Injected({put(book["Distributions"][f"C{SETTINGS[name]}"], value)}, {"input_value"})
