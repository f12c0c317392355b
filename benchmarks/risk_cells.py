"""Where the inputs of the simulation stand, for whoever edits them."""

from __future__ import annotations

import random
from typing import Any

from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.forecast import shipped_model

CATALOGUE = shipped_model().assumptions

UNCERTAIN = [
    entry for entry in uncertain_in(CATALOGUE) if entry.values["bear"] != entry.values["bull"]
]
FIRST = 7
"""Row of the first distribution, and of the first correlation."""
OWN_SHAPE = "G"
OWN = {"low": "H", "mode": "I", "high": "J"}
"""Columns of what somebody types."""
SETTINGS = {"draws": 25, "seed": 26, "method": 29, "goal_id": 30}


def row_of(name: str) -> int:
    """Return the row of a distribution."""
    return FIRST + [entry.id for entry in uncertain_in(CATALOGUE)].index(name)


def pair_in(book: Any, rng: random.Random) -> Any:
    """Choose a cell in which a correlation is typed."""
    row = rng.randint(1, len(uncertain_in(CATALOGUE)) - 1)
    return book["Correlations"].cell(FIRST - 1 + row, 3 + rng.randrange(row))
