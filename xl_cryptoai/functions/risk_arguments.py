"""Reads the arguments of the risk functions: whatever cannot be used is named with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.catalogue import NO_EFFECT
from xl_cryptoai.assumptions.scenarios import allowed, check_range, check_value
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.assumptions.uncertainty import CUT, SHAPES
from xl_cryptoai.errors import (
    CryptoAIError,
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
    WrongTypeError,
    quoted,
)
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions.blocks import is_left_out, line_of
from xl_cryptoai.functions.cells import Raw, is_blank, numbers_of, rows_of, texts_of
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import CHOICE

if TYPE_CHECKING:
    from xl_cryptoai.risk import Distribution

Matrix = NDArray[np.float64]

DISTRIBUTION_COLUMNS = ("id", "shape", "low", "most likely", "high")
MODE_COLUMN = DISTRIBUTION_COLUMNS.index("most likely")
AN_ID = "the id of an assumption"
ROUNDED = 1e-10
"""How far a correlation may be off 1 on the diagonal, or off its mirror image."""


def distributions_of(model: Model, raw: Raw) -> dict[str, Distribution]:
    """Read rows of id, shape, low, most likely and high; rows with a blank id are skipped."""
    rows, _ = rows_of(raw)
    wide = next((len(row) for row in rows if len(row) != len(DISTRIBUTION_COLUMNS)), None)
    if wide is not None:
        raise ShapeMismatchError(
            f"distributions has {wide} columns; give {', '.join(DISTRIBUTION_COLUMNS)}"
        )
    found: dict[str, Distribution] = {}
    for number, row in enumerate(rows, start=1):
        if is_blank(row[0]):
            continue
        made = _distribution(model, f"distributions (row {number}", row)
        if made.id in found:
            raise UnknownNameError(
                f"distributions (row {number}, column 1) has {quoted(made.id)} again; give it once"
            )
        found[made.id] = made
    if not found:
        raise UnknownNameError("distributions has no row with an id; give a row an assumption")
    return found


def _distribution(model: Model, place: str, row: Sequence[Raw]) -> Distribution:
    from xl_cryptoai.risk.distributions import make

    entry = assumption_of(model, f"{place}, column 1)", row[0])
    if entry.uncertainty is None:
        why = "does not move the total" if entry.effect == NO_EFFECT else f"is a {entry.unit}"
        raise WrongTypeError(
            f"{place}, column 1): {entry.id} {why}, so it has no distribution; leave the row out"
        )
    shape = known_text(f"{place}, column 2), shape of {entry.id},", row[1], SHAPES)
    ends: list[float | None] = []
    for column in range(2, len(DISTRIBUTION_COLUMNS)):
        if column == MODE_COLUMN and shape in CUT and is_blank(row[column]):
            ends.append(None)  # low and high settle it
            continue
        what = f"{place}, column {column + 1}), {DISTRIBUTION_COLUMNS[column]} of {entry.id},"
        end = numbers_of(what, row[column], allowed(entry))
        check_range(what, end, entry.unit, entry.lower, entry.upper)
        ends.append(float(end))
    low, mode, high = ends
    assert low is not None and high is not None
    try:
        return make(entry, shape, low, mode, high)
    except CryptoAIError as refusal:  # says what, but cannot know where
        raise type(refusal)(f"{place}): {refusal}") from None


def correlations_of(model: Model, raw: Raw, ids: Sequence[str]) -> Matrix | None:
    """Read rank correlations in the order of the ids; None if they are left out.

    Raises
    ------
    CryptoAIError
        Also for a matrix that is not positive semidefinite, naming the function that returns the
        nearest one that is.
    """
    from xl_cryptoai.risk.correlation import check_correlation

    if is_left_out(raw):
        return None
    matrix = matrix_of(raw, ids)
    try:
        return check_correlation(matrix, ids)
    except OutOfRangeError as refusal:
        raise OutOfRangeError(
            f"correlations: {refusal}; {name_of(model, 'nearest_correlation')} gives the nearest "
            "matrix in cells"
        ) from None


def matrix_of(raw: Raw, ids: Sequence[str]) -> Matrix:
    """Read a square of numbers from -1 to 1, symmetric and with 1 on its diagonal."""
    matrix = np.atleast_2d(numbers_of("correlations", raw, "-1 to 1"))
    if matrix.shape != (len(ids), len(ids)):
        raise ShapeMismatchError(
            f"correlations has {matrix.shape[0]} x {matrix.shape[1]} cells; give a row and a "
            f"column for each of the {len(ids)} ids, in their order"
        )
    check_range("correlations", matrix, "multiple", -1.0, 1.0)
    for wrong, fix in (
        (np.diag(np.abs(np.diag(matrix) - 1) > ROUNDED), "each has 1 with itself"),
        (np.abs(matrix - matrix.T) > ROUNDED, "the cell across the diagonal must be equal"),
    ):
        for i, j in np.argwhere(wrong)[:1].tolist():
            raise OutOfRangeError(
                f"correlations (row {i + 1}, column {j + 1}), {ids[i]} with {ids[j]}, is "
                f"{matrix[i, j]:.15g}; {fix}"
            )
    return matrix


def ids_of(model: Model, raw: Raw) -> list[str]:
    """Read a line of ids of assumptions, passing over blank cells."""
    cells = [cell for cell in line_of("ids", raw) if not is_blank(cell)]
    if not cells:
        raise UnknownNameError("ids is blank; give the ids of the correlations' rows")
    names = [assumption_of(model, "ids", cell).id for cell in cells]
    for name in names:
        if names.count(name) > 1:
            raise UnknownNameError(f"ids has {quoted(name)} twice; give each once")
    return names


def assumption_of(model: Model, name: str, raw: Raw) -> Assumption:
    """Read the id of an assumption and give the assumption."""
    text = one_text(name, raw, AN_ID)
    try:
        return model.assumptions[model.assumptions.id_of(text)]
    except UnknownNameError as refusal:  # says what, but cannot know where
        raise UnknownNameError(f"{name}: {refusal}") from None


def axis_of(name: str, entry: Assumption, raw: Raw) -> list[Any]:
    """Read a line of values of one assumption, for a grid."""
    line_of(name, raw)  # refuses a block
    read = texts_of if entry.unit == CHOICE else numbers_of
    values: NDArray[Any] = read(name, raw, allowed(entry))
    if entry.unit == CHOICE:
        check_value(entry, values)
    else:
        check_range(name, values, entry.unit, entry.lower, entry.upper)
    line: list[Any] = values.ravel().tolist()
    return line


def one_text(name: str, raw: Raw, wanted: str) -> str:
    """Read one cell as text."""
    texts = texts_of(name, raw, wanted)
    if texts.ndim:
        raise ShapeMismatchError(f"{name} has {texts.size} cells; give one cell")
    return str(texts)


def one_of(name: str, raw: Raw, default: str, known: Sequence[str]) -> str:
    """Read one of the known words; the default if it is left out."""
    return default if is_left_out(raw) else known_text(name, raw, known)


def known_text(name: str, raw: Raw, known: Sequence[str]) -> str:
    """Read one cell as one of the known words."""
    text = one_text(name, raw, ", ".join(known))
    return name_meant(text, "choice", dict.fromkeys(known), f"{name} is {quoted(text)}")


def whole_number(name: str, raw: Raw, default: int, least: int, most: int) -> int:
    """Read one whole number, which Excel hands over as 16384.0; the default if it is left out."""
    if is_left_out(raw):
        return default
    wanted = f"{least} to {most}, a whole number"
    number = one_number(name, raw, wanted)
    if not (number.is_integer() and least <= number <= most):
        raise OutOfRangeError(f"{name} is {number:.15g}; it must be {wanted}")
    return int(number)


def amount_of(name: str, raw: Raw, default: float | None = None) -> float:
    """Read an amount of USD a year; the default, if there is one, where it is left out."""
    if default is not None and is_left_out(raw):
        return default
    wanted = "an amount of USD a year, 0 or more"
    number = one_number(name, raw, wanted)
    if not 0 <= number < np.inf:
        raise OutOfRangeError(f"{name} is {number:.15g}; it must be {wanted}")
    return number


def one_number(name: str, raw: Raw, wanted: str) -> float:
    """Read one cell as a number."""
    numbers = numbers_of(name, raw, wanted)
    if numbers.ndim:
        raise ShapeMismatchError(f"{name} has {numbers.size} cells; give one cell")
    return float(numbers)
