"""Normal and lognormal curves by the 5% and 95% quantiles of what the bounds leave of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

TAIL = 0.05
"""Part of the values below low, and above high."""
_STEPS = 60
_CLOSE = 1e-13
"""How near a part below low or high must come to what it shall be."""
_TRIED = np.geomspace(0.02, 200, 4_000)
"""Spreads, in units of the range, among which the nearest possible quantiles are searched."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A normal curve, or with `log` one of the logarithm.

    Attributes
    ----------
    centre, spread : float
        Mean and standard deviation of the uncut normal curve.
    log : bool
        Whether it is one of the logarithm.
    """

    centre: float
    spread: float
    log: bool

    @property
    def mode(self) -> float:
        """The most likely value."""
        return math.exp(self.centre - self.spread**2) if self.log else self.centre

    def scores(self, value: float) -> float:
        """Return the normal score of a value."""
        return (_on_scale(value, self.log) - self.centre) / self.spread

    def values(self, scores: Array) -> Array:
        """Return the values at normal scores."""
        found = self.centre + self.spread * scores
        return np.exp(found) if self.log else found


@lru_cache(256)
def curve_of(shape: str, low: float, high: float, lower: float, upper: float) -> Curve | None:
    """Find the curve that has low and high as its 5% and 95% quantiles once it is cut.

    Parameters
    ----------
    shape : str
        "normal" or "lognormal".
    low, high : float
        The quantiles.
    lower, upper : float
        The bounds; the curve's centre lies between them.

    Returns
    -------
    Curve or None
        None if no such curve has them.

    Examples
    --------
    >>> curve = curve_of("normal", 0.05, 0.2, 0.0, 1.0)
    >>> round(curve.centre, 4), round(curve.spread, 4)
    (0.1242, 0.046)
    """
    log = shape == "lognormal"
    bottom, top = _on_scale(lower, log), _on_scale(upper, log)
    ends = np.array([_on_scale(low, log), _on_scale(high, log)])
    bounds = np.array([bottom, top])
    centre, size = ends.mean(), math.log((ends[1] - ends[0]) / (2 * ndtri(1 - TAIL)))
    for _ in range(_STEPS):  # Newton's method for the centre and the logarithm of the spread
        spread = math.exp(size)
        (at, slope_at, grow_at), (cut, slope_cut, grow_cut) = (
            _parts((values - centre) / spread) for values in (ends, bounds)
        )
        weights = np.array([[1 - TAIL, TAIL], [TAIL, 1 - TAIL]])
        short = at - (weights * cut).sum(axis=1)
        if np.abs(short).max() < _CLOSE:
            inside = bottom <= centre <= top
            return Curve(float(centre), spread, log) if inside else None
        by_centre = -(slope_at - (weights * slope_cut).sum(axis=1)) / spread
        by_size = -(grow_at - (weights * grow_cut).sum(axis=1))
        pivot = by_centre[0] * by_size[1] - by_centre[1] * by_size[0]
        if not abs(pivot) > 1e-300:
            return None
        move = (by_size[1] * short[0] - by_size[0] * short[1]) / pivot
        grow = (by_centre[0] * short[1] - by_centre[1] * short[0]) / pivot
        shrink = min(1.0, 0.5 / max(abs(grow), abs(move) / spread, 1e-300))
        centre, size = centre - shrink * move, size - shrink * grow
        if not -700 < size < 700:
            return None
    return None


def _parts(scores: Array) -> tuple[Array, Array, Array]:
    """Return the parts below scores, their density there, and the density times the score."""
    finite = np.where(np.isfinite(scores), scores, 0.0)
    density = np.where(np.isfinite(scores), np.exp(-(finite**2) / 2), 0.0) / math.sqrt(2 * math.pi)
    return ndtr(scores), density, finite * density


def nearest_quantiles(
    shape: str, low: float, high: float, lower: float, upper: float
) -> tuple[float, float]:
    """Find the nearest 5% and 95% quantiles that a curve between the bounds has.

    The nearest lie at the border of what there is: a curve whose centre is at a bound, or one so
    wide that all values between the bounds are alike.
    """
    log = shape == "lognormal"
    bottom, top = _on_scale(lower, log), _on_scale(upper, log)
    wanted = np.array([_on_scale(max(low, 1e-300), log), _on_scale(high, log)])
    spreads = _TRIED * (wanted[1] - wanted[0])
    found = []
    for centre in (bottom, top):
        if math.isfinite(centre):
            first, last = ndtr((bottom - centre) / spreads), ndtr((top - centre) / spreads)
            found.append([
                centre + spreads * ndtri(first + part * (last - first))
                for part in (TAIL, 1 - TAIL)
            ])  # fmt: skip
    if math.isfinite(bottom) and math.isfinite(top):
        found.append([np.array([bottom + part * (top - bottom)]) for part in (TAIL, 1 - TAIL)])
    pairs = np.concatenate([np.stack(pair, axis=1) for pair in found])
    nearest: Any = pairs[np.argmin(((pairs - wanted) ** 2).sum(axis=1))]
    values = np.exp(nearest) if log else nearest
    return float(values[0]), float(values[1])


def _on_scale(value: ArrayLike, log: bool) -> float:
    number = float(np.asarray(value))
    if not log:
        return number
    return math.log(number) if number > 0 else -math.inf
