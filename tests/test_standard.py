"""The modelling standard: every workbook passes it, and every rule fails when it is broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit, formula_of, patch

from xl_cryptoai.auditing.audit import _findings, standard_of
from xl_cryptoai.auditing.rules import AUDIT_RULES, GENERAL_RULES, RULES, Rule
from xl_cryptoai.cli import main
from xl_cryptoai.errors import RuleFailedError
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.workbook import ROUTES

FREE = "Z3"
"""A cell of sheet Sources that nothing uses."""


def broken(path: Path) -> dict[str, list[str]]:
    """Return the rules that a workbook breaks, each with its cells."""
    results = standard_of(open_book(path))
    return {r.rule.id: [finding.cell for finding in r.findings] for r in results if not r.passed}


@pytest.mark.parametrize("route", ROUTES)
def test_every_workbook_passes_every_rule(workbooks: dict[str, Path], route: str) -> None:
    results = standard_of(open_book(workbooks[route]))
    assert [result.rule.id for result in results] == list(RULES)
    assert [(r.rule.id, finding) for r in results for finding in r.findings] == []


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_loading_and_saving_breaks_no_rule(
    workbooks: dict[str, Path], route: str, tmp_path: Path
) -> None:
    copy = tmp_path / workbooks[route].name
    assert broken(edit(workbooks[route], copy, lambda book: None)) == {}


def _break(book: object) -> Any:
    raise KeyError("C7")


@pytest.mark.parametrize("rule", {**AUDIT_RULES, **GENERAL_RULES}.values(), ids=lambda one: one.id)
def test_a_rule_that_fails_is_named_and_nothing_is_called_clean(
    workbooks: dict[str, Path], rule: Rule
) -> None:
    book = open_book(workbooks["plain"])
    with pytest.raises(RuleFailedError, match=rf"rule {rule.id} failed \(KeyError: 'C7'\)"):
        _findings(replace(rule, check=_break), book)


def test_an_audit_in_which_a_rule_fails_ends_with_exit_code_2(
    workbooks: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken_rule = replace(AUDIT_RULES["merged_cells"], check=_break)
    rules = {**AUDIT_RULES, "merged_cells": broken_rule}
    monkeypatch.setattr("xl_cryptoai.auditing.audit.AUDIT_RULES", rules)
    assert main(["audit", str(workbooks["plain"])]) == 2
    assert "rule merged_cells failed" in capsys.readouterr().err


def test_every_rule_says_what_it_stands_on() -> None:
    for rule in RULES.values():
        assert rule.clause.startswith(("FAST ", "ICAEW", "our own")), rule.id
        assert rule.title[0].isupper() and not rule.title.endswith("."), rule.id


# One slip a rule --------------------------------------------------------------------------------


def write(formula: str) -> Callable[[Any], None]:
    """Write a formula where nothing else stands."""

    def change(book: Any) -> None:
        book["Sources"][FREE] = formula

    return change


def set_cell(sheet: str, name: str, head: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        cell(book, sheet, name, head).value = value

    return change


def same_formula_as_live(book: Any) -> None:
    live = cell(book, "Segments", "ai_gain", "Live")
    cell(book, "Segments", "ai_gain", "Bear").value = formula_of(live)


def live_of_another_row(book: Any) -> None:
    other = cell(book, "Assumptions", "gdp_growth", "Live")
    cell(book, "Assumptions", "bank_revenue", "Live").value = formula_of(other)


def a_circle_of_two(book: Any) -> None:
    book["Sources"][FREE], book["Sources"]["Z4"] = "=Z4+1", f"=SUM({FREE}:{FREE})"


def a_circle_through_a_name(book: Any) -> None:
    book.defined_names["scenario"].attr_text = f"Sources!${FREE[0]}${FREE[1:]}"
    book["Sources"][FREE] = "=scenario"


def point_a_name_elsewhere(book: Any) -> None:
    book.defined_names["total"].attr_text = book.defined_names["tam"].attr_text


def lock_an_input(book: Any) -> None:
    one = cell(book, "Assumptions", "gdp_growth", "Override")
    one.protection = openpyxl.styles.Protection(locked=True)


def open_a_formula(book: Any) -> None:
    one = cell(book, "Segments", "total", "Live")
    one.protection = openpyxl.styles.Protection(locked=False)


def blacken_an_input(book: Any) -> None:
    cell(book, "Assumptions", "gdp_growth", "Bull").font = openpyxl.styles.Font(color="FF000000")


def blue_a_formula(book: Any) -> None:
    cell(book, "Segments", "total", "Bull").font = openpyxl.styles.Font(color="FF0000FF")


def drop_a_prompt(book: Any) -> None:
    book["Assumptions"].data_validations.dataValidation[0].prompt = None


def silence_a_validation(book: Any) -> None:
    book["Assumptions"].data_validations.dataValidation[0].showErrorMessage = False


def drop_validations(book: Any) -> None:
    book["Assumptions"].data_validations.dataValidation = []


def unmark_house(book: Any) -> None:
    one = cell(book, "Assumptions", "gdp_growth", "Bear")
    sheet = book["Assumptions"]
    for row in range(1, one.row):
        if sheet.cell(row, one.column).value == "house":
            sheet.cell(row, one.column).value = None


def first_check(book: Any, head: str) -> Any:
    for row in book["Checks"].iter_rows():
        columns = {one.value: one.column for one in row}
        if {"Check", head} <= set(columns):
            return book["Checks"].cell(row[0].row + 1, columns[head])
    raise AssertionError(head)


def mislead_a_check(book: Any) -> None:
    first_check(book, "Cell").hyperlink.location = "'Cover'!A1"


def loosen_a_check(book: Any) -> None:
    first_check(book, "Tolerance").value = "a little"


def silence_a_check(book: Any) -> None:
    first_check(book, "State").value = '=IF(TRUE,"OK","ERROR")'


def uncount_a_check(book: Any) -> None:
    state = first_check(book, "State")
    sheet, _, where = book.defined_names["master_check"].attr_text.rpartition("!")
    master = book[sheet.strip("'")][where.replace("$", "")]
    master.value = master.value.replace(state.coordinate + ":", f"D{state.row + 1}:")


def no_flag(book: Any) -> None:
    for row in book["Sources"].iter_rows():
        for one in row:
            if formula_of(one) == "=master_check":
                one.value = "All checks OK"


def lead_nowhere(book: Any) -> None:
    book["Sources"][FREE].hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(
        ref=FREE, location="'Nowhere'!A1"
    )


def lead_outside(book: Any) -> None:
    book["Sources"][FREE].hyperlink = "https://example.com/"


def on_sources(**settings: Any) -> Callable[[Any], None]:
    """Set attributes of sheet Sources, such as `protection__sheet`."""

    def change(book: Any) -> None:
        for path, value in settings.items():
            *parents, last = path.split("__")
            thing = book["Sources"]
            for parent in parents:
                thing = getattr(thing, parent)
            setattr(thing, last, value)

    return change


def hide_a_row(book: Any) -> None:
    book["Sources"].row_dimensions[8].hidden = True


def hide_a_column(book: Any) -> None:
    book["Forecast"].column_dimensions["I"].hidden = True


def with_password(book: Any) -> None:
    book["Sources"].protection.set_password("secret")


SLIPS: list[tuple[str, str, Callable[[Any], None]]] = [
    ("one_formula_a_row", "a case takes another case's formula", same_formula_as_live),
    ("one_formula_a_row", "a case is typed over", set_cell("Segments", "ai_gain", "Bull", 1e12)),
    ("one_formula_a_row", "Live takes another row's formula", live_of_another_row),
    ("no_constants", "a number in a formula", write("=1+0.05")),
    ("no_constants", "a percentage in a formula", write("=1*5%")),
    ("no_constants", "a number in a criterion", write('=COUNTIF(A1:A3,">0.5")')),
    ("units", "a row without unit", set_cell("Segments", "tam", "Unit", None)),
    ("units", "a wrong unit", set_cell("Forecast", "tam", "Unit", "EUR/year")),
    ("circularity", "two cells that need each other", a_circle_of_two),
    ("forbidden_functions", "a volatile function", write("=TODAY()")),
    ("forbidden_functions", "OFFSET", write("=OFFSET(A1,1,1)")),
    ("forbidden_functions", "INDIRECT", write('=INDIRECT("A1")')),
    ("forbidden_functions", "a whole column", write("=SUM(Cover!A:A)")),
    ("external_links", "another workbook", write("=[1]Sheet1!A1")),
    ("names", "a name is deleted", lambda book: book.defined_names.pop("gdp_growth")),
    ("names", "a name points to another result", point_a_name_elsewhere),
    ("inputs_open", "an input is locked", lock_an_input),
    ("inputs_open", "a formula is open", open_a_formula),
    ("inputs_open", "an input is black", blacken_an_input),
    ("inputs_open", "a formula is blue", blue_a_formula),
    ("validation", "no prompt", drop_a_prompt),
    ("validation", "no message", silence_a_validation),
    ("validation", "no validation", drop_validations),
    ("text_numbers", "text", set_cell("Assumptions", "gdp_growth", "Bear", "0.02")),
    ("house_marks", "Bear is not marked", unmark_house),
    ("master_flag", "a sheet without the flag", no_flag),
    ("checks", "a link that leads elsewhere", mislead_a_check),
    ("checks", "a tolerance in words", loosen_a_check),
    ("checks", "a state that is always OK", silence_a_check),
    ("checks", "a check that does not count", uncount_a_check),
    ("hyperlinks", "a link to a sheet that is not there", lead_nowhere),
    ("hyperlinks", "a link into the web", lead_outside),
    ("hidden_sheets", "a hidden sheet", on_sources(sheet_state="hidden")),
    ("hidden_sheets", "a very hidden sheet", on_sources(sheet_state="veryHidden")),
    ("hidden_lines", "a hidden row", hide_a_row),
    ("hidden_lines", "a hidden column", hide_a_column),
    ("merged_cells", "merged cells", lambda book: book["Sources"].merge_cells("Z3:Z4")),
    ("protection", "an unprotected sheet", on_sources(protection__sheet=False)),
    ("protection", "a password", with_password),
    ("freeze_panes", "no freeze panes", on_sources(freeze_panes=None)),
    ("print_setup", "no print area", on_sources(print_area=None)),
    ("print_setup", "a footer without the file", on_sources(oddFooter__left__text="")),
    ("print_setup", "two pages wide", on_sources(page_setup__fitToWidth=2)),
    ("print_setup", "no orientation", on_sources(page_setup__orientation=None)),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "change"), [(s[0], s[2]) for s in SLIPS], ids=[f"{s[0]}: {s[1]}" for s in SLIPS]
)
def test_a_slip_breaks_its_rule_and_no_other(
    workbooks: dict[str, Path], tmp_path: Path, rule: str, change: Callable[[Any], None]
) -> None:
    assert [*broken(edit(workbooks["plain"], tmp_path / "slip.xlsx", change))] == [rule]


def drop_a_value(content: bytes) -> bytes:
    start = content.index(b"</f><v>") + len(b"</f>")
    end = content.index(b"</v>", start) + len(b"</v>")
    return content[:start] + content[end:]


def make_a_value_an_error(content: bytes) -> bytes:
    return content.replace(b"<v>10167086875</v>", b"<v>#NAME?</v>", 1)


def test_a_formula_without_stored_value_breaks_its_rule(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    sheet = {"xl/worksheets/sheet2.xml": drop_a_value}
    assert [*broken(patch(workbooks["plain"], tmp_path / "slip.xlsx", sheet))] == ["stored_values"]


def test_a_stored_error_breaks_its_rule(workbooks: dict[str, Path], tmp_path: Path) -> None:
    def change(content: bytes) -> bytes:
        start = content.index(b"<c ", content.index(b'<c r="B10"'))
        end = content.index(b"</c>", start)
        inside = content[start:end].replace(b"<c ", b'<c t="e" ', 1)
        value = inside.index(b"<v>")
        return content[:start] + inside[:value] + b"<v>#NAME?</v>" + content[end:]

    path = patch(workbooks["plain"], tmp_path / "slip.xlsx", {"xl/worksheets/sheet1.xml": change})
    assert broken(path) == {"stored_values": ["Cover!B10"]}


def test_every_rule_has_a_slip() -> None:
    assert {slip[0] for slip in SLIPS} | {"stored_values"} == set(RULES)


def test_a_circle_through_a_name_is_seen(workbooks: dict[str, Path], tmp_path: Path) -> None:
    path = edit(workbooks["plain"], tmp_path / "slip.xlsx", a_circle_through_a_name)
    assert broken(path)["circularity"] == [f"Sources!{FREE}"]


# The command ------------------------------------------------------------------------------------


def test_the_command_prints_rule_clause_and_verdict(
    workbooks: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(workbooks["plain"]), "--standard"]) == 0
    out = capsys.readouterr().out
    for rule in RULES.values():
        line = next(line for line in out.splitlines() if line.strip().startswith(rule.title))
        assert rule.clause in line and line.split()[-1] == "passed"
    assert f"{len(RULES)} of {len(RULES)} rules passed" in out


def test_the_command_names_the_cell_and_the_fix(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edit(workbooks["plain"], tmp_path / "slip.xlsx", write("=TODAY()"))
    assert main(["audit", str(path), "--standard"]) == 1
    out = capsys.readouterr().out
    assert "failed 1x" in out
    assert f"Sources!{FREE}" in out and "uses TODAY" in out
    assert main(["audit", str(path), "--standard", "--json"]) == 1
    data = {row["rule"]: row for row in json.loads(capsys.readouterr().out)}
    assert [*data] == list(RULES)
    assert [row["rule"] for row in data.values() if not row["passed"]] == ["forbidden_functions"]
    assert data["forbidden_functions"]["findings"][0]["cell"] == f"Sources!{FREE}"


@pytest.mark.parametrize("arguments", [["--standard"], []])
def test_the_command_refuses_what_it_cannot_use(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(tmp_path / "none.xlsx"), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("xl-cryptoai: ")
