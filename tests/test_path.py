"""The forecast by year: adoption curves end exactly on the forecast year, and never leave it."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import CATALOGUE, FUNCTIONS, MODEL, RESULTS, SCENARIOS, SEGMENTS
from strategies import inputs

from xl_cryptoai import Forecast
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.cli import main
from xl_cryptoai.errors import CryptoAIError, ShapeMismatchError, UnknownNameError
from xl_cryptoai.forecast.path import CURVE, adopted, starts_of
from xl_cryptoai.forecast.run_rates import run_rates
from xl_cryptoai.powers import root
from xl_cryptoai.units import read_as
from xl_cryptoai.workbook import build

CURVES = CATALOGUE[CURVE].choices
SHARES = st.floats(1e-6, 1.0)
YEARS = range(2020, 2041)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_forecast_year_is_the_single_years_chain(scenario: str) -> None:
    forecast = Forecast(scenario)
    path = forecast.path([*MODEL.steps])
    last = path[path.year == 2030].set_index("id")["value"]
    for name in MODEL.steps:
        assert last[name] == pytest.approx(forecast[name], rel=1e-15, abs=0)


@given(inputs())
def test_adoption_never_moves_the_forecast_year(row: dict[str, float | str]) -> None:
    path = Forecast(overrides=row).path(RESULTS)
    of_row = {name: row[name] for name in CATALOGUE if CATALOGUE[name].effect != "none"}
    last = path[path.year == row["forecast_year"]].set_index("id")["value"]
    for name in RESULTS:
        expected = Forecast(overrides=of_row)[name]
        assert last[name] == pytest.approx(expected, rel=1e-15, abs=1e-15)


@given(SHARES, st.floats(0.0, 1.0), st.sampled_from(CURVES), st.sampled_from(YEARS))
def test_a_share_goes_one_way_from_its_start_to_its_end(start, end, curve, first) -> None:
    path = adopted(start, end, curve, [*YEARS], first, 2040)
    assert path[-1] == end
    if curve != "flat" and first < 2040:
        assert path[YEARS.index(first)] == start
    slack = 1e-14 * max(start, end)
    for before, after in pairwise(path):
        assert (after >= before - slack) if start < end else (after <= before + slack)


@given(st.lists(st.tuples(SHARES, SHARES, st.sampled_from(CURVES)), min_size=1, max_size=5))
def test_arrays_of_shares_give_what_each_gives(rows) -> None:
    start, end, curve = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    together = adopted(start, end, curve, [*YEARS], 2023, 2040)
    for found, row in zip(together, rows, strict=True):
        assert found.tolist() == adopted(*row, [*YEARS], 2023, 2040).tolist()


def test_a_logistic_curve_multiplies_the_odds_by_the_same_factor_every_year() -> None:
    """Fisher and Pry, A simple substitution model of technological change, 1971, eq. 5."""
    share = adopted(0.01, 0.33, "logistic", np.arange(2023, 2031), 2023, 2030)
    odds = share / (1 - share)
    assert odds[1:] / odds[:-1] == pytest.approx([((0.33 / 0.67) / (0.01 / 0.99)) ** (1 / 7)] * 7)


def test_constant_growth_grows_by_the_same_rate_every_year() -> None:
    share = adopted(0.01, 0.32, "constant_growth", np.arange(2025, 2031), 2025, 2030)
    assert share == pytest.approx([0.01, 0.02, 0.04, 0.08, 0.16, 0.32], rel=1e-14)


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_a_share_that_no_logistic_curve_reaches_is_approached_in_a_straight_line(end) -> None:
    found = adopted(0.5, end, "logistic", [2023, 2025, 2027], 2023, 2027)
    assert found.tolist() == [0.5, (0.5 + end) / 2, end]


@pytest.mark.parametrize("start_year", [2030, 2035])
def test_adoption_that_starts_at_the_horizon_or_later_jumps_there(start_year: int) -> None:
    forecast = Forecast(overrides={"adoption_start_year": start_year})
    share = forecast.path(["ai_penetration"])["value"].tolist()
    assert share == [0.01] * 8 + [0.33]


@pytest.mark.parametrize("year", [2022, 2030])
def test_a_path_may_be_a_single_year(year: int) -> None:
    one = Forecast(overrides={"baseline_year": year, "forecast_year": year})
    assert one.path(["total"]).value.tolist() == [one["total"]]


def test_baseline_and_forecast_year_move_to_2030_and_2040() -> None:
    years = Forecast(overrides={"baseline_year": 2030, "forecast_year": 2040}).path().year
    assert (years.min(), years.max()) == (2030, 2040)


def test_a_flat_curve_has_the_forecast_years_shares_in_every_year() -> None:
    path = Forecast(overrides={CURVE: "flat"}).path([*starts_of(CATALOGUE)])
    for name in starts_of(CATALOGUE):
        assert set(path[path.id == name].value) == {CATALOGUE[name].base}


def test_the_market_by_year_is_that_of_tam_path() -> None:
    forecast = Forecast(("bear", "base", "bull"))
    assert forecast.path(["tam"]).value.tolist() == forecast.tam_path().tam.tolist()


def test_a_frame_has_a_row_a_scenario_year_and_id() -> None:
    path = Forecast(("bear", "bull")).path()
    assert path.columns.tolist() == ["scenario", "year", "id", "label", "value"]
    assert len(path) == 2 * 9 * 5
    assert path.attrs["units"]["total"] == "USD/year"


def test_rows_of_inputs_and_unknown_ids_are_refused() -> None:
    with pytest.raises(ShapeMismatchError, match="not for N rows"):
        Forecast(overrides={"ai_penetration": [0.2, 0.3]}).path()
    with pytest.raises(UnknownNameError, match="no assumption or step is called 'tm'"):
        Forecast().path(["tm"])


def test_a_root_is_exact_where_the_power_is() -> None:
    degrees = np.arange(1, 21)
    assert root(3.0**degrees, degrees).tolist() == [3.0] * 20
    assert root(1e-300, 3).item() == pytest.approx(1e-100, rel=1e-15)


# The function -----------------------------------------------------------------------------------

PATH = FUNCTIONS["CAI_PATH"]


def test_the_function_answers_a_row_a_case_and_year() -> None:
    table = PATH([["Bear", "Base"]])
    assert table[0] == ["case", "year", *SEGMENTS, "total"]
    assert [row[:2] for row in table[1:3]] == [["bear (house)", 2022.0], ["bear (house)", 2023.0]]
    assert table[-1][-1] == Forecast()["total"]
    assert len(table) == 1 + 2 * 9


def test_years_in_a_row_turn_the_table() -> None:
    table = PATH("base", None, [[2030, 2021, ""]])
    assert table[0] == ["case", "id", 2030.0, 2021.0, ""]
    assert table[-1] == ["base", "total", Forecast()["total"], "", ""]


def test_years_in_a_column_keep_it() -> None:
    table = PATH("base", None, [[2030], [""]])
    assert [row[1] for row in table] == ["year", 2030.0, ""]
    assert table[1][-1] == Forecast()["total"]


def test_values_beside_ids_may_leave_adoption_out() -> None:
    moving = [name for name, entry in CATALOGUE.items() if entry.effect != "none"]
    values = [[CATALOGUE[name].values["bull"], CATALOGUE[name].base] for name in moving]
    table = PATH([[name] for name in moving], values, [[2025, 2030]])
    both = Forecast(("bull", "base")).path(["total"])
    expected = both[both.year.isin([2025, 2030])].value.tolist()
    assert [row[0] for row in table] == ["case", *["value 1"] * 5, *["value 2"] * 5]
    assert [*table[5][2:], *table[10][2:]] == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sideways",), "no scenario is called 'sideways'"),
        (("base", None, "soon"), "a year, or blank"),
        (("base", None, 12.5), "it must be 1900 to 2200"),
        ((["total"], [1.0]), "ids lacks"),
    ],
)
def test_what_the_function_refuses_is_said(arguments, words: str) -> None:
    with pytest.raises(CryptoAIError, match=words):
        PATH(*arguments)


# The command -------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["path", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def revenue(years: list[dict[str, float]]) -> list[tuple[float, ...]]:
    return [tuple(year[name] for name in ("year", *RESULTS)) for year in years]


def revenue_of(forecast: Forecast) -> list[tuple[float, ...]]:
    frame = forecast.path(RESULTS).pivot(index="year", columns="id", values="value")
    return [(year, *(row[name] for name in RESULTS)) for year, row in frame.iterrows()]


def test_the_command_gives_every_scenario_s_years_and_the_run_rates(capsys) -> None:
    found = json.loads(run(capsys, "--json"))
    assert [*found["cases"]] == [*SCENARIOS] and found["unit"] == "USD/year"
    for scenario, years in found["cases"].items():
        assert revenue(years) == revenue_of(Forecast(scenario))
    assert [rate["id"] for rate in found["run_rates"]] == [one.id for one in run_rates(MODEL)]


def test_settings_make_a_live_case_beside_the_scenarios(capsys) -> None:
    settings = ("--set", "forecast_year=2035", "--set", "adoption_curve=linear")
    found = json.loads(run(capsys, *settings, "--json"))["cases"]
    live = Forecast(overrides={"forecast_year": 2035, "adoption_curve": "linear"})
    assert [*found] == ["live", *SCENARIOS]
    assert revenue(found["live"]) == revenue_of(live) and found["live"][-1]["year"] == 2035


def test_a_workbook_s_live_case_is_taken_from_it(capsys, tmp_path: Path) -> None:
    book, typed = tmp_path / "book.xlsx", {"ai_penetration": {"override": 0.4}}
    book.write_bytes(build("plain", UserInputs("bull", typed)))
    found = json.loads(run(capsys, "--from", book, "--json"))["cases"]
    assert revenue(found["live"]) == revenue_of(Forecast("bull", overrides={"ai_penetration": 0.4}))


def test_csv_has_a_row_a_case_year_and_result(capsys) -> None:
    header, *rows = csv.reader(run(capsys, "--scenario", "bull", "--csv").splitlines())
    frame = Forecast("bull").path(RESULTS)
    assert header == ["case", "year", "id", "label", "value"]
    assert {(case, int(year), name, float(value)) for case, year, name, _, value in rows} == {
        ("bull", row.year, row.id, row.value) for row in frame.itertuples()
    }


def test_for_people_a_line_a_year_has_what_the_text_says_beside_it(capsys) -> None:
    lines = run(capsys, "--scenario", "base").splitlines()
    [last] = [line for line in lines if line.startswith(" 2030")]
    assert read_as(Forecast()["total"], "usd_per_year") in last
    for rate in run_rates(MODEL):
        [line] = [line for line in lines if line.startswith(f" {rate.year}")]
        assert read_as(rate.value, "usd_per_year") in line


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_the_picture_is_of_the_case_that_is_asked_for(
    capsys, tmp_path: Path, ending: str, begins: bytes
) -> None:
    picture = tmp_path / f"path.{ending}"
    run(capsys, "--scenario", "bull", "--picture", picture)
    content = picture.read_bytes()
    assert content.startswith(begins)
    if ending == "svg":
        assert b"Bull (house)" in content


def test_a_picture_that_is_there_is_kept_unless_forced(capsys, tmp_path: Path) -> None:
    picture = tmp_path / "path.svg"
    picture.write_text("mine")
    assert main(["path", "--picture", str(picture)]) == 2
    assert picture.read_text() == "mine" and str(picture) in capsys.readouterr().err
