"""Risk: distributions, simulation, sensitivities and goals, against what is known exactly."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from scipy import stats
from strategies import CATALOGUE

from xl_cryptoai.assumptions.uncertainty import CUT
from xl_cryptoai.cli import main
from xl_cryptoai.errors import (
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from xl_cryptoai.risk import default_distributions, simulate
from xl_cryptoai.risk.correlation import check_correlation, nearest_correlation
from xl_cryptoai.risk.curves import curve_of, nearest_quantiles
from xl_cryptoai.risk.distributions import make
from xl_cryptoai.risk.tables import NODES, REACH, STEPS, Table

PENETRATION = CATALOGUE["ai_penetration"]
SCORES = np.linspace(-3, 3, 61)


def distribution(shape: str, low: float = 0.2, mode: float = 0.33, high: float = 0.5):
    return make(PENETRATION, shape, low, None if shape in CUT else mode, high)


# scipy's own distributions as the independent word
KNOWN = {
    "uniform": stats.uniform(0.2, 0.3),
    "triangular": stats.triang(0.13 / 0.3, 0.2, 0.3),
    "pert": stats.beta(1 + 4 * 0.13 / 0.3, 1 + 4 * 0.17 / 0.3, 0.2, 0.3),
}


@pytest.mark.parametrize("shape", KNOWN)
def test_a_distribution_has_the_quantiles_that_scipy_gives(shape: str) -> None:
    found = distribution(shape).quantile(SCORES)
    np.testing.assert_allclose(found, KNOWN[shape].ppf(stats.norm.cdf(SCORES)), rtol=1e-9)


# Normal and lognormal ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", CUT)
@given(ends=st.tuples(st.floats(0.05, 0.6), st.floats(0.05, 0.35)))
def test_low_and_high_are_the_5_and_95_percent_quantiles_after_cutting(shape: str, ends) -> None:
    low, width = ends
    try:
        made = make(PENETRATION, shape, low, None, low + width)
    except OutOfRangeError:
        reject()  # no such curve has them; the next test is about those
    found = made.quantile(stats.norm.ppf([0.05, 0.95]))
    np.testing.assert_allclose(found, [low, low + width], rtol=1e-9)


def test_a_normal_cut_by_a_bound_is_scipys_truncated_normal() -> None:
    made = make(CATALOGUE["crypto_software_share"], "normal", 0.01, None, 0.10)
    curve = curve_of("normal", 0.01, 0.10, 0.0, 1.0)
    cut = stats.truncnorm(
        -curve.centre / curve.spread, (1 - curve.centre) / curve.spread, curve.centre, curve.spread
    )
    np.testing.assert_allclose(made.quantile(SCORES), cut.ppf(stats.norm.cdf(SCORES)), rtol=1e-9)


@pytest.mark.parametrize("shape", CUT)
def test_the_most_likely_value_is_where_the_draws_are_densest(shape: str) -> None:
    made = make(PENETRATION, shape, 0.05, None, 0.2)
    values = made.quantile(stats.norm.ppf(np.linspace(0.001, 0.999, 9_981)))
    densest = int(np.argmin(values[100:] - values[:-100]))
    assert values[densest + 50] == pytest.approx(made.mode, rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # 5/10/20%: such a normal is most likely at 12.42%, such a lognormal at 8.37%
        (("normal", 0.05, 0.1, 0.2), "is most likely at 0.1242, not at 0.1; give 0.1242 or leave"),
        (("lognormal", 0.05, 0.1, 0.2), "most likely at 0.08373, not at 0.1"),
        # between 0 and 1 the flattest curve has 5% below 0.05, 5% above 0.95
        (("normal", 0.02, None, 0.98), "the nearest has 0.05095 and 0.95"),
        (("lognormal", 0.06, None, 0.94), "no lognormal between the bounds 0.001 and 1 has 5%"),
    ],
)
def test_values_that_no_such_curve_has_are_refused_with_the_nearest(arguments, words) -> None:
    with pytest.raises(OutOfRangeError, match=words):
        make(PENETRATION, *arguments)


def test_the_nearest_quantiles_that_are_offered_can_be_had() -> None:
    for low, high in ((0.02, 0.98), (0.001, 0.1), (0.4, 0.99)):
        nearest = nearest_quantiles("normal", low, high, 0.0, 1.0)
        inside = [0.5 + (value - 0.5) * 0.999 for value in nearest]
        assert curve_of("normal", *inside, 0.0, 1.0) is not None


def test_a_most_likely_value_that_is_the_curves_own_is_taken() -> None:
    settled = make(PENETRATION, "normal", 0.05, None, 0.2)
    assert make(PENETRATION, "normal", 0.05, 0.1242, 0.2) == settled


# Tables -----------------------------------------------------------------------------------------


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
def test_the_nodes_of_a_perts_table_are_exact_to_single_precision(mode: float) -> None:
    exact = make(PENETRATION, "pert", 0.2, mode, 0.5)
    nodes = np.linspace(-REACH, REACH, NODES)
    np.testing.assert_allclose(Table(exact).values, exact.quantile(nodes), rtol=7e-8)


def test_no_node_of_the_shipped_tables_lies_where_a_machines_last_digits_decide() -> None:
    # nodes are rounded to single precision: one in the middle between two would fall either way
    for one in default_distributions(CATALOGUE).values():
        exact = one.quantile(np.linspace(-REACH, REACH, NODES))  # to some 1e-15 anywhere
        rounded = exact.astype(np.float32)
        halves = (np.nextafter(rounded, np.float32(np.inf)).astype(float) - rounded) / 2
        near = np.abs(np.abs(exact - rounded) - halves) / exact
        assert near[(exact > one.low) & (exact < one.high)].min() > 1e-13


@pytest.mark.parametrize("shape", ["pert", "uniform", "normal"])
def test_rounding_leaves_a_table_within_what_is_allowed(shape: str) -> None:
    made = distribution(shape, 0.1, 0.13, 0.16)
    low, high = made.support
    assert low <= Table(made).values.min() and Table(made).values.max() <= high


def test_what_the_scenarios_move_is_uncertain_by_default_from_bear_to_bull() -> None:
    found = default_distributions(CATALOGUE)
    assert len(found) == 12
    share = found["hyperscaler_share"]
    assert (share.low, share.mode, share.high) == (0.7, 0.8, 0.9)  # bear is the high one


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("cauchy", 0.2, 0.3, 0.4), UnknownNameError, "no shape is called 'cauchy'; known:"),
        (("pert", 0.4, 0.3, 0.5), OutOfRangeError, "low 0.4, most likely 0.3 and high 0.5 are"),
        (("normal", 0.4, None, 0.3), OutOfRangeError, "low 0.4 and high 0.3 are out of order"),
        (("pert", 0.3, 0.3, 0.3), OutOfRangeError, "low and high are both 0.3; give a range"),
        (("pert", 0.2, 0.3, 1.4), OutOfRangeError, "ai_penetration is 1.4; it must be 0.001 to 1"),
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
        (np.eye(3) * 2, OutOfRangeError, "correlation of a and a is 2; it must be -1 to 1"),
        (np.diag([1, 0.5, 1]), OutOfRangeError, "correlation of b with itself is 0.5, not 1"),
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], OutOfRangeError, "0.5 one way and 0.4 the other"),
        (IMPOSSIBLE, OutOfRangeError, "nearest that are differ most for"),
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
    assert data["chance_of_exceeding"]["10.2B"] == list(result.chance_of_exceeding(10.2e9))
    assert main(["simulate", "--draws", "1024"]) == 0
    assert "12 assumptions by the house view, from bear to bull" in capsys.readouterr().out
    assert main(["simulate", "--draws", "0"]) == 2
