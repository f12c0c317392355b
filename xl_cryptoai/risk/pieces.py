"""Drawing the pieces of a simulation, here, in threads, or by whatever executor is given.

A piece's draws do not depend on who draws it. Their moments are put together in the order of the
pieces and bins by adding whole numbers, so that the answer is the same to the last bit.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.risk.chain import Chain
from xl_cryptoai.risk.estimates import Sample
from xl_cryptoai.risk.sampling import PIECE, REPLICATES, Piece, pieces_of, scores
from xl_cryptoai.risk.scratch import scratch
from xl_cryptoai.risk.summaries import Bins, Draws

Array = NDArray[np.float64]

MOST_KEPT = REPLICATES * PIECE
"""Up to so many draws all are kept and percentiles are exact; beyond, they are counted in bins."""
MOST_HANDED = 16 * PIECE
AHEAD = 4
"""Tasks a worker that are handed out before the first of them is waited for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be drawn.

    Attributes
    ----------
    chain : Chain
        From scores to results.
    method : str
        How the scores are drawn.
    seed : int
        Start of the random numbers.
    draws : int
        How many.
    """

    chain: Chain
    method: str
    seed: int
    draws: int

    @property
    def kept(self) -> bool:
        """Whether all draws are kept."""
        return self.draws <= MOST_KEPT

    def draw(self, pieces: Sequence[Piece]) -> Found:
        """Draw some pieces."""
        found = Found()
        for piece, values in zip(pieces, self._room(pieces), strict=True):
            first = 0
            for block in scores(self.method, self.chain.dimensions, self.seed, piece):
                last = first + block.shape[1]
                self.chain(block, values[:, first:last])
                first = last
            shape = (len(self.chain.results), len(piece.replicates), piece.rows)
            found.add(piece, values.reshape(shape), kept=self.kept)
        return found

    def _room(self, pieces: Sequence[Piece]) -> Iterator[Array]:
        """Return each piece room for its draws: parts of one array if they are kept, else the same.

        The system hands out one large array sooner than many small ones.
        """
        results = len(self.chain.results)
        kept = np.empty(results * sum(piece.draws for piece in pieces) * self.kept)
        first = 0
        for piece in pieces:
            shape = (results, piece.draws)
            if self.kept:
                last = first + math.prod(shape)
                yield kept[first:last].reshape(shape)
                first = last
            else:
                yield scratch("draws", shape)


@dataclass(slots=True)
class Found:
    """What some pieces came to.

    Attributes
    ----------
    draws : int
        How many draws they are.
    moments : dict of replicate to dict of first row to array of float, shape (results, 3)
        Number, mean and sum of squares about it.
    summaries : dict of first replicate to list of summary
        One for each result, with that replicate's draws and those of the ones after it that were
        drawn together with it.
    """

    draws: int = 0
    moments: dict[int, dict[int, Array]] = field(default_factory=dict)
    summaries: dict[int, list[Draws] | list[Bins]] = field(default_factory=dict)

    def add(self, piece: Piece, values: Array, *, kept: bool) -> None:
        """Add a piece's draws, USD a year, shape (results, replicates, rows)."""
        moments = np.stack([_moments(of_result) for of_result in values])
        by_row = {
            replicate: {piece.first: moments[:, number]}
            for number, replicate in enumerate(piece.replicates)
        }
        summary = Draws if kept else Bins
        summaries: Any = {piece.replicates.start: [summary.of(one) for one in values]}
        self.take(Found(piece.draws, by_row, summaries))

    def take(self, other: Found) -> None:
        """Add what other pieces came to."""
        self.draws += other.draws
        for replicate, moments in other.moments.items():
            self.moments.setdefault(replicate, {}).update(moments)
        for replicate, summaries in other.summaries.items():
            held: Any = self.summaries.get(replicate)
            if held is None:
                self.summaries[replicate] = summaries
            else:  # a replicate in several pieces: they are counted in bins
                self.summaries[replicate] = [
                    one.plus(more) for one, more in zip(held, summaries, strict=True)
                ]

    def samples(self, results: Sequence[str]) -> dict[str, Sample]:
        """Return each result's draws, by the results' names."""
        moments = np.stack([_pooled(self.moments[one]) for one in sorted(self.moments)], axis=1)
        parts: Any = [self.summaries[one] for one in sorted(self.summaries)]
        return {
            result: Sample(of_result, type(first[0]).stacked(first))
            for result, of_result, first in zip(
                results, moments, zip(*parts, strict=True), strict=True
            )
        }


def _moments(values: Array) -> Array:
    """Return number, mean and sum of squares about it of rows, summed from the first on."""
    first, rows = values[:, :1], values.shape[1]
    apart = np.subtract(values, first, out=scratch("apart", values.shape))
    mean = apart.mean(axis=1)
    apart *= apart
    squares = apart.sum(axis=1) - rows * mean**2
    return np.column_stack([np.full(len(values), rows), first[:, 0] + mean, np.maximum(squares, 0)])


def _pooled(by_row: Mapping[int, Array]) -> Array:
    """Put the moments of a replicate's pieces together, from the first piece on."""
    parts = np.stack([by_row[first] for first in sorted(by_row)])
    if len(parts) == 1:
        return np.asarray(parts[0])
    count, mean, squares = parts[..., 0], parts[..., 1], parts[..., 2]
    whole = count.sum(axis=0)
    middle = (count * mean).sum(axis=0) / whole
    apart = mean - middle
    return np.column_stack([whole, middle, (squares + count * apart * apart).sum(axis=0)])


def draw_all(
    order: Order,
    executor: Executor | None,
    workers: int,
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Draw what was ordered.

    Parameters
    ----------
    order : Order
        What.
    executor : Executor or None
        Who draws; None for this thread.
    workers : int
        How many it has, so that enough is handed out.
    block : int, optional
        Draws that are handed out at a time.
    progress : callable, optional
        Told the draws made and the draws in all, from time to time.
    """
    block = block or min(MOST_HANDED, max(PIECE, order.draws // (AHEAD * workers)))
    found = Found()
    for part in _in_order(order.draw, _handfuls(order.draws, block), executor, AHEAD * workers):
        found.take(part)
        if progress is not None:
            progress(found.draws, order.draws)
    return found


def _handfuls(draws: int, block: int) -> Iterator[list[Piece]]:
    """Put pieces together until they have as many draws as are handed out at a time."""
    handful: list[Piece] = []
    for piece in pieces_of(draws):
        handful.append(piece)
        if sum(held.draws for held in handful) >= block:
            yield handful
            handful = []
    if handful:
        yield handful


def _in_order(
    draw: Callable[[list[Piece]], Found],
    handfuls: Iterable[list[Piece]],
    executor: Executor | None,
    ahead: int,
) -> Iterator[Found]:
    """Yield what the handfuls came to, in their order, with no more than some under way."""
    if executor is None:
        yield from map(draw, handfuls)
        return
    waiting: deque[Future[Found]] = deque()
    try:
        for handful in handfuls:
            waiting.append(executor.submit(draw, handful))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:  # left over only where something went wrong
            future.cancel()
