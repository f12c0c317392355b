"""The graph: one scenario, all three, or N rows of inputs, by id, as tables."""

from __future__ import annotations

import ast
import inspect
import re

import numpy as np
import pytest
from shipped import CATALOGUE, SEGMENTS, STEPS

from xl_cryptoai import Forecast, load_assumptions
from xl_cryptoai.errors import (
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
)
from xl_cryptoai.forecast import Step
from xl_cryptoai.forecast.documentation import documentation, source_of
from xl_cryptoai.functions.entry import HELP_LENGTH


def test_a_forecast_gives_its_inputs_and_results_by_id() -> None:
    forecast = Forecast()
    assert list(forecast) == [*load_assumptions(), *STEPS]
    assert forecast["ai_penetration"] == 0.33
    assert isinstance(forecast["total"], float)


def test_several_scenarios_run_together_as_one_array_each() -> None:
    together = Forecast(("bear", "base", "bull"))["total"]
    one_by_one = [Forecast(scenario)["total"] for scenario in ("bear", "base", "bull")]
    np.testing.assert_allclose(together, one_by_one, rtol=1e-15)


def test_rows_of_inputs_run_at_once_and_equal_the_single_runs() -> None:
    rows = np.linspace(0.1, 0.9, 7)
    at_once = Forecast(overrides={"ai_penetration": rows, "gdp_growth": 0.02})
    singles = [
        Forecast(overrides={"ai_penetration": row, "gdp_growth": 0.02})["total"] for row in rows
    ]
    np.testing.assert_allclose(at_once["total"], singles, rtol=1e-14)


def test_a_frame_of_a_forecast_has_one_row_an_id_and_scenario() -> None:
    frame = Forecast(("bear", "base", "bull")).to_frame()
    assert [*frame.columns] == ["scenario", "id", "label", "unit", "kind", "value", "choice"]
    assert frame["value"].dtype == np.float64
    wide = frame.pivot(index="id", columns="scenario", values="value")
    assert wide.loc["total", "bull"] == Forecast("bull")["total"]
    rows = frame.set_index(["scenario", "id"])
    assert rows.loc[("base", "ai_penetration"), "unit"] == "share of TAM"


def test_a_choice_has_its_text_beside_the_numbers() -> None:
    row = Forecast().to_frame().set_index("id").loc["identity_base"]
    assert row["choice"] == "ai_revenue" and np.isnan(row["value"])


def test_a_frame_says_where_each_value_is_from() -> None:
    forecast = Forecast(("base", "bull"), overrides={"ai_penetration": 0.4})
    kinds = forecast.to_frame().set_index(["scenario", "id"])["kind"]
    assert kinds["base", "gdp_growth"] == "published" and kinds["bull", "gdp_growth"] == "house"
    assert kinds["bull", "ai_penetration"] == "override" and kinds["base", "tam"] == "computed"


def test_rows_of_inputs_make_a_frame_with_one_column_an_id() -> None:
    frame = Forecast(overrides={"ai_penetration": [0.2, 0.4]}).to_frame()
    assert frame.shape == (2, len(CATALOGUE) + len(STEPS))
    assert frame["forecast_year"].tolist() == [2030.0, 2030.0]
    assert frame.attrs["units"]["total"] == "USD/year"


def test_a_notebook_shows_a_forecast_with_its_units_and_what_is_a_house_view() -> None:
    shown = Forecast(("base", "bull"))._repr_html_()
    assert re.findall(r"<th[^>]*>(.*?)</th>", shown) == [
        "label", "id", "unit", "base", "bull (house)",
    ]  # fmt: skip
    cells = re.findall(r"<td[^>]*>(.*?)</td>", shown)
    total = cells.index("total")
    assert cells[total - 1 : total + 4] == [
        "Crypto-AI revenue", "total", "USD/year", "10.167B", "57.770B",
    ]  # fmt: skip
    assert "house view" in shown
    assert "house view" not in Forecast(overrides={"ai_penetration": 0.4})._repr_html_()


def test_a_notebook_shows_how_far_rows_of_inputs_spread() -> None:
    bases = ["ai_revenue", "ai_software", "ai_revenue"]
    rows = {"ai_penetration": [0.2, 0.3, 0.5], "identity_base": bases}
    cells = re.findall(r"<td[^>]*>(.*?)</td>", Forecast(overrides=rows)._repr_html_())
    at = cells.index("ai_penetration")
    assert cells[at + 2 : at + 5] == ["20%", "30%", "50%"]
    assert "ai_revenue or ai_software" in cells


def test_the_market_by_year_runs_from_the_baseline_to_the_forecast_year() -> None:
    path = Forecast(("bear", "base", "bull")).tam_path()
    assert [*path.columns] == ["scenario", "year", "tam"]
    base = path[path["scenario"] == "base"].set_index("year")["tam"]
    assert base.index.tolist() == list(range(2022, 2031))
    assert base[2022] == pytest.approx(4.11363e12, rel=1e-6)
    assert base[2030] == pytest.approx(5.85e12)
    ratios = base.to_numpy()[1:] / base.to_numpy()[:-1]
    np.testing.assert_allclose(ratios, 1.045)  # 3% x 1.5


def test_a_year_of_ones_own_ends_the_path() -> None:
    assert len(Forecast(overrides={"forecast_year": 2025}).tam_path()) == 4


