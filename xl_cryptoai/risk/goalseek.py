"""What would have to be true: the value of one assumption that reaches a target."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.catalogue import NO_EFFECT
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import OutOfRangeError, WrongTypeError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.risk.limits import last_that_holds, limits
from xl_cryptoai.risk.totals import Array, Inputs, standing, totals
from xl_cryptoai.units import CHOICE, UNITS, read_as

ROUNDING = 1e-14
"""How far, as a part of it, a target may lie beyond the total at a bound, and be that total."""


@dataclass(frozen=True, slots=True)
class GoalSeek:
    """The answer: the assumption, the value it must have, and the result there.

    Attributes
    ----------
    assumption : Assumption
        Which one.
    value : float
        Its value at the target, or at the bound where the result comes nearest.
    result : float
        The total there, USD a year.
    target : float
        The total that was asked for.
    reached : bool
        Whether the target is reached within the assumption's bounds.
    other : str
        The scenario whose total the target is; empty if it was given as an amount.
    """

    assumption: Assumption
    value: float
    result: float
    target: float
    reached: bool
    other: str = ""

    @property
    def id(self) -> str:
        """The assumption's id."""
        return self.assumption.id

    @property
    def words(self) -> str:
        """The answer in a sentence."""
        entry = self.assumption
        shown = f"{self.value:.10g} ({read_as(self.value, entry.unit)})"
        total = read_as(self.result, "usd_per_year", 5)
        if self.reached:
            whose = f", that of {self.other}" if self.other else ""
            return f"{self.id} would have to be {shown}: the total is then {total}{whose}"
        wanted = read_as(self.target, "usd_per_year", 5)
        beside = f"; {self.other} has {wanted}" if self.other else ""
        at_bound = self.value in (entry.lower, entry.upper)
        end = "its bound" if at_bound else "the limit that a rule between inputs sets"
        return f"not reachable: at {end}, {self.id} = {shown}, the total is {total}{beside}"


def goalseek(
    name: str,
    target: float,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    model: Model | None = None,
) -> GoalSeek:
    """Find the value of one assumption for which the total is the target.

    The total rises or falls in each assumption all the way, so there is one such value at most;
    only where the total does not depend on the assumption at all, every value serves.

    Parameters
    ----------
    name : str
        Id of an assumption that moves the total up or down.
    target : float
        The total wanted, USD a year.
    scenario : str
        Id of the scenario where the other assumptions stand.
    overrides : mapping of id to value, optional
        Values over the scenario's; one for the assumption itself does not matter.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    GoalSeek
        The value, exact to the last digits, or, if the target lies beyond the bounds or the rules
        between inputs, the end that comes nearest.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown id or scenario, a choice or a year, or a target that is no amount.

    Examples
    --------
    >>> goalseek("ai_penetration", 20e9).words
    'ai_penetration would have to be 0.6491534971 (64.92%): the total is then 20.000B'
    """
    model = shipped_by_default(model)
    name = model.assumptions.id_of(name)
    entry = model.assumptions[name]
    if entry.effect == NO_EFFECT:
        raise WrongTypeError(f"{name} does not move the total; it shapes the path by year")
    if entry.unit == CHOICE or UNITS[entry.unit].whole:
        raise WrongTypeError(
            f"{name} is a {entry.unit}; a target needs an assumption that can vary"
        )
    number = isinstance(target, (int, float)) and not isinstance(target, bool)
    if not (number and math.isfinite(target) and target >= 0):
        raise OutOfRangeError(f"target is {target}; give an amount of USD a year, 0 or more")
    others = model.assumptions.by_id(overrides)
    others.pop(name, None)
    inputs = standing(model, scenario, others, free=(name,))
    return _seek(model, entry, float(target), inputs)


def breakeven(
    name: str,
    scenario: str = "base",
    other: str = "bull",
    overrides: Mapping[str, Value] | None = None,
    model: Model | None = None,
) -> GoalSeek:
    """Find the value of one assumption at which one scenario's total equals another's.

    Parameters
    ----------
    name : str
        Id of an assumption that moves the total up or down.
    scenario : str
        Id of the scenario where the other assumptions stand.
    other : str
        The scenario whose total is to be reached.
    overrides : mapping of id to value, optional
        Values over those of `scenario`, not of `other`.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    GoalSeek
        As from `goalseek`, and `other` named.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        As `goalseek`.

    Examples
    --------
    >>> breakeven("ai_penetration", "bull", "base").words
    'ai_penetration would have to be 0.08799590901 (8.8%): the total is then 10.167B, that of base'
    """
    model = shipped_by_default(model)
    other = model.assumptions.scenario_of(other)
    target = float(totals(model, standing(model, other), {}))
    return replace(goalseek(name, target, scenario, overrides, model), other=other)


def _seek(model: Model, entry: Assumption, target: float, inputs: Inputs) -> GoalSeek:
    name = entry.id

    def total(values: Array) -> Array:
        return totals(model, inputs, {name: values})

    low, high = limits(model, name, inputs)
    own = min(max(float(inputs[name]), low), high)
    at_low, at_own, at_high = total(np.array([low, own, high])).tolist()
    if at_own == target:
        return GoalSeek(entry, own, at_own, target, reached=True)
    if not min(at_low, at_high) <= target <= max(at_low, at_high):
        nearer_low = abs(at_low - target) <= abs(at_high - target)
        value, result = (low, at_low) if nearer_low else (high, at_high)
        return GoalSeek(entry, value, result, target, abs(result - target) <= ROUNDING * target)
    short, beyond = (low, high) if at_low <= at_high else (high, low)
    value = beyond
    if target < max(at_low, at_high):
        value = last_that_holds(lambda values: total(values) <= target, short, beyond)
    return GoalSeek(entry, value, float(total(np.array(value))), target, reached=True)
