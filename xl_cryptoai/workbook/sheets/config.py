"""xlwings.conf: tells xlwings on Windows which module holds the functions."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xlwings.conf"
SETTINGS = (
    ("PYTHONPATH", ""),
    ("UDF Modules", "xl_cryptoai_udfs"),
    ("Debug UDFs", "False"),
    ("Show Console", "False"),
    ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
)
"""No interpreter here: a key on this sheet, even an empty one, wins over the person's setting."""


def write(sheet: Worksheet) -> None:
    """Write the settings from A1 down, without a gap, as xlwings reads them."""
    for row, (key, value) in enumerate(SETTINGS, start=1):
        sheet[f"A{row}"] = key
        sheet[f"B{row}"] = value or None
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 40
