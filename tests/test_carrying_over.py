"""A person's values, choices and notes come into a fresh workbook, or are listed: none is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from strategies import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.audit import read_workbook
from xl_cryptoai.audit.carry import carry_over
from xl_cryptoai.cli import main
from xl_cryptoai.source import load_published
from xl_cryptoai.workbook.layout import lay_out

LAYOUT = lay_out(CATALOGUE, load_published())


@pytest.fixture
def mine(workbooks: dict[str, Path], tmp_path: Path) -> Path:
    """A workbook in which somebody has been at work."""
    book = openpyxl.load_workbook(workbooks["plain"])
    sheet = book["Assumptions"]
    sheet[f"I{LAYOUT.assumption_row['ai_penetration']}"] = 0.4
    sheet[f"F{LAYOUT.assumption_row['gdp_growth']}"] = 0.015
    book["Cover"][LAYOUT.scenario_cell] = "Bear"
    for column, value in zip("ABCD", (dt.date(2024, 2, 1), "Ada", "penetration", "survey"),
                             strict=True):  # fmt: skip
        book["Change log"][f"{column}6"] = value
    path = tmp_path / "mine.xlsx"
    book.save(path)
    return path


def change(path: Path, where: str, value: object) -> None:
    book = openpyxl.load_workbook(path)
    book["Assumptions"][where] = value
    book.save(path)


def test_values_scenario_and_change_log_are_carried_over(
    mine: Path, tmp_path: Path, capsys
) -> None:
    code = main(["build", "--out", str(tmp_path / "new"), "--for", "office", "--from", str(mine)])
    fresh = read_workbook(Path(capsys.readouterr().out.splitlines()[0]))
    assert code == 0 and fresh.errors == []
    assert fresh.scenario == "bear"
    assert fresh.values["ai_penetration"]["override"] == 0.4
    assert fresh.values["gdp_growth"]["bear"] == 0.015
    assert [(row.who, row.what, row.why) for row in fresh.change_log] == [
        ("Ada", "penetration", "survey")
    ]
    expected = Forecast("bear", overrides={"ai_penetration": 0.4, "gdp_growth": 0.015})
    assert fresh.cached["total"]["live"] == pytest.approx(expected["total"], rel=1e-12)


def test_a_value_that_cannot_be_used_is_listed_and_written_into_the_change_log(
    mine: Path, tmp_path: Path, capsys
) -> None:
    where = f"G{LAYOUT.assumption_row['identity_rate']}"
    change(mine, where, "three point five")
    code = main(["build", "--out", str(tmp_path / "new"), "--for", "plain", "--from", str(mine)])
    captured = capsys.readouterr()
    assert code == 1
    assert f"not carried over: Assumptions!{where} identity_rate" in captured.err
    assert "three point five" in captured.err
    fresh = read_workbook(Path(captured.out.splitlines()[0]))
    assert fresh.values["identity_rate"]["base"] == 0.035
    assert "three point five" in str(fresh.change_log[-1].what)


def test_a_persons_note_on_a_cell_is_listed(mine: Path) -> None:
    book = openpyxl.load_workbook(mine)
    book["Assumptions"]["I8"].comment = Comment("ask Grace", "Ada")
    book.save(mine)
    _, lost = carry_over(mine)
    assert lost == ["Assumptions!I8 has the note 'ask Grace' by Ada"]


def test_what_is_the_catalogues_anyway_is_not_repeated(workbooks: dict[str, Path]) -> None:
    inputs, lost = carry_over(workbooks["office"])
    assert lost == [] and not any(inputs.values.values()) and inputs.change_log == ()


def test_inputs_come_from_toml_as_well(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.toml").write_text("[ai_penetration]\noverride = 0.4\n", encoding="utf-8")
    arguments = ["--for", "plain", "--from", str(tmp_path / "mine.toml")]
    assert main(["build", "--out", str(tmp_path / "new"), *arguments]) == 0
    fresh = read_workbook(Path(capsys.readouterr().out.splitlines()[0]))
    assert fresh.live()["ai_penetration"] == 0.4


def test_a_file_that_is_no_workbook_of_ours_is_refused(tmp_path: Path, capsys) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    code = main(["build", "--out", str(tmp_path / "new"), "--from", str(tmp_path / "other.xlsx")])
    assert code == 2 and "no workbook of xl-cryptoai" in capsys.readouterr().err


def test_a_log_line_that_begins_with_an_equals_sign_stays_text(tmp_path: Path) -> None:
    lines = '[[change_log]]\nwhat = "=1+1 is what I typed"\n'
    (tmp_path / "mine.toml").write_text(lines, encoding="utf-8")
    arguments = ["--for", "plain", "--from", str(tmp_path / "mine.toml")]
    assert main(["build", "--out", str(tmp_path / "new"), *arguments]) == 0
    book = openpyxl.load_workbook(next((tmp_path / "new").glob("*.xlsx")))
    assert book["Change log"]["C6"].data_type == "s"
    assert book["Change log"]["C6"].value == "=1+1 is what I typed"