def test_the_bucket_that_remains_is_shown_but_earns_crypto_nothing() -> None:
    forecast = Forecast()
    assert forecast["other_share"] == pytest.approx(1 - 0.5 - 47.44 / 250.965)
    assert forecast["ai_software"] + forecast["ai_compute"] + forecast["ai_other"] == pytest.approx(
        forecast["ai_revenue"]
    )
    assert forecast["total"] == pytest.approx(sum(forecast[name] for name in SEGMENTS))


def test_the_blended_share_is_the_total_over_ai_revenue() -> None:
    # 10.16709B over 250.965B, not printed
    assert Forecast()["blended_crypto_share"] == pytest.approx(0.04051, abs=5e-6)


@pytest.mark.parametrize(
    ("overrides", "error", "words"),
    [
        ({"penetration": 0.4}, UnknownNameError, "no assumption is called 'penetration'"),
        ({"total": 1.0}, UnknownNameError, "no assumption is called 'total'"),
        ({"ai_penetration": "much"}, WrongTypeError, "ai_penetration is 'much', but must be a"),
        ({"ai_penetration": True}, WrongTypeError, "ai_penetration is True, but must be a number"),
        ({"ai_penetration": 33}, OutOfRangeError,
         r"ai_penetration is 33; it must be 0.001 to 1 \(0.1% to 100%\)"),
        ({"ai_penetration": [0.2, float("nan")]}, OutOfRangeError, r"ai_penetration \(no. 2\) is"),
        ({"gdp_growth": -0.01}, OutOfRangeError, "gdp_growth is -0.01; it must be 0 to 0.15"),
        ({"forecast_year": 2030.5}, OutOfRangeError, "forecast_year is 2030.5; .*whole number"),
        ({"forecast_year": 2021}, OutOfRangeError, "must not lie before baseline_year"),
        ({"software_share": 0.9}, OutOfRangeError, "software_share and compute_share together"),
        ({"bank_revenue": 50e9}, OutOfRangeError, "bank_compliance_cost must not exceed"),
        ({"identity_base": "ai_hardware"}, OutOfRangeError,
         "identity_base is 'ai_hardware'; it must be ai_revenue or ai_software"),
        ({"identity_base": 1}, WrongTypeError, "identity_base is 1, but must be ai_revenue or"),
        ({"ai_penetration": [0.2, 0.3], "gdp_growth": [0.01] * 3}, ShapeMismatchError,
         r"arrays of one length, but have shapes \(2,\), \(3,\)"),
    ],
)  # fmt: skip
def test_overrides_that_cannot_be_used_are_refused(overrides, error, words) -> None:
    with pytest.raises(error, match=words):
        Forecast(overrides=overrides)


def test_scenarios_and_names_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="'bare': did you mean bear or base"):
        Forecast("bare")
    with pytest.raises(UnknownNameError, match="no scenario is given"):
        Forecast(())
    with pytest.raises(UnknownNameError, match="no assumption or step is called 'sum'"):
        Forecast()["sum"]


def test_rows_and_several_scenarios_do_not_mix() -> None:
    with pytest.raises(ShapeMismatchError, match="not both"):
        Forecast(("bear", "bull"), overrides={"ai_penetration": [0.2, 0.3]})
    with pytest.raises(ShapeMismatchError, match="not for N rows"):
        Forecast(overrides={"ai_penetration": [0.2, 0.3]}).tam_path()


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_a_step_types_its_meaning_and_an_example_and_nothing_that_is_derived(step: Step) -> None:
    (function,) = ast.parse(inspect.getsource(step.function)).body
    assert isinstance(function, ast.FunctionDef)
    sentence, example = (ast.get_docstring(function) or "").split("\n\n")
    assert sentence == step.meaning and len(sentence) <= HELP_LENGTH
    assert sentence.endswith(".") and not any(letter.isdigit() for letter in sentence)
    assert example.startswith(">>> ")
    assert step.function.__doc__ == documentation(step, Forecast())


def test_the_documentation_of_a_step_shows_catalogue_and_printed_figure() -> None:
    expected = """
Part of the productivity market that enterprises reach by adopting AI.

Parameters
----------
tam : float or array
    Productivity market (TAM), USD/year: Business productivity that AI could add in the forecast
    year, grown from the baseline. Allowed: 0 to 1e+21 (0 to 1000000000T).
ai_penetration : float or array
    AI penetration, share of TAM: Share of the productivity market that enterprises reach by
    adopting AI. Allowed: 0.001 to 1 (0.1% to 100%).

Returns
-------
float or array
    USD/year; arrays broadcast.

Sources
-------
Printed 1.93T (Defining the role of cryptocurrencies, par. 3). The base case gives 1.93050T,
which agrees.

Examples
--------
>>> ai_gain(100.0, 0.25)
25.0
"""
    assert STEPS["ai_gain"].function.__doc__ == expected.lstrip()


def test_the_documentation_of_a_step_follows_its_data() -> None:
    step = STEPS["compliance_rate"]
    assert "Notes\n-----\nbank_compliance_cost must not exceed bank_revenue." in documentation(
        step, Forecast()
    )
    assert source_of(step, Forecast(overrides={"bank_revenue": 6e11})) == (
        "Printed 8.9% (Defining the role of cryptocurrencies, par. 8). The base case gives "
        "9.79167%, which DIFFERS."
    )
    assert source_of(STEPS["other_share"], Forecast()).startswith("Not printed. The base case")
