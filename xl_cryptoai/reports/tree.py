"""Draws a trace as a tree, a row a cell: one self-contained SVG picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.palette import FAINT, GRID, PALE
from xl_cryptoai.reports.svg import MARGIN, WIDTH, box, document, heading, line, text, width_of
from xl_cryptoai.reports.trace import TreeRow, tree_rows
from xl_cryptoai.tracing.trace import Trace

MOST = 60
"""Rows that are drawn; how many more there are is said."""
DEEPEST = 12
"""Levels that are indented; what is deeper stands below the last of them."""
_TOP, _ROW, _INDENT = 84, 28, 22
_VALUE, _PLACE, _SOURCE = 420, 580, 700
"""Where the columns begin: what a cell holds, where it is, and where that is from."""


def draw_trace(trace: Trace) -> str:
    """Draw what a figure is computed from, or what is computed from it.

    Parameters
    ----------
    trace : Trace
        What was found.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    rows = tree_rows(trace)
    shown, more = rows[:MOST], len(rows) - MOST
    title = f"{trace.target} in {trace.path.name}"
    subtitle = (
        "What is computed from it" if trace.dependents else "What it is computed from"
    ) + ", a row a cell; a box marks an assumption"
    bottom = _TOP + _ROW * len(shown)
    body = [
        *heading(_cut(title, WIDTH - 2 * MARGIN, 19), subtitle),
        *_links(shown),
        *(part for number, row in enumerate(shown) for part in _row(number, row)),
    ]
    if more > 0:
        words = f"{more} more rows; give --depth for fewer levels, or --format html for all"
        body.append(text(MARGIN, bottom + 22, words, "small"))
    height = bottom + (40 if more > 0 else 16)
    return document((WIDTH, height), title, in_words(shown), body)


def in_words(rows: Sequence[TreeRow]) -> str:
    """Say what the picture shows."""
    return "; ".join(f"{row.what or row.place} {row.value}".rstrip() for row in rows)


def _left(row: TreeRow) -> float:
    return MARGIN + _INDENT * min(row.level, DEEPEST)


def _middle(number: int) -> float:
    return _TOP + _ROW * number + _ROW / 2


def _links(rows: Sequence[TreeRow]) -> Iterator[str]:
    """Draw from every cell down to those that stand one level deeper."""
    above: dict[int, int] = {}
    for number, row in enumerate(rows):
        above[row.level] = number
        if row.level:
            parent = above[row.level - 1]
            x = _left(rows[parent]) + 7
            yield line(x, _middle(parent) + 9, _middle(number), GRID)
            if row.level <= DEEPEST:
                y = _middle(number)
                yield f'<path d="M{x:.1f} {y:.1f}H{_left(row) - 3:.1f}" stroke="{FAINT}"/>'


def _row(number: int, row: TreeRow) -> Iterator[str]:
    left, baseline = _left(row), _middle(number) + 5
    name = _cut(row.what or row.place, _VALUE - left - 16, 14)
    if row.kind:
        wide = min(width_of(name, 12.5) + 12, _VALUE - left - 8)
        yield box((left - 3, left - 3 + wide), _middle(number) - 11, 22, PALE)
    look = "name strong" if not row.level else "name"
    yield text(left + 1, baseline, name, look)
    yield text(_VALUE, baseline, _cut(row.value, _PLACE - _VALUE - 10, 14), "figure strong")
    yield text(_PLACE, baseline, _cut(row.place, _SOURCE - _PLACE - 10, 12.5), "small")
    source = row.state or (row.why if row.kind else row.formula)
    yield text(_SOURCE, baseline, _cut(source, WIDTH - MARGIN - _SOURCE, 12.5), "small")


def _cut(words: str, wide: float, size: float) -> str:
    """Cut what has no room, with dots at the end."""
    if width_of(words, size) <= wide:
        return words
    room = max(int(wide / (0.58 * size)) - 1, 1)
    return f"{words[:room].rstrip()}…"
