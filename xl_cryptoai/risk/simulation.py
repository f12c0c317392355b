"""Monte Carlo: the distribution of the total and of every segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.assumptions.uncertainty import DRAWS, SEED
from xl_cryptoai.errors import OutOfRangeError, ShapeMismatchError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.notebook import frame_of, html_table
from xl_cryptoai.risk.chain import Chain
from xl_cryptoai.risk.convergence import AT_MOST, check_statistic, check_target, grown
from xl_cryptoai.risk.distributions import Distribution
from xl_cryptoai.risk.estimates import FAR, NEAR, Estimates, Sample, together
from xl_cryptoai.risk.pieces import Found, Order, draw_all
from xl_cryptoai.risk.sampling import FEWEST_DRAWS, MOST_DRAWS, check_draws, check_whole, made_of
from xl_cryptoai.risk.summaries import BIN_ERROR
from xl_cryptoai.risk.workers import at_work
from xl_cryptoai.units import read_as

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
MOST_BINS = 10_000


class Simulation:
    """What a simulation found.

    Every figure is that of all draws; `estimates` says where its standard error comes from.

    Attributes
    ----------
    draws_made : int
        How many.
    method : str
        How they were made.
    seed : int
        Start of the random numbers; the same seed gives the same answer.
    model : Model
        Of what.
    names : tuple of str
        The assumptions that were drawn.
    percentile_error : float
        How far a percentile can be off besides, as a part of it, since the draws were counted in
        bins; 0 if all were kept.
    missed : dict of str to float
        What was to be known better, with its error as a part of it; empty if all is reached.
    """

    def __init__(self, order: Order, found: Found) -> None:
        self.draws_made, self.method, self.seed = order.draws, order.method, order.seed
        self.model, self.names = order.chain.model, order.chain.names
        self.percentile_error = 0.0 if order.kept else BIN_ERROR
        self.missed: dict[str, float] = {}
        self._samples = found.samples(order.chain.results)

    def mean(self, result: str = "total") -> tuple[float, float]:
        """Return the mean and its standard error, USD a year."""
        return _first(self._of(result).moments())

    def deviation(self, result: str = "total") -> tuple[float, float]:
        """Return the standard deviation and its standard error, USD a year."""
        values, _, _ = found = self._of(result).moments()
        return float(values[1]), float(found.errors[1])

    def percentile(self, percent: float, result: str = "total") -> tuple[float, float]:
        """Return a percentile and its standard error, USD a year.

        Raises
        ------
        OutOfRangeError
            For a percent below 0 or above 100.
        """
        if not 0 <= percent <= 100:
            raise OutOfRangeError(f"percent is {percent}; it must be 0 to 100")
        return _first(self._of(result).percentiles([percent]))

    def chance_of_exceeding(self, amount: float, result: str = "total") -> tuple[float, float]:
        """Return the chance of exceeding an amount, USD a year, and its standard error."""
        return _first(self._of(result).chances_above([amount]))

    def statistics(
        self, result: str = "total", above: float | None = None
    ) -> dict[str, tuple[float, float]]:
        """Return a result's usual figures at once, which costs little more than one of them.

        Parameters
        ----------
        result : str
            "total" or a segment.
        above : float, optional
            An amount, USD a year; the chance of exceeding it is then among the figures.

        Returns
        -------
        dict of str to (value, standard error)
            "mean", "sd", "p5" to "p95", and "chance_of_exceeding" if an amount is given.

        Examples
        --------
        >>> found = simulate(1024).statistics(above=10.2e9)
        >>> list(found)[:3], found["p50"] == simulate(1024).percentile(50)
        (['mean', 'sd', 'p5'], True)
        """
        return _by_name(_usual(self._of(result), above), above)

    def change_from(
        self, other: Simulation, result: str = "total", above: float | None = None
    ) -> dict[str, tuple[float, float]]:
        """Return how far the usual figures are from those of another simulation.

        Both have the same random numbers for the same assumption, so that the change is known
        better than either figure.

        Parameters
        ----------
        other : Simulation
            As many draws, made by the same method from the same seed.
        result, above
            As for `statistics`.

        Returns
        -------
        dict of str to (difference, standard error)

        Raises
        ------
        ShapeMismatchError
            If the two were not drawn alike.

        Examples
        --------
        >>> higher = simulate(1024, overrides={"bank_revenue": 600e9})
        >>> change, error = higher.change_from(simulate(1024))["mean"]
        >>> round(change / 1e6), error < 1e6
        (119, True)
        """
        for name in ("draws_made", "method", "seed"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise ShapeMismatchError(
                    f"the simulations differ in {name} ({mine} and {theirs}); draw both the same "
                    "way"
                )
        mine, theirs = (_usual(one._of(result), above, FAR) for one in (self, other))
        return _by_name(mine.minus(theirs), above)

    def histogram(
        self, bins: int | Sequence[float] = 40, result: str = "total"
    ) -> tuple[Array, Array]:
        """Return how the draws are spread.

        Parameters
        ----------
        bins : int or sequence of float
            How many, from the least draw to the greatest; or their edges, USD a year, rising.
        result : str
            "total" or a segment.

        Returns
        -------
        edges : array of float
            USD a year, one more than there are bins.
        shares : array of float
            Part of the draws within each bin; an amount on an edge counts below it.

        Raises
        ------
        OutOfRangeError
            For no bins, too many, or edges that do not rise.

        Examples
        --------
        >>> edges, shares = simulate(1024).histogram(bins=5)
        >>> len(edges), float(shares.sum().round(9))
        (6, 1.0)
        """
        summary = self._of(result).summary
        if isinstance(bins, Sequence | np.ndarray):
            edges = np.asarray(bins, dtype=np.float64)
            if len(edges) < 2 or not np.all(np.diff(edges) > 0):
                raise OutOfRangeError("the edges of the bins must be two or more, and rise")
            return edges, np.diff(summary.shares(edges))
        check_whole("bins", bins, 1, MOST_BINS)
        least, greatest = summary.quantiles([0.0, 1.0])
        apart = greatest > least
        edges = np.linspace(least, greatest if apart else least + 1, bins + 1)
        below = summary.shares(edges)
        below[0], below[-1] = 0.0, 1.0  # the least draw counts in the first bin
        return edges, np.diff(below)

    def to_frame(self) -> pd.DataFrame:
        """Return mean, deviation and percentiles of every result, each with its standard error.

        Returns
        -------
        pandas.DataFrame
            One row a result: result, then mean, mean_se, sd, sd_se, p5, p5_se and so on, USD a
            year; the columns are those of CAI_SIMULATE. ``attrs`` has the units, draws, method and
            seed.
        """
        found = [self.statistics(result) for result in self._samples]
        columns: dict[str, list[Any]] = {"result": list(self._samples)}
        for name in found[0]:
            columns[name] = [one[name][0] for one in found]
            columns[f"{name}_se"] = [one[name][1] for one in found]
        frame = frame_of(columns, {name: "usd_per_year" for name in columns if name != "result"})
        frame.attrs.update(draws=self.draws_made, method=self.method, seed=self.seed)
        return frame

    def _repr_html_(self) -> str:
        found = {result: self.statistics(result) for result in self._samples}
        rows = [
            [self.model.steps[result].label, result,
             *(read_as(value, "usd_per_year") for value, _ in one.values())]
            for result, one in found.items()
        ]  # fmt: skip
        return html_table(
            f"Simulation: {self.draws_made:,} draws, {self.method}, seed {self.seed}; USD/year",
            ["label", "id", *found["total"]], rows, texts=2,
            note=f"Drawn: {', '.join(self.names)}. to_frame() has the standard errors.",
        )  # fmt: skip

    def _of(self, result: str) -> Sample:
        return self._samples[name_meant(result, "result", self._samples)]


def _usual(sample: Sample, above: float | None, width: float = NEAR) -> Estimates:
    found = [sample.moments(), sample.percentiles(PERCENTILES, width)]
    return together(found if above is None else [*found, sample.chances_above([above])])


def _first(found: Estimates) -> tuple[float, float]:
    return float(found.values[0]), float(found.errors[0])


def _by_name(found: Estimates, above: float | None) -> dict[str, tuple[float, float]]:
    names = ["mean", "sd", *(f"p{percent}" for percent in PERCENTILES)]
    names += [] if above is None else ["chance_of_exceeding"]
    pairs = zip(found.values.tolist(), found.errors.tolist(), strict=True)
    return dict(zip(names, pairs, strict=True))


def simulate(
    draws: int = DRAWS,
    *,
    scenario: str = "base",
    overrides: Mapping[str, Value] | None = None,
    distributions: Mapping[str, Distribution] | None = None,
    correlation: ArrayLike | None = None,
    method: str = "sobol",
    seed: int = SEED,
    until: Mapping[str, float] | None = None,
    at_most: int = AT_MOST,
    executor: Executor | None = None,
    workers: int | None = None,
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    model: Model | None = None,
) -> Simulation:
    """Draw the uncertain assumptions many times and run the forecast for each.

    Parameters
    ----------
    draws : int
        How many; with `until` how many at first. A multiple of 16 by a power of two suits the
        default method.
    scenario, overrides
        Where the assumptions stand that are not drawn. An override fixes its assumption, unless a
        distribution is given for it.
    distributions : dict of id to Distribution, optional
        What is uncertain; by default every assumption that the catalogue calls so and no override
        fixes. One of the shape "fixed" is a value.
    correlation : matrix, optional
        Rank correlations, in the order of the distributions; none by default.
    method : str
        "sobol", "latin" or "plain".
    seed : int
        The same seed gives the same answer, to the last bit, whoever draws.
    until : dict of str to float, optional
        Draw until these standard errors are reached, as parts of the total's "mean", "sd" or
        percentiles: ``{"p50": 0.005}``. The answer is that of a simulation with as many draws.
    at_most : int
        Draws after which `until` gives up, and the result says what it `missed`.
    executor : concurrent.futures.Executor, optional
        Who draws: threads, processes, or a cluster's (`dask.distributed`).
    workers : int, optional
        Threads, or how many workers the executor has; by default a second thread where it pays.
    block : int, optional
        Draws that are handed out at a time; by default what suits the number of workers.
    progress : callable, optional
        Called with the draws made and the draws in all, from time to time.
    model : Model, optional
        Whose; the shipped model's by default.

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
    target = check_target(until) if until is not None else {}
    check_whole("at_most", at_most, FEWEST_DRAWS, MOST_DRAWS)
    for name, value in (("workers", workers), ("block", block)):
        if value is not None:
            check_whole(name, value, 1, MOST_DRAWS)
    chain = Chain(shipped_by_default(model), scenario, overrides, distributions, correlation)
    while True:
        order = Order(chain, method, int(seed), made_of(int(draws)))
        with at_work(executor, workers, draws) as (who, many):
            result = Simulation(order, draw_all(order, who, many, block, progress))
        result.missed, missed_by = _missed(result, target)
        if not result.missed or draws >= at_most:
            return result
        draws = grown(draws, missed_by, method, at_most)


def _missed(result: Simulation, target: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Return what is not known well enough, with its error, and by how many times at worst."""
    missed, worst = {}, 0.0
    for name, wanted in target.items():
        percent = check_statistic(name)
        if percent is not None:
            value, error = result.percentile(percent)
        else:
            value, error = result.mean() if name == "mean" else result.deviation()
        part = error / value if value else error
        if part > wanted:
            missed[name] = part
            worst = max(worst, part / wanted)
    return missed, worst
