"""A published forecast of crypto-AI revenue, made auditable cell by cell.

>>> from xl_cryptoai import Forecast
>>> round(Forecast()["total"] / 1e9, 3)
10.167
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.3.0"
__all__ = [
    "Forecast",
    "Simulation",
    "goalseek",
    "load_assumptions",
    "sensitivities",
    "simulate",
    "tornado",
]

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import load_assumptions
    from xl_cryptoai.forecast import Forecast
    from xl_cryptoai.risk import Simulation, goalseek, sensitivities, simulate, tornado

_ROOMS = {"Forecast": "forecast", "load_assumptions": "assumptions"}
"""Where a public name is from; all others are from risk."""


def __getattr__(name: str) -> object:
    # Late, so that `import xl_cryptoai` (and with it the command line's help) does not wait
    # for numpy.
    if name not in __all__:
        raise AttributeError(f"module 'xl_cryptoai' has no attribute '{name}'")
    found: object = getattr(import_module(f"xl_cryptoai.{_ROOMS.get(name, 'risk')}"), name)
    return found


def __dir__() -> list[str]:
    """List the public names too, which are not there before somebody asks for them."""
    return sorted({*globals(), *__all__})
