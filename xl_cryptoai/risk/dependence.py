"""What moving together does to the total: the same simulation under several correlations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.uncertainty import DRAWS, METHODS, SEED
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.risk.correlation import Matrix, with_common_factor
from xl_cryptoai.risk.distributions import Distribution, drawn_beside
from xl_cryptoai.risk.simulation import simulate

SHOWN = ("p5", "p50", "p95", "chance_of_exceeding")


@dataclass(frozen=True, slots=True)
class Dependence:
    """Assumptions that move together.

    Attributes
    ----------
    label : str
        In words.
    ids : tuple of str
        Which ones; empty for all that are drawn.
    rank : float
        Rank correlation of every pair of them, in the direction of the total.
    """

    label: str
    ids: tuple[str, ...]
    rank: float


DEPENDENCES = (
    Dependence("Independent", (), 0.0),
    Dependence("AI penetration with capture: 0.5", ("ai_penetration", "ai_revenue_capture"), 0.5),
    Dependence(
        "The four crypto shares: 0.6",
        ("crypto_software_share", "crypto_compute_share", "crypto_identity_share",
         "crypto_security_share"),
        0.6,
    ),
    Dependence("One common factor: 0.5", (), 0.5),
)  # fmt: skip
"""Four views of how assumptions hang together: house views, to show how much depends on it."""


@dataclass(frozen=True, slots=True)
class DependenceRow:
    """The total under one dependence.

    Attributes
    ----------
    label : str
        Which.
    figures : dict of str to (value, standard error)
        "p5", "p50", "p95", USD a year, and "chance_of_exceeding" the threshold.
    least, greatest : float
        The span of all draws, USD a year.
    """

    label: str
    figures: dict[str, tuple[float, float]]
    least: float
    greatest: float


def dependence_table(
    threshold: float,
    draws: int = DRAWS,
    *,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    distributions: Mapping[str, Distribution] | None = None,
    method: str = METHODS[0],
    seed: int = SEED,
    model: Model | None = None,
) -> list[DependenceRow]:
    """Simulate the total under every one of `DEPENDENCES`, with the same random numbers.

    Parameters
    ----------
    threshold : float
        USD a year; the chance of exceeding it is among the figures.
    draws, scenario, overrides, distributions, method, seed, model
        As for `simulate`.

    Returns
    -------
    list of DependenceRow

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        As `simulate`.

    Examples
    --------
    >>> rows = dependence_table(20e9, 1024)
    >>> rows[0].figures["chance_of_exceeding"] < rows[3].figures["chance_of_exceeding"]
    True
    """
    model = shipped_by_default(model)
    chosen = drawn_beside(model.assumptions, overrides, distributions)
    rows = []
    for one in DEPENDENCES:
        found = simulate(
            draws, scenario=scenario, overrides=overrides, distributions=chosen,
            correlation=_matrix(model.assumptions, one, list(chosen)), method=method, seed=seed,
            model=model,
        )  # fmt: skip
        usual = found.statistics(above=threshold)
        least, greatest = (found.percentile(percent)[0] for percent in (0, 100))
        rows.append(
            DependenceRow(one.label, {name: usual[name] for name in SHOWN}, least, greatest)
        )
    return rows


def _matrix(catalogue: Catalogue, one: Dependence, names: list[str]) -> Matrix:
    together = with_common_factor(np.eye(len(names)), [catalogue[name] for name in names], one.rank)
    member = np.array([not one.ids or name in one.ids for name in names])
    return np.where(np.outer(member, member), together, np.eye(len(names)))
