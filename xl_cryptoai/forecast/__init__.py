"""The forecast: pure steps, the graph that runs them, and its account against the source."""

from xl_cryptoai.forecast.model import Forecast
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS, Step

__all__ = ["SEGMENTS", "STEPS", "Forecast", "Step"]
