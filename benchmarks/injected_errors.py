"""The kinds of errors that the mutation benchmark injects, each at a random place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks import (
    injected_formulas,
    injected_inputs,
    injected_risk,
    injected_structure,
    injected_years,
)
from benchmarks.injected import Injected

KINDS: dict[str, Callable[[Any, random.Random], Injected]] = {
    name: make
    for module in (
        injected_formulas,
        injected_inputs,
        injected_structure,
        injected_risk,
        injected_years,
    )
    for name, make in vars(module).items()
    if getattr(make, "__module__", "") == module.__name__ and not name.startswith("_")
}
"""Every kind by name."""
WITHOUT_CALCULATION = {"stale", "row_hidden", "column_hidden", "sheet_hidden", "protection_off",
                       "validation_removed", "validation_loosened", "version",
                       "external_link", "name_broken", "name_redirected"}  # fmt: skip
"""Kinds after which nothing is computed anew: the values stay, or a person has not looked yet."""
