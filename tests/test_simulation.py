"""Monte Carlo, against what is known exactly and against the forecast itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from shipped import MODEL, RESULTS
from strategies import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.errors import (
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from xl_cryptoai.risk import Chain, Distribution, default_distributions, simulate
from xl_cryptoai.risk.distributions import make
from xl_cryptoai.risk.summaries import BIN_ERROR

Z_95 = float(stats.norm.ppf(0.95))


def drawn(name: str, shape: str, *ends: float | None) -> dict[str, Distribution]:
    return {name: make(CATALOGUE[name], shape, *ends)}


PENETRATION_FIXED = drawn("ai_penetration", "fixed", 0.2, 0.33, 0.5)


# The chain -------------------------------------------------------------------------------------

FOURTEEN = (
    default_distributions(CATALOGUE)
    | drawn("bank_revenue", "pert", 600e9, 660e9, 720e9)
    | drawn("bank_compliance_cost", "pert", 50e9, 58.75e9, 65e9)
)
TOGETHER = np.full((14, 14), 0.2) + 0.8 * np.eye(14)


@pytest.mark.parametrize("scenario", ["bear", "base", "bull"])
@pytest.mark.parametrize("basis", ["ai_revenue", "ai_software"])
def test_each_row_of_a_block_is_the_forecast_of_its_inputs(scenario: str, basis: str) -> None:
    overrides = {"identity_base": basis, "forecast_year": 2031}
    chain = Chain(MODEL, scenario, overrides, FOURTEEN, TOGETHER)
    scores = np.random.default_rng(3).standard_normal((14, 3_000))
    found = chain(scores)
    exact = Forecast(scenario, overrides={**overrides, **chain.inputs(scores)})
    for result in RESULTS:
        np.testing.assert_allclose(found[result], exact[result], rtol=1e-12)


def test_a_block_leaves_its_scores_as_they_are() -> None:
    scores = np.random.default_rng(3).standard_normal((12, 100))
    before = scores.copy()
    Chain(MODEL)(scores)
    np.testing.assert_array_equal(scores, before)


def test_a_fixed_assumption_takes_no_dimension_and_no_part_in_the_correlations() -> None:
    two = drawn("ai_revenue_capture", "pert", 0.1, 0.13, 0.16) | drawn(
        "identity_rate", "pert", 0.02, 0.035, 0.05
    )
    with_fixed = {"ai_revenue_capture": two["ai_revenue_capture"], **PENETRATION_FIXED, **two}
    chain = Chain(
        MODEL,
        distributions=with_fixed,
        correlation=[[1, 0.7, 0.5], [0.7, 1, 0], [0.5, 0, 1]],
    )
    assert chain.names == ("ai_revenue_capture", "identity_rate")
    scores = np.random.default_rng(3).standard_normal((2, 100))
    expected = Chain(MODEL, distributions=two, correlation=[[1, 0.5], [0.5, 1]])(scores)
    np.testing.assert_array_equal(chain(scores)["total"], expected["total"])


@pytest.mark.parametrize("name", ["software_share", "compute_share"])
def test_compute_gets_what_software_leaves(name: str) -> None:
    chain = Chain(MODEL, distributions=drawn(name, "uniform", 0.3, 0.4, 0.95))
    scores = np.linspace(-3, 3, 101)[None]
    share = chain.inputs(scores)[name]
    software = share if name == "software_share" else Forecast()["software_share"]
    compute = share if name == "compute_share" else Forecast()["compute_share"]
    left = np.minimum(compute, 1 - software)
    inputs = {"software_share": software, "compute_share": left}
    expected = Forecast(overrides=inputs)["total"]
    np.testing.assert_allclose(chain(scores)["total"], expected, rtol=1e-12)


def test_several_rows_as_overrides_are_refused() -> None:
    with pytest.raises(ShapeMismatchError, match="give single values as overrides"):
        Chain(MODEL, overrides={"bank_revenue": [6e11, 7e11]})


# What is known exactly -------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_with_everything_fixed_the_simulation_is_the_point_forecast(method: str) -> None:
    result = simulate(256, distributions=PENETRATION_FIXED, method=method)
    exact = Forecast()["total"]
    for found, error in (result.mean(), result.percentile(5), result.percentile(95)):
        assert found == pytest.approx(exact, rel=1e-14)
        assert error == pytest.approx(0, abs=1e-12 * exact)
    assert result.deviation()[0] == pytest.approx(0, abs=1e-12 * exact)


def lognormals() -> dict[str, Distribution]:
    """Two lognormals, narrow enough that the bounds cut nothing off."""
    return drawn("ai_penetration", "lognormal", 0.30, None, 0.36) | drawn(
        "ai_revenue_capture", "lognormal", 0.12, None, 0.14
    )


@pytest.mark.parametrize("draws", [16_384, 2**21])
@pytest.mark.parametrize("method", METHODS)
def test_a_product_of_lognormals_has_its_closed_form(method: str, draws: int) -> None:
    one, other = (math.log(d.high / d.low) / 2 / Z_95 for d in lognormals().values())
    spread = math.sqrt(one**2 + other**2 + 2 * 0.5 * one * other)  # as correlated scores add
    middles = {d.id: math.sqrt(d.low * d.high) for d in lognormals().values()}
    median = Forecast(overrides=middles)["total"]
    ranks = 6 / math.pi * math.asin(0.5 / 2)  # the rank correlation of scores correlated by 0.5
    result = simulate(
        draws, distributions=lognormals(), correlation=[[1, ranks], [ranks, 1]], method=method
    )
    mean = median * math.exp(spread**2 / 2)
    for (found, error), exact in (
        (result.mean(), mean),
        (result.deviation(), mean * math.sqrt(math.exp(spread**2) - 1)),
        (result.percentile(5), median * math.exp(-Z_95 * spread)),
        (result.percentile(50), median),
        (result.percentile(95), median * math.exp(Z_95 * spread)),
    ):
        slack = 3e-6 + (BIN_ERROR if draws > 2**20 else 0)  # the tables, and the bins
        assert abs(found - exact) <= 4 * error + slack * exact
    chance, error = result.chance_of_exceeding(median)
    assert abs(chance - 0.5) <= 4 * error + 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_requested_rank_correlations_are_met(method: str) -> None:
    from xl_cryptoai.risk.sampling import Piece, scores

    two = {
        name: default_distributions(CATALOGUE)[name] for name in ("ai_penetration", "identity_rate")
    }
    chain = Chain(MODEL, distributions=two, correlation=[[1, 0.6], [0.6, 1]])
    block = next(scores(method, range(2), 1, Piece(range(1), 0, 16_384)))
    assert stats.spearmanr(*chain.inputs(block).values()).statistic == pytest.approx(0.6, abs=0.02)


def test_assumptions_that_move_together_spread_the_total() -> None:
    two = {
        name: default_distributions(CATALOGUE)[name] for name in ("ai_penetration", "identity_rate")
    }
    apart = simulate(4_096, distributions=two).deviation()[0]
    together = simulate(4_096, distributions=two, correlation=[[1, 0.6], [0.6, 1]]).deviation()[0]
    assert together > apart * 1.01


# Errors ----------------------------------------------------------------------------------------

EXACT = simulate(2**19).mean()[0]


def errors(method: str) -> float:
    found = [simulate(8_192, method=method, seed=seed).mean()[0] for seed in range(10)]
    return float(np.sqrt(np.mean(np.square(np.array(found) - EXACT))))


def test_sobol_draws_have_a_twentieth_of_plain_ones_error_and_latin_ones_less_than_half() -> None:
    plain = errors("plain")
    assert errors("sobol") < plain / 20
    assert errors("latin") < plain / 2


@pytest.mark.parametrize("method", METHODS)
def test_the_error_of_sobol_draws_falls_faster_than_that_of_plain_ones(method: str) -> None:
    few, many = (
        float(np.mean([simulate(draws, method=method, seed=seed).mean()[1] for seed in range(8)]))
        for draws in (1_024, 16_384)
    )
    if method == "sobol":
        assert few / many > 8  # plain ones' falls to a quarter
    else:
        assert 3 < few / many < 5.5


# Calibration: more of it in benchmarks/calibration.py

SEEDS = 100
ONE = drawn("ai_penetration", "triangular", 0.2, 0.33, 0.5)


def made_by_stated(distributions, method: str, draws: int, exact: dict[str, float]) -> list[float]:
    """The error made divided by the error stated, for every figure, over many seeds."""
    found = [
        simulate(draws, distributions=distributions, method=method, seed=seed).statistics(
            above=10.2e9
        )
        for seed in range(SEEDS)
    ]
    answer = []
    for name, true in exact.items():
        made = math.sqrt(np.mean([(one[name][0] - true) ** 2 for one in found]))
        stated = math.sqrt(np.mean([one[name][1] ** 2 for one in found]))
        answer.append(made / stated)
    return answer


def closed_form() -> dict[str, float]:
    """The total is in proportion to the one assumption that is drawn: a triangle of its own."""
    times = Forecast()["total"] / 0.33
    triangle = stats.triang(0.13 / 0.3, 0.2 * times, 0.3 * times)
    percentiles = {f"p{percent}": triangle.ppf(percent / 100) for percent in (5, 25, 50, 75, 95)}
    return {
        "mean": triangle.mean(), "sd": triangle.std(), **percentiles,
        "chance_of_exceeding": triangle.sf(10.2e9),
    }  # fmt: skip


# of 100 seeds and 15 degrees of freedom each the ratio's own error is 7%: 0.85 to 1.15, and twice
# that for the least and the greatest of many
HONEST = (0.85 - 0.14, 1.15 + 0.14)


@pytest.mark.parametrize("draws", [1_024, 16_384])
@pytest.mark.parametrize("method", METHODS)
def test_the_error_that_is_stated_is_the_error_that_is_made_with_one_drawn_assumption(
    method: str, draws: int
) -> None:
    ratios = made_by_stated(ONE, method, draws, closed_form())
    assert HONEST[0] < min(ratios) and max(ratios) < HONEST[1]
    assert 0.85 < np.mean(ratios) < 1.15


@pytest.mark.parametrize("method", METHODS)
def test_the_error_that_is_stated_is_the_error_that_is_made_with_all(method: str) -> None:
    exact = {name: value for name, (value, _) in simulate(2**20).statistics(above=10.2e9).items()}
    ratios = made_by_stated(None, method, 1_024, exact)
    assert HONEST[0] < min(ratios) and max(ratios) < HONEST[1]
    assert 0.85 < np.mean(ratios) < 1.15


# Two simulations --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_fixing_an_identity_input_does_not_move_software_at_all(method: str) -> None:
    everything = simulate(1_024, method=method)
    fixed = simulate(1_024, method=method, overrides={"identity_rate": 0.035})
    assert "identity_rate" in everything.names and "identity_rate" not in fixed.names
    assert fixed.statistics("crypto_software") == everything.statistics("crypto_software")


def changes(overrides: dict[str, float], method: str = "plain") -> list[tuple[float, float]]:
    """The change of P50 and its standard error, for many seeds."""
    found = []
    for seed in range(SEEDS):
        one = simulate(1_024, method=method, seed=seed, overrides=overrides)
        other = simulate(1_024, method=method, seed=seed)
        found.append(one.change_from(other)["p50"])
    return found


def test_the_error_of_a_change_is_the_error_that_is_made() -> None:
    values, errors = np.array(changes({"ai_penetration": 0.4})).T
    assert HONEST[0] < np.std(values) / math.sqrt(np.mean(errors**2)) < HONEST[1]


def test_a_change_is_known_better_than_either_figure() -> None:
    known = simulate(1_024, method="plain").percentile(50)[1]
    assert max(error for _, error in changes({"bank_revenue": 600e9})) < known / 3


def test_a_simulation_does_not_differ_from_itself() -> None:
    found = simulate(1_024)
    assert set(found.change_from(simulate(1_024), above=10.2e9).values()) == {(0.0, 0.0)}


def test_simulations_that_were_drawn_otherwise_are_not_compared() -> None:
    with pytest.raises(
        ShapeMismatchError,
        match=r"differ in seed \(1 and 2\); draw both the same "
        "way",
    ):
        simulate(64, seed=1).change_from(simulate(64, seed=2))


# Ways of asking --------------------------------------------------------------------------------


def test_a_histogram_holds_all_draws_between_the_least_and_the_greatest() -> None:
    result = simulate(2_048)
    edges, shares = result.histogram(bins=20)
    assert len(edges) == 21 and shares.sum() == pytest.approx(1)
    assert edges[0] == result.percentile(0)[0] and edges[-1] == result.percentile(100)[0]
    above = 1 - np.cumsum(shares)
    assert above[9] == pytest.approx(result.chance_of_exceeding(edges[10])[0])


def test_a_histogram_of_given_edges_counts_between_them() -> None:
    result = simulate(2_048)
    _, shares = result.histogram(bins=[5e9, 10e9, 15e9], result="total")
    between = result.chance_of_exceeding(5e9)[0] - result.chance_of_exceeding(10e9)[0]
    assert shares[0] == pytest.approx(between)


def test_a_histogram_of_a_point_is_one_bin() -> None:
    edges, shares = simulate(64, distributions=PENETRATION_FIXED).histogram(bins=4)
    assert np.all(np.diff(edges) > 0)
    assert sorted(shares.tolist()) == [0, 0, 0, 1]


def test_segments_add_up_to_the_total_on_average() -> None:
    result = simulate(2_048)
    segments = sum(result.mean(name)[0] for name in RESULTS[1:])
    assert segments == pytest.approx(result.mean()[0], rel=1e-12)


def test_the_frame_has_what_the_single_questions_answer() -> None:
    result = simulate(2_048)
    table = result.to_frame().set_index("result")
    assert table.loc["crypto_compute", "p90"] == result.percentile(90, "crypto_compute")[0]
    assert table.loc["total", "sd_se"] == result.deviation()[1]
    assert list(table.index) == list(RESULTS)


def test_draws_are_made_up_to_a_multiple_of_the_replicates() -> None:
    assert simulate(10_000).draws_made == 10_000
    assert simulate(10_001).draws_made == 10_016


def test_drawing_until_p50_is_known_is_drawing_that_many_by_count() -> None:
    found = simulate(1_024, method="plain", until={"p50": 0.004})
    value, error = found.percentile(50)
    assert found.missed == {} and error / value <= 0.004
    assert found.draws_made > 1_024
    by_count = simulate(found.draws_made, method="plain")
    assert by_count.percentile(50) == (value, error)


def test_a_target_that_cannot_be_reached_is_told_with_what_was() -> None:
    found = simulate(1_024, until={"p50": 1e-6, "mean": 0.5}, at_most=4_096)
    assert found.draws_made == 4_096
    value, error = found.percentile(50)
    assert found.missed == {"p50": error / value}


# Refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"draws": 0}, OutOfRangeError, "draws is 0; it must be 32 to 10000000000"),
        ({"draws": 10**12}, OutOfRangeError, "draws is 1000000000000; it must be"),
        ({"draws": 1e4}, WrongTypeError, "draws is 10000.0; give a whole number"),
        ({"seed": "lucky"}, WrongTypeError, "seed is 'lucky'; give a whole number"),
        ({"seed": -1}, OutOfRangeError, "seed is -1; it must be 0 to"),
        ({"method": "guess"}, UnknownNameError, "no method is called 'guess'; known: sobol"),
        ({"scenario": "bare"}, UnknownNameError, "no scenario is called 'bare'"),
        ({"overrides": {"luck": 1}}, UnknownNameError, "luck"),
        ({"workers": 0}, OutOfRangeError, "workers is 0; it must be 1 to"),
        ({"block": "big"}, WrongTypeError, "block is 'big'; give a whole number"),
        ({"correlation": [[1.0]]}, ShapeMismatchError, "give 12 rows and columns"),
        ({"until": {}}, WrongTypeError, "until is {}; give a dict such as"),
        ({"until": {"p50": 0}}, OutOfRangeError, "until has 0 for p50; give a share above 0"),
        ({"until": {"p50": "1%"}}, WrongTypeError, "until has '1%' for p50; give a share such"),
        ({"until": {"median": 0.1}}, UnknownNameError, "'median' cannot be a target; give mean"),
        ({"until": {"p100": 0.1}}, UnknownNameError, "'p100' cannot be a target"),
        ({"at_most": 0}, OutOfRangeError, "at_most is 0; it must be 32 to"),
    ],
)
def test_a_simulation_that_cannot_be_run_is_refused(options, error, words: str) -> None:
    with pytest.raises(error, match=words):
        simulate(**options)


def test_a_question_that_has_no_answer_is_refused() -> None:
    result = simulate(64)
    with pytest.raises(UnknownNameError, match="no result is called 'sum'; known: total"):
        result.mean("sum")
    with pytest.raises(OutOfRangeError, match="percent is 101; it must be 0 to 100"):
        result.percentile(101)
    with pytest.raises(OutOfRangeError, match="bins is 0; it must be 1 to"):
        result.histogram(bins=0)
    with pytest.raises(OutOfRangeError, match="edges of the bins must be two or more, and rise"):
        result.histogram(bins=[2.0, 1.0])
