"""The charts of sheet Risk: native and editable, over the figures on sheet Risk tables."""

from __future__ import annotations

from typing import Any, Literal

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.palette import BLUE, INK, LINES, LOWERS, NAVY, PALE, RAISES, digits
from xl_cryptoai.palette import LIVE as LIVE_COLOUR
from xl_cryptoai.workbook.charting import (
    amounts,
    data_labels,
    fill_series,
    framed,
    place,
)
from xl_cryptoai.workbook.sheets.charts import largest
from xl_cryptoai.workbook.sheets.risk import CHART_ROWS, LAST, Places, places
from xl_cryptoai.workbook.sheets.risk_layout import (
    MARKS,
    MARKS_AT,
    POINTS,
    STICKS_AT,
    Table,
    on_tables,
    tables,
)

ALT_TEXTS = (
    "Columns: how often the simulated total falls into each range of amounts; lines mark its 5th, "
    "50th and 95th percentile and the forecast.",
    "Line: the chance that the total is at most a given amount; the percentiles and the forecast "
    "are marked.",
    "Tornado: the change in the live total with each assumption alone at its low and at its high, "
    "widest at the top.",
    "Bars: each assumption's contribution to the variance of the total, the largest at the top.",
    "Lines: the total against one assumption, a line for each value of another.",
)
"""What each chart shows, for those who cannot see it; in the order of the charts."""
STICK = 8.5
"""Points that a bar of the histogram is thick."""
IN_BILLIONS = '[>=50000000]+0.0,,,"B";[<=-50000000]-0.0,,,"B";'
IN_MILLIONS = '[>=50000]+0.0,,"M";[<=-50000]-0.0,,"M";'
"""Changes at the ends of bars; what rounds to nothing has no figure."""


def write(sheet: Worksheet, figures: Worksheet, model: Model) -> None:
    """Put the charts onto the sheet; their figures stand on the one of the tables."""
    table, rows = tables(model), places(model)
    histogram, last = table["histogram"], CHART_ROWS - 2
    for chart, first, end, top in (
        (_histogram(figures, histogram, model), "A", "E", rows.charts),
        (_cumulative(figures, histogram, model), "F", LAST, rows.charts),
        (_tornado(figures, table, model), "A", LAST, rows.tornado_chart),
        (_contributions(sheet, rows, table["sensitivity"]), "A", LAST, rows.sensitivity_chart),
        (_grid(sheet, rows.grid + 2, model), "A", LAST, rows.grid_chart),
    ):
        place(sheet, chart, f"{first}{top}:{end}{top + last}")


def _histogram(sheet: Worksheet, table: Table, model: Model) -> Any:
    """Draw the ranges as sticks over an axis of amounts, which a chart of columns does not have."""
    chart = _points("How often the total falls into a range, share of draws", model)
    last = table.first + 3 * (table.rows - 1) - 2  # two points a stick, and a blank between them
    y, x = (
        Reference(sheet, min_col=STICKS_AT + one, min_row=table.first, max_row=last)
        for one in (1, 0)
    )
    sticks = _line(Series(y, x), PALE, STICK)
    sticks.tx = SeriesLabel(v="Share of draws")
    chart.series.append(sticks)
    _add_marks(chart, sheet, table, MARKS_AT + 2)
    chart.y_axis.scaling.min = 0
    return chart


def _cumulative(sheet: Worksheet, table: Table, model: Model) -> Any:
    chart = _points("Chance that the total is at most", model)
    y, x = (
        Reference(sheet, min_col=one, min_row=table.first, max_row=table.last) for one in (4, 2)
    )
    line = _line(Series(y, x), NAVY)
    line.tx = SeriesLabel(v="Chance")
    chart.series.append(line)
    _add_marks(chart, sheet, table, MARKS_AT + 3)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    return chart


def _points(title: str, model: Model) -> Any:
    """Return an empty chart over an axis of amounts."""
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle, chart.legend = None, "lineMarker", None
    framed(chart, title, "0%")
    chart.x_axis.number_format = amounts(largest(model))
    chart.x_axis.numFmt.sourceLinked, chart.x_axis.majorGridlines = False, None
    chart.y_axis.crosses = "min"
    return chart


