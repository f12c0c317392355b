"""The risk functions: what they answer is what the risk library says, and what they refuse."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from risk_calls import (
    ANSWERED,
    CASE,
    COUNT,
    DISTRIBUTIONS,
    GROWTHS,
    IDS,
    IMPOSSIBLE,
    IMPOSSIBLE_THREE,
    REFUSED,
    SHARES,
    THREE_IDS,
    TOGETHER,
    VALUES,
    changed,
    live,
    ranks,
)
from shipped import FUNCTIONS, SEGMENTS
from strategies import CATALOGUE

from xl_cryptoai import Forecast, risk
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.functions import risk_tables
from xl_cryptoai.risk import sobol
from xl_cryptoai.risk.distributions import make

SIMULATE = FUNCTIONS["CAI_SIMULATE"]
RESULTS = ("total", *SEGMENTS)
BASE = {name: entry.base for name, entry in CATALOGUE.items()}


def by_name(table) -> dict[str, list[object]]:
    return {row[0]: row[1:] for row in table}


# Answers --------------------------------------------------------------------------------------


def test_the_simulation_is_a_table_of_every_result_with_its_standard_error() -> None:
    table = SIMULATE(*CASE)
    assert table[0] == ["statistic", *(head for one in RESULTS for head in (one, f"{one}_se"))]
    assert [row[0] for row in table[1:]] == [
        "mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "chance_of_exceeding",
        "live", "live_percentile", "none_drawn_below", "draws", "seed", "method",
    ]  # fmt: skip
    assert {len(row) for row in table} == {11}
    assert table[-4][1] == pytest.approx(1 - 0.05 ** (1 / 16_384))
    assert [row[1:3] for row in table[-3:]] == [[16384.0, ""], [20240129.0, ""], ["sobol", ""]]


def test_the_draws_are_those_that_were_made_which_may_be_a_few_more() -> None:
    assert by_name(SIMULATE(*CASE, None, 1000.0))["draws"][0] == 1008.0


@pytest.mark.parametrize("result", RESULTS)
def test_every_statistic_is_the_librarys(result: str) -> None:
    found = risk.simulate(overrides=BASE, distributions=risk.default_distributions(CATALOGUE))
    table = by_name(SIMULATE(*CASE))
    place = 2 * RESULTS.index(result)
    expected = {
        "mean": found.mean(result),
        "sd": found.deviation(result),
        "p5": found.percentile(5, result),
        "p95": found.percentile(95, result),
        "chance_of_exceeding": found.chance_of_exceeding(10.2e9, result),
    }
    for statistic, pair in expected.items():
        assert tuple(table[statistic][place : place + 2]) == pytest.approx(pair, rel=1e-12)


def test_assumptions_that_are_not_drawn_stand_where_the_case_has_them() -> None:
    drawn = [row for row in DISTRIBUTIONS if row[0] == "ai_penetration"]
    table = by_name(SIMULATE(IDS, live(ai_revenue_capture=0.26), drawn))
    plain = by_name(SIMULATE(IDS, VALUES, drawn))
    assert table["mean"][0] == pytest.approx(2 * plain["mean"][0], rel=1e-12)  # 0.26 is 2 x 0.13


def test_an_assumption_that_is_fixed_has_its_most_likely_value() -> None:
    fixed = [["ai_penetration", "fixed", 0.4, 0.4, 0.4], DISTRIBUTIONS[-1]]
    table = by_name(SIMULATE(IDS, VALUES, fixed))
    same = by_name(SIMULATE(IDS, live(ai_penetration=0.4), [DISTRIBUTIONS[-1]]))
    assert table["mean"][0] == pytest.approx(same["mean"][0], rel=1e-3)


def test_where_everything_is_fixed_the_simulation_is_the_point_forecast() -> None:
    fixed = [[row[0], "fixed", *row[2:]] for row in DISTRIBUTIONS]
    table = by_name(SIMULATE(IDS, VALUES, fixed))
    assert table["mean"][:2] == pytest.approx([Forecast()["total"], 0.0], rel=1e-12)
    assert (table["sd"][0], table["p5"][0]) == pytest.approx((0.0, table["p95"][0]))
    assert FUNCTIONS["CAI_HISTOGRAM"](IDS, VALUES, fixed)[-1][3] == pytest.approx(1.0)


def test_what_is_fixed_stands_last_in_the_tables_which_keep_their_size() -> None:
    some = [["ai_penetration", "fixed", 0.4, 0.4, 0.4], *DISTRIBUTIONS[-2:]]
    for name in ("CAI_TORNADO", "CAI_SENSITIVITY"):
        table = FUNCTIONS[name](IDS, VALUES, some)
        assert len(table) == 4 and table[-1][0] == "ai_penetration"
        assert table[-1][5] == 0.0


def test_rows_without_an_id_are_passed_over_in_the_distributions() -> None:
    spaced = [["", "shape", "low", "most likely", "high"], *DISTRIBUTIONS, [None] * 5]
    assert SIMULATE(IDS, VALUES, spaced) == SIMULATE(*CASE)


def test_correlations_are_taken_in_the_order_of_the_distributions() -> None:
    # the two strongest rise together, so the total spreads more
    names = [row[0] for row in DISTRIBUTIONS]
    pair = (names.index("ai_penetration") + 1, names.index("crypto_software_share") + 1)
    alone = by_name(SIMULATE(*CASE))["sd"][0]
    together = by_name(SIMULATE(*CASE, ranks(pairs={pair: 0.8})))["sd"][0]
    assert together > 1.15 * alone


@pytest.mark.parametrize("nothing", [None, "", [[None]], [[""] * COUNT] * COUNT, [[]]])
def test_an_argument_left_out_or_blank_is_the_default(nothing) -> None:
    assert SIMULATE(*CASE, nothing, nothing, nothing, nothing, nothing) == SIMULATE(*CASE)


def test_the_defaults_are_those_of_the_library_and_the_publication() -> None:
    assert SIMULATE(*CASE, None, 16384.0, 20240129.0, "sobol", 10.2e9) == SIMULATE(*CASE)
    assert risk_tables.SENSITIVITY_DRAWS == sobol.DRAWS


def test_the_histogram_shares_out_all_draws_between_the_least_and_the_largest() -> None:
    table = FUNCTIONS["CAI_HISTOGRAM"](*CASE)
    assert table[0] == ["from", "to", "share", "cumulative"]
    rows = np.array(table[1:], dtype=float)
    found = risk.simulate(overrides=BASE, distributions=risk.default_distributions(CATALOGUE))
    assert len(rows) == 30
    ends = (found.percentile(0)[0], found.percentile(100)[0])
    assert (rows[0, 0], rows[-1, 1]) == pytest.approx(ends)
    assert rows[1:, 0].tolist() == rows[:-1, 1].tolist()
    assert rows[:, 2].sum() == pytest.approx(1.0)
    assert rows[:, 3] == pytest.approx(rows[:, 2].cumsum()) and rows[-1, 3] == pytest.approx(1.0)
    assert rows[9, 3] == pytest.approx(1 - found.chance_of_exceeding(rows[9, 1])[0])


def test_the_tornado_has_the_widest_swing_first_and_starts_from_the_case() -> None:
    table = FUNCTIONS["CAI_TORNADO"](IDS, live(ai_penetration=0.4), DISTRIBUTIONS)
    assert table[0] == ["id", "low", "high", "total_low", "total_high", "swing"]
    swings = [row[5] for row in table[1:]]
    assert len(swings) == COUNT and swings == sorted(swings, reverse=True)
    row = by_name(table)["gdp_growth"]
    ends = Forecast(overrides={"ai_penetration": 0.4, "gdp_growth": [0.02, 0.04]})["total"]
    assert row[2:] == pytest.approx([*ends, ends[1] - ends[0]], rel=1e-12)


def test_sensitivities_are_the_librarys() -> None:
    table = FUNCTIONS["CAI_SENSITIVITY"](*CASE, None, 512.0, 7.0)
    found = risk.sensitivities(
        512, overrides=BASE, distributions=risk.default_distributions(CATALOGUE), seed=7
    )
    headers = table[0]
    assert headers == ["id", "elasticity", "spearman", "spearman_se", "contribution",
                     "contribution_se", "first", "first_se", "total", "total_se", "shapley",
                     "shapley_se"]  # fmt: skip
    shown = [[getattr(one, head) for head in headers[:10]] + ["", ""] for one in found]
    assert table[1:] == shown


def test_correlated_assumptions_have_shapley_effects_in_place_of_sobol_indices() -> None:
    table = FUNCTIONS["CAI_SENSITIVITY"](*CASE, TOGETHER, 512.0)
    assert all(row[6:10] == [""] * 4 for row in table[1:])
    assert all(isinstance(cell, float) for row in table[1:] for cell in row[1:6] + row[10:])


def test_the_live_case_stands_in_the_simulation_of_its_own_distributions() -> None:
    rows = by_name(SIMULATE(IDS, live(ai_penetration=0.4), DISTRIBUTIONS, None, 1024.0))
    total = Forecast(overrides={"ai_penetration": 0.4})["total"]
    found = risk.simulate(1_024)
    assert rows["live"][:2] == [total, ""]
    assert rows["live_percentile"][0] == 1 - found.chance_of_exceeding(total)[0]


def test_a_dependence_is_a_row_with_its_percentiles_and_the_span_of_its_draws() -> None:
    table = FUNCTIONS["CAI_DEPENDENCE"](*CASE, 1024.0, None, None, 2e10)
    found = risk.dependence_table(2e10, 1_024)
    assert table[0] == ["dependence", "p5", "p5_se", "p50", "p50_se", "p95", "p95_se",
                        "chance_of_exceeding", "chance_of_exceeding_se", "least",
                        "greatest"]  # fmt: skip
    for row, one in zip(table[1:], found, strict=True):
        figures = [figure for pair in one.figures.values() for figure in pair]
        assert row == [one.label, *figures, one.least, one.greatest]


def test_a_normal_takes_a_blank_for_its_most_likely_value() -> None:
    blank = changed(changed(DISTRIBUTIONS, 3, 2, "normal"), 3, 4, "")
    assert blank[2][0] == "ai_penetration"
    own = {**risk.default_distributions(CATALOGUE), "ai_penetration": make(
        CATALOGUE["ai_penetration"], "normal", 0.2, None, 0.5
    )}  # fmt: skip
    wanted = risk.simulate(1_024, distributions=own).mean()[0]
    assert by_name(SIMULATE(IDS, VALUES, blank, None, 1024.0))["mean"][0] == wanted


def test_a_grid_has_xs_on_top_ys_at_the_left_and_totals_inside() -> None:
    table = FUNCTIONS["CAI_GRID"]("ai_penetration", SHARES, "gdp_growth", GROWTHS)
    assert table[0] == ["", *SHARES[0]]
    assert [row[0] for row in table[1:]] == [0.02, 0.04]
    total = Forecast(overrides={"ai_penetration": 0.3, "gdp_growth": 0.04})["total"]
    assert table[2][2] == pytest.approx(total, rel=1e-12)


def test_a_grid_starts_from_the_case_that_is_given() -> None:
    case = (IDS, live(ai_revenue_capture=0.26))
    base = FUNCTIONS["CAI_GRID"]("ai_penetration", SHARES, "gdp_growth", GROWTHS)
    table = FUNCTIONS["CAI_GRID"]("ai_penetration", SHARES, "gdp_growth", GROWTHS, *case)
    assert table[1][1:] == pytest.approx([2 * total for total in base[1][1:]], rel=1e-12)


def test_what_goalseek_finds_gives_the_target() -> None:
    value = FUNCTIONS["CAI_GOALSEEK"]("ai_penetration", 2e10)
    assert Forecast(overrides={"ai_penetration": value})["total"] == pytest.approx(2e10, rel=1e-12)
    case = live(ai_revenue_capture=0.26)
    half = FUNCTIONS["CAI_GOALSEEK"]("ai_penetration", 2e10, IDS, case)
    assert half == pytest.approx(value / 2, rel=1e-12)


def test_the_nearest_correlations_can_be_simulated_and_possible_ones_stay() -> None:
    names = [[row[0]] for row in DISTRIBUTIONS]
    nearest = FUNCTIONS["CAI_NEAREST_CORRELATION"](names, IMPOSSIBLE)
    assert np.abs(np.array(nearest) - IMPOSSIBLE).max() > 0.1
    assert SIMULATE(*CASE, nearest)[1][0] == "mean"
    assert FUNCTIONS["CAI_NEAREST_CORRELATION"](names, TOGETHER) == TOGETHER


# Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "cells", "excel", "words"), REFUSED.values(), ids=[*REFUSED])
def test_what_cannot_be_used_is_refused_with_its_place_value_and_fix(
    name, cells, excel, words
) -> None:
    with pytest.raises(CryptoAIError) as refusal:
        FUNCTIONS[name](*cells)
    assert refusal.value.excel == excel
    assert str(refusal.value)[: len(words)] == words


def test_impossible_correlations_are_refused_naming_a_pair_and_the_function_that_helps() -> None:
    with pytest.raises(CryptoAIError) as refusal:
        SIMULATE(*CASE, IMPOSSIBLE)
    assert refusal.value.excel == "#NUM!"
    assert str(refusal.value).startswith("correlations: ")
    assert "gdp_growth" in str(refusal.value) and "CAI_NEAREST_CORRELATION" in str(refusal.value)
    nearest = FUNCTIONS["CAI_NEAREST_CORRELATION"](THREE_IDS, IMPOSSIBLE_THREE)
    assert FUNCTIONS["CAI_NEAREST_CORRELATION"](THREE_IDS, nearest) == nearest


# What is kept ---------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    own = risk.simulate

    def simulate(draws, **question):
        calls.append(draws)
        return own(draws, **question)

    monkeypatch.setattr(risk, "simulate", simulate)
    risk_tables.simulation_for.cache_clear()
    risk_tables.statistics_for.cache_clear()
    return calls


def test_a_simulation_is_run_once_for_all_that_ask_the_same(counted: list[int]) -> None:
    FUNCTIONS["CAI_SIMULATE"](*CASE, TOGETHER, 1024.0, 7.0)
    FUNCTIONS["CAI_HISTOGRAM"](*CASE, TOGETHER, 1024.0, 7.0)
    FUNCTIONS["CAI_SIMULATE"](*CASE, TOGETHER, 1024.0, 7.0, "sobol", 5e9)
    assert counted == [1024]


@pytest.mark.parametrize(
    "other",
    [
        (IDS, live(bank_revenue=6.7e11), DISTRIBUTIONS, TOGETHER, 1024.0, 7.0),
        (IDS, VALUES, changed(DISTRIBUTIONS, 1, 5, 0.05), TOGETHER, 1024.0, 7.0),
        (IDS, VALUES, changed(DISTRIBUTIONS, 1, 2, "uniform"), TOGETHER, 1024.0, 7.0),
        (*CASE, ranks(pairs={(1, 2): 0.51}), 1024.0, 7.0),
        (*CASE, None, 1024.0, 7.0),
        (*CASE, TOGETHER, 2048.0, 7.0),
        (*CASE, TOGETHER, 1024.0, 8.0),
        (*CASE, TOGETHER, 1024.0, 7.0, "latin"),
    ],
    ids=["value", "end", "shape", "correlation", "none", "draws", "seed", "method"],
)
def test_another_question_never_gets_an_old_answer(counted: list[int], other) -> None:
    old = SIMULATE(*CASE, TOGETHER, 1024.0, 7.0)
    assert SIMULATE(*other)[1:4] != old[1:4]
    assert len(counted) == 2


def test_another_threshold_never_gets_an_old_chance() -> None:
    chances = [
        by_name(SIMULATE(*CASE, *[None] * 4, amount))["chance_of_exceeding"][0]
        for amount in (5e9, 2e10)
    ]
    assert chances[0] > 0.9 and chances[1] < 0.1


def test_what_a_host_does_to_an_answer_does_not_show_in_the_next() -> None:
    table = SIMULATE(*CASE)
    table[1][1] = "spoilt"
    assert SIMULATE(*CASE)[1][1] != "spoilt"


def test_scipy_is_not_imported_before_a_risk_function_is_called() -> None:
    code = "import sys; import xl_cryptoai_udfs; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("name", "cells"), ANSWERED)
def test_an_answer_holds_nothing_but_numbers_and_texts(name: str, cells) -> None:
    answer = FUNCTIONS[name](*cells)
    rows = answer if isinstance(answer, list) else [[answer]]
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert isinstance(cell, str) or (type(cell) is float and np.isfinite(cell))
