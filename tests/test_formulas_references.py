"""What formulas refer to: areas through sheets, names and tables, or the reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formulas_books import Book, areas_in_cellrune, book, place

from xl_cryptoai.formulas.graph import MAX_CELLS, Graph
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.xlsx.cells import Cell, DataTable, Formula
from xl_cryptoai.xlsx.references import Area, Place
from xl_cryptoai.xlsx.tables import Table
from xl_cryptoai.xlsx.workbook import open_workbook

Q = "Bob's data!"


def grid(formula: Any = "=1", cell: str = "F9") -> Book:
    """Three sheets, names and tables, and a formula in a cell of the first sheet."""
    numbers = {(row, column): row * column for row in range(1, 6) for column in range(1, 4)}
    table = {"A10": "P", "B10": "Q", "A11": 1, "B11": 2, "A12": 3, "B12": 4}
    odd = Table("odd", "Z", Area(1, 1, 4, 3), ("Rev [mEUR]", "# units", "Net\nsales"), 1, 1)
    return book(
        {
            "S": {**numbers, **table, cell: formula},
            "Bob's data": numbers,
            "Z": {"A1": 1},
            "Straße": {},
            "Strasse": {},
        },
        {
            "area": "S!$A$1:$B$2",
            "one": "'Bob''s data'!$C$5",
            "twice": "one*2+S!$C$4",
            "fn": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x+S!$C$3)",
            "half": "0.5",
            "loop": "loop+1",
            "gone": "S!#REF!",
            "several": "S!$A$1,S!$C$1:$C$2",
            "beside": "S!XFD1",
            "S!own": "S!$B$5",
            "rate": "S!$A$1",
            "S!rate": "Z!$A$1",
            "_xlfn.SUM": "#NAME?",
        },
        [Table("T", "S", Area(10, 1, 12, 2), ("P", "Q")), odd],
    )


@pytest.mark.parametrize(
    ("formula", "areas", "problems"),
    [
        ("=A1+$B$2*b2", ["S!A1", "S!B2"], []),
        ("=SUM(A1:B2,C1)", ["S!A1:B2", "S!C1"], []),
        ("=SUM(B2:A1)", ["S!A1:B2"], []),
        ("=SUM('Bob''s data'!A1:B2)", [f"{Q}A1:B2"], []),
        ("='Bob''s data'!A1:'Bob''s data'!B2", [f"{Q}A1:B2"], []),
        ("=s!A1", ["S!A1"], []),
        ("=STRASSE!A1", ["Strasse!A1"], []),  # ß is a letter of its own
        ("=SUM(A:B)", ["S!A:B"], []),
        ("=SUM($2:3)", ["S!2:3"], []),
        ("=SUM(S:Z!A1)", ["S!A1", f"{Q}A1", "Z!A1"], []),
        ("=SUM(area)+ONE", ["S!A1:B2", f"{Q}C5"], []),
        ("=twice", [f"{Q}C5", "S!C4"], []),
        ("=SUM(area:C5)", ["S!A1:C5"], []),
        ("=SUM(several)", ["S!A1", "S!C1:C2"], []),
        ("=own+S!own", ["S!B5"], []),
        ("=rate", ["Z!A1"], []),  # case 27: a local name goes before a global one
        ("=Z!rate", ["S!A1"], []),
        ("=beside", ["S!E9"], []),  # counted from A1, the cell to the left is the row's last
        ("=fn(A1)", ["S!C3", "S!A1"], []),
        ("=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+A1)(B2)", ["S!A1", "S!B2"], []),
        ("=_xlfn.LET(_xlpm.x,A1,_xlpm.x+1)", ["S!A1"], []),
        ("=LET(x,A1,x+1)", ["S!A1"], []),
        ("=_xlfn.BYROW(A1:B2,_xleta.SUM)", ["S!A1:B2"], []),
        ("=half*2", [], []),
        ("=CAI_X(A1)+CAI.X(A2)+_xldudf_CAI_X(A3)", ["S!A1", "S!A2", "S!A3"], []),
        ("=SUM(T[P])", ["S!A11:A12"], []),
        ("=SUM(T[])", ["S!A11:B12"], []),
        ("=SUM(t[[p]:[q]])", ["S!A11:B12"], []),
        ("=COUNTA(T[[#Headers],[Q]])", ["S!B10"], []),
        ("=COUNTA(T[[#Headers],[#Data],[Q]])", ["S!B10:B12"], []),
        ("=COUNTA(T[#All])", ["S!A10:B12"], []),
        ("=SUM(odd[Rev '[mEUR']])", ["Z!A2:A3"], []),  # case 06
        ("=SUM(odd['# units])", ["Z!B2:B3"], []),
        ("=SUM(odd[Net\nsales])", ["Z!C2:C3"], []),
        ("=odd[[#Totals],['# units]]", ["Z!B4"], []),
        ("=SUM(A1:INDEX(B1:B5,3))", ["S!A1", "S!B1:B5"], []),
        ("=SUM(A1:B3 B2:C5)", ["S!B2:B3"], []),
        ("=SUM(A:A 2:3)", ["S!A2:A3"], []),
        ("=SUM(A1 B2)", [], []),
        ("=A1#", ["S!A1"], []),
        ('=IF("A1"="B2",TRUE,1E3)', [], []),
        ("=[1]Other!A1+A1", ["S!A1"], [("external", "[1]Other!A1")]),
        ("=SUM([1]!rate)", [], [("external", "[1]!rate")]),
        ("=[0]!rate", ["Z!A1"], []),  # 0 is the workbook itself
        ("=gone", [], [("lost", "S!#REF!")]),
        ("=#REF!+A1", ["S!A1"], [("lost", "#REF!")]),
        ("=T[#Totals]", [], [("lost", "T[#Totals]")]),
        ("=Missing!A1", [], [("missing sheet", "Missing!")]),
        ("=nobody", [], [("undefined name", "nobody")]),
        ("=XFE1", [], [("undefined name", "XFE1")]),
        ("=loop", [], [("circular name", "loop")]),
        ("=T[R]", [], [("missing column", "T[R]")]),
        ("=U[R]", [], [("missing table", "U[R]")]),
        ("=OFFSET(A1,1,1)", ["S!A1"], [("computed", "OFFSET")]),
        ('=INDIRECT("A1")', [], [("computed", "INDIRECT")]),
        ("=SUM(A1:Z!B2)", [], [("missing sheet", "'A1:Z'!")]),
        ("=SUM(S!A1:Z!B2)", [], [("two sheets", "S!A1:Z!B2")]),
        ('="', [], [("not understood", '="')]),
    ],
)
def test_references(formula: str, areas: list[str], problems: list[tuple[str, str]]) -> None:
    found = Graph(grid(formula)).references(place("S!F9"))
    assert [str(area) for area in found.areas] == areas
    assert [problem[:2] for problem in found.problems] == problems


def test_the_row_of_a_table_is_the_formulas_own_within_the_table_only() -> None:
    for cell, areas in {"F11": ["S!A11"], "F12": ["S!A12"], "F9": [], "F10": []}.items():
        found = Graph(grid("=T[@P]", cell)).references(place(f"S!{cell}"))
        assert [str(area) for area in found.areas] == areas


def test_a_name_that_doubles_another_many_times_is_followed_once() -> None:
    names = {f"name_{number}": f"name_{number + 1}*name_{number + 1}" for number in range(40)}
    where = book({"S": {"A1": "=name_0"}}, {**names, "name_40": "S!$B$1"})
    assert [str(area) for area in Graph(where).references(place("S!A1")).areas] == ["S!B1"]


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("area", ["S!A1:B2"]),
        ("$A$1", ["S!A1"]),
        ("'Bob''s data'!A1", [f"{Q}A1"]),
        ("T[P]", ["S!A11:A12"]),
        ("half", []),
        ("A1+", []),
    ],
)
def test_what_a_person_means_by_a_reference(text: str, areas: list[str]) -> None:
    assert [str(area) for area in Graph(grid()).meant(text, "S").areas] == areas


# The graph ---------------------------------------------------------------------------------------


def test_areas_are_cut_to_what_is_used_and_blanks_count_only_alone() -> None:
    graph = Graph(grid("=SUM(A:A)+SUM(D1:D5)+D6+SUM(C4:Z9)"))
    found = [str(cell).removeprefix("S!") for cell in graph.precedents(place("S!F9"))]
    column = [f"A{row}" for row in (1, 2, 3, 4, 5, 10, 11, 12)]
    assert found == [*column, "D6", "C4", "C5", "F9"]


def test_an_area_is_cut_at_the_cap_and_can_be_asked_whether() -> None:
    cells: dict[Any, Any] = {(row, 1): row for row in range(1, MAX_CELLS + 2)}
    graph = Graph(book({"S": {**cells, "B1": "=SUM(A:A)", "B2": f"=SUM(A1:A{MAX_CELLS})"}}))
    assert len(graph.precedents(place("S!B1"))) == MAX_CELLS
    assert [graph.is_cut(graph.references(place(f"S!{b}")).areas[0]) for b in ("B1", "B2")] == [
        True, False,
    ]  # fmt: skip
    last = Place("S", MAX_CELLS + 1, 1)
    assert graph.dependents(last) == [place("S!B1")], "the other way knows no cap"


def test_array_formulas_and_data_tables() -> None:
    where = book(
        {
            "S": {
                "A1": 1,
                "A2": 2,
                "B1": Cell(2.0, 0, Formula("=A1:A2*2", "array", Area(1, 2, 2, 2))),
                "B2": 4.0,
                "C1": "=SUM(B1:B2)",
                "D1": Formula("", "data table", Area(1, 4, 2, 4), table=DataTable("", "A1")),
            }
        }
    )
    graph = Graph(where)
    assert graph.precedents(place("S!C1")) == [place("S!B1"), place("S!B2")]
    assert graph.precedents(place("S!B2")) == [place("S!B1")]
    assert graph.dependents(place("S!B1")) == [place("S!C1"), place("S!B2")]
    assert graph.precedents(place("S!D1")) == [place("S!A1")]
    assert graph.form(place("S!B2")) is None


def test_cells_with_one_formula_are_one_block() -> None:
    cells: dict[Any, Any] = {(row, column): f"={'ABC'[column - 2]}{row}*2"
                             for row in range(1, 9) for column in (2, 3, 4)}  # fmt: skip
    graph = Graph(book({"S": {**cells, "C5": "=7"}}))
    assert sorted(str(block.area) for block in graph.blocks) == [
        "S!B1:D4", "S!B5", "S!B6:D8", "S!C5", "S!D5",
    ]  # fmt: skip
    assert graph.form(place("S!C3")) is graph.form(place("S!B8"))


DEPENDENCIES = {
    "A2": "=A1+1", "A3": "=A2+1", "A4": "=A3+1", "B1": "=SUM(A$1:A1)", "B2": "=SUM(A$1:A2)",
    "B3": "=SUM(A$1:A3)", "C1": "=SUM(B:B)", "C2": "=SUM(1:1)", "C3": "=SUM(A1:B3 B2:C9)",
    "D1": "=$A$1*far", "D2": "=$A$1*far", "E2": "=SUM(B2:D2)", "E3": "=SUM(B3:D3)",
    "F1": "=beside", "F2": "=beside",
}  # fmt: skip


def test_dependents_are_the_other_way_of_precedents() -> None:
    where = book({"S": {"A1": 1, **DEPENDENCIES}}, {"far": "S!$E$2", "beside": "S!XFD1"})
    graph = Graph(where)
    cells = [Place("S", *at) for at in where.worksheets[0].cells]
    forth = {(one, cell) for cell in cells for one in graph.precedents(cell)}
    back = {(one, cell) for one in cells for cell in graph.dependents(one)}
    assert {pair for pair in forth if pair[0] in cells} == back
    assert len(back) > 25


@pytest.mark.parametrize("route", ["plain", pytest.param("office", marks=pytest.mark.slow)])
def test_dependents_are_the_other_way_of_precedents_in_our_workbooks(
    workbooks: dict[str, Path], route: str
) -> None:
    where = open_workbook(workbooks[route])
    graph = Graph(where)
    held = {Place(sheet.title, *at) for sheet in where.worksheets for at, cell in
            sheet.cells.items() if cell.value is not None or cell.formula is not None}  # fmt: skip
    formulas = [one for one in held if graph.form(one) is not None]
    forth = {(one, cell) for cell in formulas for one in graph.precedents(cell) if one in held}
    some = sorted({one for one, _ in forth})[::7]
    back = {(one, cell) for one in some for cell in graph.dependents(one) if graph.form(cell)}
    assert {pair for pair in forth if pair[0] in set(some)} == back


@pytest.mark.parametrize("route", ROUTES)
def test_the_areas_of_every_formula_are_those_that_cellrune_finds(
    workbooks: dict[str, Path], route: str
) -> None:
    cellrune = pytest.importorskip("cellrune", reason="pip install cellrune")
    other = cellrune.Workbook.open_path(str(workbooks[route]))
    other.calculate()
    where = open_workbook(workbooks[route])
    graph = Graph(where)
    differ, count = {}, 0
    for sheet in where.worksheets:
        for at, cell in sheet.cells.items():
            if cell.formula is None:
                continue
            count += 1
            one = Place(sheet.title, *at)
            found = graph.references(one)
            ours = {str(area) for area in found.areas}
            if ours != areas_in_cellrune(other, one) or found.problems:
                differ[str(one)] = (ours ^ areas_in_cellrune(other, one), found.problems)
    assert differ == {}
    assert count > 1300
