"""What the markets that are measured against AI revenue claim of it together.

Nothing says whether one of them lies inside another, so more than all of AI revenue is no error. It
is a warning: some of it is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xl_cryptoai.forecast.constraints import ROUNDING
from xl_cryptoai.forecast.model import Model

REVENUE = "ai_revenue"


def claimed(model: Model, values: Mapping[str, Any]) -> Any:
    """Return the markets' sum as a share of AI revenue; 0 for a model without them.

    Examples
    --------
    >>> from xl_cryptoai import Forecast
    >>> base = Forecast()
    >>> round(claimed(base.model, base), 4)
    0.813
    """
    if REVENUE not in values or not model.markets:
        return 0.0
    return sum(values[name] for name in model.markets) / values[REVENUE]


def claims_too_much(model: Model, values: Mapping[str, Any]) -> Any:
    """Whether the markets claim more than all of AI revenue; an array for rows of values."""
    return claimed(model, values) > 1 + ROUNDING
