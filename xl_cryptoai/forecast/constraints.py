"""What must hold between inputs, beyond the range of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xl_cryptoai.errors import OutOfRangeError

ROUNDING = 1e-12
"""How far two shares may exceed 1 together, for the rounding of binary fractions."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule between inputs: its name, the ids it binds, the test and the rule in words."""

    id: str
    inputs: tuple[str, ...]
    holds: Callable[..., Any]
    rule: str


CONSTRAINTS: tuple[Constraint, ...] = (
    Constraint(
        "years_in_order",
        ("forecast_year", "baseline_year"),
        lambda forecast_year, baseline_year: forecast_year >= baseline_year,
        "forecast_year must not lie before baseline_year",
    ),
    Constraint(
        "stack_within_revenue",
        ("software_share", "compute_share"),
        lambda software_share, compute_share: software_share + compute_share <= 1 + ROUNDING,
        "software_share and compute_share together must not exceed 1 (100%)",
    ),
    Constraint(
        "compliance_within_revenue",
        ("bank_compliance_cost", "bank_revenue"),
        lambda bank_compliance_cost, bank_revenue: bank_compliance_cost <= bank_revenue,
        "bank_compliance_cost must not exceed bank_revenue",
    ),
)


def check_constraints(values: Mapping[str, ArrayLike]) -> None:
    """Refuse values that break a rule; rules whose inputs are not all given do not apply.

    Raises
    ------
    OutOfRangeError
        Naming the rule and the first values that break it.
    """
    for constraint in CONSTRAINTS:
        if not all(name in values for name in constraint.inputs):
            continue
        given = np.broadcast_arrays(*(values[name] for name in constraint.inputs))
        broken = ~np.asarray(constraint.holds(*given))
        if broken.any():
            shown = ", ".join(
                f"{name} is {float(array[broken][0]):.15g}"
                for name, array in zip(constraint.inputs, given, strict=True)
            )
            raise OutOfRangeError(f"{shown}; {constraint.rule}")
