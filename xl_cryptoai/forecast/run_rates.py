"""What the source's text says of revenue that is earned already, at a year's rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xl_cryptoai.forecast.model import Model

DAYS_A_YEAR, QUARTERS_A_YEAR = 365, 4
_SINCE = "since "


@dataclass(frozen=True, slots=True)
class RunRate:
    """One figure of the evidence, at a year's rate.

    Attributes
    ----------
    id, who, segment : str
        Of the figure: its name, whose it is, and the segment that it supports.
    year : int
        The year in which its period begins.
    value : float
        USD a year.
    """

    id: str
    who: str
    segment: str
    year: int
    value: float


def run_rates(model: Model) -> tuple[RunRate, ...]:
    """Return every amount of the evidence that was earned in a quarter, or since a date.

    >>> from xl_cryptoai.forecast import shipped_model
    >>> [(one.who, one.year, round(one.value)) for one in run_rates(shipped_model())]
    [('Hut 8', 2023, 18000000), ('Akash', 2023, 333576)]
    """
    found = []
    for fact in model.evidence():
        if fact.unit == "usd_per_quarter":
            year, value = fact.as_of.year, fact.low * QUARTERS_A_YEAR
        elif fact.unit == "usd" and fact.period.startswith(_SINCE):
            since = dt.date.fromisoformat(fact.period.removeprefix(_SINCE))
            year, value = since.year, fact.low / (fact.as_of - since).days * DAYS_A_YEAR
        else:
            continue
        found.append(RunRate(fact.id, fact.who, fact.segment, year, value))
    return tuple(found)
