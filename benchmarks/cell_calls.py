"""What a risk function costs in a cell, beside what the risk library itself takes.

    python benchmarks/cell_calls.py

The functions are called as a host calls them, with raw cells: the case, 12 distributions and their
rank correlations. "First" is a question that was not asked before, "again" what a recalculation
asks. The aim holds for what stands between the cell and the library.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import xl_cryptoai_udfs

from xl_cryptoai import load_assumptions, risk
from xl_cryptoai.forecast import shipped_model
from xl_cryptoai.functions import risk_tables

CATALOGUE = shipped_model().assumptions

DRAWS = 10_000
AIM = 10.0
"""Milliseconds that reading the cells and writing the table may take."""

UNCERTAIN = risk.default_distributions(CATALOGUE)
CASE = (
    [[name] for name in load_assumptions()],
    [[entry.base] for entry in load_assumptions().values()],
    [[one.id, one.shape, one.low, one.mode, one.high] for one in UNCERTAIN.values()],
)
RANKS = (0.7 * np.eye(len(UNCERTAIN)) + 0.3).tolist()
CALL = (*CASE, RANKS, float(DRAWS))


def best(work: Callable[[], Any], times: int = 20) -> float:
    """Return the least time that some work takes, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return 1000 * min(found)


def first() -> None:
    """Ask for a simulation that is not kept."""
    risk_tables.simulation_for.cache_clear()
    risk_tables.statistics_for.cache_clear()
    xl_cryptoai_udfs.cai_simulate(*CALL)


def library() -> None:
    """Simulate, and work out the same figures."""
    found = risk.simulate(
        DRAWS,
        distributions=UNCERTAIN,
        correlation=RANKS,
    )
    for result in ("total", *shipped_model().segments):
        found.mean(result), found.deviation(result), found.chance_of_exceeding(10.2e9, result)
        for percent in (5, 10, 25, 50, 75, 90, 95):
            found.percentile(percent, result)


def main() -> None:
    """Measure and print."""
    asked, own = best(first), best(library)
    rows = {
        f"simulation of {DRAWS:,} draws, first": asked,
        "  the library alone": own,
        "simulation, again": best(lambda: xl_cryptoai_udfs.cai_simulate(*CALL)),
        "histogram of the same": best(lambda: xl_cryptoai_udfs.cai_histogram(*CALL)),
        "tornado": best(lambda: xl_cryptoai_udfs.cai_tornado(*CASE)),
        "sensitivities, 8,192 draws": best(lambda: xl_cryptoai_udfs.cai_sensitivity(*CASE), 3),
        "goal seek": best(lambda: xl_cryptoai_udfs.cai_goalseek("ai_penetration", 2e10)),
        "a step, for comparison": best(lambda: xl_cryptoai_udfs.cai_ai_gain(1e12, 0.33), 1000),
    }
    for name, milliseconds in rows.items():
        print(f"{name:36}{milliseconds:9.2f} ms")
    between = asked - own
    print(f"between cell and library: {between:.1f} ms, aim {AIM:.0f}: "
          f"{'met' if between <= AIM else 'MISSED'}")  # fmt: skip


if __name__ == "__main__":
    main()
