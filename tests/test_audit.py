"""The audit: what it finds in which cell, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit, formula_of
from openpyxl.utils import get_column_letter
from shipped import CATALOGUE

from benchmarks.injected_errors import KINDS
from benchmarks.mutations import GONE, Job, cells_of, legitimate, try_one
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.auditing.rules import AUDIT_RULES, GENERAL_RULES
from xl_cryptoai.cli import main
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.tables import CHECK_HEADERS, find_table
from xl_cryptoai.reports.findings import SARIF_SCHEMA
from xl_cryptoai.workbook import ROUTES

Change = Callable[[Any], str]


def findings(path: Path) -> set[tuple[str, str]]:
    """Return rule and cell of everything that an audit finds."""
    return {
        (r.rule.id, cell)
        for r in audit_book(open_book(path))
        for one in r.findings
        for cell in cells_of(one)
    }


@pytest.mark.parametrize("route", ROUTES)
def test_a_clean_workbook_of_every_route_gives_no_finding(
    workbooks: dict[str, Path], route: str
) -> None:
    assert findings(workbooks[route]) == set()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("route", ["plain", "office"])
def test_legitimate_edits_give_no_finding(route: str, number: int) -> None:
    what, found = legitimate(route, number)
    assert found == [], what


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_every_check_that_compares_with_what_it_expects_is_told(
    workbooks: dict[str, Path], route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = open_book(workbooks[route])
    forms = {place: book.form(place) for place in book.formula_cells}
    monkeypatch.setattr(book, "form", forms.get)
    table = find_table(book, CHECK_HEADERS)
    assert table is not None
    places = {row: table.place(row, "Found") for row in table.rows}
    checks = {
        row: place
        for row, place in places.items()
        if place in book.formula_cells and book.content(table.place(row, "Check"))
    }
    assert len(checks) > 40
    for row, found in checks.items():
        form, expected = forms[found], table.place(row, "Expected")
        text = f"={get_column_letter(expected.column)}{row}"
        forms[found] = book.graph.forms.of(text, *found[1:])
        assert str(found) in {one.cell for one in AUDIT_RULES["check_trial"].check(book)}
        forms[found] = form


@pytest.mark.slow
@pytest.mark.parametrize(
    "slip",
    [
        ("matrix_overwritten", "windows", 0),  # the simulation refuses such correlations
        ("percent", "libreoffice", 1),  # a grid's axis comes from the assumption's low
        ("number_over_formula", "libreoffice", 0),  # a share of nothing far below
        ("setting_out", "plain", 0),  # a row without figures is no heading
    ],
)
def test_what_follows_from_a_slip_is_no_finding_of_its_own(slip: tuple[str, str, int]) -> None:
    outcome = try_one(Job(*slip))
    assert outcome.found and outcome.false_positives == ()


# One slip a rule, at the very cell ---------------------------------------------------------------


def at(one: Any, value: object) -> str:
    """Write into a cell and say where it stands."""
    one.value = value
    return f"{one.parent.title}!{one.coordinate}"


def level_typed_over(book: Any) -> str:
    return at(
        next(row[3] for row in book["Charts"].iter_rows() if row[0].value == "AI revenue"), 5e11
    )


def a_step_typed_over(book: Any) -> str:
    return at(cell(book, "Workings", "tam", "Published"), 5e12)


def a_year_s_chain_changed(book: Any) -> str:
    """Add instead of multiplying, in every year alike: no cell differs from its neighbours."""
    rows = book["By year"].iter_rows(min_col=3)
    chain = next(row for row in rows if (row[0].value, row[1].value) == ("Bear", "ai_revenue")
                 and "*" in str(row[2].value))  # fmt: skip
    for one in chain[2:]:
        if one.value is not None:
            one.value = one.value.replace("*", "+")
    return f"By year!{chain[2].coordinate}"


def another_result(book: Any) -> str:
    other = cell(book, "Assumptions", "gdp_growth", "Live")
    return at(cell(book, "Deviations", "bank_revenue", "Live"), f"=Assumptions!{other.coordinate}")


def another_shape(book: Any) -> str:
    one = cell(book, "Assumptions", "gdp_growth", "Source of live value")
    return at(one, formula_of(one).replace("house", "mine"))


def fewer_checks(book: Any) -> str:
    sheet, _, where = book.defined_names["master_check"].attr_text.rpartition("!")
    one = book[sheet.strip("'")][where.replace("$", "")]
    return at(one, one.value.replace("ROWS(D6:", "ROWS(D9:"))


def live_of_one_case(book: Any) -> str:
    one = cell(book, "Assumptions", "gdp_growth", "Live")
    return at(one, f"=G{one.row}")


def percent_as_number(book: Any) -> str:
    return at(cell(book, "Assumptions", "ai_penetration", "Bear"), 20)


def upper_moved(book: Any) -> str:
    return at(cell(book, "Assumptions", "gdp_growth", "Upper"), 5)


def validation_widened(book: Any) -> str:
    one = cell(book, "Assumptions", "gdp_growth", "Bear")
    for rule in book["Assumptions"].data_validations.dataValidation:
        if one.coordinate in rule.sqref:
            rule.formula2 = "100"
    return f"Assumptions!{one.coordinate}"


def tolerance_raised(book: Any) -> str:
    return at(book["Checks"]["G6"], 1e12)


def check_asleep(book: Any) -> str:
    return at(book["Checks"]["E6"], "=F6")


def stale_result(book: Any) -> str:
    one = cell(book, "Assumptions", "gdp_growth", "Override")
    one.value = 0.031
    return f"Assumptions!{cell(book, 'Assumptions', 'gdp_growth', 'Live').coordinate}"


def renamed_sheet(book: Any) -> str:
    book["Evidence"].title = "Facts"
    return "Facts"


def blank_row(book: Any) -> str:
    book["Evidence"].insert_rows(12)
    return "Evidence!12:12"


def heads_swapped(book: Any) -> str:
    sheet = book["Segments"]
    sheet["F5"], sheet["H5"] = "Bull", "Bear"
    return "Segments!F5"


def another_version(book: Any) -> str:
    for row in book["Cover"].iter_rows():
        for one in row:
            if isinstance(one.value, str) and one.value.startswith("xl-cryptoai "):
                return at(one, "xl-cryptoai 0.0.9, assumptions 0123456789ab")
    raise AssertionError("no version on the cover")


def correlations_that_cannot_be(book: Any) -> str:
    sheet = book["Correlations"]
    sheet["C8"], sheet["C9"], sheet["D9"] = 0.9, -0.9, 0.9
    return "Correlations!C9"


SLIPS: dict[str, Change] = {
    "step_formula": a_step_typed_over,
    "year_formula": a_year_s_chain_changed,
    "link_target": another_result,
    "shape": another_shape,
    "short_range": fewer_checks,
    "live_choice": live_of_one_case,
    "input_value": percent_as_number,
    "published_figure": upper_moved,
    "validation_bounds": validation_widened,
    "check_set": tolerance_raised,
    "check_trial": check_asleep,
    "stale_value": stale_result,
    "bridge": level_typed_over,
    "uncertainty": correlations_that_cannot_be,
    "sheet_names": renamed_sheet,
    "rows_in_place": blank_row,
    "case_order": heads_swapped,
    "version": another_version,
}


@pytest.mark.parametrize("rule", SLIPS)
def test_a_slip_is_found_by_its_rule_at_the_very_cell(
    workbooks: dict[str, Path], tmp_path: Path, rule: str
) -> None:
    where: list[str] = []
    path = edit(workbooks["plain"], tmp_path / "slip.xlsx", lambda b: where.append(SLIPS[rule](b)))
    assert (rule, where[0]) in findings(path)


def test_a_step_is_tried_in_every_column_that_changes_an_assumption(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    wrong: set[tuple[str, str]] = set()

    def add_instead(book: Any) -> None:
        for entry in CATALOGUE.values():
            step = cell(book, "Workings", "ai_gain", entry.label)
            wrong.add(("step_formula", at(step, step.value.replace("*", "+"))))

    assert wrong <= findings(edit(workbooks["plain"], tmp_path / "slip.xlsx", add_instead))
    assert len(wrong) == len(CATALOGUE)


def test_a_year_s_chain_is_tried_in_a_file_without_stored_values(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(workbooks["plain"])
    where = a_year_s_chain_changed(book)
    book.save(tmp_path / "slip.xlsx")
    assert ("year_formula", where) in findings(tmp_path / "slip.xlsx")


def test_every_rule_beside_the_standard_has_a_slip() -> None:
    from xl_cryptoai.auditing.rules import INTEGRITY

    # others have tests of their own: in test_risk_sheets, below, and in test_audit_inputs
    assert {rule.id for rule in INTEGRITY} == {
        *SLIPS,
        "frozen_table",
        "inputs_together",
        "markets_within_revenue",
    }
    for rule in {**AUDIT_RULES, **GENERAL_RULES}.values():
        assert rule.severity in ("error", "warning") and rule.clause and rule.title


@pytest.mark.slow  # a slip of every rule is found in the tests above and in test_standard
@pytest.mark.parametrize(
    ("kind", "saved_by"), [*zip(KINDS, cycle(["", "x14", "strict", "openpyxl"]), strict=False)]
)
def test_a_quick_sample_of_the_mutation_benchmark(kind: str, saved_by: str) -> None:
    outcome = try_one(Job(kind, "plain", 0, "" if kind in GONE.get(saved_by, ()) else saved_by))
    assert outcome.found, outcome.detail


# Other people's workbooks ------------------------------------------------------------------------


def odd_workbook(path: Path) -> Path:
    """Write what a workbook may hold and ours never do."""
    book: Any = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "It's [odd]".replace("[", "(").replace("]", ")")
    sheet["A1"], sheet["A2"], sheet["A3"] = "=1/0", "#N/A", "=SUM("
    sheet["A4"] = openpyxl.worksheet.formula.ArrayFormula("A4:A6", "=ROW(1:3)*{1;2;3}")
    sheet["B1"] = openpyxl.worksheet.formula.DataTableFormula("B1:B3", dt2D=False, r1="A1")
    sheet["C1"], sheet["C2"] = "=Nowhere!A1", "=[2]Book!$A$1"
    sheet.merge_cells("D1:F3")
    book.create_sheet("Empty")
    chart = book.create_chartsheet("Chart")
    chart.add_chart(openpyxl.chart.BarChart())
    book.defined_names["broken"] = openpyxl.workbook.defined_name.DefinedName(
        "broken", attr_text="#REF!"
    )
    book.save(path)
    return path


def test_an_odd_workbook_is_audited_by_the_general_rules(tmp_path: Path) -> None:
    results = audit_book(open_book(odd_workbook(tmp_path / "odd.xlsx")))
    assert [result.rule.id for result in results] == list(GENERAL_RULES)
    facts = [dict(one.facts) for result in results for one in result.findings]
    assert {"book": "[2]", "sheet": "Book", "name": ""} in facts


def test_a_neighbour_that_differs_is_found_in_any_workbook(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 20):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = row, f"=A{row}*2"
    sheet["B7"], sheet["B12"], sheet["C5"], sheet["A9"] = 14, "=A12*3", "=SUM(A10:A18)", "9"
    sheet["A20"] = "=SUM(A10:A18)"
    book.save(tmp_path / "book.xlsx")
    found = findings(tmp_path / "book.xlsx")
    assert {("shape", "Sheet!B7"), ("shape", "Sheet!B12"), ("short_range", "Sheet!A20")} <= found
    assert ("text_among_numbers", "Sheet!A9") in found


@pytest.mark.slow
def test_a_hundred_thousand_formulas_of_other_people_are_audited(tmp_path: Path) -> None:
    # how long it may take is measured in benchmarks/auditing.py
    book: Any = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Big")
    rng = random.Random(1)
    for row in range(1, 12_501):
        sheet.append([rng.random(), *(f"={c}{row}*2+SUM(A{row}:{c}{row})" for c in "ABCDEFGH")])
    book.save(tmp_path / "big.xlsx")
    assert [result.rule.id for result in audit_book(open_book(tmp_path / "big.xlsx"))] == [
        *GENERAL_RULES
    ]


# The command -------------------------------------------------------------------------------------


def test_the_command_goes_over_folders_and_tells_what_and_where(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(workbooks["plain"], tmp_path / "a.xlsx", percent_as_number)
    edit(workbooks["plain"], tmp_path / "b.xlsx", lambda book: None)
    assert main(["audit", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "1 of 2" in captured.err and "input_value" in captured.out
    assert main(["audit", str(tmp_path / "b.xlsx")]) == 0
    (tmp_path / "c.xlsx").write_text("no zip")
    assert main(["audit", str(tmp_path)]) == 2


def test_the_command_writes_json_sarif_and_html(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(workbooks["plain"], tmp_path / "a.xlsx", percent_as_number)
    assert main(["audit", str(path), "--format", "json"]) == 1
    (data,) = json.loads(capsys.readouterr().out)
    assert ("input_value", "error") in {(f["rule"], f["severity"]) for f in data["findings"]}
    assert main(["audit", str(path), "--format", "sarif", "--out", str(tmp_path / "a.sarif")]) == 1
    log = json.loads((tmp_path / "a.sarif").read_text())
    assert (log["version"], log["$schema"]) == ("2.1.0", SARIF_SCHEMA)
    assert main(["audit", str(path), "--format", "html", "--out", str(tmp_path / "a.html")]) == 1
    page = (tmp_path / "a.html").read_text()
    assert "input_value" in page and "GDP growth" in page
    assert "http" not in page and "<script" not in page


@pytest.mark.parametrize("title", ["Cover", "Segments", "Forecast", "Sources"])
def test_a_renamed_sheet_is_reported_and_no_rule_fails_for_it(
    workbooks: dict[str, Path], tmp_path: Path, title: str
) -> None:
    book = openpyxl.load_workbook(workbooks["plain"])
    book[title].title = "Other"
    book.save(tmp_path / "book.xlsx")
    found = {
        result.rule.id: result.findings for result in audit_book(open_book(tmp_path / "book.xlsx"))
    }
    assert [one.cell for one in found["sheet_names"]] == ["Other"]
