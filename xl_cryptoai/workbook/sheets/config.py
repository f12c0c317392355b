"""xlwings.conf: tells xlwings on Windows which module holds the functions."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.workbook.vba_module import python_module

SHEET = "xlwings.conf"


def settings_of(model: Model) -> dict[str, str]:
    """Return the settings by key.

    No interpreter: a key on this sheet, even an empty one, wins over the person's setting. The
    workbook's folder is searched for modules only where the functions' module stands there.
    """
    return {
        "PYTHONPATH": "",
        "UDF Modules": python_module(model),
        "Debug UDFs": "False",
        "Show Console": "False",
        "ADD_WORKBOOK_TO_PYTHONPATH": str(bool(model.text)),
    }


def write(sheet: Worksheet, model: Model) -> None:
    """Write the settings from A1 down, without a gap, as xlwings reads them."""
    for row, (key, value) in enumerate(settings_of(model).items(), start=1):
        sheet[f"A{row}"] = key
        sheet[f"B{row}"] = value or None
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 40
