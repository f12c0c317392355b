"""The differences of two workbooks in their charts: which there are, and what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xl_cryptoai.comparing.records import Side, StructureChange
from xl_cryptoai.xlsx import Sheet

Shown = tuple[str, ...]
"""The areas that a chart shows, as the old workbook would write them."""


def chart_changes(before: Side, after: Side) -> Iterator[StructureChange]:
    """Tell charts that are gone, were added or show other cells; a chart is known by its title."""
    for name, laid in after.carrier.overlays.items():
        olds, news = _charts(before, laid.before), _charts(after, laid.after)
        for title in dict.fromkeys([*olds, *news]):
            old_ones, new_ones = (charts.get(title, Counter()) for charts in (olds, news))
            gone = [*(old_ones - new_ones).elements()]
            added = [*(new_ones - old_ones).elements()]
            for old, new in zip(gone, added, strict=False):
                what = f"{title} showed {', '.join(old)}; shows {', '.join(new)}"
                yield StructureChange("chart redirected", name, what)
            common = min(len(gone), len(added))
            for _ in gone[common:]:
                yield StructureChange("chart removed", name, f"{title} is no longer there")
            for _ in added[common:]:
                yield StructureChange("chart added", name, f"{title} was not there")


def _charts(side: Side, sheet: Sheet) -> dict[str, Counter[Shown]]:
    found: dict[str, Counter[Shown]] = {}
    for chart in sheet.charts:
        shown = tuple(
            side.carrier.reference(one.values, sheet.title) for one in chart.series if one.values
        )
        words = " ".join(chart.title.split())
        title = f"'{words}'" if words else "a chart without a title"
        found.setdefault(title, Counter())[shown] += 1
    return found
