"""Standard normal scores for a simulation: the same seed gives the same scores.

The draws are made in replicates, each with random numbers of its own, so that how far they differ
tells the error of them all. A replicate is cut into pieces of fixed size. A piece is drawn as a
whole by whoever draws it, and needs nothing from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, WrongTypeError, quoted
from xl_cryptoai.risk.directions import WIDTH, directions
from xl_cryptoai.risk.normal import normal_scores
from xl_cryptoai.risk.scratch import scratch

Single = NDArray[np.float32]
Bits = NDArray[np.uint32]
Wide = NDArray[np.uint64]

REPLICATES = 16
PIECE = 65_536
"""Rows of a piece at most."""
BLOCK = 16_384
"""Rows that are computed together: few enough for the cache."""
FEWEST_DRAWS = 2 * REPLICATES
MOST_DRAWS = 10_000_000_000
MOST_SEED = 2**63 - 1
_ORDERS = 2**16
"""Number of the random numbers that orders are drawn from; those of the dimensions are lower."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The same rows of one replicate, or of all of them where they are few.

    Attributes
    ----------
    replicates : range
        Which ones.
    first : int
        Their first row here, a multiple of `PIECE`.
    rows : int
        How many rows of each.
    """

    replicates: range
    first: int
    rows: int

    @property
    def draws(self) -> int:
        """How many draws it is."""
        return len(self.replicates) * self.rows


def check_draws(method: str, count: Any, seed: Any) -> None:
    """Refuse a method, a number of draws or a seed that cannot be used.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown method, a count or seed that is no whole number, or out of range.
    """
    if method not in METHODS:
        meant = name_meant(method, "method", dict.fromkeys(METHODS))
        raise UnknownNameError(f"no method is called {quoted(method)}: did you mean {meant}?")
    check_whole("draws", count, FEWEST_DRAWS, MOST_DRAWS)
    check_whole("seed", seed, 0, MOST_SEED)


def check_whole(name: str, value: Any, least: int, most: int) -> None:
    """Refuse what is no whole number from least to most."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise WrongTypeError(f"{name} is {quoted(value)}; give a whole number, {least} to {most}")
    if not least <= value <= most:
        raise OutOfRangeError(f"{name} is {value}; it must be {least} to {most}")


