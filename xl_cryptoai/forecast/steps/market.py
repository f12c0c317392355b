"""From the productivity market to the revenue of all AI businesses. Money is USD a year."""

from __future__ import annotations

from xl_cryptoai.forecast.steps.entry import Number, step
from xl_cryptoai.powers import power


@step(label="Productivity market (TAM)", unit="usd_per_year")
def tam(
    baseline_productivity: Number,
    gdp_growth: Number,
    ai_growth_multiple: Number,
    forecast_year: Number,
    baseline_year: Number,
) -> Number:
    """Business productivity that AI could add in the forecast year, grown from the baseline.

    >>> tam(4.0, 0.25, 2.0, 2024, 2022)
    9.0
    """
    growth: Number = power(1 + gdp_growth * ai_growth_multiple, forecast_year - baseline_year)
    return baseline_productivity * growth


@step(label="AI productivity gain", unit="usd_per_year")
def ai_gain(tam: Number, ai_penetration: Number) -> Number:
    """Part of the productivity market that enterprises reach by adopting AI.

    >>> ai_gain(100.0, 0.25)
    25.0
    """
    return tam * ai_penetration


@step(label="AI revenue", unit="usd_per_year")
def ai_revenue(ai_gain: Number, ai_revenue_capture: Number) -> Number:
    """Part of the productivity gain that AI businesses receive as revenue.

    >>> ai_revenue(200.0, 0.125)
    25.0
    """
    return ai_gain * ai_revenue_capture
