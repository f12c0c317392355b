"""Dynamic arrays: the form in which Excel stores the calls of add-ins and of LAMBDA names.

Such a cell has `cm="1"` and an array formula over itself; `cm` points into a part of the workbook
that says "this is a dynamic array". openpyxl knows neither.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from xl_cryptoai.workbook.package import MAIN, Parts, add_relation, declare_part, to_xml

DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
EXTENSION_ID = "{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"
PART = "xl/metadata.xml"
PART_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"

# What Excel is to do with the mark when cells are edited, copied or moved.
_KEPT_ON = """
    copy pasteAll pasteValues merge splitFirst rowColShift clearFormats clearComments assign coerce
"""


def make_dynamic(parts: Parts, call: str = "") -> None:
    """Turn array formulas into dynamic ones, and cells with a call into dynamic arrays of one cell.

    Parameters
    ----------
    parts : dict of name to bytes
        The workbook's parts; changed in place.
    call : str
        What a call begins with; without it only what is an array formula already is turned.
    """
    changed = False
    for name, content in parts.items():
        if not name.startswith("xl/worksheets/sheet"):
            continue
        root = etree.fromstring(content)
        for cell in root.iter(f"{{{MAIN}}}c"):
            formula = cell.find(f"{{{MAIN}}}f")
            if formula is None:
                continue
            if call and call in (formula.text or "") and not formula.get("ref"):
                formula.set("t", "array")
                formula.set("ref", str(cell.get("r")))
            if formula.get("t") == "array":
                cell.set("cm", "1")
                changed = True
        parts[name] = to_xml(root)
    if changed:
        parts[PART] = _metadata()
        add_relation(parts, "rIdMetadata", RELATION, "metadata.xml")
        declare_part(parts, PART, PART_TYPE)


def _metadata() -> bytes:
    spaces: Any = {None: MAIN, "xda": DYNAMIC}  # None: the default one; the stubs know only names
    root = etree.Element(f"{{{MAIN}}}metadata", nsmap=spaces)
    types = etree.SubElement(root, f"{{{MAIN}}}metadataTypes", count="1")
    flags = dict.fromkeys(_KEPT_ON.split(), "1")
    etree.SubElement(
        types,
        f"{{{MAIN}}}metadataType",
        {"name": "XLDAPR", "minSupportedVersion": "120000", **flags, "cellMeta": "1"},
    )
    future = etree.SubElement(root, f"{{{MAIN}}}futureMetadata", name="XLDAPR", count="1")
    extensions = etree.SubElement(etree.SubElement(future, f"{{{MAIN}}}bk"), f"{{{MAIN}}}extLst")
    extension = etree.SubElement(extensions, f"{{{MAIN}}}ext", uri=EXTENSION_ID)
    etree.SubElement(
        extension, f"{{{DYNAMIC}}}dynamicArrayProperties", fDynamic="1", fCollapsed="0"
    )
    cells = etree.SubElement(root, f"{{{MAIN}}}cellMetadata", count="1")
    etree.SubElement(etree.SubElement(cells, f"{{{MAIN}}}bk"), f"{{{MAIN}}}rc", t="1", v="0")
    return to_xml(root)
