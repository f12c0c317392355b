"""The commands tornado, sensitivity and grid, and the picture of a tornado."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from shipped import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.reports.tornado import draw_tornado
from xl_cryptoai.risk import Bar, default_distributions, grid, sensitivities, tornado

WORD = "{http://www.w3.org/2000/svg}"


def answer(capsys, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


# The page on risk ------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "risk.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = re.compile(r"^\$ xl-cryptoai (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
COMMANDS = {"tornado", "sensitivity", "grid", "goalseek"}
SHOWN = [
    (command.split(), printed)
    for block in BLOCKS
    for command, printed in EXAMPLE.findall(block)
    if command.split()[0] in COMMANDS
]


def test_the_page_shows_an_example_of_every_command() -> None:
    assert {command[0] for command, _ in SHOWN} == COMMANDS


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[" ".join(one[0]) for one in SHOWN])
def test_an_example_on_the_page_is_what_the_command_prints(capsys, command, printed) -> None:
    main(command)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    shown = [line.strip() for line in printed.splitlines()]
    left_out = shown.index("...") if "..." in shown else len(shown)
    after = shown[left_out + 1 :]
    assert shown[:left_out] == lines[:left_out]
    assert after == (lines[-len(after) :] if after else [])


# Tornado ---------------------------------------------------------------------------------------


def test_the_widest_bar_is_printed_first(capsys) -> None:
    lines = answer(capsys, "tornado").splitlines()
    assert lines[3].split() == [
        "crypto_software_share", "1%", "10%", "5.148B", "16.44B", "11.29B"
    ]  # fmt: skip


def test_a_setting_moves_where_the_bars_start_and_takes_its_own_away(capsys) -> None:
    out = answer(capsys, "tornado", "--set", "ai_penetration=40%", "--json")
    bars = {bar["id"]: bar for bar in json.loads(out)}
    assert "ai_penetration" not in bars
    ends = {"ai_penetration": 0.4, "gdp_growth": 0.02}
    assert bars["gdp_growth"]["total_low"] == pytest.approx(Forecast(overrides=ends)["total"])


def test_an_end_that_a_rule_holds_is_marked_and_explained(capsys) -> None:
    out = answer(capsys, "tornado", "--set", "compute_share=47%")
    assert "software_share*" in out and "* A rule between inputs limits this bar" in out
    assert "*" not in answer(capsys, "tornado")


def test_the_picture_has_a_bar_for_every_assumption_and_says_it_in_words_too(
    capsys, tmp_path
) -> None:
    answer(capsys, "tornado", "--picture", str(tmp_path / "bars.svg"))
    picture = ElementTree.parse(tmp_path / "bars.svg").getroot()
    texts = [text.text for text in picture.iter(f"{WORD}text")]
    for words in (
        "AI penetration",
        "11.29B",
        "Drawn: 12 assumptions by the house view, from bear to bull.",
    ):
        assert words in texts
    about = picture.find(f"{WORD}desc").text
    assert about.startswith("crypto_software_share 5.148B to 16.44B; ai_penetration")


def bars_of(picture: str) -> list[tuple[float, float, str]]:
    """Return left end, right end and filling of every bar; those of the legend are squares."""
    drawn = ElementTree.fromstring(picture).iter(f"{WORD}rect")
    return [
        (float(one.get("x")), float(one.get("x")) + float(one.get("width")), one.get("fill"))
        for one in drawn
        if one.get("height") == "20"
    ]


def test_bars_are_as_long_as_their_swings_and_meet_where_the_assumptions_stand() -> None:
    low, high = bars_of(draw_tornado(CATALOGUE, [Bar("ai_penetration", 0.2, 0.5, 6e9, 15e9)], 9e9))
    assert low[1] == high[0]
    assert (high[1] - high[0]) / (low[1] - low[0]) == pytest.approx(6 / 3, abs=0.01)


def test_an_assumption_that_lowers_the_total_has_its_low_on_the_right() -> None:
    low, high = bars_of(
        draw_tornado(CATALOGUE, [Bar("hyperscaler_share", 0.7, 0.9, 11e9, 9e9)], 10e9)
    )
    assert high[1] == low[0] and low[2] != high[2]


def test_a_bar_that_lies_on_one_side_of_the_point_is_all_of_one_filling() -> None:
    low, high = bars_of(
        draw_tornado(CATALOGUE, [Bar("ai_penetration", 0.5, 0.6, 15e9, 18e9)], 10e9)
    )
    assert low[0] == low[1] == high[0] < high[1]


def test_what_was_typed_cannot_break_the_picture() -> None:
    picture = draw_tornado(CATALOGUE, tornado(), 1e10, "<script>&\x00")
    assert "<script>" not in picture
    ElementTree.fromstring(picture)


def test_a_picture_is_not_replaced_unasked_and_none_is_drawn_of_nothing(capsys, tmp_path) -> None:
    picture = tmp_path / "bars.svg"
    picture.write_text("mine", encoding="utf-8")
    assert main(["tornado", "--picture", str(picture)]) == 2
    assert "exists; give --force" in capsys.readouterr().err
    assert picture.read_text(encoding="utf-8") == "mine"
    book = tmp_path / "book.xlsx"
    book.write_text("a workbook", encoding="utf-8")
    assert main(["tornado", "--picture", str(book), "--force"]) == 2
    assert "book.xlsx does not end in .svg" in capsys.readouterr().err
    assert book.read_text(encoding="utf-8") == "a workbook"
    base = Forecast()
    all_set = [f"--set={bar.id}={base[bar.id]}" for bar in tornado()]
    assert main(["tornado", *all_set, "--picture", str(picture), "--force"]) == 2
    assert "no assumption is uncertain" in capsys.readouterr().err


# Sensitivity -----------------------------------------------------------------------------------


def test_sensitivities_are_printed_as_the_library_finds_them(capsys) -> None:
    data = json.loads(answer(capsys, "sensitivity", "--draws", "256", "--seed", "5", "--json"))
    first = sensitivities(256, seed=5)[0]
    assert data["sensitivities"][0]["id"] == first.id
    assert data["sensitivities"][0]["total_se"] == first.total_se


def test_sensitivities_are_computed_from_inputs_in_double_precision() -> None:
    # one draw of an input at the precision of its table: no single-precision step in between
    from xl_cryptoai.risk import importance
    from xl_cryptoai.risk.tables import NODES, REACH, table_of

    one = default_distributions(CATALOGUE)["gdp_growth"]
    found = importance._inverse([one])(np.array([[0.1]], dtype=np.float32))[0, 0]
    at = (float(np.float32(0.1)) + REACH) * (NODES - 1) / (2 * REACH)
    low, high = table_of(one).values[int(at) : int(at) + 2]
    assert found == pytest.approx(low + (high - low) * (at - int(at)), rel=1e-15)


def test_sensitivities_are_printed_for_people_with_their_errors(capsys) -> None:
    lines = answer(capsys, "sensitivity", "--draws", "1024").splitlines()
    first = sensitivities(1024)[0]
    assert f"{first.total:.2%} ±{100 * first.total_se:.2g} pp" in lines[3]
    assert f"{first.spearman:+.3f} ±{first.spearman_se:.2g}" in lines[3]
    assert lines[-1] == (
        "1,024 draws in each of 14 samples, seed 20240129. Drawn: 12 assumptions by the house "
        "view, from bear to bull."
    )


def test_with_correlations_shapley_effects_take_the_place_of_sobol_indices(capsys) -> None:
    arguments = ["sensitivity", "--draws", "256", "--correlate", "gdp_growth,ai_penetration=0.5"]
    lines = answer(capsys, *arguments).splitlines()
    assert lines[1].split()[-1] == "Shapley" and "total-order" not in lines[1]
    assert lines[-1].startswith("256 draws in each of 13 samples, seed")
    first = json.loads(answer(capsys, *arguments, "--json"))["sensitivities"][0]
    assert first["total"] is None and first["contribution"] > 0.3
    assert first["shapley"] > 0.3 and first["shapley_se"] > 0


def test_a_distribution_of_ones_own_is_measured_by(capsys) -> None:
    own = ["--distribution", "compute_share=uniform:0%,19%,40%", "--json"]
    found = json.loads(answer(capsys, "sensitivity", "--draws", "256", *own))["sensitivities"]
    assert [one["id"] for one in found].index("compute_share") < 5
    bars = {bar["id"]: bar for bar in json.loads(answer(capsys, "tornado", *own))}
    assert (bars["compute_share"]["low"], bars["compute_share"]["high"]) == (0.0, 0.4)


def test_a_table_of_sensitivities_names_its_columns(capsys) -> None:
    headers, *rows = answer(capsys, "sensitivity", "--draws", "64", "--csv").splitlines()
    assert headers == (
        "id,elasticity,spearman,spearman_se,contribution,contribution_se,first,first_se,total,"
        "total_se,shapley,shapley_se"
    )
    assert len(rows) == 12


def test_a_table_of_the_tornado_has_a_row_a_bar_in_full_precision(capsys) -> None:
    headers, *rows = answer(capsys, "tornado", "--csv").splitlines()
    assert headers == "id,low,high,total_low,total_high,held,swing"
    first, *_ = tornado()
    assert rows[0].split(",")[3:5] == [repr(first.total_low), repr(first.total_high)]
    assert len(rows) == 12


@pytest.mark.parametrize("command", ["sensitivity", "tornado"])
def test_a_table_and_data_at_once_are_refused(command: str, capsys) -> None:
    assert main([command, "--csv", "--json"]) == 2
    assert "choose --json or --csv" in capsys.readouterr().err


def test_where_every_setting_fixes_its_assumption_nothing_is_left_to_divide(capsys) -> None:
    base = Forecast()
    all_set = [f"--set={bar.id}={base[bar.id]}" for bar in tornado()]
    assert main(["sensitivity", *all_set]) == 2
    assert "no assumption varies; give one a distribution" in capsys.readouterr().err


# Grid ------------------------------------------------------------------------------------------

AXES = ("ai_penetration=20%:50%:4", "ai_revenue_capture=10%,16%")


def test_a_grid_is_printed_as_the_library_finds_it(capsys) -> None:
    data = json.loads(answer(capsys, "grid", *AXES, "--json"))
    xs, ys = data["x"]["values"], data["y"]["values"]
    assert (xs, ys) == ([0.2, 0.3, 0.4, 0.5], [0.1, 0.16])
    assert data["totals"] == grid("ai_penetration", xs, "ai_revenue_capture", ys).tolist()


def test_a_grid_has_the_values_at_its_edges(capsys) -> None:
    lines = answer(capsys, "grid", *AXES, "--csv").splitlines()
    assert lines[0].startswith("ai_revenue_capture \\ ai_penetration,0.2,0.3,0.4,0.5")
    assert [line.split(",")[0] for line in lines[1:]] == ["0.1", "0.16"]
    assert "20%" in answer(capsys, "grid", *AXES)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ("gdp_growth", "is not of the form id=value,value or id=first:last:count"),
        ("gdp_growth=1%:2%", "give first:last:count, three numbers"),
        ("gdp_growth=1%:2%:many", "the count is 'many'; give a number"),
        ("gdp_growth=1%:2%:1", "the count is 1; it must be 2 to 1000"),
        ("gdp_growth=1%:2%:2.5", "the count is 2.5; it must be 2 to 1000"),
        ("gdp_growth=1%:2%:1e9", "the count is 1e+09; it must be 2 to 1000"),
        ("gdp_growth=1%,", "gdp_growth (no. 2) is '', but must be a number, 0 to 0.15"),
        ("gdp_growth=1%,99%", "gdp_growth (no. 2) is 0.99; it must be 0 to 0.15"),
        ("ai_revenue_capture=1%", "x and y are both ai_revenue_capture; give two assumptions"),
    ],
)
def test_an_axis_that_cannot_be_is_refused(capsys, x: str, words: str) -> None:
    assert main(["grid", x, "ai_revenue_capture=10%"]) == 2
    assert words in capsys.readouterr().err
