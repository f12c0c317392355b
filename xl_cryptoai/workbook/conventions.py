"""Parts named, ordered, linked and prefixed as Excel itself does.

The file format leaves all of it open, and openpyxl chooses differently. But other programs were
written after Excel's files: exceljs finds notes by the name of their part alone, and drawings by
the prefix of their elements.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from lxml import etree

from xl_cryptoai.workbook.package import (
    CHART,
    DRAWING,
    DRAWING_SHAPES,
    EXCEL_VML,
    OF_PACKAGE,
    OF_WORKBOOK,
    OFFICE_RELATIONS,
    TYPES,
    VML,
    Parts,
    to_xml,
)

PREFIXES = {
    "xdr": DRAWING,
    "a": DRAWING_SHAPES,
    "c": CHART,
    "r": OFFICE_RELATIONS,
    "v": VML,
    "o": "urn:schemas-microsoft-com:office:office",
    "x": EXCEL_VML,
    "vt": "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Excel's prefixes; a part of any other namespace, such as a sheet, has none for its own."""

_NAMES = {
    r"xl/comments/comment(\d+)\.xml": r"xl/comments\1.xml",
    r"xl/drawings/commentsDrawing(\d+)\.vml": r"xl/drawings/vmlDrawing\1.vml",
}
"""Names of openpyxl, and of Excel."""
_FIRST = (TYPES, OF_PACKAGE, "xl/workbook.xml", OF_WORKBOOK)
"""Programs that look at the beginning of a file know by these that it is a workbook."""
_RELATIONS = re.compile(r"(.*?)_rels/([^/]*)\.rels")


def as_excel_writes(parts: Parts) -> Parts:
    """Return the parts of a workbook in the form that Excel gives them; what they say stays.

    Parameters
    ----------
    parts : dict of name to bytes
        As openpyxl named and wrote them.

    Returns
    -------
    dict of name to bytes
        In Excel's order.
    """
    order = [name for name in _FIRST if name in parts]
    order += [name for name in parts if name not in _FIRST]
    trees = {name: etree.fromstring(parts[name]) for name in order if _is_xml(name)}
    for name, tree in trees.items():
        if name == TYPES:
            for override in tree.iterfind("{*}Override"):
                override.set("PartName", f"/{_renamed(str(override.get('PartName'))[1:])}")
        elif match := _RELATIONS.fullmatch(name):
            owner = match[1] + match[2]
            _number(tree, trees.get(owner))
            _link(tree, owner)
        elif tree.tag == f"{{{DRAWING}}}wsDr":
            _complete_frames(tree)
    return {
        _renamed(name): _written(name, trees[name]) if name in trees else parts[name]
        for name in order
    }


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def _renamed(name: str) -> str:
    for openpyxls, excels in _NAMES.items():
        name = re.sub(f"^{openpyxls}$", excels, name)
    return name


def _number(relations: Any, owner: Any) -> None:
    """Call every relationship rId and a number, here and in the part that uses it."""
    taken = {relation.get("Id") for relation in relations}
    free = (f"rId{number}" for number in range(1, 2 * len(taken) + 1))
    new = {
        old: next(one for one in free if one not in taken)
        for old in sorted(taken)
        if not re.fullmatch(r"rId\d+", old)
    }
    if not new:
        return
    for relation in relations:
        relation.set("Id", new.get(relation.get("Id"), relation.get("Id")))
    for element in () if owner is None else owner.iter("*"):
        for key, value in element.items():
            if key.startswith(f"{{{OFFICE_RELATIONS}}}"):
                element.set(key, new.get(value, value))


def _link(relations: Any, owner: str) -> None:
    """Write the targets of a part's relationships relative to its folder."""
    folder = posixpath.dirname(f"/{owner}")
    for relation in relations:
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, relation.get("Target")))
            target = f"/{_renamed(target[1:])}"
            relation.set("Target", posixpath.relpath(target, folder))


def _complete_frames(drawing: Any) -> None:
    """Write what Excel writes into the frame of every chart, though it is the default."""
    for frame in drawing.iter(f"{{{DRAWING}}}graphicFrame"):
        frame.set("macro", frame.get("macro", ""))
    for place in drawing.iter(f"{{{DRAWING}}}xfrm"):
        if len(place) == 0:
            etree.SubElement(place, f"{{{DRAWING_SHAPES}}}off", x="0", y="0")
            etree.SubElement(place, f"{{{DRAWING_SHAPES}}}ext", cx="0", cy="0")


def _written(name: str, tree: Any) -> bytes:
    own = etree.QName(tree).namespace
    if own in PREFIXES.values():  # a namespace that is the default one keeps no prefix: a new root
        root = etree.Element(tree.tag, tree.attrib)
        root.text = tree.text
        root.extend(tree)
        tree = root
    etree.cleanup_namespaces(tree, top_nsmap=PREFIXES)
    return bytes(etree.tostring(tree)) if name.endswith(".vml") else to_xml(tree)
