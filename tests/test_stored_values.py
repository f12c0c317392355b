"""The values beside formulas are those that openpyxl reads when it is asked for values."""

from __future__ import annotations

import datetime as dt
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import patch

from xl_cryptoai.reading.book import Place, open_book
from xl_cryptoai.workbook import ROUTES

SHEET = "xl/worksheets/sheet1.xml"
CELLS = (
    b'<row r="3"><c r="B3"><f>1/3</f><v>0.333</v></c><c><f>2</f><v>2</v></c><c><v>7</v></c></row>'
    b'<row><c t="str"><f>"a"</f><v>a</v></c><c t="b"><f>TRUE</f><v>1</v></c>'
    b'<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="s"><f>A1</f><v>0</v></c><c><f>1</f></c>'
    b'<c t="str"><f>""</f><v></v></c></row>'
    b'<row r="9"><c r="A9" s="1"><f>TODAY()</f><v>45320</v></c><c s="2"><f>B1</f><v>1.5</v></c>'
    b'<c t="s"><v>0</v></c></row>'
)


SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sharedStrings+xml"/>'
)
STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<si><t>shared</t></si></sst>"
)


def before(end: bytes, more: bytes, part: bytes) -> bytes:
    """Put something in before the end of a part."""
    return part.replace(end, more + end)


def assert_read_as_openpyxl_does(path: Path) -> None:
    ours = open_book(path)
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        for (row, column), cell in sheet._cells.items():
            stored = ours.stored(Place(sheet.title, row, column))
            # openpyxl takes an empty text for nothing
            assert (stored if stored != "" else None) == cell.value, (sheet.title, cell.coordinate)
            assert isinstance(stored, bool) == isinstance(cell.value, bool)


@pytest.mark.parametrize("route", ROUTES)
def test_of_every_route(workbooks: dict[str, Path], route: str) -> None:
    assert_read_as_openpyxl_does(workbooks[route])


def test_of_every_type_that_a_file_can_state(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    book.active["A2"].number_format, book.active["B2"].number_format = "yyyy-mm-dd", "[h]:mm"
    book.save(tmp_path / "plain.xlsx")
    path = tmp_path / "book.xlsx"
    ends = {SHEET: (b"</sheetData>", CELLS), "[Content_Types].xml": (b"</Types>", SHARED)}
    patch(tmp_path / "plain.xlsx", path,
          {name: partial(before, *what) for name, what in ends.items()})  # fmt: skip
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", STRINGS)
    book = open_book(path)
    assert book.stored(Place("Sheet", 9, 1)) == dt.datetime(2024, 1, 29)
    assert_read_as_openpyxl_does(path)


@pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
def test_dates_of_every_kind(tmp_path: Path) -> None:
    book: Any = openpyxl.Workbook()
    sheet = book.active
    for code in ("yyyy-mm-dd", "h:mm", "[h]:mm", "[Red]0", '0 "days"', "mmm yy;@", "0.0E+00"):
        for number in (0, 0.25, 1, 59, 60, 61.5, 45320.999_999_9):
            sheet.append([number])
            sheet.cell(sheet.max_row, 1).number_format = code
    book.save(tmp_path / "book.xlsx")
    assert_read_as_openpyxl_does(tmp_path / "book.xlsx")
