"""Assumptions: every input in a cell of its own, by block, with Live beside the scenarios."""

from __future__ import annotations

from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption, Catalogue, UserInputs
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import LONGEST_NAME, OWN
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    BESIDE,
    ERROR,
    FIRST_ROW,
    HEADER_ROW,
    KIND,
    LABEL,
    LIVE,
    OK,
    OWN_CHOSEN,
    SCENARIO_NAME,
    SOURCES,
    SUBHEAD_ROW,
    UNIT,
    Layout,
    cell,
)
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    case_headers,
    flag_states,
    headers,
    house_view,
    keep_together,
    link,
    look_if,
    put,
    set_up,
)

AUTHOR = "xl-cryptoai"


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, inputs: UserInputs) -> None:
    """Write the sheet."""
    widths = _widths(layout)
    house = house_view(layout.model)
    set_up(
        sheet,
        "Assumptions",
        "Change the blue cells. Live is the override if there is one, else the scenario chosen on "
        f"the Cover.{f' {house} throughout.' if house else ''}",
        widths,
        tab=styles.TAB_INPUT,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Assumption"),
            (UNIT, "Unit"),
            (KIND, "Base is"),
            (BESIDE, "Source of live value"),
            (layout.own, inputs.own_name),
            (layout.override, "Override"),
            (layout.lower, "Lower"),
            (layout.upper, "Upper"),
            (layout.state, "Bounds"),
            (layout.locator, "Source (link: rationale)"),
            (layout.assumption_id, "Id"),
        ],
    )
    case_headers(sheet, layout)
    sheet[f"{layout.state}{HEADER_ROW}"].alignment = styles.CENTRE
    sheet[f"{BESIDE}{HEADER_ROW}"].alignment = styles.CENTRE_WRAP
    sheet.row_dimensions[HEADER_ROW].height = 28
    for column in (layout.override, layout.lower, layout.upper):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT
    for column in (layout.own, layout.override):
        put(sheet, f"{column}{SUBHEAD_ROW}", "yours", styles.SMALL, align=styles.RIGHT)
    _open_name(sheet, layout)
    for block, title in catalogue.blocks.items():
        block_header(sheet, layout.block_row[block], title, layout.assumption_id)
        for entry in catalogue.in_block(block):
            _write_row(sheet, entry, layout)
            _write_inputs(sheet, entry, layout, inputs)
    last = max(layout.assumption_row.values())
    flag_states(sheet, f"{layout.state}{FIRST_ROW}:{layout.state}{last}")
    _format_live(sheet, last, layout)
    keep_together(sheet, layout.block_row.values(), last)
    sheet.print_area = f"A1:{layout.state}{last}"  # bounds, sources and ids: on screen


def _widths(layout: Layout) -> dict[str, float]:
    return {
        LABEL: 29, UNIT: 26, KIND: 10, BESIDE: 12, **dict.fromkeys(layout.cases.values(), 10.5),
        layout.own: 10.5, layout.override: 10.5, layout.state: 8, layout.lower: 12,
        layout.upper: 12, layout.locator: 44, layout.assumption_id: 24,
    }  # fmt: skip


def _write_row(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    row = layout.assumption_row[entry.id]
    override, locator = f"{layout.override}{row}", f"{layout.locator}{row}"
    number_format = styles.NUMBER_FORMATS[entry.unit]
    put(sheet, f"{LABEL}{row}", entry.label)
    put(sheet, f"{layout.assumption_id}{row}", entry.id, styles.SMALL)
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL)
    source_row = layout.source_row[entry.id]
    now = cell(SOURCES, sources.NOW, source_row)
    kind = f'=IF({now}="{sources.CHANGED}",{now},{cell(SOURCES, sources.KIND, source_row)})'
    put(sheet, f"{KIND}{row}", kind, styles.SMALL)
    scenarios, heads_of = layout.scenario_range(row), layout.scenario_range(HEADER_ROW)
    heads_of = "$" + heads_of.replace(":", ":$").replace(str(HEADER_ROW), f"${HEADER_ROW}")
    put(
        sheet,
        f"{LIVE}{row}",
        f'=IF({override}="",IF({OWN_CHOSEN},{own_value(row, layout)},'
        f"INDEX({scenarios},MATCH({SCENARIO_NAME},{heads_of},0))),{override})",
        styles.BOLD,
        align=styles.RIGHT,
        number_format=number_format,
    )
    _say_what_live_is(sheet, row, layout)
    _annotate(sheet, entry, layout)
    _validate(sheet, entry, layout)
    ends = entry.choices if entry.unit == CHOICE else (entry.lower, entry.upper)
    low, high = ends[0], ends[-1]
    for column, bound in ((layout.lower, low), (layout.upper, high)):
        put(
            sheet,
            f"{column}{row}",
            bound,
            styles.SMALL,
            align=styles.RIGHT,
            number_format=number_format,
        )
    state = f"{layout.state}{row}"
    put(sheet, state, f'=IF({outside(entry, layout)}=0,"{OK}","{ERROR}")', styles.SMALL)
    put(sheet, locator, entry.locator or "Own view")
    link(sheet, locator, SOURCES, f"A{layout.source_row[entry.id]}")
    sheet[state].alignment = styles.CENTRE
    for column in _widths(layout):
        old = sheet[f"{column}{row}"].alignment
        sheet[f"{column}{row}"].alignment = Alignment(horizontal=old.horizontal, vertical="center")
        sheet[f"{column}{row}"].border = styles.THIN_BELOW
    sheet.row_dimensions[row].height = 16


