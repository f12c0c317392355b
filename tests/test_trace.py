"""Tracing a figure: down to assumptions and sources, up to what uses it, in any workbook."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import cell, edit, where
from formulas_books import areas_in_cellrune
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table
from shipped import CATALOGUE, FUNCTIONS, IN_TOTAL, MODEL, SCENARIOS, STEPS

from xl_cryptoai import Forecast
from xl_cryptoai.cli import main
from xl_cryptoai.errors import FileRefusedError, OutOfRangeError, UnknownNameError
from xl_cryptoai.formulas.graph import MAX_CELLS
from xl_cryptoai.functions.entry import HELP_LENGTH
from xl_cryptoai.functions.trace_function import HEADERS
from xl_cryptoai.reading.book import Place, open_book
from xl_cryptoai.reports.trace import FORMATS
from xl_cryptoai.tracing.trace import AGAIN, CIRCLE, DEEPER, Trace, notes_on, trace_book
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.layout import lay_out

TRACE = FUNCTIONS["CAI_TRACE"]


def assumptions_of(step: str) -> set[str]:
    """Follow the model's own graph."""
    return {
        found
        for name in STEPS[step].inputs
        for found in (assumptions_of(name) if name in STEPS else {name})
    }


# What cells are called --------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["office", "plain"])
@pytest.mark.parametrize(
    ("at", "label", "column"),
    [
        ("B7", "mean", "total"),
        ("C7", "mean", "total_se"),
        ("C28", "Independent", "p5_se"),
        ("B38", "crypto_software_share", "low"),
    ],
)
def test_a_cell_of_a_table_that_one_formula_fills_has_the_tables_own_words(
    workbooks: dict[str, Path], route: str, at: str, label: str, column: str
) -> None:
    found = trace_book(open_book(workbooks[route]), f"'Risk tables'!{at}", depth=1)
    node = found.nodes[found.roots[0]]
    assert (node.label, node.column) == (label, column)


# What somebody typed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("Cover!B10", ("total", "Crypto-AI revenue", "Live")),
        ("Charts!B72", ("", "2024", "Live")),  # a row of a year
        ("Checks!E8", ("", "Cases in which software and compute exceed AI revenue", "Found")),
    ],
)
def test_a_cell_of_any_table_has_the_first_words_of_its_row_and_its_header(
    workbooks: dict[str, Path], at: str, words: tuple[str, str, str]
) -> None:
    node = next(iter(trace_book(open_book(workbooks["plain"]), at, depth=0).nodes.values()))
    assert (node.id, node.label, node.column) == words


