"""Which uncertain assumption matters how much: several measures side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.assumptions.uncertainty import FIXED, SEED
from xl_cryptoai.errors import DivisionByZeroError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.notebook import Column, Table
from xl_cryptoai.risk.correlation import check_correlation, factor
from xl_cryptoai.risk.distributions import Distribution, drawn_beside
from xl_cryptoai.risk.sensitivity import elasticities, varied_and_fixed
from xl_cryptoai.risk.shapley import effects
from xl_cryptoai.risk.sobol import (
    DRAWS,
    Array,
    Function,
    check,
    check_varies,
    even_scores,
    in_replicates,
    indices,
    outcomes,
    standard_errors,
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
    spearman, spearman_se : float
        Rank correlation of its draws with the total's, -1 to 1, and its standard error.
    contribution, contribution_se : float
        Contribution to variance, 0 to 1, and its standard error: the squared rank correlation,
        scaled so that those of all assumptions add up to 1. An approximation, and the one that
        Crystal Ball shows.
    first, first_se : float
        First-order Sobol index, the part of the total's variance that it explains alone, and its
        standard error; NaN if the assumptions are correlated.
    total, total_se : float
        Total-order Sobol index, the part that would be left if all others were known, and its
        standard error; NaN if the assumptions are correlated.
    shapley, shapley_se : float
        Shapley effect, its part of the total's variance with its interactions and correlations
        shared out evenly, and its standard error; NaN if the assumptions are independent.
    """

    id: str
    elasticity: float
    spearman: float
    spearman_se: float
    contribution: float
    contribution_se: float
    first: float
    first_se: float
    total: float
    total_se: float
    shapley: float
    shapley_se: float


_MEASURES = {
    "spearman": "correlation",
    "contribution": "share",
    "first": "share",
    "total": "share",
    "shapley": "share",
}
"""The measures that have a standard error, with their units."""


class Sensitivities(Table[Sensitivity]):
    """How much each uncertain assumption matters, what matters most first."""

    title = "What moves the total: measures of each uncertain assumption"
    digits = 3

    def __init__(self, catalogue: Catalogue, found: Iterable[Sensitivity]) -> None:
        super().__init__(found)
        self.catalogue = catalogue

    @property
    def columns(self) -> tuple[Column[Sensitivity], ...]:
        """What each row shows."""
        return (
            Column("label", lambda one: self.catalogue[one.id].label),
            Column("id", attrgetter("id")),
            Column("elasticity", attrgetter("elasticity"), "multiple"),
            *(
                Column(name + error, attrgetter(name + error), unit)
                for name, unit in _MEASURES.items()
                for error in ("", "_se")
            ),
        )


def sensitivities(
    draws: int = DRAWS,
    *,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    distributions: Mapping[str, Distribution] | None = None,
    correlation: ArrayLike | None = None,
    seed: int = SEED,
    model: Model | None = None,
) -> Sensitivities:
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
        What is uncertain; by default all that the catalogue calls so and no override fixes. Fixed
        ones are left out.
    correlation : matrix, optional
        Rank correlations, in the order of the distributions; none by default. Where all are 0 the
        assumptions are independent.
    seed : int
        The same seed gives the same answer.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    Sensitivities
        A list of Sensitivity, with `to_frame()`; the greatest total index first; with correlations,
        the greatest Shapley effect.

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
    model = shipped_by_default(model)
    overrides = model.assumptions.by_id(overrides)
    chosen = drawn_beside(model.assumptions, overrides, distributions)
    varied, fixed = varied_and_fixed(model, overrides, chosen)
    if not varied:
        raise DivisionByZeroError("no assumption varies; give one a distribution with a range")
    place = {**overrides, **fixed}
    total = total_of_draws(model, varied, standing(model, scenario, place))
    inverse = _inverse(list(varied.values()))
    ranks = _ranks(correlation, chosen)
    independent = np.array_equal(ranks, np.eye(len(varied)))
    points = even_scores(_dimensions(model, varied), draws, seed)
    none = np.full(len(varied), np.nan)
    if independent:
        found = outcomes(total, points, inverse)
        drawn, result = points[: len(varied)], found[0]
        shares = (*indices(found), none, none)
    else:
        drawn, result = _correlated(total, inverse, ranks, points[: len(varied)])
        shares = (none, none, none, none, *effects(total, ranks, points, seed, inverse))
    slopes = elasticities(scenario, place, model)
    columns = zip(*_ranked(drawn, result), *shares, strict=True)
    rows = [
        Sensitivity(name, slopes[name], *map(float, row))
        for name, row in zip(varied, columns, strict=True)
    ]
    leading = "total" if independent else "shapley"
    return Sensitivities(model.assumptions, sorted(rows, key=attrgetter(leading), reverse=True))


