"""What the buttons of the add-in do, on the real xlwings with a stand-in for Excel below it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import openpyxl
import pytest
import xlwings
from edits import MAIN, edit, patch, with_link
from edits import cell as cell_of
from engines import require
from engines.excel import Excel
from engines.libreoffice import CellError, LibreOffice, available
from lxml import etree
from shipped import CATALOGUE, MODEL, STEPS
from xl_cryptoai_windows import macros
from xl_cryptoai_windows.macros import excel as dialogs
from xl_cryptoai_windows.macros import pages
from xl_cryptoai_windows.ribbon import BUTTONS

from xl_cryptoai import Forecast
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.functions.table_functions import source_of
from xl_cryptoai.merging.unmapped import unmapped_cells
from xl_cryptoai.reading.book import Place, open_book
from xl_cryptoai.reading.own_reports import reports_in
from xl_cryptoai.reports.pixels import png, size_of
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.calculate import calculate, saved

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Desk:
    """A workbook that is open in Excel, and the analyst before it."""

    path: Path
    excel: Excel = field(default_factory=Excel)

    def __post_init__(self) -> None:
        self.book = self.excel.open(self.path)
        self.sheets = list(self.excel.held.sheetnames)

    def click(self, button: str, *answers: Any) -> None:
        """Click a button and answer its questions."""
        self.excel.answers = [*answers]
        macros.run(button, self.book)

    @property
    def fresh(self) -> list[str]:
        """The sheets that were not there."""
        return [name for name in self.excel.held.sheetnames if name not in self.sheets]

    def table(self, sheet: str, first_header: str) -> list[dict[str, Any]]:
        """Rows of the table on a sheet that begins with a header."""
        rows = self.excel.values(sheet)
        top = next(number for number, row in enumerate(rows) if row[0] == first_header)
        headers = [head for head in rows[top] if head is not None]
        body = [row for row in rows[top + 1 :] if any(one is not None for one in row)]
        return [dict(zip(headers, row, strict=False)) for row in body]

    @property
    def message(self) -> str:
        """What was shown last."""
        return self.excel.messages[-1][0]


@pytest.fixture
def desk(workbooks: dict[str, Path]) -> Desk:
    return Desk(workbooks["windows"])


@pytest.fixture
def blank(tmp_path: Path) -> Desk:
    path = tmp_path / "blank.xlsx"
    openpyxl.Workbook().save(path)
    return Desk(path)


@pytest.fixture(scope="module")
def damaged(workbooks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of ours whose total was typed over, with an override that changes the total."""

    def damage(book: Any) -> None:
        rows = {one.value: one.row for row in book["Segments"].iter_rows() for one in row}
        book["Segments"].cell(rows["total"], 5).value = 12e9
        cell_of(book, "Assumptions", "ai_penetration", "Override").value = 0.4

    out = tmp_path_factory.mktemp("damaged") / "crypto_ai_revenue_plain.xlsx"
    return edit(workbooks["plain"], out, damage)


def link_of(formula: str) -> tuple[str, str]:
    """Where a HYPERLINK formula leads, and what it shows."""
    target, shown = formula.removeprefix('=HYPERLINK("#').removesuffix('")').split('","')
    return target, shown


# Buttons and macros -----------------------------------------------------------------------------


def test_every_button_has_a_macro_and_every_macro_a_button() -> None:
    assert {*macros.__all__} - {"run"} == {*BUTTONS}
    assert all(callable(getattr(macros, name)) for name in BUTTONS)


PAGE = Path(__file__).parents[1] / "docs" / "addin.md"


def test_the_page_on_the_buttons_has_a_section_on_each() -> None:
    headings = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "###"]
    assert not [one.label for one in BUTTONS.values() if one.label not in " ".join(headings)]


