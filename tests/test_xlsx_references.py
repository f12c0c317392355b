"""References as text: letters of columns, areas, formulas moved to other cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string, get_column_letter

from xl_cryptoai.xlsx.references import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    cell_name,
    column_letters,
    column_number,
    parse_area,
    parse_areas,
    parse_cell,
    shift_formula,
)

COLUMNS = st.integers(1, MAX_COLUMN)
ROWS = st.integers(1, MAX_ROW)


@given(COLUMNS)
def test_letters_of_a_column_lead_back_to_its_number(number: int) -> None:
    letters = column_letters(number)
    assert column_number(letters) == column_index_from_string(letters) == number
    assert letters == get_column_letter(number)


@given(ROWS, COLUMNS, ROWS, COLUMNS)
def test_an_area_leads_back_to_itself(top: int, left: int, bottom: int, right: int) -> None:
    area = Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    assert parse_area(str(area)) == area


@pytest.mark.parametrize("text", ["A0", "1A", "", "XFE1", "A1048577", "A", "A1:", "A1:B", "A:1"])
def test_what_is_no_place_is_no_area(text: str) -> None:
    assert parse_area(text) is None


def test_areas_of_a_rule_stand_between_blanks() -> None:
    assert parse_areas("A1:B2 $D$4  C:C 7:8") == (
        Area(1, 1, 2, 2),
        Area(4, 4, 4, 4),
        Area(1, 3, MAX_ROW, 3),
        Area(7, 1, 8, MAX_COLUMN),
    )


def test_corners_of_an_area_may_stand_in_any_order() -> None:
    assert parse_area("C1:A3") == parse_area("A3:C1") == Area(1, 1, 3, 3)


def test_an_area_counts_and_lists_its_cells() -> None:
    area = Area(2, 1, 3, 2)
    assert area.size == 4 and list(area.cells()) == [(2, 1), (2, 2), (3, 1), (3, 2)]
    assert area.covers(3, 2) and not area.covers(4, 2)


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("=A1+$A1+A$1+$A$1", "=C4+$A4+C$1+$A$1"),
        ("=SUM(A1:B2,$A1:B$2)", "=SUM(C4:D5,$A4:D$2)"),
        ("=SUM(A:A,$B:C)", "=SUM(C:C,$B:E)"),
        ("=SUM(1:2,$3:4)", "=SUM(4:5,$3:7)"),
        ("='A1 B2'!A1+'It''s A1'!A1", "='A1 B2'!C4+'It''s A1'!C4"),
        ("=Sheet1!A1+Q1!B2", "=Sheet1!C4+Q1!D5"),
        ("=Jan:Mar!A1", "=Jan:Mar!C4"),
        ("=[1]Data!A1+'[2]Other A1'!A1", "=[1]Data!C4+'[2]Other A1'!C4"),
        ('="A1"&A1&"say ""B2"" C3"', '="A1"&C4&"say ""B2"" C3"'),
        ("=LOG10(A1)+ATAN2(B1,C1)", "=LOG10(C4)+ATAN2(D4,E4)"),
        ("=XTAX2030+rate_A1+A1.B2+Net.A1", "=XTAX2030+rate_A1+A1.B2+Net.A1"),
        ("=TAXES2030+XFE1", "=TAXES2030+XFE1"),
        ("=T[[#This Row],[A1]]+T[B2 '[C3']]*A1", "=T[[#This Row],[A1]]+T[B2 '[C3']]*C4"),
        ("=1.5E3+2E5*A1", "=1.5E3+2E5*C4"),
        ("=_xlfn.XLOOKUP(A1,_xlpm.a1,B:B)", "=_xlfn.XLOOKUP(C4,_xlpm.a1,D:D)"),
        ("=A1:INDEX(A:A,5)", "=C4:INDEX(C:C,5)"),
        ("=A1 B2", "=C4 D5"),
        ("=_xlfn.ANCHORARRAY(A1)+A1#", "=_xlfn.ANCHORARRAY(C4)+C4#"),
        ("=#REF!+A1", "=#REF!+C4"),
        ("=Größe1+ÄA1+A1", "=Größe1+ÄA1+C4"),
    ],
)
def test_only_relative_references_move(formula: str, moved: str) -> None:
    assert shift_formula(formula, 3, 2) == moved


def test_what_falls_off_the_sheet_is_an_invalid_reference() -> None:
    assert shift_formula("=A1+B2+SUM(A1:C3)", -1, -1) == "=#REF!+A1+SUM(#REF!)"
    assert shift_formula("=SUM(A:B)+SUM(1:2)", -1, -1) == "=SUM(#REF!)+SUM(#REF!)"
    assert shift_formula("=$XFD$1048576+XFD1", 1, 1) == "=$XFD$1048576+#REF!"


@st.composite
def references(draw: st.DrawFn) -> str:
    """A cell somewhere in the middle, so that no move falls off the sheet."""
    column, row = draw(st.integers(50, 15_000)), draw(st.integers(100, 1_000_000))
    dollars = draw(st.tuples(st.sampled_from(["", "$"]), st.sampled_from(["", "$"])))
    return f"{dollars[0]}{column_letters(column)}{dollars[1]}{row}"


FIXED = st.sampled_from(["1", '"A1 $B2"', "Total", "PI()", "TRUE", "2.5E1"])
AREAS = st.builds(
    lambda sheet, first, last: f"{sheet}{first}:{last}",
    *[st.sampled_from(["", "Data!", "'A1 it''s'!"]), references(), references()],
)
ATOMS = st.one_of(references(), AREAS, FIXED)
FORMULAS = st.lists(ATOMS, min_size=1, max_size=6).map(lambda atoms: "=" + "+".join(atoms))


@given(FORMULAS, st.integers(-40, 40), st.integers(-40, 40))
def test_a_moved_formula_reads_as_openpyxl_moves_it(formula: str, down: int, right: int) -> None:
    start, end = cell_name(100, 100), cell_name(100 + down, 100 + right)
    assert shift_formula(formula, down, right) == Translator(formula, start).translate_formula(end)


@given(FORMULAS, st.integers(-40, 40), st.integers(-40, 40))
def test_a_formula_moved_there_and_back_is_the_same(formula: str, down: int, right: int) -> None:
    assert shift_formula(shift_formula(formula, down, right), -down, -right) == formula


@pytest.mark.parametrize("text", ["[a'" * 20_000, "[[" + "a'[" * 20_000, '["' * 20_000 + "["])
def test_what_is_never_closed_takes_no_time(text: str) -> None:
    """A search that begins anew at every sign would take hours."""
    assert shift_formula(text, 1, 1) == text


@given(st.text(max_size=60))
def test_any_text_can_be_moved(text: str) -> None:
    assert isinstance(shift_formula(text, 1, 1), str)
    assert parse_cell(text) is None or parse_area(text) is not None
