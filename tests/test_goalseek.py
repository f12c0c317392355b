"""What would have to be true: goals and break-even points, found, held and refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import IN_TOTAL, MODEL
from strategies import CATALOGUE, inputs

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.errors import OutOfRangeError, ShapeMismatchError, UnknownNameError, WrongTypeError
from xl_cryptoai.risk import breakeven, default_distributions, goalseek, tornado
from xl_cryptoai.risk.limits import last_that_holds, limits
from xl_cryptoai.risk.totals import standing, totals

NUMBERS = [name for name, entry in CATALOGUE.items() if not math.isnan(entry.lower)]
SOUGHT = [name for name in NUMBERS if name in IN_TOTAL and CATALOGUE[name].unit != "year"]


@settings(max_examples=60)
@given(inputs(), st.sampled_from(SOUGHT))
def test_whatever_total_an_assumption_leads_to_leads_back_to_it(given_inputs, name: str) -> None:
    target = Forecast(overrides=given_inputs)["total"]
    found = goalseek(name, target, overrides=given_inputs)
    entry, value = CATALOGUE[name], found.value
    # the next number on either side may be nearer by rounding, no other
    around = [max(np.nextafter(value, 0), entry.lower), value, np.nextafter(value, 1e300)]
    highest = limits(MODEL, name, standing(MODEL, overrides=given_inputs))[1]
    moved = totals(
        MODEL, standing(MODEL, overrides=given_inputs), {name: np.minimum(around, highest)}
    )
    assert found.reached
    assert moved.min() * (1 - 1e-14) <= target <= moved.max() * (1 + 1e-14)


@pytest.mark.parametrize("name", default_distributions(CATALOGUE))
def test_a_goal_that_is_sought_is_reached(name: str) -> None:
    target = tornado()[-1].total_high  # within reach of the weakest assumption
    found = goalseek(name, target)
    assert found.reached
    total = Forecast(overrides={name: found.value})["total"]
    assert total == found.result == pytest.approx(target, rel=1e-12)


def test_a_goal_is_the_inverse_of_the_forecast() -> None:
    # the total is proportional to penetration, so the value is known in closed form
    exact = 0.33 * 20e9 / Forecast()["total"]
    assert goalseek("ai_penetration", 20e9).value == pytest.approx(exact, rel=1e-12)


def test_a_goal_that_is_the_total_already_changes_nothing() -> None:
    assert goalseek("gdp_growth", Forecast()["total"]).value == 0.03


def test_an_assumption_on_which_nothing_hangs_stays_where_it_is() -> None:
    fixed = {"crypto_identity_share": 0.0}
    found = goalseek("identity_rate", Forecast(overrides=fixed)["total"], overrides=fixed)
    assert found.reached and found.value == CATALOGUE["identity_rate"].base


def test_a_goal_at_the_very_bound_is_reached_there() -> None:
    at_bound = Forecast(overrides={"crypto_security_share": 1.0})["total"]
    found = goalseek("crypto_security_share", at_bound)
    assert found.reached and found.value == 1.0


def test_a_goal_beyond_the_bounds_is_told_with_the_total_there() -> None:
    found = goalseek("crypto_security_share", 50e9)
    assert not found.reached and found.value == 1.0
    assert found.words == (
        "not reachable: at its bound, crypto_security_share = 1 (100%), the total is 31.390B"
    )


@pytest.mark.parametrize("beyond", [1e-3, 1e-6, 1e-12])
def test_a_goal_little_beyond_the_bound_is_not_reached_either(beyond: float) -> None:
    at_bound = Forecast(overrides={"crypto_security_share": 1.0})["total"]
    found = goalseek("crypto_security_share", at_bound * (1 + beyond))
    assert not found.reached and found.value == 1.0


def test_a_goal_keeps_the_rules_between_inputs() -> None:
    found = goalseek("software_share", 1e12)
    assert not found.reached
    assert found.value == pytest.approx(1 - Forecast()["compute_share"], abs=1e-9)
    assert "the limit that a rule between inputs sets, software_share = 0.81096965" in found.words
    assert found.result == Forecast(overrides={"software_share": found.value})["total"]


def test_a_rule_that_the_assumption_breaks_where_it_stands_is_no_hindrance_to_moving_it() -> None:
    fixed = {"compute_share": 0.6}  # with software's own 0.5 they exceed 1
    target = Forecast(overrides={**fixed, "software_share": 0.25})["total"]
    found = goalseek("software_share", target, overrides=fixed)
    assert found.value == pytest.approx(0.25, rel=1e-12)


def test_a_rule_can_hold_an_assumption_from_below() -> None:
    found = goalseek("bank_revenue", 1e12)  # the less revenue, the higher the compliance rate
    cost = CATALOGUE["bank_compliance_cost"].base
    assert not found.reached and found.value == pytest.approx(cost, rel=1e-15)


def test_overrides_move_the_others_and_never_the_one_that_is_sought() -> None:
    found = goalseek("ai_penetration", 20e9, overrides={"ai_penetration": 0.9, "gdp_growth": 0.04})
    assert found == goalseek("ai_penetration", 20e9, overrides={"gdp_growth": 0.04})
    assert found.value < goalseek("ai_penetration", 20e9).value


def test_two_scenarios_break_even_where_their_totals_are_equal() -> None:
    found = breakeven("ai_penetration", "bull", "bear")
    assert found.other == "bear" and found.target == Forecast("bear")["total"]
    again = Forecast("bull", overrides={"ai_penetration": found.value})["total"]
    assert again == pytest.approx(Forecast("bear")["total"], rel=1e-12)


def test_scenarios_that_cannot_break_even_are_told_with_both_totals() -> None:
    found = breakeven("ai_penetration", "base", "bull")
    assert not found.reached
    assert found.words == (
        "not reachable: at its bound, ai_penetration = 1 (100%), the total is 30.809B; "
        "bull has 57.770B"
    )


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("forecast_year", 20e9), WrongTypeError, "forecast_year is a year; a target needs"),
        (("identity_base", 20e9), WrongTypeError, "identity_base is a choice; a target needs"),
        (("penetration", 20e9), UnknownNameError, "no assumption is called 'penetration'"),
        (("ai_penetration", math.nan), OutOfRangeError, "target is nan; give an amount"),
        (("ai_penetration", -1.0), OutOfRangeError, "target is -1.0; give an amount"),
        (("ai_penetration", True), OutOfRangeError, "target is True; give an amount"),
        (("ai_penetration", 2e10, "bare"), UnknownNameError, "no scenario is called 'bare'"),
        (
            ("ai_penetration", 2e10, "base", {"gdp_growth": [0.02, 0.03]}), ShapeMismatchError,
            "gdp_growth has 2 values in overrides; give one",
        ),
    ],
)  # fmt: skip
def test_a_goal_that_cannot_be_sought_is_refused(arguments, error, words: str) -> None:
    with pytest.raises(error, match=words):
        goalseek(*arguments)


def test_a_search_asks_for_many_values_at_once_and_seldom() -> None:
    asked = []

    def holds(values):
        asked.append(values.size)
        return values <= 1 / 3

    assert last_that_holds(holds, 0.0, 1.0) == 1 / 3
    assert len(asked) <= 12  # 2**54 numbers, 2**6 times fewer each time, and twice to be sure


def test_the_command_says_what_would_have_to_be_true(capsys) -> None:
    assert main(["goalseek", "ai_penetration", "20B"]) == 0
    assert "ai_penetration would have to be 0.6491" in capsys.readouterr().out
    assert main(["goalseek", "crypto_security_share", "50B"]) == 1
    assert "not reachable" in capsys.readouterr().out


def test_the_command_takes_another_scenarios_total_as_the_target(capsys) -> None:
    arguments = ["goalseek", "ai_penetration", "--total-of", "base", "--scenario", "bull"]
    assert main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["value"] == breakeven("ai_penetration", "bull", "base").value
    assert main(arguments) == 0
    assert capsys.readouterr().out.endswith("the total is then 10.167B, that of base\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ai_penetration", "lots"], "the target is 'lots'; give an amount such as 20B"),
        (["ai_penetration"], "give a target, such as 20B, or --total-of and a scenario"),
        (["ai_penetration", "20B", "--total-of", "bull"], "give either a target or --total-of"),
        (["ai_penetration", "--total-of", "bully"], "no scenario is called 'bully'"),
    ],
)
def test_the_command_refuses_a_target_that_is_none(capsys, arguments, words: str) -> None:
    assert main(["goalseek", *arguments]) == 2
    assert words in capsys.readouterr().err