def _line(series: Any, colour: str, width: float = 2.25) -> Any:
    """Return a series as a plain line, so many points thick; without a colour as none."""
    line = series.graphicalProperties.line
    if colour:
        line.solidFill, line.width, line.cap = digits(colour), int(width * 12700), "flat"
    else:
        line.noFill = True
    series.smooth, series.marker.symbol = False, "none"
    return series


def _add_marks(chart: Any, sheet: Worksheet, table: Table, height: int) -> None:
    """Add the percentiles and the forecast as lines from below, each with its name at the top."""
    for number, side in enumerate("lrrl"):
        row, live = table.first + number, number == len(MARKS)
        colour = LIVE_COLOUR if live else NAVY
        y, x = (Reference(sheet, min_col=one, min_row=row) for one in (height, MARKS_AT + 1))
        point = _line(Series(y, x), "")
        point.tx = SeriesLabel(
            strRef=StrRef(f=on_tables(f"${get_column_letter(MARKS_AT + 5)}${row}"))
        )
        point.errBars = _down_to_zero(colour, "solid" if live else "dash")
        point.dLbls = data_labels("General", colour, side, bold=True)
        point.dLbls.showVal, point.dLbls.showSerName = False, True
        chart.series.append(point)


def _down_to_zero(colour: str, dash: Literal["solid", "dash"]) -> ErrorBars:
    """Return lines from each point of a series down to the axis."""
    line = LineProperties(solidFill=digits(colour), w=22225, prstDash=dash)
    return ErrorBars(
        errDir="y", errBarType="minus", errValType="percentage", val=100, noEndCap=True,
        spPr=GraphicalProperties(ln=line),
    )  # fmt: skip


def _tornado(sheet: Worksheet, table: dict[str, Table], model: Model) -> Any:
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 30
    top, count = table["histogram"].row, table["tornado"].rows - 1
    most = largest(model)
    form = IN_BILLIONS if most >= 1e9 else IN_MILLIONS
    for column, colour, title in ((8, LOWERS, "at its low"), (9, RAISES, "at its high")):
        data = Reference(sheet, min_col=column, min_row=top + 1, max_row=top + count)
        chart.add_data(data)
        fill_series(chart.series[-1], colour)
        chart.series[-1].dLbls = data_labels(form, INK, "outEnd")
        chart.series[-1].tx = SeriesLabel(v=title)
    chart.set_categories(Reference(sheet, min_col=6, min_row=top + 1, max_row=top + count))
    framed(chart, "Change in the total, one assumption at a time, USD a year", amounts(most / 5))
    _from_the_top(chart)
    return chart


def _contributions(sheet: Worksheet, rows: Places, table: Table) -> Any:
    chart: Any = BarChart()
    chart.type, chart.gapWidth = "bar", 30
    first, last = rows.sensitivity + 2, rows.sensitivity + table.rows
    chart.add_data(Reference(sheet, min_col=4, min_row=first, max_row=last))
    chart.series[0].tx = SeriesLabel(v="Contribution")
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    chart.legend = None
    framed(chart, "Contribution to the variance of the total", "0%")
    fill_series(chart.series[0], BLUE)
    chart.series[0].dLbls = data_labels("0.0%", INK, "outEnd")
    _from_the_top(chart)
    return chart


def _grid(sheet: Worksheet, top: int, model: Model) -> Any:
    chart: Any = LineChart()
    for number in range(1, POINTS + 1, 2):
        row = top + number
        data = Reference(sheet, min_col=1, max_col=POINTS + 1, min_row=row)
        chart.add_data(data, from_rows=True, titles_from_data=True)
        line = chart.series[-1].graphicalProperties.line
        line.solidFill, line.width = digits(LINES[number // 2 % len(LINES)]), 22225
        chart.series[-1].smooth = False
    chart.set_categories(Reference(sheet, min_col=2, max_col=POINTS + 1, min_row=top, max_row=top))
    # what runs across and down can be chosen: the line above the table says it
    title = "The total for each value across, a line for each value down"
    framed(chart, title, amounts(largest(model)))
    chart.x_axis.number_format = "0.00##"
    return chart


def _from_the_top(chart: Any) -> None:
    """Let the first row stand at the top, with its name beside the plot instead of inside it."""
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.crosses = "max"
