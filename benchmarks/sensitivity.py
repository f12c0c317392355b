"""What Sobol indices, tornado, grid and goal seek cost, beside SALib and scipy.

    python benchmarks/sensitivity.py

All are given the same vectorised model and the same number of draws, and so of evaluations; their
answers are held against ours. Ours come with standard errors. Those of scipy and SALib are made of
100 bootstrap resamples; scipy's indices are also measured without. SALib is not among what the
tests need (pip install SALib).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import ndtri

from xl_cryptoai import Forecast, risk
from xl_cryptoai.forecast import shipped_model
from xl_cryptoai.risk import importance
from xl_cryptoai.risk.totals import standing, total_of_draws

MODEL = shipped_model()
CATALOGUE = MODEL.assumptions

DRAWS = 8_192
RESAMPLES = 100
SCIPY_AIM, SALIB_AIM = 8, 50
AGREES = 0.03

Model = Callable[[np.ndarray], np.ndarray]


class Tabulated:
    """Our tabulated inverse of one distribution, in the form that scipy takes it."""

    def __init__(self, distribution: risk.Distribution) -> None:
        self._values = importance._inverse([distribution])

    def ppf(self, points: np.ndarray) -> np.ndarray:
        """Return the values at points between 0 and 1."""
        return self._values(ndtri(points).reshape(1, -1)).reshape(points.shape)


def pert(one: risk.Distribution) -> Any:
    """Return scipy's own distribution of the same shape."""
    span = one.high - one.low
    a, b = 1 + 4 * (one.mode - one.low) / span, 1 + 4 * (one.high - one.mode) / span
    return stats.beta(a, b, one.low, span)


def ishigami(u: np.ndarray) -> np.ndarray:
    """Compute Ishigami's function on the unit cube."""
    x = np.pi * (2 * u - 1)
    sine = np.sin(x[0])
    return sine + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * sine


def timed(job: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Return the least seconds of several runs, and the answer."""
    best, answer = np.inf, None
    for _ in range(times):
        start = time.perf_counter()
        answer = job()
        best = min(best, time.perf_counter() - start)
    return best, answer


def with_scipy(model: Model, marginals: Sequence[Any], resamples: int = 0) -> np.ndarray:
    """Return scipy's total indices."""
    found = stats.sobol_indices(
        func=model, n=DRAWS, dists=list(marginals), rng=np.random.default_rng(1)
    )
    if resamples:
        found.bootstrap(n_resamples=resamples)
    return found.total_order


def with_salib(model: Model, dimensions: int, inverse: Model) -> np.ndarray:
    """Return SALib's total indices."""
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem = {
        "num_vars": dimensions,
        "names": [f"x{number}" for number in range(dimensions)],
        "bounds": [[0, 1]] * dimensions,
    }
    points = sample.sample(problem, DRAWS, calc_second_order=False)
    outcomes = model(inverse(points.T))
    found = analyze.analyze(problem, outcomes, calc_second_order=False, num_resamples=RESAMPLES)
    return np.asarray(found["ST"])


def row(name: str, seconds: float, ours: float, apart: float, aim: int = 0) -> None:
    """Print one program's time, how many times ours it is, and how far the answers differ."""
    ratio = seconds / ours
    verdict = "" if not aim else f"  aim {aim}: {'met' if ratio >= aim else 'MISSED'}"
    print(f"{name:46} {seconds * 1e3:9.1f} ms {ratio:8.1f} {apart:8.4f}{verdict}")
    if apart > AGREES:
        raise SystemExit(f"{name} answers otherwise than we do")


def compare(title: str, model: Model, ours: dict[str, Any], scipys: dict[str, Any]) -> None:
    """Measure one model; the distributions as ours and as scipy's own, by name."""
    dimensions = len(next(iter(scipys.values())))
    evaluations = DRAWS * (dimensions + 2)
    print(f"\n{title}: {dimensions} inputs, {DRAWS:,} draws, {evaluations:,} evaluations")
    print(f"{'':46} {'time':>12} {'x ours':>8} {'apart':>8}")
    own, found = timed(lambda: risk.sobol_indices(model, dimensions, DRAWS, **ours), 15)
    total = found.total
    row("ours, with standard errors", own, own, 0.0)
    for name, marginals in scipys.items():
        seconds, answer = timed(partial(with_scipy, model, marginals), 5)
        row(f"scipy, {name}, no errors", seconds, own, np.abs(answer - total).max())
    seconds, answer = timed(partial(with_scipy, model, marginals, RESAMPLES), 1)
    row(f"scipy, {name}, with errors", seconds, own, np.abs(answer - total).max(), SCIPY_AIM)
    if importlib.util.find_spec("SALib") is None:
        print("SALib is not installed, so it is not measured: pip install SALib")
        return
    inverse = ours.get("inverse")
    own_inverse = (lambda u: inverse(ndtri(u))) if inverse else (lambda u: u)
    seconds, answer = timed(partial(with_salib, model, dimensions, own_inverse), 5)
    row("SALib, with errors", seconds, own, np.abs(answer - total).max(), SALIB_AIM)


def sobol() -> None:
    """Compare on Ishigami's function and on the forecast."""
    compare("Ishigami", ishigami, {}, {"its uniform": [stats.uniform()] * 3})
    chosen = risk.default_distributions(CATALOGUE)
    model = total_of_draws(MODEL, chosen, standing(MODEL))
    start = time.perf_counter()
    inverse = importance._inverse(list(chosen.values()))
    tables = time.perf_counter() - start
    compare(
        "The forecast", model, {"inverse": inverse},
        {"its beta": [pert(one) for one in chosen.values()],
         "our tables": [Tabulated(one) for one in chosen.values()]},
    )  # fmt: skip
    print(f"our tables, made once a process: {tables * 1e3:.0f} ms")


def arrays() -> None:
    """Compare one array with a Forecast for each bar, cell or try."""
    print(f"\n{'in one array, beside a Forecast each':46} {'time':>12} {'x ours':>8} {'apart':>8}")
    xs, ys = np.linspace(0.2, 0.5, 20), np.linspace(0.1, 0.16, 20)

    def total(**overrides: float) -> float:
        return float(Forecast(overrides=overrides)["total"])

    def bars() -> np.ndarray:
        ends = [(one.id, end) for one in risk.tornado() for end in (one.low, one.high)]
        return np.array([total(**{name: end}) for name, end in ends])

    jobs: tuple[tuple[str, Callable[[], Any], Callable[[], Any]], ...] = (
        ("tornado", lambda: np.array([
            end for bar in risk.tornado() for end in (bar.total_low, bar.total_high)
        ]), bars),
        ("grid, 20 x 20", lambda: risk.grid("ai_penetration", xs, "ai_revenue_capture", ys),
         lambda: np.array([[total(ai_penetration=x, ai_revenue_capture=y) for x in xs]
                           for y in ys])),
        ("goal seek, beside scipy's brentq", lambda: risk.goalseek("gdp_growth", 2e10).value,
         lambda: brentq(lambda x: total(gdp_growth=x) - 2e10, 0, 0.15, xtol=1e-15)),
    )  # fmt: skip
    for name, ours, theirs in jobs:
        own, found = timed(ours, 20)
        seconds, answer = timed(theirs, 3)
        print(f"{name:46} {own * 1e3:9.2f} ms")
        row("  a Forecast each", seconds, own, np.max(np.abs(answer / found - 1)))


def main() -> None:
    """Run all comparisons."""
    sobol()
    arrays()


if __name__ == "__main__":
    main()
