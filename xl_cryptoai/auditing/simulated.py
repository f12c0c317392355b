"""How near a stored figure of a simulation must be to what Python computes for it.

A simulation reads quantiles from tables that are exact to a millionth of the value, and multiplies
several of them. So its figures claim no more than that, and a figure that another machine computed
is held to it. Sums of the forecast itself are held to the last digits by their own rules.
"""

from __future__ import annotations

import math
import re
from typing import Any

from xl_cryptoai.units import is_number

CALL = re.compile(r"[A-Z0-9]+[_.](?:SIMULATE|HISTOGRAM|DEPENDENCE|SENSITIVITY)\(", re.IGNORECASE)
EXACT = 1e-5
"""Relative; a standard error is held to this part of the figure that it belongs to."""
ERROR = "_se"
"""Ends the head of a standard error, which stands right of its figure."""


def agrees(stored: Any, rows: list[list[Any]], row: int, column: int) -> bool:
    """Whether a stored figure is that of a simulation's table, within what the table claims.

    Parameters
    ----------
    stored : object
        What the cell holds.
    rows : list of list
        The table as Python computes it, its head first.
    row, column : int
        Which figure of it, counted from 0.
    """
    wanted = rows[row][column]
    if not (is_number(stored) and is_number(wanted)):
        return str("" if stored is None else stored) == str("" if wanted is None else wanted)
    beside = 0.0
    if str(rows[0][column]).endswith(ERROR) and isinstance(rows[row][column - 1], (int, float)):
        beside = abs(float(rows[row][column - 1]))
    return math.isclose(stored, wanted, rel_tol=EXACT, abs_tol=EXACT * beside)
