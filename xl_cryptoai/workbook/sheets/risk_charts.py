"""The charts of sheet Risk: native and editable, over the figures on sheet Risk tables."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook.charting import BILLIONS, PALETTE, fill_series, framed, small_text
from xl_cryptoai.workbook.sheets.risk import Places, places
from xl_cryptoai.workbook.sheets.risk_layout import POINTS, Table, tables

ALT_TEXTS = (
    "Columns: how often the simulated total falls into each range of amounts; that of the "
    "forecast is marked.",
    "Line: the chance that the total is at most a given amount; the forecast is marked.",
    "Tornado: what each assumption alone, at its low and at its high value, adds to the live total "
    "or takes from it, the strongest at the top.",
    "Bars: each assumption's contribution to the variance of the total, the largest at the top.",
    "Lines: the total against one assumption, a line for each value of another.",
)
"""What each chart shows, for those who cannot see it; in the order of the charts."""


def write(sheet: Worksheet, figures: Worksheet, model: Model) -> None:
    """Put the charts onto the sheet; their figures stand on the one of the tables."""
    table, place = tables(model), places(model)
    for chart, where in (
        (_histogram(figures, table["histogram"]), f"A{place.charts}"),
        (_cumulative(figures, table["histogram"]), f"F{place.charts}"),
        (_tornado(figures, table), f"A{place.tornado_chart}"),
        (_contributions(sheet, place, table["sensitivity"]), f"A{place.sensitivity_chart}"),
        (_grid(sheet, place.grid + 2), f"A{place.grid_chart}"),
    ):
        sheet.add_chart(chart, where)


def _histogram(sheet: Worksheet, table: Table) -> Any:
    chart: Any = BarChart()
    chart.type, chart.gapWidth = "col", 4
    _add(chart, sheet, table, column=3, labels=1)
    chart.legend = None
    framed(
        chart, "How often a total falls into a range (from ...); the forecast's in colour", "0%",
        high=9.2, wide=14.2,
    )  # fmt: skip
    fill_series(chart.series[0], PALETTE[0])
    chart.overlap = 100
    _add_live(chart, sheet, table, 5)
    chart.x_axis.number_format, chart.x_axis.tickLblSkip = BILLIONS, 3
    return chart


def _cumulative(sheet: Worksheet, table: Table) -> Any:
    chart: Any = LineChart()
    _add(chart, sheet, table, column=4, labels=2)
    chart.legend = None
    framed(
        chart, "Chance that the total is at most ...; the forecast's marked", "0%",
        high=9.2, wide=10.5,
    )  # fmt: skip
    line = chart.series[0].graphicalProperties.line
    line.solidFill, line.width = PALETTE[0], 28575
    chart.series[0].smooth = False
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.x_axis.number_format, chart.x_axis.tickLblSkip = BILLIONS, 3
    mark: Any = BarChart()
    mark.type, mark.gapWidth = "col", 60
    _add_live(mark, sheet, table, 10)
    mark.set_categories(Reference(sheet, min_col=2, min_row=table.first, max_row=table.last))
    chart += mark
    return chart


def _add_live(chart: Any, sheet: Worksheet, table: Table, column: int) -> None:
    """Add the series that has a value in the live total's range alone."""
    chart.add_data(Reference(sheet, min_col=column, min_row=table.first, max_row=table.last))
    chart.series[-1].tx = SeriesLabel(v="Forecast")
    fill_series(chart.series[-1], PALETTE[1])


def _tornado(sheet: Worksheet, place: dict[str, Table]) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 25
    top, count = place["histogram"].row, place["tornado"].rows - 1
    for column, colour in ((8, PALETTE[1]), (9, PALETTE[0])):
        data = Reference(sheet, min_col=column, min_row=top + 1, max_row=top + count)
        chart.add_data(data)
        fill_series(chart.series[-1], colour)
    for series, title in zip(chart.series, ("at low", "at high"), strict=True):
        series.tx = SeriesLabel(v=title)
    chart.set_categories(Reference(sheet, min_col=6, min_row=top + 1, max_row=top + count))
    framed(chart, "Change of the total, one assumption alone", BILLIONS, high=8.7, wide=24)
    _from_the_top(chart)
    return chart


def _contributions(sheet: Worksheet, place: Places, table: Table) -> BarChart:
    chart = BarChart()
    chart.type, chart.gapWidth = "bar", 25
    shown = Table(place.sensitivity + 1, table.rows, table.columns)
    _add(chart, sheet, shown, column=4, labels=1)
    chart.legend = None
    framed(chart, "Contribution to variance", "0%", high=8.7, wide=24)
    fill_series(chart.series[0], PALETTE[2])
    _from_the_top(chart)
    return chart


def _grid(sheet: Worksheet, top: int) -> LineChart:
    chart = LineChart()
    for number in range(1, POINTS + 1, 2):
        row = top + number
        data = Reference(sheet, min_col=1, max_col=POINTS + 1, min_row=row)
        chart.add_data(data, from_rows=True, titles_from_data=True)
        line = chart.series[-1].graphicalProperties.line
        line.solidFill, line.width = PALETTE[(number // 2) % len(PALETTE)], 22225
        chart.series[-1].smooth = False
    chart.set_categories(Reference(sheet, min_col=2, max_col=POINTS + 1, min_row=top, max_row=top))
    framed(chart, "Total across, a line for each value down", BILLIONS, high=7.5, wide=18)
    chart.x_axis.number_format = "0.00"
    return chart


def _add(
    chart: BarChart | LineChart, sheet: Worksheet, table: Table, *, column: int, labels: int
) -> None:
    data = Reference(sheet, min_col=column, min_row=table.first, max_row=table.last)
    chart.add_data(data)
    chart.series[0].tx = SeriesLabel(v="Share")
    chart.set_categories(Reference(sheet, min_col=labels, min_row=table.first, max_row=table.last))


def _from_the_top(chart: Any) -> None:
    """Let the first row stand at the top, with its name beside the plot instead of inside it."""
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    chart.x_axis.txPr = small_text()
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.crosses = "max"
