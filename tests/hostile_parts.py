"""Parts of a workbook made to choke a reader, each with the words by which it is refused."""

from __future__ import annotations

from collections.abc import Callable

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def behind_head(more: bytes) -> Callable[[bytes], bytes]:
    """Put a document type in, behind the XML declaration if there is one."""

    def put(content: bytes) -> bytes:
        start = content.find(b"?>") + 2 if b"?>" in content else 0
        return content[:start] + more + content[start:]

    return put


def in_sheet(more: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", more + b"</sheetData>")


def far_cell(content: bytes) -> bytes:
    return in_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')(content)


def attributes(content: bytes) -> bytes:
    many = b" ".join(b'a%x=""' % number for number in range(1_000_000))
    return content.replace(b"<sheetData", b"<x " + many + b"/><sheetData", 1)


def named_attributes(content: bytes) -> bytes:
    many = b" ".join(b'xmlns:a%x="u%x"' % (number, number) for number in range(200_000))
    return behind_head(b"")(content).replace(b"<fonts", b"<x " + many + b"/><fonts", 1)


def names(content: bytes) -> bytes:
    many = b"".join(b'<definedName name="n%d">A!$A$1</definedName>' % n for n in range(200_000))
    return content.replace(b"</definedNames>", many + b"</definedNames>")


PARTS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a gigabyte of zeros, deflated": (
        "xl/media/image1.png",
        lambda content: bytes(1_000_000_000),
        "unpacks from",
    ),
    "a cell in the last corner": (SHEET, far_cell, "reaches to column 16384"),
    "a dimension that hides a far cell": (
        SHEET,
        lambda content: (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
            b'main"><dimension ref="A1:B2"/><sheetData><row r="1048576"><c r="XFD1048576"/></row>'
            b"</sheetData></worksheet>"
        ),
        "reaches to row 1048576",
    ),
    "an entity bomb in a sheet": (SHEET, behind_head(BOMB), "declares a document type"),
    "an entity bomb in the workbook": (BOOK, behind_head(BOMB), "declares a document type"),
    "an entity from a file": (
        STYLES,
        behind_head(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        "declares a document type",
    ),
    "a document type in other letters": (
        SHEET,
        lambda content: behind_head(BOMB)(content).decode().encode("utf-16"),
        "declares a document type",
    ),
    "merged cells over everything": (
        SHEET,
        lambda content: content.replace(
            b"</sheetData>",
            b'</sheetData><mergeCells count="1"><mergeCell ref="A1:SF20000"/></mergeCells>',
        ),
        "cells under merged areas",
    ),
    "two million cells": (
        SHEET,
        in_sheet((b"<row>" + b"<c/>" * 400 + b"</row>") * 5_000),
        "has more than 1,600,000 elements",
    ),
    "four hundred thousand formulas": (
        SHEET,
        in_sheet((b"<row>" + b"<c><f>1</f></c>" * 400 + b"</row>") * 1_000),
        "has more than 300,000 formulas",
    ),
    "a million attributes in one tag": (SHEET, attributes, "more than 10,000 attributes"),
    "two hundred thousand names": (BOOK, names, "defined names; at most 10,000"),
    "a tag full of namespaces": (STYLES, named_attributes, "more than 10,000 attributes"),
}
