"""Excel's own functions, by Excel's categories."""

from __future__ import annotations

from xl_cryptoai.formulas.functions import (
    dates,
    finance,
    information,
    logical,
    lookup,
    mathematics,
    statistics,
    texts,
)
from xl_cryptoai.formulas.functions.registry import BUILT_IN, Function

CATEGORIES = (
    dates, finance, information, logical, lookup, mathematics, statistics, texts,
)  # fmt: skip
"""The modules that register functions."""

__all__ = ["BUILT_IN", "CATEGORIES", "Function"]
