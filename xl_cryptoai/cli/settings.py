"""Reads `--set id=value`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import typer

_POWERS = {"%": -2, "k": 3, "M": 6, "B": 9, "T": 12}


def read_settings(
    settings: Sequence[str], form: str = "id=value, such as ai_penetration=0.4"
) -> dict[str, float | str]:
    """Turn `id=value` texts into overrides; 40%, 3.5T and the like are understood.

    Raises
    ------
    typer.BadParameter
        For a text without `=`, without a value, or an id given twice.

    Examples
    --------
    >>> read_settings(["ai_penetration=40%", "identity_base=ai_software"])
    {'ai_penetration': 0.4, 'identity_base': 'ai_software'}
    """
    overrides: dict[str, float | str] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not name or not text:
            raise typer.BadParameter(f"'{setting}' is not of the form {form}")
        if name in overrides:
            raise typer.BadParameter(f"{name} is set twice; set it once")
        overrides[name] = read_value(text)
    return overrides


def read_value(text: str) -> float | str:
    """Read a number with an optional %, k, M, B or T; anything else stays text."""
    digits, power = (text[:-1], _POWERS[text[-1]]) if text[-1] in _POWERS else (text, 0)
    try:
        return float(Decimal(digits) * Decimal(10) ** power)
    except InvalidOperation:
        return text
