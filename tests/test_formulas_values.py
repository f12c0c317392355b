"""Evaluating formulas: a value, an Excel error, or not known; held against other engines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from formulas_books import Book, at, book, value_in
from shipped import FUNCTIONS

from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.formulas.evaluate import Evaluator
from xl_cryptoai.formulas.graph import Graph
from xl_cryptoai.formulas.values import NotKnown
from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.xlsx.cells import ErrorValue, Formula
from xl_cryptoai.xlsx.references import Area, Place
from xl_cryptoai.xlsx.tables import Table
from xl_cryptoai.xlsx.workbook import open_workbook

DATA: list[list[Any]] = [
    [1, 2.5, "apple", True, None],
    [3, -4, "Banana", False, "x"],
    [5.5, 0, "cherry", "12", 7],
    [2, 10, "apple pie", None, "#"],
    [8, 2.5, "kiwi", 3, 4],
]
GRID = {
    (row, column): value
    for row, line in enumerate(DATA, start=1)
    for column, value in enumerate(line, start=1)
    if value is not None
}
WHERE = book(
    {"S": {**GRID, "G1": 10.0, "G2": "=NOW()", "G3": ErrorValue("#N/A"), "G4": ""},
     "Jan": {"B2": 10}, "Feb": {"B2": 20}, "Mar": {"B2": 30, "B3": 1}},
    {"rate": "0.25", "costs": "S!$A$1:$A$5", "double": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)",
     "half": "rate*2", "S!local": "S!$A$2", "above": "S!A1048576",
     **{f"twice_{n}": f"twice_{n + 1}+twice_{n + 1}" for n in range(40)},
     "twice_40": "1"},
    [Table("T", "S", Area(1, 1, 5, 2), ("one", "two"), 0)],
)  # fmt: skip


def is_same(ours: Any, expected: Any) -> bool:
    if isinstance(ours, float) and isinstance(expected, (int, float)):
        return not isinstance(expected, bool) and math.isclose(
            ours, expected, rel_tol=1e-12, abs_tol=1e-12
        )
    return type(ours) is type(expected) and bool(ours == expected)


ERRORS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NULL!", "#NAME?"}


def is_value(ours: Any, expected: Any) -> bool:
    if isinstance(expected, str) and expected in ERRORS:
        return isinstance(ours, ErrorValue) and ours == expected
    return is_same(ours, expected)


# Operators and types: Microsoft's page "Calculation operators and precedence in Excel"

OPERATORS = [
    ("=-2^2", 4), ("=2^3^2", 64), ("=2^-1", 0.5), ("=10%%", 0.001), ("=2^0.5%", 2**0.005),
    ('="3"+1', 4), ('="12.5%"*2', 0.25), ('="abc"+1', "#VALUE!"), ('=""+1', "#VALUE!"),
    ("=TRUE+TRUE", 2), ("=E1+1", 1), ('=E1&"x"', "x"), ("=1/0", "#DIV/0!"), ("=0^0", "#NUM!"),
    ("=2^1024", "#NUM!"), ("=0^-1", "#DIV/0!"), ("=1E308*10", "#NUM!"), ("=(-1)^0.3", "#NUM!"),
    ('="a"="A"', True), ('="b">"A"', True), ('="a">99', True), ('=TRUE>"z"', True),
    ("=0.1+0.2=0.3", True), ('=E1=""', True), ("=E1=0", True), ("=E1=FALSE", True),
    ("=1&2", "12"), ('=TRUE&""', "TRUE"), ('=1/3&""', "0.333333333333333"),
    ('=1E15&""', "1000000000000000"),
    ('=+"Nov"', "Nov"), ('=-"3"', -3), ("=1/0+#N/A", "#DIV/0!"), ("=#N/A+1/0", "#N/A"),
    ("=G3&1", "#N/A"), ("=E9", 0), ('="say ""yes"""', 'say "yes"'),
]  # fmt: skip
REFERENCES = [
    ("=A1:A5 A3:C3", 5.5), ("=A1 B1", "#NULL!"), ("=SUM((A1,B2))", -3), ("=SUM(A:A)", 19.5),
    ("=SUM(1:1)", 3.5 + 10), ("=SUM(Jan:Mar!B2)", 60), ("=SUM(Jan:Mar!B2:B3)", 61),
    ("=SUM(costs)", 19.5), ("=half", 0.5), ("=local*2", 6), ("=double(4)", 8),
    ("=DOUBLE(rate)", 0.5),
    ("=SUM(T[two])", 11), ("=SUM(A1:INDEX(A1:A5,3))", 9.5), ("=SUM(A1:A3 A2:A5)", 8.5),
    ("=#REF!+1", "#REF!"), ("=SUM(S!#REF!)", "#REF!"), ("=SUM({1,2;3,4})", 10),
    ("=_xlfn.LET(_xlpm.x,2,_xlpm.y,_xlpm.x*3,_xlpm.x+_xlpm.y)", 8), ("=LET(x,2,x^2)", 4),
    ("=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(2)", 3), ("=_xlfn.SINGLE(G1)", 10),
    ("=T[@one]", "#VALUE!"),  # outside of the table's rows
]  # fmt: skip
SUMS = [
    ("=SUM(TRUE,2)", 3), ('=SUM("1","2")', 3), ("=SUM(D1:D5)", 3), ('=SUM("x")', "#VALUE!"),
    ("=SUM(A1:E5)", 44.5), ("=SUM(A1,G3)", "#N/A"), ("=SUM(,1)", 1), ("=COUNT(A1:E5)", 13),
    ('=COUNT(1,"2","x",TRUE)', 3), ("=COUNTA(A1:E5)", 23), ("=COUNTBLANK(A1:E5)", 2),
    ("=COUNTBLANK(G4:G5)", 2), ('=MAX(A1:B2,"7")', 7), ("=MIN(C1:C5)", 0), ("=MAX(D1:D5)", 3),
    ("=AVERAGE(C1:C5)", "#DIV/0!"), ("=AVERAGE(D1:D5)", 3), ("=MEDIAN(A1:B5)", 2.5),
    ("=STDEV(A1:A5)", 2.8372521918222215), ("=VARP(A1:A5)", 6.44),
    ("=SUMPRODUCT(A1:A5,B1:B5)", 30.5), ("=SUMPRODUCT((A1:A5>2)*B1:B5)", -1.5),
    ('=SUMPRODUCT(--(C1:C5="apple"),A1:A5)', 1), ("=SUMPRODUCT(ROW(A1:A3)*1)", 6),
    ("=LARGE(A1:A5,2)", 5.5), ("=SMALL(A1:A5,6)", "#NUM!"), ("=RANK(3,A1:A5)", 3),
    ("=PERCENTILE(A1:A5,0.3)", 2.2), ("=PRODUCT(A1:A3)", 16.5), ("=SUMSQ(1,2)", 5),
]  # fmt: skip
CRITERIA = [
    ('=SUMIF(A1:A5,">2")', 16.5), ('=SUMIF(C1:C5,"apple*",A1:A5)', 3),
    ('=SUMIF(A:A,">2",B3:B4)', 12.5),
    ('=SUMIFS(A1:A5,B1:B5,">0",C1:C5,"<>apple")', 10), ('=COUNTIF(D1:D5,"12")', 1),
    ("=COUNTIF(D1:D5,12)", 1), ('=COUNTIF(E1:E5,"")', 1), ('=COUNTIF(E1:E5,"<>")', 4),
    ('=COUNTIF(C:C,"?anana")', 1), ("=COUNTIF(D1:D5,TRUE)", 1), ('=COUNTIF(E1:E5,"~#")', 0),
    ('=COUNTIFS(A1:A5,">1",B1:B5,"<5")', 3), ('=AVERAGEIF(A1:A5,">2")', 5.5),
    ('=COUNTIF(G1:G3,"#N/A")', NotKnown("a formula that was never calculated")),
    ('=MAXIFS(A1:A5,B1:B5,2.5)', 8), ('=COUNTIF(E:E,"")', 1048572),
]  # fmt: skip
LOOKUPS = [
    ("=INDEX(A1:B5,2,2)", -4), ("=INDEX(A1:E1,2)", 2.5), ("=INDEX(A1:B5,6,1)", "#REF!"),
    ("=INDEX(A1:A5,,1) A2:C2", 3), ("=MATCH(3,A1:A5,0)", 2), ('=MATCH("BANANA",C1:C5,0)', 2),
    ('=MATCH("*pie",C1:C5,0)', 4), ("=MATCH(99,A1:A5,0)", "#N/A"), ("=MATCH(2.5,{1,2,3})", 2),
    ("=VLOOKUP(3,A1:C5,3,FALSE)", "Banana"), ("=VLOOKUP(3,A1:C5,3,)", "Banana"),
    ("=VLOOKUP(3,A1:C5,4,0)", "#REF!"), ('=VLOOKUP(2.5,{1,"a";2,"b";3,"c"},2)', "b"),
    ("=HLOOKUP(1,A1:B3,2,FALSE)", 3), ('=LOOKUP(2.5,{1,2,3},{"a","b","c"})', "b"),
    ('=XLOOKUP(9,A1:A5,B1:B5,"none")', "none"), ("=XLOOKUP(4,A1:A5,B1:B5,,-1)", -4),
    ("=XLOOKUP(4,A1:A5,B1:B5,,1)", 0), ('=XMATCH("cherry",C1:C5)', 3),
    ('=CHOOSE(2,1/0,"b")', "b"), ("=CHOOSE(4,1,2)", "#VALUE!"), ("=ROWS(A:A)", 1048576),
    ("=ROW()", 99), ("=COLUMN(C1)", 3), ("=COLUMNS(A1:C5)", 3), ('=MATCH("j*",C1:C5,0)', "#N/A"),
]  # fmt: skip
LOGIC = [
    ('=IF(A1>0,"y","n")', "y"), ("=IF(A1<0,1)", False), ("=IF(A1>0,,5)", 0),
    ("=IF(1/0,1,2)", "#DIV/0!"),
    ('=IF("x",1,2)', "#VALUE!"), ('=IFERROR(1/0,"-")', "-"), ("=IFERROR(G3,5)", 5),
    ("=IFNA(1/0,5)", "#DIV/0!"), ("=AND(TRUE,1)", True), ("=AND(A1:B1)", True),
    ("=OR(FALSE,0)", False),
    ("=AND(C1:C5)", "#VALUE!"), ("=NOT(0)", True), ("=XOR(TRUE,TRUE)", False),
    ('=IFS(A1>5,"a",TRUE,"b")', "b"), ("=IFS(FALSE,1)", "#N/A"), ('=SWITCH(3,1,"a",3,"c")', "c"),
    ('=SWITCH(9,1,"a","else")', "else"), ("=ISNUMBER(A1)", True), ("=ISBLANK(E1)", True),
    ("=ISBLANK(G4)", False), ("=ISERROR(1/0)", True), ("=ISNA(1/0)", False), ('=N("a")', 0),
    ("=ERROR.TYPE(1/0)", 2), ("=TYPE(TRUE)", 4),
]  # fmt: skip
NUMBERS = [
    ("=ROUND(2.5,0)", 3), ("=ROUND(-2.5,0)", -3), ("=ROUND(1.005,2)", 1.01),
    ("=ROUND(1234.5,-2)", 1200),
    ("=ROUNDUP(2.1,0)", 3), ("=ROUNDDOWN(-2.9,0)", -2), ("=TRUNC(-2.9)", -2), ("=INT(-1.5)", -2),
    ("=MROUND(7,3)", 6), ("=CEILING(2.1,0.5)", 2.5), ("=FLOOR(2.7,0.5)", 2.5), ("=ABS(-3)", 3),
    ("=SIGN(-2)", -1), ("=SQRT(-1)", "#NUM!"), ("=LN(0)", "#NUM!"), ("=LOG(8,2)", 3),
    ("=LOG10(1000)", 3),
    ("=POWER(2,10)", 1024), ("=MOD(-3,2)", 1), ("=MOD(7,0)", "#DIV/0!"), ("=QUOTIENT(7,2)", 3),
    ("=FACT(5)", 120), ("=EXP(0)", 1),
]  # fmt: skip
TEXTS = [
    ('=LEFT("hello",2)', "he"), ('=RIGHT("hello",0)', ""), ('=MID("hello",2,3)', "ell"),
    ('=LEN("hello")', 5), ("=LEN(TRUE)", 4), ('=TRIM("  a  b ")', "a b"), ('=UPPER("aBc")', "ABC"),
    ('=FIND("L","hello")', "#VALUE!"), ('=SEARCH("L","hello")', 3),
    ('=SUBSTITUTE("aXbX","X","-",2)', "aXb-"),
    ('=REPT("ab",3)', "ababab"), ('=CONCAT("a",A1:A2,TRUE)', "a13TRUE"),
    ('=TEXTJOIN("-",TRUE,"a",E1,"b")', "a-b"), ('=TEXT(1234.567,"#,##0.00")', "1,234.57"),
    ('=TEXT(0.256,"0%")', "26%"), ('=VALUE("50%")', 0.5), ('=EXACT("a","A")', False), ('=T(1)', ""),
]  # fmt: skip
DATES_AND_FINANCE = [
    ("=DATE(2024,2,30)", 45352), ("=DATE(2024,14,1)", 45689), ("=YEAR(45352)", 2024),
    ("=MONTH(45352)", 3),
    ("=EDATE(45322,1)", 45351), ("=EOMONTH(45322,-2)", 45260), ("=WEEKDAY(45352,2)", 5),
    ("=DAYS(45352,45322)", 30), ("=HOUR(0.75)", 18), ("=NETWORKDAYS(45292,45322)", 23),
    ("=YEARFRAC(45000,45400)", 393 / 360), ("=NPV(0.1,A1:A3)", 7.520661157024793),
    ("=PMT(0.01,12,1000)", -88.8487886783417), ("=PMT(0,12,1200)", -100),
    ("=FV(0.05,10,-100)", 1257.7892535548839),
    ("=PV(0.05,10,-100)", 772.1734929184817), ("=SLN(1000,100,5)", 180),
]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "expected"),
    [*OPERATORS, *REFERENCES, *SUMS, *CRITERIA, *LOOKUPS, *LOGIC, *NUMBERS, *TEXTS,
     *DATES_AND_FINANCE],
)  # fmt: skip
def test_what_excel_gives(formula: str, expected: Any) -> None:
    found = value_in(WHERE, formula)
    assert is_value(found, expected), found


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=[1]Cost!F16", "external: [1]Cost!F16"),
        ("=SUM([1]Sheet1!$B$2:$B$4)", "external: [1]Sheet1!$B$2:$B$4"),
        ("=[1]!Rate+1", "external: [1]!Rate"),
        ("=NOW()", "the volatile function NOW"),
        ("=OFFSET(A1,1,1)", "the volatile function OFFSET"),
        ('=INDIRECT("A1")', "the volatile function INDIRECT"),
        ("=NOBODY(1)", "the function NOBODY"),
        ("=nobody", "undefined name: nobody"),
        ("=T[none]", "missing column: T[none]"),
        ("=G2+1", "a formula that was never calculated"),
        ("=ROUND(,2)+MID(,1,1)", "an omitted argument of MID"),
        ('="1/2/2024"+1', "a text that is a number or a date in some countries"),
        ('="1,5"*1', "a text that is a number or a date in some countries"),
        ("=LOOKUP(3,A1:A5)", "looking up among values that are not sorted"),
        ('=TEXT(45000,"d mmm yyyy")', "TEXT in the format d mmm yyyy"),
        ("=A1:A5*2", "one value of an area where no row or column is the formula's"),
        ("=YEAR(30)", "a date before March 1900"),
        (
            "=INT((0.1+0.7)*10)",  # 7.999999999999999, which other engines take for 8
            "rounding a number that differs from a round one in the last digit",
        ),
        ("=twice_0", "names and LAMBDAs within each other that go too deep"),
        ("=1+", "a formula that is not understood"),
        ("=XFE1", "undefined name: XFE1"),
        ("=TABLE(A1,)", "the function TABLE"),
    ],
)
def test_what_is_not_known_is_neither_right_nor_wrong(formula: str, reason: str) -> None:
    assert value_in(WHERE, formula) == NotKnown(reason)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=IF(TRUE,1,NOW())", 1),
        ("=IF(A1>0,1,[1]S!A1)", 1),
        ("=IFS(TRUE,1,NOW(),2)", 1),
        ("=CHOOSE(1,5,RAND())", 5),
        ("=SWITCH(1,1,7,NOBODY(),8)", 7),
        ("=IFERROR(3,NOW())", 3),
        ("=INDEX(G1:G3,1)", 10),
    ],
)
def test_what_is_not_needed_need_not_be_known(formula: str, value: float) -> None:
    assert value_in(WHERE, formula) == value


