"""`xl-cryptoai simulate`: what it prints, draws and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from strategies import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.reports.distribution import draw_distribution
from xl_cryptoai.risk import default_distributions, simulate
from xl_cryptoai.risk.distributions import make
from xl_cryptoai.units import read_as


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["simulate", "--draws", "1024", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_has_what_the_library_finds(capsys) -> None:
    data, result = answer(capsys, "--above", "10.2B"), simulate(1_024)
    assert data["results"]["total"]["p50"] == result.percentile(50)[0]
    assert data["chance_of_exceeding"]["10.2B"] == list(result.chance_of_exceeding(10.2e9))
    assert (data["draws"], data["missed"], data["percentile_error"]) == (1_024, {}, 0.0)


def test_csv_has_a_line_a_result(capsys) -> None:
    assert main(["simulate", "--draws", "1024", "--csv"]) == 0
    head, total, *_ = capsys.readouterr().out.splitlines()
    assert head.startswith("result,mean,mean_se,sd,sd_se,p5,p5_se")
    assert total.split(",")[1] == repr(simulate(1_024).mean()[0])


def test_people_read_what_is_drawn_and_where_the_forecast_stands_in_it(capsys) -> None:
    assert (
        main(["simulate", "--draws", "1024", "--above", "20B", "--set", "ai_penetration=40%"]) == 0
    )
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("Drawn: 11 assumptions by the house view, from bear to bull. Fixed: ")
    assert "Fixed: AI penetration at 40% (override). Live (base with 1 override), 12.3B" in last


def test_a_chance_has_its_error_in_points_and_none_drawn_is_a_bound(capsys) -> None:
    assert main(["simulate", "--draws", "1024", "--above", "10B", "--above", "90B"]) == 0
    printed = capsys.readouterr().out
    chance, error = simulate(1_024).chance_of_exceeding(10e9)
    assert f"Chance that the total exceeds 10B: {chance:.2%} ±{100 * error:.2g} pp" in printed
    # no event in n draws: 1 - 0.05 ** (1 / n)
    assert f"exceeds 90B: below {100 * (1 - 0.05 ** (1 / 1024)):.2g}% (95%)" in printed


def test_an_own_distribution_is_told_from_the_house_view(capsys) -> None:
    data = answer(capsys, "--distribution", "ai_penetration=normal:20%,40%")
    assert data["drawn"]["own_distribution"] == ["ai_penetration"]
    assert len(data["drawn"]["house_view"]) == 11


def test_a_distribution_is_drawn_even_if_its_assumption_is_set(capsys) -> None:
    typed = ("--distribution", "ai_penetration=triangular:20%,33%,50%")
    both = answer(capsys, *typed, "--set", "ai_penetration=40%")
    assert both["results"] == answer(capsys, *typed)["results"]
    assert both["live"]["total"] == Forecast(overrides={"ai_penetration": 0.4})["total"]


def test_an_assumption_can_be_drawn_otherwise(capsys) -> None:
    data = answer(capsys, "--distribution", "ai_penetration=triangular:20%,33%,50%")
    other = make(CATALOGUE["ai_penetration"], "triangular", 0.2, 0.33, 0.5)
    result = simulate(
        1_024, distributions={**default_distributions(CATALOGUE), "ai_penetration": other}
    )
    assert data["results"]["total"]["p95"] == result.percentile(95)[0]


def test_an_assumption_can_be_drawn_that_is_not_by_default(capsys) -> None:
    data = answer(capsys, "--distribution", "bank_revenue=uniform:600B,660B,720B")
    assert "bank_revenue" in data["drawn"]["own_distribution"]


def test_a_fixed_assumption_is_not_drawn(capsys) -> None:
    fixed = answer(capsys, "--distribution", "ai_penetration=fixed:40%")
    assert fixed["results"] == answer(capsys, "--set", "ai_penetration=0.4")["results"]
    assert fixed["fixed"] == {"override": {}, "own_choice": {"ai_penetration": 0.4}}


def test_two_assumptions_can_be_correlated(capsys) -> None:
    data = answer(capsys, "--correlate", "ai_penetration,ai_revenue_capture=0.5")
    assert data["results"]["total"]["sd"] > 1.05 * simulate(1_024).deviation()[0]


def test_drawing_goes_on_until_a_figure_is_known(capsys) -> None:
    data = answer(capsys, "--method", "plain", "--until", "p50=0.3%")
    assert data["draws"] > 1_024
    assert data["results"]["total"]["p50_se"] <= 0.003 * data["results"]["total"]["p50"]


def test_what_could_not_be_reached_is_told_and_fails(capsys) -> None:
    arguments = ["simulate", "--draws", "1024", "--until", "p50=0.0001%", "--at-most", "2048"]
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert "not reached: after 2,048 draws the standard error of p50 is" in told.err
    assert "allow more with --at-most" in told.err and "P50" not in told.err
    assert "software" in told.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--draws", "0"], "draws is 0; it must be 32 to"),
        (["--json", "--csv"], "choose --json or --csv"),
        (["--above", "lots"], "--above is 'lots'; give an amount such as 20B"),
        (["--picture", "total.jpg"], "total.jpg does not end in .svg or .png"),
        (["--until", "p50"], "'p50' is not of the form p50=0.5%"),
        (["--until", "p50=soon"], "--until p50 is 'soon'; give a number"),
        (["--distribution", "ai_penetration=pert:1"], "is not of the form id=shape:low,mode,high"),
        (["--distribution", "ai_penetration=pert:40%,30%,50%"], "low 0.4, most likely 0.3"),
        (["--distribution", "luck=pert:1,2,3"], "luck"),
        (["--correlate", "gdp_growth=1"], "is not of the form a,b=0.5"),
        (["--correlate", "gdp_growth,luck=0.5"], "no assumption is called 'luck'"),
        (
            ["--correlate", "gdp_growth,identity_rate=1", "--correlate",
             "identity_rate,gdp_growth=0.5"],
            "identity_rate and gdp_growth are correlated twice",
        ),
        (["--correlate", "gdp_growth,identity_rate=2"], "is 2; it must be -1 to 1"),
        (["--common-factor", "2"], "the common factor is 2; it must be 0 to 1"),
        (["--dependence", "--csv"], "leave out --until, --csv and --picture"),
        (["--compare", "no.xlsx", "--dependence"], "choose --dependence or --compare"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(capsys, arguments: list[str], words: str) -> None:
    assert main(["simulate", *arguments]) == 2
    assert words in capsys.readouterr().err


# The picture -----------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_shows_the_percentiles_the_live_total_and_what_was_drawn(
    tmp_path: Path,
) -> None:
    path = tmp_path / "total.svg"
    assert main(["simulate", "--draws", "4096", "--picture", str(path)]) == 0
    words = [element.text for element in ElementTree.parse(path).iter(f"{SVG}text")]
    for percent in (5, 50, 95):
        amount = simulate(4_096).percentile(percent)[0]
        assert f"P{percent} {read_as(amount, 'usd_per_year', 3)}" in words
    assert "Live 10.2B" in words
    assert "Drawn: 12 assumptions by the house view, from bear to bull." in words


def test_a_picture_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "total.svg"
    path.write_text("mine", encoding="utf-8")
    arguments = ["simulate", "--draws", "1024", "--picture", str(path)]
    assert main(arguments) == 2 and path.read_text(encoding="utf-8") == "mine"
    assert main([*arguments, "--force"]) == 0 and path.stat().st_size > 5_000


def test_the_bars_stand_on_the_axis_and_the_curve_rises_to_the_top() -> None:
    root = ElementTree.fromstring(draw_distribution(simulate(4_096)))
    _, *bars = root.iter(f"{SVG}rect")
    assert len(bars) == 48
    floors = {float(bar.get("y")) + float(bar.get("height")) for bar in bars}
    assert max(floors) - min(floors) < 0.2
    curve = next(root.iter(f"{SVG}polyline")).get("points").split()
    heights = [float(point.split(",")[1]) for point in curve]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == pytest.approx(154, abs=1)


def test_a_point_can_be_drawn_too() -> None:
    fixed = make(CATALOGUE["ai_penetration"], "fixed", 0.2, 0.33, 0.5)
    drawn = draw_distribution(simulate(64, distributions={"ai_penetration": fixed}))
    assert "P50 10.2B" in drawn
