"""Blocks of equal formulas, evaluated at once: the same results as cell by cell."""

from __future__ import annotations

import random
from typing import Any

import pytest
from formulas_books import Book, book
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_cryptoai.formulas.blocks import block_values
from xl_cryptoai.formulas.cells import Block
from xl_cryptoai.formulas.evaluate import Evaluator
from xl_cryptoai.formulas.functions import BUILT_IN
from xl_cryptoai.formulas.graph import Graph
from xl_cryptoai.formulas.grids import is_calculated
from xl_cryptoai.formulas.special import SPECIAL
from xl_cryptoai.formulas.stored import StoredValues
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.xlsx.cells import Cell, ErrorValue, Formula
from xl_cryptoai.xlsx.references import Area, Place, cell_name, shift_formula
from xl_cryptoai.xlsx.tables import Table

FORMULAS = [
    "=A1*2+B1", "=A1/B1", "=-A1+B1%", "=A1-B1-C1", "=A1^2", "=A1^B1", "=A1&B1", "=A1&\"x\"",
    "=A1=B1", "=A1<>B1", "=A1>B1", "=A1<=B1", "=A1=0.3", "=(A1>B1)*2", "=+A1", "=$A$1*B1",
    "=A$1*$B1", "=T!A1+1", "=IF(A1>B1,A1,B1)", "=IF(A1,B1)", "=IF(A1>0,,C1)", '=IF(A1>0.5,"hi",C1)',
    "=IF(A1=B1,TRUE,FALSE)", "=IFERROR(A1/B1,0)", '=IFERROR(A1/B1,"-")', "=IFERROR(A1,B1)",
    "=SUM(A1:C1)", "=SUM(A1:B2)", "=SUM(A1,B1,2)", "=SUM(A$1:A1)", "=SUM($A1:A1)", "=SUM($A$1:A1)",
    "=SUM($A$1:$B$4)", "=SUM(A:A)", "=SUM(1:1)", "=SUM(T!A1:B1,A1*2)", "=SUM(A1:C1)/COUNT(A1:C1)",
    "=AVERAGE(A1:C1)", "=AVERAGE(A$1:A1)", "=COUNT(A1:C2)", "=MIN(A1:C1)", "=MAX(A1:C1,0)",
    "=MIN(A1,B1)", "=MAX(A$1:A1)", "=MAX(A1*2,B1)", "=ROUND(A1*100,1)", "=ABS(A1)", "=INT(A1*7)",
    "=AND(A1>0,B1>0)", "=OR(A1>1,B1>1)", "=NOT(A1>0)", "=ISNUMBER(A1)", "=ISERROR(A1/B1)",
    "=LEN(A1)", '=LEFT(A1&"abc",2)', "=VLOOKUP(A1,$A$1:$C$6,2,FALSE)", "=MATCH(A1,$A$1:$A$6,0)",
    "=INDEX($A$1:$A$6,3)", "=INDEX($A$1:$C$6,2,1+0)", "=SUMIF($A$1:$A$6,\">0\",$B$1:$B$6)*A1",
    "=COUNTIF($A$1:$A$6,A1)", "=COUNTIF(A$1:A1,A1)", "=rate*A1", "=area", "=SUM(area)*A1",
    "=Tab[@one]*2", "=SUM(Tab[@[one]:[two]])", "=SUM(Tab[one])+A1", "=ROW()*A1", "=NOW()+A1",
    "=IF(A1>0,A1,NOW())", "=[1]S!A1*A1", "=NOBODY(A1)",
    "=A1:A3*1", "=$A$1:$A$6*1", "=1/3", "=A1+1/0",
    "=SUMPRODUCT(A1:A2,B1:B2)", "=CHOOSE(1,A1,B1)", "=MOD(A1,3)", "=A1+A1%*-B1", "=TRUE+A1",
    "=USER(A1,B1)", "=POWER(A1,2)", "=EXP(A1)", "=A1-B1=0", "=SUM(A1:C1)=0",
    "=IF(SUM(A1:B1)-C1,1,2)", "=SUM(A$1:A1)>0", "=SUM(A1:A80)", "=SUM(A1 A1:B1)", "=1+",
    "=#REF!*A1",
    "=SUM(A1:INDEX(A1:A4,2))", "=_xlfn.LET(_xlpm.x,A1,_xlpm.x*2)", "=XFD1048576+A1",
]  # fmt: skip
VALUES: list[Any] = [
    0.1 + 0.2, 0.0, 1.0, 2.5, -3.0, 0.1, 0.3, 1e-9, 1e308, 7.0, "text", "3", "", True, False,
    None, None,
    ErrorValue("#N/A"), ErrorValue("#DIV/0!"),
]  # fmt: skip
ROWS, COLUMNS = 6, 2


