"""What is kept of the draws of one result: all of them, or how many fell in each bin.

Either way the replicates stay apart: how far they differ gives the standard errors. Bins are put
together by adding: the whole is the same, whatever the parts and their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

DIGITS = 14
"""Binary digits of an amount, after the first, that tell its bin."""
BIN_ERROR = 2.0**-DIGITS
"""How far a percentile from bins can be off: this part of itself, or `LEAST` if that is more."""
LEAST = 1.0
"""All that is less is counted as this, in USD a year."""
MOST_SORTED = 2**17
"""Draws up to which they are sorted as a whole."""
_SHIFT = 52 - DIGITS


class Summary(Protocol):
    """What a simulation asks about draws."""

    @property
    def count(self) -> int:
        """How many draws there are."""

    def quantiles(self, parts: ArrayLike) -> Array:
        """Return the amounts below which these parts of the draws lie, each part 0 to 1."""

    def below(self, amounts: ArrayLike) -> Array:
        """Return the part of each replicate's draws that does not exceed each amount.

        Shape (replicates, amounts).
        """

    def shares(self, edges: Array) -> Array:
        """Return the part of all draws that does not exceed each of many amounts."""


class Draws:
    """All draws; they are put in order of size once that is asked for.

    Parameters
    ----------
    blocks : sequence of array of float, shape (replicates, rows)
        The draws, a row for each replicate.

    Examples
    --------
    >>> draws = Draws([np.array([[3.0, 1.0], [2.0, 4.0]])])
    >>> draws.quantiles([0.5, 1.0]).tolist(), draws.below([2.5]).tolist()
    ([2.5, 4.0], [[0.5], [0.5]])
    """

    def __init__(self, blocks: Sequence[Array]) -> None:
        self._blocks = blocks

    @classmethod
    def of(cls, values: Array) -> Draws:
        """Keep draws, USD a year, shape (replicates, rows)."""
        return cls([values])

    @property
    def count(self) -> int:
        """How many draws there are."""
        return sum(block.size for block in self._blocks)

    @cached_property
    def ordered(self) -> Array:
        """The draws, the least first."""
        found = np.concatenate([block.ravel() for block in self._blocks])
        found.sort()
        return found

    def quantiles(self, parts: ArrayLike) -> Array:
        """Return the amounts below which these parts lie, interpolated between two draws.

        A draw stands in the middle of its equal part of the whole (Hazen), which neither plain
        draws nor evenly spread ones are biased by.
        """
        rank, lower, upper = _ranks(parts, self.count)
        ranks = np.concatenate([np.atleast_1d(lower), np.atleast_1d(upper)])
        of_rank = self.ordered[ranks] if self.count <= MOST_SORTED else self._selected(ranks)
        found, above = of_rank.reshape(2, *np.shape(rank))
        return np.asarray(found + (above - found) * (rank - lower))

    def _selected(self, ranks: NDArray[np.intp]) -> Array:
        """Return the draws of some ranks; only those in the same bins are put in order.

        Sorting a million draws takes half as long as making them.
        """
        values = np.concatenate([block.ravel() for block in self._blocks])
        numbers = _numbers(values)
        numbers -= numbers.min()
        counts = np.bincount(numbers)
        after = np.cumsum(counts)
        where = np.searchsorted(after, ranks, side="right")
        wanted = np.zeros(len(counts), dtype=np.bool_)
        wanted[where] = True
        left_out = np.cumsum(np.where(wanted, 0, counts))
        return np.asarray(np.sort(values[wanted[numbers]])[ranks - left_out[where]])

    def below(self, amounts: ArrayLike) -> Array:
        """Return the part of each replicate's draws that does not exceed each amount."""
        wanted = np.atleast_1d(amounts)
        rows = [row for block in self._blocks for row in block]
        counts = [[np.count_nonzero(row <= amount) for amount in wanted] for row in rows]
        return np.array(counts) / len(rows[0])

    def shares(self, edges: Array) -> Array:
        """Return the part of all draws that does not exceed each of many amounts."""
        return np.asarray(np.searchsorted(self.ordered, edges, side="right") / self.count)

    @classmethod
    def stacked(cls, summaries: Sequence[Draws]) -> Draws:
        """Put the draws of several replicates together."""
        return cls([block for summary in summaries for block in summary._blocks])


