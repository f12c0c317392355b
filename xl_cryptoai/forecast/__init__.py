"""The forecast: pure steps, the graph that runs them, and its account against the source."""

from xl_cryptoai.forecast.documentation import documentation
from xl_cryptoai.forecast.model import Forecast
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS, Step

_base = Forecast()
for _step in STEPS.values():
    _step.function.__doc__ = documentation(_step, _base)

__all__ = ["SEGMENTS", "STEPS", "Forecast", "Step"]
