"""What moves the total: one assumption at a time, two at a time, by a percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.forecast.model import Forecast
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.units import CHOICE, UNITS

STEP = 1e-6
"""Relative change by which an elasticity is measured, to either side."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: an assumption, its two ends, and the total at each.

    Attributes
    ----------
    id : str
        The assumption.
    low, high : float
        Its values at the ends, in its unit.
    total_low, total_high : float
        The total at either end, USD a year.
    """

    id: str
    low: float
    high: float
    total_low: float
    total_high: float

    @property
    def swing(self) -> float:
        """How far apart the totals are."""
        return abs(self.total_high - self.total_low)


def tornado(
    scenario: str = "base", distributions: Mapping[str, Distribution] | None = None
) -> list[Bar]:
    """Move each uncertain assumption alone from its low to its high, the others as they are.

    Returns
    -------
    list of Bar
        The widest swing first.

    Examples
    --------
    >>> [bar.id for bar in tornado()][:2]
    ['crypto_software_share', 'ai_penetration']
    """
    chosen = distributions if distributions is not None else default_distributions()
    bars = []
    for name, distribution in chosen.items():
        low, high = distribution.low, distribution.high
        totals = Forecast(scenario, overrides={name: [low, high]})["total"]
        bars.append(Bar(name, low, high, float(totals[0]), float(totals[1])))
    return sorted(bars, key=lambda bar: -bar.swing)


def elasticities(scenario: str = "base") -> dict[str, float]:
    """Give the change of the total in percent for one percent more of each assumption.

    Returns
    -------
    dict of id to float
        The strongest first; years and choices are left out.
    """
    base = Forecast(scenario)
    found = {}
    for name, entry in shipped_assumptions().items():
        if entry.unit == CHOICE or UNITS[entry.unit].whole:
            continue
        ends = np.clip(base[name] * np.array([1 - STEP, 1 + STEP]), entry.lower, entry.upper)
        totals = Forecast(scenario, overrides={name: ends})["total"]
        found[name] = float(np.log(totals[1] / totals[0]) / np.log(ends[1] / ends[0]))
    return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


def grid(
    x: str, xs: Sequence[float], y: str, ys: Sequence[float], scenario: str = "base"
) -> NDArray[np.float64]:
    """Compute the total for every pair of values of two assumptions.

    Returns
    -------
    array of float
        One row a value of y, one column a value of x; USD a year.

    Examples
    --------
    >>> grid("ai_penetration", [0.2, 0.4], "ai_revenue_capture", [0.13]).round(-6).tolist()
    [[6162000000.0, 12324000000.0]]
    """
    across, down = np.meshgrid(np.asarray(xs, dtype=float), np.asarray(ys, dtype=float))
    overrides = {x: across.ravel(), y: down.ravel()}
    total: NDArray[np.float64] = Forecast(scenario, overrides=overrides)["total"]
    return total.reshape(across.shape)
