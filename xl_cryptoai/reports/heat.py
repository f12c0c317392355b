"""Draws a grid of two assumptions as a table of totals, shaded: one self-contained SVG picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.palette import NAVY
from xl_cryptoai.reports.svg import MARGIN, WIDTH, document, heading, text, wrapped
from xl_cryptoai.units import read_as

MOST_ACROSS, MOST_DOWN = 14, 40
"""Columns and rows of which the figures can still be read."""
_LEFT, _TOP, _CELL = 260, 124, 32
_LIGHTEST = "#f2f7fc"
Axis = tuple[str, Sequence[float | str]]
"""An assumption's id and its values."""


def draw_grid(
    model: Model, x: Axis, y: Axis, totals: Sequence[Sequence[float]], about: str = ""
) -> str:
    """Draw the total for every pair of values; the higher it is, the darker its cell.

    Parameters
    ----------
    model : Model
        Whose total.
    x, y : (id, values)
        Across and down.
    totals : sequence of sequence of float
        A row for each value down, USD a year.
    about : str
        Where the other assumptions stand.

    Returns
    -------
    str
        An SVG document without outside parts.

    Raises
    ------
    OutOfRangeError
        If there are more cells than can be read.
    """
    if len(x[1]) > MOST_ACROSS or len(y[1]) > MOST_DOWN:
        raise OutOfRangeError(
            f"a picture shows at most {MOST_ACROSS} values across and {MOST_DOWN} down, "
            f"but there are {len(x[1])} and {len(y[1])}; give fewer, or write --csv"
        )
    height = _TOP + _CELL * len(y[1]) + 44
    entries = model.assumptions
    title = f"{model.steps[TOTAL].label} by {entries[x[0]].label} and {entries[y[0]].label}"
    body = [
        *heading(title, "USD a year; the darker the cell, the higher the total"),
        *_heads(model, x, y),
        *_cells(totals),
        *(
            text(MARGIN, height - 14 - 18 * number, words, "small")
            for number, words in enumerate(reversed(wrapped(about)[:1]))
        ),
    ]
    return document((WIDTH, height), title, _in_words(model, x, y, totals), body)


def _wide(columns: int) -> float:
    return min((WIDTH - _LEFT - MARGIN) / columns, 110.0)


def _heads(model: Model, x: Axis, y: Axis) -> Iterator[str]:
    entries, wide = model.assumptions, _wide(len(x[1]))
    yield text(MARGIN, _TOP - 32, f"down: {entries[y[0]].label}", "small")
    yield text(_LEFT, _TOP - 32, f"across: {entries[x[0]].label}", "small halo")
    for number, value in enumerate(x[1]):
        words = read_as(value, entries[x[0]].unit)
        yield text(_LEFT + wide * (number + 0.5), _TOP - 10, words, "name strong", "middle")
    for number, value in enumerate(y[1]):
        words = read_as(value, entries[y[0]].unit)
        yield text(MARGIN, _TOP + _CELL * number + 21, words, "name strong")


def _cells(totals: Sequence[Sequence[float]]) -> Iterator[str]:
    flat = [total for row in totals for total in row]
    low, high = min(flat), max(flat)
    wide = _wide(len(totals[0]))
    for down, row in enumerate(totals):
        for across, total in enumerate(row):
            part = (total - low) / (high - low) if high > low else 0.0
            left, top = _LEFT + wide * across, _TOP + _CELL * down
            yield (
                f'<rect x="{left:.1f}" y="{top}" width="{wide - 2:.1f}" height="{_CELL - 2}" '
                f'fill="{_shade(part)}"/>'
            )
            look = "on-dark" if part > 0.6 else "on-light"
            words = read_as(total, "usd_per_year", 3)
            yield text(left + wide / 2 - 1, top + 20, words, look, "middle")


def _shade(part: float) -> str:
    """Return the colour of a part between the lowest and the highest total.

    >>> _shade(0), _shade(1)
    ('#f2f7fc', '#1f3a5f')
    """
    parts = ((int(colour[at : at + 2], 16) for colour in (_LIGHTEST, NAVY)) for at in (1, 3, 5))
    mixed = (round(one + part * (other - one)) for one, other in parts)
    return "#" + "".join(f"{colour:02x}" for colour in mixed)


def _in_words(model: Model, x: Axis, y: Axis, totals: Sequence[Sequence[float]]) -> str:
    flat = [total for row in totals for total in row]
    ends = (read_as(total, "usd_per_year", 3) for total in (min(flat), max(flat)))
    axes = " and ".join(f"{len(one[1])} values of {model.assumptions[one[0]].label}"
                        for one in (x, y))  # fmt: skip
    return f"{' to '.join(ends)} for {axes}."
