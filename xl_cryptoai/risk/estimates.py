"""Figures of a simulation with their standard errors.

A figure is that of all draws. Its error follows from how much each of the sixteen replicates pulls
it: a replicate's pull on a mean is its own mean; on a percentile, how many of its draws lie below
that percentile, divided by how densely the draws lie there. The pulls are independent, so that the
error also holds for evenly spread draws, and for the difference of two simulations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.risk.summaries import Summary

Array = NDArray[np.float64]

RESOLUTION = 0.6
"""How far a percentile is off at least, in draws: it lies somewhere between two of them."""
NEAR, FAR = 1.5, 3.0
"""Widths for the density around a percentile; the far one for differences, in which what is
uncertain of two densities would not cancel."""
NONE_MORE = 0.05
"""The chance that is left out where a probability is only known to be below something."""


class Estimates(NamedTuple):
    """Several figures of one result.

    Attributes
    ----------
    values : array of float, shape (figures,)
        What they are.
    pulls : array of float, shape (figures, replicates)
        Each replicate's contribution; a figure's error is that of their mean.
    floors : array of float, shape (figures,)
        What the error is at least.
    """

    values: Array
    pulls: Array
    floors: Array

    @property
    def errors(self) -> Array:
        """Standard errors, in the units of the values."""
        pulls = np.ascontiguousarray(self.pulls)  # so that every row is summed in the same order
        spread = np.std(pulls, axis=1, ddof=1) / np.sqrt(pulls.shape[1])
        return np.asarray(np.maximum(spread, self.floors))

    def minus(self, other: Estimates) -> Estimates:
        """Return the differences from the same figures of a simulation with the same draws."""
        pulls = self.pulls - other.pulls
        return Estimates(self.values - other.values, pulls, np.zeros(len(pulls)))


class Sample:
    """All draws of one result.

    Parameters
    ----------
    moments : array of float, shape (replicates, 3)
        Each replicate's number of draws, mean, and sum of squares about it.
    summary : Summary
        The draws themselves, or how many fell in each bin.
    """

    def __init__(self, moments: Array, summary: Summary) -> None:
        self._moments, self.summary = moments, summary

    def moments(self) -> Estimates:
        """Return the mean and the standard deviation."""
        count, means, squares = self._moments.T
        mean = means.mean()
        apart = means - mean
        variances = squares / count + apart * apart
        variance = variances.mean()
        deviation = np.sqrt(variance)
        pull = (variances - variance) / (2 * deviation) if deviation else np.zeros(len(means))
        return Estimates(np.array([mean, deviation]), np.stack([means, pull]), np.zeros(2))

    def percentiles(self, percents: Sequence[float], width: float = NEAR) -> Estimates:
        """Return percentiles, each 0 to 100.

        Parameters
        ----------
        percents : sequence of float
            Which ones.
        width : float
            How far around each the density of the draws is measured, in standard errors that plain
            draws would have.
        """
        part = np.asarray(percents, dtype=np.float64) / 100
        count = self.summary.count
        reach = np.maximum(width * np.sqrt(part * (1 - part) / count), 1 / count)
        lower, upper = np.clip(part - reach, 0, 1), np.clip(part + reach, 0, 1)
        values, least, most = self.summary.quantiles(np.stack([part, lower, upper]))
        slope = (most - least) / (upper - lower)
        below = np.ascontiguousarray(self.summary.below(values).T)  # rows: summed in one order
        pulls = (below.mean(axis=1, keepdims=True) - below) * slope[:, None]
        return Estimates(values, pulls, RESOLUTION / count * slope)

    def chances_above(self, amounts: Sequence[float]) -> Estimates:
        """Return the chances of exceeding amounts, USD a year."""
        above = np.ascontiguousarray(1 - self.summary.below(amounts).T)
        return Estimates(above.mean(axis=1), above, np.zeros(len(above)))


def together(estimates: Sequence[Estimates]) -> Estimates:
    """Put estimates of one result together."""
    values, pulls, floors = zip(*estimates, strict=True)
    return Estimates(np.concatenate(values), np.vstack(pulls), np.concatenate(floors))


def bound_of_none(draws: int) -> float:
    """Return the chance below which an event lies that no draw had, with 95% confidence.

    >>> round(bound_of_none(1_024), 5)
    0.00292
    """
    return float(-np.expm1(np.log(NONE_MORE) / draws))
