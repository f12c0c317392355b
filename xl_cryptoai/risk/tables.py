"""A distribution's quantiles in a table over the normal score, interpolated in between.

The exact quantile of a PERT costs a hundred times as much; the error of the interpolation is below
1e-6 of the value.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.risk.distributions import Distribution
from xl_cryptoai.risk.scratch import scratch

Array = NDArray[np.float64]

NODES = 4_096
REACH = 8.5
"""The table goes from minus this score to plus this score; beyond it stands the last value."""
STEPS = (NODES - 1) / (2 * REACH)
"""Steps of the table for one step of the score."""
_MIDDLE = NODES // 2 - 1
_WHOLE = np.float64(1.5 * 2.0**52)


class Table:
    """The table of one distribution.

    Parameters
    ----------
    distribution : Distribution
        Whose quantiles.

    Examples
    --------
    >>> from xl_cryptoai.risk import default_distributions
    >>> table = Table(default_distributions()["ai_penetration"])
    >>> table(np.array([-9.0, 9.0]) * STEPS).round(4).tolist()
    [0.2, 0.5]
    """

    def __init__(self, distribution: Distribution) -> None:
        values = distribution.quantile(np.linspace(-REACH, REACH, NODES))
        self._middles, self._rises = (values[1:] + values[:-1]) / 2, np.diff(values)

    def __call__(self, steps: Array, out: Array | None = None) -> Array:
        """Give the values at standard normal scores.

        Parameters
        ----------
        steps : array of float, shape (rows,)
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
        place = np.add(steps, _WHOLE + _MIDDLE, out=values)
        where = scratch("where", steps.shape, np.int64)
        np.subtract(place.view(np.int64), _WHOLE.view(np.int64), out=where)
        place -= _WHOLE + _MIDDLE
        part = np.subtract(steps, place, out=scratch("part", steps.shape))
        part *= self._rises.take(where, out=values, mode="clip")
        self._middles.take(where, out=values, mode="clip")
        values += part
        return values


@lru_cache(128)
def table_of(distribution: Distribution) -> Table:
    """Give a distribution's table; whoever changes one distribution waits for one new table."""
    return Table(distribution)
