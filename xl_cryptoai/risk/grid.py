"""The total for every pair of values of two assumptions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.scenarios import allowed, check_value, position_in_words
from xl_cryptoai.errors import OutOfRangeError, ShapeMismatchError, WrongTypeError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.risk.totals import BLOCK, standing, totals
from xl_cryptoai.units import CHOICE


def grid(
    x: str,
    xs: ArrayLike,
    y: str,
    ys: ArrayLike,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    model: Model | None = None,
) -> NDArray[np.float64]:
    """Compute the total for every pair of values of two assumptions.

    Parameters
    ----------
    x, y : str
        Ids of two assumptions.
    xs, ys : array of float, or of str for a choice
        Their values, within their bounds, at least one of each.
    scenario : str
        Id of the scenario where the others stand.
    overrides : mapping of id to value, optional
        Values over the scenario's; those of x and y do not matter.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    array of float
        One row a value of y, one column a value of x; USD a year.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        If x is y, for an unknown id or scenario, a value out of bounds or a pair that breaks a
        rule between inputs, naming its place.

    Examples
    --------
    >>> grid("ai_penetration", [0.2, 0.4], "ai_revenue_capture", [0.13]).round(-6).tolist()
    [[6162000000.0, 12324000000.0]]
    """
    model = shipped_by_default(model)
    x, y = model.assumptions.id_of(x), model.assumptions.id_of(y)
    if x == y:
        raise OutOfRangeError(f"x and y are both {x}; give two assumptions")
    across = _axis("xs", model.assumptions[x], xs)
    down = _axis("ys", model.assumptions[y], ys)
    given = model.assumptions.by_id(overrides)
    others = {name: value for name, value in given.items() if name not in (x, y)}
    inputs = standing(model, scenario, others, free=(x, y))
    pairs = {**inputs, x: across[None, :], y: down[:, None]}
    check_constraints(model.constraints, pairs, "grid")
    rows = max(BLOCK // across.size, 1)
    found = np.empty((down.size, across.size))
    for first in range(0, down.size, rows):
        part = down[first : first + rows, None]
        found[first : first + rows] = totals(model, inputs, {x: across[None, :], y: part})
    return found


def _axis(axis: str, entry: Assumption, values: ArrayLike) -> NDArray[np.generic]:
    given = np.atleast_1d(np.asarray(values))
    if given.ndim > 1 or not given.size:
        raise ShapeMismatchError(
            f"{axis} has shape {given.shape}; give one or more values of {entry.id} in a row"
        )
    if entry.unit != CHOICE and given.dtype.kind not in "iuf":
        # among texts all values have become texts: look at them as they were given
        for place, value in enumerate(np.asarray(values, dtype=object).flat):
            if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
                where = position_in_words([place], given.shape)
                raise WrongTypeError(
                    f"{entry.id}{where} is {quoted(value)}, but must be a number, {allowed(entry)}"
                )
    return check_value(entry, given)