def test_the_examples_of_the_page_hold(workbooks: dict[str, Path], blank: Desk) -> None:
    words = " ".join(PAGE.read_text(encoding="utf-8").split())
    blank.click("insert_step", "ai_gain")
    assert f"`{blank.excel.held['Sheet']['A1'].value}`" in words
    desk = Desk(workbooks["plain"])
    desk.excel.select("Cover", "H40")
    desk.click("insert_forecast")
    assert f"`{desk.excel.held['Cover']['H40'].value.text}`" in words
    desk.click("goal_seek", "ai_penetration", "20B")
    assert desk.excel.values("Goal seek")[2][0] in words
    found = trace_book(open_book(desk.path), "Segments!E12")
    assert f"{len(found.nodes) - 1} cells down to {len(found.assumptions)} assumptions" in words
    assert source_of(MODEL, "ai_gain") in words


def test_what_is_refused_is_shown_as_a_message_and_the_workbook_stays(blank: Desk) -> None:
    blank.click("simulate")
    assert blank.message.startswith("blank.xlsx is not a workbook of xl-cryptoai")
    assert blank.excel.messages[-1][1] == "critical"
    assert blank.fresh == []


def test_an_error_of_excel_is_shown_in_its_own_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ComError(Exception):
        excepinfo = (0, "Microsoft Excel", "The workbook is protected.", "", 0, 0)

    def refuse(*_: Any, **__: Any) -> None:
        raise ComError

    monkeypatch.setattr("engines.excel._Sheets.add", refuse)
    desk.click("trace")
    assert "Trace failed" in desk.message
    assert "The workbook is protected." in desk.message


