"""Checks: one row a check, each with what is found, expected and tolerated; one master flag."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    AVAILABLE,
    AVAILABLE_NAME,
    CHECKS,
    ERROR,
    HEADER_ROW,
    MASTER_NAME,
    NO,
    NOT_AVAILABLE,
    OK,
    SOURCES,
    TOLERANCE_NAME,
    YES,
    Layout,
    cell,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import sources
from xl_cryptoai.workbook.sheets.check_list import Check
from xl_cryptoai.workbook.sheets.frame import (
    NOT_AVAILABLE_HINT,
    compute_on_load,
    fit_height,
    flag_states,
    grey_if_not_available,
    headers,
    link,
    put,
    set_up,
)

NUMBER, CHECK, GROUP, VERDICT, FOUND, EXPECTED, TOLERANCE, PLACE, FIX = "ABCDEFGHI"
WIDTHS = {
    NUMBER: 5, CHECK: 42, GROUP: 12, VERDICT: 12, FOUND: 10.5, EXPECTED: 10.5, TOLERANCE: 9.5,
    PLACE: 16.5, FIX: 31.5,
}  # fmt: skip
MASTER_CELL = "B4"
TOLERANCE_CELL = "G4"
AVAILABLE_CELL, PROBE_CELL = "D4", "I4"
FIRST = HEADER_ROW + 1
TWIN_TOLERANCE = 1e-12


def write(
    sheet: Worksheet, checks: list[Check], inputs: Sequence[str], route: Route, layout: Layout
) -> None:
    """Write the sheet; `inputs` are the areas that the workbook's calls depend on."""
    set_up(
        sheet,
        "Checks",
        "A check is OK if Found is within Tolerance of Expected.",
        WIDTHS,
        tab=styles.TAB_CHECK,
        freeze=f"{FOUND}{FIRST}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (NUMBER, "No."),
            (CHECK, "Check"),
            (GROUP, "Kind"),
            (VERDICT, "State"),
            (FOUND, "Found"),
            (EXPECTED, "Expected"),
            (TOLERANCE, "Tolerance"),
            (PLACE, "Cell"),
            (FIX, "If it fails"),
        ],
    )
    for column in (FOUND, EXPECTED, TOLERANCE):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT
    sheet[f"{PLACE}{HEADER_ROW}"].alignment = styles.INDENT
    sheet[f"{NUMBER}{HEADER_ROW}"].alignment = styles.CENTRE
    last = FIRST + len(checks) - 1
    states = f"{VERDICT}{FIRST}:{VERDICT}{last}"
    put(sheet, MASTER_CELL, _master(states, route), styles.BOLD, align=styles.MIDDLE_WRAP)
    sheet.row_dimensions[4].height = 28
    flag_states(sheet, MASTER_CELL)
    put(sheet, "F4", "Native tolerance (relative)", styles.SMALL, align=styles.RIGHT)
    put(sheet, TOLERANCE_CELL, TWIN_TOLERANCE, number_format="0E+00")
    if route.calls:
        _write_probe(sheet, inputs, route, layout)
    for number, check in enumerate(checks, start=1):
        _write_row(sheet, number, check)
    flag_states(sheet, states)
    below = _write_totals(sheet, last + 2, states, checks, calls=route.calls)
    sheet.print_area = f"A1:{FIX}{below}"


def _write_probe(sheet: Worksheet, inputs: Sequence[str], route: Route, layout: Layout) -> None:
    """Write a trial call, and whether it was answered.

    It counts the inputs, for nothing: so it is computed anew whenever a call of the workbook is,
    and a stored "yes" never stands beside calls that fail.
    """
    put(sheet, "H4", "Trial call", styles.SMALL, align=styles.RIGHT)
    step, arguments = _trial(layout, f"0*COUNTA({','.join(inputs)})")
    trial = route.call(name_of(layout.model, step), arguments)
    put(sheet, PROBE_CELL, f"={trial}", styles.SMALL, align=styles.INDENT)
    grey_if_not_available(sheet, PROBE_CELL)
    put(sheet, "C4", "Functions available", styles.SMALL, align=styles.RIGHT_WRAP)
    put(sheet, AVAILABLE_CELL, f'=IF(ISNUMBER({PROBE_CELL}),"{YES}","{NO}")')
    for where in (PROBE_CELL, AVAILABLE_CELL, MASTER_CELL):
        compute_on_load(sheet, where)


def _trial(layout: Layout, count: str) -> tuple[str, list[str]]:
    """Return a step that has a result, if it is available at all, and its arguments with a zero.

    Of the published step other_share two zeros are enough; a model without it takes a step's
    inputs in the base case, as they stand on sheet Sources.
    """
    model = layout.model
    if model.is_published_step("other_share"):
        return "other_share", [count, "0"]
    for step in model.steps.values():
        if {*step.inputs} <= {*model.assumptions}:
            base = [cell(SOURCES, sources.VALUE, layout.source_row[name]) for name in step.inputs]
            for number, name in enumerate(step.inputs):
                if not model.assumptions[name].choices:
                    base[number] += f"+{count}"
                    return step.id, base
    raise AssertionError("the first step depends on assumptions alone")


