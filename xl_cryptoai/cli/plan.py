"""What is to be simulated: as the command line says, or as a workbook has it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_cryptoai.assumptions.uncertainty import DRAWS, METHODS, SEED
from xl_cryptoai.cli.inputs import read_inputs

if TYPE_CHECKING:
    from xl_cryptoai.assumptions.derivations import Value
    from xl_cryptoai.risk import Distribution


@dataclass(slots=True)
class Plan:
    """What a simulation takes: where things stand, what is drawn, and how."""

    scenario: str
    overrides: dict[str, Value]
    distributions: dict[str, Distribution] = field(default_factory=dict)
    correlation: Any = None
    draws: int = DRAWS
    method: str = METHODS[0]
    seed: int = SEED


def plan_from(source: Path, overrides: dict[str, Value]) -> Plan:
    """Plan what sheet Risk of a workbook computes; a setting of one's own fixes its assumption.

    What stands in the file and cannot be used is told, and its default taken.
    """
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.assumptions.places import SIMULATION
    from xl_cryptoai.risk.distributions import make
    from xl_cryptoai.risk.typed import typed

    catalogue = shipped_assumptions()
    inputs, lost = read_inputs(source)
    for words in lost:
        print(f"xl-cryptoai: not used: {words}", file=sys.stderr)
    found = typed(inputs)
    plan = Plan(
        "base", {**found.overrides, **overrides}, dict(found.distributions), found.correlation
    )
    for name, value in overrides.items():
        if name in plan.distributions:
            at = float(value)
            plan.distributions[name] = make(catalogue[name], "fixed", at, at, at)
    settings = {
        name: inputs.value(catalogue, SIMULATION, name) for name in ("draws", "seed", "method")
    }
    return replace(
        plan,
        draws=int(settings["draws"] or DRAWS),
        seed=int(settings["seed"] or 0),
        method=str(settings["method"]),
    )
