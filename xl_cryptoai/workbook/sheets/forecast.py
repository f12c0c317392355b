"""Forecast: for every step the call to Python, its native formula and the difference."""

from __future__ import annotations

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import native as native_formula
from xl_cryptoai.workbook.formulas import substitute
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    AVAILABLE,
    BESIDE,
    DIFFERENCES,
    FIRST_ROW,
    FORECAST,
    HEADER_ROW,
    INVALID_INPUT,
    KIND,
    LABEL,
    LIVE,
    NATIVE_STEPS,
    NOT_AVAILABLE,
    UNIT,
    Layout,
)
from xl_cryptoai.workbook.paper import LEAST_SCALE
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets.frame import (
    AVAILABLE_NO,
    block_header,
    case_headers,
    fit_height,
    flag_states,
    grey_if_not_available,
    headers,
    link,
    put,
    set_up,
)

BLOCK_TITLES = {
    "market": "From the productivity market to AI revenue",
    "value_stack": "AI value stack and the markets measured against it",
    "segments": "Crypto segments",
    "outcome": "Outcome",
    "own": "Own steps",
    NATIVE_STEPS: "The same steps by native formulas",
    DIFFERENCES: "Differences: the function less the native formula",
}
CASE_WIDTH = 10.5
ABOUT = (
    "Each step computed by {} through its {}_ function; below, the same by native Excel formulas, "
    "and the differences. One formula per row."
)
ABOUT_PLAIN = "Each step computed by a native Excel formula. One formula per row."


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, route: Route) -> None:
    """Write the sheet."""
    note = layout.note
    set_up(
        sheet,
        "Forecast",
        ABOUT.format(route.computed_by, layout.model.prefix) if route.calls else ABOUT_PLAIN,
        {
            LABEL: 27,
            UNIT: 17,
            KIND: 9.5,
            BESIDE: 10.5,
            **dict.fromkeys(layout.cases.values(), CASE_WIDTH),
            note: _note_width(layout),
            layout.step_id: 26,
        },
        tab=styles.TAB_WORKING,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Step"),
            (UNIT, "Unit"),
            (KIND, "Computed by"),
            (BESIDE, "Greatest difference" if route.calls else ""),
            (note, "Meaning"),
            (layout.step_id, "Id"),
        ],
    )
    case_headers(sheet, layout)
    sheet[f"{note}{HEADER_ROW}"].alignment = styles.INDENT
    for column in (KIND, BESIDE):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.CENTRE_WRAP
    sheet.row_dimensions[HEADER_ROW].height = 28
    for row, block in layout.step_block.items():
        block_header(sheet, row, BLOCK_TITLES[block], layout.step_id)
    for row, block in layout.step_block.items():
        if block in (NATIVE_STEPS, DIFFERENCES):
            sheet.row_breaks.append(Break(id=row - 1))
    for step in layout.model.steps.values():
        _write_words(sheet, step, layout, route)
        if route.calls:
            _write_greatest_difference(sheet, step, layout)
        for column in layout.cases.values():
            _write_native(sheet, step, column, catalogue, layout)
            if route.calls:
                _write_call(sheet, step, column, catalogue, layout, route)
    last = sheet.max_row
    cases = f"{BESIDE}{FIRST_ROW}:{layout.last_case}{last}"
    flag_states(sheet, cases)
    if route.calls:
        called = f'AND({AVAILABLE_NO},${KIND}{FIRST_ROW}="{route.computed_by}")'
        grey_if_not_available(sheet, cases, called)
    sheet.page_setup.scale = LEAST_SCALE
    sheet.print_area = f"A1:{note}{last}"


def _note_width(layout: Layout) -> float:
    """Return what the page leaves for words, at least enough to read them."""
    return max(30, 149 - 64 - CASE_WIDTH * len(layout.cases))


