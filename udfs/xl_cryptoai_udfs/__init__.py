"""The Excel functions for xlwings: on Windows, and on xlwings Server and Lite.

xlwings publishes every decorated function that it finds in this module, under `CAI_...` names.
What they do, and their help texts, is described in `xl_cryptoai.functions`.
"""

from __future__ import annotations

from xl_cryptoai.forecast.own_model import model_in_use
from xl_cryptoai_udfs.binding import published

_FUNCTIONS = published(model_in_use(), __name__)

__all__ = [str(name) for name in _FUNCTIONS]

globals().update(_FUNCTIONS)
