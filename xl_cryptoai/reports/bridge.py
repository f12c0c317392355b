"""Draws the bridge from the market down to the total, as one self-contained SVG picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.palette import BLUE, GRID, LEVEL
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.svg import (
    HATCHED,
    HATCHING,
    MARGIN,
    ROW,
    WIDTH,
    document,
    heading,
    line,
    text,
)
from xl_cryptoai.units import read_as

LEVELS = ("tam", "ai_gain", "ai_revenue", "total")
DROPS = {
    ("tam", "ai_gain"): "not adopted",
    ("ai_gain", "ai_revenue"): "not captured as revenue",
    ("ai_revenue", "total"): "not crypto",
}
"""What drops out between one level and the next."""
NOT_NAMED = "what is not part of it"

_LEFT, _RIGHT, _TOP = 330, 150, 92
_ROWS = Rows(_TOP)


def bridge(model: Model, results: Mapping[str, float], name: str = "the workbook") -> str:
    """Draw how the market narrows to the total, and of which segments the total is made.

    Parameters
    ----------
    model : Model
        Whose results.
    results : mapping of step to USD
        The live results, all above zero.
    name : str
        What to call the workbook.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    levels = levels_of(model)
    rows = 2 * len(levels) - 1 + len(model.segments)
    height = _TOP + ROW * rows + 64
    title = "From the market to crypto-AI revenue"
    smallest = min(results[step] for step in (*levels, *model.segments))
    start = 10.0 ** math.floor(math.log10(smallest))
    scale = Scale(start, results[levels[0]], _LEFT, WIDTH - _RIGHT, log=True)
    body = [
        *heading(title, f"Live results of {name}, USD/year, on a logarithmic scale"),
        *_grid(scale, height - 56),
        *_bars(model, results, scale),
        text(MARGIN, height - 16, "Dark: levels. Hatched: what drops out. Blue: the segments of "
             "the total. Each grid line is ten times the one before.", "small"),
    ]  # fmt: skip
    return document((WIDTH, height), title, in_words(model, results), body, HATCHING)


def in_words(model: Model, results: Mapping[str, float]) -> str:
    """Say what the picture shows."""
    steps = [
        f"{model.steps[step].label} {_read(results[step])}"
        for step in (*levels_of(model), *model.segments)
    ]
    return "; ".join(steps)


def levels_of(model: Model) -> list[str]:
    """Return the levels that a model has: one's own can leave some out."""
    return [step for step in LEVELS if step in model.steps]


def _grid(scale: Scale, bottom: int) -> Iterator[str]:
    for value in scale.ticks():
        yield line(scale(value), _TOP - 8, bottom, GRID)
        words = read_as(value, "usd_per_year", 1)
        yield text(scale(value), bottom + 15, words, "small", "middle")


def _bars(model: Model, results: Mapping[str, float], scale: Scale) -> Iterator[str]:
    row = 0
    for step, below in pairwise((*levels_of(model), "")):
        ends = scale(scale.start), scale(results[step])
        yield from _row(row, model.steps[step].label, _read(results[step]), ends, LEVEL, "strong")
        row += 1
        if below:
            gone = _read(results[step] - results[below])
            ends = scale(results[below]), scale(results[step])
            yield from _row(
                row,
                f"less {DROPS.get((step, below), NOT_NAMED)}",
                f"\N{MINUS SIGN}{gone}",
                ends,
                HATCHED,
            )
            row += 1
    for step in model.segments:
        words = f"{_read(results[step])}, {results[step] / results['total']:.1%} of the total"
        ends = scale(scale.start), scale(results[step])
        yield from _row(row, model.steps[step].label, words, ends, BLUE)
        row += 1


def _row(
    number: int, name: str, figure: str, ends: tuple[float, float], fill: str, look: str = ""
) -> Iterator[str]:
    yield _ROWS.bar(number, ends, fill)
    yield _ROWS.name(number, name, look)
    yield _ROWS.figure(number, ends[1], figure, look)


def _read(amount: float) -> str:
    return read_as(amount, "usd_per_year")
