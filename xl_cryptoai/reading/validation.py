"""Validates what stands in an input cell: a usable value, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.scenarios import Quantity, check_value
from xl_cryptoai.assumptions.typed_text import readings
from xl_cryptoai.errors import EXCEL_ERRORS, CryptoAIError
from xl_cryptoai.reading.findings import Fault, Kind
from xl_cryptoai.units import CHOICE, SHARES

BLANK = Kind("input_blank", "unit", "lower", "upper", "choices")
LOGICAL = Kind("input_logical", "value", "unit", "lower", "upper", "choices")
DATE = Kind("input_date", "value", "unit", "lower", "upper", "choices")
NUMBER_FOR_CHOICE = Kind("input_number_for_choice", "value", "choices")
OUT_OF_BOUNDS = Kind("input_out_of_bounds", "value", "unit", "lower", "upper")
PERCENT = Kind("input_percent", "value", "fraction", "unit", "lower", "upper")
ERROR_VALUE = Kind("input_error_value", "value", "unit", "lower", "upper", "choices")
SPACES = Kind("input_spaces")
MISSPELT = Kind("input_misspelt", "value", "spelling")
NO_CHOICE = Kind("input_no_choice", "value", "choices")
TEXT = Kind("input_text", "value", "unit", "lower", "upper")
NUMBER_AS_TEXT = Kind("input_number_as_text", "value", "numbers")


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """A usable value, or what is wrong with the content; a blank that is allowed has neither."""

    value: Value | None = None
    fault: Fault | None = None


def validate(entry: Quantity, content: Any, *, may_be_blank: bool = False) -> ValidationResult:
    """Validate the content of an input cell; nothing is repaired.

    Parameters
    ----------
    entry : Quantity
        What the cell stands for.
    content : object
        What a reader of the file gives for the cell.
    may_be_blank : bool
        Whether a blank means "nothing is overridden".

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> validate(load_assumptions()["ai_penetration"], 33).fault.kind
    'input_percent'
    """
    if (content is None or content == "") and may_be_blank:
        return ValidationResult()
    if isinstance(content, str) and content:
        found = _check_text(entry, content)
    elif isinstance(content, (int, float)) and not isinstance(content, bool):
        found = (
            NUMBER_FOR_CHOICE(value=content, choices=entry.choices)
            if entry.unit == CHOICE
            else _check_number(entry, float(content))
        )
        content = float(content)
    else:
        found = _check_kind(entry, content)
    return ValidationResult(fault=found) if found else ValidationResult(content)


def _check_kind(entry: Quantity, content: Any) -> Fault:
    allowed = {**_range(entry), "choices": entry.choices}
    if content is None or content == "":
        return BLANK(**allowed)
    return (LOGICAL if isinstance(content, bool) else DATE)(value=content, **allowed)


def _range(entry: Quantity) -> dict[str, Any]:
    if entry.unit == CHOICE:
        return {"unit": CHOICE, "lower": None, "upper": None}
    return {"unit": entry.unit, "lower": entry.lower, "upper": entry.upper}


def _check_number(entry: Quantity, number: float) -> Fault | None:
    try:
        check_value(entry, number)
    except CryptoAIError:
        if entry.unit in SHARES and entry.lower <= number / 100 <= entry.upper:
            return PERCENT(value=number, fraction=number / 100, **_range(entry))
        return OUT_OF_BOUNDS(value=number, **_range(entry))
    return None


def _check_text(entry: Quantity, text: str) -> Fault | None:
    if text in EXCEL_ERRORS:
        return ERROR_VALUE(value=text, **_range(entry), choices=entry.choices)
    if not text.strip():
        return SPACES()
    if entry.unit == CHOICE:
        if text in entry.choices:
            return None
        spelt = next((one for one in entry.choices if one.lower() == text.strip().lower()), "")
        if spelt:
            return MISSPELT(value=text, spelling=spelt)
        return NO_CHOICE(value=text, choices=entry.choices)
    meant = [one for one in readings(text, in_a_cell=True) if not _check_number(entry, float(one))]
    if not meant:
        return TEXT(value=text, **_range(entry))
    percent = text.rstrip().endswith("%")
    numbers = [f"{one.scaleb(2):f}%" if percent else f"{one:f}" for one in meant]
    return NUMBER_AS_TEXT(value=text, numbers=numbers)
