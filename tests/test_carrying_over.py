"""A person's values, choices and notes come into a fresh workbook, or are listed: none is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from engines import require
from engines.libreoffice import LibreOffice, available
from openpyxl.comments import Comment
from strategies import CATALOGUE

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.cli import main
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.migration import carry_over
from xl_cryptoai.reading.read import read_workbook
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
    _, lost = carry_over(open_book(mine))
    assert lost == ["Assumptions!I8 has the note 'ask Grace' by Ada"]


def test_what_is_the_catalogues_anyway_is_not_repeated(workbooks: dict[str, Path]) -> None:
    inputs, lost = carry_over(open_book(workbooks["office"]))
    assert lost == [] and not any(inputs.values.values()) and inputs.change_log == ()


@pytest.mark.parametrize("edit", [1e-3, 1e-6, 1e-12])
def test_an_edit_is_carried_over_however_small(mine: Path, edit: float) -> None:
    typed = CATALOGUE["identity_rate"].base * (1 + edit)
    change(mine, f"G{LAYOUT.assumption_row['identity_rate']}", typed)
    inputs, lost = carry_over(open_book(mine))
    assert lost == []
    assert inputs.values["identity_rate"]["base"] == pytest.approx(typed, rel=1e-14)


def test_what_was_typed_where_there_is_no_place_is_listed_as_a_merge_lists_it(
    mine: Path, tmp_path: Path, capsys
) -> None:
    book = openpyxl.load_workbook(mine)
    live = f"E{LAYOUT.assumption_row['ai_penetration']}"
    book["Assumptions"][live] = 0.37
    book["Assumptions"]["P5"] = "my note"
    book["Correlations"]["J7"] = 0.5
    book["Change log"]["F6"] = "extra"
    book["Cover"]["G3"] = "remember"
    book.create_sheet("Scratch")["B2"] = 17
    book.save(mine)
    code = main(["build", "--out", str(tmp_path / "new"), "--for", "plain", "--from", str(mine)])
    captured = capsys.readouterr()
    told = [
        f"Assumptions: {live} '0.37'",
        "Assumptions: P5 'my note'",
        "Correlations: J7 '0.5'",
        "Change log: F6 'extra'",
        "Cover: G3 'remember'",
        "Scratch: B2 '17'",
    ]
    assert code == 1
    listed = captured.err.splitlines()
    assert sorted(listed) == sorted(f"xl-cryptoai: not carried over: {one}" for one in told)
    fresh = read_workbook(Path(captured.out.splitlines()[0]))
    noted = [str(row.what) for row in fresh.change_log]
    assert all(f"Not carried over: {one}" in noted for one in told)


def test_a_workbook_carried_over_twice_has_lost_nothing_the_second_time(
    mine: Path, tmp_path: Path, capsys
) -> None:
    def carry(source: Path, folder: str) -> Path:
        code = main(
            [
                "build",
                "--out",
                str(tmp_path / folder),
                "--for",
                "office",
                "--lite",
                "--from",
                str(source),
            ]
        )
        captured = capsys.readouterr()
        assert code == 0 and captured.err == ""
        return Path(captured.out.splitlines()[0])

    first = carry(mine, "first")
    assert carry(first, "second").read_bytes() == first.read_bytes()


@pytest.mark.parametrize("version", ["0.0.9", ""])
def test_a_workbook_of_another_version_is_not_held_against_this_one(
    mine: Path, version: str, tmp_path: Path, capsys
) -> None:
    book = openpyxl.load_workbook(mine)
    for row in book["Cover"].iter_rows():
        for one in row:
            if isinstance(one.value, str) and f"xl-cryptoai {__version__}, a" in one.value:
                one.value = one.value.replace(__version__, version) if version else None
    book["Cover"]["G3"] = "words of that version's own"
    book.save(mine)
    code = main(["build", "--out", str(tmp_path / "new"), "--for", "plain", "--from", str(mine)])
    told = capsys.readouterr().err
    assert code == 0 and "not carried over" not in told
    assert f"mine.xlsx was built by {f'xl-cryptoai {version}' if version else 'a version'}" in told
    assert "was not looked for" in told


@pytest.mark.parametrize("route", ["libreoffice", "office"])
def test_what_libreoffice_has_saved_is_carried_over_whole(
    workbooks: dict[str, Path], tmp_path: Path, route: str, capsys
) -> None:
    require(available())
    with LibreOffice() as office:
        saved = office.convert(workbooks[route], tmp_path, "xlsx")
    arguments = ["--for", "plain", "--from", str(saved)]
    assert main(["build", "--out", str(tmp_path / "new"), *arguments]) == 0
    assert capsys.readouterr().err == ""


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
