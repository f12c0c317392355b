"""The distribution of each uncertain assumption: a house view, from bear, base and bull.

For PERT, triangular and uniform shapes low and high are the least and the greatest value. For the
normal and lognormal shapes they are the 5% and 95% quantiles of what is left when the assumption's
bounds have cut the curve; with those two the most likely value is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.assumptions.scenarios import check_value
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.assumptions.uncertainty import CUT, FIXED, PERT, SHAPES
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError
from xl_cryptoai.risk.curves import curve_of, nearest_quantiles

Array = NDArray[np.float64]

PERT_WEIGHT = 4.0
"""How much more the most likely value weighs than either end, in the usual PERT."""
MODE_SLACK = 0.005
"""How far a most likely value may be off a normal's or lognormal's own, as a part of the range."""


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
        Low, most likely and high value, in the assumption's unit. A uniform shape does not use the
        most likely one.
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

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest value that it can have."""
        cut = self.shape in CUT
        return (self.lower, self.upper) if cut else (self.low, self.high)

    def quantile(self, z: Array) -> Array:
        """Return the values at standard normal scores.

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
        >>> from xl_cryptoai import load_assumptions
        >>> uniform = make(load_assumptions()["ai_penetration"], "uniform", 0.2, 0.3, 0.4)
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
        curve = curve_of(self.shape, self.low, self.high, self.lower, self.upper)
        if curve is None:
            raise OutOfRangeError(_no_curve(self.id, self))
        first, last = ndtr(curve.scores(self.lower)), ndtr(curve.scores(self.upper))
        values = curve.values(ndtri(first + (last - first) * ndtr(z)))
        return np.asarray(np.clip(values, self.lower, self.upper))


def make(
    entry: Assumption, shape: str, low: float, mode: float | None, high: float
) -> Distribution:
    """Make a distribution of an assumption, or refuse one that cannot be.

    Parameters
    ----------
    entry : Assumption
        Whose.
    shape : str
        One of `SHAPES`.
    low, high : float
        In the assumption's unit.
    mode : float or None
        The most likely value. None only for a normal or a lognormal, which low and high settle.

    Raises
    ------
    UnknownNameError
        For an unknown shape.
    WrongTypeError, OutOfRangeError
        For a value that is no number, out of bounds, or out of order; for values that no normal or
        lognormal has, naming the nearest that it has.
    """
    try:
        shape = name_meant(shape, "shape", dict.fromkeys(SHAPES))
    except UnknownNameError as refusal:
        raise UnknownNameError(f"{entry.id}: {refusal}") from None
    given = (low, high) if mode is None and shape in CUT else (low, mode, high)
    for value in given:
        check_value(entry, value)  # type: ignore[arg-type]
    if list(given) != sorted(given):  # type: ignore[type-var]
        middle = "" if mode is None else f", most likely {mode:g}"
        raise OutOfRangeError(f"{entry.id}: low {low:g}{middle} and high {high:g} are out of order")
    if shape != FIXED and low == high:
        raise OutOfRangeError(
            f"{entry.id}: low and high are both {low:g}; give a range, or the shape fixed"
        )
    if shape == "lognormal" and low <= 0:
        raise OutOfRangeError(f"{entry.id}: a lognormal needs a low above 0, but it is {low:g}")
    if shape in CUT:
        mode = _settled_mode(entry, shape, float(low), mode, float(high))
    assert mode is not None
    return Distribution(
        entry.id, shape, float(low), float(mode), float(high), entry.lower, entry.upper
    )


def _settled_mode(
    entry: Assumption, shape: str, low: float, mode: float | None, high: float
) -> float:
    """Return the most likely value of a normal or lognormal; refuse another one that was given."""
    curve = curve_of(shape, low, high, entry.lower, entry.upper)
    if curve is None:
        at = Distribution(entry.id, shape, low, low, high, entry.lower, entry.upper)
        raise OutOfRangeError(_no_curve(entry.id, at))
    settled = min(max(curve.mode, entry.lower), entry.upper)
    if mode is not None and abs(mode - settled) > MODE_SLACK * (high - low):
        raise OutOfRangeError(
            f"{entry.id}: a {shape} with 5% of its values below {low:g} and 5% above {high:g} is "
            f"most likely at {settled:.4g}, not at {mode:g}; give {settled:.4g} or leave the most "
            f"likely value out, or choose the shape {PERT}"
        )
    return settled


def _no_curve(name: str, one: Distribution) -> str:
    low, high = nearest_quantiles(one.shape, one.low, one.high, one.lower, one.upper)
    return (
        f"{name}: no {one.shape} between the bounds {one.lower:g} and {one.upper:g} has 5% of its "
        f"values below {one.low:g} and 5% above {one.high:g}; the nearest has {low:.4g} and "
        f"{high:.4g}"
    )


def default_distributions(catalogue: Catalogue, shape: str = "") -> dict[str, Distribution]:
    """Return the distribution of every assumption that is uncertain by the catalogue.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    shape : str, optional
        A shape for all of them instead of each one's own; a normal or lognormal has their low and
        high as its 5% and 95% quantiles.

    Returns
    -------
    dict of id to Distribution
        In model order; those that the catalogue has fixed are left out. All are a house view.
    """
    return {
        entry.id: make(entry, shape or of.shape, of.low, None if shape in CUT else of.mode, of.high)
        for entry in catalogue.values()
        if (of := entry.uncertainty) is not None and of.shape != FIXED
    }


def drawn_beside(
    catalogue: Catalogue,
    overrides: Mapping[str, object] | None,
    distributions: Mapping[str, Distribution] | None,
) -> dict[str, Distribution]:
    """Return what is drawn: the distributions given, else the catalogue's.

    An override fixes its assumption, so that the catalogue's distribution of it is left out. A
    distribution that was given is drawn whatever the overrides say.
    """
    if distributions is not None:
        return catalogue.by_id(distributions)
    fixed = catalogue.by_id(overrides)
    drawn = default_distributions(catalogue)
    return {name: one for name, one in drawn.items() if name not in fixed}
