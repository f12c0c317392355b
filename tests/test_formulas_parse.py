"""Parsing formulas: every kind of part, the strength of operators, and what is no formula."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import formula_text, relative_text
from xl_cryptoai.formulas.tokens import canonical
from xl_cryptoai.formulas.tree import (
    Array,
    Binary,
    Boolean,
    Call,
    Edge,
    Error,
    Invoke,
    Missing,
    Name,
    NotUnderstood,
    Number,
    Prefix,
    Ref,
    Structured,
    Text,
    Unary,
    Union,
    walk,
)

ROW, COLUMN = 9, 5


def tree(formula: str) -> Any:
    found = parse(formula, ROW, COLUMN)
    assert not isinstance(found, NotUnderstood), found
    return found


def written(formula: str) -> str:
    """The formula with only the parentheses that it needs, so that they show how it binds."""
    return formula_text(tree(formula), ROW, COLUMN)


# Operators ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "top"),
    [
        ("=-2^2", "^"),  # a sign binds more strongly than ^: 4, as Microsoft's table of operators
        ("=2^3^2", "^"),
        ("=1+2*3", "+"),
        ("=1&2+3", "&"),
        ('=1=2&"a"', "="),
        ("=A1:B2 B1:C2", " "),
        ("=A1:B2:C3", ":"),
    ],
)
def test_the_weakest_operator_is_the_top_of_the_tree(formula: str, top: str) -> None:
    assert tree(formula).operator == top


@pytest.mark.parametrize("formula", ["=2^3^2", "=8/4/2", "=8-4-2", "=1=1=1", "=1<2>3"])
def test_operators_of_one_strength_go_from_left_to_right(formula: str) -> None:
    assert isinstance(tree(formula).left, Binary)
    assert isinstance(tree(formula).right, Number)


def test_a_percent_sign_binds_more_strongly_than_a_power() -> None:
    assert tree("=2^50%") == Binary("^", Number(2.0), Unary("%", Number(50.0)))


def test_a_sign_can_stand_after_an_operator() -> None:
    assert tree("=2^-1") == Binary("^", Number(2.0), Unary("-", Number(1.0)))
    assert tree("=--1") == Unary("-", Unary("-", Number(1.0)))


def test_a_blank_between_references_is_an_intersection_and_elsewhere_nothing() -> None:
    assert tree("=SUM(A1:A3 A2:C2)") == tree("= SUM( A1:A3  A2:C2 )")
    assert tree("=A1 (B1)").operator == " "
    assert tree("=A1 + B1").operator == "+"
    assert tree("=A1 -B1").operator == "-"


def test_commas_in_parentheses_are_a_union_and_in_calls_arguments() -> None:
    assert isinstance(tree("=(A1,B1)"), Union)
    assert len(tree("=SUM(A1,B1)").arguments) == 2
    assert len(tree("=SUM((A1,B1))").arguments) == 1


# Constants ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "node"),
    [
        ("=1E+3", Number(1000.0)),
        ("=.5", Number(0.5)),
        ("=1.", Number(1.0)),
        ('="say ""yes"""', Text('say "yes"')),
        ('=""', Text("")),
        ("=true", Boolean(True)),
        ("=#N/A", Error("#N/A")),
        ("=#REF!", Error("#REF!")),
        ("=#SPILL!", Error("#SPILL!")),
        ("=S!#REF!", Error("#REF!", Prefix("", "S"))),
        ("=#REF!A1", Error("#REF!")),
        ('={1,-2;"a",TRUE}',
         Array(((Number(1.0), Number(-2.0)), (Text("a"), Boolean(True))))),
    ],
)  # fmt: skip
def test_constants(formula: str, node: Any) -> None:
    assert tree(formula) == node


# References --------------------------------------------------------------------------------------


def test_references_are_counted_from_the_formulas_own_cell_unless_fixed() -> None:
    assert tree("=E8") == Ref(
        None, Edge(False, -1), Edge(False, 0), Edge(False, -1), Edge(False, 0)
    )
    assert tree("=$E$8") == Ref(None, Edge(True, 8), Edge(True, 5), Edge(True, 8), Edge(True, 5))


def test_whole_columns_have_no_rows_and_whole_rows_no_columns() -> None:
    assert tree("=A:$C") == Ref(None, None, Edge(False, -4), None, Edge(True, 3))
    assert tree("=$2:3") == Ref(None, Edge(True, 2), None, Edge(False, -6), None)


