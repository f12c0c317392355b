"""The VBA projects of the Windows workbook and of the add-in, made from those of xlwings.

The quickstart files of the installed xlwings have what is not ours to write: the reference to
xlwings' add-in in the workbook, xlwings' module in the add-in. Their example modules go, ours come
in.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook.package import (
    CONTENT_TYPES,
    MAIN,
    TYPES,
    Parts,
    add_relation,
    to_xml,
)
from xl_cryptoai.workbook.vba_module import crlf, vba_modules

if TYPE_CHECKING:
    from pyopenvba import ExcelFile

PROJECT = "xl/vbaProject.bin"
PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
ADD_IN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
PROJECT_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
EXAMPLE = "Module1"
"""The module of xlwings' quickstart workbook that does not concern us."""
ADD_IN_EXAMPLE = "RibbonMyAddin"
"""The module of xlwings' quickstart add-in that does not concern us."""
XLWINGS = "xlwings"
"""The module of xlwings in its quickstart add-in; elsewhere the reference to xlwings' add-in."""
DOCUMENT = "ThisWorkbook"

_PROJECT_NAME = re.compile(r'^Public Const PROJECT_NAME As String = "\w+"', re.MULTILINE)
_NAME_RECORD = 4
_OPTIONS = re.compile(' -B -c ""')
_OUR_OPTIONS = ' -P -B -c ""'
"""How Python is started: -P keeps the folder that Excel happens to be in off its path."""
_GET_CONFIG = re.compile(r"^Function GetConfig\(.*?^End Function", re.MULTILINE | re.DOTALL)


def xlwings_project(model: Model) -> bytes:
    """Make the workbook's VBA project: xlwings' own, with our modules in the example's place.

    xlwings itself is not imported: only its quickstart workbook is read. The same xlwings and the
    same functions give the same bytes.

    Raises
    ------
    FileRefusedError
        If xlwings is not there, or its workbook is not as expected.
    """

    def change(file: ExcelFile) -> None:
        _replace_modules(file, EXAMPLE, vba_modules(model))

    def references(file: ExcelFile) -> bool:
        return XLWINGS in {reference.name for reference in file.references()}

    return _changed_project("quickstart.xlsm", change, references)


def add_in_project(name: str, modules: Mapping[str, str], document: str, get_config: str) -> bytes:
    """Make the add-in's VBA project: that of xlwings' own custom add-in, with our modules.

    Parameters
    ----------
    name : str
        Name of the add-in, by which xlwings' module calls its settings.
    modules : mapping
        The text of each of our modules by its name.
    document : str
        What goes into the document module ThisWorkbook.
    get_config : str
        Our function GetConfig, put in the place of that of xlwings' module. Nothing else in that
        module changes but its name and the options with which it starts Python.

    Raises
    ------
    FileRefusedError
        If xlwings is not there, or its add-in is not as expected.
    """

    def change(file: ExcelFile) -> None:
        text = str(file.get_module(XLWINGS).replace("\r\n", "\n"))
        for pattern, ours, times in (
            (_PROJECT_NAME, f'Public Const PROJECT_NAME As String = "{name}"', 1),
            (_GET_CONFIG, get_config.strip(), 1),
            (_OPTIONS, _OUR_OPTIONS, 2),
        ):
            text, count = pattern.subn(ours.replace("\\", r"\\"), text)
            if count != times:
                raise FileRefusedError(
                    f"module {XLWINGS} of the installed xlwings is not as expected "
                    f"({pattern.pattern[:30]}... is there {count} times, not {times}); install "
                    "the version named in constraints.txt"
                )
        file.set_module(XLWINGS, crlf(text))
        file.set_module(DOCUMENT, crlf(document))
        _replace_modules(file, ADD_IN_EXAMPLE, modules)

    def has_all(file: ExcelFile) -> bool:
        return {XLWINGS, DOCUMENT, *modules} <= set(file.module_names())

    return _renamed(_changed_project("quickstart_addin_ribbon.xlam", change, has_all), name)


