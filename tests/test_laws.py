"""Laws that hold for every valid input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import SEGMENTS, STEPS
from strategies import CATALOGUE, inputs, values_of

from xl_cryptoai import Forecast
from xl_cryptoai.units import CHOICE

NUMERIC = [name for name, entry in CATALOGUE.items() if entry.unit != CHOICE]
BOUND_BY_RULES = {
    "software_share": ("compute_share", 0.0),
    "compute_share": ("software_share", 0.0),
    "bank_compliance_cost": ("bank_revenue", 1e13),
    "bank_revenue": ("bank_compliance_cost", 1e9),
    "forecast_year": ("baseline_year", 2020.0),
    "baseline_year": ("forecast_year", 2040.0),
}


@given(st.lists(inputs(), min_size=1, max_size=4))
def test_scalar_and_array_calls_agree(rows: list[dict[str, float | str]]) -> None:
    at_once = Forecast(overrides={name: [row[name] for row in rows] for name in CATALOGUE})
    for number, row in enumerate(rows):
        single = Forecast(overrides=row)
        for name in STEPS:
            np.testing.assert_allclose(
                at_once[name][number], single[name], rtol=1e-13, atol=1e-15, err_msg=name
            )


@pytest.mark.parametrize("name", NUMERIC)
@given(data=st.data())
def test_the_total_moves_in_the_direction_that_the_catalogue_says(name: str, data) -> None:
    row = data.draw(inputs())
    if name in BOUND_BY_RULES:  # make room for the change
        other, value = BOUND_BY_RULES[name]
        row[other] = value
    low, high = sorted(data.draw(st.tuples(*[values_of(CATALOGUE[name])] * 2)))
    before = Forecast(overrides={**row, name: low})["total"]
    after = Forecast(overrides={**row, name: high})["total"]
    slack = 1e-12 * max(before, after)  # rounding, where the change is tiny
    if CATALOGUE[name].effect == "none":
        assert after == before
    elif CATALOGUE[name].effect == "raises":
        assert after >= before - slack
    else:
        assert after <= before + slack


@given(inputs())
def test_the_shares_of_the_stack_are_a_whole(row: dict[str, float | str]) -> None:
    forecast = Forecast(overrides=row)
    shares = [forecast[name] for name in ("software_share", "compute_share", "other_share")]
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert forecast["software_share"] + forecast["compute_share"] <= 1 + 1e-12
    assert forecast["other_share"] >= -1e-12


@given(inputs())
def test_the_total_is_the_sum_of_the_segments_and_no_more_than_ai_revenue_earns(row) -> None:
    forecast = Forecast(overrides=row)
    assert forecast["total"] == pytest.approx(sum(forecast[name] for name in SEGMENTS), rel=1e-14)
    assert all(np.isfinite(forecast[name]) and forecast[name] >= -1e-3 for name in STEPS)


@given(inputs(), st.floats(1.0, 10.0))
def test_the_chain_is_proportional_to_the_baseline(row, factor: float) -> None:
    base = CATALOGUE["baseline_productivity"]
    row["baseline_productivity"] = base.lower
    one = Forecast(overrides=row)["total"]
    many = Forecast(overrides={**row, "baseline_productivity": base.lower * factor})["total"]
    assert many == pytest.approx(one * factor, rel=1e-12)
