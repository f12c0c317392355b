"""What people type: understood where it means one thing, asked back where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import FUNCTIONS, MODEL
from strategies import CATALOGUE

from xl_cryptoai import Forecast, risk
from xl_cryptoai.assumptions import read_user_toml
from xl_cryptoai.assumptions.typed_text import amount_meant, name_meant, readings, value_meant
from xl_cryptoai.cli import main
from xl_cryptoai.errors import CryptoAIError, OutOfRangeError, UnknownNameError

BULL = Forecast("bull")["total"]


@pytest.mark.parametrize("name", [*MODEL.entries])
def test_every_id_and_label_of_the_model_is_understood_however_it_is_spelt(name: str) -> None:
    label = MODEL.entries[name].label
    for text in (name, name.upper(), name.replace("_", " "), name.replace("_", "-"), label,
                 f" {label.lower()} "):  # fmt: skip
        assert MODEL.id_of(text) == name


@pytest.mark.parametrize("text", ["Bull", "BULL", "bull (house)", " bull"])
def test_a_scenario_is_understood_as_label_and_as_tables_head_it(text: str) -> None:
    assert CATALOGUE.scenario_of(text) == "bull"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ai_penetraton", "no assumption is called 'ai_penetraton': did you mean ai_penetration?"),
        ("penetration", "did you mean ai_penetration?"),
        ("GDP grwth", "did you mean gdp_growth?"),
        ("luck", "no assumption is called 'luck'; known: baseline_year, forecast_year"),
        ("", "no assumption is called ''; known:"),
        ("x" * 100_000, "known:"),
    ],
)
def test_a_name_that_means_nothing_is_asked_back_with_the_nearest(text: str, question: str) -> None:
    with pytest.raises(UnknownNameError) as refusal:
        CATALOGUE.id_of(text)
    assert question in str(refusal.value)


def test_a_name_that_means_two_things_is_asked_back() -> None:
    with pytest.raises(UnknownNameError, match="'Net price' can be net_price or net__price; give"):
        name_meant("Net price", "id", {"net_price": None, "net__price": None})


def test_an_exact_name_means_itself_whatever_else_is_spelt_like_it() -> None:
    assert name_meant("Net", "id", {"net": None, "Net": None}) == "Net"


MONEY = [
    ("20bn", 20e9), ("20B", 20e9), ("20 billion", 20e9), ("USD 20bn", 20e9), ("$20bn", 20e9),
    ("20bn USD per year", 20e9), ("20B/year", 20e9), ("1.2 trillion", 1.2e12), ("5.85T", 5.85e12),
    ("5.85 tn", 5.85e12), ("850M", 850e6), ("850 mn", 850e6), ("1 200", 1200.0), ("1'200", 1200.0),
    ("1,200,000", 1.2e6), ("1,200.5", 1200.5), ("1.200,5", 1200.5), ("1 200,5 k", 1_200_500.0),
    ("2,5bn", 2.5e9), ("20.500B", 20.5e9), ("1e9", 1e9), ("1\u00a0200", 1200.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), MONEY)
def test_amounts_are_read_as_people_write_them(text: str, amount: float) -> None:
    assert amount_meant("target", text) == amount


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ai_penetration", "40%", 0.4),
        ("ai_penetration", "40 %", 0.4),
        ("ai_penetration", "40 percent", 0.4),
        ("ai_penetration", "0,4", 0.4),
        ("ai_growth_multiple", "1.5x", 1.5),
        ("ai_growth_multiple", "1,200", 1.2),  # 1200 is beyond what it can be
        ("baseline_productivity", "1,200B", 1.2e12),  # 1.2B is
        ("bank_revenue", "USD 660bn", 660e9),
        ("forecast_year", "2032", 2032.0),
        ("identity_base", "AI software", "ai_software"),
    ],
)
def test_a_value_is_read_for_its_assumption(name: str, text: str, value: float | str) -> None:
    assert value_meant(CATALOGUE[name], text) == value


@pytest.mark.parametrize(
    ("setting", "question"),
    [
        ("ai_penetration=40", "ai_penetration is 40; it must be 0.001 to 1 (0.1% to 100%): did you"
         " mean 40%, which is 0.4?"),
        ("gdp_growth=3", "did you mean 3%, which is 0.03?"),
        ("ai_penetration=400", "it must be 0.001 to 1 (0.1% to 100%)\n"),
        ("bank_compliance_cost=1,200", "is '1,200', which can be 1200 or 1.2"),
        ("bank_compliance_cost=15%", "is '15%', but must be a number"),
        ("ai_penetration=USD 0.4", "is 'USD 0.4', but must be a number"),
        ("ai_penetration=lots", "ai_penetration is 'lots', but must be a number, 0.001 to 1"),
        ("identity_base=ai_hardware", "is 'ai_hardware'"),
        ("AI penetration=40%", ""),
        ("ai_penetraton=40%", "did you mean ai_penetration?"),
    ],
)  # fmt: skip
def test_a_setting_of_the_command_line_is_understood_or_asked_back(
    capsys: pytest.CaptureFixture[str], setting: str, question: str
) -> None:
    code = main(["forecast", "--set", setting])
    err = capsys.readouterr().err
    assert (code, err) == (0, "") if not question else (code == 2 and question in err)


def test_an_assumption_that_is_set_under_two_names_is_refused(capsys) -> None:
    assert main(["forecast", "--set", "ai_penetration=1%", "--set", "AI penetration=2%"]) == 2
    assert "ai_penetration is given twice; give it once" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["forecast", "--scenario", "Bull", "--csv"], "bull"),
        (["assumptions", "AI penetration"], "ai_penetration"),
        (["goalseek", "AI penetration", "USD 20bn"], "0.6491534971 (64.92%)"),
        (["goalseek", "ai_penetration", "--scenario", "Bull", "--total-of", "Base"], "8.8%"),
        (["grid", "GDP growth=2%,3%", "AI-penetration=20%,33%"], "10.17B"),
        (["simulate", "--draws", "256", "--method", "Sobol", "--shape", "PERT"], "sobol"),
        (["tornado", "--distribution", "AI penetration=PERT:20%,33%,50%"], "ai_penetration"),
    ],
)
def test_every_argument_of_the_command_line_is_read_so(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 0
    assert words in capsys.readouterr().out


def test_a_command_that_is_none_is_asked_back_with_the_nearest(capsys) -> None:
    assert main(["forcast"]) == 2
    assert "No such command 'forcast': did you mean forecast?" in capsys.readouterr().err


def test_a_file_of_inputs_is_written_as_people_write(tmp_path: Path) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(
        'scenario = "Bull"\n["AI penetration"]\nOverride = "40%"\n'
        '[bank_revenue]\nbase = "USD 700bn"\n[simulation]\nthreshold = "20B"\n'
    )
    found = read_user_toml(path, CATALOGUE)
    assert found.scenario == "bull"
    assert found.values == {
        "ai_penetration": {"override": 0.4},
        "bank_revenue": {"base": 700e9},
        "simulation": {"threshold": 20e9},
    }


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ('[ai_penetraton]\nbase = "40%"', "did you mean ai_penetration?"),
        ("[ai_penetration]\noveride = 0.4", "did you mean override?"),
        ("[ai_penetration]\nbase = 40", "did you mean 40%, which is 0.4?"),
        ('scenario = "bul"', "did you mean bull?"),
        ('[ai_penetration]\nbase = 0.4\n["AI penetration"]\nbase = 0.5', "has two tables"),
    ],
)
def test_a_file_of_inputs_is_asked_back_with_its_place(
    tmp_path: Path, text: str, question: str
) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(text)
    with pytest.raises(CryptoAIError) as refusal:
        read_user_toml(path, CATALOGUE)
    assert str(refusal.value).startswith("inputs.toml") and question in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "cells", "answer"),
    [
        ("CAI_VALUE", ("Crypto-AI revenue", "Bull"), BULL),
        ("CAI_VALUE", ("TOTAL", "bull (house)"), BULL),
        ("CAI_VALUE", ("AI penetration",), 0.33),
    ],
)
def test_a_function_takes_ids_and_labels(name: str, cells: tuple[str, ...], answer: float) -> None:
    assert FUNCTIONS[name](*cells) == answer


@pytest.mark.parametrize("name", ["CAI_VALUE", "CAI_SOURCE", "CAI_TRACE"])
def test_a_function_asks_back_with_the_nearest_id(name: str) -> None:
    with pytest.raises(UnknownNameError, match="did you mean ai_penetration"):
        FUNCTIONS[name]("ai_penetraton")


def test_python_takes_ids_as_people_write_them() -> None:
    forecast = Forecast("Bull", overrides={"AI penetration": 0.4})
    assert (forecast.scenarios, forecast.overridden) == (("bull",), ("ai_penetration",))
    assert forecast["AI penetration"] == 0.4 and forecast["Crypto-AI revenue"] == forecast["total"]
    named = risk.goalseek("AI penetration", 20e9, overrides={"GDP growth": 0.02})
    assert named == risk.goalseek("ai_penetration", 20e9, overrides={"gdp_growth": 0.02})
    drawn = risk.simulate(64, overrides={"AI penetration": 0.4})
    assert "ai_penetration" not in drawn.names


def test_a_share_beyond_its_bounds_is_asked_back_in_percent() -> None:
    with pytest.raises(OutOfRangeError, match="did you mean 40%, which"):
        Forecast(overrides={"ai_penetration": 40})


def test_what_was_typed_in_a_cell_may_part_thousands_with_a_point() -> None:
    assert [*map(float, readings("1.200"))] == [1.2]
    assert [*map(float, readings("1.200", in_a_cell=True))] == [1200.0, 1.2]


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_nothing(text: str) -> None:
    assert all(isinstance(float(one), float) for one in readings(text))


@given(st.floats(0, 1e15, allow_nan=False).map(lambda one: f"{one:.6g}"), st.sampled_from("kMBT"))
def test_a_figure_as_our_tables_print_it_is_one_number(digits: str, letter: str) -> None:
    assert len(readings(f"{digits}{letter}")) == 1
