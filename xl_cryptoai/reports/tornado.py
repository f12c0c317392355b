"""Draws a tornado: one self-contained SVG picture, the widest bar on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.palette import BLUE, GRID, LEVEL
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.svg import (
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
from xl_cryptoai.risk.sensitivity import Bar
from xl_cryptoai.units import read_as

_LEFT, _RIGHT, _TOP = 230, 110, 104
_BOTTOM = 92
_ROOM = 62
"""Room for the assumption's value beyond either end of its bar."""
_ROWS = Rows(_TOP)
_MONEY = "usd_per_year"
_TICKS = 6


def draw_tornado(
    catalogue: Catalogue,
    bars: Sequence[Bar],
    point: float,
    where: str = "base",
    about: str = "",
) -> str:
    """Draw a tornado around the total from which every bar starts.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    bars : sequence of Bar
        At least one, in the order from top to bottom.
    point : float
        The total where all assumptions stand, USD a year.
    where : str
        What to call that, such as the scenario's name.
    about : str
        Where low and high come from, in a sentence or more.

    Returns
    -------
    str
        An SVG document without outside parts.

    Examples
    --------
    >>> from xl_cryptoai.risk import tornado
    >>> from xl_cryptoai import load_assumptions
    >>> draw_tornado(load_assumptions(), tornado(), 10167086875.0).count('class="name"')
    12
    """
    height = _TOP + ROW * len(bars) + _BOTTOM
    title = "How each assumption alone moves crypto-AI revenue"
    subtitle = f"USD a year; the other assumptions are at {where}, {read_as(point, _MONEY)}"
    body = [*heading(title, subtitle), *_chart(catalogue, bars, point, height, about)]
    return document((WIDTH, height), title, _in_words(bars), body, HATCHING)


def _chart(
    catalogue: Catalogue, bars: Sequence[Bar], point: float, height: int, about: str
) -> Iterator[str]:
    totals = [point, *(bar.total_low for bar in bars), *(bar.total_high for bar in bars)]
    low, high = min(totals), max(totals)
    ends = _LEFT + _ROOM, WIDTH - _RIGHT - _ROOM
    scale = Scale(low, high if high > low else low + (abs(low) or 1.0), *ends)
    bottom = height - _BOTTOM + 4
    for tick in scale.ticks(_TICKS):
        yield line(scale(tick), _TOP - 8, bottom, GRID)
        yield text(scale(tick), _TOP - 14, read_as(tick, _MONEY, 2), "small", "middle")
    yield text(WIDTH - MARGIN, _TOP - 14, "swing", "small", "end")
    for number, bar in enumerate(bars):
        yield from _bar(number, catalogue[bar.id], bar, point, scale)
    yield line(scale(point), _TOP - 8, bottom, LEVEL)
    yield from _legend(bars, height - _BOTTOM + 24, about)


def _bar(number: int, entry: Assumption, bar: Bar, point: float, scale: Scale) -> Iterator[str]:
    """Draw an assumption's bar: the part towards its low value, and the part towards its high."""
    ends = sorted((bar.total_low, bar.total_high))
    middle = scale(min(max(point, ends[0]), ends[1]))
    baseline = _ROWS.baseline(number)
    yield _ROWS.name(number, entry.label + ("*" if bar.held else ""))
    for total, value, fill in (
        (bar.total_low, bar.low, HATCHED),
        (bar.total_high, bar.high, BLUE),
    ):
        end = scale(total)
        yield _ROWS.bar(number, (middle, end), fill, least=0)
        outwards, anchor = (-6, "end") if total == ends[0] else (6, "")
        yield text(end + outwards, baseline, read_as(value, entry.unit, 3), "small halo", anchor)
    yield text(WIDTH - MARGIN, baseline, read_as(bar.swing, _MONEY), "figure", "end")


def _legend(bars: Sequence[Bar], y: float, about: str) -> Iterator[str]:
    for x, fill, words in ((MARGIN, HATCHED, "at its low"), (130, BLUE, "at its high")):
        yield box((x, x + 14), y, 14, fill)
        yield text(x + 20, y + 12, words, "small")
    if any(bar.held for bar in bars):
        yield text(240, y + 12, "* limited by a rule between inputs", "small")
    for number, line_of_text in enumerate(wrapped(about)):
        yield text(MARGIN, y + 34 + 18 * number, line_of_text, "small")


def _in_words(bars: Sequence[Bar]) -> str:
    ends = (
        f"{bar.id} {read_as(bar.total_low, _MONEY)} to {read_as(bar.total_high, _MONEY)}"
        for bar in bars
    )
    return "; ".join(ends)
