"""Why a result moved: shares that are fair, and that sum to the whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import IN_TOTAL, MODEL, STEPS
from strategies import CATALOGUE, inputs

from xl_cryptoai import Forecast
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError
from xl_cryptoai.forecast.attribution import attribute, exact_shares, sampled_shares
from xl_cryptoai.reports.waterfall import levels_of, waterfall

BEAR, BASE, BULL = (
    {name: entry.values[case] for name, entry in CATALOGUE.items()}
    for case in ("bear", "base", "bull")
)
GAINS = st.lists(st.floats(-5, 5), min_size=1, max_size=7)
WORD = "{http://www.w3.org/2000/svg}"


def product(factors: list[float]) -> Callable[..., np.ndarray]:
    """A game whose worth is the product of 1 + gain over the players that are in."""
    return lambda made: np.prod(1 + made * np.array(factors), axis=1)


def by_all_orders(before: dict, after: dict, result: str) -> dict[str, float]:
    """Average what each change adds over every order in which the changes can be made."""
    changed = [name for name in before if before[name] != after[name]]
    sums = dict.fromkeys(changed, 0.0)
    known: dict[frozenset, float] = {}
    for order in permutations(changed):
        state, value = dict(before), None
        for number in range(len(order) + 1):
            made = frozenset(order[:number])
            if number:
                state[order[number - 1]] = after[order[number - 1]]
            if made not in known:
                known[made] = Forecast(overrides=state)[result]
            if value is not None:
                sums[order[number - 1]] += known[made] - value
            value = known[made]
    return {name: total / math.factorial(len(changed)) for name, total in sums.items()}


# The values themselves -------------------------------------------------------------------------


@given(*[st.floats(0.01, 100)] * 4)
def test_two_factors_of_a_product_have_the_closed_form(a: float, b: float, c: float, d: float):
    # from a*b to c*d: each change is valued at the mean of the other factor
    values = exact_shares(2, lambda made: np.where(made[:, 0], c, a) * np.where(made[:, 1], d, b))
    assert values[0] == pytest.approx((c - a) * (b + d) / 2, rel=1e-9, abs=1e-9)
    assert values[1] == pytest.approx((d - b) * (a + c) / 2, rel=1e-9, abs=1e-9)


def test_two_factors_of_the_model_have_the_closed_form() -> None:
    after = {**BASE, "ai_penetration": 0.4, "ai_revenue_capture": 0.2}
    found = {share.id: share.value for share in attribute(MODEL, BASE, after).shares}
    unit = Forecast()["total"] / (0.33 * 0.13)
    assert found["ai_penetration"] == pytest.approx(unit * 0.07 * (0.13 + 0.2) / 2, rel=1e-12)
    assert found["ai_revenue_capture"] == pytest.approx(unit * 0.07 * (0.33 + 0.4) / 2, rel=1e-12)


@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("result", ["total", "blended_crypto_share"])
def test_shares_are_those_of_all_orders(count: int, result: str) -> None:
    changed = ["identity_base", *(name for name in CATALOGUE if BEAR[name] != BULL[name])][:count]
    after = {**BEAR, **{name: BULL[name] for name in changed}}
    if "identity_base" in changed:
        after["identity_base"] = "ai_software"
    found = attribute(MODEL, BEAR, after, result)
    expected = by_all_orders(BEAR, after, result)
    scale = max(abs(found.before), abs(found.after))
    assert {share.id for share in found.shares} == set(expected)
    for share in found.shares:
        assert share.value == pytest.approx(expected[share.id], rel=1e-9, abs=1e-12 * scale)
        assert share.error == 0


@given(GAINS)
def test_shares_sum_to_the_whole(gains: list[float]) -> None:
    values = exact_shares(len(gains), product(gains))
    whole = math.prod(1 + gain for gain in gains) - 1
    assert math.fsum(values) == pytest.approx(whole, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_sampled_shares_sum_to_the_whole_to_the_last_digit_of_the_largest(seed: int) -> None:
    game = product(list(np.random.default_rng(seed).uniform(-3, 3, 8)))
    values, _ = sampled_shares(8, game)
    none, all_made = game(np.array([[False] * 8, [True] * 8]))
    left = abs(math.fsum([*values, none, -all_made]))
    assert left <= 2 * np.spacing(np.abs(values).max())


@given(GAINS, st.floats(-5, 5), st.integers(0, 99))
def test_equal_changes_have_equal_shares(gains: list[float], gain: float, place: int) -> None:
    place %= len(gains) + 1
    gains = [*gains[:place], gain, *gains[place:], gain]
    values = exact_shares(len(gains), product(gains))
    scale = math.prod(1 + abs(one) for one in gains)
    assert values[place] == pytest.approx(values[-1], rel=1e-9, abs=1e-12 * scale)


@given(GAINS)
def test_a_change_without_effect_has_no_share(gains: list[float]) -> None:
    assert exact_shares(len(gains) + 1, product([*gains, 0.0]))[-1] == 0
    values, errors = sampled_shares(len(gains) + 1, product([*gains, 0.0]), orders=64)
    assert (values[-1], errors[-1]) == (0, 0)


@settings(max_examples=40)
@given(inputs(), inputs(), st.sampled_from(list(STEPS)))
def test_every_result_is_attributed_whole_between_any_two_valid_cases(
    before: dict, after: dict, result: str
) -> None:
    found = attribute(MODEL, before, after, result, orders=64)
    shares = [share.value for share in found.shares]
    assert math.fsum([*shares, -found.difference]) == pytest.approx(
        0,
        abs=1e-9 * abs(found.difference)
        + 1e-15 * max(map(abs, [*shares, found.before]), default=0),
    )
    assert found.before == pytest.approx(Forecast(overrides=before)[result], rel=1e-12)
    assert found.after == pytest.approx(Forecast(overrides=after)[result], rel=1e-12)


def test_nothing_changed_is_nothing_to_attribute() -> None:
    found = attribute(MODEL, BASE, BASE)
    assert (found.shares, found.difference, found.exact) == ((), 0, True)


def test_what_another_program_rounds_to_15_digits_is_no_change() -> None:
    rounded = {name: float(f"{value:.15g}") if isinstance(value, float) else value
               for name, value in BASE.items()}  # fmt: skip
    assert attribute(MODEL, BASE, rounded).shares == ()


# Many changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_twenty_sampled_changes_lie_within_four_standard_errors(seed: int) -> None:
    gains = np.random.default_rng(seed).uniform(-0.3, 0.6, 20)
    exact = exact_shares(20, product(list(gains)))
    values, errors = sampled_shares(20, product(list(gains)))
    assert (np.abs(values - exact) <= 4 * errors).all()
    assert (errors < 0.02 * np.abs(exact).max()).all()
    assert math.fsum(values) == pytest.approx(math.fsum(exact), rel=1e-9)


def test_all_assumptions_changed_are_sampled_near_the_exact_shares() -> None:
    after = {**BULL, "identity_base": "ai_software", "forecast_year": 2031.0, "bank_revenue": 8e11,
             "baseline_year": 2023.0, "baseline_productivity": 4.2e12,
             "bank_compliance_cost": 9e10}  # fmt: skip
    sampled, exact = attribute(MODEL, BEAR, after), attribute(MODEL, BEAR, after, exact_up_to=18)
    assert len(sampled.shares) == len(IN_TOTAL) == 18
    assert (sampled.exact, exact.exact) == (False, True)
    known = {share.id: share.value for share in exact.shares}
    for share in sampled.shares:
        assert abs(share.value - known[share.id]) <= 4 * share.error, share.id
    assert sampled == attribute(MODEL, BEAR, after), "the seed is fixed"


# Rules between inputs --------------------------------------------------------------------------


def test_mixtures_that_break_a_rule_are_computed_and_counted() -> None:
    before = {**BASE, "software_share": 0.2, "compute_share": 0.7}
    after = {**BASE, "software_share": 0.7, "compute_share": 0.2}
    found = attribute(MODEL, before, after)
    assert found.beyond_rules == 1  # 0.7 and 0.7
    shares = {share.id: share.value for share in found.shares}
    # the segments of software and of compute do not share a factor: each has its own change
    steps = [Forecast(overrides=case) for case in (before, after)]
    assert shares["software_share"] == pytest.approx(
        steps[1]["crypto_software"] - steps[0]["crypto_software"], rel=1e-9
    )
    assert shares["compute_share"] == pytest.approx(
        steps[1]["crypto_compute"] - steps[0]["crypto_compute"], rel=1e-9
    )


def test_an_end_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="must not exceed 1"):
        attribute(MODEL, BASE, {**BASE, "software_share": 0.9})
    with pytest.raises(UnknownNameError, match="no step is called 'profit'"):
        attribute(MODEL, BASE, BASE, "profit")


# The picture -----------------------------------------------------------------------------------


def test_the_picture_shows_every_share_and_holds_hostile_names() -> None:
    found = attribute(MODEL, BASE, {**BASE, "ai_penetration": 0.4, "identity_base": "ai_software"})
    drawn = waterfall(MODEL, found, "<script>alert(1)</script>&\"'.xlsx", "b\x00\ud800.xlsx")
    root = ElementTree.fromstring(drawn)
    texts = [text.text for text in root.iter(f"{WORD}text")]
    for words in ("AI penetration", "33% → 40%", "Identity base", "ai_revenue → ai_software"):
        assert words in texts
    assert not list(root.iter(f"{WORD}script"))
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", ""), "nothing from outside"


def test_the_bars_lead_from_before_to_after() -> None:
    found = attribute(MODEL, BULL, BEAR)
    levels = levels_of(found)
    assert (levels[0], levels[-1], len(levels)) == (
        found.before,
        found.after,
        len(found.shares) + 1,
    )
    bars = [bar for bar in ElementTree.fromstring(waterfall(MODEL, found)).iter(f"{WORD}rect")
            if bar.get("height") == "20"]  # fmt: skip
    assert len(bars) == len(found.shares) + 2
    assert all(0 < float(bar.get("width", 0)) < 960 for bar in bars)


@pytest.mark.parametrize("pair", [(BASE, BASE), (BEAR, BULL), (BULL, BEAR)])
@pytest.mark.parametrize("result", list(STEPS))
def test_every_result_can_be_drawn(pair: tuple[dict, dict], result: str) -> None:
    ElementTree.fromstring(waterfall(MODEL, attribute(MODEL, *pair, result)))
