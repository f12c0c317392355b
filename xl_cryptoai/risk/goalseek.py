"""What would have to be true: the value of one assumption that reaches a target."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import OutOfRangeError, WrongTypeError
from xl_cryptoai.forecast.constraints import CONSTRAINTS, Constraint
from xl_cryptoai.forecast.model import Forecast
from xl_cryptoai.units import CHOICE, UNITS, read_as

PRECISION = 1e-13
STEPS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class GoalSeek:
    """The answer: the assumption, the value it must have, and the result there.

    Attributes
    ----------
    id : str
        The assumption.
    value : float
        Its value at the target, or at the bound where the result comes nearest.
    result : float
        The total there, USD a year.
    target : float
        The total that was asked for.
    reached : bool
        Whether the target is reached within the assumption's bounds.
    """

    id: str
    value: float
    result: float
    target: float
    reached: bool

    @property
    def words(self) -> str:
        """The answer in a sentence."""
        unit = shipped_assumptions()[self.id].unit
        shown = f"{self.value:.10g} ({read_as(self.value, unit)})"
        total = read_as(self.result, "usd_per_year", 5)
        if self.reached:
            return f"{self.id} would have to be {shown}: the total is then {total}"
        return f"not reachable: at its bound, {self.id} = {shown}, the total is {total}"


def goalseek(
    name: str,
    target: float,
    scenario: str = "base",
    overrides: dict[str, Value] | None = None,
) -> GoalSeek:
    """Find the value of one assumption for which the total is the target.

    Parameters
    ----------
    name : str
        Id of an assumption that moves the total up or down.
    target : float
        The total wanted, USD a year.
    scenario : str
        "bear", "base" or "bull", where the other assumptions stand.
    overrides : dict, optional
        Values over the scenario's.

    Returns
    -------
    GoalSeek
        The value, or, if the target lies beyond the bounds, the bound that comes nearest.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown id or scenario, a choice or a year, or a target that is no amount.

    Examples
    --------
    >>> goalseek("ai_penetration", 20e9).words
    'ai_penetration would have to be 0.6491534971 (64.92%): the total is then 20.000B'
    """
    entry = shipped_assumptions()[name]
    if entry.unit == CHOICE or UNITS[entry.unit].whole:
        raise WrongTypeError(
            f"{name} is a {entry.unit}; a target needs an assumption that can vary"
        )
    if not (isinstance(target, (int, float)) and math.isfinite(target) and target >= 0):
        raise OutOfRangeError(f"target is {target}; give an amount of USD a year, 0 or more")
    others = {key: value for key, value in (overrides or {}).items() if key != name}

    def total(value: float) -> float:
        return float(Forecast(scenario, overrides={**others, name: value})["total"])

    low, high = _range(name, Forecast(scenario, overrides=others or None))
    at_low, at_high = total(low), total(high)
    if not min(at_low, at_high) <= target <= max(at_low, at_high):
        nearer_low = abs(at_low - target) <= abs(at_high - target)
        value, result = (low, at_low) if nearer_low else (high, at_high)
        return GoalSeek(name, value, result, float(target), reached=False)
    value = _bisect(total, low, high, target, rising=at_high >= at_low)
    return GoalSeek(name, value, total(value), float(target), reached=True)


def _range(name: str, others: Forecast) -> tuple[float, float]:
    """Give the bounds within which every rule between inputs holds as well."""
    entry = shipped_assumptions()[name]
    low, high = entry.lower, entry.upper
    for constraint in CONSTRAINTS:
        if name not in constraint.inputs:
            continue

        def holds(value: float, constraint: Constraint = constraint) -> bool:
            given = {key: value if key == name else others[key] for key in constraint.inputs}
            return bool(np.all(constraint.holds(**given)))

        inside = float(others[name])
        low, high = _edge(holds, inside, low), _edge(holds, inside, high)
    return low, high


def _edge(holds: Callable[[float], bool], inside: float, bound: float) -> float:
    """Give the bound, or the last value towards it for which the rule holds."""
    if holds(bound):
        return bound
    outside = bound
    for _ in range(STEPS_AT_MOST):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def _bisect(
    total: Callable[[float], float], low: float, high: float, target: float, *, rising: bool
) -> float:
    """Halve the range until it cannot be halved: the total is monotone in each assumption."""
    for _ in range(STEPS_AT_MOST):
        middle = (low + high) / 2
        if middle in (low, high) or high - low <= PRECISION * abs(middle):
            break
        below = total(middle) < target
        low, high = (middle, high) if below == rising else (low, middle)
    return (low + high) / 2
