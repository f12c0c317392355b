"""Hostile files and odd calls end in an answer or in a sentence; the benchmark asks many more."""

from __future__ import annotations

from pathlib import Path

import pytest
from xlsx_parts import DRAWING, read_parts, rows, write_parts, write_workbook

from benchmarks.hostile import calls, files
from xl_cryptoai.auditing.audit import audit_book
from xl_cryptoai.cli import main
from xl_cryptoai.reading.book import open_book

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.slow  # test_xlsx_hostile has each kind of attack on the reader
def test_six_hostile_files_end_in_an_answer_or_a_sentence() -> None:
    # what they cost is measured by the benchmark
    assert files(6, 0, limits=False) == 0


def test_two_thousand_odd_calls_end_in_an_answer_or_a_sentence() -> None:
    assert calls(2_000) == 0


def test_sheets_that_share_a_part_are_refused_by_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_workbook(tmp_path / "book.xlsx", dict.fromkeys("ST", rows("<c><v>1</v></c>")))
    parts = read_parts(path)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'r:id="rId2"', b'r:id="rId1"')
    write_parts(path, parts)
    assert main(["read", str(path)]) == 2
    assert f"the sheets 'S' and 'T' are one part, {SHEET}" in capsys.readouterr().err


OUTSIDE = {
    "a linked picture": ("xl/drawings/drawing1.xml", "image", "https://example.org/x.png"),
    "a linked object": (SHEET, "oleObject", "file:///c/budget.docx"),
    "a template": ("xl/workbook.xml", "attachedTemplate", "https://example.org/t.xltx"),
    "an unknown kind": (SHEET, "anythingElse", "https://example.org/"),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_what_lies_outside_the_file_is_a_finding_of_any_kind(tmp_path: Path, what: str) -> None:
    part, kind, target = OUTSIDE[what]
    links = {SHEET: [("drawing", "../drawings/drawing1.xml")]}
    links[part] = [*links.get(part, []), (kind, target)]
    drawing = f'<wsDr xmlns="{DRAWING}"/>'
    path = write_workbook(
        tmp_path / "book.xlsx", {"S": rows("<c><v>1</v></c>")},
        links=links, parts={"xl/drawings/drawing1.xml": drawing},
    )  # fmt: skip
    [found] = [one for result in audit_book(open_book(path)) for one in result.findings]
    assert found.kind == "external_part" and found.severity == "error"
    assert dict(found.facts) == {"what": kind, "target": target, "part": part}


def test_a_hyperlink_is_no_part_that_lies_outside(tmp_path: Path) -> None:
    links = {SHEET: [("hyperlink", "https://example.org/")]}
    path = write_workbook(tmp_path / "book.xlsx", {"S": rows("<c><v>1</v></c>")}, links=links)
    assert [one for result in audit_book(open_book(path)) for one in result.findings] == []


def test_an_object_that_another_program_opens_is_a_finding(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "book.xlsx", {"S": rows("<c><v>1</v></c>")},
        links={SHEET: [("oleObject", "../embeddings/oleObject1.bin")]},
        parts={"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"},
    )  # fmt: skip
    [found] = [one for result in audit_book(open_book(path)) for one in result.findings]
    assert (found.kind, found.cell) == ("embedded_object", "S")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_query_of_power_query_is_a_finding(tmp_path: Path, encoding: str) -> None:
    path = write_workbook(
        tmp_path / "book.xlsx", {"S": rows("<c><v>1</v></c>")},
        links={"xl/workbook.xml": [("customXml", "../customXml/item1.xml")]},
        parts={"customXml/item1.xml": "<DataMashup/>".encode(encoding)},
    )  # fmt: skip
    [found] = [one for result in audit_book(open_book(path)) for one in result.findings]
    assert (found.kind, found.cell) == ("query", "workbook")
