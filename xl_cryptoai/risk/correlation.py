"""Rank correlations between assumptions: checked, never repaired in silence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.errors import OutOfRangeError, ShapeMismatchError

Matrix = NDArray[np.float64]

ROUNDING = 1e-10
ITERATIONS = 500
GRID = 2.0**-24
"""The scores' correlations are rounded to multiples of this."""
DEPENDENT = 1e-6
"""A variable with no more variance of its own than this is a combination of the earlier ones."""
SHOWN = 0.005
"""A correlation that is nearer to the nearest possible one is not asked to give way."""


def check_correlation(matrix: ArrayLike, ids: Sequence[str]) -> Matrix:
    """Return a rank-correlation matrix, or raise an error for what is none.

    Raises
    ------
    ShapeMismatchError
        If it has not a row and a column for each id.
    OutOfRangeError
        Naming the two ids, for an entry outside -1 to 1, a diagonal that is not 1 or entries that
        are not symmetric; for a matrix that is not positive semidefinite, with the nearest that is.
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.shape != (len(ids), len(ids)):
        raise ShapeMismatchError(
            f"the correlations have shape {given.shape}; give {len(ids)} rows and columns, in the "
            f"order {', '.join(ids)}"
        )
    for i, j in np.argwhere(~(np.abs(given) <= 1)).tolist():
        raise OutOfRangeError(
            f"the correlation of {ids[i]} and {ids[j]} is {given[i, j]:g}; it must be -1 to 1"
        )
    for i in np.flatnonzero(np.abs(np.diag(given) - 1) > ROUNDING).tolist():
        raise OutOfRangeError(f"the correlation of {ids[i]} with itself is {given[i, i]:g}, not 1")
    for i, j in np.argwhere(np.abs(given - given.T) > ROUNDING).tolist():
        raise OutOfRangeError(
            f"the correlation of {ids[i]} and {ids[j]} is {given[i, j]:g} one way and "
            f"{given[j, i]:g} the other; make them equal"
        )
    if not possible(given):
        offer = nearest_correlation(given)
        i, j = divmod(int(np.argmax(np.abs(offer - given))), len(ids))
        raise OutOfRangeError(
            "these correlations are not positive semidefinite; the nearest that are differ most "
            f"for {ids[i]} and {ids[j]}: {offer[i, j]:.4f} "
            f"instead of {given[i, j]:g} (nearest_correlation returns them all)"
        )
    return given


def with_common_factor(ranks: Matrix, entries: Sequence[Assumption], factor: float) -> Matrix:
    """Return rank correlations in which every pair without one of its own moves together.

    Parameters
    ----------
    ranks : matrix
        Rank correlations; 0 where a pair has none of its own.
    entries : sequence of Assumption
        In the order of the rows. Two of them move together in what they do to the total: one that
        lowers it is correlated the other way round with one that raises it.
    factor : float
        The rank correlation of those pairs, 0 to 1.

    Raises
    ------
    OutOfRangeError
        For a factor below 0 or above 1.

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> pair = [load_assumptions()[name] for name in ("ai_penetration", "hyperscaler_share")]
    >>> with_common_factor(np.eye(2), pair, 0.5).tolist()
    [[1.0, -0.5], [-0.5, 1.0]]
    """
    if not 0 <= factor <= 1:
        raise OutOfRangeError(f"the common factor is {factor:g}; it must be 0 to 1")
    towards = np.array([-1.0 if entry.effect == "lowers" else 1.0 for entry in entries])
    together = factor * towards[:, None] * towards
    np.fill_diagonal(together, 1.0)
    return np.where(ranks == 0, together, ranks)


def possible(ranks: Matrix) -> bool:
    """Return whether rank correlations are positive semidefinite together.

    >>> possible(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    False
    """
    return bool(np.linalg.eigvalsh(pearson(ranks)).min() >= -ROUNDING)


def impossible_blocks(ranks: Matrix) -> list[list[int]]:
    """Find which rank correlations cannot be: each block is impossible, and no part of it alone is.

    Every block of three is found, also where two share variables; of larger ones, as many as it
    takes that without their first variables the rest is possible.

    Examples
    --------
    >>> ranks = np.eye(5)
    >>> for i, j, rank in ((1, 2, 0.9), (2, 4, 0.9), (1, 4, -0.9), (0, 1, 0.2)):
    ...     ranks[i, j] = ranks[j, i] = rank
    >>> impossible_blocks(ranks)
    [[1, 2, 4]]
    """
    threes = np.array(list(combinations(range(len(ranks)), 3)), dtype=int).reshape(-1, 3)
    least = np.linalg.eigvalsh(pearson(ranks)[threes[:, :, None], threes[:, None, :]])[:, 0]
    blocks: list[list[int]] = threes[least < -ROUNDING].tolist()
    left = list(range(len(ranks)))
    while not possible(ranks[np.ix_(left, left)]):
        block = left
        for variable in left:
            rest = [other for other in block if other != variable]
            if not possible(ranks[np.ix_(rest, rest)]):
                block = rest
        if block not in blocks:
            blocks.append(block)
        left = [other for other in left if other != block[0]]
    return blocks


def to_be_adjusted(ranks: Matrix) -> dict[tuple[int, int], float]:
    """Find the rank correlations that differ from the nearest positive semidefinite ones.

    Returns
    -------
    dict of (row, column) to float
        Below the diagonal, each with its nearest possible value; empty if all are possible.

    Examples
    --------
    >>> found = to_be_adjusted(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    >>> {pair: round(value, 2) for pair, value in found.items()}
    {(1, 0): 0.48, (2, 0): -0.48, (2, 1): 0.48}
    """
    if possible(ranks):
        return {}
    nearest = nearest_correlation(ranks)
    off = np.abs(nearest - ranks)
    least = min(SHOWN, float(off.max()) / 2)
    pairs = zip(*np.nonzero(np.tril(off) > least), strict=True)
    return {(int(row), int(column)): float(nearest[row, column]) for row, column in pairs}


def pearson(ranks: Matrix) -> Matrix:
    """Return the normal scores' correlations that lead to these rank correlations."""
    scores: Matrix = 2 * np.sin(np.pi * ranks / 6)
    np.fill_diagonal(scores, 1.0)
    return scores


def nearest_correlation(ranks: ArrayLike) -> Matrix:
    """Find the nearest positive semidefinite rank correlations.

    Alternating projections with Dykstra's correction (Higham, 2002), on the normal scores.

    Examples
    --------
    >>> nearest_correlation([[1, 0.5], [0.5, 1]]).round(6).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    current = pearson(np.array(ranks, dtype=np.float64))
    correction = np.zeros_like(current)
    for _ in range(ITERATIONS):
        shifted = current - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = positive - shifted
        current = positive.copy()
        np.fill_diagonal(current, 1.0)
    found: Matrix = 6 / np.pi * np.arcsin(np.clip(current / 2, -0.5, 0.5))
    np.fill_diagonal(found, 1.0)
    # a hair inside, so that rounding does not push the offer out again
    shrunk: Matrix = found * (1 - 1e-9)
    np.fill_diagonal(shrunk, 1.0)
    return shrunk


def scores_correlation(ranks: Matrix) -> Matrix:
    """Return the normal scores' correlations, rounded.

    The rounding takes away the last digits in which machines' sines differ.
    """
    rounded: Matrix = np.round(pearson(ranks) / GRID) * GRID
    return rounded


def factor(ranks: Matrix) -> Matrix:
    """Return the lower triangle that makes independent normal scores correlated (it @ scores).

    Cholesky's factor, with every sum in one order, so that it is the same on every machine.

    Examples
    --------
    >>> factor(np.array([[1, 0.5], [0.5, 1]])).round(4).tolist()
    [[1.0, 0.0], [0.5176, 0.8556]]
    """
    wanted = scores_correlation(ranks)
    found = np.zeros_like(wanted)
    for row, given in enumerate(wanted.tolist()):
        for column in range(row + 1):
            left = given[column]
            for earlier in range(column):
                left -= float(found[row, earlier]) * float(found[column, earlier])
            if column < row:
                pivot = float(found[column, column])
                found[row, column] = left / pivot if pivot else 0.0
            else:
                found[row, row] = math.sqrt(left) if left > DEPENDENT else 0.0
    return found
