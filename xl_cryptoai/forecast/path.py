"""The forecast by year: shares that adoption moves go from a start value to the forecast year's.

The source gives one year. How the shares come there is a house view, as assumptions of the block
"adoption"; the forecast year itself is always that of the steps alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.errors import UnknownNameError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.run import Values, run_steps
from xl_cryptoai.powers import power, root

BASELINE_YEAR, FORECAST_YEAR = "baseline_year", "forecast_year"
START_YEAR, CURVE = "adoption_start_year", "adoption_curve"
LOGISTIC, LINEAR, CONSTANT_GROWTH, FLAT = "logistic", "linear", "constant_growth", "flat"
_SMALLEST = 1e-300


def starts_of(catalogue: Catalogue) -> dict[str, str]:
    """Return the shares that adoption moves, each with the id of its start value.

    >>> from xl_cryptoai import load_assumptions
    >>> [*starts_of(load_assumptions()).items()][0]
    ('ai_penetration', 'start_ai_penetration')
    """
    if START_YEAR not in catalogue or CURVE not in catalogue:
        return {}
    return {entry.starts: entry.id for entry in catalogue.values() if entry.starts}


def years_of(inputs: Mapping[str, Any]) -> NDArray[np.int64]:
    """Return the years of a case, from its baseline to its forecast year."""
    for name in (BASELINE_YEAR, FORECAST_YEAR):
        if name not in inputs:
            raise UnknownNameError(f"the model has no {name}, so it has no path by year")
    return np.arange(int(inputs[BASELINE_YEAR]), int(inputs[FORECAST_YEAR]) + 1)


def values_by_year(
    model: Model, inputs: Mapping[str, Any]
) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
    """Compute every assumption and step for each year of one case.

    Parameters
    ----------
    model : Model
        Whose steps.
    inputs : mapping of id to single value
        All assumptions, checked; results of steps beside them are passed over.

    Returns
    -------
    years : array of int
        From the baseline to the forecast year.
    values : dict of id to array
        One value a year; `forecast_year` is the year itself.

    Raises
    ------
    UnknownNameError
        For a model without the two years.
    """
    catalogue = model.assumptions
    case: dict[str, Any] = {name: inputs[name] for name in catalogue}
    years = years_of(case)
    moved: dict[str, Any] = {FORECAST_YEAR: years.astype(np.float64)}
    for share, start in starts_of(catalogue).items():
        moved[share] = adopted(
            case[start],
            case[share],
            case[CURVE],
            years,
            case[START_YEAR],
            case[FORECAST_YEAR],
        )
    values: Values = run_steps(model, case | moved)
    return years, {name: np.broadcast_to(array, years.shape) for name, array in values.items()}


def adopted(
    start: ArrayLike,
    end: ArrayLike,
    curve: ArrayLike,
    year: ArrayLike,
    start_year: ArrayLike,
    end_year: ArrayLike,
) -> NDArray[np.float64]:
    """Compute a share in a year, on a curve from its start value to its end value.

    Until the start year it is the start value, in the end year exactly the end value. Whatever the
    curve, it never leaves the two.

    Parameters
    ----------
    start, end : float or array
        Share in the start year and in the end year, 0 to 1.
    curve : str or array of str
        "logistic": its odds grow at a constant rate (Fisher and Pry, 1971). "constant_growth": it
        does so itself. "linear". "flat": the end value in every year. The first two need shares
        that they can reach, above 0 and, for a logistic curve, below 1; else they are linear.
    year, start_year, end_year : float or array
        Whole years; a start year after the end year counts as the end year.

    Returns
    -------
    array of float
        All arguments broadcast against each other.

    Examples
    --------
    >>> adopted(0.1, 0.9, "logistic", [2024, 2025, 2026, 2027, 2028], 2024, 2028).round(6).tolist()
    [0.1, 0.25, 0.5, 0.75, 0.9]
    >>> adopted(0.01, 0.16, ["linear", "constant_growth"], 2026, 2024, 2028).round(6).tolist()
    [0.085, 0.04]
    """
    start, end = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    year, start_year, end_year = (np.asarray(one, np.int64) for one in (year, start_year, end_year))
    curve = np.asarray(curve, dtype=np.str_)
    years = np.maximum(end_year - start_year, 1)
    passed = np.clip(year - start_year, 0, years)
    linear = start + (end - start) * (passed / years)
    growing = (start > 0) & (end > 0)
    growth = _grown(np.where(growing, start, 1.0), np.where(growing, end, 1.0), passed, years)
    within = growing & (start < 1) & (end < 1)
    low, high = np.where(within, start, 0.5), np.where(within, end, 0.5)
    odds = _grown(low / (1 - low), high / (1 - high), passed, years)
    found = np.select(
        [(curve == LOGISTIC) & within, (curve == CONSTANT_GROWTH) & growing],
        [odds / (1 + odds), growth],
        linear,
    )
    found = np.clip(found, np.minimum(start, end), np.maximum(start, end))
    found = np.where(year <= start_year, start, found)
    return np.where((year >= end_year) | (curve == FLAT), end, found)


def _grown(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    passed: NDArray[np.int64],
    years: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Grow at the constant rate that comes from start to end, for some of the years."""
    yearly = root(np.maximum(end / start, _SMALLEST), years)
    grown: NDArray[np.float64] = start * power(yearly, passed)
    return grown
