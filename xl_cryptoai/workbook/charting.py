"""What the charts of all sheets share: frame, colours, labels, axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.layout import Layout as Frame
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RichTextProperties,
)
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai import palette
from xl_cryptoai.palette import GRID, INK, LEVEL, LOWERS, NAVY, PALE, SOFT, digits, words_on
from xl_cryptoai.workbook.styles import FONT_NAME

SHORT_MONEY = '[>=1000000000000]0.00,,,,"T";[>=1000000000]0.0,,,"B";0,,"M"'
"""Amounts at bars, in as few signs as can be read."""
AMOUNTS_BELOW = '[>=1000000000000]-0.00,,,,"T";[>=1000000000]-0.0,,,"B";-0,,"M"'
"""Amounts that drop out, of which the cells have the size."""
HIGH, WIDE = 7.25, 13.0
"""Of a chart, in centimetres: two by two of them fill a page."""
TITLE, WORDS = 1100, 900
"""Size of letters, in hundredths of a point: nothing on a sheet prints below 8 points."""
EMU_A_PIXEL = 9525
_UNITS = ((1e12, ',,,,"T"'), (1e9, ',,,"B"'), (1e6, ',,"M"'), (1.0, ""))


def framed(
    chart: Any, title: str, number_format: str, *, high: float = HIGH, wide: float = WIDE
) -> Any:
    """Return a chart its title, size, axes and the place of its legend."""
    chart.title, chart.height, chart.width = title, high, wide
    chart.title.overlay = chart.roundedCorners = False
    look = letters(TITLE, NAVY, bold=True)
    for paragraph in chart.title.tx.rich.paragraphs:
        paragraph.pPr = ParagraphProperties(defRPr=look)
        for run in paragraph.r or ():
            run.rPr = look
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=digits(GRID)))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.txPr, chart.y_axis.txPr = words(), words()
    chart.x_axis.txPr.bodyPr = RichTextProperties(rot=0, vert="horz")  # long names wrap
    chart.y_axis.number_format, chart.y_axis.numFmt.sourceLinked = number_format, False
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=digits(GRID), w=9525)
    )
    chart.y_axis.majorTickMark, chart.x_axis.majorTickMark = "none", "out"
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.x_axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=digits(palette.FAINT)))
    # what Excel writes though it is what a chart does without it
    lying = getattr(chart, "barDir", "col") == "bar"
    chart.x_axis.axPos, chart.y_axis.axPos = ("l", "b") if lying else ("b", "l")
    chart.x_axis.crosses = chart.y_axis.crosses = "autoZero"
    chart.x_axis.tickLblPos = chart.y_axis.tickLblPos = "nextTo"
    chart.y_axis.crossBetween = "between"
    if chart.legend is not None:
        chart.legend.position, chart.legend.txPr = "b", words()
    return chart


def place(sheet: Worksheet, chart: Any, area: str) -> None:
    """Put a chart over an area of cells: as wide and high as these are in any program."""
    cells = CellRange(area)
    left, top, right, bottom = cells.min_col, cells.min_row, cells.max_col, cells.max_row
    wide = sheet.column_dimensions[get_column_letter(right)].width
    chart.anchor = TwoCellAnchor(
        editAs="twoCell",
        _from=AnchorMarker(col=left - 1, row=top - 1),
        # a little white to the right, before the next one
        to=AnchorMarker(col=right - 1, colOff=(int(7 * wide) - 5) * EMU_A_PIXEL, row=bottom),
    )
    sheet.add_chart(chart)


def letters(size: int, colour: str, *, bold: bool = False) -> CharacterProperties:
    """Return letters of the sheets' font: their size in hundredths of a point, their colour."""
    return CharacterProperties(
        sz=size, b=bold, solidFill=digits(colour), latin=Font(typeface=FONT_NAME)
    )


def words(colour: str = SOFT, *, bold: bool = False) -> RichText:
    """Return the look of labels, of an axis or of a legend."""
    look = letters(WORDS, colour, bold=bold)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)
    # LibreOffice breaks labels of data into lines, within words even, unless it is told not to
    return RichText(bodyPr=RichTextProperties(wrap="none"), p=[paragraph])


def fill_series(series: Any, colour: str, edge: str = "") -> None:
    """Return a series one colour, and its edge the same or another one.

    The edge keeps a bar seen that is lower than a pixel.
    """
    series.graphicalProperties.solidFill = digits(colour)
    series.graphicalProperties.line.solidFill = digits(edge or colour)