@pytest.mark.parametrize("formula", ["=IFERROR(NOW(),1)", "=SUM(1,NOW())", "=AND(FALSE,NOBODY(1))",
                                     "=ISERROR(nobody)", "=SUM(G1:G2)"])  # fmt: skip
def test_not_known_spreads(formula: str) -> None:
    assert isinstance(value_in(WHERE, formula), NotKnown)


def test_long_and_deep_formulas_are_evaluated() -> None:
    assert value_in(WHERE, "=" + "+".join(["A1"] * 4_000)) == 4000
    assert value_in(WHERE, "=" + "IF(A1>0,1+2*" * 64 + "1" + ",0)" * 64) == 2.0**65 - 1
    assert isinstance(value_in(WHERE, "=" + "(" * 900 + "1" + ")" * 900), NotKnown)


NEARLY = book({"S": {"A1": 0.1 + 0.2, "B1": 0.3, "C1": -0.3, "D1": 1e9}})
"""A1 and B1 differ in the last digit: Excel takes their difference for 0 here, and not there."""
TRIFLE = NotKnown("whether a difference that is nothing but rounding is 0")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=A1-B1", 5.551115123125783e-17),
        ("=A1=B1", True),
        ("=IF(A1-B1=0,1,2)", TRIFLE),
        ("=A1-B1>0", TRIFLE),
        ("=ABS(A1-B1)=0", TRIFLE),
        ("=-(A1-B1)<0", TRIFLE),
        ("=A1+C1=0", TRIFLE),
        ("=IF(A1-B1,1,2)", TRIFLE),
        ("=SUM(A1,-0.1,-0.2)=0", TRIFLE),
        ("=1/(A1-B1)", NotKnown("a division by a difference that is nothing but rounding")),
        ("=SIGN(A1-B1)", NotKnown("whether a trifle is 0")),
        ("=IF(ABS(A1-B1)<0.001,1,2)", 1),
        ("=ROUND(A1-B1,6)=0", True),
        ("=A1-B1+1", 1),
        ("=(A1-B1)*D1<1", True),
        ("=A1-A1=0", True),
    ],
)
def test_a_difference_that_is_nothing_but_rounding_is_neither_0_nor_not(
    formula: str, expected: Any
) -> None:
    assert is_same(value_in(NEARLY, formula), expected)


