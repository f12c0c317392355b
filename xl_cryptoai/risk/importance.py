"""Which uncertain assumption matters how much: five measures side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.uncertainty import FIXED, SEED
from xl_cryptoai.errors import DivisionByZeroError
from xl_cryptoai.risk.correlation import check_correlation, factor
from xl_cryptoai.risk.distributions import Distribution
from xl_cryptoai.risk.sensitivity import elasticities, varied_and_fixed
from xl_cryptoai.risk.sobol import (
    DRAWS,
    Array,
    Function,
    SobolIndices,
    check,
    check_varies,
    even_scores,
    indices,
    outcomes,
)
from xl_cryptoai.risk.tables import NODES, REACH, STEPS, table_of
from xl_cryptoai.risk.totals import BLOCK, standing, total_of_draws


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much one uncertain assumption matters to the total.

    Attributes
    ----------
    id : str
        The assumption.
    elasticity : float
        Percent by which the total changes for one percent more of it, where the scenario stands.
    spearman : float
        Rank correlation of its draws with the total's, -1 to 1.
    contribution : float
        Contribution to variance, 0 to 1: the squared rank correlation, scaled so that those of all
        assumptions add up to 1. An approximation, and the one that Crystal Ball shows.
    first, first_se : float
        First-order Sobol index, the part of the total's variance that it explains alone, and its
        standard error; NaN if the assumptions are correlated.
    total, total_se : float
        Total Sobol index, the part that would be left if all others were known, and its standard
        error; NaN if the assumptions are correlated.
    """

    id: str
    elasticity: float
    spearman: float
    contribution: float
    first: float
    first_se: float
    total: float
    total_se: float


def sensitivities(
    draws: int = DRAWS,
    *,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    distributions: Mapping[str, Distribution] | None = None,
    correlation: ArrayLike | None = None,
    seed: int = SEED,
) -> list[Sensitivity]:
    """Measure how much each uncertain assumption matters to the total.

    Where a draw would break a rule between inputs, compute or the cost of compliance gets what is
    left, as in the simulation.

    Parameters
    ----------
    draws : int
        Rows of each sample, 64 to 1,048,576. Independent assumptions take `draws` evaluations for
        each of them and two times more.
    scenario, overrides
        Where the assumptions stand that are not drawn.
    distributions : mapping of id to Distribution, optional
        What is uncertain; by default what the catalogue says. Fixed ones are left out.
    correlation : matrix, optional
        Rank correlations, in the order of the distributions; none by default. Where all are 0 the
        assumptions are independent.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    list of Sensitivity
        The greatest total index first; with correlations, the greatest contribution to variance.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For anything of these that cannot be used, naming it.
    DivisionByZeroError
        If nothing varies.

    Examples
    --------
    >>> found = sensitivities(1024)
    >>> [one.id for one in found][:2]
    ['crypto_software_share', 'ai_penetration']
    >>> round(sum(one.contribution for one in found), 9)
    1.0
    """
    check(draws, seed)
    varied, fixed = varied_and_fixed(distributions)
    if not varied:
        raise DivisionByZeroError("no assumption varies; give one a distribution with a range")
    place = {**(overrides or {}), **fixed}
    total = total_of_draws(varied, standing(scenario, place))
    inverse = _inverse(list(varied.values()))
    ranks = _ranks(correlation, varied if distributions is None else distributions)
    independent = np.array_equal(ranks, np.eye(len(varied)))
    if independent:
        drawn, result, shares = _independent(total, inverse, len(varied), draws, seed)
    else:
        drawn, result, shares = _correlated(total, inverse, ranks, draws, seed)
    slopes = elasticities(scenario, place)
    spearman = rank_correlations(drawn, result)
    contribution = spearman**2 / (spearman**2).sum()
    columns = zip(spearman, contribution, *shares, strict=True)
    rows = [
        Sensitivity(name, slopes[name], *map(float, row))
        for name, row in zip(varied, columns, strict=True)
    ]
    leading = "total" if independent else "contribution"
    return sorted(rows, key=attrgetter(leading), reverse=True)


def rank_correlations(drawn: Array, result: Array) -> Array:
    """Give Spearman's rank correlation of each row of draws, without ties, with a result.

    >>> draws = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    >>> rank_correlations(draws, np.array([1.0, 10.0, 100.0, 1000.0])).tolist()
    [1.0, -1.0]
    """
    everything = np.vstack([drawn, result])
    ranks = np.empty(everything.shape)
    middle = (result.size - 1) / 2
    order = np.argsort(everything, axis=1)
    np.put_along_axis(ranks, order, np.arange(result.size) - middle, axis=1)
    found: Array = ranks[:-1] @ ranks[-1] / (ranks[-1] @ ranks[-1])
    return found


def _ranks(correlation: ArrayLike | None, distributions: Mapping[str, Distribution]) -> Array:
    """Give the rank correlations of what varies, checked together with those of the fixed."""
    varies = np.array([one.shape != FIXED for one in distributions.values()])
    if correlation is None:
        return np.eye(int(varies.sum()))
    ranks: Array = check_correlation(correlation, list(distributions))[varies][:, varies]
    return ranks


def _independent(
    total: Function, inverse: Function, dimensions: int, draws: int, seed: int
) -> tuple[Array, Array, SobolIndices]:
    """Give draws of each assumption, a row each, their totals, and the Sobol indices."""
    points = even_scores(2 * dimensions, draws, seed)
    found = outcomes(total, points, inverse)
    return points[:dimensions], found[0], indices(found)


def _correlated(
    total: Function, inverse: Function, ranks: Array, draws: int, seed: int
) -> tuple[Array, Array, SobolIndices]:
    """Give the same of assumptions that are drawn together; the indices are NaN."""
    drawn = factor(ranks) @ even_scores(len(ranks), draws, seed)
    blocks = (drawn[:, first : first + BLOCK] for first in range(0, draws, BLOCK))
    result = np.concatenate([total(inverse(block)) for block in blocks])
    check_varies(result)
    return drawn, result, SobolIndices(*np.full((4, len(ranks)), np.nan))


def _inverse(distributions: Sequence[Distribution]) -> Function:
    """Interpolate all values at normal scores in the simulation's tables, but in full precision."""
    tables = np.stack([table_of(one).values for one in distributions])
    rises = np.diff(tables, append=tables[:, -1:])
    starts = np.arange(len(tables))[:, None] * NODES

    def values(scores: Array) -> Array:
        at = (np.clip(scores, -REACH, REACH) + REACH) * STEPS
        node = at.astype(np.intp)
        at -= node
        node += starts
        at *= rises.take(node)
        at += tables.take(node)
        return at

    return values
