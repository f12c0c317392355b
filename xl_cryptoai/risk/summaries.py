"""What is kept of a replicate's draws of one result: all of them, or how many fell in each bin.

Bins are put together by adding: the whole is the same, whatever the parts and their order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

DIGITS = 14
"""Binary digits of an amount, after the first, that tell its bin."""
BIN_ERROR = 2.0**-DIGITS
"""How far a percentile from bins can be off: this part of itself, or `LEAST` if that is more."""
LEAST = 1.0
"""All that is less is counted as this, in USD a year."""
_SHIFT = 52 - DIGITS


class Summary(Protocol):
    """What a simulation asks about draws."""

    @property
    def count(self) -> int:
        """How many draws there are."""

    def quantiles(self, parts: ArrayLike) -> Array:
        """Give the amounts below which these parts of the draws lie, each part 0 to 1."""

    def below(self, amounts: ArrayLike) -> Array:
        """Give the part of the draws that does not exceed each amount."""


class Draws:
    """All draws, in order of size once that is asked for.

    Parameters
    ----------
    values : array of float
        The draws; the array is kept, and sorted.

    Examples
    --------
    >>> draws = Draws(np.array([3.0, 1.0, 2.0]))
    >>> draws.quantiles([0.5, 1.0]).tolist(), draws.below(2.5).round(3).tolist()
    ([2.0, 3.0], 0.667)
    """

    def __init__(self, values: Array) -> None:
        self._values, self._sorted = values, False

    @property
    def count(self) -> int:
        """How many draws there are."""
        return len(self._values)

    @property
    def ordered(self) -> Array:
        """The draws, the least first."""
        if not self._sorted:
            self._values.sort()
            self._sorted = True
        return self._values

    def quantiles(self, parts: ArrayLike) -> Array:
        """Give the amounts below which these parts lie, interpolated between two draws."""
        rank = np.asarray(parts, dtype=np.float64) * (self.count - 1)
        lower = np.floor(rank).astype(np.intp)
        upper = np.minimum(lower + 1, self.count - 1)
        found: Array = self.ordered[lower]
        return found + (self.ordered[upper] - found) * (rank - lower)

    def below(self, amounts: ArrayLike) -> Array:
        """Give the part of the draws that does not exceed each amount."""
        return np.asarray(np.searchsorted(self.ordered, amounts, side="right") / self.count)

    @classmethod
    def together(cls, summaries: Sequence[Draws]) -> Draws:
        """Put all draws into one array."""
        return cls(np.concatenate([summary._values for summary in summaries]))


@dataclass(frozen=True, slots=True)
class Bins:
    """How many draws fell in each bin; bins are equally wide in relation to the amount.

    Attributes
    ----------
    start : int
        Number of the first bin: the first bits of the amounts in it.
    counts : array of int
        Draws in it and the following ones.

    Examples
    --------
    >>> bins = Bins.of(np.linspace(1e9, 2e9, 100_001))
    >>> (bins.quantiles([0.25, 0.5]) / 1e9).round(4).tolist()
    [1.25, 1.5]
    """

    start: int
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, values: Array) -> Bins:
        """Count draws, USD a year."""
        numbers = np.maximum(values, LEAST).view(np.int64) >> _SHIFT
        start = int(numbers.min())
        return cls(start, np.bincount(numbers - start))

    @property
    def count(self) -> int:
        """How many draws there are."""
        return int(self.counts.sum())

    def quantiles(self, parts: ArrayLike) -> Array:
        """Give the amounts below which these parts lie, interpolated between two draws."""
        before = np.concatenate([[0], np.cumsum(self.counts)])
        rank = np.asarray(parts, dtype=np.float64) * (before[-1] - 1)
        lower = np.floor(rank).astype(np.int64)
        found = self._of_rank(before, lower)
        upper = self._of_rank(before, np.minimum(lower + 1, before[-1] - 1))
        return np.asarray(found + (upper - found) * (rank - lower))

    def _of_rank(self, before: NDArray[np.int64], rank: NDArray[np.int64]) -> Array:
        """Give the draw of a rank, as if those of its bin were evenly spread in it."""
        number = np.searchsorted(before, rank, side="right") - 1
        edges = self._edges()
        inside = (rank - before[number] + 0.5) / self.counts[number]
        return np.asarray(edges[number] + (edges[number + 1] - edges[number]) * inside)

    def below(self, amounts: ArrayLike) -> Array:
        """Give the part of the draws that does not exceed each amount, interpolated."""
        before = np.concatenate([[0], np.cumsum(self.counts)])
        return np.asarray(np.interp(np.asarray(amounts), self._edges(), before / before[-1]))

    @classmethod
    def together(cls, summaries: Sequence[Bins]) -> Bins:
        """Add the counts, bin by bin."""
        start = min(bins.start for bins in summaries)
        end = max(bins.start + len(bins.counts) for bins in summaries)
        counts = np.zeros(end - start, dtype=np.int64)
        for bins in summaries:
            counts[bins.start - start :][: len(bins.counts)] += bins.counts
        return cls(start, counts)

    def _edges(self) -> Array:
        """Give the amounts at which the bins begin, and the last one ends."""
        numbers = np.arange(self.start, self.start + len(self.counts) + 1, dtype=np.int64)
        return (numbers << _SHIFT).view(np.float64)


def together(summaries: Sequence[Summary]) -> Summary:
    """Put summaries of one kind together."""
    first, *more = summaries
    return type(first).together(summaries) if more else first  # type: ignore[attr-defined]


class Sample:
    """Draws of one result: their moments by piece, and a summary for the rest.

    Parameters
    ----------
    moments : array of float, shape (pieces, 3)
        Number, mean and sum of squares about it.
    summaries : sequence of Summary
        Together they hold the draws.
    """

    def __init__(self, moments: Array, summaries: Sequence[Summary]) -> None:
        self._moments, self._summaries = moments, summaries

    @property
    def count(self) -> int:
        """How many draws there are."""
        return int(self._moments[:, 0].sum())

    @property
    def mean(self) -> float:
        """Their mean."""
        if len(self._moments) == 1:  # as in most replicates: summing up would cost more
            return float(self._moments[0, 1])
        count, mean, _ = self._moments.T
        return float((count * mean).sum() / count.sum())

    @property
    def deviation(self) -> float:
        """Their standard deviation."""
        if len(self._moments) == 1:
            count, _, squares = self._moments[0].tolist()
            return math.sqrt(squares / (count - 1))
        count, mean, squares = self._moments.T
        total = squares.sum() + (count * (mean - self.mean) ** 2).sum()
        return math.sqrt(total / (count.sum() - 1))

    @cached_property
    def summary(self) -> Summary:
        """All of them in one summary."""
        return together(self._summaries)

    @classmethod
    def together(cls, samples: Sequence[Sample]) -> Sample:
        """Put several together."""
        return cls(
            np.concatenate([sample._moments for sample in samples]),
            [summary for sample in samples for summary in sample._summaries],
        )
