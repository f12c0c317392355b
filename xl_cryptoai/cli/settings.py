"""Reads `--set id=value` and the values of a grid's axis."""

from __future__ import annotations

from collections.abc import Sequence

import click

from xl_cryptoai.units import read_value

MOST_VALUES = 1_000
"""Of one axis of a grid."""


def read_settings(
    settings: Sequence[str], form: str = "id=value, such as ai_penetration=0.4"
) -> dict[str, float | str]:
    """Turn `id=value` texts into overrides; 40%, 3.5T and the like are understood.

    Raises
    ------
    click.BadParameter
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
            raise click.BadParameter(f"'{setting}' is not of the form {form}")
        if name in overrides:
            raise click.BadParameter(f"{name} is set twice; set it once")
        overrides[name] = read_value(text)
    return overrides


def read_axis(text: str) -> tuple[str, list[float | str]]:
    """Read an axis of a grid: `id=value,value,...` or `id=first:last:count`.

    Raises
    ------
    click.BadParameter
        For a text of another form.

    Examples
    --------
    >>> read_axis("ai_penetration=20%,33%")
    ('ai_penetration', [0.2, 0.33])
    >>> read_axis("gdp_growth=2%:4%:3")
    ('gdp_growth', [0.02, 0.03, 0.04])
    """
    name, equals, given = (part.strip() for part in text.partition("="))
    if not equals or not name or not given:
        raise click.BadParameter(
            f"'{text}' is not of the form id=value,value or id=first:last:count, such as "
            "ai_penetration=20%:50%:4"
        )
    if ":" not in given:
        return name, [read_value(part.strip()) for part in given.split(",")]
    first, last, count = _steps(text, [read_value(part.strip()) for part in given.split(":")])
    values = (first + (last - first) * step / (count - 1) for step in range(count))
    return name, [float(f"{value:.15g}") for value in values]  # 0.3, not 0.30000000000000004


def _steps(text: str, parts: list[float | str]) -> tuple[float, float, int]:
    numbers = [part for part in parts if not isinstance(part, str)]
    if len(parts) != 3 or len(numbers) != 3:
        raise click.BadParameter(f"'{text}': give first:last:count, three numbers")
    first, last, count = numbers
    if count not in range(2, MOST_VALUES + 1):
        raise click.BadParameter(f"'{text}': the count is {count:g}; allowed is 2 to {MOST_VALUES}")
    return first, last, int(count)
