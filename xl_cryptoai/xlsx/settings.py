"""Settings of a workbook: how it is calculated, who saved it, what is locked, what spills."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.texts import is_true, whole

_PROPERTIES = (
    "{http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray}dynamicArrayProperties"
)
_PROGRAM = ("extended-properties", "extendedProperties")
"""The kind of relationship to a part about the program, in Transitional and Strict files."""

_OWN_VERSION = re.compile(r"([^/$]*\w)/([\d.]*\d)")
"""A program that writes its version behind its name, and a wrong one where it belongs."""


class Calculation(NamedTuple):
    """How the workbook is calculated.

    Attributes
    ----------
    iterate : bool
        Whether circular references are calculated by iteration.
    iterate_count : int
        How often at most.
    """

    iterate: bool = False
    iterate_count: int = 100


class WorkbookProtection(NamedTuple):
    """What is locked in the workbook as a whole.

    Attributes
    ----------
    structure, windows : bool
        Whether sheets can't be added, moved or renamed; whether windows can't be moved.
    password : bool
        Whether a password is needed to unlock it.
    """

    structure: bool
    windows: bool
    password: bool


def read_calculation(root: Element) -> Calculation:
    """How a workbook is calculated, out of its part."""
    found = root.find(f"{MAIN}calcPr")
    if found is None:
        return Calculation()
    return Calculation(is_true(found.get("iterate")), whole(found.get("iterateCount", "100")))


def read_workbook_protection(root: Element) -> WorkbookProtection | None:
    """What is locked in a workbook as a whole, out of its part; None if nothing is."""
    found = root.find(f"{MAIN}workbookProtection")
    if found is None:
        return None
    structure, windows = is_true(found.get("lockStructure")), is_true(found.get("lockWindows"))
    password = bool(found.get("workbookPassword") or found.get("workbookHashValue"))
    return WorkbookProtection(structure, windows, password) if structure or windows else None


def read_program(package: Package) -> str:
    """The program that saved a file, with its version; "" where the file does not say."""
    relations = package.relationships("").values()
    part = next((one.target for one in relations if one.kind in _PROGRAM), "docProps/app.xml")
    if part not in package:
        return ""
    said = {etree.QName(one).localname: one.text or "" for one in package.tree(part)}
    name, version = (said.get(key, "").strip() for key in ("Application", "AppVersion"))
    if own := _OWN_VERSION.match(name):
        return f"{own[1]} {own[2]}"
    return name if any(map(str.isdigit, name)) else f"{name} {version}".strip()


def read_dynamic(root: Element) -> frozenset[int]:
    """Numbers of cell metadata that mark a dynamic array, out of the part of metadata.

    A cell names a block of cell metadata (the first is 1), which names a kind (the first is 1)
    and a block of that kind (the first is 0), which says whether the array is dynamic.
    """
    kinds = [one.get("name") for one in root.iterfind(f"{MAIN}metadataTypes/{MAIN}metadataType")]
    if "XLDAPR" not in kinds:
        return frozenset()
    kind = str(kinds.index("XLDAPR") + 1)
    blocks = root.iterfind(f"{MAIN}futureMetadata[@name='XLDAPR']/{MAIN}bk")
    dynamic = {
        str(number)
        for number, block in enumerate(blocks)
        if any(is_true(one.get("fDynamic")) for one in block.iter(_PROPERTIES))
    }
    return frozenset(
        number
        for number, block in enumerate(root.iterfind(f"{MAIN}cellMetadata/{MAIN}bk"), start=1)
        if any(
            one.get("t") == kind and one.get("v") in dynamic
            for one in block.iterchildren(f"{MAIN}rc")
        )
    )
