"""Change log: for people, who changed what, when and why."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import LogLine
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import HEADER_ROW
from xl_cryptoai.workbook.sheets.frame import headers, put, set_up

DATE, WHO, WHAT, WHY = "ABCD"
HEADERS = {DATE: "Date", WHO: "Who", WHAT: "What", WHY: "Why"}
WIDTHS = {DATE: 12, WHO: 20, WHAT: 52, WHY: 64}
FREE_ROWS = 36


def write(sheet: Worksheet, lines: tuple[LogLine, ...]) -> None:
    """Write the sheet, with migrated lines and free rows below them."""
    set_up(
        sheet,
        "Change log",
        "One line for each change: date, name, what was changed, and why.",
        WIDTHS,
        tab=styles.TAB_INPUT,
        freeze=f"A{HEADER_ROW + 1}",
    )
    headers(sheet, HEADER_ROW, list(HEADERS.items()))
    last = HEADER_ROW + len(lines) + FREE_ROWS
    for row in range(HEADER_ROW + 1, last + 1):
        line = lines[row - HEADER_ROW - 1] if row - HEADER_ROW <= len(lines) else LogLine()
        for column, value in zip(HEADERS, (line.date, line.who, line.what, line.why), strict=True):
            put(sheet, f"{column}{row}", value, styles.INPUT, align=styles.WRAP)
            if isinstance(value, str):  # as it was typed: a line that begins with = is no formula
                sheet[f"{column}{row}"].data_type = "s"
            sheet[f"{column}{row}"].fill = styles.INPUT_BACK
            sheet[f"{column}{row}"].border = styles.THIN_BELOW
            sheet[f"{column}{row}"].protection = styles.UNLOCKED
        sheet[f"{DATE}{row}"].number_format = styles.NUMBER_FORMATS["date"]
    rule = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True)
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not a date", "Enter a date, such as 2024-01-29."
    rule.promptTitle, rule.prompt = "Date", "The day of the change."
    rule.add(f"{DATE}{HEADER_ROW + 1}:{DATE}{last}")
    sheet.add_data_validation(rule)
    table = Table(displayName="change_log_table", ref=f"{DATE}{HEADER_ROW}:{WHY}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.protection.autoFilter = sheet.protection.sort = False
    sheet.print_area = f"A1:{WHY}{last}"
