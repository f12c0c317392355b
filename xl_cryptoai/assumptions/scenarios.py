"""What a scenario is, and the check that every value passes before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.errors import OutOfRangeError, WrongTypeError, quoted
from xl_cryptoai.units import CHOICE, SHARES, UNITS, read_as

VIEWS = ("published", "house")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case of the forecast.

    Attributes
    ----------
    id, label : str
        Its name everywhere, and as a person reads it.
    view : str
        Whose values it has: "published", the publication's where the assumption says so, or
        "house", our own.
    colour: str
        Of its line in charts, such as "#1f3a5f"; "" for the next one of the palette.
    """

    id: str
    label: str
    view: str
    colour: str = ""


class Quantity(Protocol):
    """What a value can be checked against: an assumption, or a setting."""

    @property
    def id(self) -> str:
        """Its name in messages."""

    @property
    def unit(self) -> str:
        """Its unit."""

    @property
    def lower(self) -> float:
        """Its smallest allowed value."""

    @property
    def upper(self) -> float:
        """Its largest allowed value."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts allowed for a choice."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is no assumption's value, such as a bound: its name, unit and limits."""

    id: str
    unit: str
    lower: float
    upper: float
    choices: tuple[str, ...] = ()


def check_value(entry: Quantity, value: ArrayLike) -> NDArray[np.float64] | NDArray[np.str_]:
    """Return the value as an array, or refuse what is no number or out of bounds.

    Raises
    ------
    WrongTypeError
        If it is not numeric, or not text for a choice.
    OutOfRangeError
        If any element is not finite, out of bounds, or broken where whole numbers are wanted.
    """
    given = np.asarray(value)
    if entry.unit == CHOICE:
        return _check_choice(entry, given)
    if given.dtype.kind not in "iuf":
        raise WrongTypeError(
            f"{entry.id} is {quoted(_first(given))}, but must be a number, {allowed(entry)}"
        )
    numbers = given.astype(np.float64)
    check_range(entry.id, numbers, entry.unit, entry.lower, entry.upper)
    return numbers


def check_range(
    name: str, numbers: NDArray[np.float64], unit: str, lower: float, upper: float
) -> None:
    """Refuse numbers outside a range, not finite, or broken where the unit wants whole ones."""
    good = (numbers >= lower) & (numbers <= upper)  # False for NaN
    if UNITS[unit].whole:
        good &= np.floor(numbers) == numbers
    if not good.all():
        first = float(numbers[~good][0])
        where = position_in_words(np.argwhere(~good)[0].tolist(), numbers.shape)
        ask = ""
        if unit in SHARES and first > upper and lower <= first / 100 <= upper:
            ask = f": did you mean {first:.15g}%, which is {first / 100:.15g}?"
        raise OutOfRangeError(
            f"{name}{where} is {first:.15g}; it must be {range_in_words(unit, lower, upper)}{ask}"
        )


def position_in_words(index: Sequence[int], shape: Sequence[int]) -> str:
    """Say where in an array an element stands, counted from 1; nothing for a single value.

    >>> position_in_words([1, 0], (3, 2)), position_in_words([], ())
    (' (row 2, column 1)', '')
    """
    if int(np.prod(shape)) == 1:
        return ""
    if len(shape) == 2:
        return f" (row {index[0] + 1}, column {index[1] + 1})"
    return f" (no. {index[0] + 1})"


def allowed(entry: Quantity) -> str:
    """Say an assumption's allowed values in words.

    >>> from xl_cryptoai import load_assumptions
    >>> allowed(load_assumptions()["ai_penetration"])
    '0.001 to 1 (0.1% to 100%)'
    """
    if entry.unit == CHOICE:
        *others, last = entry.choices
        return f"{', '.join(others)} or {last}" if others else last
    return range_in_words(entry.unit, entry.lower, entry.upper)


def range_in_words(unit: str, lower: float, upper: float) -> str:
    """Say a range as the number to type, and for shares and money also as a person reads it."""
    plain = f"{lower:g} to {upper:g}"
    if UNITS[unit].whole:
        return f"{lower:.0f} to {upper:.0f}, a whole number"
    read = f"{read_as(lower, unit)} to {read_as(upper, unit)}"
    return plain if unit in ("multiple", "correlation") else f"{plain} ({read})"


def _check_choice(entry: Quantity, given: NDArray[np.generic]) -> NDArray[np.str_]:
    if given.dtype.kind not in "US" and not all(isinstance(item, str) for item in given.flat):
        raise WrongTypeError(f"{entry.id} is {quoted(_first(given))}, but must be {allowed(entry)}")
    texts = given.astype(np.str_)
    wrong = texts[~np.isin(texts, entry.choices)]
    if wrong.size:
        raise OutOfRangeError(f"{entry.id} is {quoted(str(wrong[0]))}; it must be {allowed(entry)}")
    return texts


def _first(given: NDArray[np.generic]) -> object:
    return given.flat[0].item() if given.dtype.kind != "O" else given.flat[0]
