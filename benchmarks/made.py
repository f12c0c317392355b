"""Makes the workbooks of the mutation benchmark: clean ones, and with one injected error."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import get_column_letter, rows_from_range
from openpyxl.worksheet.formula import ArrayFormula

from benchmarks.injected import MODEL, Injected, text_of
from benchmarks.injected_errors import KINDS, WITHOUT_CALCULATION
from xl_cryptoai.workbook import ROUTES, build
from xl_cryptoai.workbook.calculate import calculate, saved

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SEED = 20301

Spot = tuple[str, int, int]
"""Sheet, row and column of a cell."""
Values = dict[str, list[list[Any]]]
"""Values of the cells of every sheet, row by row."""


@lru_cache
def clean(route: str) -> bytes:
    """Build a route's workbook."""
    return build(route, model=MODEL)


def opened(route: str) -> Any:
    """Open a clean workbook as a spreadsheet has it: what a formula fills is no content."""
    book: Any = openpyxl.load_workbook(io.BytesIO(clean(route)))
    for sheet in book.worksheets:
        filled = [c.value.ref for c in sheet._cells.values() if isinstance(c.value, ArrayFormula)]
        for area in filled:
            for at in [at for row in rows_from_range(area) for at in row][1:]:
                sheet[at].value = None
    return book


@lru_cache
def clean_values(route: str) -> Values:
    """Return the stored values of a clean workbook."""
    book = openpyxl.load_workbook(io.BytesIO(clean(route)), data_only=True)
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book.worksheets}


@lru_cache
def clean_contents(route: str) -> dict[Spot, Any]:
    """Return what stands in every cell of a clean workbook."""
    return contents(opened(route))


@lru_cache(maxsize=1)
def mutated(kind: str, route: str, number: int) -> tuple[bytes, Injected, set[str]]:
    """Inject one error; give the file, what was done and all cells that it changed."""
    rng = random.Random(f"{SEED} {kind} {route} {number}")
    book = opened(route)
    error = KINDS[kind](book, rng)
    before, after = clean_contents(route), contents(book)
    changed = {at for at in before.keys() | after.keys() if before.get(at) != after.get(at)}
    told = {f"{sheet}!{get_column_letter(column)}{row}" for sheet, row, column in changed}
    content = saved(book)
    values = (
        clean_values(route)
        if kind in WITHOUT_CALCULATION
        else calculate(MODEL, book, ROUTES[route], content)
    )
    if kind == "stale":
        told |= set(differing(values, calculate(MODEL, book, ROUTES[route], content)))
    return with_values(book, content, values), error, told | error.cells


def differing(one: Values, other: Values) -> Iterator[str]:
    """Return the cells whose values differ."""
    for title, rows in one.items():
        for row, (line, changed) in enumerate(zip(rows, other[title], strict=True), 1):
            for column, (value, new) in enumerate(zip(line, changed, strict=True), 1):
                if value != new:
                    yield f"{title}!{get_column_letter(column)}{row}"


def contents(book: Any) -> dict[Spot, Any]:
    """Return what stands in every cell."""
    return {
        (sheet.title, *at): text_of(cell) or cell.value
        for sheet in book.worksheets
        for at, cell in sheet._cells.items()
        if cell.value is not None
    }


def with_values(book: Any, content: bytes, values: Values) -> bytes:
    """Put values into the formula cells of a saved workbook, as a spreadsheet saves it."""
    out = io.BytesIO()
    parts = {f"xl/worksheets/sheet{n}.xml": s.title for n, s in enumerate(book.worksheets, 1)}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name in parts:
                part = _with_values(part, values.get(parts[name], []))
            new.writestr(name, part)
    return out.getvalue()


def _with_values(part: bytes, rows: list[list[Any]]) -> bytes:
    root = etree.fromstring(part)
    filled = {
        at
        for formula in root.iter(f"{MAIN}f")
        if formula.get("t") == "array"
        for row in rows_from_range(formula.get("ref"))
        for at in row
    }
    for cell in root.iter(f"{MAIN}c"):
        if cell.find(f"{MAIN}f") is None and cell.get("r") not in filled:
            continue
        row, column = openpyxl.utils.cell.coordinate_to_tuple(cell.get("r"))
        line = rows[row - 1] if len(rows) >= row else []
        value = line[column - 1] if len(line) >= column else None
        for old in cell.findall(f"{MAIN}v"):
            cell.remove(old)
        cell.attrib.pop("t", None)
        if value is None and cell.find(f"{MAIN}f") is None:
            continue  # blank: an empty text would be a value to calculate with
        if isinstance(value, bool):
            cell.set("t", "b")
            value = int(value)
        elif isinstance(value, str) or value is None:
            is_error = str(value or "").startswith("#")
            cell.set("t", "e" if is_error else "str")
        etree.SubElement(cell, f"{MAIN}v").text = "" if value is None else str(value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
