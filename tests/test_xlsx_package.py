"""What is opened, what is refused, and what decides nothing because nobody reads it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import pytest
from xlsx_parts import (
    MAIN,
    RELATIONS,
    change_parts,
    read_parts,
    rows,
    write_parts,
    write_workbook,
)

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.xlsx import Cell, Sheet, Workbook, open_workbook

ONE = rows("<c><v>1</v></c>")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def first_cell(book: Workbook) -> Cell:
    return book.worksheets[0].cells[1, 1]


def in_utf16(content: bytes) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + content.decode()).encode("utf-16")


def with_prefix(content: bytes) -> bytes:
    """The same part with a prefix at every element of its own namespace."""
    text = content.decode().replace("xmlns=", "xmlns:any=")
    return re.sub(r"<(/?)(?=\w+[\s/>])", r"<\1any:", text).encode()


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "_rels/.rels", "[Content_Types].xml"])
@pytest.mark.parametrize("write", [in_utf16, with_prefix])
def test_a_part_in_utf_16_or_with_a_prefix_is_read(
    path: Path, tmp_path: Path, part: str, write: Callable[[bytes], bytes]
) -> None:
    write_workbook(path, {"S": ONE})
    out = tmp_path / "other.xlsx"
    change_parts(path, out, lambda name, content: write(content) if name == part else content)
    assert first_cell(open_workbook(out)).value == 1


def test_a_strict_file_is_read(path: Path) -> None:
    settings = '<definedNames><definedName name="n">S!$A$1</definedName></definedNames>'
    book = open_workbook(write_workbook(path, {"S": ONE}, settings=settings, strict=True))
    assert first_cell(book).value == 1 and book.names[0].text == "S!$A$1"


def in_strict(content: bytes) -> bytes:
    """The same part in the namespaces of Strict files."""
    text = re.sub(
        r'"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/'
        r'(main|relationships|chart|spreadsheetDrawing)(?=["/])',
        r'"http://purl.oclc.org/ooxml/\1/\2',
        content.decode(),
    )
    return text.encode()


def sides_of(book: Workbook) -> dict[str, object]:
    """All that the reader knows of a workbook."""
    found: dict[str, object] = {
        name: getattr(book, name)
        for name, side in vars(Workbook).items()
        if isinstance(side, cached_property) and not name.startswith("_") and "sheets" not in name
    }
    for sheet in book.sheets:
        for name in dir(Sheet):
            if not name.startswith("_"):
                found[f"{sheet.title}: {name}"] = getattr(sheet, name)
    return found


@pytest.mark.parametrize("write", [in_utf16, with_prefix, in_strict])
def test_a_whole_workbook_reads_the_same_in_another_form(
    workbooks: dict[str, Path], tmp_path: Path, write: Callable[[bytes], bytes]
) -> None:
    def change(name: str, content: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return content
        return write(re.sub(rb"^<\?xml[^>]*\?>\s*", b"", content))

    other = change_parts(workbooks["plain"], tmp_path / "other.xlsx", change)
    assert sides_of(open_workbook(other)) == sides_of(open_workbook(workbooks["plain"]))


def test_parts_are_found_by_their_relationships_not_by_their_names(
    path: Path, tmp_path: Path
) -> None:
    write_workbook(path, {"S": ONE})
    renamed = {
        "xl/workbook.xml": "Other/Book.xml",
        "xl/_rels/workbook.xml.rels": "Other/_rels/Book.xml.rels",
        SHEET: "cells/one.xml",
    }
    parts = {renamed.get(name, name): content for name, content in read_parts(path).items()}
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"/Other/Book.xml")
    parts["Other/_rels/Book.xml.rels"] = parts["Other/_rels/Book.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"../CELLS/One.xml"
    )
    assert first_cell(open_workbook(write_parts(tmp_path / "other.xlsx", parts))).value == 1


def test_a_name_may_be_written_with_signs_for_its_blanks(path: Path, tmp_path: Path) -> None:
    write_workbook(path, {"S": ONE})
    parts = read_parts(path)
    parts["xl/my%20sheet.xml"] = parts.pop(SHEET)
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"worksheets/sheet1", b"my%20sheet")
    assert first_cell(open_workbook(write_parts(tmp_path / "other.xlsx", parts))).value == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("customXml/item1.xml", '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")),
        ("xl/customProperty1.bin", "<x>".encode("utf-16-le")),
        ("xl/media/image1.svg", b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''><svg/>"),
        ("docProps/core.xml", b"this is no XML"),
        ("xl/pivotCache/pivotCacheRecords1.xml", b"<r><n v='1'/></r>" * 3_500_000),
        ("xl/unread.xml", b"<x " + b" ".join(b"a%d=''" % n for n in range(20_000)) + b"/>"),
    ],
)
def test_a_part_that_nobody_reads_decides_nothing(path: Path, name: str, content: bytes) -> None:
    book = open_workbook(write_workbook(path, {"S": ONE}, parts={name: content}))
    assert first_cell(book).value == 1


def test_a_part_is_unpacked_when_it_is_asked_for_and_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_workbook(
        path,
        {"S": ONE, "T": ONE},
        parts={"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>', "xl/charts/chart1.xml": "<x/>"},
        links={"xl/workbook.xml": [("styles", "styles.xml")]},
    )
    opened: list[str] = []
    plain = zipfile.ZipFile.open

    def noted(self: zipfile.ZipFile, name: zipfile.ZipInfo, *more: str) -> object:
        opened.append(name.filename)
        return plain(self, name, *more)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    book = open_workbook(path)
    assert first_cell(book) is first_cell(book)
    assert SHEET in opened and len(opened) == len(set(opened))
    assert not {"xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/charts/chart1.xml"} & set(opened)


def test_a_workbook_of_chart_sheets_alone_is_refused_with_a_sentence(
    path: Path, tmp_path: Path
) -> None:
    write_workbook(path, {"Chart": ""})
    out = tmp_path / "other.xlsx"
    rels = "xl/_rels/workbook.xml.rels"
    change_parts(
        path,
        out,
        lambda name, content: (
            content.replace(b"/worksheet", b"/chartsheet", 1) if name == rels else content
        ),
    )
    with pytest.raises(FileRefusedError, match=r"has no worksheet.*give a workbook with cells"):
        open_workbook(out)


def test_a_sheet_whose_part_is_missing_is_refused_by_its_name(path: Path, tmp_path: Path) -> None:
    write_workbook(path, {"Costs": ONE})
    parts = read_parts(path)
    del parts[SHEET]
    with pytest.raises(FileRefusedError, match="the part of sheet 'Costs' is missing"):
        open_workbook(write_parts(tmp_path / "other.xlsx", parts))


def test_a_damaged_part_is_refused_by_its_name(path: Path) -> None:
    write_workbook(path, {"S": ONE}, parts={SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>'})
    with pytest.raises(FileRefusedError, match=f"part {SHEET} is damaged .*save it again"):
        first_cell(open_workbook(path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0 more", "is encrypted or an old .xls; save it as .xlsx"),
        (b"some text", "is not a workbook; give an .xlsx or .xlsm file"),
        (b"PK\x03\x04 cut off", "is damaged or not a workbook"),
    ],
)
def test_a_file_of_another_kind_is_refused(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    with pytest.raises(FileRefusedError, match=words):
        open_workbook(path)


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx"):
        with pytest.raises(FileRefusedError, match="is not a file; give the path of a workbook"):
            open_workbook(path)


def test_a_zip_file_of_another_program_is_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="is a zip file but not a workbook"):
        open_workbook(write_parts(path, {"a.txt": "a"}))
    document = {"xl/workbook.xml": f'<document xmlns="{RELATIONS}"/>'}
    with pytest.raises(FileRefusedError, match="is a file of another program"):
        open_workbook(write_workbook(tmp_path / "text.xlsx", {"S": ONE}, parts=document))


def test_a_binary_workbook_is_refused_by_what_it_is(path: Path) -> None:
    write_workbook(path, {"S": ONE})
    types = read_parts(path)["[Content_Types].xml"].decode()
    binary = types.replace(
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "vnd.ms-excel.sheet.binary.macroEnabled.main",
    )
    write_workbook(path, {"S": ONE}, parts={"[Content_Types].xml": binary})
    with pytest.raises(FileRefusedError, match=r"is a binary workbook \(.xlsb\); save it as .xlsx"):
        open_workbook(path)
