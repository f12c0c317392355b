"""Shapley effects, against the closed form of a linear model of normal inputs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from xl_cryptoai.errors import DivisionByZeroError, OutOfRangeError
from xl_cryptoai.risk import shapley_effects, sobol_indices
from xl_cryptoai.risk.correlation import pearson

RANKS = np.array([[1, 0.5, 0.2, 0], [0.5, 1, -0.3, 0.1], [0.2, -0.3, 1, 0.6], [0, 0.1, 0.6, 1]])
WEIGHTS = np.array([1, -2, 0.5, 1.5])


def linear(scores: np.ndarray) -> np.ndarray:
    return (WEIGHTS[:, None] * scores).sum(axis=0)


def as_scores(scores: np.ndarray) -> np.ndarray:
    return scores


def explained(covariance: np.ndarray, known: tuple[int, ...]) -> float:
    """The variance that is explained by knowing some inputs: that of the conditional mean."""
    rest = [one for one in range(len(covariance)) if one not in known]
    left = covariance[np.ix_(rest, rest)]
    if known:
        across = covariance[np.ix_(rest, known)]
        left = left - across @ np.linalg.inv(covariance[np.ix_(known, known)]) @ across.T
    whole = WEIGHTS @ covariance @ WEIGHTS
    return float(whole - WEIGHTS[rest] @ left @ WEIGHTS[rest])


def closed_form(ranks: np.ndarray) -> np.ndarray:
    """The effects by their definition: the mean over all orders of what each input adds."""
    covariance = pearson(np.array(ranks))
    effects = np.zeros(4)
    for order in permutations(range(4)):
        for place, one in enumerate(order):
            effects[one] += explained(covariance, order[: place + 1]) - explained(
                covariance, order[:place]
            )
    return effects / effects.sum()


@pytest.mark.parametrize("draws", [1_024, 16_384])
def test_effects_are_those_of_the_closed_form_within_their_errors(draws: int) -> None:
    found = shapley_effects(linear, RANKS, draws, inverse=as_scores)
    assert np.all(np.abs(found.effect - closed_form(RANKS)) < 4 * found.effect_se)


def test_the_standard_errors_are_how_far_the_effects_are_off() -> None:
    found = [shapley_effects(linear, RANKS, 1_024, seed, as_scores) for seed in range(80)]
    off = np.array([one.effect for one in found]) - closed_form(RANKS)
    stated = np.array([one.effect_se for one in found])
    ratios = np.sqrt((off**2).mean(axis=0) / (stated**2).mean(axis=0))
    assert np.all((ratios > 0.75) & (ratios < 1.25))  # known to 8% each


def test_effects_add_up_to_one_whatever_the_correlations() -> None:
    assert shapley_effects(linear, RANKS, 64, inverse=as_scores).effect.sum() == pytest.approx(1)


def test_independent_inputs_have_effects_between_their_first_and_total_order_indices() -> None:
    def product(values: np.ndarray) -> np.ndarray:
        return values[0] * values[1] + values[2]

    effect, indices = shapley_effects(product, np.eye(3), 16_384), sobol_indices(product, 3, 16_384)
    slack = 4 * effect.effect_se
    assert np.all(indices.first - slack < effect.effect)
    assert np.all(effect.effect < indices.total + slack)


def test_an_input_that_is_another_ones_copy_shares_with_it() -> None:
    # only the first matters, but the second tells as much: half and half (Owen and Prieur, 2017)
    found = shapley_effects(lambda x: x[0], np.ones((2, 2)), 8_192, inverse=as_scores)
    assert found.effect == pytest.approx([0.5, 0.5], abs=0.03)


def test_inputs_are_uniform_without_another_inverse() -> None:
    seen: list[np.ndarray] = []

    def keep(values: np.ndarray) -> np.ndarray:
        seen.append(values.copy())
        return values[0]

    shapley_effects(keep, np.eye(2), 512)
    assert stats.kstest(seen[-1][1], "uniform").pvalue > 1e-3


def test_what_cannot_be_used_is_refused() -> None:
    impossible = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]
    with pytest.raises(OutOfRangeError, match="not positive semidefinite"):
        shapley_effects(lambda x: x[0], impossible)
    with pytest.raises(DivisionByZeroError, match="never varies"):
        shapley_effects(lambda x: x[0] * 0, np.eye(2))
