"""What the audit says of other people's formulas: what is wrong, and nothing that is not known."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import with_link
from openpyxl.workbook.defined_name import DefinedName
from test_own_model import made

from benchmarks.made import with_values
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.reading.book import Place, open_book
from xl_cryptoai.tracing.errors import error_origin
from xl_cryptoai.tracing.trace import trace_book
from xl_cryptoai.workbook.calculate import saved
from xl_cryptoai.xlsx.references import column_letters, parse_cell

Sheets = Mapping[str, Mapping[str, Any]]
COLUMNS = "CDEFGHIJ"


def write(
    path: Path, sheets: Sheets, names: Mapping[str, str] | None = None, *, iterate: bool = False
) -> Path:
    """Write a workbook; a formula is a pair of its text and the value that is stored."""
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    values: dict[str, list[list[Any]]] = {}
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        rows = values[title] = [[None] * 30 for _ in range(30)]
        for where, content in cells.items():
            row, column = parse_cell(where) or (1, 1)
            sheet[where], rows[row - 1][column - 1] = (
                content if isinstance(content, tuple) else (content, None)
            )
    for name, text in (names or {}).items():
        owner, _, plain = name.rpartition("!")
        defined = book[owner].defined_names if owner else book.defined_names
        defined[plain] = DefinedName(plain, attr_text=text, hidden=plain.startswith("_xl"))
    book.calculation.iterate = iterate
    content = saved(book)
    if any(value is not None for rows in values.values() for row in rows for value in row):
        content = with_values(book, content, values)
    path.write_bytes(content)
    return path


def findings(path: Path) -> list[tuple[str, str, str]]:
    """List rule, cell and severity of what the audit finds."""
    return [
        (result.rule.id, one.cell, one.severity)
        for result in audit_book(open_book(path))
        for one in result.findings
    ]


def numbers(rows: int, columns: str = COLUMNS) -> dict[str, Any]:
    return {f"{c}{r}": 10 * r + i for r in range(1, rows + 1) for i, c in enumerate(columns)}


# Circular references -----------------------------------------------------------------------------

CIRCLES: dict[str, tuple[Sheets, dict[str, str], str]] = {
    "an area": ({"S": {"B1": 1, "B4": ("=SUM(B1:B5)", 1)}}, {}, "S!B4"),
    "a whole column": ({"S": {"B1": 1, "B4": ("=SUM(B:B)", 1)}}, {}, "S!B4"),
    "a whole row": ({"S": {"A2": 1, "D2": ("=SUM(2:2)", 1)}}, {}, "S!D2"),
    "a name": ({"S": {"B1": 1, "B5": ("=SUM(Costs)", 1)}}, {"Costs": "S!$B$1:$B$5"}, "S!B5"),
    "a 3-D area": (
        {"S": {"A1": ("=SUM(T:U!A1)", 1)}, "T": {"A1": ("=S!A1", 1)}, "U": {"A1": 5}},
        {},
        "S!A1",
    ),
    "two cells": ({"S": {"B5": ("=B6*0.1", 1), "B6": ("=1000+B5", 1)}}, {}, "S!B5"),
}


@pytest.mark.parametrize("kind", CIRCLES)
def test_a_circle_is_found_and_with_iteration_on_it_is_a_note(tmp_path: Path, kind: str) -> None:
    sheets, names, first = CIRCLES[kind]
    path = write(tmp_path / "book.xlsx", sheets, names)
    assert findings(path) == [("circularity", first, "error")]
    path = write(tmp_path / "book.xlsx", sheets, names, iterate=True)
    assert findings(path) == [("circularity", first, "note")]
    [result] = [one for one in audit_book(open_book(path)) if one.rule.id == "circularity"]
    assert result.passed and dict(result.findings[0].facts)["iterations"] == 100


def test_a_column_that_is_filled_down_is_no_circle(tmp_path: Path) -> None:
    cells = {f"A{row}": (f"=A{row - 1}+1", row) for row in range(2, 20)}
    assert findings(write(tmp_path / "book.xlsx", {"S": {"A1": 1, **cells}})) == []


# Equal findings ----------------------------------------------------------------------------------


def test_equal_findings_side_by_side_are_one_with_its_area(tmp_path: Path) -> None:
    lost = {f"{c}{r}": ("=1/0", "#DIV/0!") for c in "BC" for r in range(2, 6)}
    other = {f"E{row}": (f"=[1]Budget!A{row}", 7) for row in range(2, 9)}
    path = write(tmp_path / "book.xlsx", {"S": {**lost, **other, "G3": ("=NA()", "#N/A")}})
    assert findings(path) == [
        ("external_links", "S!E2:E8", "error"),
        ("stored_errors", "S!B2:C5", "error"),
        ("stored_errors", "S!G3", "error"),
    ]


# Values ------------------------------------------------------------------------------------------

RIGHT = {
    "=SUM(S:T!A1)": 3, "=ROUND(1.005,2)": 1.01, "=SUM(TRUE,2)": 3, "=SUM(A1:B1 A1:A9)": 1,
    "=IF(A1>0,,5)": 0, "=+A2": "November", '=SUM("1","2")': 3, "=rate*2": 6, "=-2^2": 4,
    "=NOBODY(A1)": 5, "=[1]Cost!F16": 31310.6, "=TODAY()": 5,
    "=SUM(_xlfn._TRO_ALL(A:A))": 5, '=INDIRECT("A"&1)': 7,
}  # fmt: skip
"""Formulas, each with a stored value that is right, or that cannot be known."""


@pytest.mark.parametrize("formula", RIGHT)
def test_what_is_right_or_not_known_is_never_stale(tmp_path: Path, formula: str) -> None:
    sheets = {
        "S": {"A1": 1, "A2": "November", "F9": (formula, RIGHT[formula])},
        "T": {"A1": 2, "A2": 3},
    }
    names = {"rate": "S!$A$1", "S!rate": "T!$A$2"}
    found = findings(write(tmp_path / "book.xlsx", sheets, names))
    assert [one for one in found if one[0] != "external_links"] == []


@pytest.mark.parametrize(
    "formula", ["=A1*2", "=SUM(S:T!A1)", "=rate*2", "=ROUND(A1/3,2)", "=IF(A1>0,,5)", "=SUM(A:A)"]
)
def test_what_is_wrong_is_stale(tmp_path: Path, formula: str) -> None:
    sheets = {"S": {"A1": 1, "F9": (formula, 77), "F10": ("=F9*2", 154)}, "T": {"A1": 2}}
    found = findings(write(tmp_path / "book.xlsx", sheets, {"rate": "S!$A$1"}))
    assert found == [("stale_value", "S!F9", "error")], "the first of the chain"


def test_a_stale_value_in_an_array_formula_is_found(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    cells = {"A1": 1, "A2": 2, "B1": ("=A1:A2*2", 2), "B2": 5}
    write(path, {"S": cells})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<f>A1:A2*2", b'<f t="array" ref="B1:B2">A1:A2*2')
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert findings(path) == [("stale_value", "S!B1", "error")]


# Shape -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "total",
    ["SUM(D!{0}1:{0}3)", "SUM(D!{0}:{0})", 'SUMIF(D!$B:$B,"<>",D!{0}:{0})', "Sum( d!{0}1:{0}3 )"],
)
def test_a_total_of_the_wrong_column_is_found_with_ranges_and_with_columns(
    tmp_path: Path, total: str
) -> None:
    totals: dict[str, Any] = {c: "=" + total.format(c) for c in COLUMNS}
    totals["F"] = totals["F"].replace("F", "G") if "SUMIF" not in total else (
        '=SUMIF(D!$B:$B,"<>",D!G:G)')  # fmt: skip
    cells = {f"{c}2": (formula, None) for c, formula in totals.items()}
    found = findings(write(tmp_path / "book.xlsx", {"D": numbers(3), "S": cells}))
    assert found == [("shape", "S!F2", "error")]


def test_the_first_cell_of_a_row_that_differs_is_found(tmp_path: Path) -> None:
    sums: dict[str, Any] = {f"{c}4": (f"=SUM({c}1:{c}3)", None) for c in COLUMNS}
    for wrong in ("C", "J"):
        cells = {**numbers(3), **sums, f"{wrong}4": (f"=SUM({wrong}1:{wrong}2)", None)}
        found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
        assert ("shape", f"S!{wrong}4", "error") in found


ORDERLY: dict[str, dict[str, Any]] = {
    "numbers and formulas in alternating columns": {
        f"{c}{r}": 5 if i % 2 == 0 else (f"={COLUMNS[i - 1]}{r}/{COLUMNS[i - 1]}$9", None)
        for r in (1, 2)
        for i, c in enumerate(COLUMNS)
    },
    "the same references in another order": {
        **{f"{c}{r}": r for r in range(1, 6) for c in "AB"},
        **{f"C{r}": (f"=A{r}*B{r}" if r != 3 else "=B3*A3", None) for r in range(1, 6)},
    },
    "the same terms in another order": {
        **{f"{c}{r}": r for r in range(1, 6) for c in "AB"},
        **{f"C{r}": (f"=A{r}-B{r}+SUM(A{r},1)" if r != 3 else "=SUM(1,A3)+A3-B3", None)
           for r in range(1, 6)},
    },
    "names of functions in other letters, and blanks": {
        **{f"{c}{r}": r for r in range(1, 6) for c in "AB"},
        **{f"C{r}": (f"=SUM(A{r}:B{r})" if r != 3 else "=sum( A3:B3 )", None) for r in range(1, 6)},
    },
    "an opening balance and its roll-forward": {
        "B1": 100,
        "C1": ("=B1", None),
        **{f"{c}1": (f"={COLUMNS[i - 1]}1*1.1", None) for i, c in enumerate(COLUMNS) if i},
    },
    "a moving average that begins with fewer cells": {
        **{f"A{r}": r for r in range(1, 12)},
        "B1": ("=AVERAGE(A1:A2)", None),
        **{f"B{r}": (f"=AVERAGE(A{r - 1}:A{r + 1})", None) for r in range(2, 11)},
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ORDERLY)
def test_what_is_orderly_is_no_finding(tmp_path: Path, kind: str) -> None:
    assert findings(write(tmp_path / "book.xlsx", {"S": ORDERLY[kind]})) == []


def test_a_number_typed_over_a_formula_is_found_beside_another_one(tmp_path: Path) -> None:
    cells: dict[str, Any] = {**numbers(1), **{f"{c}2": (f"={c}1*2", None) for c in COLUMNS}}
    cells |= {"E2": 7, "G2": 7}
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert found == [("shape", "S!E2", "error"), ("shape", "S!G2", "error")]


# Other workbooks, and what programs add ----------------------------------------------------------


def test_links_to_other_workbooks_are_reported_and_their_values_are_not_judged(
    tmp_path: Path,
) -> None:
    cells = {
        f"{column_letters(2)}{row}": (formula, 5)
        for row, formula in enumerate(
            ("=[1]Cost!F16", "='[1]Inputs 2026'!B2*2", "=SUM([1]S!A:B)", "=[1]!Rate"), start=1
        )
    }
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert {rule for rule, _, _ in found} == {"external_links"}
    assert [cell for _, cell, _ in found] == [f"S!B{row}" for row in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "target",
    [
        "xl_cryptoai.xlam",
        "file:///C:\\Users\\anna\\XLSTART\\xl_cryptoai.xlam",
        "/Users/a/XL_CryptoAI.xlam",
    ],
)
def test_functions_of_our_add_in_are_noted_and_take_nothing_from_another_workbook(
    tmp_path: Path, target: str
) -> None:
    cells = {"A1": ('=[1]!CAI_VALUE("total")', 5), "A2": ("=[1]!CAI_AI_GAIN(A1,A1)*2", 7)}
    path = with_link(write(tmp_path / "book.xlsx", {"S": cells}), target)
    assert findings(path) == [("external_links", "workbook", "note")]
    assert not any(node.notes for node in trace_book(open_book(path), "S!A2").nodes.values())


def test_an_error_of_the_add_ins_function_is_explained_under_an_own_models_prefix(
    tmp_path: Path,
) -> None:
    own = made(model={"prefix": "ACME"})
    cells = {"A1": ('=[1]!ACME_VALUE("nope")', "#NUM!"), "A2": ("=A1*2", "#NUM!")}
    path = with_link(write(tmp_path / "book.xlsx", {"S": cells}), "xl_cryptoai.xlam")
    origin = error_origin(open_book(path, model=own), Place("S", 2, 1))
    assert origin is not None
    assert str(origin.begins) == "S!A1"
    assert origin.refusal.startswith("no assumption or step is called 'nope'")


def test_a_cell_of_our_add_in_an_unknown_function_and_a_file_elsewhere_are_errors(
    tmp_path: Path,
) -> None:
    cells = {"A1": ("=[1]Sheet1!A1", 5), "A3": ("=[1]!CAI_OTHER(2)", 7)}
    path = with_link(write(tmp_path / "book.xlsx", {"S": cells}), "xl_cryptoai.xlam")
    rule = "external_links"
    assert sorted(findings(path)) == [
        (rule, "S!A1", "error"), (rule, "S!A3", "error"), (rule, "workbook", "note"),
    ]  # fmt: skip
    for elsewhere in ("//evil/share/xl_cryptoai.xlam", "https://evil.example/xl_cryptoai.xlam",
                      "file:///\\\\evil\\xl_cryptoai.xlam", "not_xl_cryptoai.xlam"):  # fmt: skip
        calls = {"A1": ('=[1]!CAI_VALUE("total")', 5)}
        path = with_link(write(tmp_path / "book.xlsx", {"S": calls}), elsewhere)
        assert sorted(findings(path)) == [(rule, "S!A1", "error"), (rule, "workbook", "error")]


def test_hidden_names_of_programs_are_nobodys_finding(tmp_path: Path) -> None:
    names = {"_xlfn.LAMBDA": "#NAME?", "_xlpm.x": "#NAME?", "Twice": "LAMBDA(_xlpm.x,_xlpm.x*2)"}
    cells = {"A1": 2, "A2": 3, "B1": ("=Twice(A1)", 4), "B2": ("=_xlfn.BYROW(A1:A2,_xleta.SUM)", 2)}
    assert findings(write(tmp_path / "book.xlsx", {"S": cells}, names)) == []


def test_a_deleted_cell_is_found_and_a_text_of_that_name_is_not(tmp_path: Path) -> None:
    cells = {"A1": ("=#REF!+1", "#REF!"), "A3": ('="see #REF!"', "see #REF!")}
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert found == [("stored_errors", "S!A1", "error")] * 2


def test_the_first_of_a_chain_of_errors_is_reported(tmp_path: Path) -> None:
    path = write(
        tmp_path / "book.xlsx",
        {"S": {"A1": ("=1/0", "#DIV/0!"), "A2": 1, "B2": ("=SUM(A:A)", "#DIV/0!")}},
    )
    assert findings(path) == [("stored_errors", "S!A1", "error")]


def test_where_a_function_is_not_available_only_its_calls_are_reported(tmp_path: Path) -> None:
    cells = {
        "A1": ("=CAI_OTHER_SHARE(0,0)", "#NAME?"),
        "B1": ('=IFERROR(A1&"x","")', "kept from before"),
        "C1": ('=IF(ISNUMBER(CAI_OTHER_SHARE(0,0)),"yes","no")', "no"),
    }
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert found == [("stored_errors", "S!A1", "warning")]
    cells["A1"] = ("=CAI_OTHER_SHARE(0,0)", 1)
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert [cell for _, cell, _ in found] == ["S!B1", "S!C1"]


@pytest.mark.parametrize("error", ["#NAME?", "#VALUE!"])
def test_values_that_were_lost_without_our_functions_are_one_warning(
    tmp_path: Path, error: str
) -> None:
    cells = {
        "A1": ("=CAI_OTHER_SHARE(0.5,0.2)", error),
        "A2": ("=CAI_OTHER_SHARE(A1,0.2)", error),
        "A3": ("=A2*2", error),
        "B1": ('=IF(ISNUMBER(A1),"calculated","not")', "calculated"),
    }
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert found == [("stored_errors", "S!A1", "warning")]


def test_an_error_that_our_function_returns_is_an_error(tmp_path: Path) -> None:
    cells = {"A1": ("=CAI_OTHER_SHARE(0.9,0.9)", "#NUM!")}
    found = findings(write(tmp_path / "book.xlsx", {"S": cells}))
    assert found == [("stored_errors", "S!A1", "error")]


def test_numbers_of_which_15_digits_were_saved_are_not_judged_unequal(tmp_path: Path) -> None:
    cells: dict[str, Any] = {
        "A1": 0.103955932796898,
        "A2": ("=A1*1", 0.103955932796897),
        "A3": ("=IF(A1=A2,1,2)", 1),
        "A4": ("=SUMPRODUCT(--(A1:A1<>A2:A2))", 0),
    }
    assert findings(write(tmp_path / "book.xlsx", {"S": cells})) == []


def test_blanks_around_a_stored_text_are_nobodys_change(tmp_path: Path) -> None:
    """LibreOffice drops them when it saves."""
    cells = {"A1": ('="it is so. "&""', "it is so.")}
    assert findings(write(tmp_path / "book.xlsx", {"S": cells})) == []
