"""The steps of the forecast in order, each one pure numpy function and its entry.

A step's inputs are its parameters, by name: assumptions of the catalogue or earlier steps. What
`help` shows of units, bounds and printed figures is derived, see `forecast.documentation`.
"""

from __future__ import annotations

from types import MappingProxyType

from xl_cryptoai.forecast.steps import market, outcome, segments, value_stack
from xl_cryptoai.forecast.steps.entry import Number, Step, steps_of

STEPS: MappingProxyType[str, Step] = MappingProxyType(
    {
        step.id: step
        for module in (market, value_stack, segments, outcome)
        for step in steps_of(module)
    }
)
"""Every step by id, in the order in which they are computed."""

SEGMENTS = ("crypto_software", "crypto_compute", "crypto_identity", "crypto_security")
"""The four segments with crypto revenue; their sum is the total."""

MARKETS = ("ai_software", "ai_compute", "identity_market", "security_market")
"""The markets that are measured against AI revenue; the source does not say if they overlap."""

__all__ = ["MARKETS", "SEGMENTS", "STEPS", "Number", "Step"]
