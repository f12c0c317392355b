"""Builds an Excel add-in: a hidden workbook with a settings sheet, a ribbon and a VBA project.

What makes the file an add-in is its content type and its hidden window; so it stands in the add-ins
that xlwings ships, which Excel saved. There is no property IsAddin in the file: Excel takes it from
the content type.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl import Workbook

from xl_cryptoai.source import load_published
from xl_cryptoai.workbook import vba
from xl_cryptoai.workbook.calculate import saved
from xl_cryptoai.workbook.conventions import as_excel_writes
from xl_cryptoai.workbook.package import (
    OF_PACKAGE,
    add_relation,
    describe_file,
    fix_dates,
    order_fonts,
    pack,
    parts_of,
)

RIBBON = "customUI/customUI14.xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
SHEET_CODE_NAME = "Sheet2"
"""The one sheet's document module in the project of xlwings' own add-in."""


def build_add_in(
    title: str, settings: tuple[str, Mapping[str, str]], ribbon: bytes, project: bytes
) -> bytes:
    """Build an add-in in memory; the same arguments give the same bytes.

    Parameters
    ----------
    title : str
        How Excel's list of add-ins calls it.
    settings : tuple of str and mapping
        Name of the settings sheet, and what stands in its columns A and B.
    ribbon : bytes
        The customUI part, in the namespace of Office 2010 and later.
    project : bytes
        The VBA project.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = settings[0]
    for key, value in settings[1].items():
        sheet.append([key, value or None])
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 60
    book.views[0].visibility = "hidden"
    describe_file(book, title)
    parts = parts_of(saved(book))
    fix_dates(parts, load_published().data_as_of.isoformat())
    order_fonts(parts)
    vba.add_project(parts, project, content_type=vba.ADD_IN_TYPE, code_names=[SHEET_CODE_NAME])
    parts[RIBBON] = ribbon
    add_relation(parts, "rIdRibbon", RIBBON_RELATION, RIBBON, OF_PACKAGE)
    return pack(as_excel_writes(parts))
