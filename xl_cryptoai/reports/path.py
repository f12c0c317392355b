"""Draws revenue by year, a bar a year, stacked by segment, as one self-contained SVG picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.run_rates import RunRate, run_rates
from xl_cryptoai.palette import GRID, series
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.segments import legend
from xl_cryptoai.reports.svg import WIDTH, document, heading, line, text, width_of
from xl_cryptoai.units import read_as

_LEFT, _RIGHT, _TOP = 100, 130, 92
_WITH_RATES = 330
"""Room at the right where run-rates stand beside a long bar."""
_AXIS = 52
"""Room for the axis between the last row and the legend."""
_ROWS = Rows(_TOP)
_UNIT = "usd_per_year"

Year = Mapping[str, float]
"""What one year has, by id: the segments and the total."""


def draw_path(model: Model, years: Sequence[int], values: Sequence[Year], name: str) -> str:
    """Draw revenue by year.

    Parameters
    ----------
    model : Model
        Whose segments.
    years : sequence of int
        The years, in order.
    values : sequence of mapping of id to float
        The segments and the total of each year, USD a year.
    name : str
        What to call the case.

    Returns
    -------
    str
        An SVG document without outside parts.

    Examples
    --------
    >>> from xl_cryptoai.forecast import shipped_model
    >>> year = {"crypto_software": 2e6, "crypto_compute": 1e6, "crypto_identity": 5e5,
    ...         "crypto_security": 5e5, "total": 4e6}
    >>> draw_path(shipped_model(), [2023], [year], "base").startswith("<svg")
    True
    """
    title = f"{model.steps[TOTAL].label} by year"
    bottom = _ROWS.bottom(len(years))
    boxes, high = legend(model, WIDTH, bottom + _AXIS)
    most = max(year[TOTAL] for year in values)
    rates = run_rates(model)
    beside = any(
        rates_in(rates, year) and one[TOTAL] > most / 2
        for year, one in zip(years, values, strict=True)
    )
    scale = Scale(0.0, most or 1.0, _LEFT, WIDTH - (_WITH_RATES if beside else _RIGHT))
    subtitle = (
        f"{name}, USD a year. Adoption before {years[-1]} is a house view; {years[-1]} is the "
        "forecast."
    )
    body = [
        *heading(title, subtitle),
        *_grid(scale, bottom + 6),
        *_bars(model, years, values, scale, rates),
        *boxes,
    ]
    return document((WIDTH, bottom + _AXIS + high + 2), title, in_words(years, values), body)


def in_words(years: Sequence[int], values: Sequence[Year]) -> str:
    """Say what the picture shows."""
    pairs = zip(years, values, strict=True)
    return "; ".join(f"{year} {read_as(one[TOTAL], _UNIT)}" for year, one in pairs)


def rates_in(rates: Sequence[RunRate], year: int) -> str:
    """Say what the source's text has for a year; "" if nothing.

    >>> rates_in([RunRate("x", "Akash", "crypto_compute", 2023, 333576.2)], 2023)
    'Akash 333.6k'
    """
    return ", ".join(f"{one.who} {read_as(one.value, _UNIT)}" for one in rates if one.year == year)


def _grid(scale: Scale, bottom: int) -> Iterator[str]:
    for value in scale.ticks():
        yield line(scale(value), _TOP - 8, bottom, GRID)
        words = read_as(value, _UNIT, 2) if value else "0"
        yield text(scale(value), bottom + 15, words, "small", "middle")


def _bars(
    model: Model, years: Sequence[int], values: Sequence[Year], scale: Scale,
    rates: Sequence[RunRate],
) -> Iterator[str]:  # fmt: skip
    for number, (year, one) in enumerate(zip(years, values, strict=True)):
        yield _ROWS.name(number, str(year), "strong")
        levels = [0.0, *accumulate(one[name] for name in model.segments)]
        for place, (low, high) in enumerate(pairwise(levels)):
            ends = scale(low), scale(high)
            yield _ROWS.bar(number, ends, series(place), least=0)
        figure = read_as(one[TOTAL], _UNIT)
        yield _ROWS.figure(number, scale(one[TOTAL]), figure, "halo")
        if words := rates_in(rates, year):
            x = scale(one[TOTAL]) + 8 + width_of(figure, 14) + 12
            yield text(x, _ROWS.baseline(number), f"in the text: {words}", "small halo")
