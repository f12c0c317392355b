"""What the charts of all sheets share: frame, colours, labels."""

from __future__ import annotations

from typing import Any

from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

from xl_cryptoai.workbook import styles

BILLIONS, TRILLIONS = '0.0,,,"B"', '0.0,,,,"T"'
PALETTE = tuple(styles.PALETTE_NAMES.values())
PALE = "9CC9E8"  # under dark figures
COLOURS = (*PALETTE, *styles.MORE_COLOURS)
HIGH, WIDE = 9.3, 16.2  # centimetres


def framed(
    chart: Any, title: str, number_format: str, *, high: float = HIGH, wide: float = WIDE
) -> Any:
    """Return a chart its title, size, axes and the place of its legend."""
    chart.title, chart.height, chart.width = title, high, wide
    chart.title.overlay = False
    for paragraph in chart.title.tx.rich.paragraphs:
        small = CharacterProperties(sz=1200, b=True)
        paragraph.pPr = ParagraphProperties(defRPr=small)
        for run in paragraph.r or ():
            run.rPr = small
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.numFmt.sourceLinked = number_format, False
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill="D9DEE4", w=9525)
    )
    # what Excel writes though it is what a chart does without it
    lying = getattr(chart, "barDir", "col") == "bar"
    chart.x_axis.axPos, chart.y_axis.axPos = ("l", "b") if lying else ("b", "l")
    chart.x_axis.crosses = chart.y_axis.crosses = "autoZero"
    chart.x_axis.tickLblPos = chart.y_axis.tickLblPos = "nextTo"
    chart.y_axis.crossBetween = "between"
    if chart.legend is not None:
        chart.legend.position = "b"
    return chart


def small_text() -> RichText:
    """Return the labels of a crowded axis small letters, so that none is left out."""
    size = CharacterProperties(sz=900)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=size), endParaRPr=size)
    return RichText(p=[paragraph])


def fill_series(series: Any, colour: str) -> None:
    """Return a series one colour."""
    series.graphicalProperties.solidFill = colour
    series.graphicalProperties.line.solidFill = colour


def colour_of(number: int) -> str:
    """Return the colour of a series by its number, from 0 on."""
    return COLOURS[number % len(COLOURS)]


def data_labels(number_format: str) -> DataLabelList:
    """Write the values at the columns, and nothing else."""
    labels = DataLabelList()
    labels.showVal, labels.numFmt = True, number_format
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    return labels
