"""Cells as the file holds them: values by their type, formulas of every kind."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from xlsx_parts import MAIN, rows, write_workbook

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx import (
    Area,
    Cell,
    DataTable,
    ErrorValue,
    Formula,
    Place,
    Workbook,
    open_workbook,
)
from xl_cryptoai.xlsx.cells import CellsByRow

METADATA = f"""<metadata xmlns="{MAIN}"
  xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">
  <metadataTypes count="2"><metadataType name="XLRICHVALUE"/><metadataType name="XLDAPR"/>
  </metadataTypes>
  <futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>
  <futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="x">
  <xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>
  <cellMetadata count="2"><bk><rc t="1" v="0"/></bk><bk><rc t="2" v="0"/></bk></cellMetadata>
</metadata>"""


def cells_of(path: Path, sheet: str, **more: object) -> dict[str, Cell]:
    book = open_workbook(write_workbook(path, {"S": sheet}, **more))
    return {str(Place("", *at)).lstrip("!"): cell for at, cell in book.worksheets[0].cells.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def test_values_are_decoded_by_their_type(path: Path) -> None:
    cells = cells_of(
        path,
        rows(
            '<c t="n"><v>1.5</v></c>',
            "<c><v>7</v></c>",
            '<c t="b"><v>1</v></c>',
            '<c t="e"><v>#N/A</v></c>',
            '<c t="str"><v>text</v></c>',
            '<c t="inlineStr"><is><t>in place</t></is></c>',
            '<c t="d"><v>1900-03-01T12:00:00</v></c>',
            '<c s="0"/>',
        ),
    )
    values = [cell.value for cell in cells.values()]
    assert values == [1.5, 7.0, True, "#N/A", "text", "in place", 61.5, None]
    assert [type(value) for value in values[1:4]] == [float, bool, ErrorValue]


def test_an_error_is_not_a_text_that_says_so(path: Path) -> None:
    cells = cells_of(path, rows('<c t="e"><v>#REF!</v></c>', '<c t="str"><v>#REF!</v></c>'))
    assert [isinstance(cell.value, ErrorValue) for cell in cells.values()] == [True, False]


def test_an_empty_stored_value_is_not_the_same_as_none(path: Path) -> None:
    cells = cells_of(path, rows('<c t="str"><f>A9</f><v></v></c>', "<c><f>A9</f></c>"))
    assert [cell.value for cell in cells.values()] == ["", None]


def test_shared_texts_join_their_runs_and_leave_out_how_to_pronounce_them(path: Path) -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t xml:space="preserve"> plain </t></si>'
        "<si><r><t>Jörg </t></r><r><rPr><b/></rPr><t>Müller</t></r>"
        "<rPh sb='0' eb='1'><t>PHONETIC</t></rPh></si></sst>"
    )
    cells = cells_of(
        path,
        rows('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>'),
        parts={"xl/sharedStrings.xml": strings},
        links={"xl/workbook.xml": [("sharedStrings", "sharedStrings.xml")]},
    )
    assert [cell.value for cell in cells.values()] == [" plain ", "Jörg Müller"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("40%_x000D_\nsecond line", "40%\r\nsecond line"),
        ("rev_x005F_x0041_final", "rev_x0041_final"),
        ("_x005f_", "_"),
        ("_x00_ _x0G00_ x0041_", "_x00_ _x0G00_ x0041_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_ alone", "\ufffd alone"),
    ],
)
def test_escaped_characters_are_decoded(path: Path, stored: str, read: str) -> None:
    cells = cells_of(
        path,
        rows(
            f'<c t="inlineStr"><is><t>{stored}</t></is></c>',
            f'<c t="str"><f>"{stored}"</f><v>{stored}</v></c>',
        ),
    )
    assert [cell.value for cell in cells.values()] == [read, read]


@pytest.mark.parametrize(("settings", "serial"), [("", 43831.0), ("date1904='1'", 42369.0)])
def test_a_date_in_words_becomes_the_serial_number_of_its_workbook(
    path: Path, settings: str, serial: float
) -> None:
    cells = cells_of(
        path, rows('<c t="d"><v>2020-01-01</v></c>'), before=f"<workbookPr {settings}/>"
    )
    assert cells["A1"].value == serial


def test_a_cell_that_says_no_place_follows_the_one_before(path: Path) -> None:
    cells = cells_of(
        path,
        '<sheetData><row r="3"><c><v>1</v></c><c r="D3"><v>2</v></c><c><v>3</v></c></row>'
        "<row><c><v>4</v></c></row></sheetData>",
    )
    assert {at: cell.value for at, cell in cells.items()} == {"A3": 1, "D3": 2, "E3": 3, "A4": 4}


def test_cells_come_in_the_order_of_rows_and_columns(path: Path) -> None:
    cells = cells_of(
        path,
        '<sheetData><row r="3"><c r="B3"/><c r="A3"/></row><row r="2"><c r="C2"/></row>'
        "</sheetData>",
    )
    assert list(cells) == ["C2", "A3", "B3"]


def test_a_normal_formula_has_its_text_and_the_stored_value_beside_it(path: Path) -> None:
    cell = cells_of(path, rows("<c s='0'><f>1+1</f><v>2</v></c>"))["A1"]
    assert cell == Cell(2.0, 0, Formula("=1+1"))
    assert cell.formula is not None and cell.formula.kind == "normal" and cell.formula.area is None


def test_a_shared_formula_is_spelled_out_for_each_cell(path: Path) -> None:
    cells = cells_of(
        path,
        '<sheetData><row r="2"><c r="B2"><f t="shared" ref="B2:C3" si="0">A1*$A$1</f></c>'
        '<c r="C2"><f t="shared" si="0"/></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"></f></c></row></sheetData>',
    )
    formulas = {at: cell.formula for at, cell in cells.items() if cell.formula}
    texts = {at: formula.text for at, formula in formulas.items()}
    assert texts == {"B2": "=A1*$A$1", "C2": "=B1*$A$1", "B3": "=A2*$A$1"}
    assert {formula.kind for formula in formulas.values()} == {"shared"}
    assert len({id(formula.shared) for formula in formulas.values()}) == 1


def test_a_number_of_a_shared_formula_may_be_used_anew(path: Path) -> None:
    cells = cells_of(
        path,
        rows(
            '<c><f t="shared" ref="A1" si="0">Z1</f></c>',
            '<c><f t="shared" si="0"/></c>',
            '<c><f t="shared" ref="C1" si="0">Z1*2</f></c>',
            '<c><f t="shared" si="0"/></c>',
        ),
    )
    texts = [cell.formula.text for cell in cells.values() if cell.formula]
    assert texts == ["=Z1", "=AA1", "=Z1*2", "=AA1*2"]


def test_a_shared_formula_that_no_cell_holds_is_refused(path: Path) -> None:
    with pytest.raises(FileRefusedError, match=r"shares a formula \(number 5\) at A1"):
        cells_of(path, rows('<c><f t="shared" si="5"/><v>1</v></c>'))


def test_array_formulas_say_their_area_and_whether_they_spill(path: Path) -> None:
    cells = cells_of(
        path,
        rows(
            '<c><f t="array" ref="A1:A2">B1:B2*2</f><v>1</v></c>',
            '<c cm="2"><f t="array" ref="B1:B3">_xlfn._xlws.SORT(C1:C3)</f><v>1</v></c>',
            '<c cm="1"><f t="array" ref="C1">1</f><v>1</v></c>',
        ),
        parts={"xl/metadata.xml": METADATA},
        links={"xl/workbook.xml": [("sheetMetadata", "metadata.xml")]},
    )
    formulas = [cell.formula for cell in cells.values() if cell.formula]
    assert [formula.kind for formula in formulas] == ["array", "dynamic", "array"]
    assert formulas[0].area == Area(1, 1, 2, 1) and formulas[1].area == Area(1, 2, 3, 2)
    assert formulas[1].text == "=_xlfn._xlws.SORT(C1:C3)"


@pytest.mark.parametrize(
    ("attributes", "text", "inputs"),
    [
        ('r1="B1"', "=TABLE(,B1)", DataTable("", "B1")),
        ('dtr="1" r1="B1"', "=TABLE(B1,)", DataTable("B1", "")),
        ('dt2D="1" dtr="1" r1="B1" r2="C4"', "=TABLE(B1,C4)", DataTable("B1", "C4")),
        ('r1="B1" del1="1"', "=TABLE(,#REF!)", DataTable("", "#REF!")),
    ],
)
def test_a_data_table_reads_the_same_every_time(
    path: Path, attributes: str, text: str, inputs: DataTable
) -> None:
    sheet = rows(f'<c r="B5"><f t="dataTable" ref="B5:B7" {attributes}/><v>800</v></c>')
    formula = cells_of(path, sheet)["B5"].formula
    assert formula is not None and formula.kind == "data table"
    assert (formula.text, formula.table, formula.area) == (text, inputs, Area(5, 2, 7, 2))
    assert repr(formula) == f"Formula('{text}', 'data table', 'B5:B7')"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="A0"><v>1</v></c>', "has a cell at 'A0', which is not a cell reference"),
        ('<c r="1A"><v>1</v></c>', "has a cell at '1A', which is not a cell reference"),
        ('<c r=""><v>1</v></c>', "has a cell at '', which is not a cell reference"),
        ('<c t="s"><v>3</v></c>', "a cell A1 of type 's' with '3'"),
        ("<c><v>many</v></c>", "a cell A1 of type 'n' with 'many'"),
        ("<c><v>NaN</v></c>", "a cell A1 of type 'n' with 'NaN'"),
        ('<c r="A1"/><c r="A1"/>', "has two cells at A1"),
        ('<c s="-1"/>', "the format '-1', which is not a number"),
        ('<c><f t="array" ref="?">1</f></c>', "a formula over '\\?', which is not a range"),
    ],
)
def test_a_damaged_cell_is_refused_with_its_part_and_place(
    path: Path, cell: str, words: str
) -> None:
    with pytest.raises(FileRefusedError, match=words) as refused:
        cells_of(path, rows(cell))
    assert str(path) in str(refused.value) and "sheet1.xml" in str(refused.value)


def test_formats_far_out_refuse_nothing(path: Path) -> None:
    cells = cells_of(
        path,
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1" s="0"/><c r="XFD1" s="0"/></row>'
        '<row r="1048576" hidden="1" ht="3"><c r="A1048576" s="0"/></row></sheetData>',
    )
    assert list(cells) == ["A1", "B1"], "a format alone beyond what cells may use is left out"


def test_content_in_the_last_row_is_read(path: Path) -> None:
    sheet = '<sheetData><row r="1048576"><c r="B1048576"><v>1</v></c></row></sheetData>'
    assert cells_of(path, sheet) == {"B1048576": Cell(1.0)}


@pytest.mark.parametrize(
    "inside",
    [
        '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>2</v></c></row>'
        '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="3"><c r="B2"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>3</v></c></row>',
    ],
    ids=["in a row", "a row twice", "in another's row"],
)
def test_cells_out_of_order_are_put_in_order(path: Path, inside: str) -> None:
    cells = cells_of(path, f"<sheetData>{inside}</sheetData>")
    assert [(at, cell.value) for at, cell in cells.items()] == [("A2", 1), ("B2", 2), ("C2", 3)]


def test_a_cell_that_stands_in_two_rows_is_refused(path: Path) -> None:
    row = '<row r="2"><c r="B2"><v>2</v></c></row>'
    with pytest.raises(FileRefusedError, match="has two cells at B2"):
        cells_of(path, f"<sheetData>{row * 2}</sheetData>")


def test_a_place_without_a_cell_is_none() -> None:
    cells = CellsByRow({2: ((1, 3), (Cell(1.0), Cell(3.0)))})
    assert [cells.get((2, column)) for column in (1, 2, 3, 4)] == [Cell(1.0), None, Cell(3.0), None]
    assert (3, 1) not in cells and len(cells) == 2 and list(cells) == [(2, 1), (2, 3)]


@pytest.mark.parametrize("place", ["SG1", "XFD1048576"])
def test_content_far_out_is_refused(path: Path, place: str) -> None:
    row = place.lstrip("SGXFD")
    sheet = f'<sheetData><row r="{row}"><c r="{place}"><v>1</v></c></row></sheetData>'
    with pytest.raises(FileRefusedError, match="reaches to column"):
        cells_of(path, sheet)


def test_a_book_by_openpyxl_reads_the_same(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Text", 1, 2.5, True, "#N/A"], ["=A1", "=SUM(B1:C1)", None, "'quoted", ""]):
        sheet.append(row)
    sheet["F1"] = ArrayFormula("F1:F2", "=B1:B2*2")
    book.save(path)
    ours: Workbook = open_workbook(path)
    read = ours.worksheets[0].cells
    assert read[1, 1].value == "Text" and read[1, 3].value == 2.5 and read[1, 4].value is True
    assert read[2, 2] == Cell(None, 0, Formula("=SUM(B1:C1)"))
    assert read[1, 6].formula == Formula("=B1:B2*2", "array", Area(1, 6, 2, 6))