def test_words_of_ours_in_a_workbook_of_others_are_no_ids(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active.append(["Item", "Unit", "Base", "Bull"])
        book.active.append([STEPS["total"].label, "USD", 1, 2])

    node = next(iter(trace_book(open_book(made(tmp_path, fill)), "C2").nodes.values()))
    assert (node.id, node.label, node.notes) == ("", STEPS["total"].label, ())


def test_a_formula_typed_into_an_input_is_shown_and_followed(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    override, base, live = (
        where(workbooks["plain"], "Assumptions", "ai_penetration", head)
        for head in ("Override", "Base", "Live")
    )
    formula = f"={base.partition('!')[2]}*1.1"

    def change(book: Any) -> None:
        cell(book, "Assumptions", "ai_penetration", "Override").value = formula

    path = edit(workbooks["plain"], tmp_path / "typed.xlsx", change)
    for target in (override, live, "total"):
        found = trace_book(open_book(path), target)
        nodes = {str(place): node for place, node in found.nodes.items()}
        assert nodes[override].formula == formula
        assert list(map(str, nodes[override].links)) == [base] and base in nodes
        assert formula in FORMATS["text"](found)


def test_a_figure_typed_over_a_formula_is_said_to_be(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    typed = [("Segments", "tam", "Live"), ("Assumptions", "gdp_growth", "Live")]

    def change(book: Any) -> None:
        for place in typed:
            cell(book, *place).value = 2.5e11

    path = edit(workbooks["plain"], tmp_path / "typed.xlsx", change)
    for place in typed:
        found = trace_book(open_book(path), where(path, *place))
        (node,) = found.nodes.values()
        assert node.notes[0] == "typed over the formula that belongs here"
        assert "typed over" in FORMATS["text"](found)
    assert "typed over" not in FORMATS["text"](trace_book(open_book(path), "Segments!F24"))


# Our workbooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_the_total_is_traced_to_exactly_the_assumptions_of_the_catalogue(
    workbooks: dict[str, Path], route: str
) -> None:
    found = trace_book(open_book(workbooks[route]), "total")
    assert found.assumptions == IN_TOTAL
    leaves = [node for node in found.nodes.values() if not node.links]
    assert {node.id for node in leaves} == {*IN_TOTAL}
    assert len(leaves) == len(IN_TOTAL)
    assert all(node.kind in ("published", "derived") and not node.notes for node in leaves)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("rows", ["python_row", "native_row"])
def test_calls_and_the_native_chain_each_lead_to_all_of_them(
    workbooks: dict[str, Path], route: str, rows: str
) -> None:

    layout = lay_out(MODEL, calls=ROUTES[route].calls)
    if rows == "python_row" and not ROUTES[route].calls:
        return
    book = open_book(workbooks[route])
    for case, column in layout.cases.items():
        found = trace_book(book, f"Forecast!{column}{getattr(layout, rows)['total']}")
        assert found.assumptions == IN_TOTAL, case
        headers = {node.column.lower() for node in found.nodes.values()}
        assert headers == {case}, "a case takes nothing from another"
        other = "Native" if rows == "python_row" else ROUTES[route].computed_by
        if ROUTES[route].calls:
            assert not any(f", {other}" in node.label for node in found.nodes.values())


@pytest.mark.parametrize("route", ROUTES)
def test_every_step_is_traced_to_what_the_model_takes(
    workbooks: dict[str, Path], route: str
) -> None:
    book = open_book(workbooks[route])
    for name in STEPS:
        assert set(trace_book(book, name).assumptions) == assumptions_of(name), name


def test_a_cell_has_name_label_unit_value_and_formula(workbooks: dict[str, Path]) -> None:
    found = trace_book(open_book(workbooks["office"]), "total")
    root = found.nodes[found.roots[0]]
    assert (root.id, root.label, root.unit) == ("total", STEPS["total"].label, "USD/year")
    assert (root.column, root.kind) == ("Live", "computed")
    assert root.value == pytest.approx(Forecast()["total"])
    assert root.formula.startswith("=IF(ISNUMBER(Forecast!")
    native = next(n for n in found.nodes.values() if n.label == f"{STEPS['tam'].label}, Native")
    assert native.unit == "USD/year"
    call = next(node for node in found.nodes.values() if "CAI_TAM(" in node.formula)
    assert (call.id, call.label) == ("tam", STEPS["tam"].label)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_assumption_says_where_its_value_is_from(
    workbooks: dict[str, Path], tmp_path: Path, scenario: str
) -> None:
    def choose(book: Any) -> None:
        book["Cover"][where_is(book, "scenario")].value = scenario.capitalize()

    path = edit(workbooks["plain"], tmp_path / "book.xlsx", choose)
    for place in (where(path, "Assumptions", "gdp_growth", scenario.capitalize()), "gdp_growth"):
        found = trace_book(open_book(path), place)
        node = found.nodes[found.roots[0]]
        entry = CATALOGUE["gdp_growth"]
        base = scenario == "base"
        assert (node.id, node.label, node.unit) == (entry.id, entry.label, entry.unit_label)
        assert node.kind == CATALOGUE.kind_of(entry.id, scenario)
        assert node.locator == (entry.locator if base else "")
        assert node.rationale == (entry.rationale if base else entry.scenario_rationale)


def where_is(book: Any, name: str) -> str:
    return str(book.defined_names[name].attr_text.rpartition("!")[2].replace("$", ""))


def test_what_a_person_typed_is_not_passed_off_as_published(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        cell(book, "Assumptions", "gdp_growth", "Override").value = 0.05
        cell(book, "Assumptions", "ai_penetration", "Base").value = 0.4

    path = edit(workbooks["plain"], tmp_path / "book.xlsx", change)
    found = trace_book(open_book(path), "total")
    by_id = {node.id: node for node in found.nodes.values() if not node.links}
    growth = by_id["gdp_growth"]
    override = where(path, "Assumptions", "gdp_growth", "Override")
    assert (growth.kind, growth.locator, growth.rationale) == ("override", "", "")
    assert growth.notes == (f"overridden in {override}",)
    base = trace_book(open_book(path), where(path, "Assumptions", "ai_penetration", "Base"))
    assert base.nodes[base.roots[0]].notes == ("the catalogue has 33%",)


def test_where_no_values_are_stored_nothing_is_held_against_the_catalogue(
    workbooks: dict[str, Path], tmp_path: Path
) -> None:
    openpyxl.load_workbook(workbooks["plain"]).save(tmp_path / "book.xlsx")
    found = trace_book(open_book(tmp_path / "book.xlsx"), "total")
    assert found.assumptions == IN_TOTAL
    assert {note for node in found.nodes.values() for note in node.notes} == set()


@pytest.mark.parametrize("head", ["Live", "Override"])
def test_a_formula_put_over_an_assumption_is_followed(
    workbooks: dict[str, Path], tmp_path: Path, head: str
) -> None:
    def change(book: Any) -> None:
        book["Change log"]["F99"] = 0.05
        cell(book, "Assumptions", "gdp_growth", head).value = "='Change log'!F99*2"

    path = edit(workbooks["plain"], tmp_path / "book.xlsx", change)
    total = trace_book(open_book(path), "total")
    assert at("Change log", "F99") in total.nodes
    assert total.assumptions == IN_TOTAL


def test_asked_for_itself_an_assumption_is_opened(workbooks: dict[str, Path]) -> None:
    found = trace_book(open_book(workbooks["plain"]), "ai_penetration")
    headers = [found.nodes[link].column for link in found.nodes[found.roots[0]].links]
    assert [head for head in headers if head] == ["Override", "Own", "Base", "Bear", "Bull"]
    assert found.assumptions == ("ai_penetration",)
    assert "scenario" in {node.id for node in found.nodes.values()}


def test_an_id_is_found_without_its_name(workbooks: dict[str, Path], tmp_path: Path) -> None:
    def lose(book: Any) -> None:
        del book.defined_names["total"], book.defined_names["gdp_growth"]

    path = edit(workbooks["plain"], tmp_path / "book.xlsx", lose)
    assert trace_book(open_book(path), "total").assumptions == IN_TOTAL
    place = where(path, "Assumptions", "gdp_growth", "Live")
    assert str(trace_book(open_book(path), "gdp_growth").roots[0]) == place


def test_an_assumption_leads_up_to_the_total(workbooks: dict[str, Path]) -> None:
    book = open_book(workbooks["office"])
    for name in IN_TOTAL:
        found = trace_book(book, name, dependents=True)
        ids = {node.id for node in found.nodes.values()}
        assert {step for step in STEPS if name in assumptions_of(step)} <= ids, name
        assert "master_check" in ids


# Against another engine --------------------------------------------------------------------------


UNSEEN = {
    "a cell that an array formula fills leads to that formula": ("C2", "", "S!C1"),
    "a relative name moves with the cell that uses it": ("E5", "=beside", "S!D5"),
}
"""What cellrune does not see: the cell, its formula, and what it depends on."""


def test_what_cellrune_does_not_see_is_this(tmp_path: Path) -> None:
    cellrune = pytest.importorskip("cellrune", reason="pip install cellrune")

    def fill(book: Any) -> None:
        grid(book)
        sheet = book["S"]
        sheet["C1"] = ArrayFormula("C1:C3", "=A1:A3*2")
        # as stored, a name is counted from A1: the cell to the left is the last of the row
        book.defined_names["beside"] = DefinedName("beside", attr_text="S!XFD1")
        book.defined_names["both"] = DefinedName("both", attr_text="S!$A$1")
        sheet.defined_names["both"] = DefinedName("both", attr_text="S!$A$2:$A$3")
        for place, formula, _ in UNSEEN.values():
            if formula:
                sheet[place] = formula
        for row, formula in enumerate(SEEN, start=20):
            sheet.cell(row, 6, formula)
        sheet["F11"] = "=T[[#This Row],[P]]"

    path = made(tmp_path, fill)
    other = cellrune.Workbook.open_path(str(path))
    other.calculate()
    book = open_book(path)
    graph = book.graph
    for what, (address, _, area) in UNSEEN.items():
        place = at("S", address)
        assert [str(one) for one in graph.references(place).areas] == [area], what
        assert area not in areas_in_cellrune(other, place), f"cellrune sees it now: {what}"
    for place in [at("S", f"F{20 + number}") for number in range(len(SEEN))] + [at("S", "F11")]:
        ours = {str(area) for area in graph.references(place).areas}
        assert ours == areas_in_cellrune(other, place), book.formula_cells[place]


SEEN = [
    "=A1+$B$2*b2",
    "=SUM(B2:A1)+SUM('Bob''s data'!A1:B2)",
    "=SUM(S:Z!A1)",
    "=SUM(area)+ONE+twice+own",
    "=fn(A1)",
    "=_xlfn.LET(_xlpm.x,A1,_xlpm.x+1)",
    "=CAI_X(A1)+CAI.X(A2)+_xldudf_CAI_X(A3:A5)",
    "=SUM(T[P])+SUM(T[])+COUNTA(T[[#Headers],[Q]])+COUNTA(T[#All])",
    "=MATCH(A1,A1:A5,0)+ROWS(A1:C5)+SUMPRODUCT((A1:A5>1)*B1:B5)",
    "=SUM(A:A)+SUM($A:$B)+SUMIF(A:A,1,B:B)", "=SUM(2:2)+SUM(3:4)+COUNTA($A$1:$XFD$1)",
    "=SUM(S:Z!A:A)+SUM('Bob''s data:Z'!A1:B2)", "=A:A 2:2", "=SUM(A1:C3 B2:D4)+SUM(area A:A)",
    "=SUM(A1:B2 D4:E5)", "=SUM((A1:A2,C1:C2))+SUM(A3,(B1,C1))",
    "=S!own+Z!A1", "=Z!own", "='Bob''s data'!own", "=both", "='Bob''s data'!both", "=Z!both",
    "=SUM(T[[P]:[Q]])+SUM(T[[#Headers],[#Data],[P]])", "=COUNTA(T[#Totals])",
    "=SUM(T[[#All],[P]:[Q]])+SUM(T[[#Data],[Q]])",
    "=SUM(_xlfn.ANCHORARRAY(C1))", "=_xlfn._xlws.FILTER(A1:A5,B1:B5>1)", "=_xlfn.SEQUENCE(A1)",
    "=_xlfn.SINGLE(A:A)", "=_xlfn.SINGLE(A19:A90)*2", "=_xlfn.SINGLE(2:2)",
]  # fmt: skip
"""One row each from row 20 on, in column F; `both` means other cells on sheet S."""
COMPUTED = ["=OFFSET(A1,1,0)", '=INDIRECT("A1")', "=SUM(A1:INDEX(A1:A9,3))"]
"""Where a value chooses the cells: cellrune calculates it, and we say that it is so."""


@pytest.mark.parametrize("formula", COMPUTED)
def test_cells_that_a_value_chooses_are_said_to_be_chosen(tmp_path: Path, formula: str) -> None:
    def fill(book: Any) -> None:
        grid(book)
        book["S"]["E1"] = formula

    cellrune = pytest.importorskip("cellrune", reason="pip install cellrune")
    path, place = made(tmp_path, fill), at("S", "E1")
    other = cellrune.Workbook.open_path(str(path))
    other.calculate()
    book = open_book(path)
    assert {str(area) for area in book.graph.references(place).areas} < areas_in_cellrune(
        other, place
    )


def test_a_cell_of_a_column_that_is_met_is_no_circle(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet["A5"], sheet["A6"], sheet["B5"] = 1, "=B5*2", "=_xlfn.SINGLE(A:A)"

    graph = open_book(made(tmp_path, fill)).graph
    assert [*graph.circles] == []


# Other workbooks ---------------------------------------------------------------------------------


def made(folder: Path, fill: Callable[[Any], None]) -> Path:
    book = openpyxl.Workbook()
    fill(book)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def at(sheet: str, address: str) -> Place:
    row, column = openpyxl.utils.cell.coordinate_to_tuple(address)
    return Place(sheet, row, column)


def grid(book: Any) -> None:
    """Two sheets with numbers in A1:C5, one of them with a name to be quoted; names; a table."""
    sheet, other = book.active, book.create_sheet("Bob's data")
    sheet.title = "S"
    book.create_sheet("Z")["A1"] = 1
    for row in range(1, 6):
        for column in range(1, 4):
            sheet.cell(row, column, row * column)
            other.cell(row, column, row * column)
    for name, meaning in {
        "area": "S!$A$1:$B$2",
        "one": "'Bob''s data'!$C$5",
        "twice": "one*2+S!$C$4",
        "fn": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x+S!$C$3)",
        "half": "0.5",
        "loop": "loop+1",
        "gone": "S!#REF!",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=meaning)
    sheet.defined_names["own"] = DefinedName("own", attr_text="S!$B$5")
    for row, (first, second) in enumerate([("P", "Q"), (1, 2), (3, 4)], start=10):
        sheet.cell(row, 1, first)
        sheet.cell(row, 2, second)
    sheet.add_table(Table(displayName="T", ref="A10:B12"))


Q = "Bob's data!"


@pytest.mark.parametrize(
    ("formula", "note"),
    [
        ("=[1]Other!A1+A1", "another workbook, [1]Other!A1"),
        ("=gone", "a lost reference, S!#REF!"),
        ("=Missing!A1", "a sheet that is missing, Missing!"),
        ("=nobody", "a name that is not defined, nobody"),
        ("=loop", "a name that refers to itself, loop"),
        ("=T[R]", "a column that is missing, T[R]"),
        ("=U[R]", "a table that is missing, U[R]"),
        ("=OFFSET(A1,1,1)", "the cells that OFFSET chooses when it is computed"),
        ("=SUM(S!A1:Z!B2)", "a range from one sheet to another, S!A1:Z!B2"),
        ('="', "a formula that cannot be read"),
    ],
)
def test_what_cannot_be_followed_is_noted(tmp_path: Path, formula: str, note: str) -> None:
    def fill(book: Any) -> None:
        grid(book)
        book["S"]["F9"] = formula

    assert notes_on(open_book(made(tmp_path, fill)), at("S", "F9")) == [note]


def test_an_area_that_is_cut_at_the_cap_is_noted(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for row in range(1, MAX_CELLS + 2):
            book.active.cell(row, 1, row)
        book.active["B1"] = "=SUM(A:A)"

    book = open_book(made(tmp_path, fill))
    assert notes_on(book, at("Sheet", "B1")) == ["more than 10,000 cells of Sheet!A:A"]


def test_a_cell_that_another_formula_fills_is_computed(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet["A1"], sheet["A2"] = 1, 2
        sheet["B1"] = ArrayFormula("B1:B2", "=A1:A2*2")
        sheet["C1"] = "=SUM(B1:B2)"

    nodes = trace_book(open_book(made(tmp_path, fill)), "C1").nodes
    kinds = {str(place): node.kind for place, node in nodes.items()}
    assert kinds["Sheet!B2"] == "computed" and kinds["Sheet!A1"] == "constant"


def circles(book: Any) -> None:
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = "=A2+A4", "=A3+A4", "=A1+A4", 7


def test_circles_are_cut_and_shared_cells_are_shown_once(tmp_path: Path) -> None:
    path = made(tmp_path, circles)
    lines = [(str(visit.node.place)[6:], visit.level, visit.state) for visit in
             trace_book(open_book(path), "Sheet!A1").walk()]  # fmt: skip
    assert lines == [
        ("A1", 0, ""), ("A2", 1, ""), ("A3", 2, ""), ("A1", 3, CIRCLE), ("A4", 3, ""),
        ("A4", 2, ""), ("A4", 1, ""),
    ]  # fmt: skip
    text = FORMATS["text"](trace_book(open_book(path), "A1"))
    assert "(circular: it depends on itself)" in text
    for form in FORMATS.values():
        assert form(trace_book(open_book(path), "A1", dependents=True))


def diamond(book: Any) -> None:
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = "=A2+A3", "=A3", "=A4", 7


def test_a_shared_cell_is_opened_once_and_a_depth_is_kept(tmp_path: Path) -> None:
    path = made(tmp_path, diamond)
    states = [visit.state for visit in trace_book(open_book(path), "A1").walk()]
    assert states == ["", "", "", "", AGAIN]
    for depth, expected in {0: 1, 1: 3, 2: 5}.items():
        visits = list(trace_book(open_book(path), "A1", depth=depth).walk())
        assert max(visit.level for visit in visits) == depth
        assert len(visits) == expected
        assert (DEEPER in {visit.state for visit in visits}) is (depth < 3)
    with pytest.raises(OutOfRangeError, match="give 0 or more"):
        trace_book(open_book(path), "A1", depth=-1)


def test_labels_are_taken_from_the_row_and_units_from_their_column(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        rows = [
            ["Plan"], [], ["Item", "Unit", "2024", "2025"], ["Price", "EUR", 2, 3],
            ["Volume", "t", 10, 20], ["Revenue", "EUR", "=C4*C5", "=D4*D5"],
        ]  # fmt: skip
        for row in rows:
            sheet.append(row)
        other = book.create_sheet("Other")
        other.append(["Rate", 0.5])
        other.append(["Result", "=B1*Sheet!D6"])

    found = trace_book(open_book(made(tmp_path, fill)), "Other!B2")
    told = {(node.label, node.column, node.unit) for node in found.nodes.values()}
    assert told == {
        ("Result", "", ""), ("Rate", "", ""), ("Revenue", "2025", "EUR"),
        ("Price", "2025", "EUR"), ("Volume", "2025", "t"),
    }  # fmt: skip
    assert found.assumptions == ()


@pytest.mark.parametrize(
    ("target", "roots"),
    [
        ("A1", ["S!A1"]),
        ("$A$1", ["S!A1"]),
        ("s!a1", ["S!A1"]),
        ("'Bob''s data'!A1", [f"{Q}A1"]),
        ("Bob's data!A1", [f"{Q}A1"]),
        ("A1:B2", ["S!A1", "S!B1", "S!A2", "S!B2"]),
        ("area", ["S!A1", "S!B1", "S!A2", "S!B2"]),
        ("AREA", ["S!A1", "S!B1", "S!A2", "S!B2"]),
        ("S!own", ["S!B5"]),
        ("T[P]", ["S!A11", "S!A12"]),
    ],
)
def test_targets(tmp_path: Path, target: str, roots: list[str]) -> None:
    found = trace_book(open_book(made(tmp_path, grid)), target)
    assert [str(place) for place in found.roots] == roots
    assert FORMATS["text"](found).startswith(roots[0])


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("aera", "did you mean area?"),
        ("Y!A1", "has no name or cell 'Y!A1'"),
        ("", "has no name or cell ''"),
        ("half", "refers to 0.5, which is not a cell"),
        ("=1+", "has no name or cell"),
        ("total", "has no name or cell 'total'"),
        ("S!A1048577", "S!A1048577 is not a cell: a sheet goes from A1 to XFD1048576"),
        ("s!A9999999", "is not a cell"),
        ("A99999999", "is not a cell"),
        ("S!XFE1", "is not a cell"),
        ("S!$ZZZ$1", "is not a cell"),
        ("S!AAAA1", "is not a cell"),
        ("S!A0", "is not a cell"),
        ("S!A1:A1048577", "is not a cell"),
        ("Bob's data!XFE1", "is not a cell"),
        ("Y!XFE1", "has no name or cell"),
    ],
)
def test_a_target_that_is_none_is_refused(tmp_path: Path, target: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(words)):
        trace_book(open_book(made(tmp_path, grid)), target)


def test_a_target_that_can_mean_two_names_is_asked_back(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active.title = "gross margin"
        book.defined_names["gross_margin"] = DefinedName("gross_margin", attr_text="0.5")

    with pytest.raises(UnknownNameError) as refusal:
        trace_book(open_book(made(tmp_path, fill)), "Gross-Margin")
    assert str(refusal.value).startswith("'Gross-Margin' can be gross_margin or gross margin")


def test_the_last_cell_of_a_sheet_is_one_and_a_name_may_read_like_one_beyond(
    tmp_path: Path,
) -> None:
    def fill(book: Any) -> None:
        grid(book)
        book.defined_names["XFE1"] = DefinedName("XFE1", attr_text="S!$A$2")
        book["S"]["C1"] = "=XFE1+XFE2"

    path = made(tmp_path, fill)
    roots = [trace_book(open_book(path), one).roots[0] for one in ("S!XFD1048576", "XFE1")]
    assert list(map(str, roots)) == ["S!XFD1048576", "S!A2"]
    node = next(iter(trace_book(open_book(path), "S!C1").nodes.values()))
    assert list(map(str, node.links)) == ["S!A2"]
    assert node.notes == ("a name that is not defined, XFE2",)


def test_names_that_explode_are_harmless(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for number in range(200):
            meaning = f"n_{number + 1}_+n_{number + 1}_+Sheet!$A$1"
            book.defined_names[f"n_{number}_"] = DefinedName(f"n_{number}_", attr_text=meaning)
        book.active["B1"] = "=n_0_"

    book = open_book(made(tmp_path, fill))
    graph = book.graph
    assert graph.precedents(at("Sheet", "B1")) == [at("Sheet", "A1")]
    assert notes_on(book, at("Sheet", "B1")) == ["names within names, more than 50 deep"]


@pytest.mark.parametrize("dependents", [False, True])
def test_a_trace_that_would_never_end_is_cut_and_says_so(tmp_path: Path, dependents: bool) -> None:
    """Running sums of running sums: a million links and more."""

    def fill(book: Any) -> None:
        for row in range(1, 1501):
            book.active.append([row, f"=SUM(A$1:A{row})", f"=SUM(B$1:B{row})"])

    path = made(tmp_path, fill)
    target = "A1" if dependents else "C1500"
    found = trace_book(open_book(path), target, dependents=dependents)
    assert any("not followed" in note for node in found.nodes.values() for note in node.notes)
    assert "not followed" in FORMATS["text"](found)


def foreign(path: Path, formulas: int = 20_000) -> None:
    """Chains, running sums and look-ups over several sheets."""
    book = openpyxl.Workbook()
    for number in range(4):
        sheet = book.create_sheet(f"Sheet {number}")
        before = f"'Sheet {number - 1}'!" if number else ""
        sheet.append([1, 2, *["text"] * 6])
        for row in range(2, formulas // 20 + 2):
            sheet.append([
                row, f"=A{row}*2+B{row - 1}", f"=SUM(B$2:B{row})", f"={before}B{row}",
                f"=INDEX($A:$A,MATCH(A{row},$A:$A,0))", f"=IF(C{row}>10,D{row},E{row}^2)",
            ])  # fmt: skip
    book.save(path)


def test_a_foreign_workbook_of_20_000_formulas_is_traced_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    foreign(path)
    found = trace_book(open_book(path), "Sheet 3!F1001")
    assert len(found.nodes) > 4000
    assert len(FORMATS["text"](found).splitlines()) > 4000
    upwards = trace_book(open_book(path), "Sheet 0!A500", dependents=True)
    assert len(upwards.nodes) > 1000


def test_a_chain_of_thousands_is_no_matter_in_any_format(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active["A1"] = 1
        for row in range(2, 5001):
            book.active.cell(row, 1, f"=A{row - 1}+1")

    found = trace_book(open_book(made(tmp_path, fill)), "A5000", depth=4990)
    for form in FORMATS.values():
        assert form(found)


# Formats -----------------------------------------------------------------------------------------


@pytest.fixture
def odd(tmp_path: Path) -> Trace:
    """A trace full of what formats could stumble over."""

    def fill(book: Any) -> None:
        sheet = book.active
        sheet.append(['5 < "6" & [x]\\n\nline {#}', "=B2&B3"])
        sheet.append(["</script><b>", "#<&>\"'`"])
        sheet.append(["é ± 三", '=IF("a"<>"b",B2,"]]>")'])

    return trace_book(open_book(made(tmp_path, fill)), "B1")


def test_json_has_everything(workbooks: dict[str, Path], odd: Trace) -> None:
    found = trace_book(open_book(workbooks["office"]), "total")
    data = json.loads(FORMATS["json"](found))
    assert data["assumptions"] == list(IN_TOTAL)
    assert (data["direction"], data["roots"]) == ("precedents", [str(found.roots[0])])
    cells = {node["cell"]: node for node in data["nodes"]}
    assert len(cells) == len(found.nodes)
    assert all(link in cells for node in cells.values() for link in node["links"])
    growth = next(node for node in cells.values() if node["id"] == "gdp_growth")
    assert growth["rationale"] == CATALOGUE["gdp_growth"].rationale
    assert json.loads(FORMATS["json"](odd))["nodes"][0]["formula"] == "=B2&B3"


def test_html_is_well_formed_and_needs_nothing_else(workbooks: dict[str, Path], odd: Trace) -> None:
    for found in (trace_book(open_book(workbooks["office"]), "total"), odd):
        page = FORMATS["html"](found)
        root = ET.fromstring(page.partition("\n")[2])
        assert not re.search(r"<script|src=|https?://|url\(|@import", page)
        ids = [one.get("id") for one in root.iter() if one.get("id")]
        assert len(ids) == len(set(ids)) == len(found.nodes)
        links = [str(one.get("href")).removeprefix("#") for one in root.iter("a")]
        assert set(links) <= set(ids)
        opened = sum(1 for visit in found.walk() if visit.node.links and not visit.state)
        assert len(list(root.iter("details"))) == opened
        words = "".join(root.itertext())
        assert all(node.formula in words for node in found.nodes.values())
    page = FORMATS["html"](trace_book(open_book(workbooks["office"]), "total"))
    assert "<b>" not in FORMATS["html"](odd)
    for entry in (CATALOGUE[name] for name in IN_TOTAL):
        assert entry.locator in page


def test_the_tree_of_the_page_is_the_tree_of_the_text(workbooks: dict[str, Path]) -> None:
    found = trace_book(open_book(workbooks["office"]), "total")
    root = ET.fromstring(FORMATS["html"](found).partition("\n")[2])
    tree = root.find("body/main/section/div[@class='trace']")
    assert tree is not None

    def levels(one: Any, level: int) -> list[tuple[int, str]]:
        told = []
        for child in one:
            if child.tag == "details" or child.get("class") == "leaf":
                place = next(e.text for e in child.iter() if e.get("class") == "place")
                told.append((level, place))
                told += levels(child, level + 1)
        return told

    assert levels(tree, 0) == [(visit.level, str(visit.node.place)) for visit in found.walk()]


def test_mermaid_and_dot_have_a_box_a_cell_and_an_arrow_a_link(
    workbooks: dict[str, Path], odd: Trace
) -> None:
    for found in (trace_book(open_book(workbooks["office"]), "total"), odd):
        links = sum(len(node.links) for node in found.nodes.values())
        first, *lines, last = FORMATS["mermaid"](found).splitlines()
        assert first == "flowchart LR" and last.startswith("  classDef assumption ")
        boxes = [line for line in lines if re.fullmatch(r'  n\d+\["[^"]*"\](:::assumption)?', line)]
        arrows = [line for line in lines if re.fullmatch(r"  n\d+ --> n\d+", line)]
        assert (len(boxes), len(arrows)) == (len(found.nodes), links)
        assert len(boxes) + len(arrows) == len(lines)
        first, *lines, last = FORMATS["dot"](found).splitlines()
        assert (first, last) == ("digraph trace {", "}")
        label = r'"(?:[^"\\]|\\.)*"'
        box = rf'  n\d+ \[label={label}(, style=filled, fillcolor="#c5dbf0")?\];'
        boxes = [line for line in lines if re.fullmatch(box, line)]
        arrows = [line for line in lines if re.fullmatch(r"  n\d+ -> n\d+;", line)]
        assert (len(boxes), len(arrows)) == (len(found.nodes), links)


def test_arrows_run_the_way_figures_flow(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active["A1"], book.active["B1"] = 1, "=A1"

    path = made(tmp_path, fill)
    assert "  n2 --> n1" in FORMATS["mermaid"](trace_book(open_book(path), "B1"))
    assert "  n1 --> n2" in FORMATS["mermaid"](trace_book(open_book(path), "A1", dependents=True))


def test_text_reads_as_a_person_would_say_it(workbooks: dict[str, Path]) -> None:
    text = FORMATS["text"](trace_book(open_book(workbooks["libreoffice"]), "tam", depth=2))
    place = where(workbooks["libreoffice"], "Assumptions", "gdp_growth", "Live")
    line = next(line for line in text.splitlines() if place in line and "CAI." not in line)
    entry = CATALOGUE["gdp_growth"]
    told = f"{place} gdp_growth  GDP growth, Live = 3% per year  [published: {entry.locator}]"
    assert line.lstrip("│├└─ ") == told
    assert "5.850T USD/year" in text and "CAI.TAM(" in text
    assert "within 2 steps, 5 assumptions: baseline_year, forecast_year" in text


# The command -------------------------------------------------------------------------------------


def test_the_command_prints_or_writes(
    workbooks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = str(workbooks["plain"])
    assert main(["trace", book, "total"]) == 0
    assert f"{len(IN_TOTAL)} assumptions" in capsys.readouterr().out
    assert main(["trace", book, "gdp_growth", "--dependents", "--depth", "1"]) == 0
    assert "gdp_growth is used by" in capsys.readouterr().out
    assert main(["trace", book, "total", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["target"] == "total"
    out = tmp_path / "total.html"
    assert main(["trace", book, "total", "--format", "html", "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(out), "Open it in a browser."]
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["trace", book, "total", "--out", str(out)]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["trace", book, "total", "--out", str(out), "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "has no name or cell 'nobody'"),
        (["total", "--format", "pdf"], "no format is called 'pdf'"),
        (["total", "--depth", "-1"], "is not in the range x>=0"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    workbooks: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    assert main(["trace", str(workbooks["plain"]), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_text("no zip")
    with pytest.raises(FileRefusedError, match="is not a workbook"):
        trace_book(open_book(tmp_path / "book.xlsx"), "total")


# The Excel function ------------------------------------------------------------------------------


def test_the_function_answers_with_the_model_s_own_tree() -> None:
    answer = TRACE("total")
    assert isinstance(answer, list)
    assert answer[0] == list(HEADERS)
    assert answer[1][:5] == [0.0, "total", STEPS["total"].label, "USD/year", "computed"]
    assert "printed 10.2B" in answer[1][5]
    assert {row[1] for row in answer[1:] if row[1] in CATALOGUE} == {*IN_TOTAL}
    for name in STEPS:
        rows: Any = TRACE(name)
        found = {row[1] for row in rows[1:]} & set(CATALOGUE)
        assert found == assumptions_of(name)
        opened = [row[1] for row in rows[1:] if row[1] in STEPS and row[5] != "shown above"]
        assert len(opened) == len(set(opened))
    for row in answer[1:]:
        if row[1] in CATALOGUE:
            entry = CATALOGUE[row[1]]
            assert row[2:] == [entry.label, entry.unit_label, entry.kind, entry.locator]


def test_a_row_stands_one_level_below_the_step_that_takes_it() -> None:
    rows: Any = TRACE("total")
    path: list[str] = []
    for level, name, *_ in rows[1:]:
        del path[int(level) :]
        if path:
            assert name in STEPS[path[-1]].inputs
        path.append(name)


def test_the_function_takes_assumptions_and_refuses_the_unknown() -> None:
    rows: Any = TRACE("gdp_growth")
    assert [row[1] for row in rows[1:]] == ["gdp_growth"]
    with pytest.raises(UnknownNameError, match="no assumption or step is called 'nobody'"):
        TRACE("nobody")
    assert len(TRACE.help) <= HELP_LENGTH
    assert all(len(argument.help) <= HELP_LENGTH for argument in TRACE.arguments)