def test_a_click_works_on_the_active_workbook_though_the_add_in_is_the_caller(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_in = SimpleNamespace(app=desk.book.app)
    monkeypatch.setattr(xlwings.Book, "caller", lambda: add_in)
    macros.run("about")
    assert "xl-cryptoai" in desk.message


# Trace, audit, why, compare ---------------------------------------------------------------------


def test_trace_lists_every_cell_down_to_the_sources_with_links(desk: Desk) -> None:
    desk.excel.select("Segments", "E12")
    desk.click("trace")
    found = trace_book(open_book(desk.path), "Segments!E12")
    rows = desk.table("Trace", "what")
    assert {link_of(row["cell"])[1] for row in rows} == {str(place) for place in found.nodes}
    assert link_of(rows[0]["cell"]) == ("'Segments'!E12", "Segments!E12")
    penetration = next(row for row in rows if row["id"] == "ai_penetration")
    assert CATALOGUE["ai_penetration"].locator in penetration["source"]
    assert penetration["what"].startswith("    ")


def test_trace_goes_through_a_workbook_of_others(tmp_path: Path) -> None:
    path = tmp_path / "theirs.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Q1 'plan'"
    book.active["A1"], book.active["A2"] = 2, "=A1*3"
    book.save(path)
    desk = Desk(path)
    desk.excel.select("Q1 'plan'", "A2")
    desk.click("trace")
    targets = [link_of(row["cell"])[0] for row in desk.table("Trace", "what")]
    assert targets == ["'Q1 ''plan'''!A2", "'Q1 ''plan'''!A1"]


def test_the_findings_on_a_sheet_are_those_of_the_command_line(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(damaged)
    desk.click("audit_sheet")
    assert main(["audit", str(damaged), "--json"]) == 1
    expected = json.loads(capsys.readouterr().out)[0]["findings"]
    rows = desk.table("Audit", "severity")
    assert sorted((row["rule"], row["severity"]) for row in rows) == sorted(
        (one["rule"], one["severity"]) for one in expected
    )
    total = next(row for row in rows if row["severity"] == "error")
    assert link_of(total["where"])[0].startswith("'Segments'!E")


def test_a_clean_workbook_gets_a_sheet_that_says_so(desk: Desk) -> None:
    desk.click("audit_sheet")
    assert desk.excel.values("Audit")[2][0].startswith("No findings: ")


def test_audit_opens_the_report_of_the_workbook_in_the_browser(
    damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    desk = Desk(damaged)
    desk.click("audit")
    file = Path(url2pathname(urlsplit(opened[0]).path))
    page = file.read_text(encoding="utf-8")
    file.unlink()
    file.parent.rmdir()
    assert damaged.name in page
    assert "Segments!E" in page
    assert desk.fresh == []


def test_the_copy_that_is_read_is_removed_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[Path] = []
    save = dialogs.save_copy

    def noted(book: Any, path: Path) -> None:
        copies.append(path)
        save(book, path)

    monkeypatch.setattr("xl_cryptoai_windows.macros.analyst.save_copy", noted)
    desk.click("audit_sheet")
    assert len(copies) == 1
    assert not copies[0].parent.exists()


def _typed(cells: dict[str, Any]) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for cell, content in cells.items():
            book.active[cell] = content

    return change


@pytest.fixture
def with_errors(tmp_path: Path) -> Desk:
    """A workbook of an analyst with an error of each kind, and the values that Excel stores."""
    path = tmp_path / "errors.xlsx"
    book = openpyxl.Workbook()
    _typed({
        "A1": 5.85e12, "A2": 1.4, "A3": "=[1]!CAI_AI_GAIN(A1,A2)", "A4": "=A3*2",
        "B1": 1, "B2": 0, "B3": "=B1/B2", "C1": "#N/A", "D1": 0.33, "D2": "=CAI_AI_GAIN(A1,D1)",
    })(book)  # fmt: skip
    book.save(path)
    values = {"A3": "#NUM!", "A4": "#NUM!", "B3": "#DIV/0!", "D2": "#NAME?"}

    def store(content: bytes) -> bytes:
        tree = etree.fromstring(content)
        for cell in tree.iter(f"{MAIN}c"):
            if (value := values.get(cell.get("r"))) is not None:
                cell.set("t", "e")
                held = cell.find(f"{MAIN}v")
                held = etree.SubElement(cell, f"{MAIN}v") if held is None else held
                held.text = value
        return etree.tostring(tree)

    patch(path, path, {"xl/worksheets/sheet1.xml": store})
    return Desk(with_link(path, "xl_cryptoai.xlam"))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        # the add-in's function, as Excel stores its call, says what it says in the cell
        ("A4", "Sheet!A4 shows #NUM!, which begins in Sheet!A3: ai_penetration is 1.4"),
        ("A3", "Sheet!A3 shows #NUM!: ai_penetration is 1.4"),
        ("B3", "Sheet!B3 shows #DIV/0! (=B1/B2): it divides by zero or by a blank cell."),
        ("C1", "Sheet!C1 shows #N/A: it was typed or pasted; enter a value."),
        ("D2", "Sheet!D2 shows #NAME? (=CAI_AI_GAIN(A1,D1)). In Python the formula gives "
               "1.9305e+12: the functions were not available"),
        ("A1", "Sheet!A1 shows no error."),
    ],
)  # fmt: skip
def test_why_says_where_an_error_begins_and_what_is_wrong_there(
    with_errors: Desk, cell: str, words: str
) -> None:
    with_errors.excel.select("Sheet", cell)
    with_errors.click("why")
    assert with_errors.message.startswith(words)


def test_compare_lists_what_the_command_line_lists(
    workbooks: dict[str, Path], damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(damaged)
    desk.click("compare", str(workbooks["plain"]))
    assert main(["diff", str(workbooks["plain"]), str(damaged)]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    change = desk.table("Compare", "assumption")[0]
    assert " ".join([change["assumption"], change["what"], change["before"], change["after"]]) in (
        printed
    )
    overwritten = next(row for row in desk.excel.values("Compare") if row[0] == "overwritten")
    assert link_of(str(overwritten[1]))[0].startswith("'Segments'!E")


def test_compare_does_nothing_if_the_question_is_cancelled(desk: Desk) -> None:
    desk.click("compare", False)
    assert (desk.fresh, desk.excel.messages) == ([], [])


# Risk -------------------------------------------------------------------------------------------


def test_simulate_writes_the_figures_of_the_command_line(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(damaged)
    desk.click("simulate")
    assert main(["simulate", "--from", str(damaged), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)
    rows = {row["statistic"]: row for row in desk.table("Simulation", "statistic")}
    for result, figures in expected["results"].items():
        assert {name: rows[name][result] for name in figures} == figures
    words = [row[0] for row in desk.excel.values("Simulation")]
    assert "Fixed: AI penetration at 40% (override)." in " ".join(map(str, words))


def test_a_simulation_has_its_picture_below_the_table(desk: Desk) -> None:
    desk.click("simulate")
    sheet = desk.excel.held["Simulation"]
    (image,) = sheet._images
    last = max(cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None)
    assert image._data().startswith(PNG)
    assert int("".join(filter(str.isdigit, image.anchor))) > last


def test_tornado_writes_the_bars_of_the_command_line(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(damaged)
    desk.click("tornado")
    assert main(["tornado", "--from", str(damaged), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)
    assert [
        (row["id"], row["total at low"], row["total at high"], row["swing"])
        for row in desk.table("Tornado", "assumption")
    ] == [(bar["id"], bar["total_low"], bar["total_high"], bar["swing"]) for bar in expected]


def test_goal_seek_proposes_the_assumption_of_the_selected_cell(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {one.value: one.row for row in desk.excel.held["Assumptions"].iter_rows() for one in row}
    desk.excel.select("Assumptions", f"E{rows['gdp_growth']}")
    desk.click("goal_seek", "gdp_growth", "11B")
    assert desk.excel.questions[0]["Default"] == "gdp_growth"
    assert main(["goalseek", "gdp_growth", "11B"]) == 0
    words = capsys.readouterr().out.strip()
    assert desk.excel.values("Goal seek")[2][0] == f"{words}."


def test_goal_seek_refuses_a_target_that_is_no_amount(desk: Desk) -> None:
    desk.click("goal_seek", "gdp_growth", "a lot")
    assert desk.message == "the target is 'a lot'; give an amount such as 20B"


def test_picture_places_a_chart_at_the_selected_cell_and_nothing_else(desk: Desk) -> None:
    desk.excel.select("Charts", "C50")
    before = desk.excel.values("Charts")
    desk.click("picture")
    image = desk.excel.held["Charts"]._images[-1]
    assert (image.anchor, image._data()[:8]) == ("C50", PNG)
    assert image.width == 960  # pixels, as the SVG has it
    assert (desk.fresh, desk.excel.values("Charts")) == ([], before)


# Insert -----------------------------------------------------------------------------------------


def evaluated(desk: Desk) -> dict[str, list[list[Any]]]:
    """What the embedded engine computes, with our functions answering as on Windows."""
    return calculate(MODEL, desk.excel.held, ROUTES["windows"], saved(desk.excel.held))


@pytest.mark.parametrize("how", ["", " native"])
@pytest.mark.parametrize("step", list(STEPS))
def test_a_step_inserted_into_a_blank_workbook_gives_the_base_case(
    blank: Desk, step: str, how: str
) -> None:
    blank.excel.select("Sheet", "C4")
    blank.click("insert_step", step + how)
    sheet = blank.excel.held["Sheet"]
    assert ("CAI_" in sheet["C4"].value) is not how.endswith("native")
    assert evaluated(blank)["Sheet"][3][2] == pytest.approx(Forecast()[step], rel=1e-14)
    names = [sheet.cell(4 + row, 6).value for row in range(1 + len(STEPS[step].inputs))]
    assert names == [step, *STEPS[step].inputs]
    assert sheet["D4"].value == STEPS[step].label


def test_a_step_inserted_into_a_workbook_of_ours_takes_its_names(desk: Desk) -> None:
    desk.excel.select("Cover", "H40")
    desk.click("insert_step", "ai_gain")
    assert desk.excel.held["Cover"]["H40"].value == "=CAI_AI_GAIN(tam,ai_penetration)"
    assert desk.excel.held["Cover"]["I40"].value is None


def test_in_an_older_excel_a_step_is_written_all_the_same(blank: Desk) -> None:
    blank.excel.knows_formula2 = False
    blank.click("insert_step", "ai_gain")
    assert blank.excel.held["Sheet"]["A1"].value == "=CAI_AI_GAIN(A2,A3)"


def test_an_unknown_step_is_answered_with_similar_ones(blank: Desk) -> None:
    blank.click("insert_step", "ai_gian")
    assert blank.message.startswith("no step is called 'ai_gian': did you mean ai_gain")


def test_nothing_is_written_over_what_is_there(blank: Desk) -> None:
    blank.excel.held["Sheet"]["B3"] = "mine"
    for button, answers in (("insert_step", ["tam"]), ("insert_forecast", [])):
        blank.click(button, *answers)
        assert "is not blank; select a cell with room for" in blank.message
    held = [one for row in blank.excel.values("Sheet") for one in row if one is not None]
    assert held == ["mine"]


def test_the_forecast_in_a_blank_workbook_brings_its_inputs_and_gives_the_base_case(
    blank: Desk,
) -> None:
    blank.excel.select("Sheet", "B2")
    blank.click("insert_forecast")
    table = [row[6:10] for row in evaluated(blank)["Sheet"][1 : 2 + len(STEPS)]]
    assert table[0] == ["id", "label", "unit", "value"]
    base = Forecast()
    assert [row[3] for row in table[1:]] == pytest.approx([base[name] for name in STEPS], rel=1e-14)


def test_the_forecast_in_a_workbook_of_ours_takes_the_live_values(desk: Desk) -> None:
    desk.excel.select("Cover", "H40")
    desk.click("insert_forecast")
    rows = evaluated(desk)["Cover"][39 : 40 + len(STEPS)]
    assert {row[7]: row[10] for row in rows}["total"] == pytest.approx(
        Forecast()["total"], rel=1e-14
    )


def test_a_source_note_says_source_place_and_reason_of_the_assumption(desk: Desk) -> None:
    rows = {one.value: one.row for row in desk.excel.held["Assumptions"].iter_rows() for one in row}
    cell = f"E{rows['ai_penetration']}"
    desk.excel.select("Assumptions", cell)
    desk.click("insert_source_note")
    note = desk.excel.held["Assumptions"][cell].comment.text
    entry = CATALOGUE["ai_penetration"]
    assert note.splitlines() == [
        "AI penetration, Live", f"{entry.kind}: {entry.locator}", entry.rationale,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["ai_penetration", "AI penetration", "ai_gain"])
def test_in_a_workbook_of_others_the_row_says_which_source(tmp_path: Path, text: str) -> None:
    path = tmp_path / "theirs.xlsx"
    book = openpyxl.Workbook()
    book.active["A3"], book.active["C3"] = text, 0.4
    book.save(path)
    desk = Desk(path)
    desk.excel.select("Sheet", "C3")
    desk.click("insert_source_note")
    name = "ai_gain" if text == "ai_gain" else "ai_penetration"
    assert source_of(MODEL, name) in desk.excel.held["Sheet"]["C3"].comment.text


def test_a_note_that_is_there_stays(desk: Desk) -> None:
    rows = {one.value: one.row for row in desk.excel.held["Assumptions"].iter_rows() for one in row}
    cell = f"G{rows['ai_penetration']}"
    before = desk.excel.held["Assumptions"][cell].comment.text
    desk.excel.select("Assumptions", cell)
    desk.click("insert_source_note")
    assert desk.message == f"Assumptions!{cell} has a note already; delete it and click again"
    assert desk.excel.held["Assumptions"][cell].comment.text == before


# Model, About -----------------------------------------------------------------------------------


def test_a_new_model_is_the_windows_template_and_opens(blank: Desk, tmp_path: Path) -> None:
    blank.click("new_model", str(tmp_path / "mine v1.2"))
    assert (tmp_path / "mine v1.2.xlsm").read_bytes() == build("windows")
    assert not blank.excel.messages
    assert [book.name for book in blank.book.app.books] == ["blank.xlsx", "mine v1.2.xlsm"]


def test_a_new_model_replaces_no_file(blank: Desk, tmp_path: Path) -> None:
    (tmp_path / "mine.xlsm").write_bytes(b"mine")
    blank.click("new_model", str(tmp_path / "mine.xlsm"))
    assert "mine.xlsm" in blank.message
    assert (tmp_path / "mine.xlsm").read_bytes() == b"mine"


def test_about_shows_version_python_and_what_doctor_finds(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.click("about")
    main(["doctor"])
    assert desk.message.startswith("xl-cryptoai ")
    assert desk.message.endswith(capsys.readouterr().out.strip())


# Fresh sheets -----------------------------------------------------------------------------------

ON_SHEETS = {
    "trace": [],
    "audit_sheet": [],
    "simulate": [],
    "tornado": [],
    "goal_seek": ["gdp_growth", "11B"],
}


def test_nothing_that_was_there_changes(damaged: Path) -> None:
    desk = Desk(damaged)
    before = {name: desk.excel.values(name) for name in desk.sheets}
    for button, answers in ON_SHEETS.items():
        desk.click(button, *answers)
    assert len(desk.fresh) == len(ON_SHEETS)
    assert desk.excel.held.sheetnames[: len(desk.sheets)] == desk.sheets
    assert {name: desk.excel.values(name) for name in desk.sheets} == before


def test_a_second_sheet_of_a_kind_gets_a_number(desk: Desk) -> None:
    desk.click("trace")
    desk.click("trace")
    assert desk.fresh == ["Trace", "Trace 2"]


def test_a_sheet_is_added_before_sheets_that_do_not_show(blank: Desk) -> None:
    blank.excel.held.create_sheet("settings").sheet_state = "veryHidden"
    blank.excel.held["Sheet"]["A1"] = 1
    blank.click("audit_sheet")
    assert blank.excel.held.sheetnames == ["Sheet", "Audit", "settings"]


def _saved(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "saved.xlsx"
    desk.excel.held.save(path)
    return path


def test_a_written_sheet_is_known_as_a_report_and_lost_to_no_new_model(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    desk = Desk(workbooks["plain"])
    desk.click("trace")
    book = open_book(_saved(desk, tmp_path))
    assert reports_in(book) == {"Trace"}
    assert unmapped_cells(book, open_book(workbooks["plain"])) == []


@pytest.mark.parametrize(
    ("sheet", "formula"), [("Cover", "=Trace!C6"), ("Trace", "=Cover!A1"), ("Trace", "=total*2")]
)
def test_a_report_that_somebody_calculates_with_is_a_sheet_of_the_model(
    workbooks: dict[str, Path], tmp_path: Path, sheet: str, formula: str
) -> None:
    desk = Desk(workbooks["plain"])
    desk.click("trace")
    desk.excel.held[sheet]["Z90"] = formula
    assert reports_in(open_book(_saved(desk, tmp_path))) == set()


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "1/2", "33%", "'quoted", "-5", "TRUE"])
def test_a_text_is_written_so_that_excel_takes_it_for_nothing_else(blank: Desk, text: str) -> None:
    page = [pages.Table(("what",), [[text]])]
    sheet = pages.write_page(blank.book, "Texts", text, page)
    held = blank.excel.held[sheet.name]
    assert [held["A1"].value, held["A5"].value] == [text, text]
    assert {held["A1"].data_type, held["A5"].data_type} == {"s"}


def test_a_link_shows_at_most_what_a_formula_can_hold() -> None:
    link = pages.Link(Place("S", 1, 1), 'a "long" text ' * 40)
    shown = link.formula.split(",", 1)[1].removesuffix(")").strip('"').replace('""', '"')
    assert len(shown) <= pages.LONGEST_IN_FORMULA
    assert shown.endswith("...")


@pytest.mark.slow
def test_what_the_buttons_write_opens_in_libreoffice_and_the_audit_stays(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    """Written sheets hold no errors, links lead to cells that are there, no new finding."""
    if reason := available():
        require(reason)
    desk = Desk(workbooks["plain"])
    for button, answers in ON_SHEETS.items():
        desk.excel.select("Segments", "E12")
        desk.click(button, *answers)
    desk.click("compare", str(workbooks["plain"]))
    desk.click("picture")
    written, plain = tmp_path / "written.xlsx", tmp_path / "plain.xlsx"
    desk.excel.held.save(written)
    openpyxl.load_workbook(workbooks["plain"]).save(plain)
    findings = []
    with LibreOffice() as office:
        for path in (plain, written):
            with office.open(path) as document:
                document.recalculate()
                if path == written:
                    shown = document.all_values()
                findings.append(
                    audit_book(open_book(document.save_as(path.with_suffix(".ods.xlsx"))))
                )
    for name in desk.fresh:
        assert not [cell for row in shown[name] for cell in row if isinstance(cell, CellError)]
        for row in desk.excel.held[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("=HYPERLINK("):
                    target, words = link_of(cell.value)
                    sheet, _, place = target.rpartition("!")
                    assert sheet.strip("'") in shown
                    assert desk.excel.held[sheet.strip("'")][place] is not None
                    assert shown[name][cell.row - 1][cell.column - 1] == words
    assert [
        [(result.rule.id, one.kind, one.cell) for result in results for one in result.findings]
        for results in findings
    ][1] == [
        (result.rule.id, one.kind, one.cell) for result in findings[0] for one in result.findings
    ]


# A Mac ------------------------------------------------------------------------------------------


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")


def _mac_book(path: Path, *, is_saved: bool) -> Any:
    api = SimpleNamespace(saved=SimpleNamespace(get=lambda: is_saved))
    return SimpleNamespace(name=path.name, fullname=str(path), api=api)


@pytest.mark.usefixtures("mac")
def test_on_a_mac_the_saved_file_is_read(workbooks: dict[str, Path], tmp_path: Path) -> None:
    book = _mac_book(workbooks["plain"], is_saved=True)
    dialogs.save_copy(book, tmp_path / "copy.xlsx")
    assert (tmp_path / "copy.xlsx").read_bytes() == workbooks["plain"].read_bytes()


@pytest.mark.usefixtures("mac")
def test_on_a_mac_changes_that_are_not_saved_are_asked_for(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    book = _mac_book(workbooks["plain"], is_saved=False)
    with pytest.raises(FileRefusedError, match="has changes that are not saved; save it"):
        dialogs.save_copy(book, tmp_path / "copy.xlsx")


@pytest.mark.usefixtures("mac")
def test_on_a_mac_questions_are_asked_by_applescript_with_texts_as_arguments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, len(asked) - 1, stdout="20B\n")

    monkeypatch.setattr("subprocess.run", run)
    assert dialogs.ask(None, 'Which "total"?', "10B") == "20B"
    assert dialogs.ask_workbook(None, "Compare") is None  # cancelled: osascript ends with 1
    assert asked[0][-3:] == ['Which "total"?', "10B", dialogs.TITLE]
    assert not any("Which" in word for word in asked[0][:-3])


@pytest.mark.usefixtures("mac")
def test_on_a_mac_a_step_is_inserted_as_its_native_formula(blank: Desk) -> None:
    macros.insert_step(blank.book, "ai_gain")
    assert blank.excel.held["Sheet"]["A1"].value == "=A2*A3"


# Pixels -----------------------------------------------------------------------------------------

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'


def test_a_picture_is_drawn_twice_as_large_and_its_size_is_known() -> None:
    drawn = png(DRAWING.format('<rect width="40" height="20" fill="red"/>'))
    assert drawn.startswith(PNG)
    assert size_of(drawn) == (40, 20)


def test_words_of_a_picture_are_drawn() -> None:
    words = (
        '<text x="2" y="15" font-family="\'Segoe UI\',\'Helvetica Neue\',Arial,sans-serif">A</text>'
    )
    assert png(DRAWING.format(words)) != png(DRAWING.format(""))


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(FileRefusedError, match="cannot be drawn as PNG"):
        png("no picture")
