"""Reads `--set id=value` and the values of a grid's axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import Catalogue
    from xl_cryptoai.assumptions.derivations import Value
    from xl_cryptoai.forecast import Model

MOST_VALUES = 1_000
"""Of one axis of a grid."""


def read_case(scenario: str | None, settings: Sequence[str]) -> tuple[Model, str, dict[str, Value]]:
    """Return the model in use, the chosen scenario (base, if none is named) and the overrides."""
    from xl_cryptoai.forecast.own_model import model_in_use

    model = model_in_use()
    name = model.assumptions.scenario_of(scenario or "base")
    return model, name, read_settings(model.assumptions, settings)


def read_settings(catalogue: Catalogue, settings: Sequence[str]) -> dict[str, Value]:
    """Turn `id=value` texts into overrides; see `typed_text` for what is understood.

    Raises
    ------
    click.BadParameter
        For a text without `=`, without a value, or an id given twice.
    CryptoAIError
        For an id or a value that is not understood.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> read_settings(shipped_assumptions(), ["AI penetration=40%", "identity_base=ai_software"])
    {'ai_penetration': 0.4, 'identity_base': 'ai_software'}
    """
    from xl_cryptoai.assumptions.typed_text import value_meant

    overrides = {}
    for name, text in catalogue.by_id(read_pairs(settings)).items():
        overrides[name] = value_meant(catalogue[name], text)
    return overrides


def read_pairs(
    settings: Sequence[str], form: str = "id=value, such as ai_penetration=0.4"
) -> dict[str, str]:
    """Take `name=value` texts apart.

    Raises
    ------
    click.BadParameter
        For a text without `=`, without a value, or a name given twice.
    """
    pairs: dict[str, str] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not name or not text:
            raise click.BadParameter(f"'{setting}' is not of the form {form}")
        if name in pairs:
            raise click.BadParameter(f"{name} is given twice; give it once")
        pairs[name] = text
    return pairs


def read_axis(catalogue: Catalogue, text: str) -> tuple[str, list[Value]]:
    """Read an axis of a grid: `id=value,value,...` or `id=first:last:count`.

    Raises
    ------
    click.BadParameter
        For a text of another form.
    CryptoAIError
        For an id or a value that is not understood.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> read_axis(shipped_assumptions(), "ai_penetration=20%,33%")
    ('ai_penetration', [0.2, 0.33])
    >>> read_axis(shipped_assumptions(), "gdp_growth=2%:4%:3")
    ('gdp_growth', [0.02, 0.03, 0.04])
    """
    from xl_cryptoai.assumptions.typed_text import value_meant

    name, equals, given = (part.strip() for part in text.partition("="))
    if not equals or not name or not given:
        raise click.BadParameter(
            f"'{text}' is not of the form id=value,value or id=first:last:count, such as "
            "ai_penetration=20%:50%:4"
        )
    name = catalogue.id_of(name)
    if ":" not in given:
        parts = list(enumerate(given.split(","), start=1))
        return name, [value_meant(catalogue[name], one, f"{name} (no. {no})") for no, one in parts]
    first, last, count = _steps(catalogue, name, text, given.split(":"))
    values = (first + (last - first) * step / (count - 1) for step in range(count))
    return name, [float(f"{value:.15g}") for value in values]  # 0.3, not 0.30000000000000004


def _steps(
    catalogue: Catalogue, name: str, text: str, parts: list[str]
) -> tuple[float, float, int]:
    from xl_cryptoai.assumptions.typed_text import number_meant, value_meant

    if len(parts) != 3:
        raise click.BadParameter(f"'{text}': give first:last:count, three numbers")
    first, last = (value_meant(catalogue[name], part) for part in parts[:2])
    if isinstance(first, str) or isinstance(last, str):
        raise click.BadParameter(f"'{text}': {name} is a choice; give its values, with commas")
    count = number_meant("the count", parts[2])
    if count not in range(2, MOST_VALUES + 1):
        raise click.BadParameter(f"'{text}': the count is {count:g}; it must be 2 to {MOST_VALUES}")
    return first, last, int(count)