def _write_inputs(sheet: Worksheet, entry: Assumption, layout: Layout, inputs: UserInputs) -> None:
    """Write the values of the scenarios, and the override: a person's, else the catalogue's."""
    catalogue, row = layout.model.assumptions, layout.assumption_row[entry.id]
    number_format = styles.NUMBER_FORMATS[entry.unit]
    columns = {name: layout.cases[name] for name in catalogue.scenarios}
    columns.update({OWN: layout.own, OVERRIDE: layout.override})
    for place, column in columns.items():
        where, value = f"{column}{row}", inputs.value(catalogue, entry.id, place)
        put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=number_format)
        house = place in catalogue.scenarios and catalogue.kind_of(entry.id, place) == "house"
        sheet[where].fill = styles.HOUSE_BACK if house else styles.INPUT_BACK
        sheet[where].border = styles.THIN_BELOW
        sheet[where].protection = styles.UNLOCKED


def _say_what_live_is(sheet: Worksheet, row: int, layout: Layout) -> None:
    """Write in words what column Live holds: an override, an own or house view, or base's kind."""
    base_head = f"${layout.cases['base']}${HEADER_ROW}"
    kind, override = f"{KIND}{row}", f"{layout.override}{row}"
    own = f'IF({layout.own}{row}="",{kind},"{OWN}")'
    of_others = f'IF({SCENARIO_NAME}={base_head},{kind},"house")'
    formula = f'=IF({override}<>"","{OVERRIDE}",IF({OWN_CHOSEN},{own},{of_others}))'
    put(sheet, f"{BESIDE}{row}", formula, styles.SMALL, align=styles.CENTRE)


