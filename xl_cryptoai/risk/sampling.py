"""Standard normal scores for a simulation: the same seed gives the same scores.

The draws are made in replicates, each with random numbers of its own, so that how far they differ
tells the error of them all. A replicate is cut into pieces of fixed size. A piece is drawn as a
whole by whoever draws it, and needs nothing from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, WrongTypeError
from xl_cryptoai.risk.directions import WIDTH, directions
from xl_cryptoai.risk.normal import normal_scores
from xl_cryptoai.risk.scratch import scratch

Single = NDArray[np.float32]
Bits = NDArray[np.uint32]

REPLICATES = 16
PIECE = 65_536
"""Rows of a piece at most."""
BLOCK = 16_384
"""Rows that are computed together: few enough for the cache."""
FEWEST_DRAWS = 2 * REPLICATES
MOST_DRAWS = 10_000_000_000
MOST_SEED = 2**63 - 1


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
        raise UnknownNameError(f"no method is called {method!r}; known are {', '.join(METHODS)}")
    check_whole("draws", count, FEWEST_DRAWS, MOST_DRAWS)
    check_whole("seed", seed, 0, MOST_SEED)


def check_whole(name: str, value: Any, least: int, most: int) -> None:
    """Refuse what is no whole number from least to most."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise WrongTypeError(f"{name} is {value!r}; give a whole number, {least} to {most}")
    if not least <= value <= most:
        raise OutOfRangeError(f"{name} is {value}; allowed is {least} to {most}")


def made_of(count: int) -> int:
    """Give the number of draws made for a number asked for: as many in each replicate.

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


def scores(method: str, dimensions: int, seed: int, piece: Piece) -> Iterator[Single]:
    """Yield a piece's standard normal scores, block by block.

    Parameters
    ----------
    method : str
        "sobol" (scrambled, a sequence a replicate), "latin" (a Latin hypercube a block) or
        "plain".
    dimensions : int
        Rows of each block.
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
        yield normal_scores(points).reshape(dimensions, replicates * rows)


def _random(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


def _plain(dimensions: int, seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks of points that are all drawn for themselves, two from 64 random bits."""
    random, replicates = _random_of(seed, piece), len(piece.replicates)
    for rows in _block_rows(piece):
        count = dimensions * replicates * rows
        drawn = random.bit_generator.random_raw((count + 1) // 2)
        points: Bits = np.asarray(drawn).view(np.uint32)[:count]
        yield points.reshape(dimensions, replicates, rows)


def _latin(dimensions: int, seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks with a point in each of as many equal strata as a block has, in random order."""
    random, replicates = _random_of(seed, piece), len(piece.replicates)
    for rows in _block_rows(piece):
        shape = (dimensions, replicates, rows)
        strata = scratch("strata", shape)
        strata[:] = np.arange(rows)
        random.permuted(strata, axis=-1, out=strata)
        strata += random.random(out=scratch("jitter", shape))
        strata *= 2.0**WIDTH / rows
        points = scratch("points", shape, np.uint32)
        np.copyto(points, strata, casting="unsafe")
        yield points


def _random_of(seed: int, piece: Piece) -> np.random.Generator:
    return _random(seed, piece.replicates.start, piece.first // PIECE)


def _block_rows(piece: Piece) -> Iterator[int]:
    for first in range(0, piece.rows, BLOCK):
        yield min(BLOCK, piece.rows - first)


def _sobol(dimensions: int, seed: int, piece: Piece) -> Iterator[Bits]:
    """Yield blocks of scrambled Sobol sequences: each is their beginning with bits turned."""
    end = piece.first + piece.rows
    turned, shift = _scrambled(dimensions, seed, piece.replicates, (end - 1).bit_length())
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


def _scrambled(dimensions: int, seed: int, replicates: range, bits: int) -> tuple[Bits, Bits]:
    """Give replicates' directions and shifts, scrambled linearly as Matousek has it.

    Each bit of a coordinate is turned by random ones of the bits before it, and some are turned
    altogether. So every point is uniform by itself, and the sequence stays as even as it was.

    Returns
    -------
    directions : array of uint32, shape (dimensions, replicates, bits)
        For points whose numbers have so many bits.
    shifts : array of uint32, shape (dimensions, replicates)
    """
    of = slice(replicates.start, replicates.stop)
    shape = (dimensions, REPLICATES, WIDTH)
    bit = np.uint32(1) << np.arange(WIDTH - 1, -1, -1, dtype=np.uint32)  # the first counts most
    random = _random(seed)
    lower = random.integers(1 << WIDTH, size=shape, dtype=np.uint32)[:, of]
    shift = random.integers(1 << WIDTH, size=shape[:2], dtype=np.uint32)[:, of]
    matrix = (lower & (bit - np.uint32(1))) | bit
    plain = directions(dimensions)[:, None, :bits, None]
    turned = np.where(plain & bit, matrix[:, :, None, :], np.uint32(0))
    return np.bitwise_xor.reduce(turned, axis=3), shift


_POINTS: dict[str, Callable[[int, int, Piece], Iterator[Bits]]] = {
    "sobol": _sobol,
    "latin": _latin,
    "plain": _plain,
}
