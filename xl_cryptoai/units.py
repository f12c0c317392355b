"""Units of the model's figures: their names, their natural limits, how people read them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Attributes
    ----------
    id : str
        Name in the data files.
    label : str
        Words for a reader; a share continues with what it is a share of.
    lower, upper : float
        No figure in this unit can lie outside, whatever its own bounds say.
    whole : bool
        Only whole numbers make sense.
    """

    id: str
    label: str
    lower: float = 0.0
    upper: float = 1e21
    whole: bool = False


CHOICE = "choice"
SHARES = ("share", "share_per_year")
"""Units whose figures are fractions, which people write in percent."""

SAME = 1e-14
"""Relative difference up to which two inputs are the same: some programs store 15 digits."""

UNITS: dict[str, Unit] = {
    unit.id: unit
    for unit in (
        Unit("year", "year", 1900, 2200, whole=True),
        Unit("share", "share", 0.0, 1.0),
        Unit("share_per_year", "per year", 0.0, 1.0),
        Unit("multiple", "multiple", 0.0, 1e6),
        Unit("usd_per_year", "USD/year"),
        Unit("count", "count", whole=True),
        Unit("correlation", "rank correlation", -1.0, 1.0),
        Unit(CHOICE, "choice"),
    )
}

_MAGNITUDES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def label_of(unit: str, of: str = "") -> str:
    """Say a unit in words, with what the figure is a share or multiple of.

    >>> label_of("share", "TAM")
    'share of TAM'
    >>> label_of("usd_per_year")
    'USD/year'
    """
    words = UNITS[unit].label
    return f"{words} of {of}" if of else words


def read_as(value: float | str, unit: str, digits: int = 4) -> str:
    """Write a figure as a person reads it; the full value stays with the caller.

    >>> read_as(5.85e12, "usd_per_year")
    '5.850T'
    >>> read_as(0.33, "share"), read_as(2030, "year"), read_as(1.5, "multiple")
    ('33%', '2030', '1.5x')
    """
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return str(value)
    if unit == "year":
        return f"{value:.0f}"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "correlation":
        return f"{value:.{digits}g}"
    if unit in SHARES:
        return f"{value * 100:.{digits}g}%"
    if unit == "multiple":
        return f"{value:.{digits}g}x"
    for size, letter in _MAGNITUDES:
        # compare what would be shown: 999.96 million is written 1.000B, not 1000.0M
        if float(f"{abs(value):.{digits - 1}e}") >= size:
            scaled = value / size
            whole_digits = len(str(int(float(f"{abs(scaled):.{digits - 1}e}"))))
            return f"{scaled:.{max(digits - whole_digits, 0)}f}{letter}"
    return f"{value:,.{digits}g}"


def is_number(value: object) -> bool:
    """Whether a value of a file or cell is a number; TRUE is none, though Python takes it for 1.

    >>> is_number(1), is_number(1.5), is_number(True), is_number("1")
    (True, True, False, False)
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_change(amount: float, unit: str) -> str:
    """Write a difference with its sign; a true minus, as wide as the plus.

    >>> read_change(5e6, "usd_per_year"), read_change(-5e6, "usd_per_year").isascii()
    ('+5.000M', False)
    """
    return ("+" if amount >= 0 else "\N{MINUS SIGN}") + read_as(abs(amount), unit)


def same_value(one: Any, other: Any) -> bool:
    """Compare two contents of cells as saved files can; TRUE is not 1."""
    if is_number(one) and is_number(other):
        return math.isclose(one, other, rel_tol=SAME)
    return type(one) is type(other) and bool(one == other)
