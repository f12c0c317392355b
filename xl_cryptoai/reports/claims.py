"""The words of the warning that markets claim more than all of AI revenue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xl_cryptoai.forecast.claims import claimed, claims_too_much
from xl_cryptoai.forecast.model import Model


def warnings_of(model: Model, cases: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a warning for each case whose markets claim more than AI revenue.

    >>> from xl_cryptoai import Forecast
    >>> wide = Forecast(overrides={"software_share": 0.75})
    >>> [text] = warnings_of(wide.model, {"live": wide, "base": Forecast()})
    >>> text[:78]
    'live: AI software, AI compute, Identity market, Security market claim 106.3% o'
    """
    labels = ", ".join(model.steps[name].label for name in model.markets)
    for case, values in cases.items():
        if claims_too_much(model, values):
            yield (
                f"{case}: {labels} claim {claimed(model, values):.1%} of AI revenue, so some of "
                "it is counted twice; lower a share, or treat one market as part of another"
            )
