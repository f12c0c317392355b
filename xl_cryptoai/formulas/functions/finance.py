"""Financial functions.

Those that search for their result, as IRR and RATE do, are left out: the last digits depend on the
way that a search goes, so a stored value could not be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xl_cryptoai.formulas.functions.arguments import numbers_of, total
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.values import DIV0, NUM, NotKnownError
from xl_cryptoai.xlsx.cells import ErrorValue


@excel("NPV", "n:r")
def _net_present_value(rate: float, *arguments: Any) -> Any:
    flows = numbers_of(arguments)
    if isinstance(flows, ErrorValue):
        return flows
    return DIV0 if rate == -1 else total(present(rate, flows))


def present(rate: float, flows: Sequence[float]) -> list[float]:
    """Present values of flows that come at the end of each period."""
    return [flow / (1 + rate) ** period for period, flow in enumerate(flows, start=1)]


@excel("PMT", "nnn|nn", omitted=True)
def payment(
    rate: float, periods: float, value: float, future: float = 0.0, early: float = 0.0
) -> Any:
    """Payment of each period."""
    if periods == 0:
        return NUM
    if rate == 0:
        return -(value + future) / periods
    growth = (1 + rate) ** periods
    factor = (1 + rate) if early else 1.0
    return -(value * growth + future) * rate / ((growth - 1) * factor)


@excel("FV", "nnn|nn", omitted=True)
def future_value(
    rate: float, periods: float, paid: float, value: float = 0.0, early: float = 0.0
) -> Any:
    """Value at the end of the last period."""
    if rate == 0:
        return -(value + paid * periods)
    growth = (1 + rate) ** periods
    factor = (1 + rate) if early else 1.0
    return -(value * growth + paid * factor * (growth - 1) / rate)


@excel("PV", "nnn|nn", omitted=True)
def _present_value(
    rate: float, periods: float, paid: float, future: float = 0.0, early: float = 0.0
) -> Any:
    if rate == 0:
        return -(future + paid * periods)
    growth = (1 + rate) ** periods
    factor = (1 + rate) if early else 1.0
    return -(future + paid * factor * (growth - 1) / rate) / growth


@excel("IPMT", "nnnn|nn", omitted=True)
def interest(
    rate: float,
    period: float,
    periods: float,
    value: float,
    future: float = 0.0,
    early: float = 0.0,
) -> Any:
    """Interest within the payment of one period."""
    if not 1 <= period <= periods:
        return NUM
    if early:
        raise NotKnownError("interest of payments at the beginning of periods")
    paid = payment(rate, periods, value, future)
    return future_value(rate, period - 1, paid, value) * rate


@excel("PPMT", "nnnn|nn", omitted=True)
def _principal(
    rate: float,
    period: float,
    periods: float,
    value: float,
    future: float = 0.0,
    early: float = 0.0,
) -> Any:
    part = interest(rate, period, periods, value, future, early)
    if isinstance(part, ErrorValue):
        return part
    return payment(rate, periods, value, future) - part


@excel("SLN", "nnn")
def _straight_line(cost: float, salvage: float, life: float) -> Any:
    return (cost - salvage) / life if life else DIV0


@excel("EFFECT", "nn")
def _effective(nominal: float, periods: float) -> Any:
    count = int(periods)
    return NUM if nominal <= 0 or count < 1 else (1 + nominal / count) ** count - 1


@excel("RRI", "nnn")
def _growth(periods: float, value: float, future: float) -> Any:
    if periods <= 0 or value == 0 or future / value < 0:
        return NUM
    return (future / value) ** (1 / periods) - 1


@excel("XNPV", "nrr")
def _dated_value(rate: float, values: Any, dates: Any) -> Any:
    flows, days = numbers_of([values]), numbers_of([dates])
    if isinstance(flows, ErrorValue) or isinstance(days, ErrorValue):
        return flows if isinstance(flows, ErrorValue) else days
    if not flows or len(flows) != len(days) or rate <= -1 or min(days) < days[0]:
        return NUM
    return total(_dated(rate, flows, days))


def _dated(rate: float, flows: Sequence[float], days: Sequence[float]) -> list[float]:
    return [
        flow / (1 + rate) ** ((int(day) - int(days[0])) / 365)
        for flow, day in zip(flows, days, strict=True)
    ]
