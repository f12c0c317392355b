"""Holds the results that a workbook stores against those that Python computes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.forecast.model import Model

RESIDUE = 1e-12
"""A difference that is smaller than this, beside the figures it is taken of, is rounding."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored result that is not what the inputs give; `stored` is None if nothing is stored."""

    cell: str
    id: str
    case: str
    stored: Any
    computed: Value


def agree(
    model: Model, name: str, stored: Any, computed: Mapping[str, Any], tolerance: float
) -> bool:
    """Whether a stored result is the computed one.

    Parameters
    ----------
    model : Model
        Whose results.
    name : str
        Id of the assumption or step.
    stored : object
        What the cell holds.
    computed : mapping of id to value
        The forecast; its other figures say what is negligible.
    tolerance : float
        Largest relative difference.
    """
    own = computed[name]
    if isinstance(own, str) or isinstance(stored, bool) or not isinstance(stored, (int, float)):
        return bool(stored == own)
    if math.isclose(stored, own, rel_tol=tolerance):
        return True
    # Excel takes 1 - 0.9 - 0.1 for 0, Python for -3e-17: neither is a finding
    limit = RESIDUE * _beside(model, name, computed)
    return abs(stored) <= limit and abs(own) <= limit


def _beside(model: Model, name: str, computed: Mapping[str, Any]) -> float:
    """Return the largest of the figures in the same unit that a step is computed from."""
    if name not in model.steps:
        return 0.0
    step = model.steps[name]
    same = (key for key in step.inputs if model.entries[key].unit == step.unit)
    return max((abs(computed[key]) for key in same), default=0.0)
