"""The values that a chart draws, kept in the chart as Excel keeps them.

openpyxl writes references alone. A program that shows a workbook without calculating it, such as a
preview, draws from these values or draws nothing.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from xl_cryptoai.errors import EXCEL_ERRORS
from xl_cryptoai.workbook.calculate import Calculated
from xl_cryptoai.workbook.package import CHART, Parts, to_xml


def keep_values(parts: Parts, book: Workbook, values: Calculated) -> None:
    """Write into every chart the values of the cells that it refers to.

    Parameters
    ----------
    parts : dict of name to bytes
        The workbook's parts; changed in place.
    book : Workbook
        For the formats of numbers.
    values : dict of sheet name to rows of values
        See `calculate`. A blank or an error is no point, as in a chart that Excel saved.
    """
    for name in [part for part in parts if part.startswith("xl/charts/chart")]:
        root = etree.fromstring(parts[name])
        for formula in list(root.iter(_tag("f"))):
            area = CellRange(str(formula.text))
            points = [
                value
                for row in values[str(area.title)][area.min_row - 1 : area.max_row]
                for value in row[area.min_col - 1 : area.max_col]
            ]
            first = book[str(area.title)].cell(area.min_row, area.min_col)
            _keep(formula.getparent(), points, first.number_format)
        for labels in root.iter(_tag("dLbls"), _tag("dLbl")):
            for form in labels.iterfind(_tag("numFmt")):
                form.set("sourceLinked", "0")  # else LibreOffice takes the cells' format
        parts[name] = to_xml(root)


def _keep(reference: Any, points: list[Any], number_format: str) -> None:
    """Put the points behind a reference, which is one to texts if one of them is a text."""
    texts = any(_is_text(point) for point in points)
    if reference.tag == _tag("strRef") and not texts:
        return  # the name of a series is a number: Excel keeps it as formatted, which we can't
    reference.tag = _tag("strRef" if texts else "numRef")
    cache = etree.SubElement(reference, _tag("strCache" if texts else "numCache"))
    if not texts:
        etree.SubElement(cache, _tag("formatCode")).text = number_format
    etree.SubElement(cache, _tag("ptCount"), val=str(len(points)))
    for number, point in enumerate(points):
        if _is_text(point) or isinstance(point, (int, float)):
            element = etree.SubElement(cache, _tag("pt"), idx=str(number))
            etree.SubElement(element, _tag("v")).text = _written(point)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and value not in EXCEL_ERRORS


def _written(value: Any) -> str:
    return value if isinstance(value, str) else repr(float(value)).removesuffix(".0")


def _tag(name: str) -> str:
    return f"{{{CHART}}}{name}"
