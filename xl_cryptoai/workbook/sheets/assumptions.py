"""Assumptions: every input in a cell of its own, by block, with Live beside the scenarios."""

from __future__ import annotations

from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption, Catalogue, UserInputs
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    CASES,
    ERROR,
    FIRST_ROW,
    HEADER_ROW,
    ID,
    KIND,
    LABEL,
    LIVE,
    LIVE_IS,
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
    cell,
)
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    case_headers,
    flag_states,
    headers,
    link,
    put,
    set_up,
)

AUTHOR = "xl-cryptoai"
WIDTHS = {
    LABEL: 29, ID: 23, UNIT: 29, KIND: 11, **dict.fromkeys(CASES.values(), 13), OVERRIDE: 13,
    LIVE_IS: 12, LOWER: 12, UPPER: 12, STATE: 9, LOCATOR: 44,
}  # fmt: skip


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, inputs: UserInputs) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Assumptions",
        "Change the blue cells. Live is the override if there is one, else the scenario chosen on "
        "the Cover. Bear and Bull are a house view throughout.",
        WIDTHS,
        tab=styles.TAB_INPUT,
        large=True,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Assumption"),
            (ID, "Id"),
            (UNIT, "Unit"),
            (KIND, "Base is"),
            (OVERRIDE, "Override"),
            (LIVE_IS, "Live is"),
            (LOWER, "Lower"),
            (UPPER, "Upper"),
            (STATE, "Bounds"),
            (LOCATOR, "Source (rationale: follow the link)"),
        ],
    )
    case_headers(sheet)
    for column in (STATE, LIVE_IS):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.CENTRE
    for column in (OVERRIDE, LOWER, UPPER):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT
    put(sheet, f"{OVERRIDE}{SUBHEAD_ROW}", "yours", styles.SMALL, align=styles.RIGHT)
    for block, title in catalogue.blocks.items():
        block_header(sheet, layout.block_row[block], title, LOCATOR)
        for entry in catalogue.in_block(block):
            _write_row(sheet, entry, layout)
            _write_inputs(sheet, entry, layout.assumption_row[entry.id], catalogue, inputs)
    last = max(layout.assumption_row.values())
    flag_states(sheet, f"{STATE}{FIRST_ROW}:{STATE}{last}")
    _format_live(sheet, last)
    sheet.print_area = f"A1:{LOCATOR}{last}"


def _write_row(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    row = layout.assumption_row[entry.id]
    number_format = styles.NUMBER_FORMATS[entry.unit]
    put(sheet, f"{LABEL}{row}", entry.label)
    put(sheet, f"{ID}{row}", entry.id, styles.SMALL)
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL)
    source_row = layout.source_row[entry.id]
    now = cell(SOURCES, sources.NOW, source_row)
    kind = f'=IF({now}="{sources.CHANGED}",{now},{cell(SOURCES, sources.KIND, source_row)})'
    put(sheet, f"{KIND}{row}", kind, styles.SMALL)
    scenarios = case_range(row, cases=("bear", "bull"))
    heads_of = case_range(HEADER_ROW, cases=("bear", "bull"))
    heads_of = "$" + heads_of.replace(":", ":$").replace(str(HEADER_ROW), f"${HEADER_ROW}")
    put(
        sheet,
        f"{LIVE}{row}",
        f'=IF({OVERRIDE}{row}="",INDEX({scenarios},MATCH({SCENARIO_NAME},{heads_of},0)),'
        f"{OVERRIDE}{row})",
        styles.BOLD,
        align=styles.RIGHT,
        number_format=number_format,
    )
    _say_what_live_is(sheet, entry, row)
    _annotate(sheet, entry, row, layout.model.assumptions)
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
    link(sheet, f"{LOCATOR}{row}", SOURCES, f"A{layout.source_row[entry.id]}")
    sheet[f"{STATE}{row}"].alignment = styles.CENTRE
    for column in WIDTHS:
        old = sheet[f"{column}{row}"].alignment
        sheet[f"{column}{row}"].alignment = Alignment(horizontal=old.horizontal, vertical="center")
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
    sheet.row_dimensions[row].height = 16


