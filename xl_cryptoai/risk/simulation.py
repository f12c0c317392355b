"""Monte Carlo: the distribution of the total and of every segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.errors import UnknownNameError
from xl_cryptoai.forecast.model import Forecast, run_steps
from xl_cryptoai.forecast.steps import SEGMENTS
from xl_cryptoai.risk.correlation import check_correlation, factor
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.risk.sampling import check_draws, scores

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

SEED = 20240129
DRAWS = 16_384
PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
RESULTS = ("total", *SEGMENTS)
PARTS = 16
"""Parts that the draws are cut into, to see how far they differ: that gives the standard errors."""

NODES = 4_096
REACH = 8.5
"""The inverse of each distribution is tabulated from minus this score to plus this score."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a simulation found.

    Attributes
    ----------
    draws : dict of result to array
        Every draw of the total and of each segment, USD a year.
    method : str
        How the draws were made.
    seed : int
        Start of the random numbers; the same seed gives the same draws.
    """

    draws: Mapping[str, Array]
    method: str
    seed: int

    def mean(self, result: str = "total") -> tuple[float, float]:
        """Give the mean and its standard error."""
        return self._with_error(result, lambda part: float(part.mean()))

    def deviation(self, result: str = "total") -> tuple[float, float]:
        """Give the standard deviation and its standard error."""
        return self._with_error(result, lambda part: float(part.std(ddof=1)))

    def percentile(self, percent: float, result: str = "total") -> tuple[float, float]:
        """Give a percentile and its standard error."""
        return self._with_error(result, lambda part: float(np.percentile(part, percent)))

    def chance_above(self, amount: float, result: str = "total") -> tuple[float, float]:
        """Give the probability of beating an amount, and its standard error."""
        return self._with_error(result, lambda part: float((part > amount).mean()))

    def table(self) -> pd.DataFrame:
        """Give mean, deviation and percentiles of every result, each with its standard error."""
        import pandas as pd

        rows = {}
        for result in RESULTS:
            row = dict(zip(("mean", "mean_se"), self.mean(result), strict=True))
            row |= dict(zip(("sd", "sd_se"), self.deviation(result), strict=True))
            for percent in PERCENTILES:
                value = self.percentile(percent, result)
                row |= dict(zip((f"p{percent}", f"p{percent}_se"), value, strict=True))
            rows[result] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    def _with_error(self, result: str, statistic: Callable[[Array], float]) -> tuple[float, float]:
        """Compute a statistic on all draws, and its error from how much the parts differ.

        For Sobol and Latin hypercube draws this overstates the error: the parts by themselves are
        less even than the whole.
        """
        if result not in self.draws:
            known = ", ".join(self.draws)
            raise UnknownNameError(f"no result is called {result!r}; known are {known}")
        drawn = self.draws[result]
        parts = [statistic(part) for part in np.array_split(drawn, min(PARTS, len(drawn) // 2))]
        error = float(np.std(parts, ddof=1) / np.sqrt(len(parts))) if len(parts) > 1 else np.nan
        return statistic(drawn), error


def simulate(
    draws: int = DRAWS,
    *,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    distributions: Mapping[str, Distribution] | None = None,
    correlation: ArrayLike | None = None,
    method: str = "sobol",
    seed: int = SEED,
) -> Simulation:
    """Draw the uncertain assumptions many times and run the forecast for each.

    Parameters
    ----------
    draws : int
        How many; a power of two suits the default method.
    scenario, overrides
        Where the assumptions stand that are not drawn.
    distributions : dict of id to Distribution, optional
        What is uncertain; by default every assumption that the scenarios move, as PERT.
    correlation : matrix, optional
        Rank correlations, in the order of the distributions; none by default.
    method : str
        "sobol", "latin" or "plain".
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    Simulation

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For anything of these that cannot be used, naming it.

    Examples
    --------
    >>> result = simulate(1024)
    >>> 10e9 < result.mean()[0] < 12e9
    True
    """
    check_draws(method, draws, seed)  # before any memory is asked for
    chosen = dict(distributions if distributions is not None else default_distributions())
    others = Forecast(scenario, overrides=dict(overrides or {}))
    names = list(chosen)
    mix = None
    if correlation is not None:
        mix = factor(check_correlation(correlation, names))
    tables = [_Table(distribution) for distribution in chosen.values()]
    fixed = {name: others.values_by_id[name] for name in others.assumptions if name not in chosen}
    found = {result: np.empty(draws) for result in RESULTS}
    first = 0
    for block in scores(method, draws, max(len(names), 1), seed):
        mixed = block if mix is None else block @ mix
        columns = np.ascontiguousarray(mixed.T)  # each assumption's scores in a row of memory
        inputs = {
            name: table(column) for name, table, column in zip(names, tables, columns, strict=False)
        }
        _keep_whole(inputs, fixed)
        values = run_steps({**fixed, **inputs})
        for result in RESULTS:
            found[result][first : first + len(block)] = values[result]
        first += len(block)
    return Simulation(found, method, int(seed))


def _keep_whole(inputs: dict[str, Array], fixed: Mapping[str, Any]) -> None:
    """Where software and compute would exceed AI revenue, let compute have what is left."""
    software = inputs.get("software_share", fixed.get("software_share"))
    if "compute_share" in inputs and software is not None:
        inputs["compute_share"] = np.minimum(inputs["compute_share"], 1.0 - software)


class _Table:
    """A distribution's quantiles on equal steps of the normal score, interpolated in between.

    The exact quantile of a PERT costs a hundred times as much; the error of the interpolation is
    below 1e-6 of the value.
    """

    def __init__(self, distribution: Distribution) -> None:
        nodes = np.linspace(-REACH, REACH, NODES)
        values = distribution.quantile(nodes)
        self._values = values
        self._rises = np.append(np.diff(values), 0.0)

    def __call__(self, column: Array) -> Array:
        at = (column + REACH) * ((NODES - 1) / (2 * REACH))
        np.clip(at, 0, NODES - 1, out=at)
        node = at.astype(np.intp)
        at -= node
        at *= self._rises[node]
        at += self._values[node]
        return at
