"""Segments: the results in use, by segment and along the chain, and the market by year."""

from __future__ import annotations

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.forecast.model import TOTAL
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    BESIDE,
    FIRST_ROW,
    FORECAST,
    HEADER_ROW,
    KIND,
    LABEL,
    LIVE,
    UNIT,
    Layout,
    cell,
)
from xl_cryptoai.workbook.paper import LEAST_SCALE
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    case_headers,
    fit_height,
    headers,
    link,
    put,
    set_up,
    years_in_use,
)

NOTE_WIDTH = 44


def write(sheet: Worksheet, layout: Layout, route: Route, inputs: UserInputs) -> None:
    """Write the sheet."""
    note = layout.note
    set_up(
        sheet,
        "Segments",
        (
            f"Results in use: {route.computed_by}'s where available, otherwise the native "
            "formula's. "
            if route.calls
            else "Results in use. "
        )
        + "The defined names of the results point to column Live here.",
        {
            LABEL: 31,
            UNIT: 22,
            KIND: 8,
            BESIDE: 2,
            **dict.fromkeys(layout.cases.values(), 10.5),
            note: NOTE_WIDTH,
            layout.step_id: 26,
        },
        tab=styles.TAB_OUTPUT,
        freeze=f"{LIVE}{FIRST_ROW}",
    )
    headers(
        sheet,
        HEADER_ROW,
        [
            (LABEL, "Result"),
            (UNIT, "Unit"),
            (KIND, "Year"),
            (BESIDE, ""),
            (note, "Meaning"),
            (layout.step_id, "Id"),
        ],
    )
    case_headers(sheet, layout)
    sheet[f"{note}{HEADER_ROW}"].alignment = styles.INDENT
    rows = layout.heading_row
    titles = {
        "segments": f"{layout.model.steps[TOTAL].label} by segment",
        "shares": "Share of the total",
        "chain": "Step by step",
        "path": "Productivity market (TAM) by year",
    }
    for name, row in rows.items():
        block_header(sheet, row, titles[name], layout.step_id)
    for name in layout.model.steps:
        _write_result(sheet, name, layout)
    for name in (*layout.model.segments, TOTAL):
        _write_share(sheet, name, layout)
    for number, row in layout.path_row.items():
        _write_year(sheet, number, row, layout, route)
    years = [*layout.path_row.values()][: years_in_use(layout.model, inputs)]
    last = max(years, default=max(layout.result_row.values()))
    sheet.page_setup.scale = LEAST_SCALE
    sheet.print_area = f"A1:{note}{last}"  # ids: on screen
    if "chain" in rows:
        sheet.row_breaks.append(Break(id=rows["chain"] - 1))


def _write_result(sheet: Worksheet, name: str, layout: Layout) -> None:
    step, row = layout.model.steps[name], layout.result_row[name]
    font = styles.BOLD if name == "total" else styles.BODY
    put(sheet, f"{LABEL}{row}", step.label, font)
    put(sheet, f"{layout.step_id}{row}", name, styles.SMALL)
    link(sheet, f"{layout.step_id}{row}", FORECAST, f"A{min(layout.step_rows(name))}")
    put(sheet, f"{UNIT}{row}", step.unit_label, styles.SMALL)
    put(sheet, f"{layout.note}{row}", step.meaning, styles.SMALL, align=styles.INDENT_WRAP)
    fit_height(sheet, row, [(step.meaning, NOTE_WIDTH)])
    for column in layout.cases.values():
        native = cell(FORECAST, column, layout.native_row[name])
        in_use = f"={native}"
        if name in layout.python_row:
            python = cell(FORECAST, column, layout.python_row[name])
            in_use = f"=IF(ISNUMBER({python}),{python},{native})"
        put(
            sheet,
            f"{column}{row}",
            in_use,
            font,
            align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS[step.unit],
        )
        if name == "total":
            sheet[f"{column}{row}"].border = styles.THIN_ABOVE


def _write_share(sheet: Worksheet, name: str, layout: Layout) -> None:
    row = layout.share_row[name]
    font = styles.BOLD if name == "total" else styles.BODY
    put(sheet, f"{LABEL}{row}", layout.model.steps[name].label, font)
    put(sheet, f"{UNIT}{row}", "share of the total", styles.SMALL)
    for column in layout.cases.values():
        whole = f"{column}${layout.result_row['total']}"
        put(
            sheet,
            f"{column}{row}",
            f"=IF({whole}=0,0,{column}{layout.result_row[name]}/{whole})"
            if name != "total"
            else f"=SUM({column}{row - len(layout.model.segments)}:{column}{row - 1})",
            font,
            align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS["share"],
        )
        if name == "total":
            sheet[f"{column}{row}"].border = styles.THIN_ABOVE


def _write_year(sheet: Worksheet, number: int, row: int, layout: Layout, route: Route) -> None:
    """One year's market; blank outside a case's own years."""
    year = f"${KIND}{row}"
    starts = layout.case_range(layout.assumption_row["baseline_year"], ASSUMPTIONS)
    previous = f"{KIND}{row - 1}"
    if number == 0:
        put(sheet, f"{LABEL}{row}", layout.model.steps["tam"].label)
        put(sheet, f"{UNIT}{row}", layout.model.steps["tam"].unit_label, styles.SMALL)
        put(sheet, f"{KIND}{row}", f"=MIN({starts})", number_format="0")
    else:
        ends = layout.case_range(layout.assumption_row["forecast_year"], ASSUMPTIONS)
        following = f'=IF(N({previous})=0,"",IF({previous}<MAX({ends}),{previous}+1,""))'
        put(sheet, f"{KIND}{row}", following, number_format="0")
    for column in layout.cases.values():

        def reference(name: str, column: str = column) -> str:
            return year if name == "forecast_year" else layout.assumption(name, column)

        value = substitute(native(layout.model.steps["tam"]), reference)
        if route.calls and not route.lambdas:  # a LAMBDA is this formula, and not known everywhere
            arguments = [reference(name) for name in layout.model.steps["tam"].inputs]
            value = f"IFERROR({route.call(name_of(layout.model, 'tam'), arguments)},{value})"
        within = ",".join(
            f"{year}{sign}{layout.assumption(name, column)}"
            for sign, name in ((">=", "baseline_year"), ("<=", "forecast_year"))
        )
        put(
            sheet,
            f"{column}{row}",
            f'=IF(AND({within}),{value},"")',
            align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS["usd_per_year"],
        )
