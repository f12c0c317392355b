"""The forecast: pure steps, the model that they belong to, and its account against the source."""

from xl_cryptoai.forecast.documentation import documentation
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.forecast.steps import Step

_base = Forecast()
for _step in _base.model.steps.values():
    _step.function.__doc__ = documentation(_step, _base)

__all__ = ["Forecast", "Model", "Step", "shipped_model"]