@pytest.mark.parametrize(
    ("formula", "prefix"),
    [
        ("=Sheet1!A1", Prefix("", "Sheet1")),
        ("='My sheet'!A1", Prefix("", "My sheet")),
        ("='Bob''s'!A1", Prefix("", "Bob's")),
        ("=' '!A1", Prefix("", " ")),
        ("='Größe (€)'!A1", Prefix("", "Größe (€)")),
        ("=Größe!A1", Prefix("", "Größe")),
        ("=Jan:Mar!A1", Prefix("", "Jan", "Mar")),
        ("='Jan 26:Mar 26'!A1", Prefix("", "Jan 26", "Mar 26")),
        ("=Q1:Q4!A1", Prefix("", "Q1", "Q4")),  # sheets that are called like cells
        ("=[1]Sheet1!A1", Prefix("1", "Sheet1")),
        ("='[1]My sheet'!A1", Prefix("1", "My sheet")),
        (r"='C:\books\[b.xlsx]S'!A1", Prefix(r"C:\books\b.xlsx", "S")),
    ],
)
def test_sheets_and_workbooks_before_a_reference(formula: str, prefix: Prefix) -> None:
    assert tree(formula).prefix == prefix


def test_a_name_of_another_workbook() -> None:
    assert tree("=[1]!Rate") == Name("Rate", Prefix("1"))


def test_a_range_whose_ends_both_name_the_sheet() -> None:
    found = tree("=Sheet1!A1:Sheet1!B2")
    assert found.operator == ":"
    assert found.right.prefix == Prefix("", "Sheet1")


@pytest.mark.parametrize(
    ("formula", "node"),
    [
        ("=T[a]", Structured("T", (), "a", "a")),
        ("=T[]", Structured("T")),
        ("=T[#All]", Structured("T", ("#all",))),
        ("=T[[#Headers],[a]:[b]]", Structured("T", ("#headers",), "a", "b")),
        ("=T[[#Data],[#Totals],[a]]", Structured("T", ("#data", "#totals"), "a", "a")),
        ("=T[@a]", Structured("T", ("#this row",), "a", "a")),
        ("=T[@[two words]]", Structured("T", ("#this row",), "two words", "two words")),
        ("=T[[#This Row],[a]]", Structured("T", ("#this row",), "a", "a")),
        ("=T[Revenue '[mEUR']]", Structured("T", (), "Revenue [mEUR]", "Revenue [mEUR]")),
        ("=T['# units]", Structured("T", (), "# units", "# units")),
        ("=T[O''Brien]", Structured("T", (), "O'Brien", "O'Brien")),
        ("=T[Net\nsales]", Structured("T", (), "Net\nsales", "Net\nsales")),
        ("=T[Cost: other]", Structured("T", (), "Cost: other", "Cost: other")),
        ("=[a]", Structured("", (), "a", "a")),
    ],
)
def test_tables(formula: str, node: Structured) -> None:
    assert tree(formula) == node


@pytest.mark.parametrize("address", ["XFE1", "A1048577", "A0", "AAAA1", "YEAR2025"])
def test_an_address_that_no_sheet_has_is_a_name(address: str) -> None:
    assert tree(f"={address}") == Name(address)


def test_an_area_with_an_impossible_end_is_a_range_to_a_name() -> None:
    assert tree("=A1:A1048577").right == Name("A1048577")


def test_a_spill_and_an_implicit_intersection() -> None:
    assert tree("=A1#").operator == "#"
    assert tree("=@A1:A3") == Unary("@", tree("=A1:A3"))


# Functions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("sum", "SUM"),
        ("_xlfn.XLOOKUP", "XLOOKUP"),
        ("_xlfn._xlws.FILTER", "FILTER"),
        ("_xldudf_CAI_TAM", "CAI_TAM"),
        ("cai.tam", "CAI_TAM"),
        ("CAI_TAM", "CAI_TAM"),
        ("stdev.s", "STDEV.S"),
        ("_xlfn.NORM.S.DIST", "NORM.S.DIST"),
    ],
)
def test_a_function_has_one_name_however_it_is_stored(name: str, plain: str) -> None:
    assert canonical(name) == plain
    assert tree(f"={name}(A1)").name == plain


def test_arguments_can_be_left_out() -> None:
    assert tree("=IF(A1,,5)").arguments[1:] == (Missing(), Number(5.0))
    assert tree("=F()").arguments == ()
    assert tree("=F(,)").arguments == (Missing(), Missing())


def test_a_name_with_digits_is_no_function_of_a_cell() -> None:
    assert tree("=LOG10(100)").name == "LOG10"


def test_a_lambda_can_be_called_where_it_stands() -> None:
    found = tree("=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(2)")
    assert isinstance(found, Invoke)
    assert isinstance(found.function, Call) and found.arguments == (Number(2.0),)


