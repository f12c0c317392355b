"""Are the standard errors honest: how far figures spread over seeds, beside the error stated.

    python benchmarks/calibration.py          # 480 seeds: about ten minutes
    python benchmarks/calibration.py quick    # 60 seeds

For one, two, four and twelve drawn assumptions, every method, 1,024 and 16,384 draws, and every
figure that is shown: the root mean square of the error made (from a simulation of four million
draws, or the closed form of one assumption), divided by that of the error stated. 1 is honest, and
the aim is 0.85 to 1.15. The ratio itself is known to 1 / sqrt(2 * seeds): 9% for 60 seeds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.forecast import shipped_model
from xl_cryptoai.risk import default_distributions, sensitivities, simulate

CATALOGUE = shipped_model().assumptions

AMOUNT = 10.2e9
LEAST, MOST = 0.85, 1.15
COUNTS = (1, 2, 4, 12)
Figures = dict[str, tuple[float, float]]


@cache
def drawn(count: int) -> dict[str, object]:
    """Return the first distributions of the order in which they matter most."""
    order = [one.id for one in sensitivities(1_024)]
    known = default_distributions(CATALOGUE)
    return {name: known[name] for name in known if name in order[:count]}


def simulated(count: int, method: str, draws: int) -> Callable[[int], Figures]:
    """Return what asks a simulation for all its figures by seed."""

    def ask(seed: int) -> Figures:
        found = simulate(draws, distributions=drawn(count), method=method, seed=seed)
        return found.statistics(above=AMOUNT)

    return ask


@cache
def exact(count: int) -> dict[str, float]:
    """Return the figures as a long simulation knows them: kept draws of several seeds."""
    found = [simulated(count, "sobol", 2**20)(10_000 + seed) for seed in range(4)]
    return {name: float(np.mean([one[name][0] for one in found])) for name in found[0]}


def indices(count: int, draws: int) -> Callable[[int], Figures]:
    """Return what asks for Spearman, contribution and Sobol indices of every assumption."""

    def ask(seed: int) -> Figures:
        return {
            f"{one.id}.{name}": (getattr(one, name), getattr(one, f"{name}_se"))
            for one in sensitivities(draws, distributions=drawn(count), seed=seed)
            for name in ("spearman", "contribution", "first", "total")
        }

    return ask


def ratios(
    ask: Callable[[int], Figures], true: dict[str, float] | None, seeds: int
) -> dict[str, float]:
    """Return for each figure the error made divided by the error stated."""
    found = [ask(seed) for seed in range(seeds)]
    answer = {}
    for name in found[0]:
        values = np.array([one[name][0] for one in found])
        middle = values.mean() if true is None else true[name]
        made = np.sqrt(np.mean((values - middle) ** 2))
        stated = np.sqrt(np.mean([one[name][1] ** 2 for one in found]))
        if max(made, stated) > 1e-9 * abs(values.mean()):  # what is known exactly has no ratio
            answer[name] = float(made / stated)
    return answer


def rows(seeds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield every line of the table."""
    for count in COUNTS:
        for draws in (1_024, 16_384):
            for method in METHODS:
                ask = simulated(count, method, draws)
                yield f"{count:2} drawn {draws:6,} {method:6}", ratios(ask, exact(count), seeds)


def main() -> int:
    """Print the tables; exit code 1 if a figure is outside the aim."""
    seeds = 60 if "quick" in sys.argv else 480
    noise = 2 / np.sqrt(2 * seeds)
    outside = 0
    print(f"made / stated, {seeds} seeds; known to {noise / 2:.1%}")
    headers = None
    for words, found in rows(seeds):
        if headers is None:
            headers = [*found]
            print(" " * 24, *(f"{head[:6]:>6}" for head in headers))
        print(words.ljust(24), *(f"{found.get(head, np.nan):6.2f}" for head in headers), flush=True)
        outside += sum(not LEAST - noise <= ratio <= MOST + noise for ratio in found.values())
    for count in COUNTS:
        for draws in (1_024, 8_192):
            found = ratios(indices(count, draws), None, min(seeds, 120))
            for name in ("spearman", "contribution", "first", "total"):
                own = [ratio for key, ratio in found.items() if key.endswith(name)]
                if own:
                    middle = np.sqrt(np.mean(np.square(own)))
                    span = f"{min(own):.2f} to {max(own):.2f}, together {middle:.2f}"
                    print(f"{count:2} drawn {draws:6,} {name:12} {span}", flush=True)
    print(f"outside {LEAST} to {MOST} by more than their own uncertainty: {outside}")
    return int(outside > 0)


if __name__ == "__main__":
    sys.exit(main())
