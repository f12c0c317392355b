"""The kinds of slips that the mutation benchmark makes, each at a random place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks import slips_formulas, slips_inputs, slips_risk, slips_structure
from benchmarks.slip import Slip

KINDS: dict[str, Callable[[Any, random.Random], Slip]] = {
    name: make
    for module in (slips_formulas, slips_inputs, slips_structure, slips_risk)
    for name, make in vars(module).items()
    if getattr(make, "__module__", "") == module.__name__ and not name.startswith("_")
}
"""Every kind by name."""
WITHOUT_CALCULATION = {"stale", "row_hidden", "column_hidden", "sheet_hidden", "protection_off",
                       "validation_removed", "validation_loosened", "version",
                       "external_link", "name_broken", "name_redirected"}  # fmt: skip
"""Kinds after which nothing is computed anew: the values stay, or a person has not looked yet."""
