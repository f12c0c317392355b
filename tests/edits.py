"""Edits of a built workbook, as a person or another program might make them.

openpyxl drops the stored values of formulas when it saves; they are put back, so that an edit
changes what it is meant to change and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from xlsx_parts import read_parts, write_parts

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def edit(path: Path, out: Path, change: Callable[[Any], None]) -> Path:
    """Write a changed copy that keeps its stored values."""
    book: Any = openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm")
    change(book)
    book.save(out)
    values = stored_values(path)
    numbered = enumerate(book.worksheets, start=1)
    return patch(
        out,
        out,
        {
            f"xl/worksheets/sheet{number}.xml": _with_values(values.get(sheet.title))
            for number, sheet in numbered
        },
    )


@lru_cache(8)
def stored_values(path: Path) -> dict[str, Any]:
    """Return a built workbook's sheets with stored values, by name; built files do not change."""
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path, data_only=True).worksheets}


def _with_values(stored: Any) -> Callable[[bytes], bytes]:
    def put(content: bytes) -> bytes:
        root = etree.fromstring(content)
        for cell in root.iter(f"{MAIN}c"):
            if cell.find(f"{MAIN}f") is None:
                continue
            old = None if stored is None else stored[cell.get("r")].value
            for value in cell.findall(f"{MAIN}v"):
                cell.remove(value)
            cell.attrib.pop("t", None)
            if not isinstance(old, (int, float)):
                cell.set("t", "str")
            etree.SubElement(cell, f"{MAIN}v").text = "" if old is None else str(old)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

    return put


def patch(path: Path, out: Path, changes: Mapping[str, Callable[[bytes], bytes]]) -> Path:
    """Write a copy in which some parts of the file are changed."""
    parts = read_parts(path)
    for name, change in changes.items():
        parts[name] = change(parts.get(name, b""))
    return write_parts(out, parts)


def cell(book: Any, sheet: str, name: str, head: str) -> Any:
    """Find a cell by the id of its row and the head of its column."""
    columns = {}
    for row in book[sheet].iter_rows():
        texts = {one.value: one.column for one in row if isinstance(one.value, str)}
        if {"Id", head} <= set(texts):
            columns = texts
        elif columns and book[sheet].cell(row[0].row, columns["Id"]).value == name:
            return book[sheet].cell(row[0].row, columns[head])
    raise AssertionError(f"{sheet} has no {name} under {head}")


def where(path: Path, sheet: str, name: str, head: str) -> str:
    """Say where a cell stands, such as "Assumptions!F12"."""
    found = cell(openpyxl.load_workbook(path), sheet, name, head)
    return f"{sheet}!{found.coordinate}"


def move_names(book: Any, sheet: str, *, rows: int = 0, columns: int = 0, to: str = "") -> None:
    """Let the names of a sheet's cells follow what has moved, as a spreadsheet does."""
    for name in book.defined_names.values():
        title, _, target = name.attr_text.rpartition("!")
        if title.strip("'") == sheet:
            letters, row = target.replace("$", " ").split()
            column = openpyxl.utils.column_index_from_string(letters) + columns
            name.attr_text = f"'{to or sheet}'!${get_column_letter(column)}${int(row) + rows}"


def formula_of(one: Any) -> str:
    """Return a cell's formula, of an array formula too."""
    return one.value.text if isinstance(one.value, ArrayFormula) else str(one.value or "")


def with_link(path: Path, target: str) -> Path:
    """Give a workbook a link [1], as Excel writes one."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = read_parts(path)
    relation = '<Relationship Id="{}" Type="{}" Target="{}"{}/>'
    book = relation.format("rIdX", f"{office}/externalLink", "externalLinks/externalLink1.xml", "")
    file = relation.format("rId1", f"{office}/externalLinkPath", target, ' TargetMode="External"')
    package = "http://schemas.openxmlformats.org/package/2006"
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{file}</Relationships>'
    ).encode()
    parts["xl/externalLinks/externalLink1.xml"] = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<externalBook xmlns:r="{office}" r:id="rId1"/></externalLink>'
    ).encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    part = f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/>'
    reference = f'<externalReference xmlns:r="{office}" r:id="rIdX"/>'
    references = f"<externalReferences>{reference}</externalReferences>"
    for name, before, text in (
        ("xl/_rels/workbook.xml.rels", "</Relationships>", book),
        ("xl/workbook.xml", "<definedNames", references),
        ("[Content_Types].xml", "</Types>", part),
    ):
        assert before.encode() in parts[name]
        parts[name] = parts[name].replace(before.encode(), (text + before).encode())
    return write_parts(path, parts)
