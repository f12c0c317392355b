"""Draws an attribution as a waterfall: one self-contained SVG picture.

Up and down differ in colour, in brightness, in hatching and in sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.forecast.attribution import Attribution, Share
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.palette import LEVEL, RAISES
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.svg import (
    BAR,
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
from xl_cryptoai.units import read_as, read_change

UP, DOWN, TOTAL = RAISES, HATCHED, LEVEL
_LEFT, _RIGHT, _TOP = 330, 150, 92
_ROWS = Rows(_TOP)
_BOTTOM = 64
_ZOOM = 0.4
"""If all happens in less than this part of the axis from zero, the axis starts later."""


def waterfall(
    model: Model,
    found: Attribution,
    before: str = "before",
    after: str = "after",
    width: int = WIDTH,
) -> str:
    """Draw why a result moved.

    Parameters
    ----------
    model : Model
        Whose result.
    found : Attribution
        The attributed change.
    before, after : str
        What to call the two workbooks.
    width : int
        Of the picture, in pixels.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    step = model.steps[found.result]
    unit = step.unit
    height = _TOP + ROW * (len(found.shares) + 2) + _BOTTOM
    scale = _scale_of(found, width)
    title = f"Why {step.label} moved by {read_change(found.difference, unit)}"
    if not found.shares:
        title = f"{step.label} did not move"
    body = [
        *heading(title, _subtitle(step, found, before, after)),
        *_axis(scale, height, unit),
        *_bars(model, found, scale, (before, after)),
        *_legend(found, (width, height)),
    ]
    return document((width, height), title, _in_words(found, unit), body, HATCHING)


def _scale_of(found: Attribution, width: int) -> Scale:
    """Return a scale that starts at zero, or later if all happens far from there."""
    levels = levels_of(found)
    low, high = min(levels), max(levels)
    spread = (high - low) or abs(high) or 1.0
    from_zero = low <= 0 or spread > _ZOOM * high
    start = min(low, 0.0) if from_zero else low - spread / 3
    end = max(high, 0.0) if high > start else start + spread
    return Scale(start, end, _LEFT, width - _RIGHT)


def levels_of(found: Attribution) -> list[float]:
    """Return the heights between which the steps lead, from before to after."""
    levels = [found.before]
    for share in found.shares:
        levels.append(levels[-1] + share.value)
    levels[-1] = found.after  # sums of floats: the last step ends where the result stands
    return levels


def _bars(model: Model, found: Attribution, scale: Scale, books: tuple[str, str]) -> Iterator[str]:
    unit = model.steps[found.result].unit
    levels = levels_of(found)
    yield from _total_bar(0, f"before: {_short(books[0])}", found.before, scale, unit)
    for number, (share, (low, high)) in enumerate(
        zip(found.shares, pairwise(levels), strict=True), start=1
    ):
        entry = model.assumptions[share.id]
        yield from _share_bar(number, entry, share, (low, high), scale, unit)
    last = len(found.shares) + 1
    yield from _total_bar(last, f"after: {_short(books[1])}", found.after, scale, unit)
    for number, level in enumerate(levels):
        top = _ROWS.middle(number) + BAR / 2
        yield line(scale(level), top, top + ROW - BAR)


def _total_bar(number: int, name: str, value: float, scale: Scale, unit: str) -> Iterator[str]:
    floor = max(scale.start, 0.0)
    yield _ROWS.bar(number, (scale(floor), scale(value)), TOTAL)
    yield _ROWS.name(number, name, "strong")
    yield _ROWS.figure(number, scale(max(value, floor)), read_as(value, unit), "strong")


def _share_bar(
    number: int, entry: Assumption, share: Share, ends: tuple[float, float], scale: Scale, unit: str
) -> Iterator[str]:
    change = f"{read_as(share.before, entry.unit)} → {read_as(share.after, entry.unit)}"
    figure = read_change(share.value, unit)
    right = scale(max(ends))
    yield _ROWS.bar(number, (scale(ends[0]), scale(ends[1])), UP if share.value >= 0 else DOWN)
    if share.error:
        low, high = (scale(ends[1] + sign * 2 * share.error) for sign in (-1, 1))
        yield _ROWS.whisker(number, low, high)
        figure += f" ± {read_as(2 * share.error, unit, 2)}"
        right = max(right, high)
    yield _ROWS.name(number, entry.label)
    yield text(_LEFT - 16, _ROWS.baseline(number), change, "small", "end")
    yield _ROWS.figure(number, right, figure)


def _axis(scale: Scale, height: int, unit: str) -> Iterator[str]:
    """Draw the line on which the totals stand."""
    x, from_zero = scale(max(scale.start, 0.0)), scale.start <= 0
    bottom = height - _BOTTOM + 6
    yield line(x, _TOP, bottom, dash="" if from_zero else "5 4")
    start = "0" if from_zero else f"axis starts at {read_as(scale.start, unit)}, not at 0"
    yield text(x, bottom + 15, start, "small", "middle" if from_zero else "start")


def _legend(found: Attribution, size: tuple[int, int]) -> Iterator[str]:
    y = size[1] - 22
    for x, fill, words in ((MARGIN, UP, "raises"), (110, DOWN, "lowers")):
        yield box((x, x + 14), y, 14, fill)
        yield text(x + 20, y + 12, words, "small")
    kind = "exact" if found.exact else "sampled; whiskers and ± are two standard errors"
    yield text(size[0] - MARGIN, y + 12, f"Shapley values, {kind}", "small", "end")


def _subtitle(step: Step, found: Attribution, before: str, after: str) -> str:
    values = f"{read_as(found.before, step.unit)} to {read_as(found.after, step.unit)}"
    return f"{values} {step.unit_label}, from {_short(before, 40)} to {_short(after, 40)}"


def _in_words(found: Attribution, unit: str) -> str:
    parts = [f"{share.id} {read_change(share.value, unit)}" for share in found.shares]
    return "; ".join(parts) or "No assumption changed."


def _short(words: str, size: int = 28) -> str:
    """Cut what is too long, in the middle: file names differ at both ends."""
    half = (size - 1) // 2
    return words if len(words) <= size else f"{words[:half]}…{words[-half:]}"
