"""The distribution of each uncertain assumption: house judgement, from bear, base and bull.

For PERT, triangular and uniform shapes low and high are the ends. For the normal and lognormal
shapes they are the 5% and 95% quantiles, and what lies outside the assumption's bounds is cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from xl_cryptoai.assumptions import Assumption, Catalogue, shipped_assumptions
from xl_cryptoai.assumptions.scenarios import check_value
from xl_cryptoai.assumptions.uncertainty import FIXED, PERT, SHAPES
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError

Array = NDArray[np.float64]

PERT_WEIGHT = 4.0
"""How much more the most likely value weighs than either end, in the usual PERT."""
Z_95 = float(ndtri(0.95))


@dataclass(frozen=True, slots=True)
class Distribution:
    """One assumption's distribution.

    Attributes
    ----------
    id : str
        The assumption.
    shape : str
        One of `SHAPES`.
    low, mode, high : float
        Low, most likely and high value, in the assumption's unit.
    lower, upper : float
        The assumption's bounds.
    """

    id: str
    shape: str
    low: float
    mode: float
    high: float
    lower: float
    upper: float

    def quantile(self, z: Array) -> Array:
        """Give the values at standard normal scores.

        Parameters
        ----------
        z : array of float
            Scores: 0 is the median, 1.645 the 95% quantile.

        Returns
        -------
        array of float
            Values in the assumption's unit, within its bounds.

        Examples
        --------
        >>> from xl_cryptoai.risk import default_distributions
        >>> uniform = make(shipped_assumptions()["ai_penetration"], "uniform", 0.2, 0.3, 0.4)
        >>> uniform.quantile(np.array([0.0])).round(9).tolist()
        [0.3]
        """
        span = self.high - self.low
        if self.shape == FIXED:
            return np.full(np.shape(z), self.mode)
        if self.shape == "uniform":
            return np.asarray(self.low + span * ndtr(z))
        if self.shape == "triangular":
            return self._triangular(z)
        if self.shape == PERT:
            a = 1 + PERT_WEIGHT * (self.mode - self.low) / span
            b = 1 + PERT_WEIGHT * (self.high - self.mode) / span
            # from the nearer end, where a probability near 1 would lose its digits
            z, lower = np.asarray(z), np.asarray(z) < 0
            values = np.empty(z.shape)
            values[lower] = self.low + span * betaincinv(a, b, ndtr(z[lower]))
            values[~lower] = self.high - span * betaincinv(b, a, ndtr(-z[~lower]))
            return values
        return self._cut(z)

    def _triangular(self, z: Array) -> Array:
        span = self.high - self.low
        turn = (self.mode - self.low) / span
        u, v = ndtr(z), ndtr(-z)
        rising = self.low + np.sqrt(u * span * (self.mode - self.low))
        falling = self.high - np.sqrt(v * span * (self.high - self.mode))
        return np.asarray(np.where(u < turn, rising, falling))

    def _cut(self, z: Array) -> Array:
        """Normal or lognormal, what lies outside the bounds cut off and the rest scaled up."""
        log = self.shape == "lognormal"
        low, mode, high = (
            (math.log(self.low), math.log(self.low * self.high) / 2, math.log(self.high))
            if log
            else (self.low, self.mode, self.high)
        )
        spread = (high - low) / (2 * Z_95)
        lower = math.log(self.lower) if log and self.lower > 0 else (-np.inf if log else self.lower)
        upper = math.log(self.upper) if log else self.upper
        first, last = ndtr((lower - mode) / spread), ndtr((upper - mode) / spread)
        scores = ndtri(first + (last - first) * ndtr(z))
        values = mode + spread * scores
        return np.asarray(np.clip(np.exp(values) if log else values, self.lower, self.upper))


def make(entry: Assumption, shape: str, low: float, mode: float, high: float) -> Distribution:
    """Make a distribution of an assumption, or refuse one that cannot be.

    Raises
    ------
    UnknownNameError
        For an unknown shape.
    WrongTypeError, OutOfRangeError
        For a value that is no number, out of bounds, or out of order.
    """
    if shape not in SHAPES:
        raise UnknownNameError(
            f"{entry.id}: no shape is called {shape!r}; known are {', '.join(SHAPES)}"
        )
    for value in (low, mode, high):
        check_value(entry, value)
    if not low <= mode <= high:
        raise OutOfRangeError(
            f"{entry.id}: low {low:g}, most likely {mode:g} and high {high:g} must rise"
        )
    if shape != FIXED and low == high:
        raise OutOfRangeError(
            f"{entry.id}: low and high are both {low:g}; give a range, or the shape fixed"
        )
    if shape == "lognormal" and low <= 0:
        raise OutOfRangeError(f"{entry.id}: a lognormal needs a low above 0, but it is {low:g}")
    return Distribution(
        entry.id, shape, float(low), float(mode), float(high), entry.lower, entry.upper
    )


def default_distributions(
    catalogue: Catalogue | None = None, shape: str = ""
) -> dict[str, Distribution]:
    """Give the distribution of every assumption that is uncertain by the catalogue.

    Parameters
    ----------
    catalogue : Catalogue, optional
        The assumptions; the package's own by default.
    shape : str, optional
        A shape for all of them instead of each one's own.

    Returns
    -------
    dict of id to Distribution
        In model order; those that the catalogue has fixed are left out. All are house judgement.
    """
    catalogue = catalogue if catalogue is not None else shipped_assumptions()
    return {
        entry.id: make(entry, shape or of.shape, of.low, of.mode, of.high)
        for entry in catalogue.values()
        if (of := entry.uncertainty) is not None and of.shape != FIXED
    }