def _dimensions(model: Model, varied: Collection[str]) -> list[int]:
    """Return the numbers of each one's random numbers in a first and in a second sample."""
    places = [entry.id for entry in uncertain_in(model.assumptions)]
    first = [places.index(name) for name in varied]
    return [*first, *(number + len(places) for number in first)]


def _ranked(drawn: Array, result: Array) -> tuple[Array, Array, Array, Array]:
    """Return rank correlations and contributions to variance, each with its standard errors."""
    spearman = rank_correlations(drawn, result)
    parts = zip(in_replicates(drawn), in_replicates(result), strict=True)
    pulls = np.stack([rank_correlations(*part) for part in parts], axis=1)
    squares = (spearman * spearman).sum()
    contribution = spearman * spearman / squares
    # to first order: what a change of every rank correlation does to the share of one
    rises = 2 * spearman[:, None] * (pulls - spearman[:, None])
    changes = (rises - contribution[:, None] * rises.sum(axis=0)) / squares
    return spearman, standard_errors(pulls), contribution, standard_errors(changes)


def rank_correlations(drawn: Array, result: Array) -> Array:
    """Return Spearman's rank correlation of each row of draws with a result.

    >>> draws = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    >>> rank_correlations(draws, np.array([1.0, 10.0, 100.0, 1000.0])).tolist()
    [1.0, -1.0]
    """
    ranks = np.stack([_ranks_of(row) for row in (*drawn, result)])
    squares = (ranks * ranks).sum(axis=1)
    found: Array = (ranks[:-1] * ranks[-1]).sum(axis=1) / np.sqrt(squares[:-1] * squares[-1])
    return found


def _ranks_of(row: Array) -> Array:
    """Return ranks around their middle; equal values share one, in whatever order they are sorted.

    >>> _ranks_of(np.array([5.0, 1.0, 5.0])).tolist()
    [0.5, -1.0, 0.5]
    """
    order = np.argsort(row)
    ordered = row[order]
    rank = np.arange(row.size) - (row.size - 1) / 2
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    if starts.size < row.size:
        sizes = np.diff(starts, append=row.size)
        rank = np.repeat(rank[starts] + (sizes - 1) / 2, sizes)
    ranks = np.empty(row.size)
    ranks[order] = rank
    return ranks


def _ranks(correlation: ArrayLike | None, distributions: Mapping[str, Distribution]) -> Array:
    """Return the rank correlations of what varies, checked together with those of the fixed."""
    varies = np.array([one.shape != FIXED for one in distributions.values()])
    if correlation is None:
        return np.eye(int(varies.sum()))
    ranks: Array = check_correlation(correlation, list(distributions))[varies][:, varies]
    return ranks


def _correlated(
    total: Function, inverse: Function, ranks: Array, points: Array
) -> tuple[Array, Array]:
    """Return correlated draws, a row for each assumption, and their totals."""
    drawn = np.zeros(points.shape)
    for number, weights in enumerate(factor(ranks)):
        for weight, other in zip(weights, points, strict=True):
            if weight:
                drawn[number] += weight * other
    blocks = (drawn[:, first : first + BLOCK] for first in range(0, points.shape[1], BLOCK))
    result = np.concatenate([total(inverse(block)) for block in blocks])
    check_varies(result)
    return drawn, result


def _inverse(distributions: Sequence[Distribution]) -> Function:
    """Interpolate all values at normal scores in the simulation's tables, but in full precision."""
    tables = np.stack([table_of(one).values for one in distributions])
    rises = np.diff(tables, append=tables[:, -1:])
    starts = np.arange(len(tables))[:, None] * NODES

    def values(scores: Array) -> Array:
        at = np.clip(scores, -REACH, REACH).astype(np.float64)
        at += REACH
        at *= STEPS
        node = at.astype(np.intp)
        at -= node
        node += starts
        at *= rises.take(node)
        at += tables.take(node)
        return at

    return values
