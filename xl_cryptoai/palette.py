"""The colours of everything drawn: native charts, SVG pictures, HTML pages and the task pane.

Neighbours differ in lightness, so that grey print keeps them apart, and in a hue that people who
see no red or no green tell apart; tests compute both.
"""

from __future__ import annotations

NAVY, AMBER, BLUE, PALE = "#1f3a5f", "#e8a33a", "#2f78b7", "#c5dbf0"
BROWN, SAND, GREY, LIGHT = "#7a4a00", "#f1dfbd", "#595959", "#c8c8c8"
LIVE = "#b8430c"
"""What marks the forecast as it stands."""
INK, SOFT, FAINT, GRID, PAPER = "#1a1a1a", "#595959", "#767676", "#d9d9d9", "#ffffff"
"""Words, small words, thin lines, lines of a grid, and the ground of it all."""

SERIES = (NAVY, AMBER, BLUE, PALE, BROWN, SAND, GREY, LIGHT)
"""Of the parts of a whole, in their order; after the last it starts again."""
LINES = (NAVY, BROWN, BLUE, GREY, "#b06f00", "#5a3d8a")
"""Of thin lines on paper."""
FAINTEST = 3.0
"""Contrast to paper that a line has at least: WCAG 2.2, 1.4.11."""
RAISES, LOWERS, LEVEL = BLUE, AMBER, NAVY
"""Of what moves an amount up and down, and of the amounts between."""
STRIPES = BROWN
"""Over `LOWERS`, where a picture can be hatched."""


def series(number: int) -> str:
    """Return the colour of a part of a whole by its number, from 0 on.

    >>> series(0) == series(len(SERIES))
    True
    """
    return SERIES[number % len(SERIES)]


def digits(colour: str) -> str:
    """Write a colour as spreadsheets do: six hexadecimal digits.

    >>> digits("#1f3a5f")
    '1F3A5F'
    """
    return colour.removeprefix("#").upper()


def luminance(colour: str) -> float:
    """Return how light a colour is, from 0 to 1: WCAG 2.2, relative luminance.

    >>> luminance("#000000"), round(luminance("#ffffff"), 6)
    (0.0, 1.0)
    """
    parts = [int(digits(colour)[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21: WCAG 2.2, contrast ratio.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def words_on(colour: str) -> str:
    """Return the colour of words on a ground: white or ink, whichever is read better.

    >>> words_on(NAVY) == PAPER, words_on(AMBER) == INK
    (True, True)
    """
    return max((PAPER, INK), key=lambda words: contrast(words, colour))
