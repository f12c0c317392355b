"""Draws a simulation: how often each total came out, and the chance of staying below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.palette import BROWN, FAINT, INK, LIVE, PALE
from xl_cryptoai.reports.scale import Scale
from xl_cryptoai.reports.svg import WIDTH, document, text, wrapped
from xl_cryptoai.risk.description import live_in_words
from xl_cryptoai.risk.simulation import Simulation
from xl_cryptoai.units import read_as

_LEFT, _RIGHT, _BOTTOM = 66, 66, 74
_TOP, _TOP_WITHOUT_HEADING = 154, 54
_MARKS = (5, 50, 95)
_LABEL = 96
"""Room that the label of a percentile takes."""
_SHOWN = 0.998
"""Part of the draws that the axis spans at least; how much lies beyond it is said below."""
_BARS = 48
_STEPS = 9
"""Steps of the axis at most."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things lie in the picture, in pixels."""

    width: int
    height: int
    top: int
    scale: Scale

    @property
    def floor(self) -> float:
        """Where the bars stand."""
        return self.height - _BOTTOM

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.width - _RIGHT

    def at(self, part: float) -> float:
        """Return where a part of the full height lies."""
        return self.floor - part * (self.floor - self.top)


def draw_distribution(
    simulation: Simulation,
    result: str = "total",
    label: str = "Crypto-AI revenue",
    about: str = "",
    live: float | None = None,
    size: tuple[int, int] = (WIDTH, 576),
    *,
    headed: bool = True,
) -> str:
    """Draw a result's distribution.

    Parameters
    ----------
    simulation : Simulation
        What was found.
    result : str
        "total" or a segment.
    label : str
        What to call it.
    about : str
        What was drawn and what was fixed.
    live : float, optional
        The forecast as it stands, USD a year: marked in the histogram and on the curve.
    size : tuple of int
        Width and height, in pixels.
    headed : bool
        Whether title and what was drawn stand above; else only in the words for who cannot see it.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    rest = (1 - _SHOWN) / 2 * 100
    low, high = (simulation.percentile(percent, result)[0] for percent in (rest, 100 - rest))
    width, height = size
    top = _TOP if headed else _TOP_WITHOUT_HEADING
    scale = Scale.rounded(low, high, _LEFT, width - _RIGHT, _STEPS)
    plot = _Plot(width, height, top, scale)
    edges, shares = simulation.histogram(
        np.linspace(scale.start, scale.end, _BARS + 1).tolist(), result
    )
    below = 1 - simulation.chance_of_exceeding(float(edges[0]), result)[0]
    marks = {percent: simulation.percentile(percent, result)[0] for percent in _MARKS}
    title = f"{label}: {_usd(marks[5])} to {_usd(marks[95])} in nine of ten draws"
    percentiles = "; ".join(f"P{percent} is {_usd(value)}" for percent, value in marks.items())
    drawn = (
        f"{simulation.draws_made:,} draws of {len(simulation.names)} assumptions, "
        f"{simulation.method}, seed {simulation.seed}."
    )
    position = "" if live is None else live_in_words(simulation, live)
    heading = [
        text(24, 36, title, "head"),
        text(24, 60, f"{drawn} {position}".strip(), "small"),
        *(text(24, 80 + 18 * number, line, "small") for number, line in enumerate(wrapped(about))),
    ]
    below_live = 0.0 if live is None else 1 - simulation.chance_of_exceeding(live, result)[0]
    body = [
        *(heading if headed else ()),
        *_bars(edges, shares, plot),
        *_curve(edges, below + np.concatenate([[0.0], np.cumsum(shares)]), plot),
        *_axes(shares, plot),
        *_marks(marks, plot),
        *([] if live is None else _live(live, below_live, plot)),
    ]
    in_words = f"{percentiles}. {drawn} {position} {about}".strip()
    return document(size, title, in_words, body)


def _usd(amount: float) -> str:
    return read_as(amount, "usd_per_year", 3)


def _bars(edges: NDArray[np.float64], shares: NDArray[np.float64], plot: _Plot) -> Iterator[str]:
    tallest = float(shares.max()) or 1.0
    for left, right, share in zip(edges, edges[1:], shares, strict=False):
        x, y = plot.scale(float(left)), plot.at(float(share) / tallest)
        yield (
            f'<rect x="{x + 0.5:.1f}" y="{y:.1f}" width="{plot.scale(float(right)) - x - 1:.1f}" '
            f'height="{plot.floor - y:.1f}" fill="{PALE}"/>'
        )


def _curve(edges: NDArray[np.float64], below: NDArray[np.float64], plot: _Plot) -> Iterator[str]:
    points = " ".join(
        f"{plot.scale(float(edge)):.1f},{plot.at(float(part)):.1f}"
        for edge, part in zip(edges, below, strict=True)
    )
    yield f'<polyline points="{points}" fill="none" stroke="{BROWN}" stroke-width="2.5"/>'


def _axes(shares: NDArray[np.float64], plot: _Plot) -> Iterator[str]:
    """Draw the amounts below, how often to the left, and the chance to the right."""
    floor, right, scale = plot.floor, plot.right, plot.scale
    yield f'<line x1="{_LEFT}" x2="{right}" y1="{floor}" y2="{floor}" stroke="{FAINT}"/>'
    for tick in scale.ticks(_STEPS + 1):
        x = scale(tick)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{floor}" y2="{floor + 5}" stroke="{FAINT}"/>'
        yield text(x, floor + 20, _usd(tick) if tick else "0", "small", "middle")
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = plot.at(part) + 4
        yield text(_LEFT - 10, y, f"{part * float(shares.max()):.1%}", "small", "end")
        yield text(right + 10, y, f"{part:.0%}", "small")
    yield text(24, plot.top - 34, "bars: share of the draws", "small")
    yield text(plot.width - 24, plot.top - 34, "line: chance of no more than this", "small", "end")
    outside = f"USD a year; {max(1 - float(shares.sum()), 0):.2%} of the draws lie beyond the axis"
    yield text(plot.width / 2, plot.height - 20, outside, "small", "middle")


def _live(live: float, below: float, plot: _Plot) -> Iterator[str]:
    """Mark the forecast as it stands: a line from below, a dot on the curve."""
    if not plot.scale.start <= live <= plot.scale.end:
        return
    x, y = plot.scale(live), plot.at(below)
    yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{plot.floor}" stroke="{LIVE}"/>'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{LIVE}"/>'
    yield text(x - 10, y - 8, f"Live {_usd(live)}", "figure strong halo", "end")


def _marks(marks: dict[int, float], plot: _Plot) -> Iterator[str]:
    """Draw the percentiles, their labels far enough apart to be read."""
    low, middle, high = (plot.scale(value) for value in marks.values())
    middle = min(max(middle, _LEFT + _LABEL), plot.right - _LABEL)
    places = (min(low, middle - _LABEL), middle, max(high, middle + _LABEL))
    for (percent, value), place in zip(marks.items(), places, strict=True):
        x = plot.scale(value)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{plot.top - 8}" y2="{plot.floor}" '
            f'stroke="{INK}" stroke-dasharray="4 3"/>'
        )
        yield text(place, plot.top - 14, f"P{percent} {_usd(value)}", "figure strong", "middle")