def _renamed(project: bytes, name: str) -> bytes:
    """Give a VBA project another name, in both streams that hold it (MS-OVBA 2.3.1 and 2.3.4.2).

    In the one it is a line of text, in the other the first record with the number 4: number,
    length, content, as all records before it.
    """
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import compress, decompress

    file, new = CFB.from_bytes(project), name.encode("ascii")
    text, records = file.get_stream("PROJECT"), decompress(file.get_stream_in_storage("VBA", "dir"))
    at = 0
    while (number := int.from_bytes(records[at : at + 2], "little")) != _NAME_RECORD:
        at += 6 + int.from_bytes(records[at + 2 : at + 6], "little")
        if at >= len(records):
            raise FileRefusedError(
                f"the VBA project of the installed xlwings ends with record {number} and has no "
                "name; install the version named in constraints.txt"
            )
    end = at + 6 + int.from_bytes(records[at + 2 : at + 6], "little")
    changed = records[: at + 2] + len(new).to_bytes(4, "little") + new + records[end:]
    file.write_stream_in_storage("VBA", "dir", compress(changed))
    lines = re.compile(rb'^Name="[^"\r\n]*"', re.MULTILINE)
    file.write_stream("PROJECT", lines.sub(b'Name="' + new + b'"', text, count=1))
    return bytes(file.to_bytes())


def _changed_project(
    source: str, change: Callable[[ExcelFile], None], sound: Callable[[ExcelFile], bool]
) -> bytes:
    """Change the VBA project of a file of the installed xlwings, and look whether it is sound."""
    from pyopenvba import ExcelFile  # here, since only these files need it

    spec = importlib.util.find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise FileRefusedError("xlwings is not installed; install it with: pip install xlwings")
    quickstart = Path(spec.origin).with_name(source)
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
        with ExcelFile(book) as file:
            change(file)
            file.save()
        with ExcelFile(book) as file:  # as it is on disk
            problems = file.validate()
            if problems or not sound(file):
                raise FileRefusedError(
                    "the VBA project could not be written "
                    f"({'; '.join(problems) or 'a part of it is missing'}); "
                    "install the versions named in constraints.txt"
                )
        with zipfile.ZipFile(book) as archive:
            return archive.read(PROJECT)


def _replace_modules(file: ExcelFile, example: str, modules: Mapping[str, str]) -> None:
    project = file.vba_project()
    if example in file.module_names():
        project.delete_module(example)
    for name, text in modules.items():
        project.add_module(name, text)


def add_project(
    parts: Parts,
    project: bytes,
    *,
    content_type: str = MACRO_TYPE,
    code_names: Sequence[str] | None = None,
) -> None:
    """Make the workbook a macro workbook, or an add-in, that carries the project.

    Parameters
    ----------
    parts : Parts
        The parts of the file, which are changed.
    project : bytes
        The VBA project.
    content_type : str
        What the file becomes.
    code_names : sequence of str, optional
        Names of the sheets' document modules; Sheet1, Sheet2 and so on by default.
    """
    parts[PROJECT] = project
    types = etree.fromstring(parts[TYPES])
    for override in types.findall(f"{{{CONTENT_TYPES}}}Override"):
        if override.get("ContentType") == PLAIN_TYPE:
            override.set("ContentType", content_type)
    etree.SubElement(
        types, f"{{{CONTENT_TYPES}}}Default", Extension="bin", ContentType=PROJECT_TYPE
    )
    parts[TYPES] = to_xml(types)
    add_relation(parts, "rIdVba", PROJECT_RELATION, "vbaProject.bin")
    _name_code(parts, code_names)


def _name_code(parts: Parts, code_names: Sequence[str] | None) -> None:
    """Tie the workbook and its sheets to the project's document modules, by code names.

    The project has the documents ThisWorkbook, Sheet1 and Sheet2; the workbook has more sheets.
    Known: XlsxWriter has long done the same, with code names Sheet1 to SheetN in the order of the
    sheets, and its users' workbooks open; Excel makes the documents that are missing. Not verified:
    this very file in Excel, since there is none here.
    """
    root = etree.fromstring(parts["xl/workbook.xml"])
    properties = root.find(f"{{{MAIN}}}workbookPr")
    if properties is not None:
        properties.set("codeName", DOCUMENT)
    parts["xl/workbook.xml"] = to_xml(root)
    number = 1
    while (name := f"xl/worksheets/sheet{number}.xml") in parts:
        sheet = etree.fromstring(parts[name])
        properties = sheet.find(f"{{{MAIN}}}sheetPr")
        if properties is None:
            properties = etree.Element(f"{{{MAIN}}}sheetPr")
            sheet.insert(0, properties)  # the schema wants it first
        properties.set("codeName", code_names[number - 1] if code_names else f"Sheet{number}")
        parts[name] = to_xml(sheet)
        number += 1
