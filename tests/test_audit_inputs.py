"""What an audit says of inputs: the cell that is wrong, once, with a fix, and nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit
from openpyxl.utils.cell import coordinate_to_tuple

from benchmarks.injected import MODEL
from benchmarks.made import clean_values, opened, with_values
from benchmarks.mutations import audited
from xl_cryptoai.assumptions import load_assumptions
from xl_cryptoai.assumptions.input_fields import quantity_of
from xl_cryptoai.assumptions.scenarios import Quantity
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.reading.book import open_book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.validation import validate
from xl_cryptoai.reports.words import fix
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.calculate import calculate, saved
from xl_cryptoai.xlsx import Place

CATALOGUE = load_assumptions()


def audit_of(edits: Mapping[str, object], route: str = "plain") -> list[tuple[str, str]]:
    """Type into cells, recalculate, and give rule and cell of every finding."""
    book = opened(route)
    for where, content in edits.items():
        sheet, _, at = where.partition("!")
        if sheet not in book.sheetnames:
            book.create_sheet(sheet)
        book[sheet][at] = content
    content = saved(book)
    return audited(with_values(book, content, calculate(MODEL, book, ROUTES[route], content)))


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        # shares of the stack that make 130%, as overrides and in a scenario
        (
            {"Assumptions!J16": 0.7, "Assumptions!J17": 0.6},
            ("inputs_together", "Assumptions!J16"),
        ),
        ({"Assumptions!H16": 0.7, "Assumptions!H17": 0.35}, ("inputs_together", "Assumptions!H16")),
        # one override that does not go with what the scenario has for the other
        ({"Assumptions!J17": 0.6}, ("inputs_together", "Assumptions!J17")),
        # four markets that claim 106.3% of AI revenue: possible if they overlap, so a warning
        # software and compute just the whole: no broken rule, but identity and security come on top
        (
            {"Assumptions!J16": 0.7, "Assumptions!J17": 0.3},
            ("markets_within_revenue", "Assumptions!J16"),
        ),
        ({"Assumptions!J16": 0.75}, ("markets_within_revenue", "Assumptions!J16")),
        ({"Assumptions!H16": 0.7}, ("markets_within_revenue", "Assumptions!H16")),
        # a bear case above base, which the distribution's low follows
        ({"Assumptions!F11": 0.035}, ("uncertainty", "Assumptions!F11")),
        # a text is no number below base, though the distribution's high cannot follow it
        ({"Assumptions!H17": "0.22"}, ("input_value", "Assumptions!H17")),
        ({"Cover!B6": "Bull "}, ("input_value", "Cover!B6")),
        ({"Assumptions!J9": "=1/0"}, ("input_value", "Assumptions!J9")),
        ({"Assumptions!J10": "4,113,632,992,767"}, ("input_value", "Assumptions!J10")),
        ({"Distributions!C30": "gdp"}, ("input_value", "Distributions!C30")),
        ({"Distributions!H10": 20}, ("input_value", "Distributions!H10")),
        ({"Distributions!G10": "gauss"}, ("input_value", "Distributions!G10")),
        ({"Correlations!J7": 0.5}, ("uncertainty", "Correlations!J7")),
    ],
)
@pytest.mark.parametrize("route", ["plain", pytest.param("office", marks=pytest.mark.slow)])
def test_a_wrong_input_is_reported_once_at_its_cell(
    edits: dict[str, object], found: tuple[str, str], route: str
) -> None:
    assert audit_of(edits, route) == [found]


@pytest.mark.parametrize(
    "edits",
    [
        {"Cover!B6": "BULL"},  # formulas do not mind capitals
        {"Assumptions!J13": "=AVERAGE(G13:H13)"},  # somebody's own formula in an override
    ],
)
def test_what_may_be_typed_is_no_finding(edits: dict[str, object]) -> None:
    assert [rule for rule, _ in audit_of(edits) if rule != "no_constants"] == []


def test_a_sum_of_all_but_their_total_is_no_short_range() -> None:
    found = audit_of({"Scratch!A1": "=SUM(Segments!E8:E11)"})
    assert "short_range" not in {rule for rule, _ in found}


def fix_of(entry: Quantity, text: str) -> str:
    fault = validate(entry, text).fault
    assert fault is not None
    return fix(fault)


@pytest.mark.parametrize(
    ("name", "text", "advice"),
    [
        ("baseline_productivity", "4,113,632,992,767", "type 4113632992767 again"),
        ("baseline_productivity", "4.113.632.992.767,5", "type 4113632992767.5 again"),
        ("gdp_growth", "0,035", "type 0.035 again"),
        ("ai_penetration", "33 %", "type 33% again"),
        ("ai_growth_multiple", "1,500", "type 1.500 again"),  # not 1500, which is out of bounds
        ("gdp_growth", "3,500", "enter a number, 0 to 0.15"),  # neither reading can be meant
    ],
)
def test_a_number_as_text_is_read_in_every_way_that_the_bounds_allow(
    name: str, text: str, advice: str
) -> None:
    assert advice in fix_of(CATALOGUE[name], text)


def test_where_only_the_writer_knows_which_number_is_meant_both_are_named() -> None:
    threshold = quantity_of(CATALOGUE, "simulation", "threshold")
    assert "type 660000 or 660.000 again" in fix_of(threshold, "660,000")


def test_a_choice_in_other_capitals_says_how_it_is_spelt() -> None:
    entry = next(entry for entry in CATALOGUE.values() if entry.choices)
    choice = entry.choices[0]
    assert fix_of(entry, f"{choice.upper()} ") == (
        f"enter {choice}, spelt exactly so, without blanks"
    )


def test_a_row_far_out_that_holds_no_cell_is_no_reason_to_refuse_a_file(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(workbooks["plain"]) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet2.xml":  # as LibreOffice does after a deleted row
                content = content.replace(
                    b"</sheetData>", b'<row r="1048576" ht="12.8"/></sheetData>'
                )
            new.writestr(part, content)
    assert all(result.passed for result in audit_book(open_book(path)))


def test_a_report_is_never_written_over_a_file_without_being_asked(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, other = tmp_path / "book.xlsx", tmp_path / "old.html"
    book.write_bytes(workbooks["plain"].read_bytes())
    other.write_text("kept")
    assert main(["audit", str(book), "--out", str(other)]) == 2
    assert "exists; give --force" in capsys.readouterr().err
    assert main(["audit", str(book), "--out", str(book), "--force"]) == 2
    assert "is an input of this command" in capsys.readouterr().err
    assert (other.read_text(), book.read_bytes()) == ("kept", workbooks["plain"].read_bytes())
    assert main(["audit", str(book), "--out", str(other), "--force"]) == 0


def test_a_file_without_stored_values_has_one_warning(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    openpyxl.load_workbook(workbooks["plain"]).save(path)  # keeps formulas only
    (finding,) = [found for result in audit_book(open_book(path)) for found in result.findings]
    assert (finding.kind, finding.cell, finding.severity) == (
        "values_not_stored", "workbook", "warning"
    )  # fmt: skip


def test_a_distribution_is_validated_where_no_values_are_stored(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    book: Any = openpyxl.load_workbook(workbooks["plain"])
    low = cell(book, "Distributions", "gdp_growth", "Own low")
    low.value = 0.05  # above base
    book.save(tmp_path / "book.xlsx")
    found = [
        (r.rule.id, one.cell)
        for r in audit_book(open_book(tmp_path / "book.xlsx"))
        for one in r.findings
    ]
    assert ("uncertainty", f"Distributions!{low.coordinate}") in found


# What a simulation's figures claim ----------------------------------------------------------------


def audit_with_stored(route: str, where: str, times: float, path: Path) -> list[tuple[str, str]]:
    """Audit a clean workbook in which a stored figure, with what follows from it, is another."""
    book = opened(route)
    values = {title: [[*row] for row in rows] for title, rows in clean_values(route).items()}
    row, column = coordinate_to_tuple(where)
    values["Risk tables"][row - 1][column - 1] *= times
    if book["Risk tables"][where].data_type != "f" and not ROUTES[route].tables:
        book["Risk tables"][where] = values["Risk tables"][row - 1][column - 1]
    content, following = saved(book), {Place("Risk tables", row, column)}
    for _ in range(2):  # a copy, and a copy of it
        path.write_bytes(with_values(book, content, values))
        read = open_book(path)
        following = {after for place in following for after in read.graph.dependents(place)}
        for place in following:
            if not isinstance(value := read.tried(place, {}), NotKnown):
                values[place.sheet][place.row - 1][place.column - 1] = value
    return audited(with_values(book, content, values))


@pytest.mark.slow
@pytest.mark.parametrize("route", [pytest.param("office", marks=pytest.mark.slow), "plain"])
@pytest.mark.parametrize("where", ["B12", "C12", "B16", "B28"])  # P50, its error, chance, P5
def test_a_figure_that_another_machine_computed_is_no_finding(
    route: str, where: str, tmp_path: Path
) -> None:
    # quantile tables are exact to a millionth; fourteen of them may be multiplied
    assert audit_with_stored(route, where, 1 + 3e-6, tmp_path / "book.xlsx") == []


@pytest.mark.parametrize(("route", "rule"), [("office", "stale_value"), ("plain", "frozen_table")])
@pytest.mark.parametrize("where", ["B12", "B16", "B28"])
def test_a_figure_of_a_simulation_that_was_edited_is_found(
    route: str, rule: str, where: str, tmp_path: Path
) -> None:
    ((found, _),) = audit_with_stored(route, where, 1.001, tmp_path / "book.xlsx")
    assert found == rule


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "content"),
    [
        ("Cover!B6", "Bull "),
        ("Cover!B6", 3),
        ("Cover!B6", None),
        ("Assumptions!F11", "a third"),
        ("Assumptions!J13", 33),
        ("Assumptions!G12", None),
        ("Distributions!G10", "pert "),
        ("Distributions!H10", "low"),
        ("Distributions!C30", "gdp"),
        ("Correlations!C8", 2),
    ],
)
def test_reading_and_auditing_report_the_same(
    workbooks: dict[str, Path], tmp_path: Path, where: str, content: object
) -> None:
    def change(book: Any) -> None:
        sheet, _, at = where.partition("!")
        book[sheet][at].value = content

    path = edit(workbooks["plain"], tmp_path / "book.xlsx", change)
    findings = next(
        one.findings for one in audit_book(open_book(path)) if one.rule.id == "input_value"
    )
    assert findings and [one.cell for one in findings] == [where]
    assert set(findings) == set(read_book(open_book(path)).errors)
