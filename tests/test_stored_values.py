"""The values beside formulas are those that openpyxl reads when it is asked for values."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edits import patch

from xl_cryptoai.audit.book import open_book
from xl_cryptoai.workbook import ROUTES

SHEET = "xl/worksheets/sheet1.xml"
CELLS = (
    b'<row r="3"><c r="B3"><f>1/3</f><v>0.333</v></c><c><f>2</f><v>2</v></c><c><v>7</v></c></row>'
    b'<row><c t="str"><f>"a"</f><v>a</v></c><c t="b"><f>TRUE</f><v>1</v></c>'
    b'<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="s"><f>A1</f><v>0</v></c><c><f>1</f></c>'
    b'<c t="str"><f>""</f><v></v></c><c t="d"><f>NOW()</f><v>2024-01-29</v></c></row>'
    b'<row r="9"><c r="A9" s="1"><f>TODAY()</f><v>45320</v></c><c s="2"><f>B1</f><v>1.5</v></c>'
    b'<c s="1"><f>1E9</f><v>1E+99</v></c><c t="s"><v>0</v></c></row>'
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


def read_by(path: Path) -> dict[str, dict[tuple[int, int], Any]]:
    """Give what openpyxl reads."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {s.title: {at: c.value for at, c in s._cells.items()} for s in book.worksheets}


def words(values: dict[str, dict[tuple[int, int], Any]]) -> dict[str, dict[tuple[int, int], str]]:
    """Write values so that 1, 1.0 and TRUE differ."""
    return {title: {at: repr(v) for at, v in held.items()} for title, held in values.items()}


@pytest.mark.parametrize("route", ROUTES)
def test_of_every_route(workbooks: dict[str, Path], route: str) -> None:
    assert words(open_book(workbooks[route]).values) == words(read_by(workbooks[route]))


@pytest.mark.filterwarnings("ignore:Cell None is marked as a date")
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
    values = open_book(path).values["Sheet"]
    assert words({"Sheet": values}) == words(read_by(path))
    assert values[4, 4] == "shared" and values[4, 5] is None and values[9, 3] == "#VALUE!"
