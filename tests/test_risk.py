"""Risk: distributions, simulation, sensitivities and goals, against what is known exactly."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats
from strategies import CATALOGUE

from xl_cryptoai.cli import main
from xl_cryptoai.errors import (
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from xl_cryptoai.risk import default_distributions, simulate
from xl_cryptoai.risk.correlation import check_correlation, nearest_correlation
from xl_cryptoai.risk.distributions import Z_95, make
from xl_cryptoai.risk.tables import NODES, REACH, STEPS, Table

PENETRATION = CATALOGUE["ai_penetration"]
SCORES = np.linspace(-3, 3, 61)


def distribution(shape: str, low: float = 0.2, mode: float = 0.33, high: float = 0.5):
    return make(PENETRATION, shape, low, mode, high)


# scipy's own distributions as the independent word
KNOWN = {
    "uniform": stats.uniform(0.2, 0.3),
    "triangular": stats.triang(0.13 / 0.3, 0.2, 0.3),
    "pert": stats.beta(1 + 4 * 0.13 / 0.3, 1 + 4 * 0.17 / 0.3, 0.2, 0.3),
    "normal": stats.truncnorm(
        (0.001 - 0.33) / (0.3 / 2 / Z_95), (1 - 0.33) / (0.3 / 2 / Z_95), 0.33, 0.3 / 2 / Z_95
    ),
}


@pytest.mark.parametrize("shape", KNOWN)
def test_a_distribution_has_the_quantiles_that_scipy_gives(shape: str) -> None:
    found = distribution(shape).quantile(SCORES)
    np.testing.assert_allclose(found, KNOWN[shape].ppf(stats.norm.cdf(SCORES)), rtol=1e-9)


def test_a_lognormals_low_and_high_are_its_5_and_95_percent_quantiles() -> None:
    found = distribution("lognormal").quantile(np.array([-Z_95, 0.0, Z_95]))
    np.testing.assert_allclose(found, [0.2, math.sqrt(0.2 * 0.5), 0.5], rtol=1e-3)  # cut at 1


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform", "normal", "lognormal"])
def test_the_table_that_is_drawn_from_is_exact_to_a_millionth(shape: str) -> None:
    exact = distribution(shape)
    where = np.random.default_rng(1).standard_normal(20_000)
    np.testing.assert_allclose(
        Table(exact)((where * STEPS).astype(np.float32)),
        exact.quantile(where),
        rtol=3e-6,
        atol=1e-6,
    )


@pytest.mark.parametrize("mode", [0.2, 0.201, 0.33, 0.499, 0.5])
def test_the_nodes_of_a_perts_table_are_exact_to_a_hundred_millionth(mode: float) -> None:
    exact = make(PENETRATION, "pert", 0.2, mode, 0.5)
    nodes = np.linspace(-REACH, REACH, NODES)
    np.testing.assert_allclose(Table(exact).values, exact.quantile(nodes), rtol=1e-8)


def test_what_the_scenarios_move_is_uncertain_by_default_from_bear_to_bull() -> None:
    found = default_distributions()
    assert len(found) == 12
    share = found["hyperscaler_share"]
    assert (share.low, share.mode, share.high) == (0.7, 0.8, 0.9)  # bear is the high one


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("cauchy", 0.2, 0.3, 0.4), UnknownNameError, "no shape is called 'cauchy'; known are"),
        (("pert", 0.4, 0.3, 0.5), OutOfRangeError, "low 0.4, most likely 0.3 and high 0.5 must"),
        (("pert", 0.3, 0.3, 0.3), OutOfRangeError, "low and high are both 0.3; give a range"),
        (("pert", 0.2, 0.3, 1.4), OutOfRangeError, "ai_penetration is 1.4; allowed is 0.001 to 1"),
        (("pert", 0.2, "x", 0.4), WrongTypeError, "ai_penetration is 'x', but must be a number"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused(arguments, error, words: str) -> None:
    with pytest.raises(error, match=words):
        make(PENETRATION, *arguments)


IMPOSSIBLE = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]


@pytest.mark.parametrize(
    ("matrix", "error", "words"),
    [
        ([[1, 0.5]], ShapeMismatchError, "give 3 rows and columns, in the order a, b, c"),
        (np.eye(3) * 2, OutOfRangeError, "correlation of a and a is 2; allowed is -1 to 1"),
        (np.diag([1, 0.5, 1]), OutOfRangeError, "correlation of b with itself is 0.5, not 1"),
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], OutOfRangeError, "0.5 one way and 0.4 the other"),
        (IMPOSSIBLE, OutOfRangeError, "nearest matrix that they can have differs most for"),
    ],
)
def test_a_matrix_that_is_no_correlation_is_refused(matrix, error, words: str) -> None:
    with pytest.raises(error, match=words):
        check_correlation(matrix, ["a", "b", "c"])


def test_the_nearest_correlation_that_is_offered_is_one() -> None:
    offer = nearest_correlation(IMPOSSIBLE)
    assert check_correlation(offer, ["a", "b", "c"]) is not None
    assert np.abs(offer - IMPOSSIBLE).max() < 0.5


def test_the_commands_print_what_the_library_finds(capsys) -> None:
    assert main(["simulate", "--draws", "1024", "--above", "10.2B", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    result = simulate(1024)
    assert data["results"]["total"]["p50"] == result.percentile(50)[0]
    assert data["chance_above"]["10.2B"] == list(result.chance_above(10.2e9))
    assert main(["simulate", "--draws", "1024"]) == 0
    assert "house judgement" in capsys.readouterr().out
    assert main(["simulate", "--draws", "0"]) == 2
