"""The total for many values of a few assumptions at once, while the others stand still."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.catalogue import inputs_of
from xl_cryptoai.errors import ShapeMismatchError
from xl_cryptoai.forecast.constraints import check_constraints, keep_rules
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.risk.tape import Tape

Array = NDArray[np.float64]
Inputs = Mapping[str, NDArray[Any]]

BLOCK = 8_192
"""Rows at once: their values and every step's results together fit the processor's cache."""


def standing(
    model: Model,
    scenario: str = "base",
    overrides: Mapping[str, ArrayLike] | None = None,
    free: tuple[str, ...] = (),
) -> Inputs:
    """Return the values that the assumptions have while some of them are moved.

    Parameters
    ----------
    model : Model
        Whose assumptions.
    scenario : str
        Id of a scenario.
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
    inputs = inputs_of(model.assumptions, scenario, overrides)
    for name, value in inputs.items():
        if value.ndim:
            raise ShapeMismatchError(
                f"{name} has {value.size} values in overrides; give one, since only the listed "
                "assumptions move"
            )
    fixed = {name: value for name, value in inputs.items() if name not in free}
    check_constraints(model.constraints, fixed)
    return inputs


def totals(model: Model, inputs: Inputs, moved: Inputs) -> NDArray[Any]:
    """Compute the total where some assumptions are moved.

    Nothing is checked here.

    Parameters
    ----------
    model : Model
        Whose total.
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
    >>> from xl_cryptoai.forecast import shipped_model
    >>> model, moved = shipped_model(), {"ai_penetration": np.array([0.2, 0.4])}
    >>> totals(model, standing(model), moved).round(-6).tolist()
    [6162000000.0, 12324000000.0]
    """
    shape = np.broadcast_shapes(*(np.shape(value) for value in moved.values()))
    return np.broadcast_to(total_of(model, {**inputs, **moved}), shape).copy()


def total_of(model: Model, inputs: Mapping[str, Any]) -> Any:
    """Run the steps that lead to the total on anything that they can calculate with."""
    values = dict(inputs)
    for step in model.leading_to(TOTAL):
        values[step.id] = step.function(*(values[name] for name in step.inputs))
    return values[TOTAL]


def total_of_draws(
    model: Model, names: Collection[str], inputs: Inputs
) -> Callable[[Array], Array]:
    """Make a function that gives the total for draws, with the rules between inputs kept.

    Parameters
    ----------
    model : Model
        Whose total.
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
    >>> from xl_cryptoai.forecast import shipped_model
    >>> model = shipped_model()
    >>> total = total_of_draws(model, ["software_share", "compute_share"], standing(model))
    >>> given, kept = total(np.array([[0.75, 0.75], [0.3, 0.25]])).tolist()
    >>> given == kept
    True
    """
    constant = {name: value for name, value in inputs.items() if name not in names}
    as_drawn = dict.fromkeys(names, np.positive)
    rules = partial(keep_rules, model.constraints, drawn=names)
    tape = Tape(model.steps.values(), constant, as_drawn, [TOTAL], rules)
    return lambda draws: tape(draws, np.empty((1, draws.shape[1])))[0]
