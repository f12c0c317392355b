"""Shapley effects: shares of a function's variance for inputs that may be correlated.

For independent inputs they lie between the first-order and the total Sobol index. They add up to 1
whatever the correlations, where Sobol indices have no such meaning.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from xl_cryptoai.assumptions.uncertainty import SEED
from xl_cryptoai.risk.correlation import DEPENDENT, check_correlation, scores_correlation
from xl_cryptoai.risk.sampling import random_order
from xl_cryptoai.risk.sobol import (
    DRAWS,
    Array,
    Function,
    answer,
    check,
    check_varies,
    even_scores,
    means,
    ratio,
)
from xl_cryptoai.risk.totals import BLOCK


class ShapleyEffects(NamedTuple):
    """Shares of the variance and their standard errors, an array of each by input."""

    effect: Array
    effect_se: Array


def shapley_effects(
    function: Function,
    correlation: ArrayLike,
    draws: int = DRAWS,
    seed: int = SEED,
    inverse: Function = ndtr,
) -> ShapleyEffects:
    """Estimate each input's share of a function's variance, correlations included.

    An input's effect is what knowing it as well explains of the variance, averaged over all orders
    in which the inputs can become known. Effects are not negative and add up to 1.

    Parameters
    ----------
    function, draws, seed, inverse
        As for `sobol_indices`. The function is evaluated `draws * (inputs + 1)` times.
    correlation : matrix
        Rank correlations of the inputs.

    Returns
    -------
    ShapleyEffects
        `effect` and `effect_se`. Estimates: one near 0 may come out below it.

    Raises
    ------
    WrongTypeError, OutOfRangeError, ShapeMismatchError, DivisionByZeroError
        As `sobol_indices`; also for correlations that are not positive semidefinite.

    Notes
    -----
    Every draw has a random order of the inputs. Two samples meet in steps: in the first the inputs
    come from the second sample, then one after the other, in that order, from the first, the rest
    drawn anew given those (by Cholesky's factor in that order). What the squared distance to the
    full first sample loses at a step is the input's share: Goda, "A simple algorithm for global
    sensitivity analysis with Shapley effects", Reliability Engineering and System Safety 213
    (2021), for independent inputs; Song, Nelson and Staum, "Shapley effects for global sensitivity
    analysis", SIAM/ASA J. Uncertainty Quantification 4 (2016), for dependent ones.

    Examples
    --------
    >>> found = shapley_effects(lambda x: x[0] + 2 * x[1], np.eye(2), draws=1024)
    >>> found.effect.round(2).tolist()
    [0.21, 0.79]
    """
    check(draws, seed)
    given = np.atleast_2d(np.asarray(correlation, dtype=np.float64))
    ranks = check_correlation(given, [f"input {n + 1}" for n in range(len(given))])
    points = even_scores(range(2 * len(ranks)), draws, seed)
    return effects(function, ranks, points, seed, inverse)


def effects(
    function: Function, ranks: Array, points: Array, seed: int, inverse: Function
) -> ShapleyEffects:
    """Estimate the effects from normal scores of two samples, shape (2 * inputs, draws)."""
    count, draws = len(ranks), points.shape[1]
    wanted = scores_correlation(ranks)
    order = random_order(count, draws, seed)
    shares = np.empty((count, draws))
    for first in range(0, draws, BLOCK):
        here = slice(first, first + BLOCK)
        shares[:, here] = _shares(
            function, wanted, points[:count, here], points[count:, here], order[:, here], inverse
        )
    whole = shares.sum(axis=0)
    check_varies(whole)
    return ShapleyEffects(*ratio(means(shares), means(whole)))


def _shares(
    function: Function,
    wanted: Array,
    one: Array,
    other: Array,
    order: NDArray[np.int64],
    inverse: Function,
) -> Array:
    """Return what each input adds in each draw, shape (inputs, draws)."""
    count = len(wanted)
    factor = _factors(wanted, order)
    one, other = (np.take_along_axis(scores, order, axis=0) for scores in (one, other))
    correlated = np.zeros_like(other)
    for row in range(count):
        for column in range(row + 1):
            correlated[row] += factor[row, column] * other[column]
    found = np.empty((count + 1, order.shape[1]))
    for known in range(count + 1):
        if known:
            change = one[known - 1] - other[known - 1]
            for row in range(known - 1, count):
                correlated[row] += factor[row, known - 1] * change
        scores = np.empty_like(correlated)
        np.put_along_axis(scores, order, correlated, axis=0)
        found[known] = answer(function, inverse(scores))
    distance = (found - found[-1]) ** 2 / 2
    shares = np.empty_like(correlated)
    np.put_along_axis(shares, order, distance[:-1] - distance[1:], axis=0)
    return shares


def _factors(wanted: Array, order: NDArray[np.int64]) -> Array:
    """Return Cholesky's factor for each draw's order of the inputs, shape (inputs, inputs, draws).

    Every sum is made in one order, the same on every machine.
    """
    count, draws = order.shape
    found = np.zeros((count, count, draws))
    for row in range(count):
        for column in range(row + 1):
            left = wanted[order[row], order[column]]
            for earlier in range(column):
                left = left - found[row, earlier] * found[column, earlier]
            if column < row:
                pivot = found[column, column]
                np.divide(left, pivot, out=found[row, column], where=pivot > 0)
            else:
                found[row, row] = np.sqrt(np.where(left > DEPENDENT, left, 0.0))
    return found
