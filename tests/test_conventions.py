"""Parts are named, ordered, linked and prefixed as in files that Excel wrote."""

from __future__ import annotations

import os
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines.validators import MAIN
from lxml import etree
from xlsx_parts import read_parts

from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.conventions import PREFIXES, as_excel_writes
from xl_cryptoai.workbook.package import CHART, EXCEL_VML, OFFICE_RELATIONS, VML

Parts = dict[str, bytes]
FOLDER = os.environ.get("XL_CRYPTOAI_EXCEL_WRITTEN", "")
WRITTEN = sorted(Path(FOLDER).rglob("*.xlsx")) if FOLDER else []

NUMBERED = {
    "worksheet": "xl/worksheets/sheet#.xml",
    "drawing": "xl/drawings/drawing#.xml",
    "chart": "xl/charts/chart#.xml",
    "comments": "xl/comments#.xml",
    "vmlDrawing": "xl/drawings/vmlDrawing#.vml",
    "table": "xl/tables/table#.xml",
}
"""Names in files of Excel, by the end of the relationship's type."""


@pytest.fixture(params=ROUTES)
def parts(request: pytest.FixtureRequest, workbooks: dict[str, Path]) -> Parts:
    return read_parts(workbooks[request.param])


def relationships(parts: Parts) -> Iterator[tuple[str, Any]]:
    """Every relationship with the part that has it; "" is the package."""
    for name, content in parts.items():
        if name.endswith(".rels"):
            owner = name.replace("_rels/", "").removesuffix(".rels")
            yield from ((owner, relation) for relation in etree.fromstring(content))


def xml_parts(parts: Parts) -> dict[str, Any]:
    return {
        name: etree.fromstring(content)
        for name, content in parts.items()
        if name.endswith((".xml", ".rels", ".vml"))
    }


def test_parts_have_the_names_that_excel_gives_them(parts: Parts) -> None:
    seen = set()
    for owner, relation in relationships(parts):
        kind = posixpath.basename(relation.get("Type"))
        target = posixpath.join(posixpath.dirname(owner), relation.get("Target"))
        if kind in NUMBERED:
            assert re.sub(r"\d+", "#", posixpath.normpath(target)) == NUMBERED[kind]
            seen.add(kind)
    assert seen == NUMBERED.keys()


def test_the_file_begins_with_the_parts_by_which_programs_know_a_workbook(parts: Parts) -> None:
    first = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
    assert list(parts)[:4] == first


def test_targets_are_relative_to_the_part_and_lead_to_a_part(parts: Parts) -> None:
    for owner, relation in relationships(parts):
        if relation.get("TargetMode") != "External":
            target = relation.get("Target")
            assert not target.startswith("/")
            assert posixpath.normpath(posixpath.join(posixpath.dirname(owner), target)) in parts


def test_relationships_are_numbered_and_every_use_of_one_is_known(parts: Parts) -> None:
    known: dict[str, set[str]] = {}
    for owner, relation in relationships(parts):
        assert re.fullmatch(r"rId\d+", relation.get("Id"))
        assert relation.get("Id") not in known.setdefault(owner, set())
        known[owner].add(relation.get("Id"))
    used = [
        (name, value)
        for name, root in xml_parts(parts).items()
        for element in root.iter("*")
        for key, value in element.items()
        if key == f"{{{OFFICE_RELATIONS}}}id"
    ]
    assert len(used) > 20
    assert all(identity in known[name] for name, identity in used)


def test_every_part_has_its_content_type(parts: Parts) -> None:
    types = etree.fromstring(parts["[Content_Types].xml"])
    named = {one.get("PartName")[1:] for one in types.iterfind("{*}Override")}
    by_ending = {one.get("Extension") for one in types.iterfind("{*}Default")}
    assert named <= parts.keys()
    for name in parts.keys() - named - {"[Content_Types].xml"}:
        assert name.endswith((".rels", ".vml", ".bin"))
        assert name.rsplit(".", 1)[1] in by_ending


def test_namespaces_are_declared_once_at_the_root(parts: Parts) -> None:
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            inner = re.sub(rb"^(<\?.*?\?>\s*)?<[^>]*>", b"", content)
            assert b" xmlns" not in inner, name


