"""From normal scores to totals, block by block.

The steps are those of the model, and there is no second version of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.errors import ShapeMismatchError
from xl_cryptoai.forecast.constraints import keep_rules
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.risk.correlation import check_correlation, factor
from xl_cryptoai.risk.distributions import Distribution, drawn_beside
from xl_cryptoai.risk.scratch import scratch
from xl_cryptoai.risk.tables import STEPS, table_of
from xl_cryptoai.risk.tape import Tape

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Scores = Array | Single


class Chain:
    """What a simulation repeats: scores in, the total and its segments out.

    Parameters
    ----------
    model : Model
        Whose results.
    scenario : str
        Id of the scenario where the assumptions stand that are not drawn.
    overrides : mapping of id to value, optional
        Values over the scenario's. One fixes its assumption, unless a distribution is given for it.
    distributions : mapping of id to Distribution, optional
        What is drawn; by default all that the catalogue calls uncertain and no override fixes. One
        of the shape "fixed" is a value and no dimension.
    correlation : matrix, optional
        Rank correlations in the order of the distributions; none by default. The rows and columns
        of fixed ones are left out.

    Attributes
    ----------
    results : tuple of str
        The total and the segments.
    names : tuple of str
        The drawn assumptions, one for each row of scores.
    dimensions : tuple of int
        The number of each one's random numbers: its place among all that can be uncertain, so
        that its draws do not depend on which others are drawn.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For an argument that cannot be used.

    Examples
    --------
    >>> from xl_cryptoai.forecast import shipped_model
    >>> chain = Chain(shipped_model())
    >>> len(chain.names)
    12
    >>> middle = chain(np.zeros((12, 1)))
    >>> (middle["total"] / 1e9).round(2).tolist()
    [10.65]
    """

    def __init__(
        self,
        model: Model,
        scenario: str = "base",
        overrides: Mapping[str, Value] | None = None,
        distributions: Mapping[str, Distribution] | None = None,
        correlation: ArrayLike | None = None,
    ) -> None:
        overrides = model.assumptions.by_id(overrides)
        chosen = drawn_beside(model.assumptions, overrides, distributions)
        self._given = (model, scenario, overrides, chosen, correlation)
        drawn = {name: one for name, one in chosen.items() if one.shape != "fixed"}
        self.model = model
        self.results = (TOTAL, *model.segments)
        self.names = tuple(drawn)
        places = [entry.id for entry in uncertain_in(model.assumptions)]
        self.dimensions = tuple(places.index(name) for name in drawn)
        self._tables = {name: table_of(one) for name, one in drawn.items()}
        self._mix = _mix(correlation, list(chosen), [name in drawn for name in chosen])
        point = _point(model, scenario, overrides, chosen)
        others = {*drawn, *model.steps}
        self._constant = {name: point[name] for name in point if name not in others}
        self._keep = partial(keep_rules, model.constraints, drawn=self.names)
        steps = model.steps.values()
        self._tape = Tape(steps, self._constant, self._tables, self.results, self._keep)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as the arguments; the tables are made anew there."""
        return (Chain, self._given)

    def __call__(self, scores: Scores, out: Array | None = None) -> dict[str, Array]:
        """Compute every result for a block of scores.

        Parameters
        ----------
        scores : array of float32 or float, shape (drawn assumptions, rows)
            Independent standard normal scores; they stay as they are. They count in single
            precision: an input is exact to about a millionth of its value.
        out : array of float, shape (results, rows), optional
            Where to write; by default a new array.

        Returns
        -------
        dict of result to array of float, shape (rows,)
            The total and every segment, USD a year.
        """
        found = out if out is not None else np.empty((len(self.results), scores.shape[1]))
        self._tape(self._steps(scores), found)
        return dict(zip(self.results, found, strict=True))

    def inputs(self, scores: Scores) -> dict[str, Array]:
        """Return the values of the drawn assumptions for a block of scores.

        Parameters
        ----------
        scores : array of float32 or float, shape (drawn assumptions, rows)
            As for a call.

        Returns
        -------
        dict of id to array of float, shape (rows,)
            Each within its bounds, and adjusted where draws would break a rule between inputs.
        """
        pairs = zip(self._tables.items(), self._steps(scores), strict=True)
        drawn = {name: table(row) for (name, table), row in pairs}
        values = {**self._constant, **drawn}
        self._keep(values)
        return {name: values[name] for name in drawn}

    def _steps(self, scores: Scores) -> Single:
        """Make scores correlated, and steps of the tables.

        Products and sums stand one by one in a fixed order: a matrix product of a linear algebra
        library adds up in an order that depends on the processor.
        """
        steps: Single = scratch("steps", scores.shape, np.float32)
        if self._mix is None:
            return np.multiply(scores, np.float32(STEPS), out=steps, casting="same_kind")
        single = scores.astype(np.float32, copy=False)
        np.multiply(single, self._mix.diagonal()[:, None], out=steps)
        terms = scratch("terms", scores.shape, np.float32)
        for number, weights in enumerate(self._mix.T):
            rows = np.flatnonzero(weights[number + 1 :]) + number + 1
            if rows.size:
                mixed = slice(rows[0], rows[-1] + 1)
                np.multiply(weights[mixed, None], single[number], out=terms[mixed])
                steps[mixed] += terms[mixed]
        return steps


def _point(
    model: Model,
    scenario: str,
    overrides: Mapping[str, Value] | None,
    chosen: Mapping[str, Distribution],
) -> dict[str, Any]:
    """Return every value with the drawn ones at their most likely, where all rules must hold."""
    modes = {name: one.mode for name, one in chosen.items()}
    point = Forecast(scenario, overrides={**(overrides or {}), **modes}, model=model)
    if point.rows is not None:
        raise ShapeMismatchError(
            "a simulation starts from one row of assumptions; give single values as overrides"
        )
    return point.values_by_id


def _mix(correlation: ArrayLike | None, names: list[str], drawn: list[bool]) -> Single | None:
    """Return what each drawn one's score counts in its own steps and those of the ones after it.

    A lower triangle; None if nothing is correlated.
    """
    if correlation is None:
        return None
    ranks = check_correlation(correlation, names)[np.ix_(drawn, drawn)]
    if np.array_equal(ranks, np.eye(len(ranks))):
        return None
    return (factor(ranks) * STEPS).astype(np.float32)
