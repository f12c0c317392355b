"""Stands in for a part of the risk library that is being built; goes when it is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.risk import Simulation

Array = NDArray[np.float64]


def histogram(simulation: Simulation, bins: int) -> tuple[Array, Array]:
    """Count the draws of the total in equal bins."""
    return simulation.histogram(bins)
