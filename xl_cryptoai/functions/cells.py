"""Between raw cell values and arrays: nothing is converted silently.

Hosts hand over a single value, a row as a flat sequence, or rows as a sequence of sequences.
Text is never read as a number, a blank never as zero, a logical value never as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.scenarios import position_in_words
from xl_cryptoai.errors import (
    EXCEL_ERRORS,
    CryptoAIError,
    OutOfRangeError,
    PropagatedError,
    ShapeMismatchError,
    WrongTypeError,
    quoted,
)

Raw = Any
"""What a host hands over for one argument."""

Answer = float | str | list[list[Any]]
"""A single value, or rows of values."""

Cells = list[list[Any]]

_COM_ERRORS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
    2051: "#BUSY!",
    2052: "#PYTHON!",
}
"""Excel's errors by their number, as VBA's CVErr takes it (XlCVError in Excel's object model)."""
_COM_BASE = -2146828288
"""Windows hands over an error cell as a whole number: this one (0x800A0000) plus the error's."""
_COM_LAST = 2099
"""Errors that a later Excel adds will be numbered up to here; a plain number comes as a float."""

_KNOWN_ERRORS = frozenset(_COM_ERRORS.values())

_NUMBERS = frozenset({float, int, np.float64})
_LARGEST = 10**308
"""A whole number beyond it is no float."""
_WRAPPED = ("FormattedNumber", "Double", "String", "Boolean")
"""Types under which Office.js wraps a plain value, such as a date with its format."""


def rows_of(raw: Raw) -> tuple[Cells, bool]:
    """Turn a raw argument into rows of cells, and say whether it was a single value."""
    if not isinstance(raw, (list, tuple)):
        return [[raw]], True
    if not {type(line) for line in raw} & {list, tuple}:
        return [list(raw)], len(raw) == 1
    rows = [[*line] if type(line) in (list, tuple) else [line] for line in raw]
    return rows, len(rows) == 1 and len(rows[0]) == 1


def numbers_of(name: str, raw: Raw, wanted: str) -> NDArray[np.float64]:
    """Read an argument as numbers.

    Parameters
    ----------
    name : str
        The argument, for the message.
    raw : object
        What the host handed over.
    wanted : str
        The allowed values in words, for the message.

    Returns
    -------
    array of float
        Shape () for a single value, else rows and columns.

    Raises
    ------
    WrongTypeError
        For text, a blank or a logical value, with its position.
    PropagatedError
        If a cell holds an Excel error: the answer is the same error.
    """
    if type(raw) in _NUMBERS and (type(raw) is not int or 0 <= raw < _LARGEST):
        return np.asarray(raw, dtype=np.float64)
    rows, single = rows_of(raw)
    kinds = {type(cell) for row in rows for cell in row}
    if dict in kinds:
        rows = [[_unwrapped(cell) for cell in row] for row in rows]
        kinds = {type(cell) for row in rows for cell in row}
    if not kinds <= _NUMBERS or (int in kinds):
        _refuse_other(name, rows, wanted)
    table = _rectangle(name, rows)
    return np.asarray(table, dtype=np.float64).reshape(() if single else (len(rows), -1))


def texts_of(name: str, raw: Raw, wanted: str) -> NDArray[np.str_]:
    """Read an argument as texts, by the same rules as `numbers_of`; a blank is refused."""
    rows, single = rows_of(raw)
    rows = [[_unwrapped(cell) for cell in row] for row in rows]
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if not isinstance(cell, str) or not cell or cell in _KNOWN_ERRORS:
                where = position_in_words([i, j], (len(rows), len(row)))
                raise _refusal(f"{name}{where}", cell, wanted)
    return np.asarray(_rectangle(name, rows)).reshape(() if single else (len(rows), -1))


def is_blank(cell: object) -> bool:
    """Return whether a cell is blank: hosts say None, an empty text or NaN."""
    return (
        cell is None
        or (isinstance(cell, str) and not cell)
        or (isinstance(cell, float) and np.isnan(cell))
    )


def common_shape(arrays: Sequence[tuple[str, NDArray[Any]]]) -> tuple[int, ...]:
    """Find the one shape of all ranges among the arguments; single values fit any.

    Raises
    ------
    ShapeMismatchError
        Naming two arguments whose shapes differ.
    """
    shape: tuple[int, ...] = ()
    first = ""
    for name, array in arrays:
        if array.ndim and not shape:
            shape, first = array.shape, name
        elif array.ndim and array.shape != shape:
            raise ShapeMismatchError(
                f"{name} has {_size(array.shape)}, but {first} has {_size(shape)}; "
                "give ranges of one shape, or single values"
            )
    return shape


def to_cells(result: NDArray[Any], shape: tuple[int, ...]) -> Answer:
    """Turn a result into raw cells in the arguments' shape."""
    answer = np.broadcast_to(result, shape).tolist()
    return answer if shape else float(answer)


def _refuse_other(name: str, rows: Cells, wanted: str) -> None:
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if type(cell) not in _NUMBERS or excel_error_in(cell) or abs(cell) > _LARGEST:
                where = position_in_words([i, j], (len(rows), len(row)))
                raise _refusal(f"{name}{where}", cell, wanted)


def _refusal(place: str, cell: object, wanted: str) -> CryptoAIError:
    error = excel_error_in(cell)
    if error:
        return PropagatedError(
            f"{place} is the error {error}; fix that cell first", classic_error(error)
        )
    if is_blank(cell):
        return WrongTypeError(f"{place} is blank; it must be {wanted}")
    if isinstance(cell, bool):
        return WrongTypeError(f"{place} is {str(cell).upper()}; it must be {wanted}")
    if isinstance(cell, dict):
        return WrongTypeError(f"{place} is a data type, not a plain value; it must be {wanted}")
    kind = "the text " if isinstance(cell, str) else ""
    error_type = OutOfRangeError if type(cell) is int else WrongTypeError
    return error_type(f"{place} is {kind}{quoted(cell)}; it must be {wanted}")


def excel_error_in(cell: object) -> str:
    """Return the Excel error that a cell holds, however its host hands it over; else nothing."""
    if isinstance(cell, dict):  # {"type": "Error", "kind": "Div"}; Office.js says "basicValue"
        if str(cell.get("type")).lower() != "error":
            return ""
        kind = next((cell[key] for key in ("kind", "basicValue", "value") if key in cell), "Value")
        known = {_letters(error): error for error in _COM_ERRORS.values()}
        return known.get(_letters(str(kind)), "#VALUE!")
    if isinstance(cell, str):
        return cell if cell in _KNOWN_ERRORS else ""
    if type(cell) is int and min(_COM_ERRORS) <= (number := cell - _COM_BASE) <= _COM_LAST:
        return _COM_ERRORS.get(number, f"number {number}")
    return ""


def classic_error(error: str) -> str:
    """Return the error itself, or #VALUE! for a newer one: neither functions nor files have those.

    >>> classic_error("#N/A"), classic_error("#SPILL!")
    ('#N/A', '#VALUE!')
    """
    return error if error in EXCEL_ERRORS else "#VALUE!"


def _letters(error: str) -> str:
    return error.strip("#!?").replace("/", "").replace("_", "").rstrip("0").lower()


def _unwrapped(cell: object) -> object:
    wrapped = isinstance(cell, dict) and cell.get("type") in _WRAPPED
    return cell.get("basicValue") if wrapped else cell  # type: ignore[attr-defined]


def _rectangle(name: str, rows: Cells) -> Cells:
    if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise ShapeMismatchError(f"{name} is not a rectangle of cells; give one range")
    return rows


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} x {shape[1]} cells"