# Where a formula stands --------------------------------------------------------------------------


def test_one_value_of_a_column_is_that_of_the_formulas_row() -> None:
    assert value_in(WHERE, "=A1:A5*2", "S!H3") == 11
    assert value_in(WHERE, "=A1:B1*2", "S!B9") == 5
    assert value_in(WHERE, "=costs", "S!H2") == 3


def test_a_name_that_is_relative_is_counted_from_the_formulas_cell() -> None:
    assert value_in(WHERE, "=above*2", "S!A3") == 6


def test_the_row_of_a_table_is_the_formulas_own() -> None:
    assert value_in(WHERE, "=T[@one]*2", "S!H2") == 6


def test_array_formulas_work_on_whole_areas() -> None:
    assert value_in(WHERE, "=A1:A3*2", array=True) == [[2.0], [6.0], [11.0]]
    assert value_in(WHERE, "=SUM(IF(A1:A5>2,B1:B5))", array=True) == -1.5
    assert value_in(WHERE, "=A1:A2+A1:B1", array=True) == [[2.0, 3.5], [4.0, 5.5]]
    assert value_in(WHERE, '=IFERROR(1/(A1:A2-1),"-")', array=True) == [["-"], [0.5]]
    assert value_in(WHERE, "=TRANSPOSE(A1:A3)", array=True) == [[1.0, 3.0, 5.5]]
    assert value_in(WHERE, "=MAX(LEN(C1:C5))", array=True) == 9
    assert value_in(WHERE, "=MMULT({1,2},{3;4})", array=True) == [[11.0]]


