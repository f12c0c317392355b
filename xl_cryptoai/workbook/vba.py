"""The VBA project of the Windows workbook, made from that of the installed xlwings.

The project of xlwings' own quickstart workbook has what cannot be written from nothing: the
reference to the add-in. Its example module goes, ours come in.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import zipfile
from pathlib import Path

from lxml import etree

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.workbook.package import (
    CONTENT_TYPES,
    MAIN,
    TYPES,
    Parts,
    add_relation,
    to_xml,
)
from xl_cryptoai.workbook.vba_module import vba_modules

PROJECT = "xl/vbaProject.bin"
PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
PROJECT_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
EXAMPLE = "Module1"
"""The module of xlwings' quickstart workbook that does not concern us."""


def xlwings_project() -> bytes:
    """Make the VBA project: the installed xlwings' own, with our modules in the example's place.

    xlwings itself is not imported: only its quickstart workbook is read. The same xlwings and the
    same functions give the same bytes.

    Raises
    ------
    FileRefusedError
        If xlwings is not there, or its workbook is not as expected.
    """
    spec = importlib.util.find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise FileRefusedError("xlwings is not installed; install it with: pip install xlwings")
    quickstart = Path(spec.origin).with_name("quickstart.xlsm")
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / quickstart.name
        try:
            shutil.copyfile(quickstart, book)
            with zipfile.ZipFile(book) as archive:
                archive.getinfo(PROJECT)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise FileRefusedError(
                f"the installed xlwings has no VBA project in {quickstart.name} ({error}); "
                "install xlwings 0.33 or later"
            ) from None
        _replace_modules(book)
        with zipfile.ZipFile(book) as archive:
            return archive.read(PROJECT)


def _replace_modules(book: Path) -> None:
    from pyopenvba import ExcelFile  # here, since only this workbook needs it

    with ExcelFile(book) as file:
        project = file.vba_project()
        if EXAMPLE in file.module_names():
            project.delete_module(EXAMPLE)
        for name, text in vba_modules().items():
            project.add_module(name, text)
        file.save()
    with ExcelFile(book) as file:  # as it stands on the disk
        problems = file.validate()
        if problems or "xlwings" not in {reference.name for reference in file.references()}:
            raise FileRefusedError(
                f"the VBA project could not be written ({'; '.join(problems) or 'no reference'}); "
                "install the versions named in constraints.txt"
            )


def add_project(parts: Parts, project: bytes) -> None:
    """Make the workbook a macro workbook that carries the project."""
    parts[PROJECT] = project
    types = etree.fromstring(parts[TYPES])
    for override in types.findall(f"{{{CONTENT_TYPES}}}Override"):
        if override.get("ContentType") == PLAIN_TYPE:
            override.set("ContentType", MACRO_TYPE)
    etree.SubElement(
        types, f"{{{CONTENT_TYPES}}}Default", Extension="bin", ContentType=PROJECT_TYPE
    )
    parts[TYPES] = to_xml(types)
    add_relation(parts, "rIdVba", PROJECT_RELATION, "vbaProject.bin")
    _name_code(parts)


def _name_code(parts: Parts) -> None:
    """Tie the workbook and its sheets to the project's document modules, by code names.

    The project has the documents ThisWorkbook, Sheet1 and Sheet2; the workbook has more sheets.
    Known: XlsxWriter has long done the same, with code names Sheet1 to SheetN in the order of the
    sheets, and its users' workbooks open; Excel makes the documents that are missing. Not verified:
    this very file in Excel, since there is none here.
    """
    root = etree.fromstring(parts["xl/workbook.xml"])
    properties = root.find(f"{{{MAIN}}}workbookPr")
    if properties is not None:
        properties.set("codeName", "ThisWorkbook")
    parts["xl/workbook.xml"] = to_xml(root)
    number = 1
    while (name := f"xl/worksheets/sheet{number}.xml") in parts:
        sheet = etree.fromstring(parts[name])
        properties = sheet.find(f"{{{MAIN}}}sheetPr")
        if properties is None:
            properties = etree.Element(f"{{{MAIN}}}sheetPr")
            sheet.insert(0, properties)  # the schema wants it first
        properties.set("codeName", f"Sheet{number}")
        parts[name] = to_xml(sheet)
        number += 1
