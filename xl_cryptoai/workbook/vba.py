"""The VBA project of the Windows workbook, taken from the installed xlwings when it is built."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

from lxml import etree

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.workbook.package import MAIN, Parts, to_xml

PROJECT = "xl/vbaProject.bin"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
PROJECT_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def xlwings_project() -> bytes:
    """Read the VBA project with the xlwings reference out of the installed xlwings.

    xlwings itself is not imported: only its quickstart workbook is read.
    """
    spec = importlib.util.find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise FileRefusedError("xlwings is not installed; install it with: pip install xlwings")
    quickstart = Path(spec.origin).with_name("quickstart.xlsm")
    try:
        with zipfile.ZipFile(quickstart) as archive:
            return archive.read(PROJECT)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise FileRefusedError(
            f"the installed xlwings has no VBA project in {quickstart.name} ({error}); "
            "install xlwings 0.33 or later"
        ) from None


def add_project(parts: Parts, project: bytes) -> None:
    """Make the workbook a macro workbook that carries the project."""
    parts[PROJECT] = project
    types = etree.fromstring(parts["[Content_Types].xml"])
    for override in types.findall(f"{{{CONTENT_TYPES}}}Override"):
        if override.get("ContentType") == PLAIN_TYPE:
            override.set("ContentType", MACRO_TYPE)
    etree.SubElement(
        types, f"{{{CONTENT_TYPES}}}Default", Extension="bin", ContentType=PROJECT_TYPE
    )
    parts["[Content_Types].xml"] = to_xml(types)
    name = "xl/_rels/workbook.xml.rels"
    relations = etree.fromstring(parts[name])
    etree.SubElement(
        relations,
        f"{{{RELATIONSHIPS}}}Relationship",
        Id="rIdVba",
        Type=PROJECT_RELATION,
        Target="vbaProject.bin",
    )
    parts[name] = to_xml(relations)
    _name_code(parts)


def _name_code(parts: Parts) -> None:
    """Tie the workbook to the project's document module."""
    root = etree.fromstring(parts["xl/workbook.xml"])
    properties = root.find(f"{{{MAIN}}}workbookPr")
    if properties is not None:
        properties.set("codeName", "ThisWorkbook")
    parts["xl/workbook.xml"] = to_xml(root)