def test_what_has_excels_form_stays_as_it_is(parts: Parts) -> None:
    assert as_excel_writes(parts) == parts


@pytest.mark.skipif(not WRITTEN, reason="XL_CRYPTOAI_EXCEL_WRITTEN names no folder of workbooks")
def test_prefixes_are_those_of_files_that_excel_wrote(parts: Parts) -> None:
    excels: dict[str, set[str | None]] = {}
    for path in WRITTEN:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels", ".vml")) and "strict" not in path.name.lower():
                    root = etree.fromstring(
                        archive.read(name), etree.XMLParser(recover=name.endswith(".vml"))
                    )
                    for element in root.iter("*"):
                        excels.setdefault(element.tag, set()).add(element.prefix)
    for name, root in xml_parts(parts).items():
        for element in root.iter("*"):
            if element.tag in excels and etree.QName(element).namespace in PREFIXES.values():
                assert element.prefix in excels[element.tag], f"{name}: {element.tag}"


# Notes --------------------------------------------------------------------------------------------


def test_the_box_of_a_note_stands_beside_its_cell_in_its_size(workbooks: dict[str, Path]) -> None:
    parts = read_parts(workbooks["plain"])
    drawing = etree.fromstring(parts["xl/drawings/vmlDrawing1.vml"])
    sheet = etree.fromstring(parts["xl/worksheets/sheet2.xml"])
    # Excel: a column is 7 pixels for each character, a point is 4/3 pixels, a row 20 by default
    widths = {
        int(c.get("min")) - 1: round(float(c.get("width")) * 7) for c in sheet.iter(f"{MAIN}col")
    }
    heights = {
        int(r.get("r")) - 1: round(float(r.get("ht", 15)) * 4 / 3) for r in sheet.iter(f"{MAIN}row")
    }
    shapes = list(drawing.iter(f"{{{VML}}}shape"))
    assert len(shapes) > 40
    for shape in shapes:
        anchor = shape.findtext(f".//{{{EXCEL_VML}}}Anchor")
        left, dx, top, dy, right, dx2, bottom, dy2 = (int(n) for n in anchor.split(","))
        row = int(shape.findtext(f".//{{{EXCEL_VML}}}Row"))
        column = int(shape.findtext(f".//{{{EXCEL_VML}}}Column"))
        assert (left, dx) == (column + 1, 15)
        assert (top, dy) == (row - 1, heights[row - 1] - 10)
        wide = sum(widths.get(number, 64) for number in range(left, right)) - dx + dx2
        high = sum(heights.get(number, 20) for number in range(top, bottom)) - dy + dy2
        assert f"width:{wide:g}px;height:{high:g}px" in shape.get("style")
        assert wide == 260


# Charts -------------------------------------------------------------------------------------------


def test_a_chart_keeps_the_values_of_the_cells_that_it_draws(
    parts: Parts, request: pytest.FixtureRequest, workbooks: dict[str, Path]
) -> None:
    path = workbooks[request.node.callspec.params["parts"]]
    book = openpyxl.load_workbook(path, data_only=True)
    charts = [root for name, root in xml_parts(parts).items() if name.startswith("xl/charts/")]
    assert len(charts) == 12
    for formula in (one for root in charts for one in root.iter(f"{{{CHART}}}f")):
        sheet, area = formula.text.rsplit("!", 1)
        found = book[sheet.strip("'")][area.replace("$", "")]
        rows = found if isinstance(found, tuple) else ((found,),)
        cells = [cell.value for row in rows for cell in row]
        cache = formula.getnext()
        if cache is None:  # the name of a series that is a number: Excel keeps it as formatted
            assert formula.getparent().getparent().tag == f"{{{CHART}}}tx"
            assert isinstance(cells[0], (int, float))
            continue
        assert cache.find(f"{{{CHART}}}ptCount").get("val") == str(len(cells))
        kept = {int(p.get("idx")): p[0].text for p in cache.iter(f"{{{CHART}}}pt")}
        texts = cache.tag == f"{{{CHART}}}strCache"
        assert any(isinstance(value, str) for value in cells if value) == texts
        assert kept == {
            number: value if texts else repr(float(value)).removesuffix(".0")
            for number, value in enumerate(cells)
            if value not in (None, "")
        }