def hide(series: Any) -> None:
    """Draw nothing for a series but its labels."""
    series.graphicalProperties.noFill = series.graphicalProperties.line.noFill = True


def data_labels(
    number_format: str, colour: str = INK, place: str = "", *, bold: bool = False
) -> DataLabelList:
    """Write the values at the columns, and nothing else."""
    labels = DataLabelList()
    labels.showVal, labels.numFmt = True, number_format
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    labels.txPr = words(colour, bold=bold)
    if place:
        labels.position = place
    return labels


def label_at(series: Any, number: int, number_format: str, colour: str, place: str) -> None:
    """Write the value at one point of a series, counted from 0."""
    one = DataLabel(idx=number, numFmt=number_format, dLblPos=place, txPr=words(colour, bold=True))
    one.showVal = True
    one.showSerName = one.showCatName = one.showLegendKey = one.showPercent = False
    every = DataLabelList(dLbl=[one])
    every.showVal = every.showSerName = every.showCatName = False
    every.showLegendKey = every.showPercent = False
    series.dLbls = every


def add_tops(chart: Any, values: Reference, number_format: str, name: str = "Total") -> None:
    """Write amounts above the columns of a stacked chart: labels of a line that is not drawn."""
    line = LineChart()
    line.add_data(values, from_rows=values.min_row == values.max_row, titles_from_data=False)
    series = line.series[0]
    series.tx = SeriesLabel(v=name)
    series.graphicalProperties.line.noFill, series.smooth = True, False
    series.marker.symbol = "none"
    series.dLbls = data_labels(number_format, INK, "t", bold=True)
    if chart.legend is not None:
        chart.legend.legendEntry = [LegendEntry(idx=len(chart.series), delete=True)]
    chart += line


def falling(sheet: Worksheet, columns: Sequence[int], rows: tuple[int, int], chart: Any) -> Any:
    """Draw a waterfall into a chart: what is below, what drops out, and the levels between.

    Parameters
    ----------
    sheet : Worksheet
        With the figures.
    columns : sequence of int
        Of the names, of what is below a drop, of the drops, and of the levels.
    rows : tuple of int
        That of the headers, and the last.
    chart : BarChart
        An empty one.
    """
    head, last = rows
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 35
    for column in columns[1:]:
        data = Reference(sheet, min_col=column, min_row=head, max_row=last)
        chart.add_data(data, titles_from_data=True)
    names = Reference(sheet, min_col=columns[0], min_row=head + 1, max_row=last)
    chart.set_categories(names)
    chart.legend = None
    below, drop, level = chart.series
    hide(below)
    fill_series(drop, LOWERS)
    fill_series(level, PALE, LEVEL)
    drop.dLbls = data_labels(AMOUNTS_BELOW, words_on(LOWERS))
    tops = Reference(sheet, min_col=columns[-1], min_row=head + 1, max_row=last)
    add_tops(chart, tops, SHORT_MONEY, "Level")
    plot_area(chart, 0.09, 0.2, 0.89, 0.58)  # room for an amount above the highest level
    return chart


def plot_area(chart: Any, left: float, top: float, wide: float, high: float) -> None:
    """Place what a chart draws within its frame, in parts of the frame."""
    chart.layout = Frame(
        manualLayout=ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=top, w=wide, h=high
        )
    )


def amounts(largest: float) -> str:
    """Return the number format of an axis of money that goes up to an amount.

    >>> amounts(57.8e9), amounts(776e6), amounts(2.4e12)
    ('0,,,"B";-0,,,"B";0', '0,,"M";-0,,"M";0', '0.0,,,,"T";-0.0,,,,"T";0')
    """
    size, ending = next((one for one in _UNITS if abs(largest) >= one[0]), _UNITS[-1])
    digit = "0" if abs(largest) / size >= 5 else "0.0"  # an axis has about five steps
    return f"{digit}{ending};-{digit}{ending};0"


def powers_of_ten(lowest: float, highest: float) -> tuple[float, float]:
    """Return the ends of a logarithmic axis on which the lowest amount is a bar that shows.

    >>> powers_of_ten(7.8e8, 5.8e12), powers_of_ten(1.01e10, 1e12)
    ((100000000.0, 10000000000000.0), (1000000000.0, 1000000000000.0))
    """
    low = math.floor(math.log10(lowest) - 0.3)
    return 10.0**low, 10.0 ** math.ceil(math.log10(highest))
