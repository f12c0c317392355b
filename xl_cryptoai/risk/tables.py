"""A distribution's quantiles in a table over the normal score, interpolated in between.

The exact quantile of a PERT costs a hundred times as much; the error of the interpolation is below
1e-6 of the value. Even for the table only every `FINER`-th of a PERT's values is exact; a cubic
through the four nearest gives those in between, to 1e-8 of the value.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.uncertainty import PERT
from xl_cryptoai.risk.distributions import Distribution
from xl_cryptoai.risk.scratch import scratch

Array = NDArray[np.float64]
Single = NDArray[np.float32]

NODES = 4_096
REACH = 8.5
"""The table goes from minus this score to plus this score; beyond it stands the last value."""
STEPS = (NODES - 1) / (2 * REACH)
"""Steps of the table for one step of the score."""
FINER = 7
"""Steps of the table for one between exact values of a PERT."""
_MIDDLE = np.float32(NODES // 2 - 1)
_WHOLE = np.float32(1.5 * 2.0**23)


class Table:
    """The table of one distribution.

    Parameters
    ----------
    distribution : Distribution
        Whose quantiles.

    Attributes
    ----------
    values : array of float, shape (NODES,)
        Its values at the nodes, in the assumption's unit.

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> from xl_cryptoai.risk import default_distributions
    >>> table = Table(default_distributions(load_assumptions())["ai_penetration"])
    >>> table(np.array([-9, 9], dtype=np.float32) * np.float32(STEPS)).round(4).tolist()
    [0.2, 0.5]
    """

    def __init__(self, distribution: Distribution) -> None:
        self.values = values = _values(distribution)
        self._middles = (values[1:] + values[:-1]) / 2
        self._rises = np.diff(values).astype(np.float32)

    def __call__(self, steps: Single, out: Array | None = None) -> Array:
        """Return the values at standard normal scores.

        Parameters
        ----------
        steps : array of float32, shape (rows,)
            Standard normal scores times `STEPS`.
        out : array of float, shape (rows,), optional
            Where to write; by default a new array.

        Returns
        -------
        array of float, shape (rows,)
            Values in the assumption's unit.
        """
        values = out if out is not None else np.empty(steps.shape)
        # so large a float has no room for a fraction: the sum is rounded, and its last bits count
        place = np.add(steps, _WHOLE + _MIDDLE, out=scratch("place", steps.shape, np.float32))
        node = scratch("node", steps.shape, np.int32)
        np.subtract(place.view(np.int32), _WHOLE.view(np.int32), out=node)
        where = scratch("where", steps.shape, np.int64)
        np.copyto(where, node)
        place -= _WHOLE + _MIDDLE
        part = np.subtract(steps, place, out=scratch("part", steps.shape, np.float32))
        part *= self._rises.take(where, out=place, mode="clip")
        self._middles.take(where, out=values, mode="clip")
        values += part
        return values


def _values(distribution: Distribution) -> Array:
    """Compute the values at the nodes: all exactly, or a PERT's, which is smooth, in part.

    They are rounded to single precision, which takes away the last digits in which the
    mathematical libraries of machines differ, and kept within what the distribution allows.
    """
    if distribution.shape == PERT:
        wide = FINER / STEPS
        exact = distribution.quantile(
            np.linspace(-REACH - wide, REACH + wide, (NODES - 1) // FINER + 3)
        )
        found = np.append(_between(exact), exact[-2])
    else:
        found = distribution.quantile(np.linspace(-REACH, REACH, NODES))
    return np.clip(found.astype(np.float32).astype(np.float64), *distribution.support)


def _between(exact: Array) -> Array:
    """Interpolate by a cubic between neighbours, the sums in one order."""
    fours = np.lib.stride_tricks.sliding_window_view(exact, 4)
    found = fours[:, :1] * _CUBIC[0]
    for number in range(1, 4):
        found += fours[:, number : number + 1] * _CUBIC[number]
    return np.asarray(found.ravel())


def _cubic() -> Array:
    """Return the weights of four neighbours at each step between the two in the middle."""
    ends = np.arange(-1.0, 3.0)
    part = np.arange(FINER) / FINER
    return np.stack(
        [
            np.prod([(part - other) / (end - other) for other in ends if other != end], axis=0)
            for end in ends
        ]
    )


_CUBIC = _cubic()


@lru_cache(128)
def table_of(distribution: Distribution) -> Table:
    """Return a distribution's table; whoever changes one distribution waits for one new table."""
    return Table(distribution)
