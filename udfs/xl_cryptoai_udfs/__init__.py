"""The Excel functions for xlwings: on Windows, and on xlwings Server and Lite.

xlwings publishes every decorated function that it finds in this module, under `CAI_...` names.
What they do, and their help texts, is described in `xl_cryptoai.functions`.
"""

from __future__ import annotations

from xl_cryptoai.functions import FUNCTIONS
from xl_cryptoai_udfs.binding import bind

__all__ = [function.python_name for function in FUNCTIONS.values()]

globals().update({function.python_name: bind(function) for function in FUNCTIONS.values()})
