"""What stands beside the cells: rules, notes, tables, hidden lines, charts, print set-up."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, Protection
from xlsx_parts import (
    CHART,
    DRAWING,
    MAIN,
    RELATIONS,
    THREADS,
    X14,
    XM,
    Part,
    Relation,
    rows,
    write_workbook,
)

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx import Area, Sheet, Table, open_workbook
from xl_cryptoai.xlsx.charts import Chart, Series
from xl_cryptoai.xlsx.lines import AutoFilter, Freeze, Span
from xl_cryptoai.xlsx.notes import Hyperlink, Note
from xl_cryptoai.xlsx.protection import IgnoredErrors, SheetProtection
from xl_cryptoai.xlsx.rules import ConditionalFormat
from xl_cryptoai.xlsx.styles import CellFormat, Colour

SHEET = "xl/worksheets/sheet1.xml"
CELL = rows("<c><v>1</v></c>")
ID = "{E722680E-88F9-4806-84CE-A0C8E0F639CB}"
STAND_IN = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; "
    "however, any edits to it will get removed if the file is opened in a newer version of Excel. "
    "Learn more: https://go.microsoft.com/fwlink/?linkid=870924\n\nComment:\n    Why so low?"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def sheet_of(
    path: Path,
    inside: str,
    *,
    parts: dict[str, Part] | None = None,
    links: dict[str, list[Relation]] | None = None,
    settings: str = "",
) -> Sheet:
    write_workbook(path, {"S": inside}, parts=parts, links=links, settings=settings)
    return open_workbook(path).worksheets[0]


# Validations and conditional formats

NORMAL_RULE = (
    '<dataValidations count="1"><dataValidation type="decimal" allowBlank="1" errorStyle="warning" '
    'showErrorMessage="1" error="0 to_x000D_ 1" showInputMessage="1" '
    'prompt="q" sqref="A1:A3 C1"><formula1>0</formula1><formula2>1</formula2>'
    "</dataValidation></dataValidations>"
)
EXTENDED_RULE = (
    f'<extLst><ext uri="x" xmlns:x14="{X14}"><x14:dataValidations xmlns:xm="{XM}">'
    '<x14:dataValidation type="list" operator="equal"><x14:formula1>'
    "<xm:f>Lists!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>B2 B4:B5</xm:sqref>"
    "</x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def test_validations_of_both_kinds_stand_in_one_list(path: Path) -> None:
    normal, extended = sheet_of(path, CELL + NORMAL_RULE + EXTENDED_RULE).validations
    assert (normal.kind, normal.operator, normal.formulas) == ("decimal", "between", ("0", "1"))
    assert normal.areas == (Area(1, 1, 3, 1), Area(1, 3, 1, 3)) and normal.covers(2, 1)
    assert normal.refuses and normal.style == "warning" and normal.error == "0 to\r 1"
    assert normal.prompts and normal.prompt == "q"
    assert extended.formulas == ("Lists!$A$1:$A$3",)
    assert extended.areas == (Area(2, 2, 2, 2), Area(4, 2, 5, 2)) and not extended.covers(3, 2)


def test_a_long_list_is_found_where_older_programs_look_for_it(path: Path) -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    rule = (
        '<dataValidations><dataValidation type="list" sqref="A1">'
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="x12ac"><l>a,b</l></mc:Choice>'
        '<mc:Fallback><formula1>"a,b"</formula1></mc:Fallback></mc:AlternateContent>'
        "</dataValidation></dataValidations>"
    )
    assert sheet_of(path, CELL + rule).validations[0].formulas == ('"a,b"',)


def test_conditional_formats_of_both_kinds_stand_in_one_list_each_rule_once(path: Path) -> None:
    link = f'<extLst><ext xmlns:x14="{X14}"><x14:id>{ID}</x14:id></ext></extLst>'
    inside = (
        f'{CELL}<conditionalFormatting sqref="A1:B2"><cfRule type="cellIs" priority="2" '
        'operator="greaterThan"><formula>$C$1</formula></cfRule>'
        '<cfRule type="dataBar" priority="1"><dataBar><cfvo type="min"/><cfvo type="num" val="9"/>'
        f"<color rgb='FF638EC6'/></dataBar>{link}</cfRule></conditionalFormatting>"
        f'<extLst><ext uri="x" xmlns:x14="{X14}"><x14:conditionalFormattings xmlns:xm="{XM}">'
        f'<x14:conditionalFormatting><x14:cfRule type="dataBar" id="{ID}"><x14:dataBar/>'
        "</x14:cfRule><xm:sqref>A1:B2</xm:sqref></x14:conditionalFormatting>"
        '<x14:conditionalFormatting><x14:cfRule type="expression" priority="3" id="other">'
        "<xm:f>T!A1&gt;1</xm:f></x14:cfRule><xm:sqref>D4</xm:sqref></x14:conditionalFormatting>"
        "</x14:conditionalFormattings></ext></extLst>"
    )
    assert sheet_of(path, inside).conditional_formats == (
        ConditionalFormat((Area(1, 1, 2, 2),), "cellIs", ("$C$1",)),
        ConditionalFormat((Area(1, 1, 2, 2),), "dataBar", ()),
        ConditionalFormat((Area(4, 4, 4, 4),), "expression", ("T!A1>1",)),
    )


# Notes and links


def comments(*notes: tuple[str, str, str]) -> str:
    authors = "".join(f"<author>{author}</author>" for _, author, _ in notes)
    listed = "".join(
        f'<comment ref="{at}" authorId="{n}"><text><r><t xml:space="preserve">{text}</t></r></text>'
        "</comment>"
        for n, (at, _, text) in enumerate(notes)
    )
    return (
        f'<comments xmlns="{MAIN}"><authors>{authors}</authors><commentList>{listed}'
        "</commentList></comments>"
    )


THREAD = (
    f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="B2" dT="2026-03-02T09:14:00.00" '
    f'personId="p1" id="{ID}" done="1"><text>Why so low?</text></threadedComment>'
    f'<threadedComment ref="B2" dT="2026-03-02T10:00:00.00" personId="p2" id="r" parentId="{ID}">'
    "<text>See sources.</text></threadedComment></ThreadedComments>"
)
PEOPLE = (
    f'<personList xmlns="{THREADS}"><person displayName="Jörg Müller" id="p1"/>'
    '<person displayName="Ann" id="p2"/></personList>'
)
NOTES: dict[str, Part] = {
    "xl/comments1.xml": comments(("B2", f"tc={ID}", STAND_IN), ("A1", "Bob", "a_x000D_\nb"))
}


def test_a_thread_stands_for_itself_and_hides_the_note_kept_beside_it(path: Path) -> None:
    sheet = sheet_of(
        path,
        CELL,
        parts={**NOTES, "xl/threads.xml": THREAD, "xl/persons/person.xml": PEOPLE},
        links={
            SHEET: [("comments", "../comments1.xml"), ("threadedComment", "../threads.xml")],
            "xl/workbook.xml": [("person", "persons/person.xml")],
        },
    )
    note, thread = sheet.notes
    assert note == Note(1, 1, "a\r\nb", "Bob")
    assert (thread.row, thread.column, thread.text) == (2, 2, "Why so low?")
    assert (thread.author, thread.date) == ("Jörg Müller", "2026-03-02T09:14:00.00")
    assert [(one.text, one.author) for one in thread.replies] == [("See sources.", "Ann")]


def test_a_thread_that_a_program_lost_is_taken_out_of_the_note_kept_beside_it(path: Path) -> None:
    links: dict[str, list[Relation]] = {SHEET: [("comments", "../comments1.xml")]}
    sheet = sheet_of(path, CELL, parts=NOTES, links=links)
    assert [note for note in sheet.notes if note.row == 2] == [Note(2, 2, "Why so low?", "")]


def test_links_lead_to_an_address_or_a_place(path: Path) -> None:
    inside = (
        f'{CELL}<hyperlinks><hyperlink ref="A1:B1" r:id="rId1"/>'
        '<hyperlink ref="C1" location="\'S T\'!A1"/></hyperlinks>'
    )
    links: dict[str, list[Relation]] = {SHEET: [("hyperlink", "https://example.org/a b#c")]}
    assert sheet_of(path, inside, links=links).hyperlinks == (
        Hyperlink(Area(1, 1, 1, 2), "https://example.org/a b#c", ""),
        Hyperlink(Area(1, 3, 1, 3), "", "'S T'!A1"),
    )


def test_a_merged_area_that_is_no_area_is_refused(path: Path) -> None:
    sheet = sheet_of(path, CELL + '<mergeCells><mergeCell ref="A0:B2"/></mergeCells>')
    with pytest.raises(
        FileRefusedError, match="has a mergeCell at 'A0:B2', which is not a cell reference"
    ):
        sheet.cells  # noqa: B018


# Rows and columns


def test_hidden_columns_that_follow_each_other_are_one_range(path: Path) -> None:
    columns = '<cols><col min="19" max="30" hidden="1"/><col min="31" max="35" hidden="1"/>'
    columns += '<col min="40" max="16384" hidden="1" width="0"/></cols>'
    assert sheet_of(path, columns + CELL).columns.hidden == (Span(19, 35), Span(40, 16384))


def test_lines_without_height_or_width_are_hidden(path: Path) -> None:
    data = '<sheetData><row r="2" ht="0" customHeight="1"/><row r="3" ht="10.5"/></sheetData>'
    sheet = sheet_of(path, '<cols><col min="2" max="2" width="0.0"/></cols>' + data)
    assert sheet.rows.hidden == (Span(2, 2),) and sheet.columns.hidden == (Span(2, 2),)


FILTERED = (
    '<sheetData><row r="2"><c r="A2"><v>1</v></c></row><row r="3" hidden="1"/>'
    '<row r="4" hidden="1"/><row r="9" hidden="1"/></sheetData><autoFilter ref="A2:B5">{}'
    "</autoFilter>"
)
CRITERION = '<filterColumn colId="0"><filters><filter val="1"/></filters></filterColumn>'


def test_rows_that_a_filter_hides_stand_apart_from_those_a_person_has_hidden(
    path: Path,
) -> None:
    sheet = sheet_of(path, FILTERED.format(CRITERION))
    assert sheet.rows.filtered == (Span(3, 4),) and sheet.rows.hidden == (Span(9, 9),)
    assert sheet.filters == (AutoFilter(Area(2, 1, 5, 2), active=True),)


def test_a_filter_without_a_criterion_hides_nothing(path: Path) -> None:
    sheet = sheet_of(path, FILTERED.format(""))
    assert sheet.rows.filtered == () and sheet.rows.hidden == (Span(3, 4), Span(9, 9))


def test_where_rows_are_hidden_by_default_those_that_the_file_names_show(path: Path) -> None:
    data = '<sheetData><row r="2"/><row r="3" hidden="1"/><row r="6"/></sheetData>'
    sheet = sheet_of(path, '<sheetFormatPr zeroHeight="1" defaultRowHeight="15"/>' + data)
    assert sheet.rows.hidden == (Span(1, 1), Span(3, 5), Span(7, 1_048_576))


@pytest.mark.parametrize(
    ("pane", "freeze"),
    [
        ('<pane xSplit="2" ySplit="5" topLeftCell="F90" state="frozen"/>', Freeze(5, 2)),
        ('<pane ySplit="1" state="frozenSplit"/>', Freeze(1, 0)),
        ('<pane xSplit="2400" ySplit="900"/>', None),
        ("", None),
    ],
)
def test_only_frozen_panes_stay_in_view(path: Path, pane: str, freeze: Freeze | None) -> None:
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    assert sheet_of(path, view + CELL).freeze == freeze


# Tables


def test_a_table_has_its_columns_decoded(path: Path) -> None:
    table = (
        f'<table xmlns="{MAIN}" name="inner" displayName="T" ref="B2:D5" totalsRowCount="1">'
        '<autoFilter ref="B2:D4"/><tableColumns count="3"><tableColumn name="Net_x000a_sales"/>'
        '<tableColumn name="Tax [EUR]"/><tableColumn name="Share"/></tableColumns></table>'
    )
    found = sheet_of(
        path,
        CELL,
        parts={"xl/tables/table1.xml": table},
        links={SHEET: [("table", "../tables/table1.xml")]},
    ).tables
    assert found == (Table("T", "S", Area(2, 2, 5, 4), ("Net\nsales", "Tax [EUR]", "Share"), 1, 1),)


# Protection, ignored errors


def test_protection_says_what_is_forbidden(path: Path) -> None:
    said = (
        '<sheetProtection sheet="1" objects="1" formatCells="0" algorithmName="a" hashValue="b"/>'
    )
    found = sheet_of(path, CELL + said).protection
    assert isinstance(found, SheetProtection) and found.password
    assert {"objects", "insertRows"} <= found.forbidden
    assert not {"formatCells", "scenarios", "selectLockedCells"} & found.forbidden


def test_protection_that_is_off_is_none(path: Path) -> None:
    assert (
        sheet_of(path, CELL + '<sheetProtection objects="1" password="83AF"/>').protection is None
    )


def test_ignored_errors_of_both_kinds_are_read(path: Path) -> None:
    inside = (
        f'{CELL}<ignoredErrors><ignoredError sqref="A1:A9 C1" numberStoredAsText="1" formula="0"/>'
        f'</ignoredErrors><extLst><ext xmlns:x14="{X14}" xmlns:xm="{XM}"><x14:ignoredErrors>'
        '<x14:ignoredError evalError="1"><xm:sqref>D4</xm:sqref></x14:ignoredError>'
        "</x14:ignoredErrors></ext></extLst>"
    )
    assert sheet_of(path, inside).ignored_errors == (
        IgnoredErrors((Area(1, 1, 9, 1), Area(1, 3, 1, 3)), frozenset({"numberStoredAsText"})),
        IgnoredErrors((Area(4, 4, 4, 4),), frozenset({"evalError"})),
    )


# Charts and pages


def test_a_chart_has_its_title_and_what_it_draws(path: Path) -> None:
    drawing = (
        f'<d:wsDr xmlns:d="{DRAWING}" xmlns:r="{RELATIONS}"><d:twoCellAnchor><d:graphicFrame>'
        f'<c:chart xmlns:c="{CHART}" r:id="rId1"/></d:graphicFrame>'
        "</d:twoCellAnchor></d:wsDr>"
    )
    chart = (
        f'<c:chartSpace xmlns:c="{CHART}"><c:chart><c:title><c:tx><c:strRef><c:f>S!$A$1</c:f>'
        "</c:strRef></c:tx></c:title><c:plotArea><c:barChart><c:ser>"
        "<c:cat><c:strRef><c:f>S!$A$2:$A$4</c:f></c:strRef>"
        "</c:cat><c:val><c:numRef><c:f>S!$B$2:$B$4</c:f></c:numRef></c:val></c:ser></c:barChart>"
        "<c:scatterChart><c:ser><c:xVal><c:numRef><c:f>S!$A$2:$A$4"
        "</c:f></c:numRef></c:xVal><c:yVal><c:numRef><c:f>S!$C$2:$C$4</c:f></c:numRef></c:yVal>"
        "</c:ser></c:scatterChart></c:plotArea></c:chart></c:chartSpace>"
    )
    found = sheet_of(
        path,
        CELL,
        parts={"xl/drawings/drawing1.xml": drawing, "xl/charts/chart1.xml": chart},
        links={
            SHEET: [("drawing", "../drawings/drawing1.xml")],
            "xl/drawings/drawing1.xml": [("chart", "../charts/chart1.xml")],
        },
    ).charts
    bars, points = Series("S!$A$2:$A$4", "S!$B$2:$B$4"), Series("S!$A$2:$A$4", "S!$C$2:$C$4")
    assert found == (Chart("S!$A$1", (bars, points)),)


def test_print_set_up_comes_from_the_sheet_and_its_local_names(path: Path) -> None:
    settings = (
        '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">S!$A$1:$C$9,'
        "'S'!$E:$F</definedName></definedNames>"
    )
    inside = (
        f'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>{CELL}<pageSetup orientation="landscape" '
        'fitToHeight="0"/><headerFooter><oddHeader>&amp;LModel</oddHeader>'
        "<oddFooter>&amp;P of &amp;N</oddFooter></headerFooter>"
    )
    page = sheet_of(path, inside, settings=settings).page
    assert page.areas == (Area(1, 1, 9, 3), Area(1, 5, 1_048_576, 6))
    assert page.orientation == "landscape" and page.footer == "&P of &N"
    assert (page.fit, page.fit_width, page.fit_height) == (True, 1, 0)


# Styles


def test_a_cell_has_its_number_format_the_colour_of_its_font_and_its_lock(path: Path) -> None:
    book = openpyxl.Workbook()
    cell = book.worksheets[0]["A1"]
    cell.value, cell.number_format = 0.5, "0.0%;[Red]-0.0%"
    cell.font = Font(color="FF112233")
    cell.protection = Protection(locked=False)
    book.worksheets[0]["A2"] = 1
    book.save(path)
    ours = open_workbook(path)
    found, plain = (ours.format(ours.worksheets[0].cells[row, 1]) for row in (1, 2))
    assert found == CellFormat("0.0%;[Red]-0.0%", Colour("rgb", "FF112233"), locked=False)
    assert plain.number_format == "General" and plain.locked
