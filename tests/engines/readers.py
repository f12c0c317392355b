"""Programs of others that read workbooks, each as a function: cells by sheet and address.

What a program takes for a blank is left out, and so is an empty text: some programs make no
difference between the two.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas
import polars
from lxml import etree
from openpyxl.utils import get_column_letter, rows_from_range
from xlsx_parts import read_parts

from engines.npm import packages_available, tools_folder
from engines.validators import MAIN

Cells = dict[tuple[str, str], Any]
"""Value by sheet and address."""

# xlsx is SheetJS: npm has 0.18.5, later versions are elsewhere. It has known weaknesses where files
# are made to harm; here it reads our own.
PACKAGES = {"exceljs": "exceljs@4.4.0", "xlsx": "xlsx@0.18.5"}
_SCRIPT = Path(__file__).with_name("_read_workbook.js")


def available(reader: str) -> str:
    """Say why a reader cannot be used; "" if it can."""
    if reader not in PACKAGES:
        return ""
    folder = tools_folder() / "node_modules"
    there = [folder / name / "package.json" for name in PACKAGES]
    return packages_available("exceljs and xlsx are", list(PACKAGES.values()), there)


def stored_values(path: Path) -> Cells:
    """Return what the file stores in every cell that a formula fills, read from its XML alone."""
    parts = read_parts(path)
    book = etree.fromstring(parts["xl/workbook.xml"])
    cells: Cells = {}
    for number, sheet in enumerate(book.iter(f"{MAIN}sheet"), start=1):
        root = etree.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        filled = {
            address
            for formula in root.iter(f"{MAIN}f")
            for row in rows_from_range(formula.get("ref") or formula.getparent().get("r"))
            for address in row
        }
        for cell in root.iter(f"{MAIN}c"):
            if cell.get("r") in filled:
                cells[sheet.get("name"), cell.get("r")] = _stored(cell)
    return cells


def _stored(cell: Any) -> Any:
    text = cell.findtext(f"{MAIN}v") or ""
    kind = cell.get("t", "n")
    return float(text) if kind == "n" else text == "1" if kind == "b" else text


def _in_node(library: str) -> Callable[[Path], Cells]:
    def read(path: Path) -> Cells:
        done = subprocess.run(
            ["node", str(_SCRIPT), library, str(path)],
            env={**os.environ, "NODE_PATH": str(tools_folder() / "node_modules")},
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return _without_blanks(
            {
                (sheet, address): value
                for sheet, cells in json.loads(done.stdout).items()
                for address, value in cells.items()
            }
        )

    return read


def _in_pandas(engine: Any) -> Callable[[Path], Cells]:
    def read(path: Path) -> Cells:
        frames = pandas.read_excel(
            path, sheet_name=None, header=None, engine=engine, dtype=object, keep_default_na=False
        )
        return _cells({name: frame.to_numpy().tolist() for name, frame in frames.items()})

    return read


def _in_polars(path: Path) -> Cells:
    # a column has one type, and a number in a column of texts loses digits: read as both
    numbers, texts = (
        polars.read_excel(
            path, sheet_id=0, has_header=False, engine="calamine",
            drop_empty_rows=False, drop_empty_cols=False,
            read_options={"dtypes": kind},
        )
        for kind in ("float", "string")
    )  # fmt: skip
    return {
        **_cells({name: frame.rows() for name, frame in texts.items()}),
        **_cells({name: frame.rows() for name, frame in numbers.items()}),
    }


def _cells(sheets: dict[str, Any]) -> Cells:
    return _without_blanks(
        {
            (sheet, f"{get_column_letter(column)}{number}"): value
            for sheet, rows in sheets.items()
            for number, row in enumerate(rows, start=1)
            for column, value in enumerate(row, start=1)
        }
    )


def _without_blanks(cells: Cells) -> Cells:
    return {at: value for at, value in cells.items() if value is not None and value != ""}


READERS: dict[str, Callable[[Path], Cells]] = {
    "pandas with openpyxl": _in_pandas("openpyxl"),
    "pandas with calamine": _in_pandas("calamine"),
    "polars": _in_polars,
    "xlsx": _in_node("xlsx"),
    "exceljs": _in_node("exceljs"),
}
"""Every program, by its name."""


def differences(expected: Cells, found: Cells) -> list[str]:
    """List the cells in which a program reads something else than the file stores."""
    return [
        f"{sheet}!{address}: {found.get((sheet, address))!r}, stored {value!r}"
        for (sheet, address), value in _without_blanks(expected).items()
        if not _same(found.get((sheet, address)), value)
    ]


def _same(found: Any, stored: Any) -> bool:
    if isinstance(stored, float):
        return isinstance(found, (int, float)) and not isinstance(found, bool) and found == stored
    return type(found) is type(stored) and found == stored
