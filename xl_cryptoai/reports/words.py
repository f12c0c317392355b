"""The words for every kind of finding: what is wrong, and the fix."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

from xl_cryptoai.assumptions.scenarios import range_in_words
from xl_cryptoai.reading.findings import Fault, Finding
from xl_cryptoai.units import CHOICE, is_number


def _load() -> dict[str, tuple[str, str]]:
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    shared = {f"<{name}>": text for name, text in found["shared"].items()}
    return {kind: (what, shared.get(fix, fix)) for kind, (what, fix) in found["words"].items()}


WORDS = _load()
"""By kind: what is wrong, said of the place, and the fix."""


def _listed(parts: Sequence[str], word: str) -> str:
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _allowed(unit: str, lower: float | None, upper: float | None, choices: Sequence[str]) -> str:
    if unit == CHOICE or lower is None or upper is None:
        return _listed(choices, "or")
    return range_in_words(unit, lower, upper)


def _way(cells: Sequence[str], count: int) -> str:
    way = [*cells, f"({count - len(cells)} more)"] if count > len(cells) else [*cells]
    return " -> ".join([*way, cells[0]])


DERIVED: dict[str, Callable[..., str]] = {
    "allowed": _allowed,
    "allowed_range": range_in_words,
    "inputs_and_values": lambda inputs, values: ", ".join(
        f"{name} is {value:.15g}" for name, value in zip(inputs, values, strict=True)
    ),
    "way": _way,
    "neighbours": lambda beside: {
        "both sides": "its neighbours on both sides",
        "above": "the cells above it",
        "column": "the rest of its column",
    }[beside],
}
"""What the words say besides facts: each from the facts that its parameters name."""


class _Figures(Formatter):
    """Formats facts: figures with all digits unless the words say otherwise."""

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, tuple):
            parts = [self.format_field(one, "") for one in value]
            return _listed(parts, spec) if spec in ("and", "or") else ", ".join(parts) or spec
        if value is None or value == "":
            return spec
        if spec in ("row", "column"):
            return f"{value:,} {spec}{'' if value == 1 else 's'}"
        if spec == "upper":
            return str(value).upper()
        if spec == "capital":
            return str(value).capitalize()
        number = is_number(value)
        if spec == "short":
            return f"{value:.6g}" if number else f"'{value}'"
        if number:
            instead_of_blank = spec.replace(" ", "").isalpha() and spec != "g"
            return format(value, spec if spec and not instead_of_blank else ".15g")
        return str(value)


_FIGURES = _Figures()


def placeholders(template: str) -> set[str]:
    """Return the names that a template of words asks for."""
    return {name for _, name, _, _ in _FIGURES.parse(template) if name}


def needs(name: str) -> set[str]:
    """Return the facts that something derived is made of."""
    return {*inspect.signature(DERIVED[name]).parameters}


def what(one: Finding | Fault) -> str:
    """What is wrong, as said of the place."""
    return _fill(one, WORDS[one.kind][0])


def fix(one: Finding | Fault) -> str:
    """What to do about it."""
    return _fill(one, WORDS[one.kind][1])


def _fill(one: Finding | Fault, template: str) -> str:
    known: dict[str, Any] = dict(one.facts)
    if isinstance(one, Finding):
        known = {"id": one.id, "cell": one.cell, **known}
    for name in placeholders(template) - known.keys():
        known[name] = DERIVED[name](**{fact: known[fact] for fact in needs(name)})
    return _FIGURES.vformat(template, (), known)


def sentence(one: Finding | str) -> str:
    """A finding in one sentence: where, what is wrong, and the fix; a sentence stays."""
    if isinstance(one, str):
        return one
    about = f"{one.id} " if one.id else ""
    return f"{one.cell}: {about}{what(one)}; {fix(one)}"


def message(error: Exception) -> str:
    """An error's message, with the words for the finding that it carries, if it does."""
    finding, path = getattr(error, "finding", None), getattr(error, "path", None)
    return f"{path}: {sentence(finding)}" if isinstance(finding, Finding) else str(error)
