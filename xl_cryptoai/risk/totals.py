"""The total for many values of a few assumptions at once, while the others stand still."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.scenarios import inputs_of
from xl_cryptoai.errors import ShapeMismatchError
from xl_cryptoai.forecast.constraints import check_constraints, keep_rules
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.risk.tape import Tape

Array = NDArray[np.float64]
Inputs = Mapping[str, NDArray[Any]]

BLOCK = 8_192
"""Rows at once: their values and every step's results together fit the processor's cache."""


def leading_to(result: str) -> tuple[Step, ...]:
    """Return the steps that a result needs, itself included, in their order.

    >>> [step.id for step in leading_to("compliance_rate")]
    ['compliance_rate']
    """
    needed = {result}
    for step in reversed(list(STEPS.values())):
        if step.id in needed:
            needed.update(step.inputs)
    return tuple(step for step in STEPS.values() if step.id in needed)


_TO_TOTAL = leading_to("total")


def standing(
    scenario: str = "base",
    overrides: Mapping[str, ArrayLike] | None = None,
    free: tuple[str, ...] = (),
) -> Inputs:
    """Return the values that the assumptions have while some of them are moved.

    Parameters
    ----------
    scenario : str
        "bear", "base" or "bull".
    overrides : mapping of id to value, optional
        Single values over the scenario's.
    free : tuple of str
        Assumptions that get all their values later: rules that bind them are not checked here.

    Returns
    -------
    mapping of id to array
        All assumptions, each of shape ().

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For an unknown id or scenario, a value that is no number or out of bounds, several values,
        or a rule between inputs that is broken.
    """
    inputs = inputs_of(shipped_assumptions(), scenario, overrides)
    for name, value in inputs.items():
        if value.ndim:
            raise ShapeMismatchError(
                f"{name} has {value.size} values in overrides; give one: what is not moved stands"
            )
    check_constraints({name: value for name, value in inputs.items() if name not in free})
    return inputs


def totals(inputs: Inputs, moved: Inputs) -> NDArray[Any]:
    """Compute the total where some assumptions are moved.

    Nothing is checked here.

    Parameters
    ----------
    inputs : mapping of id to array
        Where the assumptions stand.
    moved : mapping of id to array
        Values instead of these; arrays broadcast. At most `BLOCK` of them are computed quickest.

    Returns
    -------
    array
        USD a year, in the shape that the moved values have together.

    Examples
    --------
    >>> totals(standing(), {"ai_penetration": np.array([0.2, 0.4])}).round(-6).tolist()
    [6162000000.0, 12324000000.0]
    """
    shape = np.broadcast_shapes(*(np.shape(value) for value in moved.values()))
    return np.broadcast_to(total_of({**inputs, **moved}), shape).copy()


def total_of(inputs: Mapping[str, Any]) -> Any:
    """Run the steps that lead to the total on anything that they can calculate with."""
    values = dict(inputs)
    for step in _TO_TOTAL:
        values[step.id] = step.function(*(values[name] for name in step.inputs))
    return values["total"]


def total_of_draws(names: Collection[str], inputs: Inputs) -> Callable[[Array], Array]:
    """Make a function that gives the total for draws, with the rules between inputs kept.

    Parameters
    ----------
    names : collection of str
        The assumptions that are drawn.
    inputs : mapping of id to array
        Where the others stand.

    Returns
    -------
    callable
        Takes draws within their bounds, of shape (names, rows), and gives USD a year, (rows,).

    Examples
    --------
    >>> total = total_of_draws(["software_share", "compute_share"], standing())
    >>> given, kept = total(np.array([[0.75, 0.75], [0.3, 0.25]])).tolist()
    >>> given == kept
    True
    """
    constant = {name: value for name, value in inputs.items() if name not in names}
    as_drawn = dict.fromkeys(names, np.positive)
    tape = Tape(STEPS.values(), constant, as_drawn, ["total"], partial(keep_rules, drawn=names))
    return lambda draws: tape(draws, np.empty((1, draws.shape[1])))[0]