def _write_totals(
    sheet: Worksheet, row: int, states: str, checks: list[Check], *, calls: bool
) -> int:
    """Write how many checks there are of each kind, and how many of them are in which state."""
    headers(sheet, row, [(CHECK, "Totals by kind"), (GROUP, "Kind"), (VERDICT, "Checks"),
                       (FOUND, OK), (EXPECTED, ERROR), (TOLERANCE, NOT_AVAILABLE)])  # fmt: skip
    for column in (VERDICT, FOUND, EXPECTED, TOLERANCE):
        sheet[f"{column}{row}"].alignment = styles.RIGHT_WRAP
    sheet.row_dimensions[row].height = 28
    groups = states.replace(VERDICT, GROUP)
    for group in dict.fromkeys(check.group for check in checks):
        row += 1
        put(sheet, f"{GROUP}{row}", group)
        put(sheet, f"{VERDICT}{row}", f"=COUNTIF({groups},{GROUP}{row})", align=styles.RIGHT)
        for column, state in ((FOUND, OK), (EXPECTED, ERROR), (TOLERANCE, NOT_AVAILABLE)):
            formula = f'=COUNTIFS({groups},{GROUP}{row},{states},"{state}")'
            put(sheet, f"{column}{row}", formula, align=styles.RIGHT)
            if calls:
                compute_on_load(sheet, f"{column}{row}")
    return row


def _master(states: str, route: Route) -> str:
    # whatever is neither OK nor waiting for functions fails: a blank, an error, any other text
    failed = f"ROWS({states})"
    for state in (OK, NOT_AVAILABLE) if route.calls else (OK,):
        failed += f'-COUNTIF({states},"{state}")'
    all_ok = f'"All "&ROWS({states})&" checks OK"'
    if route.calls:
        waiting = f'COUNTIF({states},"{NOT_AVAILABLE}")=0'
        all_ok = f'IF(AND({AVAILABLE},{waiting}),{all_ok},"{NOT_AVAILABLE_HINT}")'
    fail = f'{failed}&" of "&ROWS({states})&" checks fail: see sheet Checks"'
    return f"=IF({failed}>0,{fail},{all_ok})"


def _write_row(sheet: Worksheet, number: int, check: Check) -> None:
    row = FIRST + number - 1
    found, expected, tolerance = (f"{column}{row}" for column in (FOUND, EXPECTED, TOLERANCE))
    number_format = styles.NUMBER_FORMATS.get(check.unit, "General")
    put(sheet, f"{NUMBER}{row}", number, styles.SMALL, align=styles.CENTRE)
    put(sheet, f"{CHECK}{row}", check.text, align=styles.MIDDLE_WRAP)
    put(sheet, f"{GROUP}{row}", check.group, styles.SMALL)
    put(
        sheet,
        f"{VERDICT}{row}",
        f"=IFERROR(IF(COUNT({found}:{tolerance})=COLUMNS({found}:{tolerance}),"
        f'IF(ABS({found}-{expected})<={tolerance},"{OK}","{ERROR}"),'
        f'IF({found}="{NOT_AVAILABLE}",{found},"{ERROR}")),"{ERROR}")',
        styles.BOLD,
    )
    for column, content in (
        (FOUND, f"={check.found}"),
        (EXPECTED, _formula(check.expected)),
        (TOLERANCE, _formula(check.tolerance)),
    ):
        put(sheet, f"{column}{row}", content, align=styles.RIGHT, number_format=number_format)
    if NOT_AVAILABLE in check.found:
        for column in (FOUND, VERDICT):
            compute_on_load(sheet, f"{column}{row}")
    put(sheet, f"{PLACE}{row}", check.place, styles.LINK)
    sheet_name, where = check.place.split("!")
    link(sheet, f"{PLACE}{row}", sheet_name.strip("'"), where)
    sheet[f"{PLACE}{row}"].alignment = styles.INDENT
    put(sheet, f"{FIX}{row}", check.fix, styles.SMALL, align=styles.MIDDLE_WRAP)
    fit_height(sheet, row, [(check.text, 0.9 * WIDTHS[CHECK]), (check.fix, WIDTHS[FIX])])
    for column in (NUMBER, CHECK, GROUP, VERDICT, FOUND, EXPECTED, TOLERANCE, PLACE, FIX):
        sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _formula(content: str | float) -> str | float:
    return f"={content}" if isinstance(content, str) else content


def names(route: Route) -> dict[str, str]:
    """Return the names that this sheet's cells carry."""
    cells = {MASTER_NAME: MASTER_CELL, TOLERANCE_NAME: TOLERANCE_CELL}
    if route.calls:
        cells[AVAILABLE_NAME] = AVAILABLE_CELL
    return {name: cell(CHECKS, at[0], int(at[1:]), fixed=True) for name, at in cells.items()}
