"""Runs a model's steps for one scenario, for several, or for N rows of inputs at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.assumptions.catalogue import inputs_of
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.path import values_by_year
from xl_cryptoai.forecast.run import Values, run_steps
from xl_cryptoai.forecast.steps.entry import Step
from xl_cryptoai.notebook import frame_of, html_table
from xl_cryptoai.units import CHOICE, read_as

if TYPE_CHECKING:
    import pandas as pd

    from xl_cryptoai.forecast.reconcile import Reconciliation

_PATH_COLUMNS = ("scenario", "year", "id", "label", "value")
_COLUMNS = ("scenario", "id", "label", "unit", "kind", "value", "choice")


class Forecast(Mapping[str, Any]):
    """The forecast: every assumption's and every step's value by id.

    Parameters
    ----------
    scenario : str or sequence of str
        Id or label of a scenario ("bear", "base" or "bull" in the shipped model), or several of
        them to be run together.
    overrides : mapping of id to value or array, optional
        Values over the scenario's. With arrays of length N the forecast has N rows. Ids may be
        written as people do, such as "AI penetration".
    model : Model, optional
        Whose forecast; the shipped model's by default.

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
        model: Model | None = None,
    ) -> None:
        from xl_cryptoai.forecast.shipped import (
            shipped_by_default,  # it has findings, which run one
        )

        self.model = model = shipped_by_default(model)
        given = (scenario,) if isinstance(scenario, str) else scenario
        self.scenarios = tuple(map(model.assumptions.scenario_of, given))
        if not self.scenarios:
            known = ", ".join(model.assumptions.scenarios)
            raise UnknownNameError(f"no scenario is given; give one or more of {known}")
        self.several = not isinstance(scenario, str)
        overrides = model.assumptions.by_id(overrides)
        inputs = [inputs_of(model.assumptions, name, overrides) for name in self.scenarios]
        shapes = {np.shape(array) for array in inputs[0].values()} - {()}
        if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
            raise ShapeMismatchError(
                "overrides must be single values or arrays of one length, but have shapes "
                + ", ".join(str(shape) for shape in sorted(shapes))
            )
        if shapes and self.several:
            raise ShapeMismatchError("give either several scenarios or rows of overrides, not both")
        self.overridden = tuple(overrides)
        self.rows = shapes.pop()[0] if shapes else None
        merged = (
            {name: np.array([case[name] for case in inputs]) for name in inputs[0]}
            if self.several
            else inputs[0]
        )
        check_constraints(model.constraints, merged)
        self.values_by_id: Values = run_steps(model, merged)

    def __getitem__(self, key: str) -> Any:
        array = self.values_by_id[self.model.id_of(key)]
        return array.item() if array.ndim == 0 else array

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_id)

    def __len__(self) -> int:
        return len(self.values_by_id)

    def to_frame(self) -> pd.DataFrame:
        """Return the values as a tidy frame.

        Returns
        -------
        pandas.DataFrame
            One row an id and scenario: scenario, id, label, unit, kind (where the value is from,
            "computed" for a step, "override" for one of the caller's), value, a number, and choice,
            the text of an assumption that is a choice, which has no number. For N rows of overrides
            N rows with a column an id; ``attrs["units"]`` has their units.
        """
        if self.rows is not None:
            frame = frame_of(
                {name: np.broadcast_to(array, self.rows) for name, array in self.items()}, {}
            )
            frame.attrs["units"] = {name: self._entry(name).unit_label for name in self}
            return frame
        found: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        for number, scenario in enumerate(self.scenarios):
            for name, array in self.values_by_id.items():
                entry = self._entry(name)
                value = array[number].item() if self.several else array.item()
                text = isinstance(value, str)
                kind = self._kind(name, scenario)
                number_or_text = (np.nan, value) if text else (float(value), "")
                row = (scenario, name, entry.label, entry.unit_label, kind, *number_or_text)
                for column, cell in zip(found.values(), row, strict=True):
                    column.append(cell)
        return frame_of(found, {})

    def _entry(self, name: str) -> Assumption | Step:
        return self.model.entries[name]

    def _kind(self, name: str, scenario: str) -> str:
        if name in self.model.steps:
            return "computed"
        if name in self.overridden:
            return "override"
        return self.model.assumptions.kind_of(name, scenario)

    def _repr_html_(self) -> str:
        """Show every assumption and step, a column a scenario; of N rows how far they spread."""
        if self.rows is None:
            catalogue = self.model.assumptions
            headers = [catalogue.header(one) for one in self.scenarios]
            title = f"Forecast: {', '.join(self.scenarios)}"
            if self.overridden:
                title += f", with {', '.join(self.overridden)} overridden"
            note = catalogue.house_note(self.scenarios)
        else:
            headers = ["least", "median", "greatest"]
            title, note = f"Forecast of {self.rows:,} rows of inputs", ""
        rows = []
        for name, array in self.values_by_id.items():
            entry = self._entry(name)
            if self.rows is None:
                values = np.atleast_1d(array).tolist()
            elif entry.unit == CHOICE:
                values = ["", " or ".join(sorted({*np.atleast_1d(array).tolist()})), ""]
            else:
                values = np.percentile(array, (0, 50, 100)).tolist()
            read = [read_as(value, entry.unit, 5) for value in values]
            rows.append([entry.label, name, entry.unit_label, *read])
        return html_table(title, ["label", "id", "unit", *headers], rows, texts=3, note=note)

    def tam_path(self) -> pd.DataFrame:
        """Return the productivity market by year, from the baseline to the forecast year.

        Returns
        -------
        pandas.DataFrame
            One row a scenario and year: scenario, year, and tam, USD a year.

        Raises
        ------
        ShapeMismatchError
            For a forecast of N rows: take one of them.
        """
        step = self.model.steps["tam"]
        found: dict[str, list[Any]] = {"scenario": [], "year": [], "tam": []}
        for number, scenario in enumerate(self.scenarios):
            one = self._case(number)
            years, path = tam_path(step, *(float(one[name]) for name in step.inputs))
            found["scenario"] += [scenario] * len(years)
            found["year"] += years.tolist()
            found["tam"] += path.tolist()
        return frame_of(found, {"year": "year", "tam": step.unit})

    def path(self, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the forecast by year, from the baseline to the forecast year.

        Parameters
        ----------
        ids : sequence of str, optional
            Assumptions or steps; the segments and the total by default.

        Returns
        -------
        pandas.DataFrame
            One row a scenario, year and id: scenario, year, id, label, and value, each in its own
            unit, which ``attrs["units"]`` has by id. The forecast year is that of the forecast; the
            years before it follow the adoption assumptions, a house view.

        Raises
        ------
        ShapeMismatchError
            For a forecast of N rows: take one of them.
        UnknownNameError
            For an unknown id.

        Examples
        --------
        >>> path = Forecast().path(["ai_penetration"])
        >>> path[path.year.isin([2023, 2025, 2030])].value.round(4).tolist()
        [0.01, 0.0298, 0.33]
        """
        ids = (*self.model.segments, TOTAL) if ids is None else tuple(ids)
        for name in ids:
            self.model.entry(name)
        found: dict[str, list[Any]] = {name: [] for name in _PATH_COLUMNS}
        for number, scenario in enumerate(self.scenarios):
            years, values = values_by_year(self.model, self._case(number))
            for place, year in enumerate(years.tolist()):
                for name in ids:
                    label = self._entry(name).label
                    row = (scenario, year, name, label, values[name][place].item())
                    for column, cell in zip(found.values(), row, strict=True):
                        column.append(cell)
        frame = frame_of(found, {})
        frame.attrs["units"] = {name: self._entry(name).unit_label for name in ids}
        return frame

    def _case(self, number: int) -> dict[str, Any]:
        """Return one scenario's assumptions and results, or refuse a forecast of N rows."""
        if self.rows is not None:
            raise ShapeMismatchError("the path by year is for scenarios, not for N rows of inputs")
        return {
            name: array[number] if self.several else array
            for name, array in self.values_by_id.items()
        }

    def reconcile(self) -> list[Reconciliation]:
        """Hold the results against every figure that the publication prints."""
        from xl_cryptoai.forecast.reconcile import reconcile

        return reconcile(self.model, self)


def tam_path(
    tam: Step,
    baseline_productivity: float,
    gdp_growth: float,
    ai_growth_multiple: float,
    forecast_year: float,
    baseline_year: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Compute the productivity market for each year from the baseline to the forecast year.

    Parameters
    ----------
    tam : Step
        The step that computes one year.
    baseline_productivity, gdp_growth, ai_growth_multiple, forecast_year, baseline_year : float
        As for the step `tam`; single values.

    Returns
    -------
    years : array of int
    path : array of float
        USD a year, one for each year.

    Examples
    --------
    >>> from xl_cryptoai.forecast.steps import STEPS
    >>> years, path = tam_path(STEPS["tam"], 100.0, 0.05, 2.0, 2024, 2022)
    >>> years.tolist(), path.round(6).tolist()
    ([2022, 2023, 2024], [100.0, 110.0, 121.0])
    """
    years = np.arange(int(baseline_year), int(forecast_year) + 1)
    path = tam.function(
        baseline_productivity,
        gdp_growth,
        ai_growth_multiple,
        years.astype(np.float64),
        baseline_year,
    )
    return years, path