@dataclass(frozen=True)
class Bins:
    """How many draws fell in each bin; bins are equally wide in relation to the amount.

    Attributes
    ----------
    start : int
        Number of the first bin: the first bits of the amounts in it.
    counts : array of int, shape (replicates, bins)
        Draws in it and the following ones.

    Examples
    --------
    >>> bins = Bins.of(np.linspace(1e9, 2e9, 100_001)[None])
    >>> (bins.quantiles([0.25, 0.5]) / 1e9).round(4).tolist()
    [1.25, 1.5]
    """

    start: int
    counts: Counts

    @classmethod
    def of(cls, values: Array) -> Bins:
        """Count draws, USD a year, shape (replicates, rows)."""
        numbers = _numbers(values)
        start, bins = int(numbers.min()), int(numbers.max() - numbers.min()) + 1
        return cls(start, np.stack([np.bincount(row - start, minlength=bins) for row in numbers]))

    @property
    def count(self) -> int:
        """How many draws there are."""
        return int(self.counts.sum())

    @cached_property
    def _before(self) -> Counts:
        """How many of all draws lie before each edge."""
        return np.concatenate([[0], np.cumsum(self.counts.sum(axis=0))])

    def quantiles(self, parts: ArrayLike) -> Array:
        """Return the amounts below which these parts lie, interpolated between two draws."""
        rank, lower, upper = _ranks(parts, int(self._before[-1]))
        found = self._of_rank(lower)
        return found + (self._of_rank(upper) - found) * (rank - lower)

    def _of_rank(self, rank: NDArray[np.intp]) -> Array:
        """Return the draw of a rank, as if those of its bin were evenly spread in it."""
        before = self._before
        number = np.searchsorted(before, rank, side="right") - 1
        inside = (rank - before[number] + 0.5) / (before[number + 1] - before[number])
        edges = self._edges
        return np.asarray(edges[number] + (edges[number + 1] - edges[number]) * inside)

    def below(self, amounts: ArrayLike) -> Array:
        """Return the part of each replicate's draws that does not exceed each amount."""
        before = np.cumsum(np.pad(self.counts, ((0, 0), (1, 0))), axis=1)
        return self._interpolated(before, np.atleast_1d(amounts)) / before[:, -1:]

    def shares(self, edges: Array) -> Array:
        """Return the part of all draws that does not exceed each of many amounts."""
        found = self._interpolated(self._before[None], edges)[0]
        return np.asarray(found / self._before[-1])

    def _interpolated(self, before: Counts, amounts: Array) -> Array:
        edges = self._edges
        number = np.clip(np.searchsorted(edges, amounts, side="right") - 1, 0, len(edges) - 2)
        inside = np.clip((amounts - edges[number]) / (edges[number + 1] - edges[number]), 0, 1)
        rise = before[:, number + 1] - before[:, number]
        return np.asarray(before[:, number] + rise * inside)

    @classmethod
    def stacked(cls, summaries: Sequence[Bins]) -> Bins:
        """Put the bins of several replicates together, a row for each."""
        start = min(bins.start for bins in summaries)
        return cls(
            start, np.concatenate([bins._from(start, _end(summaries)) for bins in summaries])
        )

    def plus(self, other: Bins) -> Bins:
        """Add the counts of further draws of the same replicates, bin by bin."""
        start, end = min(self.start, other.start), _end([self, other])
        return Bins(start, self._from(start, end) + other._from(start, end))

    def _from(self, start: int, end: int) -> Counts:
        last = self.start + self.counts.shape[1]
        return np.pad(self.counts, ((0, 0), (self.start - start, end - last)))

    @cached_property
    def _edges(self) -> Array:
        """The amounts at which the bins begin, and the last one ends."""
        last = self.start + self.counts.shape[1]
        numbers = np.arange(self.start, last + 1, dtype=np.int64)
        return (numbers << _SHIFT).view(np.float64)


def _numbers(values: Array) -> Counts:
    """Return the number of each amount's bin: its first bits."""
    return np.asarray(np.maximum(values, LEAST).view(np.int64) >> _SHIFT)


def _ranks(parts: ArrayLike, count: int) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]]:
    """Return the ranks at which parts of some draws lie, and those of the draws to either side."""
    rank = np.clip(np.asarray(parts, dtype=np.float64) * count - 0.5, 0, count - 1)
    lower = np.floor(rank).astype(np.intp)
    return rank, lower, np.minimum(lower + 1, count - 1)


def _end(summaries: Sequence[Bins]) -> int:
    return max(bins.start + int(bins.counts.shape[1]) for bins in summaries)
