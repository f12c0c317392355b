"""Base values that the publication does not print but that follow from what it prints.

Each is calibrated once, on the published base case, and is an input from then on: were the
baseline solved anew whenever somebody edits growth, growth would have no effect.
An input called ``printed_tam`` is the printed result ``tam``; the others are published assumptions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from xl_cryptoai.powers import power

Value = float | str


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one base value follows from published figures; `meaning` says it in words."""

    id: str
    function: Callable[..., Value]
    inputs: tuple[str, ...]
    meaning: str


def baseline_productivity(
    printed_tam: float,
    gdp_growth: float,
    ai_growth_multiple: float,
    forecast_year: float,
    baseline_year: float,
) -> float:
    """The printed market, discounted by the published growth back to the baseline year."""
    years = forecast_year - baseline_year
    return float(printed_tam / power(1 + gdp_growth * ai_growth_multiple, years))


def compute_share(
    printed_ai_compute: float, printed_tam: float, ai_penetration: float, ai_revenue_capture: float
) -> float:
    """The printed compute market over the AI revenue of the published base case."""
    return printed_ai_compute / (printed_tam * ai_penetration * ai_revenue_capture)


def identity_base(
    printed_identity_market: float,
    printed_tam: float,
    ai_penetration: float,
    ai_revenue_capture: float,
    software_share: float,
    identity_rate: float,
) -> str:
    """The reading, AI revenue or AI software, whose market is nearer the printed one."""
    revenue = printed_tam * ai_penetration * ai_revenue_capture
    gap_revenue = abs(revenue * identity_rate - printed_identity_market)
    gap_software = abs(revenue * software_share * identity_rate - printed_identity_market)
    return "ai_revenue" if gap_revenue <= gap_software else "ai_software"


DERIVATIONS: dict[str, Derivation] = {
    function.__name__: Derivation(
        function.__name__,
        function,
        tuple(inspect.signature(function).parameters),
        inspect.getdoc(function) or "",
    )
    for function in (baseline_productivity, compute_share, identity_base)
}
