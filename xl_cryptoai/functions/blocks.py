"""Reads ids with the values beside them: the block of cells that whole-forecast functions take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.catalogue import NO_EFFECT
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions.cells import Cells, Raw, is_blank, rows_of, texts_of
from xl_cryptoai.functions.step_functions import read_argument


def is_left_out(raw: Raw) -> bool:
    """Return whether an optional argument was left out: hosts hand over None or blank cells."""
    return all(is_blank(cell) for row in rows_of(raw)[0] for cell in row)


def is_left_out_cell(raw: Raw) -> bool:
    """Return whether an argument was left out, or is one blank cell; blank ranges are ranges."""
    return rows_of(raw)[1] and is_left_out(raw)


def block_of(model: Model, ids: Raw, values: Raw) -> tuple[list[str], Cells]:
    """Pair a line of ids with their rows of values, passing over rows without an id."""
    line = line_of("ids", ids)
    table, _ = rows_of(values)
    if len(rows_of(ids)[0]) == 1 and len(line) > 1 and len(table) == 1:
        table = [[cell] for cell in table[0]]
    if len(table) != len(line):
        raise ShapeMismatchError(
            f"values has {len(table)} rows, but ids has {len(line)} cells; give the same number "
            "of both"
        )
    pairs = [(cell, row) for cell, row in zip(line, table, strict=True) if not is_blank(cell)]
    texts = [str(texts_of("ids", cell, "the id of an assumption or step")) for cell, _ in pairs]
    names = [model.id_of(text) for text in texts]
    if not names:
        raise UnknownNameError("ids is blank; give the ids beside the values")
    for name in names:
        if names.count(name) > 1:
            raise UnknownNameError(f"ids has {quoted(name)} twice; give each once")
    return names, [row for _, row in pairs]


def line_of(name: str, raw: Raw) -> list[Any]:
    """Return the cells of a single row or column; a block is refused."""
    rows, _ = rows_of(raw)
    if len(rows) > 1 and any(len(row) != 1 for row in rows):
        raise ShapeMismatchError(f"{name} must be a single row or column")
    return [cell for row in rows for cell in row]


def cases_of(model: Model, ids: Raw, values: Raw) -> dict[str, NDArray[Any]]:
    """Read a value for every assumption in each of one or more cases, one column a case.

    What does not move the total may be left out; it then stands as in the base case.
    """
    names, table = block_of(model, ids, values)
    missing = [
        name
        for name, entry in model.assumptions.items()
        if name not in names and entry.effect != NO_EFFECT
    ]
    if missing:
        raise UnknownNameError(f"ids lacks {', '.join(missing)}; give every assumption")
    inputs = {
        name: read_argument(model, name, [row]).reshape(-1)
        for name, row in zip(names, table, strict=True)
    }
    for name, entry in model.assumptions.items():
        if name not in inputs:  # it shapes the path by year, which few ask for
            inputs[name] = np.asarray([entry.base])
    check_constraints(model.constraints, inputs)
    return inputs


def case_of(model: Model, ids: Raw, values: Raw) -> dict[str, Value]:
    """Read a value for every assumption, in one column.

    Returns
    -------
    dict of id to value
        In the order of the ids; for a forecast's `overrides`.
    """
    inputs = cases_of(model, ids, values)
    width = max(array.size for array in inputs.values())
    if width > 1:
        raise ShapeMismatchError(f"values has {width} columns; give one, such as the live case")
    return {name: array.item() for name, array in inputs.items()}


def case_or_base(model: Model, ids: Raw, values: Raw) -> dict[str, Value]:
    """Read a case as `case_of` does; nothing, which is the base case, if both are left out."""
    blank = [name for name, raw in (("ids", ids), ("values", values)) if is_left_out(raw)]
    if len(blank) == 1:
        raise ShapeMismatchError(
            f"{blank[0]} is blank; give both ids and values, or neither for the base case"
        )
    return {} if blank else case_of(model, ids, values)
