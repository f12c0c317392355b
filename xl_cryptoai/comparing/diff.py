"""Compares two workbooks: by assumption, by formula, by structure, and why the result moved."""

from __future__ import annotations

from xl_cryptoai.comparing.cells import cell_changes
from xl_cryptoai.comparing.inputs import input_changes, log_changes, result_changes
from xl_cryptoai.comparing.records import BookDiff
from xl_cryptoai.comparing.sides import Side, sides_of
from xl_cryptoai.comparing.structure import structure_changes
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.attribution import Attribution, attribute
from xl_cryptoai.reading.book import Book, one_model
from xl_cryptoai.reading.findings import Finding
from xl_cryptoai.reading.record import UnusableInputError


def diff_books(before: Book, after: Book, result: str = "total") -> BookDiff:
    """Compare two workbooks of ours.

    Formulas are compared with their references translated over inserted, deleted and moved rows
    and columns and renamed sheets, so that only those are reported that refer to something else.

    Parameters
    ----------
    before, after : Book
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
        If one of them is no workbook of ours, or a part of it cannot be read.
    UnknownNameError
        If no step has this id.
    """
    result = one_model([before, after]).step(result).id
    old, new = sides_of(before, after)
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


def _attribution(
    before: Side, after: Side, result: str
) -> tuple[Attribution | None, Finding | str]:
    """Attribute the change of the result; or the error that prevents it."""
    try:
        return attribute(before.book.model, before.inputs.live(), after.inputs.live(), result), ""
    except UnusableInputError as error:
        return None, error.finding
    except CryptoAIError as error:
        return None, str(error)
