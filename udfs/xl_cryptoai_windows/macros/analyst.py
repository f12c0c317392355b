"""The analyst's workbook: the selected cell, and a copy that is read as any file is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from xl_cryptoai.auditing.audit import SUFFIXES
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.reading.book import Book, Place, open_book
from xl_cryptoai_windows.macros.excel import save_copy


def selected(book: Any) -> Any:
    """Return the first selected cell, an xlwings Range.

    Raises
    ------
    FileRefusedError
        If something else is selected, such as a chart.
    """
    chosen = book.selection
    if chosen is None:
        raise FileRefusedError(f"no cell of {book.name} is selected; select one and click again")
    return chosen.sheet.range((chosen.row, chosen.column))


def place_of(cell: Any) -> Place:
    """Return where an xlwings cell is."""
    return Place(cell.sheet.name, cell.row, cell.column)


def read_copy(book: Any) -> Book:
    """Read the workbook as it stands, saved or not; the analyst's file is not touched.

    Excel saves a copy into a private folder, which is removed before this returns.

    Raises
    ------
    FileRefusedError
        For a workbook in another format than .xlsx or .xlsm, or one that cannot be read.
    """
    name = book.name if book.name.lower().endswith(SUFFIXES) else f"{book.name}.xlsx"
    with tempfile.TemporaryDirectory(prefix="xl-cryptoai-") as folder:
        path = Path(folder) / Path(name).name
        save_copy(book, path)
        content = path.read_bytes()
    return open_book(Path(name), content, or_else=model_in_use)


def read_file(path: Path) -> Book:
    """Read another workbook, from its file."""
    return open_book(path, or_else=model_in_use)
