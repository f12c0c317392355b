"""Compares two workbooks: by assumption, by formula, by structure, and why the result moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xl_cryptoai.comparing.carrier import Carrier
from xl_cryptoai.comparing.cells import cell_changes
from xl_cryptoai.comparing.inputs import input_changes, log_changes, result_changes
from xl_cryptoai.comparing.records import (
    BookDiff,
    CellChange,
    InputChange,
    ResultChange,
    Side,
    StructureChange,
)
from xl_cryptoai.comparing.structure import structure_changes
from xl_cryptoai.errors import CryptoAIError, UnknownNameError
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.reading.alignment import overlay, pair_sheets
from xl_cryptoai.reading.book import Book, open_book
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.risk.attribution import Attribution, attribute

__all__ = [
    "BookDiff",
    "CellChange",
    "InputChange",
    "ResultChange",
    "StructureChange",
    "diff_workbooks",
]


def diff_workbooks(before: Path, after: Path, result: str = "total") -> BookDiff:
    """Compare two workbooks of ours.

    Formulas are compared with their references carried back over inserted, deleted and moved rows
    and columns and renamed sheets, so that only those are reported that say something else.

    Parameters
    ----------
    before, after : Path
        The old and the new workbook.
    result : str
        Id of the step whose change is attributed.

    Returns
    -------
    BookDiff
        All that differs.

    Raises
    ------
    FileRefusedError
        If one of them cannot be opened or is no workbook of ours.
    UnknownNameError
        If no step has this id.
    """
    return diff_books(open_book(before), open_book(after), result)


def diff_books(before: Book, after: Book, result: str = "total") -> BookDiff:
    """Compare two workbooks that are open already; see `diff_workbooks`."""
    if result not in STEPS:
        raise UnknownNameError(f"no step is called {result!r}; known are {', '.join(STEPS)}")
    old, new = _sides(before, after)
    added, removed = log_changes(old, new)
    attribution, reason = _attribution(old, new, result)
    return BookDiff(
        before.path,
        after.path,
        input_changes(old, new),
        cell_changes(old, new),
        structure_changes(old, new),
        result_changes(old, new),
        added,
        removed,
        attribution,
        reason,
    )


def _sides(before: Book, after: Book) -> tuple[Side, Side]:
    """Read both workbooks and lay their sheets over each other."""
    inputs = [read_book(book) for book in (before, after)]
    sheets = pair_sheets(before.worksheets, after.worksheets)
    overlays = {
        new: overlay(before.worksheets[old], after.worksheets[new]) for new, old in sheets.items()
    }
    kept = {
        sheets[new]: replace(laid, rows=laid.rows.kept(), columns=laid.columns.kept())
        for new, laid in overlays.items()
    }
    return (
        Side(before, inputs[0], Carrier({}, kept)),
        Side(after, inputs[1], Carrier(sheets, overlays)),
    )


def _attribution(before: Side, after: Side, result: str) -> tuple[Attribution | None, str]:
    """Attribute the change of the result, or say why that cannot be done."""
    try:
        return attribute(before.inputs.live(), after.inputs.live(), result), ""
    except CryptoAIError as error:
        return None, str(error)
