"""A person's values, choices and notes come into a fresh workbook, or are listed: none is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import MAIN, cell, edit, patch, where
from engines import require
from engines.libreoffice import LibreOffice, available
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink
from shipped import MODEL
from strategies import CATALOGUE

from xl_cryptoai import Forecast, __version__
from xl_cryptoai.cli import main
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.migration import NOTE, NotMigrated, migrate
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.workbook import build
from xl_cryptoai.workbook.layout import lay_out

LAYOUT = lay_out(MODEL)


@pytest.fixture
def mine(workbooks: dict[str, Path], tmp_path: Path) -> Path:
    """A workbook in which somebody has been at work."""
    book = openpyxl.load_workbook(workbooks["plain"])
    sheet = book["Assumptions"]
    sheet[f"{LAYOUT.override}{LAYOUT.assumption_row['ai_penetration']}"] = 0.4
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


def test_values_scenario_and_change_log_are_migrated(mine: Path, tmp_path: Path, capsys) -> None:
    code = main(["build", "--out", str(tmp_path / "new"), "--for", "office", "--from", str(mine)])
    fresh = read_book(open_book(Path(capsys.readouterr().out.splitlines()[0])))
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
    assert f"not migrated: Assumptions!{where} identity_rate" in captured.err
    assert "three point five" in captured.err
    fresh = read_book(open_book(Path(captured.out.splitlines()[0])))
    assert fresh.values["identity_rate"]["base"] == 0.035
    assert "three point five" in str(fresh.change_log[-1].what)


def test_a_persons_note_on_a_cell_is_listed(mine: Path) -> None:
    book = openpyxl.load_workbook(mine)
    book["Assumptions"]["I8"].comment = Comment("ask Grace", "Ada")
    book.save(mine)
    _, missed = migrate(open_book(mine))
    assert missed == [NotMigrated(NOTE, "Assumptions!I8", "ask Grace", author="Ada")]


def test_what_is_the_catalogues_anyway_is_not_repeated(workbooks: dict[str, Path]) -> None:
    inputs, missed = migrate(open_book(workbooks["office"]))
    assert missed == [] and not any(inputs.values.values()) and inputs.change_log == ()


@pytest.mark.parametrize("edit", [1e-3, 1e-6, 1e-12])
def test_an_edit_is_migrated_however_small(mine: Path, edit: float) -> None:
    typed = CATALOGUE["identity_rate"].base * (1 + edit)
    change(mine, f"G{LAYOUT.assumption_row['identity_rate']}", typed)
    inputs, missed = migrate(open_book(mine))
    assert missed == []
    assert inputs.values["identity_rate"]["base"] == pytest.approx(typed, rel=1e-14)


def test_unmapped_cells_are_listed_as_a_merge_lists_them(
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
    assert sorted(listed) == sorted(f"xl-cryptoai: not migrated: {one}" for one in told)
    fresh = read_book(open_book(Path(captured.out.splitlines()[0])))
    noted = [str(row.what) for row in fresh.change_log]
    assert all(f"Not migrated: {one}" in noted for one in told)


def test_a_workbook_migrated_twice_is_the_same_the_second_time(
    mine: Path, tmp_path: Path, capsys
) -> None:
    def migrated(source: Path, folder: str) -> Path:
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

    first = migrated(mine, "first")
    assert migrated(first, "second").read_bytes() == first.read_bytes()


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
    assert code == 0 and "not migrated" not in told
    built_by = f"xl-cryptoai {version}" if version else "an unnamed version"
    assert f"mine.xlsx was built by {built_by}" in told
    assert "were not searched" in told


@pytest.mark.slow
@pytest.mark.parametrize("route", ["libreoffice", "office"])
def test_what_libreoffice_has_saved_is_migrated_whole(
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
    fresh = read_book(open_book(Path(capsys.readouterr().out.splitlines()[0])))
    assert fresh.live()["ai_penetration"] == 0.4


def test_a_file_that_is_no_workbook_of_ours_is_refused(tmp_path: Path, capsys) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    code = main(["build", "--out", str(tmp_path / "new"), "--from", str(tmp_path / "other.xlsx")])
    assert code == 2 and "not a workbook of xl-cryptoai" in capsys.readouterr().err


def test_a_log_line_that_begins_with_an_equals_sign_stays_text(tmp_path: Path) -> None:
    lines = '[[change_log]]\nwhat = "=1+1 is what I typed"\n'
    (tmp_path / "mine.toml").write_text(lines, encoding="utf-8")
    arguments = ["--for", "plain", "--from", str(tmp_path / "mine.toml")]
    assert main(["build", "--out", str(tmp_path / "new"), *arguments]) == 0
    book = openpyxl.load_workbook(next((tmp_path / "new").glob("*.xlsx")))
    assert book["Change log"]["C6"].data_type == "s"
    assert book["Change log"]["C6"].value == "=1+1 is what I typed"


# Formulas in input fields ------------------------------------------------------------------------

COSTS = "file:///Q:/finance/Costs%202026.xlsx"


def linked(path: Path, out: Path, stored: dict[str, float]) -> Path:
    """Let an override and a low come from another workbook; only the cells given store a value."""

    def change(book: Any) -> None:
        link: Any = ExternalLink(externalBook=ExternalBook(id="rId1"))
        link.file_link = Relationship(type="externalLinkPath", Target=COSTS, TargetMode="External")
        book._external_links.append(link)
        cell(book, "Assumptions", "ai_penetration", "Override").value = "=[1]Cost!$F$16"
        cell(book, "Distributions", "gdp_growth", "Own low").value = "=[1]Cost!$F$17*2"

    def store(content: bytes) -> bytes:
        root = etree.fromstring(content)
        for one in root.iter(f"{MAIN}c"):
            formula = one.findtext(f"{MAIN}f") or ""
            if "[1]Cost" in formula:
                one.attrib.pop("t", None)
                value = one.find(f"{MAIN}v")
                assert value is not None
                if formula in stored:
                    value.text = str(stored[formula])
                else:
                    one.remove(value)
        return bytes(etree.tostring(root))

    edit(path, out, change)
    return patch(out, out, {f"xl/worksheets/sheet{number}.xml": store for number in range(1, 16)})


def built_from(source: Path, folder: Path, capsys) -> tuple[int, list[str], WorkbookInputs]:
    code = main(["build", "--out", str(folder), "--for", "plain", "--from", str(source)])
    captured = capsys.readouterr()
    return code, captured.err.splitlines(), read_book(open_book(Path(captured.out.splitlines()[0])))


def test_of_a_linked_formula_in_an_input_field_the_value_is_migrated_and_the_link_kept_in_the_log(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    stored = {"[1]Cost!$F$16": 0.44, "[1]Cost!$F$17*2": 0.012}
    source = linked(workbooks["plain"], tmp_path / "linked.xlsx", stored)
    code, listed, fresh = built_from(source, tmp_path / "new", capsys)
    assert code == 1
    assert fresh.values["ai_penetration"]["override"] == 0.44
    assert fresh.risk["gdp_growth", "low"] == 0.012
    override, low = (
        where(source, sheet, name, head)
        for sheet, name, head in (
            ("Assumptions", "ai_penetration", "Override"),
            ("Distributions", "gdp_growth", "Own low"),
        )
    )
    told = [
        f"{override} ai_penetration is the formula '=[1]Cost!$F$16'; its value 0.44 is migrated; "
        f"[1] is {COSTS}",
        f"{low} gdp_growth is the formula '=[1]Cost!$F$17*2'; its value 0.012 is migrated; "
        f"[1] is {COSTS}",
    ]
    assert listed == [f"xl-cryptoai: not migrated: {one}" for one in told]
    assert [row.what for row in fresh.change_log] == [f"Not migrated: {one}" for one in told]


def test_a_linked_formula_without_a_stored_value_gives_no_value_and_is_listed(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    source = linked(workbooks["plain"], tmp_path / "linked.xlsx", {})
    code, listed, fresh = built_from(source, tmp_path / "new", capsys)
    assert code == 1 and len(listed) == 2
    assert fresh.values["ai_penetration"]["override"] is None
    assert ("gdp_growth", "low") not in fresh.risk
    for line, formula in zip(listed, ("=[1]Cost!$F$16", "=[1]Cost!$F$17*2"), strict=True):
        assert formula in line and "stored" in line and line.endswith(f"[1] is {COSTS}")


def test_a_scenario_with_a_trailing_blank_is_refused_by_read_build_and_merge_alike(
    workbooks: dict[str, Path], tmp_path: Path, capsys
) -> None:
    base = workbooks["plain"]

    def change(book: Any) -> None:
        book["Cover"][LAYOUT.scenario_cell] = "Bull "

    source = edit(base, tmp_path / "blank.xlsx", change)
    said = "Cover!B6 scenario is 'Bull ', which is not a scenario"
    assert main(["read", str(source)]) == 1
    assert "is 'Bull ', which is not a scenario" in capsys.readouterr().out
    code, listed, fresh = built_from(source, tmp_path / "new", capsys)
    assert (code, fresh.scenario) == (1, "base")
    assert listed == [f"xl-cryptoai: not migrated: {said}"]
    out = tmp_path / "merged.xlsx"
    assert main(["merge", str(base), str(source), str(base), "-o", str(out)]) == 0
    assert f"Not migrated: {said}" in capsys.readouterr().out
    assert read_book(open_book(out)).scenario == "base"


def test_a_workbook_from_before_the_path_by_year_lacks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "before.xlsx"
    path.write_bytes(build("plain"))
    book = openpyxl.load_workbook(path)
    shaping = {name for name, entry in CATALOGUE.items() if entry.effect == "none"}
    for row in book["Assumptions"].iter_rows():
        if shaping & {cell.value for cell in row}:
            for cell in row:
                cell.value = None
    for name in shaping:
        del book.defined_names[name]
    book.save(path)
    found = read_book(open_book(path))
    assert not [problem for problem in found.errors if problem.id in shaping]
    assert {name: found.live()[name] for name in shaping} == {
        name: CATALOGUE[name].base for name in shaping
    }
