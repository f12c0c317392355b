"""Prints a fingerprint of every risk figure, to the last bit, as JSON.

    python tests/fingerprint.py            # prints it
    python tests/fingerprint.py --write    # stores it as tests/fingerprint.json

The test runs this under several kinds of processor and holds what it prints against what is stored.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from shipped import RESULTS

from xl_cryptoai import Forecast, load_assumptions
from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.risk import (
    default_distributions,
    elasticities,
    goalseek,
    grid,
    sensitivities,
    shapley_effects,
    simulate,
    sobol_indices,
    tornado,
)
from xl_cryptoai.risk.distributions import Distribution, make
from xl_cryptoai.risk.sensitivity import Bar

STORED = Path(__file__).with_suffix(".json")
AMOUNT = 10.2e9
CATALOGUE = load_assumptions()
FOURTEEN = default_distributions(CATALOGUE) | {
    "bank_revenue": make(CATALOGUE["bank_revenue"], "pert", 600e9, 660e9, 720e9),
    "bank_compliance_cost": make(CATALOGUE["bank_compliance_cost"], "pert", 50e9, 58.75e9, 65e9),
}


def correlations(kind: str, count: int = 14) -> np.ndarray | None:
    """Return no correlations, two, or one of every pair."""
    if kind == "none":
        return None
    matrix = np.eye(count) if kind == "two" else np.full((count, count), 0.2) + 0.8 * np.eye(count)
    if kind == "two":
        matrix[2, 5] = matrix[5, 2] = 0.5
        matrix[1, 0] = matrix[0, 1] = -0.3
    return matrix


def shaped(shape: str) -> dict[str, Distribution]:
    """Return the default distributions in another shape."""
    settled = shape in ("normal", "lognormal")
    return {
        name: make(CATALOGUE[name], shape, one.low, None if settled else one.mode, one.high)
        for name, one in default_distributions(CATALOGUE).items()
    }


def figures() -> Iterator[tuple[str, Any]]:
    """Yield every group of figures by name."""
    for method in METHODS:
        for kind in ("none", "two", "all"):
            found = simulate(
                4_096, distributions=FOURTEEN, correlation=correlations(kind), method=method
            )
            yield (
                f"simulate {method}, correlated: {kind}",
                [found.statistics(result, AMOUNT) for result in RESULTS],
            )
    for shape in ("pert", "triangular", "uniform", "normal", "lognormal"):
        yield f"simulate {shape}", simulate(1_024, distributions=shaped(shape)).statistics()
    long = simulate(2**21)
    yield "simulate in bins", [long.statistics(above=AMOUNT), long.histogram(20)]
    yield "histogram", simulate(1_024).histogram(30)
    yield (
        "one drawn",
        simulate(1_024, distributions={"ai_penetration": FOURTEEN["ai_penetration"]}).statistics(),
    )
    for kind in ("none", "two", "all"):
        rows = sensitivities(1_024, distributions=FOURTEEN, correlation=correlations(kind))
        yield (
            f"sensitivities, correlated: {kind}",
            [
                [getattr(row, name) for name in row.__dataclass_fields__ if name != "id"]
                for row in rows
            ],
        )
    scores: Any = {"inverse": lambda scores: scores}
    yield "Sobol indices", sobol_indices(lambda x: x[0] + x[1] * x[2], 3, 1_024, **scores)
    ranks = correlations("all", 3)
    yield "Shapley effects", shapley_effects(lambda x: x[0] + x[1] * x[2], ranks, 1_024, **scores)
    yield "tornado", [[getattr(bar, name) for name in Bar.__dataclass_fields__ if name != "id"]
                      for bar in tornado()]  # fmt: skip
    yield "elasticities", elasticities("bull")
    yield "grid", grid("gdp_growth", np.linspace(0.01, 0.06, 9), "ai_penetration", [0.2, 0.4])
    yield "goal seek", goalseek("gdp_growth", 12e9).value
    growth = {"gdp_growth": np.linspace(0.0, 0.15, 301), "forecast_year": np.arange(2030, 2031)}
    rows = Forecast(overrides={"gdp_growth": growth["gdp_growth"]})
    yield "forecast of rows", [rows[name] for name in ("tam", "total")]
    path = Forecast(("bear", "base", "bull")).tam_path()
    wide = path.pivot(index="year", columns="scenario", values="tam")
    yield "market by year", wide[["bear", "base", "bull"]].to_numpy()


def numbers(found: Any) -> Iterator[float]:
    """Yield all numbers in order, whatever they stand in."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, (list, tuple, np.ndarray)):
        for one in found:
            yield from numbers(one)
    else:
        yield float(found)


def fingerprint() -> dict[str, str]:
    """Return the fingerprint of every group."""
    return {
        name: hashlib.sha256(np.array([*numbers(found)], "<f8").tobytes()).hexdigest()[:16]
        for name, found in figures()
    }


if __name__ == "__main__":
    text = json.dumps(fingerprint(), indent=1) + "\n"
    if "--write" in sys.argv:
        STORED.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
