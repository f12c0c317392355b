"""What a workbook says of itself: sheets, names, links, settings."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from xlsx_parts import MAIN, RELATIONS, Relation, rows, write_workbook

from xl_cryptoai.xlsx import DefinedName, ExternalLink, open_workbook
from xl_cryptoai.xlsx.settings import Calculation, WorkbookProtection

ONE = rows("<c><v>1</v></c>")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def test_sheets_stand_in_order_with_kind_and_state(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "First & last"
    book.create_chartsheet("Chart")
    for state in ("hidden", "veryHidden"):
        book.create_sheet(state).sheet_state = state
    book.save(path)
    ours = open_workbook(path)
    assert [(sheet.title, sheet.kind, sheet.state) for sheet in ours.sheets] == [
        ("First & last", "worksheet", "visible"),
        ("Chart", "chartsheet", "visible"),
        ("hidden", "worksheet", "hidden"),
        ("veryHidden", "worksheet", "veryHidden"),
    ]
    assert [sheet.title for sheet in ours.worksheets] == ["First & last", "hidden", "veryHidden"]


def test_names_are_global_or_local_and_may_be_hidden(path: Path) -> None:
    settings = (
        '<definedNames><definedName name="rate">S!$A$1</definedName>'
        '<definedName name="rate" localSheetId="1" comment="a_x000D_b">T!$A$1</definedName>'
        '<definedName name="_xlfn.LET" hidden="1">#NAME?</definedName>'
        '<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">S!$A$1:$B$9'
        "</definedName></definedNames>"
    )
    names = open_workbook(write_workbook(path, {"S": ONE, "T": ONE}, settings=settings)).names
    assert names == (
        DefinedName("rate", "S!$A$1"),
        DefinedName("rate", "T!$A$1", "T", comment="a\rb"),
        DefinedName("_xlfn.LET", "#NAME?", hidden=True),
        DefinedName("_xlnm._FilterDatabase", "S!$A$1:$B$9", "S", hidden=True),
    )
    assert [name.built_in for name in names] == [False, False, False, True]


def test_other_workbooks_are_found_by_the_number_in_formulas(path: Path) -> None:
    link = (
        f'<externalLink xmlns="{MAIN}" xmlns:r="{RELATIONS}"><externalBook r:id="rId1"><sheetNames>'
        '<sheetName val="Inputs 2026"/><sheetName val="Other"/></sheetNames></externalBook>'
        "</externalLink>"
    )
    dde = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="x" ddeTopic="topic"/></externalLink>'
    target = "https://example.org/Inputs%202026.xlsx"
    write_workbook(
        path,
        {"S": ONE},
        settings="<externalReferences>"
        + "".join(f'<externalReference r:id="rId{number}"/>' for number in (3, 2, 9))
        + "</externalReferences>",
        parts={"xl/links/a.xml": dde, "xl/links/b.xml": link},
        links={
            "xl/workbook.xml": [("externalLink", "links/a.xml"), ("externalLink", "links/b.xml")],
            "xl/links/b.xml": [("externalLinkPath", target)],
        },
    )
    assert open_workbook(path).external_links == {
        1: ExternalLink(1, target, ("Inputs 2026", "Other"), "workbook"),
        2: ExternalLink(2, "topic", (), "dde"),
        3: ExternalLink(3, "", (), "missing"),
    }


def test_calculation_says_whether_circles_are_iterated(path: Path, tmp_path: Path) -> None:
    settings = '<calcPr calcMode="manual" iterate="1" iterateCount="20" fullCalcOnLoad="1"/>'
    said = open_workbook(write_workbook(path, {"S": ONE}, settings=settings)).calculation
    assert said == Calculation(iterate=True, iterate_count=20)
    silent = open_workbook(write_workbook(tmp_path / "b.xlsx", {"S": ONE})).calculation
    assert silent == Calculation(iterate=False, iterate_count=100)


def test_protection_of_the_structure_is_read(path: Path) -> None:
    before = '<workbookProtection lockStructure="1" workbookPassword="83AF"/>'
    book = open_workbook(write_workbook(path, {"S": ONE}, before=before))
    assert book.protection == WorkbookProtection(structure=True, windows=False, password=True)


def test_protection_that_locks_nothing_is_none(path: Path) -> None:
    book = open_workbook(write_workbook(path, {"S": ONE}, before="<workbookProtection/>"))
    assert book.protection is None


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("Microsoft Excel", "16.0300", "Microsoft Excel 16.0300"),
        ("Compatible / Openpyxl 3.1.5", "3.1", "Compatible / Openpyxl 3.1.5"),
        ("LibreOffice/7.4.7.2$Linux_X86_64", "15.0000", "LibreOffice 7.4.7.2"),
        ("WPS Office", "", "WPS Office"),
    ],
)
def test_the_program_that_saved_the_file_is_known(
    path: Path, name: str, version: str, said: str
) -> None:
    properties = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'extended-properties"><Application>{name}</Application><AppVersion>{version}'
        "</AppVersion></Properties>"
    )
    write_workbook(
        path,
        {"S": ONE},
        parts={"meta/app.xml": properties},
        links={"": [("extended-properties", "meta/app.xml")]},
    )
    assert open_workbook(path).saved_by == said


def test_a_file_without_properties_is_saved_by_nobody_known(path: Path) -> None:
    assert open_workbook(write_workbook(path, {"S": ONE})).saved_by == ""


def test_macros_are_noticed(path: Path, tmp_path: Path) -> None:
    links: dict[str, list[Relation]] = {"xl/workbook.xml": [("vbaProject", "vbaProject.bin")]}
    write_workbook(path, {"S": ONE}, parts={"xl/vbaProject.bin": b"\0"}, links=links)
    assert open_workbook(path).macros is not None
    assert open_workbook(write_workbook(tmp_path / "b.xlsx", {"S": ONE})).macros is None
