"""Sobol indices: the parts of a function's variance that go back to each of its inputs.

For any function of independent inputs; what they say of the forecast is in `importance`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from xl_cryptoai.assumptions.uncertainty import SEED
from xl_cryptoai.errors import DivisionByZeroError, OutOfRangeError, ShapeMismatchError
from xl_cryptoai.risk.sampling import MOST_SEED, Piece, check_whole, scores
from xl_cryptoai.risk.totals import BLOCK

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

DRAWS = 8_192
LEAST_DRAWS, MOST_DRAWS = 64, 2**20
REPLICATES = 8
"""Sets of points, each scrambled on its own: how far they differ gives the standard errors. More
would know the errors better, and the indices worse."""


class SobolIndices(NamedTuple):
    """First-order and total indices with their standard errors, an array of each by input."""

    first: Array
    first_se: Array
    total: Array
    total_se: Array


def sobol_indices(
    function: Function,
    dimensions: int,
    draws: int = DRAWS,
    seed: int = SEED,
    inverse: Function = ndtr,
) -> SobolIndices:
    """Estimate how much of a function's variance goes back to each input.

    The first-order index is the part that an input explains alone; the total index is the part
    that is left if all others are known, what it does together with others included.

    Parameters
    ----------
    function : callable
        Takes an array of shape (dimensions, rows) and gives one of shape (rows,). It must not keep
        the array: its rows are exchanged between calls.
    dimensions : int
        How many inputs it has, all independent.
    draws : int
        Rows of each sample, 64 to 1,048,576; a power of two suits. The function is evaluated
        `draws * (dimensions + 2)` times, in blocks that fit the cache.
    seed : int
        The same seed gives the same answer.
    inverse : callable, optional
        Takes an array of shape (dimensions, rows) of standard normal scores and gives the inputs'
        values there, a row each; without it the inputs are uniform between 0 and 1.

    Returns
    -------
    SobolIndices
        `first`, `first_se`, `total`, `total_se`. Estimates: one near 0 may come out below it.

    Raises
    ------
    WrongTypeError, OutOfRangeError
        For draws or a seed that are no whole numbers, or out of range; for outcomes that are not
        finite.
    ShapeMismatchError
        For a function that does not give one value a row.
    DivisionByZeroError
        For a function that never varies.

    Notes
    -----
    Design: samples A and B, and for each input A with its column taken from B. First-order index:
    estimator (b) in table 2 of Saltelli et al., "Variance based sensitivity analysis of model
    output", Computer Physics Communications 181 (2010); total index: (f) there, by Jansen (1999).
    The points are eight Sobol sets, each scrambled by itself; the standard errors are those of a
    ratio of means over the eight.

    Examples
    --------
    >>> found = sobol_indices(lambda x: x[0] + 2 * x[1], 2, draws=1024)
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    check(draws, seed)
    points = even_scores(range(2 * dimensions), draws, seed)
    return indices(outcomes(function, points, inverse))


def check(draws: Any, seed: Any) -> None:
    """Refuse a number of draws or a seed that cannot be used."""
    check_whole("draws", draws, LEAST_DRAWS, MOST_DRAWS)
    check_whole("seed", seed, 0, MOST_SEED)


def even_scores(dimensions: Sequence[int], draws: int, seed: int) -> Array:
    """Return standard normal scores, of shape (dimensions, draws), replicate after replicate.

    Each replicate is a Sobol set with a scrambling of its own.
    """
    sizes = np.diff(_starts(draws), append=draws).tolist()
    piece = Piece(range(REPLICATES), 0, max(sizes))
    blocks = [
        block.reshape(len(dimensions), REPLICATES, -1).copy()
        for block in scores("sobol", dimensions, seed, piece)
    ]
    whole = np.concatenate(blocks, axis=2)
    return np.concatenate([whole[:, one, :size] for one, size in enumerate(sizes)], axis=1)


def in_replicates(rows: Array) -> list[Array]:
    """Part draws, along the last axis, into their replicates."""
    return np.split(rows, _starts(rows.shape[-1])[1:].tolist(), axis=-1)


def _starts(draws: int) -> NDArray[np.intp]:
    """Return the first row of each replicate; their sizes differ by one at most."""
    return np.arange(REPLICATES) * draws // REPLICATES


def outcomes(function: Function, points: Array, inverse: Function = ndtr) -> Array:
    """Evaluate a function on sample A, on B, and on A with each input's values from B in turn.

    Parameters
    ----------
    function, inverse
        As for `sobol_indices`.
    points : array of float
        Normal scores of A and, below, of B: shape (2 * dimensions, draws).

    Returns
    -------
    array of float
        Shape (dimensions + 2, draws), in that order.
    """
    dimensions, draws = len(points) // 2, points.shape[1]
    found = np.empty((dimensions + 2, draws))
    for first in range(0, draws, BLOCK):
        here = slice(first, first + BLOCK)
        a, b = inverse(points[:dimensions, here]), inverse(points[dimensions:, here])
        found[0, here], found[1, here] = answer(function, a), answer(function, b)
        for column in range(dimensions):
            own = a[column].copy()
            a[column] = b[column]
            found[column + 2, here] = answer(function, a)
            a[column] = own
    return found


def answer(function: Function, values: Array) -> Array:
    """Return a function's values for draws, or refuse what are not as many."""
    given = np.asarray(function(values))
    if given.shape != values.shape[1:]:
        raise ShapeMismatchError(
            f"the function gives shape {given.shape} for {values.shape[1]} rows of inputs; "
            "let it give one value a row"
        )
    return given


def indices(found: Array) -> SobolIndices:
    """Estimate the indices from a function's outcomes, as `outcomes` gives them."""
    check_varies(found)
    (a, b), exchanged = np.split(found - found[:2].mean(), [2])
    variance = means((a * a + b * b) / 2)
    first = means(b * (exchanged - a))
    total = means((a - exchanged) ** 2) / 2
    return SobolIndices(*ratio(first, variance), *ratio(total, variance))


def check_varies(found: Array) -> None:
    """Refuse outcomes that are not finite, or all the same."""
    if not np.isfinite(found).all():
        raise OutOfRangeError("the result is not finite for some draws; keep the inputs from those")
    if found.min() == found.max():
        raise DivisionByZeroError("the result never varies, so there is no variance to attribute")


def means(products: Array) -> Array:
    """Return the mean of each replicate, along the last axis."""
    draws = products.shape[-1]
    starts = _starts(draws)
    sums: Array = np.add.reduceat(products, starts, axis=-1)
    return sums / np.diff(starts, append=draws)


def ratio(above: Array, below: Array) -> tuple[Array, Array]:
    """Return the ratios of two means over the replicates, and their standard errors."""
    found = above.mean(axis=1) / below.mean()
    left = above - found[:, None] * below
    return found, np.asarray(standard_errors(left) / below.mean())


def standard_errors(pulls: Array) -> Array:
    """Return the standard errors of means over replicates, shape (figures, replicates)."""
    spread: Array = np.std(np.ascontiguousarray(pulls), axis=1, ddof=1)
    return np.asarray(spread / np.sqrt(pulls.shape[1]))
