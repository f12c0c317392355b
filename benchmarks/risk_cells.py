"""Where the inputs of the simulation stand, for whoever edits them."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.injected import CATALOGUE
from xl_cryptoai.assumptions.input_fields import uncertain_in

LOW, HIGH = CATALOGUE.span
UNCERTAIN = [entry for entry in uncertain_in(CATALOGUE) if entry.values[LOW] != entry.values[HIGH]]
FIRST = 7
"""Row of the first distribution, and of the first correlation."""
OWN_SHAPE = "G"
OWN = {"low": "H", "mode": "I", "high": "J"}
"""Columns of what somebody types."""
_SETTINGS_ROW = FIRST + len(uncertain_in(CATALOGUE)) + 3  # below a gap, a heading and a head
SETTINGS = {
    "draws": _SETTINGS_ROW,
    "seed": _SETTINGS_ROW + 1,
    "method": _SETTINGS_ROW + 4,
    "goal_id": _SETTINGS_ROW + 5,
}
"""Rows of settings on sheet Distributions."""


def row_of(name: str) -> int:
    """Return the row of a distribution."""
    return FIRST + [entry.id for entry in uncertain_in(CATALOGUE)].index(name)


def pair_in(book: Any, rng: random.Random) -> Any:
    """Choose a cell in which a correlation is typed."""
    row = rng.randint(1, len(uncertain_in(CATALOGUE)) - 1)
    return book["Correlations"].cell(FIRST - 1 + row, 3 + rng.randrange(row))
