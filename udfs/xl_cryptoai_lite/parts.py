"""Puts the code into a workbook, in the parts where Excel keeps what an add-in stores in a file.

Sure, from Microsoft's specification (MS-OWEXML) and from published files: the parts, their
relationships, content types and the order of elements; the store's id of xlwings Lite; that it
keeps each file of code as a property of the file's name, as JSON text.

Not tried in Excel: that xlwings Lite accepts a workbook made here. Its own files have three more
properties (an id of the workbook, the versions of Pyodide and of the add-in); they say what Lite
itself chose when it saved, so none is made up here.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from lxml import etree

from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook.package import RELATIONSHIPS, Parts, declare_part, pack, to_xml
from xl_cryptoai_lite.module import lite_module

FOLDER = "xl/webextensions"
EXTENSION_PART = f"{FOLDER}/webextension1.xml"
PANES_PART = f"{FOLDER}/taskpanes.xml"
PANES_RELATIONS = f"{FOLDER}/_rels/taskpanes.xml.rels"
ROOT_RELATIONS = "_rels/.rels"

EXTENSION_TYPE = "application/vnd.ms-office.webextension+xml"
PANES_TYPE = "application/vnd.ms-office.webextensiontaskpanes+xml"

_EXTENSION = "http://schemas.microsoft.com/office/webextensions/webextension/2010/11"
_PANES = "http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TO_EXTENSION = "http://schemas.microsoft.com/office/2011/relationships/webextension"
_TO_PANES = "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes"

STORE_ID = "wa200008175"
"""xlwings Lite in Microsoft's add-in store."""

INSTANCE = "{6E0B3A52-5C0F-4C0B-9C53-3B1D8E0B7A41}"
"""Tells this use of the add-in from others in the same file: always the same, as there is one."""

REQUIREMENTS = "xlwings<1.0.0\nnumpy\nscipy\n"
"""What the code imports. numpy and scipy come in the versions of Lite's own Python, so they are not
pinned; Lite's documentation asks for an upper bound at most."""


def add_code(parts: Parts, source: str) -> None:
    """Add the code to a workbook's parts, as xlwings Lite stores it.

    Parameters
    ----------
    parts : dict of str to bytes
        The parts of an .xlsx file; changed in place. This comes after all work with openpyxl,
        which drops these parts when it loads and saves a file.
    source : str
        The Python module, as `lite_module` gives it.

    Raises
    ------
    FileRefusedError
        If the workbook carries an add-in's data already.
    """
    if EXTENSION_PART in parts or PANES_PART in parts:
        raise FileRefusedError("the workbook carries data of an add-in already; build it again")
    parts[EXTENSION_PART] = _extension({"main.py": source, "requirements.txt": REQUIREMENTS})
    parts[PANES_PART] = _panes()
    names: dict[Any, str] = {None: RELATIONSHIPS}
    relations = etree.Element(f"{{{RELATIONSHIPS}}}Relationships", nsmap=names)
    _relate(relations, "rId1", _TO_EXTENSION, "webextension1.xml")
    parts[PANES_RELATIONS] = to_xml(relations)
    root = etree.fromstring(parts[ROOT_RELATIONS])
    _relate(root, "rIdTaskPanes", _TO_PANES, PANES_PART)
    parts[ROOT_RELATIONS] = to_xml(root)
    declare_part(parts, EXTENSION_PART, EXTENSION_TYPE)
    declare_part(parts, PANES_PART, PANES_TYPE)


def with_code(content: bytes, model: Model) -> bytes:
    """Return a built workbook of route office with the code of its model's functions."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    add_code(parts, lite_module(model))
    return pack(parts)


def as_property(text: str) -> str:
    r"""Write a file's text as the value of its property, to the character as Lite does.

    >>> as_property('a / "b"\n')
    '"a \\/ \\"b\\"\\n"'
    """
    return json.dumps(text, ensure_ascii=False).replace("/", "\\/")


def _extension(files: dict[str, str]) -> bytes:
    root = etree.Element(f"{{{_EXTENSION}}}webextension", nsmap={"we": _EXTENSION}, id=INSTANCE)
    store = {"id": STORE_ID, "version": "1.0.0.0", "storeType": "OMEX"}
    _child(root, "reference", {**store, "store": "en-US"})
    others = _child(root, "alternateReferences", {})
    _child(others, "reference", {**store, "store": STORE_ID})
    properties = _child(root, "properties", {})
    for name, text in files.items():
        _child(properties, "property", {"name": name, "value": as_property(text)})
    _child(root, "bindings", {})
    etree.SubElement(root, f"{{{_EXTENSION}}}snapshot", nsmap={"r": _OFFICE})
    return to_xml(root)


def _child(parent: Any, name: str, attributes: dict[str, str]) -> Any:
    return etree.SubElement(parent, f"{{{_EXTENSION}}}{name}", attributes)


def _panes() -> bytes:
    root = etree.Element(f"{{{_PANES}}}taskpanes", nsmap={"wetp": _PANES})
    # Visible: Excel then offers the add-in to whoever opens the workbook and does not have it.
    pane = {"dockstate": "right", "visibility": "1", "width": "525", "row": "4"}
    element = etree.SubElement(root, f"{{{_PANES}}}taskpane", pane)
    etree.SubElement(
        element,
        f"{{{_PANES}}}webextensionref",
        {f"{{{_OFFICE}}}id": "rId1"},
        nsmap={"r": _OFFICE},
    )
    return to_xml(root)


def _relate(relations: Any, identity: str, kind: str, target: str) -> None:
    tag = f"{{{RELATIONSHIPS}}}Relationship"
    etree.SubElement(relations, tag, Id=identity, Type=kind, Target=target)
