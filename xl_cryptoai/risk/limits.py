"""How far one assumption can go: its bounds, and the rules that bind it to the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.forecast.constraints import Constraint
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.risk.totals import Inputs

Condition = Callable[[NDArray[np.float64]], NDArray[np.bool_]]

SECTIONS = 64
"""Parts that a range is cut into at a time: many points at once cost hardly more than one."""


def limits(model: Model, name: str, inputs: Inputs) -> tuple[float, float]:
    """Return the range in which an assumption keeps its bounds and the rules between inputs.

    Parameters
    ----------
    model : Model
        Whose assumption.
    name : str
        Id of an assumption that is a number.
    inputs : mapping of id to array
        Where the others stand. Every rule leaves at least one bound free, wherever that is.

    Returns
    -------
    low, high : float
        In the assumption's unit.

    Examples
    --------
    >>> from xl_cryptoai.risk.totals import standing
    >>> from xl_cryptoai.forecast import shipped_model
    >>> inputs = standing(shipped_model(), overrides={"compute_share": 0.25})
    >>> low, high = limits(shipped_model(), "software_share", inputs)
    >>> low, round(high, 9)
    (0.0, 0.75)
    """
    entry = model.assumptions[name]
    low, high = entry.lower, entry.upper
    for rule in model.constraints:
        if name not in rule.inputs:
            continue
        holds = _condition(rule, name, inputs)
        at_low, at_high = holds(np.array([low, high]))
        if not at_high:
            high = last_that_holds(holds, low, high)
        elif not at_low:
            low = last_that_holds(holds, high, low)
    return low, high


def _condition(rule: Constraint, name: str, inputs: Inputs) -> Condition:
    return lambda values: np.asarray(
        rule.holds(*(values if one == name else inputs[one] for one in rule.inputs))
    )


def last_that_holds(holds: Condition, inside: float, outside: float) -> float:
    """Find the last value on the way from one to another for which a condition holds.

    The way is cut into sections, all their ends are tried at once, and the section in which the
    condition fails is cut again, until no number lies in between.

    Parameters
    ----------
    holds : callable
        Takes an array of values and gives an array of bool: true at first, then false to the end.
    inside, outside : float
        Where it holds and where it does not.

    Examples
    --------
    >>> last_that_holds(lambda values: values**2 <= 2, 0.0, 10.0)
    1.414213562373095
    """
    while True:
        points = np.linspace(inside, outside, SECTIONS + 1)
        kept = int(np.argmin(holds(points)))
        narrowed = float(points[max(kept - 1, 0)]), float(points[kept])
        if narrowed == (inside, outside):
            return inside
        inside, outside = narrowed