def workbook(formula: str, values: list[Any], top: int, rows: int, columns: int) -> Book:
    """Values in A:D, and the formula filled into some rows and columns from H on."""
    cells: dict[Any, Any] = {}
    for at, value in enumerate(values):
        if value is not None:
            cells[at // 4 + 1, at % 4 + 1] = value
    for down in range(rows):
        for right in range(columns):
            cells[top + down, 8 + right] = shift_formula(formula, top - 1 + down, right)
    other = {cell_name(row, column): float(row + column) for row in (1, 2, 3) for column in (1, 2)}
    return book(
        {"S": cells, "T": other},
        {"rate": "S!$A$2", "area": "S!$A$1:$A$6"},
        [Table("Tab", "S", Area(1, 1, 6, 2), ("one", "two"), 0)],
    )


def user(*values: Any) -> Any:
    return "/".join(map(str, values))


def check(where: Book) -> None:
    graph = Graph(where)
    at_once, one_by_one = (Evaluator.of(graph, {"USER": user}) for _ in range(2))
    for block in graph.blocks:
        sheet, top, left, _, _ = block.area
        for down, line in enumerate(block_values(block, at_once)):
            for right, found in enumerate(line):
                row, column = top + down, left + right
                expected = one_by_one.value(block.form, sheet, row, column)
                assert type(found) is type(expected), (block.form, row, column, found, expected)
                assert found == expected, (block.form, row, column)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_block_gives_what_its_cells_give(formula: str) -> None:
    rng = random.Random(formula)
    numbers = [rng.choice([0.0, 0.5, 1.0, 3.0, rng.uniform(-9, 9)]) for _ in range(40)]
    check(workbook(formula, numbers, 1, ROWS, COLUMNS))
    check(workbook(formula, numbers, 3, 2, 6))
    for _ in range(4):
        check(workbook(formula, [rng.choice(VALUES) for _ in range(40)], 1, ROWS, COLUMNS))


@given(
    st.sampled_from(FORMULAS),
    st.lists(st.sampled_from(VALUES), max_size=40),
    st.integers(1, 4),
    st.integers(1, 7),
    st.integers(1, 3),
)
@settings(max_examples=250)
def test_a_block_gives_what_its_cells_give_whatever_they_hold(
    formula: str, values: list[Any], top: int, rows: int, columns: int
) -> None:
    check(workbook(formula, values, top, rows, columns))


def test_most_formulas_of_models_are_evaluated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("cell by cell")

    monkeypatch.setattr(Evaluator, "value", never)
    numbers = [float(number) for number in range(1, 41)]
    for formula in ("=A1*2+SUM(A1:C1)", "=IF(A1>5,B1,C1/2)", "=SUM(A$1:A1)", "=ROUND(A1*$B$1,2)",
                    "=VLOOKUP(A1,$A$1:$C$6,2,FALSE)", "=IFERROR(A1/B1,0)", "=Tab[@one]*rate",
                    '=A1&" %"', "=MAX(A1,0)-MIN(A1:B1)",
                    '=SUMIF($A$1:$A$6,">2",$B$1:$B$6)*A1'):  # fmt: skip
        graph = Graph(workbook(formula, numbers, 1, ROWS, COLUMNS))
        for block in graph.blocks:
            block_values(block, Evaluator.of(graph))


def test_a_sheet_with_cells_far_apart_is_evaluated_cell_by_cell() -> None:
    where = book(
        {"S": {"A1": 1.0, "XFD1048576": 2.0, **{f"B{row}": "=A1*2" for row in range(1, 9)}}}
    )
    check(where)


def one_block(where: Book) -> Block:
    (block,) = Graph(where).blocks
    return block


def test_an_array_formula_fills_its_area_and_na_what_it_does_not_reach() -> None:
    where = book({"S": {"A1": 1, "A2": 2, "B1": Formula("=A1:A2*2", "array", Area(1, 2, 3, 3))}})
    found = block_values(one_block(where), Evaluator.of(Graph(where)))
    assert found == [[2.0, 2.0], [4.0, 4.0], [ErrorValue("#N/A")] * 2]


def test_an_array_formula_that_claims_the_whole_sheet_fills_what_is_used() -> None:
    whole = Formula("=1", "array", Area(1, 1, 1_048_576, 16_384))
    where = book({"S": {"A1": whole, "C2": 1.0}})
    graph = Graph(where)
    assert block_values(graph.blocks[0], Evaluator.of(graph)) == [[1.0] * 3] * 2
    assert len(graph.dependents(Place("S", 1, 1))) < 20_000
    assert graph.circles == []


def test_one_value_of_an_array_formula_fills_all_of_it() -> None:
    where = book({"S": {"A1": 3, "B1": Formula("=A1*2", "array", Area(1, 2, 2, 2))}})
    assert block_values(one_block(where), Evaluator.of(Graph(where))) == [[6.0], [6.0]]


def test_a_block_without_stored_values_is_not_calculated() -> None:
    cells: dict[str, Any] = {f"A{row}": f"=B{row}+1" for row in range(1, 7)}
    graph = Graph(book({"S": cells}))
    assert not is_calculated(graph.blocks[0], StoredValues(graph.book))
    graph = Graph(book({"S": {**cells, "A3": Cell(1.0, 0, Formula("=B3+1"))}}))
    assert is_calculated(graph.blocks[0], StoredValues(graph.book))


def test_cells_of_a_block_that_are_circular_are_not_known() -> None:
    where = book({"S": {f"A{row}": f"=B{row}+1" for row in range(1, 7)} | {"B3": "=A3"}})
    graph = Graph(where)
    found = block_values(graph.blocks[-1 if graph.blocks[-1].area.size > 1 else 0],
                         Evaluator.of(graph))  # fmt: skip
    assert [line[0] for line in found] == [
        1.0, 1.0, NotKnown("a circular reference"), 1.0, 1.0, 1.0,
    ]  # fmt: skip


# Formulas that nobody would write ----------------------------------------------------------------

PARTS = st.sampled_from(
    ["A1", "$B$2", "C$3", "A1:B3", "$A:$B", "2:3", "T!A1", "rate", "area", "Tab[one]", "Tab[@two]",
     "1", "0.5", "-3", '"a"', '"2"', '""', "TRUE", "#N/A", '{1,-2;"x",TRUE}', "nobody", "[1]S!A1"]
)  # fmt: skip
LARGE = {"NETWORKDAYS", "REPT", "FACT", "COMBIN"}
"""Functions that take long for large numbers."""
CALLS = st.sampled_from([*sorted(set(BUILT_IN) - LARGE), *SPECIAL, "USER", "NOW"])


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">="])
    arguments = st.lists(st.one_of(inner, st.just("")), max_size=4).map(",".join)
    return st.one_of(
        st.builds("{}({})".format, CALLS, arguments),
        st.builds("({}{}{})".format, inner, signs, inner),
        st.builds("(-{}%)".format, inner),
    )


@given(st.recursive(PARTS, calls, max_leaves=6), st.lists(st.sampled_from(VALUES), max_size=24))
@settings(max_examples=400)
def test_no_formula_is_a_traceback(formula: str, values: list[Any]) -> None:
    where = workbook(f"={formula}", values, 2, 3, 2)
    check(where)
    graph = Graph(where)
    evaluator = Evaluator.of(graph, {"USER": user})
    found = evaluator.value(graph.forms.of(f"={formula}", 2, 8), "S", 2, 8, array=True)
    cells = [value for line in found for value in line] if isinstance(found, list) else [found]
    assert all(type(value) in (float, str, bool, ErrorValue, NotKnown) for value in cells)
