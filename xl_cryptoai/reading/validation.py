"""Judges what stands in an input cell: a usable value, or what is wrong and what to do."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.scenarios import Quantity, allowed, check_value
from xl_cryptoai.errors import EXCEL_ERRORS, CryptoAIError
from xl_cryptoai.units import CHOICE

_NUMBER_AS_TEXT = re.compile(r"([+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(%?)")
_GROUPED = re.compile(r"([+-]?\d{1,3}(?:([,.'\s])\d{3})(?:\2\d{3})*)([.,]\d+)?\s*(%?)")
"""Thousands parted by one sign; what stands behind another is a fraction."""
_SHARES = ("share", "share_per_year")


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """A usable value, or what is wrong with the content and the cure; a blank has neither."""

    value: Value | None = None
    what: str = ""
    cure: str = ""


def validate(entry: Quantity, content: Any, *, may_be_blank: bool = False) -> ValidationResult:
    """Judge the content of an input cell; nothing is repaired.

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
    >>> validate(load_assumptions()["ai_penetration"], 33).cure
    'enter 33% or 0.33'
    """
    if content is None or content == "":
        if may_be_blank:
            return ValidationResult()
        return ValidationResult(what="is blank", cure=f"enter {allowed(entry)}")
    if isinstance(content, str):
        return _validate_text(entry, content)
    if isinstance(content, bool):
        return ValidationResult(what=f"is {str(content).upper()}", cure=f"enter {allowed(entry)}")
    if isinstance(content, (datetime.date, datetime.time, datetime.timedelta)):
        return ValidationResult(
            what=f"is shown as a date or time, {content}",
            cure=f"format the cell as a number and enter {allowed(entry)}",
        )
    if entry.unit == CHOICE:
        return ValidationResult(
            what=f"is the number {content:.15g}", cure=f"enter {allowed(entry)}"
        )
    return _validate_number(entry, float(content))


def _validate_number(entry: Quantity, number: float) -> ValidationResult:
    try:
        check_value(entry, number)
    except CryptoAIError:
        cure = f"enter {allowed(entry)}"
        if entry.unit in _SHARES and entry.lower <= number / 100 <= entry.upper:
            cure = f"enter {number:.15g}% or {number / 100:.15g}"
        return ValidationResult(what=f"is {number:.15g}, outside {allowed(entry)}", cure=cure)
    return ValidationResult(value=number)


def _validate_text(entry: Quantity, text: str) -> ValidationResult:
    if text in EXCEL_ERRORS:
        return ValidationResult(what=f"is the error {text}", cure=f"enter {allowed(entry)}")
    if not text.strip():
        return ValidationResult(what="holds only spaces", cure="clear the cell, or enter a value")
    if entry.unit == CHOICE:
        if text in entry.choices:
            return ValidationResult(value=text)
        spelt = next((one for one in entry.choices if one.lower() == text.strip().lower()), "")
        cure = f"enter {spelt}, spelt exactly so, without blanks" if spelt else ""
        return ValidationResult(what=f"is '{text}'", cure=cure or f"enter {allowed(entry)}")
    meant = [digits for digits in _readings(text) if _is_usable(entry, digits)]
    if not meant:
        return ValidationResult(
            what=f"is the text '{text}'", cure=f"enter a number, {allowed(entry)}"
        )
    return ValidationResult(
        what=f"is the text '{text}', not a number",
        cure=f"format the cell as a number and type {' or '.join(meant)} again",
    )


def _readings(text: str) -> list[str]:
    """Give the numbers that a text may mean: 16,384 is one thing here and another there."""
    written, found = text.strip().lstrip("'"), []
    if grouped := _GROUPED.fullmatch(written):
        whole = grouped[1].replace(grouped[2], "")
        found.append(whole + (grouped[3] or "").replace(",", ".") + grouped[4])
    if plain := _NUMBER_AS_TEXT.fullmatch(written):
        found.append(plain[1].replace(",", ".") + plain[2])
    return found


def _is_usable(entry: Quantity, digits: str) -> bool:
    number = float(digits.rstrip("%")) / (100 if digits.endswith("%") else 1)
    return not _validate_number(entry, number).what
