"""Standard normal scores in blocks that fit the cache; the same seed gives the same scores.

Each block has a stream of its own, so that the answer does not depend on who computes which block.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, WrongTypeError

Array = NDArray[np.float64]

METHODS = ("sobol", "latin", "plain")
BLOCK = 16_384
"""Rows of a block."""
MOST_DRAWS = 100_000_000
_HALF_STEP = 2.0**-33
"""Half of the distance between two Sobol points, which have 32 bits: keeps them off 0 and 1."""


def scores(method: str, count: int, dimensions: int, seed: int) -> Iterator[Array]:
    """Yield blocks of standard normal scores.

    Parameters
    ----------
    method : str
        "sobol" (scrambled), "latin" (Latin hypercube within each block) or "plain".
    count, dimensions : int
        Rows in all, and columns.
    seed : int
        Start of the random numbers.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown method, a count or seed that is no whole number, or out of range.
    """
    check_draws(method, count, seed)
    if method == "sobol":
        yield from _sobol(count, dimensions, seed)
        return
    for block, first in enumerate(range(0, count, BLOCK)):
        rows = min(BLOCK, count - first)
        random = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, block])))
        if method == "plain":
            yield random.standard_normal((rows, dimensions))
        else:
            strata = random.permuted(
                np.tile(np.arange(rows, dtype=np.float64)[:, None], dimensions), axis=0
            )
            yield ndtri((strata + random.random((rows, dimensions))) / rows)


def check_draws(method: str, count: Any, seed: Any) -> None:
    """Refuse a method, a number of draws or a seed that cannot be used."""
    if method not in METHODS:
        raise UnknownNameError(f"no method is called {method!r}; known are {', '.join(METHODS)}")
    for name, value, least, most in (
        ("draws", count, 2, MOST_DRAWS),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise WrongTypeError(f"{name} is {value!r}; give a whole number, {least} to {most}")
        if not least <= value <= most:
            raise OutOfRangeError(f"{name} is {value}; allowed is {least} to {most}")


def _sobol(count: int, dimensions: int, seed: int) -> Iterator[Array]:
    from scipy.stats import qmc

    # a power of two of points is what the sequence is balanced for; fewer are its beginning
    engine = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed), bits=32)
    for first in range(0, count, BLOCK):
        rows = min(BLOCK, count - first)
        points = engine.random(rows) if first or rows & (rows - 1) == 0 else _uneven(engine, rows)
        yield ndtri(points + _HALF_STEP)


def _uneven(engine: Any, rows: int) -> Array:
    """Draw a number of points that is no power of two, which scipy would warn about."""
    whole = 1 << (rows - 1).bit_length()
    drawn: Array = engine.random(whole)
    return drawn[:rows]