def test_a_range_can_end_in_a_function() -> None:
    found = tree("=SUM(A1:INDEX(B1:B5,3))").arguments[0]
    assert found.operator == ":" and found.right.name == "INDEX"


def test_an_eta_reduced_lambda_is_a_name() -> None:
    assert tree("=_xlfn.BYROW(A1:C3,_xleta.SUM)").arguments[1] == Name("_xleta.SUM")


# What is no formula ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "position"),
    [
        ("=1+*2", 3),
        ('="open', 1),
        ("=SUM(A1", 7),
        ("=A1)", 3),
        ("=", 1),
        ("={1,A1}", 6),
        ("=1 2", 3),
        ("=Sheet1!", 8),
        ("=T[[a]x]", 1),
        ("=1:1048577", 1),
        ("=§", 1),
    ],
)
def test_what_is_no_formula_is_not_understood_at_a_position(formula: str, position: int) -> None:
    found = parse(formula)
    assert isinstance(found, NotUnderstood)
    assert found.position == position


@given(st.text(alphabet="=+-*/^&<>%:,;(){}@#!'\"[]$ A1B2.SUMIF_éT", max_size=40))
@settings(max_examples=300)
def test_no_text_is_a_traceback(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    "formula",
    ["(" * 2_000 + "1" + ")" * 2_000, "F(" * 500 + ")" * 500, "-" * 5_000 + "1",
     "1" + "%" * 5_000, ":".join(["A1"] * 2_000), " ".join(["A1"] * 2_000)],
)  # fmt: skip
def test_more_nesting_than_a_person_writes_is_not_understood(formula: str) -> None:
    assert isinstance(parse(f"={formula}"), NotUnderstood)


def test_as_much_nesting_as_excel_takes_is_understood() -> None:
    assert tree("=" + "IF(A1>0,1+2*" * 64 + "1" + ",0)" * 64)


def test_a_chain_of_thousands_is_no_nesting() -> None:
    chain = tree("=" + "+".join(["A1"] * 4_000))
    assert sum(isinstance(node, Ref) for node in walk(chain)) == 4_000
    assert formula_text(chain, ROW, COLUMN).count("+") == 3_999


# There and back ----------------------------------------------------------------------------------

REFERENCES = st.sampled_from(
    ["A1", "$B$2", "C$3", "A1:B7", "$A:B", "2:$4", "Sheet1!A1", "'a b'!C3", "[1]S!A1", "Jan:Mar!B2",
     "rate", "[1]!rate", "T[a]", "T[[#Headers],[a]:[b]]", "T[@[x y]]", "A1#"]
)  # fmt: skip
CONSTANTS = st.sampled_from(["1", "0.5", "1E+20", '"a""b"', "TRUE", "#N/A", '{1,-2;"x",TRUE}'])


def formulas() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">="])
        return st.one_of(
            st.builds("({} {} {})".format, inner, signs, inner),
            st.builds("({}{}{})".format, inner, signs, inner),
            st.builds("-{}".format, inner),
            st.builds("+({})".format, inner),
            st.builds("({})%".format, inner),
            st.builds("SUM({},{})".format, inner, inner),
            st.builds("IF({},,{})".format, inner, inner),
            st.builds("(A1,{})".format, REFERENCES),
            st.builds("({} {})".format, REFERENCES, REFERENCES),
            st.builds("A1:INDEX({},2)".format, inner),
        )

    return st.recursive(st.one_of(REFERENCES, CONSTANTS), larger, max_leaves=8)


@given(formulas())
@settings(max_examples=300)
def test_a_tree_that_is_written_out_parses_to_the_same_tree(formula: str) -> None:
    found = tree(f"={formula}")
    assert tree("=" + formula_text(found, ROW, COLUMN)) == found


@given(formulas(), st.integers(10, 200), st.integers(10, 200))
@settings(max_examples=100)
def test_a_tree_is_the_same_wherever_the_formula_is_filled(
    formula: str, row: int, column: int
) -> None:
    found = tree(f"={formula}")
    moved = formula_text(found, row, column)
    again = parse(f"={moved}", row, column)
    assert again == found
    assert relative_text(found) == relative_text(again)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("=(1-2)-3", "1-2-3"),
        ("=1-(2-3)", "1-(2-3)"),
        ("=(-2)^2", "-2^2"),
        ("=-(2^2)", "-(2^2)"),
        ("=((A1))", "A1"),
        ("=sum( a1 : b2 )", "SUM(A1:B2)"),
        ("=(A1,B1) A1:A9", "(A1,B1) A1:A9"),
        ("='Q1'!A1", "'Q1'!A1"),
    ],
)
def test_only_parentheses_that_are_needed_are_written(formula: str, text: str) -> None:
    assert written(formula) == text
