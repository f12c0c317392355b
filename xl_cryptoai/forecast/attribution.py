"""Why a result moved: the change divided among the assumptions that changed, by Shapley values.

An assumption's share is what its change adds to the result, averaged over all orders in which the
changes can be made. So the shares sum to the whole difference, and no order is preferred.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.forecast.constraints import broken_constraints, check_constraints
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.run import run_steps
from xl_cryptoai.units import same_value

EXACT_UP_TO = 15
"""Changes up to which every coalition is computed; beyond, orders are drawn at random."""
ORDERS = 4_096
"""How many random orders are drawn, in pairs of an order and its reverse."""
SEED = 20_240_129
"""Fixed, so that the same two workbooks always give the same figures."""

Coalitions = NDArray[np.bool_]
"""One coalition a row, one change a column: True where the change is made."""
Worth = Callable[[Coalitions], NDArray[np.float64]]
"""Gives the result for every coalition at once."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one changed assumption did to the result.

    Attributes
    ----------
    id : str
        The assumption.
    before, after : float or str
        Its two values.
    value : float
        Its part of the difference, in the unit of the result.
    error : float
        Standard error of the part; 0 where it is exact.
    """

    id: str
    before: Value
    after: Value
    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """The difference of a result, attributed.

    Attributes
    ----------
    result : str
        Id of the step.
    before, after : float
        Its two values.
    shares : tuple of Share
        One for each changed assumption, the largest first.
    exact : bool
        Whether the shares are exact, or estimated with standard errors.
    beyond_rules : int
        How many of the computed combinations of old and new values break a rule between inputs.
    """

    result: str
    before: float
    after: float
    shares: tuple[Share, ...]
    exact: bool
    beyond_rules: int

    @property
    def difference(self) -> float:
        """How far the result moved."""
        return self.after - self.before


def attribute(
    model: Model,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    result: str = "total",
    *,
    exact_up_to: int = EXACT_UP_TO,
    orders: int = ORDERS,
) -> Attribution:
    """Attribute the change of a result to the assumptions that changed.

    Two valid sets of inputs can mix to one that is not valid (a software share raised while the
    compute share was lowered: the first alone may exceed the whole). Such a mixture is no state of
    the world that anyone proposes, only a step on the way, and the formulas have a value there. So
    it is computed like any other, without the check, and counted in `beyond_rules`.

    Parameters
    ----------
    model : Model
        Whose result.
    before, after : mapping of id to value
        All live inputs, such as `WorkbookInputs.live()` gives.
    result : str
        Id of a step.
    exact_up_to : int
        Largest number of changes for which every combination is computed.
    orders : int
        Number of random orders beyond that.

    Raises
    ------
    UnknownNameError, OutOfRangeError
        If no step has this id, or one of the two sets breaks a rule itself.

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> old = {name: entry.base for name, entry in load_assumptions().items()}
    >>> new = {**old, "ai_penetration": 0.4, "identity_rate": 0.04}
    >>> found = attribute(shipped_model(), old, new)
    >>> [(share.id, round(share.value / 1e6)) for share in found.shares]
    [('ai_penetration', 2170), ('identity_rate', 139)]
    """
    result = model.step(result).id
    check_constraints(model.constraints, before)
    check_constraints(model.constraints, after)
    names = [name for name in before if not same_value(before[name], after[name])]
    broken = 0

    def worth(made: Coalitions) -> NDArray[np.float64]:
        nonlocal broken
        inputs: dict[str, Any] = {
            name: before[name] if name not in names else _mixed(made, names, name, before, after)
            for name in before
        }
        breaking = np.zeros(len(made), np.bool_)
        for _, where in broken_constraints(model.constraints, inputs):
            breaking |= where
        broken += int(breaking.sum())
        return np.broadcast_to(np.asarray(run_steps(model, inputs)[result], np.float64), len(made))

    ends = worth(np.array([[False] * len(names), [True] * len(names)]))
    if len(names) <= exact_up_to:
        values = exact_shares(len(names), worth)
        errors = np.zeros(len(names))
    else:
        values, errors = sampled_shares(len(names), worth, orders=orders)
    shares = [
        Share(name, before[name], after[name], float(value), float(error))
        for name, value, error in zip(names, values, errors, strict=True)
    ]
    shares.sort(key=lambda share: -abs(share.value))
    exact = len(names) <= exact_up_to
    return Attribution(result, float(ends[0]), float(ends[1]), tuple(shares), exact, broken)


def _mixed(
    made: Coalitions,
    names: Sequence[str],
    name: str,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
) -> NDArray[Any]:
    return np.where(made[:, names.index(name)], np.asarray(after[name]), np.asarray(before[name]))


def all_coalitions(count: int) -> Coalitions:
    """Return every subset of a number of changes; row k has the bits of k.

    >>> all_coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    numbers = np.arange(2**count)[:, np.newaxis]
    return np.asarray((numbers >> np.arange(count)) & 1, np.bool_)


def exact_shares(count: int, worth: Worth) -> NDArray[np.float64]:
    """Return the Shapley values of a game, from the worth of all its coalitions.

    Parameters
    ----------
    count : int
        Number of players.
    worth : callable
        Takes coalitions, gives the worth of each.

    Returns
    -------
    array of float
        One a player; they sum to the worth of all less that of none.
    """
    if count == 0:
        return np.zeros(0)
    made = all_coalitions(count)
    worths = worth(made)
    size = made.sum(axis=1)
    weight = np.array([1 / (count * math.comb(count - 1, k)) for k in range(count)])
    values = np.empty(count)
    for player in range(count):
        without = np.flatnonzero(~made[:, player])
        gain = worths[without + 2**player] - worths[without]
        values[player] = math.fsum(weight[size[without]] * gain)
    return _closed(values, worths[-1] - worths[0])


def sampled_shares(
    count: int, worth: Worth, *, orders: int = ORDERS, seed: int = SEED
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate the Shapley values of a game from random orders of its players.

    Each order is walked forwards and backwards: who comes late one way comes early the other,
    which takes out much of the scatter. Along every walk the gains sum to the whole difference,
    and so do their means.

    Returns
    -------
    values, errors : array of float
        The estimates and their standard errors, one a player.
    """
    draws = np.random.default_rng(seed)
    pairs = max(orders // 2, 2)
    forwards = np.argsort(draws.random((pairs, count)), axis=1)
    means = np.zeros((pairs, count))
    for order in (forwards, forwards[:, ::-1]):
        rank = np.argsort(order, axis=1)
        # after k steps those are in whose rank is below k
        made = rank[:, np.newaxis, :] < np.arange(count + 1)[np.newaxis, :, np.newaxis]
        walks = worth(made.reshape(-1, count)).reshape(pairs, count + 1)
        means += np.take_along_axis(np.diff(walks, axis=1), rank, axis=1) / 2
    errors = means.std(axis=0, ddof=1) / math.sqrt(pairs)
    return _closed(means.mean(axis=0), float(walks[0, -1] - walks[0, 0])), errors


def _closed(values: NDArray[np.float64], difference: float) -> NDArray[np.float64]:
    """Put what the rounding of sums has left, parts in 1e16, to the largest share."""
    largest = int(np.argmax(np.abs(values)))
    values[largest] += difference - math.fsum(values)
    return values