def test_a_spill_is_the_area_that_its_formula_fills() -> None:
    spilled = Formula("=A1:A3", "dynamic", Area(1, 2, 3, 2))
    where = book({"S": {"A1": 1, "A2": 2, "A3": 3, "B1": spilled, "B2": 2.0, "B3": 3.0}})
    where.worksheets[0].cells[1, 2] = where.worksheets[0].cells[1, 2]._replace(value=1.0)
    assert value_in(where, "=SUM(B1#)") == 6
    assert value_in(where, "=SUM(_xlfn.ANCHORARRAY(B1))") == 6


def test_cells_that_depend_on_themselves_are_not_known() -> None:
    where = book({"S": {"A1": "=B1+1", "B1": "=A1", "C1": 5}})
    graph = Graph(where)
    evaluator = Evaluator.of(graph, instead={Place("S", 1, 1): 1.0, Place("S", 1, 2): 1.0})
    form = graph.forms.of("=B1+1", 1, 1)
    assert evaluator.value(form, "S", 1, 1) == NotKnown("a circular reference")
    assert evaluator.value(form, "S", 5, 1) == 1.0


def test_other_values_can_be_taken_instead_of_the_stored_ones() -> None:
    graph = Graph(WHERE)
    evaluator = Evaluator.of(graph, instead={Place("S", 1, 1): 100.0})
    assert evaluator.value(graph.forms.of("=SUM(A1:A5)", 9, 9), "S", 9, 9) == 118.5


