"""Forecast: for every step the call to Python, its native twin and the difference."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.forecast.steps import STEPS, Step
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import NATIVE, substitute
from xl_cryptoai.workbook.layout import (
    CASES,
    FIRST_ROW,
    HEAD_ROW,
    ID,
    KIND,
    LABEL,
    LIVE,
    NOT_LOADED,
    NOTE,
    UNIT,
    Layout,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets.frame import (
    block_head,
    case_heads,
    flag_states,
    heads,
    put,
    set_up,
)

WIDTHS = {
    LABEL: 31, ID: 26, UNIT: 22, KIND: 12, **dict.fromkeys(CASES.values(), 14), NOTE: 86,
}  # fmt: skip
BLOCK_TITLES = {
    "market": "From the productivity market to AI revenue",
    "value_stack": "AI value stack and the markets measured against it",
    "segments": "Crypto segments",
    "outcome": "Outcome",
}
PYTHON, NATIVE_TWIN, DIFFERENCE = "Python", "Native", "Difference"


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, route: Route) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Forecast",
        "Each step three times: computed by Python through its CAI_ function, by a native Excel "
        "formula, and the difference between the two. One formula a row.",
        WIDTHS,
        tab=styles.HEAD_FILL,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    heads(
        sheet,
        HEAD_ROW,
        [(LABEL, "Step"), (ID, "Id"), (UNIT, "Unit"), (KIND, "Computed by"), (NOTE, "Meaning")],
    )
    case_heads(sheet)
    sheet[f"{NOTE}{HEAD_ROW}"].alignment = styles.INDENT
    for block, row in layout.step_block_row.items():
        block_head(sheet, row, BLOCK_TITLES[block], NOTE)
    for step in STEPS.values():
        _write_words(sheet, step, layout)
        for column in CASES.values():
            _write_case(sheet, step, column, catalogue, layout, route)
    last = max(layout.difference_row.values())
    flag_states(sheet, f"{LIVE}{FIRST_ROW}:{CASES['bull']}{last}")
    sheet.print_area = f"A1:{NOTE}{last}"


def _write_words(sheet: Worksheet, step: Step, layout: Layout) -> None:
    top = layout.python_row[step.id]
    put(sheet, f"{LABEL}{top}", step.label, styles.BOLD)
    put(sheet, f"{ID}{top}", step.id, styles.SMALL)
    put(sheet, f"{NOTE}{top}", step.meaning, styles.BODY, align=styles.INDENT)
    put(
        sheet,
        f"{NOTE}{top + 1}",
        f"{step.id} = {NATIVE[step.id]}",
        styles.SMALL,
        align=styles.INDENT,
    )
    for offset, words in enumerate((PYTHON, NATIVE_TWIN, DIFFERENCE)):
        put(sheet, f"{UNIT}{top + offset}", step.unit_label, styles.SMALL)
        put(sheet, f"{KIND}{top + offset}", words, styles.SMALL)
    for column in (LABEL, ID, UNIT, KIND, *CASES.values(), NOTE):
        sheet[f"{column}{layout.difference_row[step.id]}"].border = styles.THIN_BELOW


def _write_case(
    sheet: Worksheet, step: Step, column: str, catalogue: Catalogue, layout: Layout, route: Route
) -> None:
    def reference(rows: dict[str, int], name: str) -> str:
        if name in catalogue:
            return layout.assumption(name, column)
        return f"{column}{rows[name]}"

    python, native = layout.python_row[step.id], layout.native_row[step.id]
    arguments = [reference(layout.python_row, name) for name in step.inputs]
    call = route.call(name_of(step.id), arguments)
    twin = substitute(NATIVE[step.id], lambda name: reference(layout.native_row, name))
    number_format = styles.NUMBER_FORMATS[step.unit]
    right = styles.RIGHT
    put(sheet, f"{column}{python}", f"={call}", styles.BOLD, align=right,
        number_format=number_format)  # fmt: skip
    put(sheet, f"{column}{native}", f"={twin}", styles.BODY, align=right,
        number_format=number_format)  # fmt: skip
    put(
        sheet,
        f"{column}{layout.difference_row[step.id]}",
        _difference(f"{column}{python}", f"{column}{native}"),
        styles.SMALL,
        align=right,
        number_format=styles.SMALL_DIFFERENCE,
    )


def _difference(python: str, native: str) -> str:
    """Write the difference, or why there is none.

    #NAME? (5), and the errors above #N/A (7) that an add-in shows while it cannot be reached,
    mean that nobody answers; any other error, or text, is a refusal.
    """
    silent = f"OR(ERROR.TYPE({python})=5,ERROR.TYPE({python})>7)"
    return (
        f"=IF(ISNUMBER({python}),{python}-{native},"
        f'IF(ISERROR({python}),IF({silent},"{NOT_LOADED}","refused"),"refused"))'
    )
