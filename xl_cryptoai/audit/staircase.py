"""Draws the way from the market down to the total, as one self-contained SVG picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from xl_cryptoai.forecast.steps import SEGMENTS, STEPS
from xl_cryptoai.svg import (
    BAR,
    BLUE,
    DARK,
    HATCHED,
    HATCHING,
    MARGIN,
    ROW,
    WIDTH,
    box,
    document,
    heading,
    line,
    text,
)
from xl_cryptoai.units import read_as

LEVELS = ("tam", "ai_gain", "ai_revenue", "total")
DROPS = ("what AI does not reach", "what is not paid for", "what is not crypto")
"""What drops out between one level and the next."""

_LEFT, _RIGHT, _TOP = 330, 150, 92
PALE = "#dde3ea"
THINNEST = 1.5
"""Pixels of a bar that would otherwise not be seen."""


def staircase(results: Mapping[str, float], name: str = "the workbook") -> str:
    """Draw how the market narrows to the total, and of which segments the total is made.

    Parameters
    ----------
    results : mapping of step to USD
        The live results, all above zero.
    name : str
        What to call the workbook.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    rows = len(LEVELS) + len(DROPS) + len(SEGMENTS)
    height = _TOP + ROW * rows + 64
    title = "From the market to crypto-AI revenue"
    smallest = min(results[step] for step in (*LEVELS, *SEGMENTS))
    scale = _Scale(10.0 ** math.floor(math.log10(smallest)), results[LEVELS[0]])
    body = [
        *heading(title, f"Live results of {name}, USD/year, on a logarithmic scale"),
        *_grid(scale, height - 56),
        *_bars(results, scale),
        text(MARGIN, height - 16, "Dark: levels. Hatched: what drops out. Blue: the parts of the "
             "total. Each grid line is ten times the one before.", "small"),
    ]  # fmt: skip
    return document((WIDTH, height), title, in_words(results), body, HATCHING)


def in_words(results: Mapping[str, float]) -> str:
    """Say what the picture shows."""
    steps = [f"{STEPS[step].label} {_read(step, results)}" for step in (*LEVELS, *SEGMENTS)]
    return "; ".join(steps)


class _Scale:
    """Where a figure lies from left to right, by its logarithm."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        part = math.log(value / self.start) / math.log(self.end / self.start)
        return _LEFT + part * (WIDTH - _LEFT - _RIGHT)


def _grid(scale: _Scale, bottom: int) -> Iterator[str]:
    value = scale.start
    while value <= scale.end:
        x = scale(value)
        yield line(x, _TOP - 8, bottom, PALE)
        yield text(x, bottom + 15, f"{read_as(value, 'usd_per_year', 1)}", "small", "middle")
        value *= 10


def _bars(results: Mapping[str, float], scale: _Scale) -> Iterator[str]:
    row = 0
    for number, (step, below) in enumerate(pairwise((*LEVELS, ""))):
        yield from _bar(row, scale.start, results[step], scale, DARK)
        label = STEPS[step].label
        yield from _labels(row, label, _read(step, results), scale(results[step]), "strong")
        row += 1
        if below:
            yield from _bar(row, results[below], results[step], scale, HATCHED)
            gone = read_as(results[step] - results[below], STEPS[step].unit)
            words = f"\N{MINUS SIGN}{gone}"
            yield from _labels(row, f"less {DROPS[number]}", words, scale(results[step]))
            row += 1
    for step in SEGMENTS:
        yield from _bar(row, scale.start, results[step], scale, BLUE)
        words = f"{_read(step, results)}, {results[step] / results['total']:.1%} of the total"
        yield from _labels(row, STEPS[step].label, words, scale(results[step]))
        row += 1


def _bar(row: int, low: float, high: float, scale: _Scale, fill: str) -> Iterator[str]:
    top = _TOP + row * ROW + (ROW - BAR) / 2
    left = scale(low)
    yield box((left, max(scale(high), left + THINNEST)), top, BAR, fill)


def _labels(row: int, name: str, figure: str, right: float, look: str = "") -> Iterator[str]:
    y = _TOP + row * ROW + ROW / 2 + 5
    yield text(MARGIN, y, name, f"name {look}".strip())
    yield text(right + 8, y, figure, f"figure {look}".strip())


def _read(step: str, results: Mapping[str, float]) -> str:
    return read_as(results[step], STEPS[step].unit)
