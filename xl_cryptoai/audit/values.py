"""Reads the values that a file stores beside its formulas, without opening it a second time."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree
from openpyxl.reader.strings import read_string_table
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.workbook import Workbook

from xl_cryptoai.audit.safe import Parts

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHARED = "xl/sharedStrings.xml"

Spot = tuple[int, int]
"""Row and column of a cell."""
Values = dict[str, dict[Spot, Any]]
"""The values of the cells that a file holds, by sheet."""


def stored_values(parts: Parts, formulas: Workbook) -> Values:
    """Give the value of every cell as it is stored; None where a formula was never calculated.

    Parameters
    ----------
    parts : dict of str to bytes
        The parts of the file.
    formulas : Workbook
        The same file, opened with its formulas.
    """
    where = sheet_parts(parts)
    found: Values = {}
    for sheet in formulas.worksheets:
        cells = sheet._cells
        values = found[sheet.title] = {
            at: None if cell.data_type == "f" else cell.value for at, cell in cells.items()
        }
        root = parse(parts[where[sheet.title]]) if sheet.title in where else ()
        for at, kind, text in _beside_formulas(root):
            if text and at in values:
                values[at] = _value(kind, text, cells[at], parts)
    return found


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Give the part of every worksheet by its name."""
    relations = parse(parts["xl/_rels/workbook.xml.rels"])
    targets = {relation.get("Id"): str(relation.get("Target")) for relation in relations}
    found = {}
    for sheet in parse(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if part in parts:
            found[str(sheet.get("name"))] = part
    return found


def parse(part: bytes) -> Any:
    """Parse a part that has passed the look at it; no entity is resolved, nothing is fetched."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _beside_formulas(root: Any) -> Iterator[tuple[Spot, str, str | None]]:
    """Give place, type and text of the value of every formula cell; places may be left out."""
    row = column = 0
    for element in root.iter(f"{MAIN}row", f"{MAIN}c") if len(root) else ():
        said = element.get("r")
        if element.tag != f"{MAIN}c":
            row, column = int(said) if said else row + 1, 0
            continue
        at = coordinate_to_tuple(said) if said else (row, column + 1)
        column = at[1]
        if element.find(f"{MAIN}f") is not None:
            yield at, element.get("t", "n"), element.findtext(f"{MAIN}v")


@lru_cache(maxsize=1)
def _strings(part: bytes) -> list[str]:
    strings: list[str] = read_string_table(io.BytesIO(part))
    return strings


def _value(kind: str, text: str, cell: Any, parts: Parts) -> Any:
    """Take a value out of its text, by the type that the file gives."""
    if kind == "b":
        return bool(int(text))
    if kind == "s":  # no spreadsheet keeps a formula's text there; some programs do
        return _strings(parts[_SHARED])[int(text)]
    if kind == "d":
        return from_ISO8601(text)  # type: ignore[no-untyped-call]
    if kind != "n":
        return text
    number = float(text) if any(sign in text for sign in ".eE") else int(text)
    shown = cell.number_format
    if not is_date_format(shown):
        return number
    try:
        return from_excel(number, cell.parent.parent.epoch, timedelta=is_timedelta_format(shown))
    except (OverflowError, ValueError):
        return "#VALUE!"
