"""The work on the zip file that comes after openpyxl: cached values, fixed dates, VBA.

openpyxl writes formulas without values and stamps the time of saving; neither is wanted here.
This comes last, because openpyxl drops most of it again when it loads and saves a file.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import coordinate_to_tuple, rows_from_range
from openpyxl.workbook.properties import CalcProperties

from xl_cryptoai import __version__
from xl_cryptoai.errors import EXCEL_ERRORS, FileRefusedError
from xl_cryptoai.workbook.calculate import Calculated
from xl_cryptoai.xlsx.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
DRAWING_SHAPES = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
VML = "urn:schemas-microsoft-com:vml"
EXCEL_VML = "urn:schemas-microsoft-com:office:excel"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "[Content_Types].xml"
OF_PACKAGE, OF_WORKBOOK = "_rels/.rels", "xl/_rels/workbook.xml.rels"
"""The parts with the relations of the file as a whole, and of the workbook."""
PROPERTIES = "docProps/custom.xml"
AS_BUILT = "Content as built"
"""A property of the file: by it a build knows whether somebody has saved the workbook since."""
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STAMP = (1980, 1, 1, 0, 0, 0)
"""The same for every part, so that the same workbook gives the same file."""

Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    """Return the parts of a file by name, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Parts) -> bytes:
    """Zip parts into a file, always the same bytes for the same parts, and note what it holds."""
    parts = {**parts, PROPERTIES: _noted(parts)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def is_as_built(path: Path) -> bool:
    """Return whether a file holds what it was built with: no program has saved it since."""
    try:
        package = Package(path)
        parts = {name: package.unpack(name) for name in package.names}
    except FileRefusedError:
        return False
    return PROPERTIES in parts and parts[PROPERTIES] == _noted(parts)


def _noted(parts: Parts) -> bytes:
    """Return the part of properties with a fingerprint of all other parts in it."""
    digest = hashlib.sha256()
    for name in sorted(parts.keys() - {PROPERTIES}):
        digest.update(f"{name} {len(parts[name])} ".encode() + parts[name])
    root = etree.fromstring(parts[PROPERTIES])
    for element in root:
        if element.get("name") == AS_BUILT:
            element[0].text = f"sha256 {digest.hexdigest()}"
    return to_xml(root)


def put_values(parts: Parts, book: Workbook, values: Calculated) -> None:
    """Return every formula cell its computed value, and every typed number all of its digits.

    openpyxl writes 16 digits, one too few for some numbers to come back as they were.
    """
    for number, sheet in enumerate(book.worksheets, start=1):
        name = f"xl/worksheets/sheet{number}.xml"
        root = etree.fromstring(parts[name])
        spilled = _spilled(root)
        for cell in root.iter(f"{{{MAIN}}}c"):
            row, column = coordinate_to_tuple(str(cell.get("r")))
            if cell.find(f"{{{MAIN}}}f") is not None or (row, column) in spilled:
                _put_value(cell, values[sheet.title][row - 1][column - 1])
            elif isinstance(typed := sheet.cell(row, column).value, float):
                _put_value(cell, typed)
        parts[name] = to_xml(root)


def _spilled(root: Any) -> set[tuple[int, int]]:
    """List the cells that the array formulas of a sheet fill, as rows and columns."""
    found: set[tuple[int, int]] = set()
    for formula in root.iter(f"{{{MAIN}}}f"):
        if formula.get("t") == "array":
            for row in rows_from_range(formula.get("ref")):
                found.update(coordinate_to_tuple(at) for at in row)
    return found


def _put_value(cell: Any, value: object) -> None:
    for old in cell.findall(f"{{{MAIN}}}v"):
        cell.remove(old)
    cell.attrib.pop("t", None)
    if isinstance(value, bool):
        kind, text = "b", str(int(value))
    elif isinstance(value, (int, float)):
        kind, text = "", repr(float(value)).removesuffix(".0")
    elif value in EXCEL_ERRORS:
        kind, text = "e", str(value)
    else:
        kind, text = "str", "" if value is None else str(value)
    if kind:
        cell.set("t", kind)
    etree.SubElement(cell, f"{{{MAIN}}}v").text = text


def describe_file(book: Workbook, title: str) -> None:
    """Say what a file is and who made it; its values are stored and need no calculation."""
    book.calculation = CalcProperties(calcId=191029, fullCalcOnLoad=False)
    book.properties.title = title
    book.properties.creator = f"xl-cryptoai {__version__}"
    properties = book.custom_doc_props  # type: ignore[attr-defined]  # the types do not know it
    properties.append(StringProperty(name=AS_BUILT, value=""))  # known at the end


def fix_dates(parts: Parts, date: str) -> None:
    """Replace the time of saving by a date of the model's own."""
    name = "docProps/core.xml"
    root = etree.fromstring(parts[name])
    for element in root:
        if etree.QName(element).localname in ("created", "modified"):
            element.text = f"{date}T00:00:00Z"
    parts[name] = to_xml(root)


def order_fonts(parts: Parts) -> None:
    """Put the children of every font into the order that the file format's schema asks for."""
    order = "b i strike condense extend outline shadow u vertAlign sz color name family charset"
    rank = {name: number for number, name in enumerate([*order.split(), "scheme"])}
    name = "xl/styles.xml"
    root = etree.fromstring(parts[name])
    for font in root.iter(f"{{{MAIN}}}font"):
        font[:] = sorted(font, key=lambda child: rank[etree.QName(child).localname])
    parts[name] = to_xml(root)


def describe_charts(parts: Parts, texts: Sequence[str]) -> None:
    """Return every chart its words for people who cannot see it, in the order of the charts."""
    waiting = list(texts)
    for name in sorted(part for part in parts if part.startswith("xl/drawings/drawing")):
        root = etree.fromstring(parts[name])
        for properties in root.iter(f"{{{DRAWING}}}cNvPr"):
            properties.set("descr", waiting.pop(0))
        parts[name] = to_xml(root)
    if waiting:
        raise ValueError(f"{len(waiting)} texts are left without a chart")


def add_relation(
    parts: Parts, identity: str, kind: str, target: str, name: str = OF_WORKBOOK
) -> None:
    """Relate a part to the workbook, or in the relations of another name."""
    relations = etree.fromstring(parts[name])
    tag = f"{{{RELATIONSHIPS}}}Relationship"
    etree.SubElement(relations, tag, Id=identity, Type=kind, Target=target)
    parts[name] = to_xml(relations)


def declare_part(parts: Parts, part: str, content_type: str) -> None:
    """Declare the content type of a part."""
    types = etree.fromstring(parts[TYPES])
    tag = f"{{{CONTENT_TYPES}}}Override"
    etree.SubElement(types, tag, PartName=f"/{part}", ContentType=content_type)
    parts[TYPES] = to_xml(types)


def to_xml(root: Any) -> bytes:
    """Write an element tree as the bytes of a part, declared as Excel declares it."""
    return DECLARATION + bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=False))