def test_dates_from_1904_are_not_known() -> None:
    graph = Graph(WHERE)
    evaluator = Evaluator.of(graph, date_1904=True)
    form = graph.forms.of("=YEAR(45000)", 9, 9)
    assert evaluator.value(form, "S", 9, 9) == NotKnown("the function YEAR")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A:A)", 6), ("=SUM(T:T)", 0), ("=MATCH(3,A:A,0)", 1048576), ("=COUNT(A:A)", 3),
        ('=SUMIF(A:A,">1",B:B)', 50), ("=SUM(A2:A1048576)", 5), ("=SUM(O!A:A)", 7),
    ],
)  # fmt: skip
def test_a_column_that_is_used_to_the_last_row_is_looked_through(
    formula: str, value: float
) -> None:
    cells = {"A1": 1, "A2": 2, "A1048576": 3, "B2": 20, "B1048576": 30}
    where = book({"S": cells, "O": {"A1": 7}})
    assert value_in(where, formula) == value


def test_areas_are_looked_through_until_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    where = book({"S": {(row, 1): 1 for row in range(1, 2_001)}})
    graph = Graph(where)
    evaluator = Evaluator.of(graph)
    large, small = (graph.forms.of(f"=SUM(A1:A{rows})", 1, 3) for rows in (2_000, 50))
    assert evaluator.value(large, "S", 1, 3) == 2_000
    monkeypatch.setattr("xl_cryptoai.formulas.stored.MAX_READ", 3_000)
    assert evaluator.value(large, "S", 1, 3) == NotKnown("areas with too many cells")
    assert evaluator.value(small, "S", 1, 3) == 50


