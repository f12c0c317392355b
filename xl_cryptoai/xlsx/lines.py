"""Rows and columns as a whole: hidden, hidden by a filter; panes that stay in view."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from xl_cryptoai.xlsx.parts import MAIN, Element
from xl_cryptoai.xlsx.references import MAX_COLUMN, MAX_ROW, Area, parse_area
from xl_cryptoai.xlsx.sheet_data import SheetData
from xl_cryptoai.xlsx.texts import is_true, is_zero, whole


class Span(NamedTuple):
    """Rows or columns that follow each other; both ends belong to it."""

    first: int
    last: int


class Lines(NamedTuple):
    """What a sheet says of its rows, or of its columns.

    Attributes
    ----------
    hidden : tuple of Span
        Lines that do not show, also for want of height or width; neighbours are one span.
    filtered : tuple of Span
        Rows that lie in the area of an active filter and do not show.
    """

    hidden: tuple[Span, ...] = ()
    filtered: tuple[Span, ...] = ()


class AutoFilter(NamedTuple):
    """Buttons over a list, which can hide rows.

    Attributes
    ----------
    area : Area
        Headers and rows.
    active : bool
        Whether a criterion is set, so that rows may be hidden.
    """

    area: Area
    active: bool


class Freeze(NamedTuple):
    """How many rows and columns stay in view."""

    rows: int
    columns: int


def read_rows(data: SheetData, filters: Iterable[AutoFilter]) -> Lines:
    """What a sheet says of its rows."""
    areas = (one.area for one in filters if one.active)
    active = _joined(Span(area.top + 1, area.bottom) for area in areas)
    hidden: list[Span] = []
    filtered: list[Span] = []
    for row in data.hidden:
        at = bisect_right(active, (row, MAX_ROW)) - 1
        under = at >= 0 and row <= active[at].last
        (filtered if under else hidden).append(Span(row, row))
    defaults = data.root.find(f"{MAIN}sheetFormatPr")
    if defaults is not None and is_true(defaults.get("zeroHeight")):
        hidden.extend(Span(*gap) for gap in data.gaps)  # what the file does not name is hidden too
    return Lines(_joined(hidden), _joined(filtered))


def read_columns(root: Element) -> Lines:
    """What a sheet says of its columns."""
    hidden = []
    # there are no more columns than that, whatever the file says
    for one in islice(root.iterfind(f"{MAIN}cols/{MAIN}col"), MAX_COLUMN):
        first, last = whole(one.get("min")), min(whole(one.get("max")), MAX_COLUMN)
        if not 1 <= first <= last:
            continue
        if is_true(one.get("hidden")) or is_zero(one.get("width")):
            hidden.append(Span(first, last))
    return Lines(_joined(hidden))


def read_filter(root: Element) -> AutoFilter | None:
    """The sheet's own filter; those of tables are the tables' part."""
    found = root.find(f"{MAIN}autoFilter")
    area = parse_area(found.get("ref", "")) if found is not None else None
    if found is None or area is None:
        return None
    return AutoFilter(area, found.find(f"{MAIN}filterColumn") is not None)


def read_freeze(root: Element) -> Freeze | None:
    """Panes that stay in view; None if none do."""
    pane = root.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    if pane is None or pane.get("state") not in ("frozen", "frozenSplit"):
        return None
    # whole numbers, which some programs write as 2.0
    rows, columns = (whole(pane.get(name, "0").partition(".")[0]) for name in ("ySplit", "xSplit"))
    return Freeze(rows, columns)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.first <= joined[-1].last + 1:
            joined[-1] = Span(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return tuple(joined)
