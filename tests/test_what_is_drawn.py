"""What is drawn, what an override fixes, and how both are said; moving together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from shipped import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.input_fields import SIMULATION
from xl_cryptoai.cli import main
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.risk import (
    default_distributions,
    dependence_table,
    sensitivities,
    simulate,
    tornado,
)
from xl_cryptoai.risk.correlation import with_common_factor
from xl_cryptoai.risk.description import drawn_from, live_in_words
from xl_cryptoai.risk.distributions import make
from xl_cryptoai.risk.typed import typed
from xl_cryptoai.workbook import build

HIGHER = {"ai_penetration": 0.4}


@pytest.fixture(scope="module")
def overridden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("overridden") / "mine.xlsx"
    path.write_bytes(build("office", inputs=UserInputs(values={
        "ai_penetration": {"override": 0.4}
    })))  # fmt: skip
    return path


def sheet_figures(path: Path) -> dict[str, list[object]]:
    sheet = openpyxl.load_workbook(path, data_only=True)["Risk tables"]
    return {row[0].value: [cell.value for cell in row[1:3]] for row in sheet["A7:C22"]}


def printed(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


# One answer --------------------------------------------------------------------------------------


def test_an_override_gives_one_answer_by_sheet_file_command_line_and_library(
    overridden: Path, capsys
) -> None:
    wanted = simulate(overrides=HIGHER)
    on_sheet = sheet_figures(overridden)
    from_file = printed(capsys, "simulate", "--from", str(overridden))
    by_hand = printed(capsys, "simulate", "--set", "ai_penetration=40%")
    for name, (value, error) in wanted.statistics().items():
        assert on_sheet[name] == [value, error]
        for answer in (from_file, by_hand):
            total = answer["results"]["total"]
            assert [total[name], total[f"{name}_se"]] == [value, error]


def test_the_tornado_leaves_an_overridden_assumption_out_everywhere(
    overridden: Path, capsys
) -> None:
    wanted = [bar.id for bar in tornado(overrides=HIGHER)]
    assert "ai_penetration" not in wanted and len(wanted) == 11
    for options in (("--set", "ai_penetration=40%"), ("--from", str(overridden))):
        assert [row["id"] for row in printed(capsys, "tornado", *options)] == wanted


def test_the_grid_starts_from_the_override_everywhere(overridden: Path, capsys) -> None:
    axes = ("gdp_growth=2%,4%", "identity_rate=2%,4%")
    by_hand = printed(capsys, "grid", *axes, "--set", "ai_penetration=40%")
    assert printed(capsys, "grid", *axes, "--from", str(overridden)) == by_hand


def test_the_sheets_grid_still_moves_an_overridden_assumption(overridden: Path) -> None:
    sheet = openpyxl.load_workbook(overridden, data_only=True)["Risk tables"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "Values across")
    assert [row[1].value, row[7].value] == [0.2, 0.5]  # bear to bull


def test_a_distribution_that_is_typed_is_drawn_in_spite_of_an_override() -> None:
    found = typed(
        UserInputs(values={"ai_penetration": {"override": 0.4, "shape": "pert"}}), CATALOGUE
    )
    assert (
        found.distributions["ai_penetration"] == default_distributions(CATALOGUE)["ai_penetration"]
    )


def test_what_the_catalogue_has_fixed_is_drawn_once_low_or_high_is_typed() -> None:
    found = typed(UserInputs(values={"bank_revenue": {"low": 600e9, "high": 700e9}}), CATALOGUE)
    assert found.distributions["bank_revenue"].shape == "pert"


@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_a_typed_normal_asks_for_no_most_likely_value(shape: str) -> None:
    found = typed(UserInputs(values={"ai_penetration": {"shape": shape}}), CATALOGUE)
    wanted = make(CATALOGUE["ai_penetration"], shape, 0.2, None, 0.5)
    assert found.distributions["ai_penetration"] == wanted


# What is said ------------------------------------------------------------------------------------


def test_house_view_own_distribution_and_override_are_told_apart() -> None:
    found = typed(UserInputs(values={
        "ai_penetration": {"override": 0.4}, "gdp_growth": {"high": 0.06},
        "identity_rate": {"shape": "fixed"},
    }), CATALOGUE)  # fmt: skip
    drawn = drawn_from(CATALOGUE, found.distributions, {"ai_penetration": 0.4})
    assert drawn.words == (
        "Drawn: 9 assumptions by the house view, from bear to bull; 1 assumption by own "
        "distribution (GDP growth). Fixed: AI penetration at 40% (override); Identity rate at 3.5% "
        "(own choice)."
    )


def test_an_override_is_named_whether_or_not_the_catalogue_calls_its_assumption_uncertain() -> None:
    found = typed(UserInputs(values={"bank_revenue": {"override": 700e9}}), CATALOGUE)
    for distributions in (found.distributions, default_distributions(CATALOGUE)):
        drawn = drawn_from(CATALOGUE, distributions, {"bank_revenue": 700e9, "forecast_year": 2031})
        assert drawn.overridden == {"bank_revenue": 700e9} and not drawn.fixed


def test_a_scenario_value_of_ones_own_makes_the_distribution_ones_own() -> None:
    found = typed(UserInputs(values={"ai_penetration": {"bull": 0.6}}), CATALOGUE)
    assert drawn_from(CATALOGUE, found.distributions, {}).own == ("ai_penetration",)


def test_the_sheets_second_line_says_what_is_drawn_and_where_live_stands(overridden: Path) -> None:
    sheet = openpyxl.load_workbook(overridden, data_only=True)["Risk tables"]
    below = (
        1 - simulate(overrides=HIGHER).chance_of_exceeding(Forecast(overrides=HIGHER)["total"])[0]
    )
    assert sheet["A2"].value == (
        "Drawn: 11 assumptions by the house view, from Bear to Bull. Fixed by override: AI "
        f"penetration. The total exceeds {below:.0%} of the draws."
    )


def test_the_live_total_and_three_percentiles_are_marked_in_the_histogram(overridden: Path) -> None:
    sheet = openpyxl.load_workbook(overridden, data_only=True)["Risk tables"]
    live, drawn = Forecast(overrides=HIGHER)["total"], simulate(overrides=HIGHER)
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Line")
    rows = sheet.iter_rows(min_row=head.row + 2, max_row=head.row + 5, min_col=head.column,
                           max_col=head.column + 5, values_only=True)  # fmt: skip
    _, amounts, _, chances, _, names = zip(*rows, strict=True)
    assert [*names] == [
        f"{name} {amount / 1e9:.1f}B".replace(".0B", "B")
        for name, amount in zip(("P5", "P50", "P95", "Live"), amounts, strict=True)
    ]
    assert amounts == pytest.approx([*(drawn.percentile(p)[0] for p in (5, 50, 95)), live])
    assert chances == pytest.approx([0.05, 0.5, 0.95, 1 - drawn.chance_of_exceeding(live)[0]])


@pytest.mark.parametrize(("live", "words"), [(1e9, "lies below all draws"), (9e10, "above all")])
def test_a_total_beyond_all_draws_is_said_to_be(live: float, words: str) -> None:
    assert words in live_in_words(simulate(1_024), live)


# Moving together ---------------------------------------------------------------------------------


def test_a_common_factor_moves_what_lowers_the_total_the_other_way() -> None:
    entries = [CATALOGUE[name] for name in ("gdp_growth", "ai_penetration", "hyperscaler_share")]
    own = np.eye(3)
    own[0, 1] = own[1, 0] = 0.2
    found = with_common_factor(own, entries, 0.5)
    assert found.tolist() == [[1, 0.2, -0.5], [0.2, 1, -0.5], [-0.5, -0.5, 1]]


def test_a_common_factor_is_the_same_on_the_sheet_on_the_command_line_and_in_a_file(
    tmp_path: Path, capsys
) -> None:
    path = tmp_path / "factor.xlsx"
    inputs = UserInputs(values={SIMULATION: {"common_factor": 0.5}})
    path.write_bytes(build("office", inputs=inputs))
    entries = [CATALOGUE[name] for name in default_distributions(CATALOGUE)]
    wanted = simulate(correlation=with_common_factor(np.eye(12), entries, 0.5)).statistics()
    assert sheet_figures(path)["p95"] == list(wanted["p95"])
    for options in (("--common-factor", "0.5"), ("--from", str(path))):
        total = printed(capsys, "simulate", *options)["results"]["total"]
        assert [total["p95"], total["p95_se"]] == list(wanted["p95"])


def test_a_common_factor_out_of_its_range_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match=r"the common factor is -0\.5; it must be 0 to 1"):
        with_common_factor(np.eye(1), [CATALOGUE["gdp_growth"]], -0.5)


def test_dependence_decides_the_tails_and_hardly_the_middle() -> None:
    rows = {row.label: row for row in dependence_table(20e9)}
    apart, together = rows["Independent"], rows["One common factor: 0.5"]
    # 0.74% and 12% over more draws
    assert apart.figures["chance_of_exceeding"][0] == pytest.approx(0.0074, abs=0.0015)
    assert together.figures["chance_of_exceeding"][0] == pytest.approx(0.12, abs=0.005)
    assert together.figures["p50"][0] == pytest.approx(apart.figures["p50"][0], rel=0.02)
    assert together.figures["p5"][0] < 0.7 * apart.figures["p5"][0]


def test_the_independent_row_is_the_simulation_itself() -> None:
    row, found = dependence_table(10.2e9, 1_024)[0], simulate(1_024)
    assert row.figures["p5"] == found.percentile(5)
    assert row.figures["chance_of_exceeding"] == found.chance_of_exceeding(10.2e9)
    assert (row.least, row.greatest) == (found.percentile(0)[0], found.percentile(100)[0])


def test_the_scenarios_as_wholes_lie_outside_what_is_drawn(capsys) -> None:
    assert main(["simulate", "--dependence", "--above", "20B"]) == 0
    told = capsys.readouterr().out
    assert "Bear as a whole (776M) lies outside the range drawn, " in told
    assert "Bull as a whole (57.8B) lies outside the range drawn, " in told


def test_two_workbooks_are_compared_draw_by_draw(overridden: Path, tmp_path: Path, capsys) -> None:
    plain = tmp_path / "plain.xlsx"
    plain.write_bytes(build("plain"))
    options = ("--from", str(overridden), "--compare", str(plain))
    answer = printed(capsys, "simulate", *options)
    change, error = simulate(overrides=HIGHER).change_from(simulate())["p50"]
    assert (answer["p50"]["change"], answer["p50"]["change_se"]) == (change, error)
    assert main(["simulate", *options, "--above", "20B"]) == 0
    told = capsys.readouterr().out
    assert "plain.xlsx" in told and "Fixed: AI penetration at 40% (override)." in told


def test_correlated_assumptions_have_shapley_effects_that_add_up_to_one() -> None:
    entries = [CATALOGUE[name] for name in default_distributions(CATALOGUE)]
    found = sensitivities(1_024, correlation=with_common_factor(np.eye(12), entries, 0.3))
    assert sum(one.shapley for one in found) == pytest.approx(1, abs=1e-12)
    assert all(np.isnan(one.first) and one.shapley_se > 0 for one in found)
    assert found == sorted(found, key=lambda one: -one.shapley)