# Functions of add-ins ----------------------------------------------------------------------------


def refuses(*_: Any) -> float:
    raise OutOfRangeError("too large")


ADDED = {
    "CAI_SUM": lambda area, factor: sum(line[0] for line in area) * factor,
    "CAI_TABLE": lambda _: [["a", 1], ["b", None]],
    "CAI_WRONG": refuses,
    "CAI_NA": lambda: "#N/A",
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=CAI_SUM(A1:A5,2)", 39),
        ("=cai.sum(A1:A5,2)", 39),
        ("=_xldudf_CAI_SUM(A1:A5,2)+1", 40),
        ("=CAI_SUM(G1:G3,2)", NotKnown("a formula that was never calculated")),
        ("=CAI_SUM(1/0,2)", "#DIV/0!"),
        ("=CAI_WRONG(1)", "#NUM!"),
        ("=CAI_NA()", "#N/A"),
        ("=CAI_TABLE(1)", "a"),
        ("=CAI_OTHER(1)", NotKnown("the function CAI_OTHER")),
    ],
)
def test_functions_of_add_ins_are_passed_in(formula: str, expected: Any) -> None:
    assert is_value(value_in(WHERE, formula, functions=ADDED), expected)


def test_a_table_of_an_add_in_fills_an_array_formula() -> None:
    found = value_in(WHERE, "=CAI_TABLE(1)", array=True, functions=ADDED)
    assert found == [["a", 1.0], ["b", 0.0]]


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_the_values_of_our_workbooks_follow_from_each_other(
    workbooks: dict[str, Path], route: str
) -> None:
    where = open_workbook(workbooks[route])
    graph = Graph(where)
    evaluator = Evaluator.of(graph, FUNCTIONS)
    differ, count = [], 0
    for block in graph.blocks:
        if block.whole:
            continue
        sheet, top, left, _, _ = block.area
        stored = evaluator.stored.sheet(sheet)[top, left]
        if "ROW(" in block.form.text:
            continue  # formualizer, which computed it, takes ROW of an area for its first row
        found = evaluator.value(block.form, sheet, top, left)
        if isinstance(found, NotKnown):
            continue
        count += 1
        same = (
            math.isclose(found, stored, rel_tol=1e-9, abs_tol=1e-12)
            if isinstance(found, float) and isinstance(stored, float)
            else found == stored
        )
        if not same:
            differ.append((block.area, stored, found))
    assert differ == []
    assert count > 250


