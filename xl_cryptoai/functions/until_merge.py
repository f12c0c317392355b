"""Stands in for parts of the risk library that are being built; goes when they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.model import Forecast
from xl_cryptoai.risk import Distribution, Simulation
from xl_cryptoai.risk.sensitivity import Bar

Array = NDArray[np.float64]


def histogram(simulation: Simulation, bins: int) -> tuple[Array, Array]:
    """Count the draws of the total in equal bins."""
    counts, edges = np.histogram(simulation.draws["total"], bins)
    return edges, counts / counts.sum()


def tornado(distributions: Mapping[str, Distribution], overrides: Mapping[str, Value]) -> list[Bar]:
    """Move each assumption from its low to its high, from a case."""
    bars = []
    for name, one in distributions.items():
        totals = Forecast(overrides={**overrides, name: [one.low, one.high]})["total"]
        bars.append(Bar(name, one.low, one.high, float(totals[0]), float(totals[1])))
    return sorted(bars, key=lambda bar: -bar.swing)


def grid(
    x: str, xs: Sequence[float], y: str, ys: Sequence[float], overrides: Mapping[str, Value]
) -> Array:
    """Compute the total for every pair of values, from a case."""
    across, down = np.meshgrid(xs, ys)
    pairs = {**overrides, x: across.ravel(), y: down.ravel()}
    total: Array = Forecast(overrides=pairs)["total"]
    return total.reshape(across.shape)


def sensitivities(draws: int, **question: Any) -> list[Any]:
    """Refuse: the measures are being built."""
    raise CryptoAIError(f"the sensitivities of {draws} draws are being built")