def _annotate(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    """Put a note on each scenario cell: where its value is from, and why."""
    catalogue, row = layout.model.assumptions, layout.assumption_row[entry.id]
    for scenario in catalogue.scenarios:
        kind = catalogue.kind_of(entry.id, scenario)
        why = entry.rationale if scenario == "base" else entry.scenario_rationale
        words = f"{kind.capitalize()}: {why}." if why else f"{kind.capitalize()}."
        if scenario == "base" and entry.locator:
            words += f"\nSource: {entry.locator}."
        note = Comment(words, AUTHOR, height=28 + 16 * -(-len(words) // 38), width=260)
        sheet[f"{layout.cases[scenario]}{row}"].comment = note


def _format_live(sheet: Worksheet, last: int, layout: Layout) -> None:
    """Mark overrides, and live values that are out of bounds, yours, house, or differ from base."""
    live, override = f"{LIVE}{FIRST_ROW}", f"{layout.override}{FIRST_ROW}"
    base, state = f"${layout.cases['base']}{FIRST_ROW}", f"${layout.state}{FIRST_ROW}"
    source = f"${BESIDE}{FIRST_ROW}"
    base_head = f"${layout.cases['base']}${HEADER_ROW}"
    for area, condition, back, ink in (
        (override, f'{override}<>""', styles.OVERRIDE_FILL, styles.OVERRIDE_INK),
        (live, f'{state}="{ERROR}"', styles.BAD_FILL, styles.BAD_INK),
        (
            live,
            f'OR({source}="{OVERRIDE}",{source}="{OWN}")',
            styles.OVERRIDE_FILL,
            styles.OVERRIDE_INK,
        ),
        (
            live,
            f'AND({state}<>"",{SCENARIO_NAME}<>{base_head},NOT({OWN_CHOSEN}))',
            styles.HOUSE_FILL,
            styles.DIFFERS_INK,
        ),
        (live, f"${live}<>{base}", styles.INPUT_FILL, styles.DIFFERS_INK),
    ):
        rule = look_if(condition, ink, back, stop=True)
        sheet.conditional_formatting.add(f"{area}:{area.rstrip('0123456789')}{last}", rule)


def _open_name(sheet: Worksheet, layout: Layout) -> None:
    """Let a person name the spare scenario in the header of its column."""
    head = sheet[f"{layout.own}{HEADER_ROW}"]
    head.font, head.fill, head.border = styles.INPUT, styles.INPUT_BACK, styles.BOX
    head.alignment, head.protection = styles.RIGHT, styles.UNLOCKED
    rule = DataValidation(
        type="textLength", operator="between", formula1="1", formula2=str(LONGEST_NAME)
    )
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle = "Not a name"
    rule.error = f"Enter 1 to {LONGEST_NAME} characters, no other column's header."
    rule.promptTitle = "A scenario of your own"
    rule.prompt = (
        "Name it here and type its values below; a blank follows Base. Choose it on the Cover: "
        "then Live is this scenario on every sheet, beside the others."
    )
    rule.add(head.coordinate)
    sheet.add_data_validation(rule)


def own_value(row: int, layout: Layout, sheet: str = "") -> str:
    """Write the value of the spare scenario in a row: base's where it is blank."""
    own, base = f"{layout.own}{row}", f"{layout.cases[BASE]}{row}"
    if sheet:
        own, base = f"{sheet}!{own}", f"{sheet}!{base}"
    return f'IF({own}="",{base},{own})'


def outside(entry: Assumption, layout: Layout, sheet: str = "") -> str:
    """Write the formula that counts the row's values outside the bounds, from Live to Own.

    The spare scenario is not counted where it is blank.
    """
    prefix = f"{sheet}!" if sheet else ""
    row = layout.assumption_row[entry.id]
    cases = layout.case_range(row, sheet)
    low, high = f"{prefix}{layout.lower}{row}", f"{prefix}{layout.upper}{row}"
    own = f"{prefix}{layout.own}{row}"
    if entry.unit == CHOICE:
        formula = ""
        for area, count in ((cases, f"COLUMNS({cases})"), (own, f'+({own}<>"")')):
            between = "".join(f'-COUNTIF({area},"{choice}")' for choice in entry.choices[1:-1])
            formula += f"{count}-COUNTIF({area},{low})-COUNTIF({area},{high}){between}"
        return formula
    formula = f'COLUMNS({cases})-COUNTIFS({cases},">="&{low},{cases},"<="&{high})'
    formula += f'+({own}<>"")-COUNTIFS({own},">="&{low},{own},"<="&{high})'
    if UNITS[entry.unit].whole:
        for column in layout.cases.values():
            formula += f"+(INT({prefix}{column}{row})<>{prefix}{column}{row})"
        formula += f"+IF(ISNUMBER({own}),INT({own})<>{own},0)"
    return formula


def _validate(sheet: Worksheet, entry: Assumption, layout: Layout) -> None:
    row, lower, upper = layout.assumption_row[entry.id], layout.lower, layout.upper
    if entry.unit == CHOICE:
        rule = DataValidation(type="list", formula1=f'"{",".join(entry.choices)}"')
    else:
        rule = DataValidation(
            type="whole" if UNITS[entry.unit].whole else "decimal",
            operator="between",
            formula1=f"${lower}{row}",
            formula2=f"${upper}{row}",
        )
    rule.allow_blank = True
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not allowed", f"{entry.id} must be {allowed(entry)}."
    rule.promptTitle = entry.label[:32]
    rule.prompt = (
        f"{entry.meaning} ({entry.unit_label}). Allowed: {allowed(entry)}."
        + (f" Source: {entry.locator}." if entry.locator else "")
    )[:255]
    first = layout.scenario_range(row).partition(":")[0]
    rule.add(f"{first}:{layout.override}{row}")
    sheet.add_data_validation(rule)