# Against another engine --------------------------------------------------------------------------

BOTH = [
    *(formula for formula, _ in [*OPERATORS, *SUMS, *LOOKUPS, *LOGIC, *NUMBERS, *TEXTS]),
    "=ROUNDUP(-2.1,0)", "=CEILING(-2.5,2)", "=CEILING(-2.5,-2)", "=FLOOR(-2.5,2)", "=EVEN(3)",
    "=MEDIAN(A1:A5)", "=VAR(A1:A5)", "=STDEVP(A1:A5)", "=QUARTILE(A1:A5,1)", "=RANK(3,A1:A5,1)",
    "=CORREL(A1:A5,B1:B5)", "=SLOPE(A1:A5,B1:B5)", "=INTERCEPT(A1:A5,B1:B5)", "=GEOMEAN(A1:A3)",
    '=PROPER("hello world")', '=REPLACE("hello",2,3,"XY")', '=CODE("A")', "=CHAR(65)",
    "=IPMT(0.05,2,10,1000)", "=PPMT(0.05,2,10,1000)", "=EFFECT(0.05,12)", "=PV(0.05,10,-100,50,1)",
    "=XNPV(0.1,{-100,60,60},{45000,45200,45400})", "=COMBIN(5,2)", "=DEGREES(PI())",
]  # fmt: skip
DIFFERENT = {
    "=SUMPRODUCT(ROW(A1:A3)*1)": "ROW of an area is its first row there; LibreOffice says 6 too",
    "=T[@one]": "no tables there", "=ROW()": "stands elsewhere",
    "=G3&1": "no such cell", "=COUNTBLANK(G4:G5)": "the same", "=SUM(A1,G3)": "the same",
    "=IFERROR(G3,5)": "the same", "=ISBLANK(G4)": "the same",
}  # fmt: skip


def test_values_are_those_of_cellrune(tmp_path: Path) -> None:
    cellrune = pytest.importorskip("cellrune", reason="pip install cellrune")
    formulas = [formula for formula in dict.fromkeys(BOTH) if formula not in DIFFERENT]
    made: Any = openpyxl.Workbook()
    made.active.title = "S"
    for line in DATA:
        made.active.append(line)
    for row, formula in enumerate(formulas, start=20):
        newer = (
            "XLOOKUP",
            "XMATCH",
            "IFS(",
            "SWITCH",
            "CONCAT(",
            "TEXTJOIN",
            "XOR",
            "IFNA",
            "DAYS(",
        )
        stored = formula
        for name in newer:
            if f"={name}" in formula:
                stored = formula.replace("=", "=_xlfn.", 1)
        made.active.cell(row, 8, stored)
    made.save(tmp_path / "book.xlsx")
    other = cellrune.Workbook.open_path(str(tmp_path / "book.xlsx"))
    other.calculate()
    theirs = other.read_values("S", "H20", f"H{19 + len(formulas)}")
    where = book({"S": GRID})
    differ = {}
    for (their_value,), formula in zip(theirs, formulas, strict=True):
        ours = value_in(where, formula, "S!H30")
        known = their_value.get("value")
        if not (
            is_value(ours, known) or (isinstance(ours, ErrorValue) and ours in str(their_value))
        ):
            differ[formula] = (ours, their_value)
    assert differ == {}
    assert len(formulas) > 140


def test_the_helper_writes_what_it_is_given() -> None:
    assert isinstance(WHERE, Book)
    assert at("B2") == (2, 2)