def _write_words(sheet: Worksheet, step: Step, layout: Layout, route: Route) -> None:
    """Write what stands beside the figures; the first of a step's rows says what it means."""
    formula = f"{step.id} = {native_formula(step)}"
    rows = {layout.native_row[step.id]: ("Native", formula if route.calls else step.meaning)}
    if route.calls:
        rows[layout.python_row[step.id]] = (route.computed_by, step.meaning)
        rows[layout.difference_row[step.id]] = ("Difference", "")
    for row, (computed_by, note) in rows.items():
        font = styles.BOLD if row == min(rows) else styles.BODY
        put(sheet, f"{LABEL}{row}", step.label, font)
        put(sheet, f"{UNIT}{row}", step.unit_label, styles.SMALL)
        put(sheet, f"{KIND}{row}", computed_by, styles.SMALL, align=styles.CENTRE)
        put(sheet, f"{layout.note}{row}", note or None, styles.SMALL, align=styles.INDENT_WRAP)
        put(sheet, f"{layout.step_id}{row}", step.id, styles.SMALL)
        link(sheet, f"{layout.step_id}{row}", *_first_input(step, layout))
        if note:
            fit_height(sheet, row, [(note, _note_width(layout))])
        for column in (LABEL, UNIT, KIND, BESIDE, *layout.cases.values(), layout.note):
            sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _first_input(step: Step, layout: Layout) -> tuple[str, str]:
    """Return the place of the step's first assumption, or of the step before it."""
    for name in step.inputs:
        if name in layout.assumption_row:
            return ASSUMPTIONS, f"A{layout.assumption_row[name]}"
    return FORECAST, f"A{min(layout.step_rows(step.inputs[0]))}"


def _write_native(
    sheet: Worksheet, step: Step, column: str, catalogue: Catalogue, layout: Layout
) -> None:
    native = substitute(
        native_formula(step),
        lambda name: _reference(name, column, layout.native_row, catalogue, layout),
    )
    put(
        sheet,
        f"{column}{layout.native_row[step.id]}",
        f"={native}",
        align=styles.RIGHT,
        number_format=styles.NUMBER_FORMATS[step.unit],
    )


def _write_call(
    sheet: Worksheet, step: Step, column: str, catalogue: Catalogue, layout: Layout, route: Route
) -> None:
    python, native = layout.python_row[step.id], layout.native_row[step.id]
    arguments = [
        _reference(name, column, layout.python_row, catalogue, layout) for name in step.inputs
    ]
    call = route.call(name_of(layout.model, step.id), arguments)
    put(
        sheet,
        f"{column}{python}",
        f"=IF({AVAILABLE},{call},{column}{native})",
        styles.BOLD,
        align=styles.RIGHT,
        number_format=styles.NUMBER_FORMATS[step.unit],
    )
    put(
        sheet,
        f"{column}{layout.difference_row[step.id]}",
        _difference(f"{column}{python}", f"{column}{native}"),
        styles.SMALL,
        align=styles.RIGHT,
        number_format=styles.SMALL_DIFFERENCE,
    )


def _write_greatest_difference(sheet: Worksheet, step: Step, layout: Layout) -> None:
    """Write beside a step's values how far they are from the native formula, in any case."""
    gaps = layout.case_range(layout.difference_row[step.id])
    put(
        sheet,
        f"{BESIDE}{layout.python_row[step.id]}",
        f"=IF(COUNT({gaps})=COLUMNS({gaps}),MAX(MAX({gaps}),-MIN({gaps})),"
        f'IF({AVAILABLE},"{INVALID_INPUT}","{NOT_AVAILABLE}"))',
        styles.SMALL,
        align=styles.CENTRE,
        number_format=styles.SMALL_DIFFERENCE,
    )


def _reference(
    name: str, column: str, rows: dict[str, int], catalogue: Catalogue, layout: Layout
) -> str:
    """Refer to an assumption, or to an earlier step in the same chain of rows."""
    return layout.assumption(name, column) if name in catalogue else f"{column}{rows[name]}"


def _difference(python: str, native: str) -> str:
    """Write the difference, or why there is none: no functions, or an input that is invalid."""
    return (
        f'=IF({AVAILABLE},IF(ISNUMBER({python}),{python}-{native},"{INVALID_INPUT}"),'
        f'"{NOT_AVAILABLE}")'
    )
