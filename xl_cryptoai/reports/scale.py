"""Where values lie on a chart: one scale and one set of rows for every picture."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xl_cryptoai.palette import INK
from xl_cryptoai.reports.svg import BAR, MARGIN, ROW, box, text

_ROUND = (1, 2, 5, 10)
THINNEST = 1.5
"""Pixels of a bar that would otherwise not be seen."""


class Scale:
    """Where a value lies from left to right.

    Parameters
    ----------
    start, end : float
        The values at either end.
    left, right : float
        Where these ends are, in pixels.
    log : bool
        Whether equal ratios are equally far apart, instead of equal differences.

    Examples
    --------
    >>> Scale(0, 10, 100, 200)(5), Scale(1, 100, 0, 10, log=True)(10)
    (150.0, 5.0)
    """

    def __init__(
        self, start: float, end: float, left: float, right: float, *, log: bool = False
    ) -> None:
        self.start, self.end = start, end
        self._left, self._right, self._log = left, right, log

    @classmethod
    def rounded(cls, low: float, high: float, left: float, right: float, most: int) -> Scale:
        """Make a scale that begins and ends at round values, with no more than so many steps."""
        step = round_step((high - low) or abs(high) or 1.0, most)
        start = math.floor(low / step) * step
        return cls(start, max(math.ceil(high / step) * step, start + step), left, right)

    def __call__(self, value: float) -> float:
        """Place of a value, in pixels."""
        if self._log:
            part = math.log(value / self.start) / math.log(self.end / self.start)
        else:
            part = (value - self.start) / (self.end - self.start)
        return self._left + part * (self._right - self._left)

    def ticks(self, most: int = 6) -> Iterator[float]:
        """Yield round values along the scale: powers of ten, or equal steps."""
        if self._log:
            value = 10.0 ** math.ceil(math.log10(self.start) - 1e-9)
            while value <= self.end:
                yield value
                value *= 10
            return
        step = round_step(self.end - self.start, most)
        first = math.ceil(self.start / step - 1e-9)
        for number in range(first, math.floor(self.end / step + 1e-9) + 1):
            yield number * step


def round_step(spread: float, most: int) -> float:
    """Return the smallest round step of which a spread has no more than so many.

    >>> round_step(9.4, 6), round_step(0.3, 6)
    (2.0, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(spread / most))
    return float(next(size * power for size in _ROUND if spread / (size * power) <= most))


class Rows:
    """The rows of a chart with a bar a row.

    Parameters
    ----------
    top : int
        Where the first row begins, in pixels.
    """

    def __init__(self, top: int) -> None:
        self.top = top

    def bar(
        self, number: int, ends: tuple[float, float], fill: str, least: float = THINNEST
    ) -> str:
        """Draw a row's bar between two places, whichever comes first, so long at least."""
        left, right = sorted(ends)
        edge = self.top + number * ROW + (ROW - BAR) / 2
        return box((left, max(right, left + least)), edge, BAR, fill)

    def name(self, number: int, words: str, look: str = "") -> str:
        """Write a row's name at the left."""
        return text(MARGIN, self.baseline(number), words, f"name {look}".strip())

    def figure(self, number: int, x: float, words: str, look: str = "") -> str:
        """Write a figure beside a row's bar."""
        return text(x + 8, self.baseline(number), words, f"figure {look}".strip())

    def whisker(self, number: int, low: float, high: float) -> str:
        """Draw between two places how far a row's value may be off."""
        return (
            f'<path d="M{low:.1f} {self.middle(number) - 4}v8m0-4H{high:.1f}m0-4v8" '
            f'stroke="{INK}" stroke-width="1.5" fill="none"/>'
        )

    def baseline(self, number: int) -> float:
        """Height at which a row's texts stand."""
        return self.top + number * ROW + ROW / 2 + 5

    def middle(self, number: int) -> float:
        """Height of a row's middle."""
        return self.top + number * ROW + ROW / 2

    def bottom(self, rows: int) -> int:
        """Height at which so many rows end."""
        return self.top + rows * ROW