def made_of(count: int) -> int:
    """Return the number of draws made for a number asked for: as many in each replicate.

    Examples
    --------
    >>> made_of(16_384), made_of(1_000)
    (16384, 1008)
    """
    return -(-count // REPLICATES) * REPLICATES


def pieces_of(count: int) -> Iterator[Piece]:
    """Cut a number of draws into pieces, replicate by replicate.

    Examples
    --------
    >>> [piece.draws for piece in pieces_of(1_024)], len(list(pieces_of(2**21)))
    ([1024], 32)
    """
    each = made_of(count) // REPLICATES
    together = REPLICATES if each * REPLICATES <= BLOCK else 1
    for replicate in range(0, REPLICATES, together):
        for first in range(0, each, PIECE):
            rows = min(PIECE, each - first)
            yield Piece(range(replicate, replicate + together), first, rows)


def scores(method: str, dimensions: Sequence[int], seed: int, piece: Piece) -> Iterator[Single]:
    """Yield a piece's standard normal scores, block by block.

    Each dimension has random numbers of its own, so that its scores do not depend on which others
    are drawn beside it.

    Parameters
    ----------
    method : str
        "sobol" (scrambled, a sequence a replicate), "latin" (a Latin hypercube a block) or
        "plain".
    dimensions : sequence of int
        Numbers of the dimensions, one for each row of a block.
    seed : int
        Start of the random numbers.
    piece : Piece
        Which draws.

    Yields
    ------
    array of float32, shape (dimensions, at most `BLOCK`)
        Replicate after replicate, where there are several; a block lasts until the next one.
    """
    for points in _POINTS[method](dimensions, seed, piece):
        replicates, rows = points.shape[1:]
        # there may be no dimension, where nothing is drawn
        yield normal_scores(points).reshape(len(dimensions), replicates * rows)


def _random(*key: int) -> np.random.SFC64:
    """Start a bit generator; its raw bits, unlike numpy's streams of numbers, never change."""
    return np.random.SFC64(np.random.SeedSequence(key))


def _random_bits(random: np.random.SFC64, count: int) -> Bits:
    """Draw random numbers of 32 bits, two from each 64 bits."""
    drawn = np.asarray(random.random_raw((count + 1) // 2))
    return drawn.view(np.uint32)[:count]


def random_order(count: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Return a random order of some things for each draw, shape (count, draws)."""
    random = _random(seed, _ORDERS)
    keys = np.asarray(random.random_raw(count * draws)).reshape(count, draws)
    return _in_random_order(keys, np.arange(count, dtype=np.uint64)[:, None], 0).astype(np.int64)


def _in_random_order(random: Wide, numbers: Wide, axis: int) -> Wide:
    """Put numbers into the order of random bits, in their place.

    The bits carry the numbers at their end: no two are equal, so that every way of sorting gives
    the same order.
    """
    last = np.uint64(BLOCK - 1)
    random &= ~last
    random |= numbers
    random.sort(axis=axis)
    random &= last
    return random


def _plain(dimensions: Sequence[int], seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks of points that are all drawn for themselves."""
    randoms, replicates = _randoms_of(dimensions, seed, piece), len(piece.replicates)
    for rows in _block_rows(piece):
        points = scratch("points", (len(dimensions), replicates, rows), np.uint32)
        for row, random in zip(points, randoms, strict=True):
            row[:] = _random_bits(random, row.size).reshape(row.shape)
        yield points


def _latin(dimensions: Sequence[int], seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks with a point in each of as many equal strata as a block has, in random order."""
    randoms, replicates = _randoms_of(dimensions, seed, piece), len(piece.replicates)
    for rows in _block_rows(piece):
        shape = (replicates, rows)
        points = scratch("points", (len(dimensions), *shape), np.uint32)
        number = np.arange(rows, dtype=np.uint64)
        for row, random in zip(points, randoms, strict=True):
            keys = np.asarray(random.random_raw(row.size)).reshape(shape)
            order = _in_random_order(keys, number, -1)
            order <<= np.uint64(WIDTH)
            order |= _random_bits(random, row.size).reshape(shape)  # where in its stratum
            order //= np.uint64(rows)
            np.copyto(row, order, casting="same_kind")
        yield points


def _randoms_of(dimensions: Sequence[int], seed: int, piece: Piece) -> list[np.random.SFC64]:
    first = piece.replicates.start, piece.first // PIECE
    return [_random(seed, number, *first) for number in dimensions]


def _block_rows(piece: Piece) -> Iterator[int]:
    for first in range(0, piece.rows, BLOCK):
        yield min(BLOCK, piece.rows - first)


def _sobol(dimensions: Sequence[int], seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks of scrambled Sobol sequences: each is their beginning with bits turned."""
    end = piece.first + piece.rows
    turned, shift = _scrambled(tuple(dimensions), seed)
    of = slice(piece.replicates.start, piece.replicates.stop)
    turned, shift = turned[:, of, : (end - 1).bit_length()], shift[:, of]
    width = min(BLOCK, 1 << (piece.rows - 1).bit_length())
    start = scratch("start", (*shift.shape, width), np.uint32)
    start[..., 0] = 0
    for k in range(width.bit_length() - 1):
        half = 1 << k
        np.bitwise_xor(start[..., :half], turned[..., k, None], out=start[..., half : 2 * half])
    for first in range(piece.first, end, BLOCK):
        rows = min(BLOCK, end - first)
        turn = shift.copy()
        for k in range(first.bit_length()):
            if first >> k & 1:
                turn ^= turned[..., k]
        points = scratch("points", (*shift.shape, rows), np.uint32)
        yield np.bitwise_xor(start[..., :rows], turn[..., None], out=points)


@lru_cache(4)
def _scrambled(dimensions: tuple[int, ...], seed: int) -> tuple[Bits, Bits]:
    """Return all replicates' directions and shifts, scrambled linearly as Matousek has it.

    Each bit of a coordinate is turned by random ones of the bits before it, and some are turned
    altogether. So every point is uniform by itself, and the sequence stays as even as it was.

    Returns
    -------
    directions : array of uint32, shape (dimensions, replicates, bits)
    shifts : array of uint32, shape (dimensions, replicates)
    """
    plain = directions(max(dimensions, default=-1) + 1)[list(dimensions)]
    bit = np.uint32(1) << np.arange(WIDTH - 1, -1, -1, dtype=np.uint32)  # the first counts most
    bits = [_random_bits(_random(seed, number), REPLICATES * (WIDTH + 1)) for number in dimensions]
    drawn = np.array(bits, dtype=np.uint32).reshape(len(dimensions), REPLICATES, WIDTH + 1)
    matrix = (drawn[..., :WIDTH] & (bit - np.uint32(1))) | bit
    turned = np.where(plain[:, None, :, None] & bit, matrix[:, :, None, :], np.uint32(0))
    return np.bitwise_xor.reduce(turned, axis=3), drawn[..., WIDTH]


_POINTS: dict[str, Callable[[Sequence[int], int, Piece], Iterator[Bits]]] = {
    "sobol": _sobol,
    "latin": _latin,
    "plain": _plain,
}
