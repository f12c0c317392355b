"""The graph: runs the steps for one scenario, for all three, or for N rows of inputs at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import Catalogue, shipped_assumptions
from xl_cryptoai.assumptions.scenarios import inputs_of
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.steps import STEPS

if TYPE_CHECKING:
    import pandas as pd

    from xl_cryptoai.forecast.reconcile import Reconciliation

Values = dict[str, NDArray[Any]]


def run_steps(inputs: Mapping[str, ArrayLike]) -> Values:
    """Run every step on checked inputs.

    Parameters
    ----------
    inputs : mapping of assumption id to value or array
        All assumptions; arrays broadcast against each other.

    Returns
    -------
    dict of id to array
        The inputs and every step's result.
    """
    values: Values = {name: np.asarray(value) for name, value in inputs.items()}
    for step in STEPS.values():
        values[step.id] = np.asarray(step.function(*(values[name] for name in step.inputs)))
    return values


class Forecast(Mapping[str, Any]):
    """The forecast: every assumption's and every step's value by id.

    Parameters
    ----------
    scenario : str or sequence of str
        "bear", "base" or "bull", or several of them to be run together.
    overrides : mapping of id to value or array, optional
        Values over the scenario's. With arrays of length N the forecast has N rows.
    assumptions : Catalogue, optional
        The catalogue; the package's own by default.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError, ShapeMismatchError
        For an unknown id or scenario, a value that is no number or out of its range, a rule
        between inputs that is broken, or arrays that differ in length.

    Examples
    --------
    >>> forecast = Forecast(overrides={"ai_penetration": 0.4})
    >>> round(forecast["total"] / 1e9, 4)
    12.3237
    >>> Forecast(("bear", "base", "bull"))["total"].round(-7).tolist()
    [780000000.0, 10170000000.0, 57770000000.0]
    """

    def __init__(
        self,
        scenario: str | Sequence[str] = "base",
        *,
        overrides: Mapping[str, ArrayLike] | None = None,
        assumptions: Catalogue | None = None,
    ) -> None:
        self.assumptions = assumptions if assumptions is not None else shipped_assumptions()
        self.scenarios = (scenario,) if isinstance(scenario, str) else tuple(scenario)
        if not self.scenarios:
            raise UnknownNameError("no scenario is given; give one or more of bear, base, bull")
        self.several = not isinstance(scenario, str)
        inputs = [inputs_of(self.assumptions, name, overrides) for name in self.scenarios]
        shapes = {np.shape(array) for array in inputs[0].values()} - {()}
        if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
            raise ShapeMismatchError(
                "overrides must be single values or arrays of one length, but have shapes "
                + ", ".join(str(shape) for shape in sorted(shapes))
            )
        if shapes and self.several:
            raise ShapeMismatchError("give either several scenarios or rows of overrides, not both")
        self.rows = shapes.pop()[0] if shapes else None
        merged = (
            {name: np.array([case[name] for case in inputs]) for name in inputs[0]}
            if self.several
            else inputs[0]
        )
        check_constraints(merged)
        self.values_by_id: Values = run_steps(merged)

    def __getitem__(self, key: str) -> Any:
        try:
            array = self.values_by_id[key]
        except KeyError:
            known = ", ".join(self.values_by_id)
            raise UnknownNameError(
                f"no assumption or step is called {quoted(key)}; known are {known}"
            ) from None
        return array.item() if array.ndim == 0 else array

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_id)

    def __len__(self) -> int:
        return len(self.values_by_id)

    def to_frame(self) -> pd.DataFrame:
        """Return the values as a table.

        Returns
        -------
        pandas.DataFrame
            One row an id with label, unit and a column for each scenario; for N rows of
            overrides one column an id and N rows.
        """
        import pandas as pd

        if self.rows is not None:
            return pd.DataFrame(
                {name: np.broadcast_to(array, self.rows) for name, array in self.items()}
            )
        entries = [
            self.assumptions[name] if name in self.assumptions else STEPS[name] for name in self
        ]
        frame = pd.DataFrame(
            {
                "label": [entry.label for entry in entries],
                "unit": [entry.unit_label for entry in entries],
            },
            index=pd.Index(list(self), name="id"),
        )
        for number, scenario in enumerate(self.scenarios):
            frame[scenario] = [
                array[number] if self.several else array.item()
                for array in self.values_by_id.values()
            ]
        return frame

    def tam_path(self) -> pd.DataFrame:
        """Return the productivity market by year, from the baseline to the forecast year.

        Returns
        -------
        pandas.DataFrame
            One row a year, one column a scenario, USD a year; NaN where a scenario has no value.

        Raises
        ------
        ShapeMismatchError
            For a forecast of N rows: take one of them.
        """
        import pandas as pd

        if self.rows is not None:
            raise ShapeMismatchError("the path by year is for scenarios, not for N rows of inputs")
        columns = {}
        for number, scenario in enumerate(self.scenarios):
            one = {
                name: array[number] if self.several else array
                for name, array in self.values_by_id.items()
            }
            years, path = tam_path(*(float(one[name]) for name in STEPS["tam"].inputs))
            columns[scenario] = pd.Series(path, index=years)
        frame = pd.DataFrame(columns)
        frame.index.name = "year"
        return frame

    def reconcile(self) -> list[Reconciliation]:
        """Hold the results against every figure that the publication prints."""
        from xl_cryptoai.forecast.reconcile import reconcile

        return reconcile(self)


def tam_path(
    baseline_productivity: float,
    gdp_growth: float,
    ai_growth_multiple: float,
    forecast_year: float,
    baseline_year: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Compute the productivity market for each year from the baseline to the forecast year.

    Parameters
    ----------
    baseline_productivity, gdp_growth, ai_growth_multiple, forecast_year, baseline_year : float
        As for the step `tam`; single values.

    Returns
    -------
    years : array of int
    path : array of float
        USD a year, one for each year.

    Examples
    --------
    >>> years, path = tam_path(100.0, 0.05, 2.0, 2024, 2022)
    >>> years.tolist(), path.round(6).tolist()
    ([2022, 2023, 2024], [100.0, 110.0, 121.0])
    """
    years = np.arange(int(baseline_year), int(forecast_year) + 1)
    path = STEPS["tam"].function(
        baseline_productivity,
        gdp_growth,
        ai_growth_multiple,
        years.astype(np.float64),
        baseline_year,
    )
    return years, path
