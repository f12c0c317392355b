"""Assumptions: every input in a cell of its own, by block, with Live beside the scenarios."""

from __future__ import annotations

from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import SCENARIOS, Assumption, Catalogue
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    CASES,
    ERROR,
    FIRST_ROW,
    HEAD_ROW,
    ID,
    KIND,
    LABEL,
    LIVE,
    LOCATOR,
    LOWER,
    OK,
    OVERRIDE,
    SCENARIO_NAME,
    SOURCES,
    STATE,
    SUBHEAD_ROW,
    UNIT,
    UPPER,
    Layout,
    case_range,
)
from xl_cryptoai.workbook.sheets.frame import (
    block_head,
    case_heads,
    flag_states,
    heads,
    put,
    set_up,
)

WIDTHS = {
    LABEL: 29, ID: 23, UNIT: 29, KIND: 11, **dict.fromkeys(CASES.values(), 13), OVERRIDE: 13,
    LOWER: 12, UPPER: 12, STATE: 9, LOCATOR: 46,
}  # fmt: skip


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Assumptions",
        "Change the blue cells. Live is the override if there is one, else the scenario chosen on "
        "the Cover. Bear and Bull are house judgement throughout.",
        WIDTHS,
        tab=styles.INPUT_BLUE,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    heads(
        sheet,
        HEAD_ROW,
        [
            (LABEL, "Assumption"),
            (ID, "Id"),
            (UNIT, "Unit"),
            (KIND, "Base is"),
            (OVERRIDE, "Override"),
            (LOWER, "Lower"),
            (UPPER, "Upper"),
            (STATE, "Bounds"),
            (LOCATOR, "Source (rationale: follow the link)"),
        ],
    )
    case_heads(sheet)
    sheet[f"{STATE}{HEAD_ROW}"].alignment = styles.CENTRE
    for column in (OVERRIDE, LOWER, UPPER):
        sheet[f"{column}{HEAD_ROW}"].alignment = styles.RIGHT
    put(sheet, f"{OVERRIDE}{SUBHEAD_ROW}", "yours", styles.SMALL, align=styles.RIGHT)
    for block, title in catalogue.blocks.items():
        block_head(sheet, layout.block_row[block], title, LOCATOR)
        for entry in catalogue.in_block(block):
            _write_row(sheet, entry, layout)
    last = max(layout.assumption_row.values())
    flag_states(sheet, f"{STATE}{FIRST_ROW}:{STATE}{last}")
    sheet.print_area = f"A1:{LOCATOR}{last}"


def _write_row(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    row = layout.assumption_row[entry.id]
    number_format = styles.NUMBER_FORMATS[entry.unit]
    put(sheet, f"{LABEL}{row}", entry.label)
    put(sheet, f"{ID}{row}", entry.id, styles.SMALL)
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL)
    put(sheet, f"{KIND}{row}", entry.kind, styles.SMALL)
    scenarios = case_range(row, cases=("bear", "bull"))
    heads_of = case_range(HEAD_ROW, cases=("bear", "bull"))
    heads_of = "$" + heads_of.replace(":", ":$").replace(str(HEAD_ROW), f"${HEAD_ROW}")
    put(
        sheet,
        f"{LIVE}{row}",
        f'=IF({OVERRIDE}{row}="",INDEX({scenarios},MATCH({SCENARIO_NAME},{heads_of},0)),'
        f"{OVERRIDE}{row})",
        styles.BOLD,
        align=styles.RIGHT,
        number_format=number_format,
    )
    for scenario in SCENARIOS:
        _input(sheet, f"{CASES[scenario]}{row}", getattr(entry, scenario), number_format)
        if entry.kind_of(scenario) == "house":
            sheet[f"{CASES[scenario]}{row}"].fill = styles.HOUSE_BACK
    _input(sheet, f"{OVERRIDE}{row}", None, number_format)
    _validate(sheet, entry, row)
    low, high = entry.choices if entry.unit == CHOICE else (entry.lower, entry.upper)
    for column, bound in ((LOWER, low), (UPPER, high)):
        put(
            sheet,
            f"{column}{row}",
            bound,
            styles.SMALL,
            align=styles.RIGHT,
            number_format=number_format,
        )
    put(sheet, f"{STATE}{row}", f'=IF({outside(entry, row)}=0,"{OK}","{ERROR}")', styles.SMALL)
    put(sheet, f"{LOCATOR}{row}", entry.locator)
    sheet[f"{LOCATOR}{row}"].hyperlink = f"#'{SOURCES}'!A{layout.source_row[entry.id]}"
    sheet[f"{LOCATOR}{row}"].font = styles.LINK
    sheet[f"{STATE}{row}"].alignment = styles.CENTRE
    for column in WIDTHS:
        old = sheet[f"{column}{row}"].alignment
        sheet[f"{column}{row}"].alignment = Alignment(horizontal=old.horizontal, vertical="center")
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
    sheet.row_dimensions[row].height = 16


def outside(entry: Assumption, row: int, sheet: str = "") -> str:
    """Write the formula that counts the row's cases, Live to Bull, outside the bounds."""
    prefix = f"{sheet}!" if sheet else ""
    cases = case_range(row, sheet)
    low, high = f"{prefix}{LOWER}{row}", f"{prefix}{UPPER}{row}"
    if entry.unit == CHOICE:
        return f"COLUMNS({cases})-COUNTIF({cases},{low})-COUNTIF({cases},{high})"
    formula = f'COLUMNS({cases})-COUNTIFS({cases},">="&{low},{cases},"<="&{high})'
    if UNITS[entry.unit].whole:
        for column in CASES.values():
            formula += f"+(INT({prefix}{column}{row})<>{prefix}{column}{row})"
    return formula


def _input(sheet: Worksheet, where: str, value: object, number_format: str) -> None:
    put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=number_format)
    sheet[where].fill = styles.INPUT_BACK
    sheet[where].protection = styles.UNLOCKED


def _validate(sheet: Worksheet, entry: Assumption, row: int) -> None:
    if entry.unit == CHOICE:
        rule = DataValidation(type="list", formula1=f'"{",".join(entry.choices)}"')
    else:
        rule = DataValidation(
            type="whole" if UNITS[entry.unit].whole else "decimal",
            operator="between",
            formula1=f"{LOWER}{row}",
            formula2=f"{UPPER}{row}",
        )
        rule.formula1, rule.formula2 = f"${LOWER}{row}", f"${UPPER}{row}"
    rule.allow_blank = True
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not allowed", f"{entry.id}: allowed is {allowed(entry)}."
    rule.promptTitle = entry.label[:32]
    rule.prompt = f"{entry.meaning} ({entry.unit_label}). Allowed: {allowed(entry)}."[:255]
    rule.add(f"{CASES['bear']}{row}:{OVERRIDE}{row}")
    sheet.add_data_validation(rule)
