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
_SHARES = ("share", "share_per_year")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A usable value, or what is wrong with the content and the cure; a blank has neither."""

    value: Value | None = None
    what: str = ""
    cure: str = ""


def judge(entry: Quantity, content: Any, *, may_be_blank: bool = False) -> Judgement:
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
    >>> judge(load_assumptions()["ai_penetration"], 33).cure
    'enter 33% or 0.33'
    """
    if content is None or content == "":
        if may_be_blank:
            return Judgement()
        return Judgement(what="is blank", cure=f"enter {allowed(entry)}")
    if isinstance(content, str):
        return _judge_text(entry, content)
    if isinstance(content, bool):
        return Judgement(what=f"is {str(content).upper()}", cure=f"enter {allowed(entry)}")
    if isinstance(content, (datetime.date, datetime.time, datetime.timedelta)):
        return Judgement(
            what=f"is shown as a date or time, {content}",
            cure=f"format the cell as a number and enter {allowed(entry)}",
        )
    if entry.unit == CHOICE:
        return Judgement(what=f"is the number {content:.15g}", cure=f"enter {allowed(entry)}")
    return _judge_number(entry, float(content))


def _judge_number(entry: Quantity, number: float) -> Judgement:
    try:
        check_value(entry, number)
    except CryptoAIError:
        cure = f"enter {allowed(entry)}"
        if entry.unit in _SHARES and entry.lower <= number / 100 <= entry.upper:
            cure = f"enter {number:.15g}% or {number / 100:.15g}"
        return Judgement(what=f"is {number:.15g}, outside {allowed(entry)}", cure=cure)
    return Judgement(value=number)


def _judge_text(entry: Quantity, text: str) -> Judgement:
    if text in EXCEL_ERRORS:
        return Judgement(what=f"is the error {text}", cure=f"enter {allowed(entry)}")
    if not text.strip():
        return Judgement(what="holds only spaces", cure="clear the cell, or enter a value")
    if entry.unit == CHOICE:
        if text in entry.choices:
            return Judgement(value=text)
        return Judgement(what=f"is '{text}'", cure=f"enter {allowed(entry)}")
    number = _NUMBER_AS_TEXT.fullmatch(text.strip().lstrip("'"))
    if number is None:
        return Judgement(what=f"is the text '{text}'", cure=f"enter a number, {allowed(entry)}")
    digits = number[1].replace(",", ".") + number[2]
    return Judgement(
        what=f"is the text '{text}', not a number",
        cure=f"format the cell as a number and type {digits} again",
    )
