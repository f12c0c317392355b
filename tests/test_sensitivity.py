"""What moves the total: tornado, elasticities, grid and Sobol indices, against known answers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from shipped import MODEL
from strategies import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.errors import (
    DivisionByZeroError,
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from xl_cryptoai.risk import (
    default_distributions,
    elasticities,
    grid,
    sensitivities,
    sobol_indices,
    tornado,
)
from xl_cryptoai.risk.distributions import make
from xl_cryptoai.risk.totals import standing, total_of_draws

SHIPPED = default_distributions(CATALOGUE)


def total(**overrides) -> float:
    return Forecast(overrides=overrides)["total"]


# Tornado ---------------------------------------------------------------------------------------


def test_a_tornado_has_the_totals_at_both_ends_and_the_widest_bar_first() -> None:
    bars = tornado()
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
    for bar in bars:
        assert (bar.low, bar.high) == (SHIPPED[bar.id].low, SHIPPED[bar.id].high)
        assert bar.total_low == pytest.approx(total(**{bar.id: bar.low}), rel=1e-14)
        assert bar.total_high == pytest.approx(total(**{bar.id: bar.high}), rel=1e-14)


def test_a_tornados_other_assumptions_stand_where_the_overrides_put_them() -> None:
    bar = next(bar for bar in tornado("bull", None, {"gdp_growth": 0.05}) if bar.low == 0.2)
    forecast = Forecast("bull", overrides={"gdp_growth": 0.05, "ai_penetration": 0.2})
    assert bar.total_low == pytest.approx(forecast["total"], rel=1e-14)


def test_a_bar_ends_where_a_rule_between_inputs_does_and_says_so() -> None:
    bars = {bar.id: bar for bar in tornado(overrides={"compute_share": 0.48})}
    assert bars["software_share"].high == pytest.approx(0.52, abs=1e-11)
    assert bars["software_share"].held
    assert [name for name, bar in bars.items() if bar.held] == ["software_share"]


def test_an_assumption_that_can_keep_no_rule_has_no_bar_and_is_refused() -> None:
    wide = {"software_share": make(CATALOGUE["software_share"], "uniform", 0.6, 0.7, 0.8)}
    with pytest.raises(OutOfRangeError, match=r"goes from 0.6 to 0.8, but .* leave it 0 to 0.55"):
        tornado(distributions=wide, overrides={"compute_share": 0.45})


def test_a_fixed_distribution_has_no_bar_and_stands_at_its_value() -> None:
    chosen = {
        "ai_penetration": make(CATALOGUE["ai_penetration"], "fixed", 0.4, 0.4, 0.4),
        "gdp_growth": SHIPPED["gdp_growth"],
    }
    (bar,) = tornado(distributions=chosen)
    assert bar.total_low == pytest.approx(total(gdp_growth=0.02, ai_penetration=0.4), rel=1e-14)


def test_with_nothing_uncertain_there_are_no_bars() -> None:
    assert tornado(distributions={}) == []


# Elasticities ----------------------------------------------------------------------------------


def test_elasticities_are_those_of_the_formulas() -> None:
    base, found = Forecast(), elasticities()
    part = base["crypto_compute"] / base["total"]
    growth = 0.03 * 1.5
    assert found["ai_penetration"] == pytest.approx(1.0, rel=1e-14)  # the total is proportional
    assert found["crypto_compute_share"] == pytest.approx(part, rel=1e-14)
    assert found["hyperscaler_share"] == pytest.approx(-part * 0.8 / 0.2, rel=1e-14)
    assert found["gdp_growth"] == pytest.approx(8 * growth / (1 + growth), rel=1e-14)


def test_elasticities_exist_at_the_bounds_too() -> None:
    assert elasticities(overrides={"crypto_security_share": 0.0})["crypto_security_share"] == 0
    assert elasticities(overrides={"ai_penetration": 1.0})["ai_penetration"] == pytest.approx(1.0)


def test_of_a_total_of_nothing_no_percentage_can_be_told() -> None:
    shares = ("crypto_software_share", "crypto_compute_share", "crypto_identity_share")
    nothing = dict.fromkeys((*shares, "crypto_security_share"), 0.0)
    assert all(math.isnan(value) for value in elasticities(overrides=nothing).values())


# Grid ------------------------------------------------------------------------------------------


def test_a_grid_is_the_forecast_at_every_pair() -> None:
    xs, ys = [0.2, 0.33, 0.5], [0.10, 0.16]
    found = grid("ai_penetration", xs, "ai_revenue_capture", ys)
    expected = [[total(ai_penetration=x, ai_revenue_capture=y) for x in xs] for y in ys]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_grid_can_be_larger_than_a_block() -> None:
    xs, ys = np.linspace(0.2, 0.5, 3_000), np.linspace(0.02, 0.04, 7)
    found = grid("ai_penetration", xs, "gdp_growth", ys)
    assert found.shape == (7, 3_000)
    assert found[6, 2_999] == pytest.approx(total(ai_penetration=0.5, gdp_growth=0.04), rel=1e-14)


def test_a_grid_takes_the_choice_of_the_identity_base() -> None:
    found = grid("identity_base", ["ai_revenue", "ai_software"], "identity_rate", [0.05])
    expected = total(identity_base="ai_software", identity_rate=0.05)
    assert found[0, 1] == pytest.approx(expected, rel=1e-14)


def test_a_grids_own_overrides_do_not_matter_even_if_they_would_break_a_rule() -> None:
    found = grid("software_share", [0.3], "gdp_growth", [0.03], overrides={"compute_share": 0.6})
    assert found[0, 0] == pytest.approx(total(software_share=0.3, compute_share=0.6), rel=1e-14)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("gdp_growth", [0.1], "gdp_growth", [0.1]), OutOfRangeError, "x and y are both gdp_grow"),
        (("growth", [0.1], "gdp_growth", [0.1]), UnknownNameError, "no assumption is called 'gro"),
        (
            ("ai_penetration", [0.2, 33], "gdp_growth", [0.1]), OutOfRangeError,
            r"ai_penetration \(no. 2\) is 33; it must be 0.001 to 1",
        ),
        (("ai_penetration", ["x"], "gdp_growth", [0.1]), WrongTypeError, "ai_penetration is 'x'"),
        (("ai_penetration", [], "gdp_growth", [0.1]), ShapeMismatchError, r"xs has shape \(0,\)"),
        (
            ("ai_penetration", [0.2], "gdp_growth", [[0.1, 0.1]]), ShapeMismatchError,
            r"ys has shape \(1, 2\); give one or more values of gdp_growth in a row",
        ),
        (
            ("software_share", [0.5, 0.9], "compute_share", [0.1, 0.2]), OutOfRangeError,
            r"grid \(row 2, column 2\): software_share is 0.9, compute_share is 0.2; software_",
        ),
        (
            ("software_share", [0.5], "gdp_growth", [0.1], "bare"), UnknownNameError,
            "no scenario is called 'bare'",
        ),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_is_refused_with_the_place(arguments, error, words: str) -> None:
    with pytest.raises(error, match=words):
        grid(*arguments)


# Sobol indices ---------------------------------------------------------------------------------

A, B = 7.0, 0.1
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def ishigami(u):
    """Ishigami and Homma (1990), on the unit cube instead of -pi to pi."""
    x = np.pi * (2 * u - 1)
    return np.sin(x[0]) + A * np.sin(x[1]) ** 2 + B * x[2] ** 4 * np.sin(x[0])


def g_function(u):
    """Sobol's g-function, with the weights of Saltelli and Sobol (1995)."""
    return np.prod((np.abs(4 * u - 2) + WEIGHTS[:, None]) / (1 + WEIGHTS[:, None]), axis=0)


