"""Risk: how sure the total is, what moves it, and what would have to be true for another one.

Each table is one call that answers with all of it. Where nobody answers with tables, `build`
replaces the calls by the values that Python gave, and a line says for which inputs they hold.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import FLAG_ROW, HEAD_ROW, TITLE_ROW, Layout
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.frame import block_head, heads, put, set_up
from xl_cryptoai.workbook.sheets.risk_goals import (
    write_call,
    write_goals,
    write_state,
    write_tornado_figures,
)
from xl_cryptoai.workbook.sheets.risk_layout import (
    ENDS_FORMAT,
    HEADS,
    LAST,
    MONEY_ROWS,
    POINTS,
    Table,
    built_row,
    case_cells,
    frozen_cells,
    tables,
)

WIDTHS = {"A": 27, **{get_column_letter(number): 12.5 for number in range(2, 15)}}
INDEX_FORMAT = "0.000;-0.000;0"
PERCENT = "0.0%"
AS_BUILT = "as Python had it when this workbook was built"


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, route: Route) -> None:
    """Write the sheet; its charts are in `risk_charts`."""
    set_up(
        sheet,
        "Risk",
        "How sure the total is under the distributions of sheet Distributions. They are house "
        "judgement, and so is all that follows from them.",
        WIDTHS,
        tab=styles.TAB_OUTPUT,
        freeze=f"B{HEAD_ROW + 1}",
    )
    place, case = tables(catalogue), case_cells(layout)
    block, matrix = distributions.block(catalogue), correlations.matrix(catalogue)
    setting = {
        name: distributions.setting_cell(name, catalogue)
        for name in ("draws", "seed", "method", "beat", "grid_x", "grid_y")
    }
    drawn = [*case, block, matrix, setting["draws"], setting["seed"]]
    calls = {
        "simulate": [*drawn, setting["method"], setting["beat"]],
        "tornado": [*case, block],
        "sensitivity": [*case, block, matrix],
        "grid": [setting["grid_x"], _axis(place["grid"], 0), setting["grid_y"],
                 _axis(place["grid"], 1), *case],
        "histogram": [*drawn, setting["method"]],
    }  # fmt: skip
    answers = {}
    for name, table in place.items():
        call = route.table_call(f"CAI_{name.upper()}", calls[name])
        sheet[f"A{table.row}"] = ArrayFormula(table.ref, f"={call}")
        answers[table.ref] = call
    _write_heads(sheet, place, setting)
    _format(sheet, place)
    _write_axes(sheet, place["grid"], catalogue, setting)
    write_goals(sheet, place, catalogue, layout, route)
    write_tornado_figures(sheet, place, catalogue, layout)
    if not route.tables:
        write_state(sheet, place, catalogue, layout)
        for number, area in enumerate(frozen_cells(catalogue)):
            write_call(sheet, number, area, answers.get(area, AS_BUILT), built_row(place))
    sheet.print_area = f"A1:{LAST}{place['histogram'].last}"
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"
    for row in (place["sensitivity"].row - 3, place["histogram"].row - 3):
        sheet.row_breaks.append(Break(id=row))


def _write_heads(sheet: Worksheet, place: dict[str, Table], setting: dict[str, str]) -> None:
    titles = {
        "tornado": "Tornado: each assumption alone from its low to its high, the rest as live",
        "sensitivity": "Sensitivity: what the spread of the total comes from",
        "histogram": "Figures behind the charts",
    }
    for name, words in HEADS.items():
        row = place[name].row - 1
        if name in titles:
            block_head(sheet, row - 1, titles[name], LAST)
        heads(sheet, row, [(get_column_letter(n), word) for n, word in enumerate(words, start=1)])
        for number in range(2 if name != "histogram" else 1, len(words) + 1):
            sheet[f"{get_column_letter(number)}{row}"].alignment = styles.RIGHT
    charts = place["simulate"].last + 2
    block_head(sheet, charts, "The total in the simulation", LAST)
    grid = place["grid"].row
    block_head(sheet, grid - 4, "Grid: the total for pairs of two assumptions", LAST)
    across, down = setting["grid_x"], setting["grid_y"]
    put(sheet, f"A{grid - 1}", f'={across}&" across, "&{down}&" down: total, USD a year"',
        styles.BOLD)  # fmt: skip


def _format(sheet: Worksheet, place: dict[str, Table]) -> None:
    """Give every cell that an answer fills its look; the answer's own head is small."""
    formats = {
        "tornado": ["", ENDS_FORMAT, ENDS_FORMAT, *[styles.MONEY] * 3],
        "sensitivity": ["", *[INDEX_FORMAT] * 2, PERCENT, *[INDEX_FORMAT] * 4],
        "grid": [ENDS_FORMAT, *[styles.MONEY] * POINTS],
        "histogram": [styles.MONEY, styles.MONEY, PERCENT, PERCENT],
    }
    for name, table in place.items():
        for row in range(table.row, table.last + 1):
            for number in range(1, table.columns + 1):
                shown = formats[name][number - 1] if name in formats else styles.MONEY
                if name == "simulate":
                    shown = _simulated_format(row - table.first)
                if name == "grid" and row == table.row:
                    shown = ENDS_FORMAT
                text = number == 1 and name not in ("grid", "histogram")
                _look(sheet, row, number, shown, head=row == table.row and name != "grid",
                      text=text, bold=name == "simulate" and number == 2)  # fmt: skip


def _look(
    sheet: Worksheet, row: int, number: int, shown: str, *, head: bool, text: bool, bold: bool
) -> None:
    target = sheet.cell(row, number)
    target.font = styles.SMALL if head else styles.BOLD if bold else styles.BODY
    target.alignment = styles.MIDDLE if text else styles.RIGHT
    target.border = styles.THIN_BELOW
    if shown and not head:
        target.number_format = shown


def _simulated_format(number: int) -> str:
    """Give the format of a row of the simulation's table, counted from the mean."""
    if number < MONEY_ROWS:
        return styles.MONEY
    return (PERCENT, "#,##0", "0", "General")[number - MONEY_ROWS]


def _axis(grid: Table, number: int) -> str:
    """Refer to the values of an assumption in the grid: the first runs across, the second down."""
    row = grid.row - 3 + number
    return f"$B${row}:${get_column_letter(1 + POINTS)}${row}"


def _write_axes(
    sheet: Worksheet, grid: Table, catalogue: Catalogue, setting: dict[str, str]
) -> None:
    """Write equal steps from the low to the high value of the two assumptions."""
    ids = distributions.column_of(catalogue, distributions.ID)
    for number, (words, chosen) in enumerate(
        (("Values across", setting["grid_x"]), ("Values down", setting["grid_y"]))
    ):
        row = grid.row - 3 + number
        put(sheet, f"A{row}", words, styles.SMALL)
        low, high = (
            f"INDEX({distributions.column_of(catalogue, column)},MATCH({chosen},{ids},0))"
            for column in (distributions.LOW, distributions.HIGH)
        )
        end = get_column_letter(1 + POINTS)
        for column in range(2, 2 + POINTS):
            letter = get_column_letter(column)
            part = f"(COLUMNS($B${row - number - 1}:{letter}${row - number - 1})-1)"
            whole = f"(COLUMNS($B${row - number - 1}:${end}${row - number - 1})-1)"
            put(sheet, f"{letter}{row}", f"={low}+({high}-{low})*{part}/{whole}", styles.SMALL,
                align=styles.RIGHT, number_format=ENDS_FORMAT)  # fmt: skip
