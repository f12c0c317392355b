"""Draws a tornado: one self-contained SVG picture, the widest bar on top."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.risk.sensitivity import Bar
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
    wrapped,
)
from xl_cryptoai.units import read_as

_LEFT, _RIGHT, _TOP = 230, 110, 104
_BOTTOM = 92
HOUSE_VIEW = "Low and high are the house view, from bear to bull."
_ROOM = 62
"""Room for the assumption's value beyond either end of its bar."""
_MONEY = "usd_per_year"
_TICKS = 6


def draw_tornado(
    bars: Sequence[Bar], point: float, where: str = "base", about: str = HOUSE_VIEW
) -> str:
    """Draw a tornado around the total from which every bar starts.

    Parameters
    ----------
    bars : sequence of Bar
        At least one, in the order from top to bottom.
    point : float
        The total where all assumptions stand, USD a year.
    where : str
        What to call that, such as the scenario's name.
    about : str
        Where low and high come from.

    Returns
    -------
    str
        An SVG document without outside parts.

    Examples
    --------
    >>> from xl_cryptoai.risk import tornado
    >>> draw_tornado(tornado(), 10167086875.0).count('class="name"')
    12
    """
    height = _TOP + ROW * len(bars) + _BOTTOM
    title = "What each assumption alone does to crypto-AI revenue"
    subtitle = f"USD a year; the other assumptions stand at {where}, {read_as(point, _MONEY)}"
    body = [*heading(title, subtitle), *_chart(bars, point, height, about)]
    return document((WIDTH, height), title, _in_words(bars), body, HATCHING)


def _chart(bars: Sequence[Bar], point: float, height: int, about: str) -> Iterator[str]:
    totals = [point, *(bar.total_low for bar in bars), *(bar.total_high for bar in bars)]
    scale = _Scale(min(totals), max(totals))
    bottom = height - _BOTTOM + 4
    for tick in scale.ticks():
        yield line(scale(tick), _TOP - 8, bottom, "#d9d9d9")
        yield text(scale(tick), _TOP - 14, read_as(tick, _MONEY, 2), "small", "middle")
    yield text(WIDTH - MARGIN, _TOP - 14, "swing", "small", "end")
    for number, bar in enumerate(bars):
        yield from _bar(_TOP + number * ROW, bar, point, scale)
    yield line(scale(point), _TOP - 8, bottom, DARK)
    yield from _legend(bars, height - _BOTTOM + 24, about)


class _Scale:
    """Where a total lies from left to right."""

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.spread = (high - low) or abs(high) or 1.0

    def __call__(self, value: float) -> float:
        width = WIDTH - _LEFT - _RIGHT - 2 * _ROOM
        return _LEFT + _ROOM + (value - self.low) / self.spread * width

    def ticks(self) -> Iterator[float]:
        """Give round totals along the axis."""
        rough = self.spread / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
        first = math.ceil(self.low / step)
        for number in range(first, math.floor((self.low + self.spread) / step) + 1):
            yield number * step


def _bar(top: float, bar: Bar, point: float, scale: _Scale) -> Iterator[str]:
    """Draw an assumption's bar: the part towards its low value, and the part towards its high."""
    entry = shipped_assumptions()[bar.id]
    ends = sorted((bar.total_low, bar.total_high))
    middle = scale(min(max(point, ends[0]), ends[1]))
    baseline = top + ROW / 2 + 5
    mark = "*" if bar.held else ""
    yield text(MARGIN, baseline, entry.label + mark, "name")
    for total, value, fill in (
        (bar.total_low, bar.low, HATCHED),
        (bar.total_high, bar.high, BLUE),
    ):
        end = scale(total)
        yield box((middle, end), top + (ROW - BAR) / 2, BAR, fill)
        outwards, anchor = (-6, "end") if total == ends[0] else (6, "")
        yield text(end + outwards, baseline, read_as(value, entry.unit, 3), "small halo", anchor)
    yield text(WIDTH - MARGIN, baseline, read_as(bar.swing, _MONEY), "figure", "end")


def _legend(bars: Sequence[Bar], y: float, about: str) -> Iterator[str]:
    for x, fill, words in ((MARGIN, HATCHED, "at its low"), (130, BLUE, "at its high")):
        yield box((x, x + 14), y, 14, fill)
        yield text(x + 20, y + 12, words, "small")
    if any(bar.held for bar in bars):
        yield text(240, y + 12, "* ended by a rule between inputs", "small")
    for number, line_of_text in enumerate(wrapped(about)):
        yield text(MARGIN, y + 34 + 18 * number, line_of_text, "small")


def _in_words(bars: Sequence[Bar]) -> str:
    ends = (
        f"{bar.id} {read_as(bar.total_low, _MONEY)} to {read_as(bar.total_high, _MONEY)}"
        for bar in bars
    )
    return "; ".join(ends)
