"""Draws how much each uncertain assumption matters: one self-contained SVG picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.palette import BLUE, GRID, NAVY
from xl_cryptoai.reports.scale import Rows, Scale
from xl_cryptoai.reports.svg import MARGIN, ROW, WIDTH, box, document, heading, line, text, wrapped
from xl_cryptoai.risk.importance import Sensitivity

_LEFT, _RIGHT, _TOP, _BOTTOM = 250, 150, 92, 86
_ROWS = Rows(_TOP)
_TICKS = 6


def draw_importance(
    catalogue: Catalogue, found: Sequence[Sensitivity], label: str, about: str = ""
) -> str:
    """Draw the part of the total's variance that each assumption explains, the largest on top.

    Total-order Sobol indices with the first-order part within; Shapley effects where the
    assumptions are correlated.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    found : sequence of Sensitivity
        At least one.
    label : str
        What the total is called.
    about : str
        What was drawn, in a sentence or more.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    correlated = math.isnan(found[0].total)
    rows = sorted(found, key=lambda one: -_whole(one)[0])
    height = _TOP + ROW * len(rows) + _BOTTOM
    title = f"What makes {_lower(label)} uncertain"
    kind = "Shapley effects" if correlated else "total-order Sobol indices"
    end = max(0.01, *(value + 2 * error for value, error in map(_whole, rows)))
    scale = Scale.rounded(0.0, end, _LEFT, WIDTH - _RIGHT, _TICKS)
    body = [
        *heading(title, f"Part of the variance, {kind}; whiskers and ± are two standard errors"),
        *_grid(scale, _TOP + ROW * len(rows)),
        *(part for number, one in enumerate(rows) for part in _bar(catalogue, number, one, scale)),
        *_legend(height - _BOTTOM + 34, about, correlated=correlated),
    ]
    words = "; ".join(f"{catalogue[one.id].label} {_whole(one)[0]:.1%}" for one in rows)
    return document((WIDTH, height), title, words, body)


def _whole(one: Sensitivity) -> tuple[float, float]:
    """Return an assumption's whole part of the variance, and its standard error."""
    return (one.shapley, one.shapley_se) if math.isnan(one.total) else (one.total, one.total_se)


def _lower(label: str) -> str:
    """Write a label within a sentence: a capital stays where the next is one too, as in AI."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _grid(scale: Scale, bottom: int) -> Iterator[str]:
    for tick in scale.ticks(_TICKS):
        yield line(scale(tick), _TOP - 6, bottom + 2, GRID)
        yield text(scale(tick), bottom + 18, f"{tick:.0%}", "small", "middle")


def _bar(catalogue: Catalogue, number: int, one: Sensitivity, scale: Scale) -> Iterator[str]:
    value, error = _whole(one)
    yield _ROWS.name(number, catalogue[one.id].label)
    # an estimate near zero can fall below it: nothing is drawn there
    yield _ROWS.bar(number, (scale(0), scale(max(value, 0.0))), BLUE)
    if not math.isnan(one.first):
        yield box(
            (scale(0), scale(max(min(one.first, value), 0.0))), _ROWS.middle(number) - 4, 8, NAVY
        )
    low, high = (scale(max(value + sign * 2 * error, 0.0)) for sign in (-1, 1))
    yield _ROWS.whisker(number, low, high)
    yield _ROWS.figure(number, max(high, scale(0)), f"{value:.1%} ± {200 * error:.1g} pp", "halo")


def _legend(y: float, about: str, *, correlated: bool) -> Iterator[str]:
    marks = [(BLUE, "its part" if correlated else "with all its interactions (total-order)")]
    marks += [] if correlated else [(NAVY, "alone (first-order)")]
    x = float(MARGIN)
    for fill, words in marks:
        yield box((x, x + 14), y, 14, fill)
        yield text(x + 20, y + 12, words, "small")
        x += 290
    for number, words in enumerate(wrapped(about)):
        yield text(MARGIN, y + 34 + 18 * number, words, "small")
