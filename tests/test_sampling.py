"""The parts a simulation is made of: the Sobol sequence, normal scores, tables, noted steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.forecast.steps.entry import Step
from xl_cryptoai.powers import power
from xl_cryptoai.risk.directions import MOST_DIMENSIONS, directions
from xl_cryptoai.risk.normal import normal_scores
from xl_cryptoai.risk.sampling import BLOCK, PIECE, Piece, pieces_of, random_order, scores
from xl_cryptoai.risk.summaries import BIN_ERROR, LEAST, Bins, Draws
from xl_cryptoai.risk.tape import Tape

# The Sobol sequence ----------------------------------------------------------------------------


def test_the_sequence_is_scipys_in_every_dimension() -> None:
    # scipy goes through the points in Gray code order
    number = np.arange(1_024)
    gray = number ^ (number >> 1)
    found = np.zeros((MOST_DIMENSIONS, 1_024), dtype=np.uint32)
    for k in range(10):
        found ^= np.where(gray >> k & 1, directions(MOST_DIMENSIONS)[:, k, None], np.uint32(0))
    known = stats.qmc.Sobol(MOST_DIMENSIONS, scramble=False, bits=32).random(1_024)
    np.testing.assert_array_equal(found / 2.0**32, known.T)


def test_more_dimensions_than_there_are_numbers_for_are_refused() -> None:
    with pytest.raises(OutOfRangeError, match="has 48 dimensions here, and 49 are needed"):
        directions(49)


def drawn(method: str, piece: Piece, seed: int = 5, dimensions: int = 14) -> np.ndarray:
    return np.hstack([block.copy() for block in scores(method, range(dimensions), seed, piece)])


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_even_draws_have_one_point_in_each_of_as_many_strata(method: str) -> None:
    points = stats.norm.cdf(drawn(method, Piece(range(1), 0, BLOCK)))
    strata = np.sort(np.floor(points * BLOCK).astype(int), axis=1)
    # the table of scores may move a point by less than a thousandth of a stratum's width at most
    assert np.mean(strata == np.arange(BLOCK)) > 0.995


def test_a_scrambled_sequence_stays_even_in_two_dimensions() -> None:
    for first, second in ((0, 1), (3, 9), (12, 13)):
        points = stats.norm.cdf(drawn("sobol", Piece(range(1), 0, 4_096))[[first, second]])
        counts, _, _ = np.histogram2d(*points, bins=8, range=[[0, 1], [0, 1]])
        assert np.all(np.abs(counts - 64) <= 4)


@pytest.mark.parametrize("method", METHODS)
def test_draws_are_normal_and_independent(method: str) -> None:
    found = drawn(method, Piece(range(1), 0, PIECE))
    assert np.abs(found.mean(axis=1)).max() < 5 / np.sqrt(PIECE)
    assert np.abs(found.std(axis=1) - 1).max() < 0.015
    assert np.abs(np.corrcoef(found) - np.eye(14)).max() < 0.02
    assert stats.kstest(found[7], "norm").pvalue > 1e-3


def test_replicates_and_seeds_draw_differently() -> None:
    piece = Piece(range(1), 0, 64)
    for method in METHODS:
        first = drawn(method, piece)
        np.testing.assert_array_equal(first, drawn(method, piece))
        assert not np.any(first == drawn(method, Piece(range(1, 2), 0, 64)))
        assert not np.any(first == drawn(method, piece, seed=6))


@pytest.mark.parametrize("method", METHODS)
def test_a_dimensions_scores_do_not_depend_on_the_others(method: str) -> None:
    piece = Piece(range(4), 0, 64)
    alone = np.hstack([block.copy() for block in scores(method, [7], 5, piece)])
    np.testing.assert_array_equal(alone[0], drawn(method, piece)[7])


def test_a_random_order_has_every_number_once_and_every_order_about_as_often() -> None:
    order = random_order(3, 6_000, 1)
    assert np.all(np.sort(order, axis=0) == np.arange(3)[:, None])
    _, counts = np.unique(order.T, axis=0, return_counts=True)
    assert len(counts) == 6 and counts.min() > 900


def test_a_sequence_goes_on_in_its_second_piece() -> None:
    long = np.sort(np.hstack([drawn("sobol", Piece(range(1), at, PIECE)) for at in (0, PIECE)]))
    strata = np.floor(stats.norm.cdf(long) * 2 * PIECE).astype(int)
    assert np.mean(strata == np.arange(2 * PIECE)) > 0.95


@pytest.mark.parametrize("draws", [32, 16_384, 16_400, 2**20, 2**20 + 16, 5_000_000])
def test_pieces_hold_every_row_of_every_replicate_once(draws: int) -> None:
    rows = np.zeros(16, dtype=int)
    for piece in pieces_of(draws):
        assert all(rows[replicate] == piece.first for replicate in piece.replicates)
        rows[piece.replicates.start : piece.replicates.stop] += piece.rows
    assert rows.tolist() == [-(-draws // 16)] * 16


# Normal scores ---------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 2**20, 2**31 - 50_000, 2**32 - 100_000])
def test_normal_scores_are_exact_to_a_millionth(first: int) -> None:
    points = np.arange(first, first + 100_000, dtype=np.uint32)
    exact = ndtri((points + 0.5) / 2.0**32)
    np.testing.assert_allclose(normal_scores(points), exact, rtol=0, atol=1e-6)


def test_normal_scores_leave_the_points_as_they_are() -> None:
    points = np.random.default_rng(1).integers(2**32, size=(3, 1_000), dtype=np.uint32)
    before = points.copy()
    normal_scores(points)
    np.testing.assert_array_equal(points, before)


# Summaries -------------------------------------------------------------------------------------


def test_bins_have_percentiles_as_exactly_as_they_say() -> None:
    values = np.random.default_rng(2).lognormal(23, 0.7, (4, 12_500))
    bins, draws = Bins.of(values), Draws.of(values)
    parts = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
    np.testing.assert_allclose(bins.quantiles(parts), draws.quantiles(parts), rtol=BIN_ERROR)
    amounts = np.array([1e10, 2e10])
    np.testing.assert_allclose(bins.below(amounts), draws.below(amounts), atol=4e-4)
    np.testing.assert_allclose(bins.shares(amounts), draws.shares(amounts), atol=2e-4)


def test_percentiles_of_kept_draws_are_numpys() -> None:
    values = np.random.default_rng(2).lognormal(23, 0.7, (7, 143))
    parts = np.array([0, 0.05, 0.333, 0.5, 1])
    found = Draws.of(values).quantiles(parts)
    np.testing.assert_allclose(found, np.quantile(values, parts, method="hazen"), rtol=1e-15)


def test_percentiles_of_many_kept_draws_are_those_of_all_in_order() -> None:
    values = np.random.default_rng(2).lognormal(23, 0.7, (16, 20_000))
    values[0, :5_000] = values[0, 0]  # many alike, and some that count as the least amount
    values[1, :100] = 0.0
    parts = np.array([[0, 1e-4, 0.05], [0.5, 0.999, 1]])
    found = Draws.of(values).quantiles(parts)
    np.testing.assert_array_equal(found, np.quantile(values, parts, method="hazen"))


def test_bins_put_together_in_any_order_are_the_same() -> None:
    parts = [Bins.of(np.random.default_rng(n).lognormal(20 + n, 0.7, (1, 999))) for n in range(3)]
    one = parts[0].plus(parts[1]).plus(parts[2])
    other = parts[2].plus(parts[0]).plus(parts[1])
    assert one.start == other.start and one.count == 2_997
    np.testing.assert_array_equal(one.counts, other.counts)
    stacked = Bins.stacked(parts)
    assert stacked.counts.shape[0] == 3
    np.testing.assert_array_equal(stacked.counts.sum(axis=0), one.counts[0])


def test_nothing_is_counted_as_the_least_amount() -> None:
    found = Bins.of(np.zeros((1, 10))).quantiles([0.5])[0]
    assert found == pytest.approx(LEAST, rel=BIN_ERROR)


# Noted steps -----------------------------------------------------------------------------------


def step(function: Any, *inputs: str) -> Step:
    return Step("result", "", "", "share", "", inputs, function, "outcome")


def same(row: np.ndarray, out: np.ndarray) -> None:
    np.copyto(out, row)


def run(function: Any, **constant: Any) -> list[float]:
    tape = Tape([step(function, "x", *constant)], constant, {"x": same}, ["result"])
    return tape(np.array([[2.0, 3.0]]), np.empty((1, 2)))[0].tolist()


@pytest.mark.parametrize("exponent", [0, 1, 2, 7, 8, 64, 65, 0.5, -1])
def test_a_power_is_that_of_numpy(exponent: float) -> None:
    wanted = pytest.approx([2.0**exponent, 3.0**exponent])
    assert run(power, exponent=exponent) == wanted
    assert run(lambda x, n: x**n, n=exponent) == wanted


@given(st.floats(0.5, 2.0), st.lists(st.integers(-20, 20), min_size=1, max_size=5))
def test_a_power_has_the_same_digits_for_one_value_and_for_many(base: float, exponents) -> None:
    one_by_one = [power(base, exponent) for exponent in exponents]
    assert power(base, np.array(exponents)).tolist() == one_by_one
    assert power(np.full(3, base), exponents[0]).tolist() == [one_by_one[0]] * 3


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.clip(x, 0, 2.5),
        lambda x: np.where(x > 2.5, 2.5, x),
        lambda x: np.array([2.0 if value < 2.5 else 2.5 for value in x]),
    ],
    ids=["clip", "where", "loop"],
)
def test_a_step_that_cannot_be_noted_is_run_as_it_is(function: Any) -> None:
    assert run(function) == [2.0, 2.5]


def test_a_constant_condition_chooses_once() -> None:
    assert run(lambda x, kind: np.where(kind == "a", x + 1, x * x), kind="b") == [4.0, 9.0]


def test_a_step_that_does_not_vary_fills_the_row() -> None:
    assert run(lambda x, y: y / 4, y=1.0) == [0.25, 0.25]
