"""The Excel functions for xlwings: on Windows, and on xlwings Server and Lite.

xlwings publishes every decorated function that it finds in this module, under `CAI_...` names.
What they do, and their help texts, is described in `xl_cryptoai.functions`.
"""

from __future__ import annotations

from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai.functions import functions_of
from xl_cryptoai_udfs.binding import bind

_FUNCTIONS = functions_of(model_in_use()).values()

__all__ = [function.python_name for function in _FUNCTIONS]

globals().update({function.python_name: bind(function) for function in _FUNCTIONS})
