"""The relative form of formulas: equal for fills of one formula, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.relative import Forms
from xl_cryptoai.formulas.text import formula_text, relative_text
from xl_cryptoai.formulas.tree import NotUnderstood
from xl_cryptoai.xlsx.cells import Formula, SharedFormula
from xl_cryptoai.xlsx.references import cell_name, shift_formula

SAME = [
    ("=E8*Assumptions!$E$13", "=F9*Assumptions!$E$13"),
    ("=SUM(E1:E8)", "=SUM( F2 : F9 )"),
    ("=SUM(Data!E:E)", "=SUM(Data!F:F)"),  # case 21: whole columns move along
    ('=SUMIF($A:$A,"<>",E:E)', '=SUMIF($A:$A,"<>",F:F)'),
    ("=SUM(8:8)", "=SUM(9:9)"),
    ("=cai.tam(E8)", "=CAI.TAM(F9)"),  # case 18: function names have no case
    ("=_xldudf_CAI_TAM(E8)", "=CAI_TAM(F9)"),
    ("=_xlfn.STDEV.S(E8)", "=STDEV.S(F9)"),
    ("=sheet1!E8", "=Sheet1!F9"),
    ("=total+E8", "=TOTAL+F9"),
    ("=(E8)+1", "=F9+1"),
    ("=XFE8", "=XFE8"),
    ("=T[@a]*E8", "=T[[#This Row],[a]]*F9"),
]
OTHER = [
    ("=E8", "=F8"),
    ("=E8*2", "=F9*3"),
    ("=SUM(E:E)", "=SUM(E:E)"),
    ('=E8&"a"', '=F9&"A"'),  # texts have case
    ("=XFE8", "=XFE9"),  # names, for no sheet has these cells
    ("=E8-(F8-G8)", "=F9-F9-H9"),
    ("=Jan!E8", "=Feb!F9"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_fills_of_a_formula_have_one_form(one: str, other: str) -> None:
    forms = Forms()
    assert forms.of(one, 9, 5) is forms.of(other, 10, 6)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_formulas_have_other_forms(one: str, other: str) -> None:
    forms = Forms()
    assert forms.of(one, 9, 5) is not forms.of(other, 10, 6)


def test_the_form_reads_as_r1c1() -> None:
    assert Forms().of("=sum($A1:B$2)+C:C", 3, 3).text == "SUM(R[-2]C1:R2C[-1])+C[0]"


def test_a_form_that_is_not_understood_says_so() -> None:
    forms = Forms()
    assert isinstance(forms.of("=1+", 1, 1).tree, NotUnderstood)
    assert forms.of("=1+", 1, 1) is forms.of("=1+", 5, 1)


def test_the_form_does_not_depend_on_the_order_in_which_cells_are_asked() -> None:
    cells = [("=A1+1", 1, 2), ("=B1+1", 1, 3), ("=A1+1", 1, 3), ("=a2+1", 2, 2), ("=B2+1", 2, 3),
             ("=A1048576", 1048576, 2), ("=A1", 1, 2), ("=XFD1", 1, 16384),
             ("=A1", 1, 1)]  # fmt: skip
    forward, backward = Forms(), Forms()
    one = [forward.of(*cell).text for cell in cells]
    other = [backward.of(*cell).text for cell in reversed(cells)][::-1]
    assert one == other == [Forms().of(*cell).text for cell in cells]


FORMULAS = st.sampled_from(
    [
        "=A1+$B2",
        "=SUM(A1:B3)*C$4",
        "=SUM(B:B,3:4)",
        "=Data!C3&\"A1\"&'A1'!B2",
        "=IF(A5>0,LOG10(B2),x1)",
    ]
)


@given(FORMULAS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=30))
@settings(max_examples=60)
def test_the_quick_way_finds_what_parsing_finds(formula: str, moves: list[tuple[int, int]]) -> None:
    forms = Forms()
    for down, right in sorted(moves):
        row, column = 10 + down, 5 + right
        for text in (formula, shift_formula(formula, down, right)):
            parsed = parse(text, row, column)
            assert not isinstance(parsed, NotUnderstood)
            assert forms.of(text, row, column).text == relative_text(parsed)


def test_each_distinct_form_is_parsed_once() -> None:
    forms = Forms()
    for row in range(2, 200):
        for column in range(2, 9):
            left = cell_name(row, column - 1)
            forms.of(f"={left}*2+SUM(A{row}:{left})", row, column)
    assert len(list(forms)) == 7  # the sum begins in column A, another distance for each column


def test_copies_of_a_shared_formula_need_no_text() -> None:
    forms = Forms()
    shared = SharedFormula("=A1*2", 1, 2)
    first = forms.of_formula(Formula("=A1*2"), 1, 2)
    copy = Formula.of_shared(shared, 7, 2)
    assert forms.of_formula(copy, 7, 2) is first


def test_a_form_is_written_out_for_any_cell() -> None:
    tree = Forms().of("=E8*$A$1", 9, 5).tree
    assert not isinstance(tree, NotUnderstood)
    assert formula_text(tree, 20, 7) == "G19*$A$1"