def ishigami_indices():
    """Variances in closed form: Saltelli et al., Sensitivity Analysis (Wiley, 2000), ch. 2."""
    one = (1 + B * np.pi**4 / 5) ** 2 / 2
    two = A**2 / 8
    one_three = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + one_three
    return np.array([one, two, 0]) / whole, np.array([one + one_three, two, one_three]) / whole


def g_indices():
    """V_i = 1/3 / (1 + a_i)^2 and V = prod(1 + V_i) - 1: Saltelli and Sobol (1995)."""
    own = 1 / (3 * (1 + WEIGHTS) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.prod(1 + own) / (1 + own) / whole


KNOWN = {
    "ishigami": (ishigami, 3, ishigami_indices()),
    "g-function": (g_function, 8, g_indices()),
}


@pytest.mark.parametrize("name", KNOWN)
def test_indices_are_those_of_the_closed_form(name: str) -> None:
    function, dimensions, (first, total) = KNOWN[name]
    found = sobol_indices(function, dimensions, 2**15)
    np.testing.assert_allclose(found.first, first, atol=0.005)
    np.testing.assert_allclose(found.total, total, atol=0.005)


@pytest.mark.parametrize("name", KNOWN)
def test_the_standard_errors_are_how_far_the_indices_are_off(name: str) -> None:
    function, dimensions, (first, total) = KNOWN[name]
    found = [sobol_indices(function, dimensions, 1_024, seed) for seed in range(40)]
    for off in (
        [(one.first - first) / one.first_se for one in found],
        [(one.total - total) / one.total_se for one in found],
    ):
        assert 0.6 < np.sqrt(np.mean(np.square(off))) < 1.6


def test_a_sum_has_equal_first_and_total_indices_in_proportion_to_the_variances() -> None:
    # normal inputs: the variance of a sum is the sum of the variances, here 1, 4 and 4
    found = sobol_indices(
        lambda x: x[0] + 2 * x[1] - 2 * x[2], 3, 4_096, inverse=lambda scores: scores.copy()
    )
    np.testing.assert_allclose(found.first, [1 / 9, 4 / 9, 4 / 9], atol=0.01)
    np.testing.assert_allclose(found.total, [1 / 9, 4 / 9, 4 / 9], atol=0.01)


@pytest.mark.parametrize("draws", [64, 65, 1_000, 10_007])
def test_any_number_of_draws_will_do(draws: int) -> None:
    seen = []
    found = sobol_indices(lambda u: seen.append(u.shape[1]) or u[0] + u[1], 2, draws)
    assert sum(seen) == draws * (2 + 2)
    np.testing.assert_allclose(found.total, [0.5, 0.5], atol=0.12)


def test_the_same_seed_gives_the_same_indices_and_another_seed_others() -> None:
    first, again, other = (sobol_indices(ishigami, 3, 512, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"draws": 63}, OutOfRangeError, "draws is 63; it must be 64 to 1048576"),
        ({"draws": 10**12}, OutOfRangeError, "draws is 1000000000000; it must be"),
        ({"draws": 1e4}, WrongTypeError, "draws is 10000.0; give a whole number"),
        ({"seed": "lucky"}, WrongTypeError, "seed is 'lucky'; give a whole number"),
    ],
)
def test_draws_and_seeds_that_cannot_be_used_are_refused(options, error, words: str) -> None:
    with pytest.raises(error, match=words):
        sobol_indices(ishigami, 3, **options)
    with pytest.raises(error, match=words):
        sensitivities(**options)


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (lambda u: np.ones(u.shape[1]), DivisionByZeroError, "the result never varies"),
        (lambda u: u[0] / (u[0] > 0.5), OutOfRangeError, "the result is not finite for some"),
        (lambda u: u.T, ShapeMismatchError, r"gives shape \(64, 2\) for 64 rows of inputs"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_function_that_has_no_indices_is_refused(function, error, words: str) -> None:
    with pytest.raises(error, match=words):
        sobol_indices(function, 2, 64)


# Sensitivities of the forecast -----------------------------------------------------------------


def test_the_assumption_with_the_greatest_total_index_stands_first() -> None:
    found = sensitivities(1_024)
    assert {one.id for one in found} == set(SHIPPED)
    assert [one.total for one in found] == sorted((one.total for one in found), reverse=True)


def test_the_indices_of_a_product_of_lognormals_are_those_of_the_closed_form() -> None:
    # ln of each is normal with sd s_i: S_i = (exp(s_i^2) - 1) / (exp(sum s^2) - 1), and what is
    # left if all others are known is (exp(s_i^2) - 1) exp(sum of the others) over the same
    drawn = {
        name: make(CATALOGUE[name], "lognormal", low, None, high)
        for name, low, high in (("ai_penetration", 0.2, 0.45), ("ai_revenue_capture", 0.09, 0.16))
    }
    spread = [math.log(one.high / one.low) / 2 / stats.norm.ppf(0.95) for one in drawn.values()]
    own = np.expm1(np.square(spread))
    whole = np.expm1(np.sum(np.square(spread)))
    found = {one.id: one for one in sensitivities(2**14, distributions=drawn)}
    for name, part, other in zip(drawn, own, own[::-1], strict=True):
        assert found[name].first == pytest.approx(part / whole, abs=0.004)
        assert found[name].total == pytest.approx(part * (1 + other) / whole, abs=0.004)


def test_rank_correlations_are_those_that_scipy_finds_in_plain_draws() -> None:
    # another sample of the same distributions, the forecast itself, and another program's ranks
    random = np.random.default_rng(1)
    inputs = {name: one.quantile(random.standard_normal(2**14)) for name, one in SHIPPED.items()}
    total = Forecast(overrides=inputs)["total"]
    expected = stats.spearmanr(inputs["ai_penetration"], total).statistic
    found = next(one for one in sensitivities() if one.id == "ai_penetration")
    assert found.spearman == pytest.approx(expected, abs=0.02)


def test_contributions_are_squared_rank_correlations_that_add_up_to_one() -> None:
    found = sensitivities(1_024)
    whole = sum(one.spearman**2 for one in found)
    for one in found:
        assert one.contribution == pytest.approx(one.spearman**2 / whole, rel=1e-12)
    assert sum(one.contribution for one in found) == pytest.approx(1.0, rel=1e-12)


def test_elasticities_stand_beside_the_indices() -> None:
    slopes = elasticities("bull", {"gdp_growth": 0.05})
    for one in sensitivities(64, scenario="bull", overrides={"gdp_growth": 0.05}):
        assert one.elasticity == slopes[one.id]


def test_with_correlations_the_indices_are_blank_and_the_contributions_lead() -> None:
    names = ("gdp_growth", "ai_penetration", "identity_rate")
    drawn = {name: SHIPPED[name] for name in names}
    matrix = np.eye(3)
    matrix[0, 1] = matrix[1, 0] = 0.8
    found = sensitivities(4_096, distributions=drawn, correlation=matrix)
    assert all(math.isnan(one.first) and math.isnan(one.total_se) for one in found)
    assert [one.id for one in found] == ["ai_penetration", "gdp_growth", "identity_rate"]
    alone = {one.id: one for one in sensitivities(4_096, distributions=drawn)}
    assert found[1].spearman > alone["gdp_growth"].spearman + 0.3  # penetration's share in it


def test_correlations_of_nothing_are_none_at_all() -> None:
    assert repr(sensitivities(64, correlation=np.eye(12))) == repr(sensitivities(64))


def test_correlations_of_what_is_fixed_leave_the_others_independent() -> None:
    drawn = {name: SHIPPED[name] for name in ("gdp_growth", "ai_penetration", "identity_rate")}
    drawn["gdp_growth"] = replace(drawn["gdp_growth"], shape="fixed")
    matrix = np.eye(3)
    matrix[0, 1] = matrix[1, 0] = 0.8
    assert not math.isnan(sensitivities(64, distributions=drawn, correlation=matrix)[0].total)


@pytest.mark.parametrize(
    ("matrix", "error", "words"),
    [
        (np.eye(2), ShapeMismatchError, "give 12 rows and columns"),
        (np.eye(12) * 2, OutOfRangeError, "correlation of gdp_growth and gdp_growth is 2"),
    ],
)
def test_a_matrix_that_is_no_correlation_is_refused(matrix, error, words: str) -> None:
    with pytest.raises(error, match=words):
        sensitivities(64, correlation=matrix)


def test_a_fixed_assumption_is_left_out_and_its_correlations_with_it() -> None:
    drawn = {name: SHIPPED[name] for name in ("gdp_growth", "ai_penetration", "identity_rate")}
    drawn["ai_penetration"] = replace(drawn["ai_penetration"], shape="fixed", mode=0.4)
    matrix = np.full((3, 3), 0.5) + np.eye(3) / 2
    found = sensitivities(512, distributions=drawn, correlation=matrix)
    assert sorted(one.id for one in found) == ["gdp_growth", "identity_rate"]


def test_with_everything_fixed_there_is_nothing_to_divide() -> None:
    fixed = {"gdp_growth": replace(SHIPPED["gdp_growth"], shape="fixed")}
    with pytest.raises(DivisionByZeroError, match="no assumption varies; give one a distribution"):
        sensitivities(64, distributions=fixed)


@pytest.mark.parametrize("drawn", ["software_share", "compute_share"])
def test_where_software_and_compute_exceed_revenue_compute_gets_what_is_left(drawn: str) -> None:
    other = {"software_share": "compute_share", "compute_share": "software_share"}[drawn]
    inputs = standing(MODEL, overrides={other: 0.4})
    found = total_of_draws(MODEL, [drawn], inputs)(np.array([[0.2, 0.7]]))
    compute = {"software_share": 0.3, "compute_share": 0.6}[drawn]
    software = {"software_share": 0.7, "compute_share": 0.4}[drawn]
    expected = total(software_share=software, compute_share=compute)
    assert found[1] == pytest.approx(expected, rel=1e-14)
    assert found[0] == pytest.approx(total(**{drawn: 0.2, other: 0.4}), rel=1e-14)


def test_where_compliance_would_cost_more_than_banks_take_in_it_costs_as_much() -> None:
    found = total_of_draws(MODEL, ["bank_revenue"], standing(MODEL))(np.array([[5e10, 6.6e11]]))
    expected = total(bank_revenue=5e10, bank_compliance_cost=5e10)
    assert found.tolist() == pytest.approx([expected, total()], rel=1e-14)
