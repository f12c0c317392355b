"""Where the box of a note stands: beside its cell, in the size that the note has.

openpyxl gives a box a size and no place, so a program that shows all notes at once piles them up
over cell A1. Excel stores the cells between which a box lies.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from lxml import etree

from xl_cryptoai.workbook.package import EXCEL_VML, MAIN, VML, Parts

_AWAY, _ABOVE = 15, 10
"""Pixels from the cell's right edge, and above its upper edge: as Excel places a new note."""
_SIZE = re.compile(r"width:(\d+)px;height:(\d+)px")
_PLACE = re.compile(r"margin-left:[\d.]+pt;margin-top:[\d.]+pt")
_DEFAULT_COLUMN, _DEFAULT_ROW = 64, 20
_CHARACTER = 7
"""Pixels of a digit in Calibri 11, by which the width of columns is counted."""


def place_notes(parts: Parts) -> None:
    """Place the box of every note beside its cell.

    Parameters
    ----------
    parts : dict of name to bytes
        As openpyxl wrote them, which numbers drawings of notes by sheets that have notes; changed
        in place. Rows whose height is left to Excel count with the default height.
    """
    sheets = [name for name in parts if name.startswith("xl/worksheets/sheet")]
    noted = [name for name in sheets if b"<legacyDrawing" in parts[name]]
    for number, name in enumerate(noted, start=1):
        drawing = f"xl/drawings/commentsDrawing{number}.vml"
        root = etree.fromstring(parts[drawing])
        columns, rows = _edges(etree.fromstring(parts[name]))
        for shape in root.iter(f"{{{VML}}}shape"):
            _place(shape, columns, rows)
        parts[drawing] = etree.tostring(root)


def _place(shape: Any, columns: list[int], rows: list[int]) -> None:
    data = shape.find(f"{{{EXCEL_VML}}}ClientData")
    row = int(data.findtext(f"{{{EXCEL_VML}}}Row"))
    column = int(data.findtext(f"{{{EXCEL_VML}}}Column"))
    style = shape.get("style")
    size = _SIZE.search(style)
    if size is None:
        raise ValueError(f"the box of a note has no size in pixels: {style}")
    left, top = columns[column + 1] + _AWAY, max(rows[row] - _ABOVE, 0)
    right, bottom = left + int(size[1]), top + int(size[2])
    shape.set(
        "style", _PLACE.sub(f"margin-left:{left * 0.75:g}pt;margin-top:{top * 0.75:g}pt", style)
    )
    corners = ((left, columns), (top, rows), (right, columns), (bottom, rows))
    anchor = etree.Element(f"{{{EXCEL_VML}}}Anchor")
    anchor.text = ", ".join(str(part) for at, edges in corners for part in _within(at, edges))
    data.insert(data.index(data.find(f"{{{EXCEL_VML}}}AutoFill")), anchor)


def _within(at: int, edges: list[int]) -> tuple[int, int]:
    """Return the column or row at a distance from the first one, and the pixels into it."""
    number = bisect_right(edges, at) - 1
    return number, at - edges[number]


def _edges(sheet: Any) -> tuple[list[int], list[int]]:
    """Return where the columns and the rows of a sheet begin, in pixels; 100 more than it has."""
    wide = {
        number: round(float(column.get("width")) * _CHARACTER)
        for column in sheet.iter(f"{{{MAIN}}}col")
        for number in range(int(column.get("min")), int(column.get("max")) + 1)
    }
    high = {
        int(row.get("r")): round(float(row.get("ht")) / 0.75)
        for row in sheet.iter(f"{{{MAIN}}}row")
        if row.get("ht")
    }
    columns = (wide.get(number, _DEFAULT_COLUMN) for number in range(1, max(wide, default=0) + 100))
    rows = (high.get(number, _DEFAULT_ROW) for number in range(1, _rows(sheet) + 100))
    return _starts(columns), _starts(rows)


def _rows(sheet: Any) -> int:
    return max(int(row.get("r")) for row in sheet.iter(f"{{{MAIN}}}row"))


def _starts(sizes: Iterable[int]) -> list[int]:
    return list(accumulate(sizes, initial=0))
