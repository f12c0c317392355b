"""Circular references: found through areas of every kind, and none where there are none."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from formulas_books import Book, book
from openpyxl.worksheet.table import Table as TableToWrite

from xl_cryptoai.formulas.circles import components
from xl_cryptoai.formulas.graph import Graph
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.xlsx.cells import Cell, Formula
from xl_cryptoai.xlsx.references import Area, cell_name
from xl_cryptoai.xlsx.tables import Table
from xl_cryptoai.xlsx.workbook import open_workbook


def circles(where: Any) -> list[list[str]]:
    return [[str(cell) for cell in circle.cells] for circle in Graph(where).circles]


COLUMN = {"A1": "a", "A2": "b", "A3": "c", "B1": 1, "B2": 2, "B3": 3}
SHARES = {
    "A1": "Item", "B1": "Cost", "C1": "Share", "B2": 10, "B3": 20,
    "C2": "=T[[#This Row],[Cost]]/SUM(T[Share])", "C3": "=T[[#This Row],[Cost]]/SUM(T[Share])",
}  # fmt: skip
SITUATIONS: dict[str, tuple[Book, list[str]]] = {
    "an area": (book({"S": {**COLUMN, "B4": "=SUM(B2:B5)"}}), ["S!B4"]),
    "a whole column": (book({"S": {**COLUMN, "B4": "=SUM(B:B)"}}), ["S!B4"]),
    "a whole row": (book({"S": {**COLUMN, "D2": "=SUM(2:2)"}}), ["S!D2"]),
    "a name": (
        book({"S": {**COLUMN, "B5": "=SUM(Costs)"}}, {"Costs": "S!$B$1:$B$5"}),
        ["S!B5"],
    ),
    "a column of a table": (
        book({"S": SHARES}, None, [Table("T", "S", Area(1, 1, 3, 3), ("Item", "Cost", "Share"))]),
        ["S!C2"],
    ),
    "a 3-D area": (
        book({"S": {"A1": "=SUM(S2:S3!A1)"}, "S2": {"A1": "=S!A1"}, "S3": {"A1": 5}}),
        ["S!A1", "S2!A1"],
    ),
    "interest on a closing balance": (
        book({"S": {"B2": 1000, "B3": 0.1, "B4": 50, "B5": "=B6*B3", "B6": "=B2+B5-B4"}}),
        ["S!B5", "S!B6"],
    ),
    "a LAMBDA": (
        book({"S": {"A1": "=f(1)"}}, {"f": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x+S!$A$1)"}),
        ["S!A1"],
    ),
    "an array formula": (
        book({"S": {"A1": 1.0, "B1": Formula("=A1:A3+B3", "array", Area(1, 2, 3, 2)), "B3": 1.0}}),
        ["S!B1"],
    ),
    "an intersection": (book({"S": {"B2": "=SUM(B:B 2:2)"}}), ["S!B2"]),
    "a filled row": (
        book({"S": {(1, column): f"={cell_name(1, column % 9 + 1)}+1" for column in range(1, 10)}}),
        [f"S!{letter}1" for letter in "ABCDEFGHI"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_circle_is_found_through(situation: str) -> None:
    where, cells = SITUATIONS[situation]
    assert circles(where) == [cells]


def test_the_seven_of_case_09_are_found_in_files(tmp_path: Path) -> None:
    """Whole columns, rows, names, table columns and 3-D areas, as people make them."""

    def costs(sheet: Any) -> None:
        for row in (1, 2, 3):
            sheet.append(["a", row])

    def one(name: str) -> tuple[Any, Any]:
        where = openpyxl.Workbook()
        sheet: Any = where.active
        sheet.title = "S"
        if name not in ("table", "sheets", "loan"):
            costs(sheet)
        return where, sheet

    made = {}
    for name, cell, formula in (
        ("area", "B4", "=SUM(B2:B5)"), ("column", "B4", "=SUM(B:B)"), ("row", "D2", "=SUM(2:2)"),
    ):  # fmt: skip
        made[name], sheet = one(name)
        sheet[cell] = formula
    made["name"], sheet = one("name")
    made["name"].defined_names["Costs"] = openpyxl.workbook.defined_name.DefinedName(
        "Costs", attr_text="S!$B$1:$B$5"
    )
    sheet["B5"] = "=SUM(Costs)"
    made["table"], sheet = one("table")
    for cell, content in SHARES.items():
        sheet[cell] = content
    sheet["A2"], sheet["A3"] = "x", "y"
    sheet.add_table(TableToWrite(displayName="T", ref="A1:C3"))
    made["sheets"], sheet = one("sheets")
    sheet["A1"] = "=SUM(S2:S3!A1)"
    made["sheets"].create_sheet("S2")["A1"] = "=S!A1"
    made["sheets"].create_sheet("S3")["A1"] = 5
    made["loan"], sheet = one("loan")
    sheet["B5"], sheet["B6"] = "=B6*B3", "=B2+B5-B4"
    for name, where in made.items():
        where.save(tmp_path / f"{name}.xlsx")
        assert len(circles(open_workbook(tmp_path / f"{name}.xlsx"))) == 1, name


CLEAN: dict[str, Book] = {
    "a column that goes on": book(
        {"S": {"A1": 1, **{f"A{row}": f"=A{row - 1}+1" for row in range(2, 99)}}}
    ),
    "running sums down and to the right": book(
        {"S": {**{f"A{row}": f"=SUM(A$1:A{row - 1})" for row in range(2, 40)},
               **{f"B{row}": f"=SUM($A{row}:A{row})*2" for row in range(2, 40)}}}
    ),
    "balances from year to year": book(
        {"S": {f"{'CDEFG'[year]}{row}": formula
               for year in range(1, 5)
               for row, formula in {
                   1: f"={'CDEFG'[year - 1]}4",
                   2: f"={'CDEFG'[year]}1*0.1",
                   3: f"=SUM($C2:{'CDEFG'[year - 1]}2)",
                   4: f"=SUM({'CDEFG'[year]}1:{'CDEFG'[year]}3)",
               }.items()}}
    ),
    "a sum up to the cell above": book(
        {"S": {"B1": 1, "B2": 2, "B3": "=SUM(B1:INDEX(B:B,ROW()-1))",
               "B5": "=SUM(B1:OFFSET(B5,-1,0))"}}
    ),
    "where a cell is, not what it holds": book(
        {"S": {"A1": "=ROW(A1)", "A2": "=ROWS(A$1:A2)", "A3": "=COLUMN(A3)+COLUMNS(A:A)"}}
    ),
    "an intersection beside the cell": book({"S": {"B3": "=SUM(B:B 2:2)"}}),
    "the same row of another column of the table": book(
        {"S": {"A1": "P", "B1": "Q", "A2": 1, "A3": 2, "B2": "=T[@P]*2", "B3": "=T[@P]*2"}},
        None, [Table("T", "S", Area(1, 1, 3, 2), ("P", "Q"))],
    ),
    "from the bottom upwards": book({"S": {f"A{row}": f"=A{row + 1}*2" for row in range(1, 50)}}),
    "sheets in turn": book(
        {"S": {f"A{row}": f"=T!A{row - 1}" for row in range(2, 50)},
         "T": {f"A{row}": f"=S!A{row}+1" for row in range(2, 50)}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_there_is_no_circle_in(name: str) -> None:
    assert circles(CLEAN[name]) == []


@pytest.mark.parametrize("route", ROUTES)
def test_our_workbooks_have_no_circles(workbooks: dict[str, Path], route: str) -> None:
    assert circles(open_workbook(workbooks[route])) == []


def test_cells_that_hang_together_are_one_circle_with_a_short_way_round() -> None:
    where = book({"S": {"A1": "=A2+A4", "A2": "=A3+A4+A1", "A3": "=A1", "A4": 7}})
    (circle,) = Graph(where).circles
    assert [str(cell) for cell in circle.cells] == ["S!A1", "S!A2"]
    assert len(circle.members) == 3


def test_circles_come_in_the_order_of_sheets_rows_and_columns() -> None:
    where = book({"Z": {"B2": "=B2", "A3": "=A3"}, "A": {"A1": "=A1", "B1": "=Z!B2"}})
    assert circles(where) == [["Z!B2"], ["Z!A3"], ["A!A1"]]


def naive(where: Book) -> set[frozenset[str]]:
    """Circles by the plain definition: every cell of every area is an edge."""
    graph = Graph(where)
    cells = [f"{sheet.title}!{cell_name(*at)}" for sheet in where.worksheets for at in sheet.cells]
    number = {cell: at for at, cell in enumerate(cells)}
    links: list[list[int]] = []
    for sheet in where.worksheets:
        for row, column in sheet.cells:
            form = graph.forms.of(sheet.cells[row, column].formula.text, row, column)
            areas = graph.resolver.references(form, sheet.title, row, column).areas
            inside = [
                number[name] for area in areas
                for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)
                if (name := f"{area.sheet}!{cell_name(r, c)}") in number
            ]  # fmt: skip
            links.append(inside)
    return {
        frozenset(cells[at] for at in group)
        for group in components(links)
        if len(group) > 1 or group[0] in links[group[0]]
    }


@pytest.mark.parametrize("seed", range(60))
def test_the_circles_are_those_of_the_plain_definition(seed: int) -> None:
    rng = random.Random(seed)
    cells: dict[Any, Any] = {}
    for _ in range(rng.randint(2, 7)):  # some formulas, filled into some cells each
        top, left = rng.randint(1, 6), rng.randint(1, 6)
        down, right = rng.randint(-4, 4), rng.randint(-4, 4)
        high, wide = rng.choice([(0, 0), (2, 0), (0, 2)])
        fixed = rng.random() < 0.2
        for row in range(top, top + rng.choice([1, 1, 5])):
            for column in range(left, left + rng.choice([1, 1, 4])):
                first = (max(row + down, 1), max(column + right, 1))
                area = f"{cell_name(*first)}:{cell_name(first[0] + high, first[1] + wide)}"
                if fixed:
                    area = f"$B$2:{cell_name(*first)}"
                cells[row, column] = f"=SUM({area})"
    where = book({"S": cells})
    found = [frozenset(map(str, circle.members)) for circle in Graph(where).circles]
    assert len(found) == len(set(found))
    assert set(found) == naive(where)


def test_a_formula_that_was_never_calculated_is_read_like_any_other() -> None:
    assert circles(book({"S": {"A1": Cell(None, 0, Formula("=A1"))}})) == [["S!A1"]]
