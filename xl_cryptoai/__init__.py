"""A published forecast of crypto-AI revenue, made auditable cell by cell.

>>> from xl_cryptoai import Forecast
>>> round(Forecast()["total"] / 1e9, 3)
10.167
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.2.0"
__all__ = ["Forecast", "load_assumptions"]

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import load_assumptions
    from xl_cryptoai.forecast import Forecast


def __getattr__(name: str) -> object:
    # Late, so that `import xl_cryptoai` (and with it the command line's help) does not wait
    # for numpy.
    if name == "Forecast":
        from xl_cryptoai.forecast import Forecast

        return Forecast
    if name == "load_assumptions":
        from xl_cryptoai.assumptions import load_assumptions

        return load_assumptions
    raise AttributeError(f"module 'xl_cryptoai' has no attribute '{name}'")
