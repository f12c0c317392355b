"""Draws the total of several cases, each made of its segments: one self-contained SVG picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.palette import GRID, series
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.svg import (
    MARGIN,
    WIDTH,
    box,
    document,
    heading,
    line,
    look_on,
    text,
    width_of,
)
from xl_cryptoai.units import read_as

_LEFT, _RIGHT = 150, 96
_LONGEST = 34
"""Letters of a case's name that are shown."""
_TOP, _TOP_WITHOUT_HEADING = 80, 14
_LEGEND = 22
"""Height of a line of the legend."""
_TICKS = 6
_MONEY = "usd_per_year"
_GAP = 1.5
"""White between two segments, in pixels: neighbours stay apart in grey print."""


def draw_segments(
    model: Model,
    cases: Mapping[str, Mapping[str, float]],
    width: int = WIDTH,
    *,
    headed: bool = True,
) -> str:
    """Draw each case as a bar that its segments add up to.

    Parameters
    ----------
    model : Model
        Whose segments.
    cases : mapping of name to results
        What to call each case, and its results by id, USD a year.
    width : int
        Of the picture, in pixels.
    headed : bool
        Whether a title stands above; else only in the words for who cannot see the picture.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    title = f"{model.steps[TOTAL].label} by segment"
    rows = Rows(_TOP if headed else _TOP_WITHOUT_HEADING)
    bottom = rows.bottom(len(cases))
    boxes, high = legend(model, width, bottom + 34)
    largest = max(float(results[TOTAL]) for results in cases.values())
    longest = max(width_of(_short(name), 14.5) for name in cases)
    left = max(_LEFT, MARGIN + longest + 12)
    scale = Scale.rounded(0.0, largest, left, width - _RIGHT, _TICKS)
    body = [
        *(heading(title, "USD a year; the figure at each end is the total") if headed else ()),
        *_grid(scale, rows.top, bottom),
        *_bars(model, cases, scale, rows),
        *boxes,
    ]
    size = width, bottom + 34 + high
    return document(size, title, in_words(model, cases), body)


def in_words(model: Model, cases: Mapping[str, Mapping[str, float]]) -> str:
    """Say what the picture shows."""
    return "; ".join(
        f"{name} {_read(results[TOTAL])}: "
        + ", ".join(f"{model.steps[one].label} {_read(results[one])}" for one in model.segments)
        for name, results in cases.items()
    )


def _grid(scale: Scale, top: int, bottom: int) -> Iterator[str]:
    for tick in scale.ticks(_TICKS):
        yield line(scale(tick), top - 4, bottom + 2, GRID)
        words = read_as(tick, _MONEY, 2) if tick else "0"
        yield text(scale(tick), bottom + 18, words, "small", "middle")


def _bars(
    model: Model, cases: Mapping[str, Mapping[str, float]], scale: Scale, rows: Rows
) -> Iterator[str]:
    for number, (name, results) in enumerate(cases.items()):
        yield rows.name(number, _short(name), "strong")
        start = 0.0
        for which, segment in enumerate(model.segments):
            end = start + float(results[segment])
            left, right = scale(start), scale(end)
            if end > start:
                thick = max(right - left - _GAP, 0.75)
                yield rows.bar(number, (left, left + thick), series(which), least=0)
                words = _read(end - start)
                if right - left > width_of(words) + 12:
                    middle = (left + right) / 2
                    yield text(middle, rows.baseline(number) - 0.5, words, look_on(which), "middle")
            start = end
        yield rows.figure(number, scale(start), _read(results[TOTAL]), "strong halo")


def legend(model: Model, width: int, top: int) -> tuple[list[str], int]:
    """Draw a box and a name for each segment; return the parts, and over how many pixels they go.

    Parameters
    ----------
    model : Model
        Whose segments.
    width : int
        Of the picture, in pixels.
    top : int
        Where the first line begins.
    """
    parts: list[str] = []
    x, y = float(MARGIN), top
    for which, segment in enumerate(model.segments):
        words = model.steps[segment].label
        wide = 20 + width_of(words) + 18
        if x > MARGIN and x + wide > width - MARGIN:
            x, y = float(MARGIN), y + _LEGEND
        parts += (box((x, x + 14), y, 14, series(which)), text(x + 20, y + 12, words, "small"))
        x += wide
    return parts, y + _LEGEND - top


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _read(amount: float) -> str:
    return read_as(float(amount), _MONEY, 3)


def names_of(model: Model, cases: Sequence[str]) -> list[str]:
    """Return scenarios as a picture names them: by their labels, a house view marked so."""
    scenarios = model.assumptions.scenarios
    return [
        f"{scenarios[name].label}{' (house)' if scenarios[name].view == 'house' else ''}"
        if name in scenarios
        else name[:1].upper() + name[1:]
        for name in cases
    ]