def _write_inputs(
    sheet: Worksheet, entry: Assumption, row: int, catalogue: Catalogue, inputs: UserInputs
) -> None:
    """Write the scenario values and the override: a person's, else the catalogue's."""
    number_format = styles.NUMBER_FORMATS[entry.unit]
    columns = {name: CASES[name] for name in catalogue.scenarios} | {"override": OVERRIDE}
    for place, column in columns.items():
        where, value = f"{column}{row}", inputs.value(catalogue, entry.id, place)
        put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=number_format)
        house = place in catalogue.scenarios and catalogue.kind_of(entry.id, place) == "house"
        sheet[where].fill = styles.HOUSE_BACK if house else styles.INPUT_BACK
        sheet[where].border = styles.THIN_BELOW
        sheet[where].protection = styles.UNLOCKED


def _say_what_live_is(sheet: Worksheet, entry: Assumption, row: int) -> None:
    """Write in words what column Live holds: an override, a house view or the base's kind."""
    base_head = f"${CASES['base']}${HEADER_ROW}"
    formula = (
        f'=IF({OVERRIDE}{row}<>"","override",IF({SCENARIO_NAME}={base_head},{KIND}{row},"house"))'
    )
    put(sheet, f"{LIVE_IS}{row}", formula, styles.SMALL, align=styles.CENTRE)


def _annotate(sheet: Worksheet, entry: Assumption, row: int, catalogue: Catalogue) -> None:
    """Put a note on each scenario cell: where its value is from, and why."""
    for scenario in catalogue.scenarios:
        kind = catalogue.kind_of(entry.id, scenario)
        why = entry.rationale if scenario == "base" else entry.scenario_rationale
        words = f"{kind.capitalize()}: {why}."
        if scenario == "base":
            words += f"\nSource: {entry.locator}."
        note = Comment(words, AUTHOR, height=28 + 16 * -(-len(words) // 38), width=260)
        sheet[f"{CASES[scenario]}{row}"].comment = note


def _format_live(sheet: Worksheet, last: int) -> None:
    """Mark overrides, and live values that are out of bounds, differ from base, or are house."""
    live, override = f"{LIVE}{FIRST_ROW}", f"{OVERRIDE}{FIRST_ROW}"
    base, state = f"${CASES['base']}{FIRST_ROW}", f"${STATE}{FIRST_ROW}"
    base_head = f"${CASES['base']}${HEADER_ROW}"
    for area, condition, back, ink in (
        (override, f'{override}<>""', styles.OVERRIDE_FILL, styles.OVERRIDE_INK),
        (live, f'{state}="{ERROR}"', styles.BAD_FILL, styles.BAD_INK),
        (
            live,
            f'AND({state}<>"",${override}<>"")',
            styles.OVERRIDE_FILL,
            styles.OVERRIDE_INK,
        ),
        (
            live,
            f'AND({state}<>"",{SCENARIO_NAME}<>{base_head})',
            styles.HOUSE_FILL,
            styles.DIFFERS_INK,
        ),
        (live, f"${live}<>{base}", styles.INPUT_FILL, styles.DIFFERS_INK),
    ):
        rule = FormulaRule(  # type: ignore[no-untyped-call]  # the stubs leave it untyped
            [condition], fill=styles.fill(back), font=Font(bold=True, color=ink), stopIfTrue=True
        )
        sheet.conditional_formatting.add(f"{area}:{area.rstrip('0123456789')}{last}", rule)


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
    rule.prompt = (
        f"{entry.meaning} ({entry.unit_label}). Allowed: {allowed(entry)}. Source: {entry.locator}."
    )[:255]
    rule.add(f"{CASES['bear']}{row}:{OVERRIDE}{row}")
    sheet.add_data_validation(rule)
