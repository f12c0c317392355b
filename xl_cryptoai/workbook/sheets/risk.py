"""Risk: how sure the total is, what moves it, and what would have to be true for another one.

Everything here is read from sheet Risk tables, which holds what the functions return, with ids and
standard errors; here are labels, and one table a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.risk.dependence import DEPENDENCES
from xl_cryptoai.risk.simulation import PERCENTILES
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import ABOUT_ROW, HEADER_ROW, TITLE_ROW, Layout
from xl_cryptoai.workbook.paper import LEAST_SCALE
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import distributions
from xl_cryptoai.workbook.sheets.frame import (
    AVAILABLE_NO,
    block_header,
    compute_all_on_load,
    grey_if_not_available,
    headers,
    look_if,
    put,
    set_up,
)
from xl_cryptoai.workbook.sheets.risk_layout import (
    ENDS_FORMAT,
    HEADERS,
    MONEY_ROWS,
    POINTS,
    TITLES,
    goals_row,
    inputs_differ,
    on_tables,
    tables,
    threshold_row,
)
from xl_cryptoai.workbook.sheets.risk_tables import CHANCE, INDEX_FORMAT, PERCENT

LAST = get_column_letter(1 + MONEY_ROWS)
CHART_ROWS = 16
PAGE_ROWS = 33
"""Rows below the repeated ones that a page has room for."""
STATE_ROW = HEADER_ROW - 1
STATISTICS = ("Mean", "Std. dev.", *(f"P{percent}" for percent in PERCENTILES))
MEASURES = ("Elasticity", "Spearman", "Contribution", "First-order", "Total-order", "Shapley")
ASSUMPTION = "Assumption"


@dataclass(frozen=True, slots=True)
class Places:
    """The row of each block's heading, from the top down, and of the charts below the tables."""

    charts: int
    dependence: int
    tornado: int
    tornado_chart: int
    sensitivity: int
    sensitivity_chart: int
    grid: int
    grid_chart: int
    goals: int


def places(model: Model) -> Places:
    """Return where everything stands on the sheet of a model."""
    count = len(uncertain_in(model.assumptions))
    charts = HEADER_ROW + 2 + len(model.segments) + 4
    tornado = charts + CHART_ROWS + 1
    tornado_chart = tornado + 2 + count + 1
    sensitivity = tornado_chart + CHART_ROWS
    sensitivity_chart = sensitivity + 2 + count + 1
    dependence = sensitivity_chart + CHART_ROWS
    goals = dependence + 2 + len(DEPENDENCES) + 3
    grid = goals + 2 + len(model.assumptions.scenarios) + 2
    return Places(
        charts, dependence, tornado, tornado_chart, sensitivity, sensitivity_chart, grid,
        grid + 3 + POINTS + 1, goals,
    )  # fmt: skip


def write(sheet: Worksheet, layout: Layout, route: Route) -> None:
    """Write the sheet; its charts are in `risk_charts`."""
    model, place = layout.model, places(layout.model)
    set_up(
        sheet,
        "Risk",
        f"={on_tables(f'$A${ABOUT_ROW}')}",
        {"A": 34, **{get_column_letter(number): 13.7 for number in range(2, MONEY_ROWS + 2)}},
        tab=styles.TAB_OUTPUT,
        freeze=f"B{HEADER_ROW}",
    )
    put(sheet, f"A{STATE_ROW}", f"={on_tables(f'A{STATE_ROW}')}", styles.SMALL)
    differs = look_if(on_tables(inputs_differ(model)), styles.DIFFERS_INK)
    sheet.conditional_formatting.add(f"A{STATE_ROW}", differs)
    _write_simulation(sheet, model)
    _write_tornado(sheet, place.tornado, model)
    _write_sensitivities(sheet, place.sensitivity, model)
    _write_dependence(sheet, place.dependence, model)
    _write_goals(sheet, place.goals, model)
    _write_grid(sheet, place.grid, model)
    last = place.grid_chart + CHART_ROWS - 2
    condition = AVAILABLE_NO if route.tables else on_tables(inputs_differ(model))
    for area in _figures(place, model):
        grey_if_not_available(sheet, area, condition)
    if route.tables:
        compute_all_on_load(sheet)
    sheet.print_area = f"A1:{LAST}{last}"
    sheet.page_setup.scale = LEAST_SCALE
    sheet.print_title_rows = f"{TITLE_ROW}:{STATE_ROW}"
    breaks = [place.tornado, place.sensitivity, place.dependence, place.grid]
    for block, chart in (
        (place.tornado, place.tornado_chart), (place.sensitivity, place.sensitivity_chart)
    ):  # fmt: skip
        if chart + CHART_ROWS - 1 - block > PAGE_ROWS:
            breaks.append(chart)
    for row in breaks:
        sheet.row_breaks.append(Break(id=row - 1))


def _figures(place: Places, model: Model) -> list[str]:
    """List the areas of figures, below the headers."""
    count = len(uncertain_in(model.assumptions))
    rows = {
        HEADER_ROW: len(model.segments) + 3,
        place.tornado: count,
        place.sensitivity: count,
        place.dependence: len(DEPENDENCES),
        place.goals: len(model.assumptions.scenarios) + 1,
        place.grid: POINTS + 1,
    }
    return [f"B{row + 2}:{LAST}{row + 1 + number}" for row, number in rows.items()]


def _write_block(sheet: Worksheet, row: int, title: str, first: str, heads: Sequence[str]) -> None:
    """Write a heading and the headers below it."""
    block_header(sheet, row, title, LAST)
    words = (first, *heads, *[""] * (MONEY_ROWS - len(heads)))
    columns = [(get_column_letter(n), head) for n, head in enumerate(words, 1)]
    headers(sheet, row + 1, columns)
    for column, _ in columns[1:]:
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT_WRAP
    if max(map(len, heads)) > 11:
        sheet.row_dimensions[row + 1].height = 28


def _write_row(sheet: Worksheet, row: int, label: str, cells: Iterable[tuple[str, str]]) -> None:
    """Write a label and what follows it, given as formulas and formats; blanks stay blank."""
    put(sheet, f"A{row}", label)
    for number, (reference, shown) in enumerate(cells, start=2):
        where = f"{get_column_letter(number)}{row}"
        put(sheet, where, f'=IF({reference}="","",{reference})',
            align=styles.RIGHT, number_format=shown)  # fmt: skip
    sheet.row_dimensions[row].height = 14
    for number in range(1, MONEY_ROWS + 2):
        sheet.cell(row, number).border = styles.THIN_BELOW


def _label_of(cell: str, model: Model) -> str:
    """Write the label of the assumption whose id a cell of the tables holds."""
    # joined to nothing: LibreOffice does not find a text that an answer has filled in as it is
    name = f'{on_tables(cell)}&""'
    return f"={distributions.label_of(name, model.assumptions)}"


def _write_simulation(sheet: Worksheet, model: Model) -> None:
    """Write the simulated results: a row a result, a column a statistic."""
    table, row = tables(model)["simulate"], HEADER_ROW
    _write_block(sheet, row, "Revenue in the simulation, USD a year", "Result", STATISTICS)
    for number, name in enumerate((TOTAL, *model.segments)):
        column = get_column_letter(2 + 2 * number)
        area = on_tables(f"${column}${table.first}:${column}${table.first + MONEY_ROWS - 1}")
        at = row + 2 + number
        cells = (
            # counted in another row: in its own it would be a circle
            (f"INDEX({area},COLUMNS($B${row}:{get_column_letter(n)}${row}))", styles.MONEY)
            for n in range(2, 2 + MONEY_ROWS)
        )
        _write_row(sheet, at, model.steps[name].label, cells)
        if name == TOTAL:
            for one in sheet[at]:
                one.font = styles.BOLD
    chance = table.first + MONEY_ROWS
    for number, (words, amount, share, shown) in enumerate(
        (
            ("Chance that revenue exceeds", threshold_row(model), chance, CHANCE),
            ("Draws below the forecast of", chance + 1, chance + 2, PERCENT),
        ),
        start=row + 3 + len(model.segments),
    ):
        found = ((amount, styles.MONEY), (share, shown))
        _write_row(
            sheet, number, words, [(on_tables(f"$B${source}"), form) for source, form in found]
        )
    note = "Standard errors and ids: sheet Risk tables"
    put(sheet, f"{LAST}{row}", note, styles.SMALL, align=styles.RIGHT)


def _write_tornado(sheet: Worksheet, row: int, model: Model) -> None:
    table = tables(model)["tornado"]
    _write_block(
        sheet, row, TITLES["tornado"], ASSUMPTION, HEADERS["tornado"][1:],
    )  # fmt: skip
    formats = [ENDS_FORMAT, ENDS_FORMAT, *[styles.MONEY] * 3]
    for source in range(table.first, table.last + 1):
        cells = (
            (on_tables(f"{column}{source}"), shown)
            for column, shown in zip("BCDEF", formats, strict=True)
        )
        at = row + 2 + source - table.first
        _write_row(sheet, at, _label_of(f"A{source}", model), cells)


def _write_sensitivities(sheet: Worksheet, row: int, model: Model) -> None:
    table = tables(model)["sensitivity"]
    _write_block(sheet, row, TITLES["sensitivity"], ASSUMPTION, MEASURES)
    for source in range(table.first, table.last + 1):
        # a standard error stands after every measure but the first
        cells = (
            (on_tables(f"{column}{source}"), INDEX_FORMAT if column in "BC" else PERCENT)
            for column in "BCEGIK"
        )
        at = row + 2 + source - table.first
        _write_row(sheet, at, _label_of(f"A{source}", model), cells)


def _write_dependence(sheet: Worksheet, row: int, model: Model) -> None:
    table = tables(model)["dependence"]
    _write_block(
        sheet, row, TITLES["dependence"], HEADERS["dependence"][0],
        ("P5", "P50", "P95", "Chance above", "Smallest draw", "Largest draw"),
    )  # fmt: skip
    for source in range(table.first, table.last + 1):
        cells = (
            (on_tables(f"{column}{source}"), CHANCE if column == "H" else styles.MONEY)
            for column in "BDFHJK"
        )
        label = f"={on_tables(f'A{source}')}"
        _write_row(sheet, row + 2 + source - table.first, label, cells)
    for number in (1, 2):
        below = on_tables(f"A{table.last + number}")
        put(sheet, f"A{row + 1 + len(DEPENDENCES) + number}", f"={below}", styles.SMALL)


def _write_goals(sheet: Worksheet, row: int, model: Model) -> None:
    first = goals_row(tables(model)) + 2
    _write_block(
        sheet, row, "What would have to be true", "For the total to be",
        ("Total", "Value needed", "Value in use", "Assumption"),
    )  # fmt: skip
    sheet[f"E{row + 1}"].alignment = styles.INDENT
    for number in range(len(model.assumptions.scenarios) + 1):
        source, at = first + number, row + 2 + number
        cells = (
            (on_tables(f"{column}{source}"), shown)
            for column, shown in zip("BCD", (styles.MONEY, *[ENDS_FORMAT] * 2), strict=True)
        )
        _write_row(sheet, at, f"={on_tables(f'A{source}')}", cells)
        sheet[f"C{at}"].font = styles.BOLD
        put(sheet, f"E{at}", _label_of(f"E{source}", model), align=styles.INDENT)


def _write_grid(sheet: Worksheet, row: int, model: Model) -> None:
    """Write the grid: its own first row and column hold the values of the two assumptions."""
    table = tables(model)["grid"]
    block_header(sheet, row, "Grid: the total by the values of two assumptions, USD a year", LAST)
    put(sheet, f"A{row + 1}", f"={on_tables(f'A{table.row - 1}')}", styles.BOLD)
    for number in range(POINTS + 1):
        source, at = table.row + number, row + 2 + number
        for column in range(1, POINTS + 2):
            letter = get_column_letter(column)
            reference, edge = on_tables(f"{letter}{source}"), number == 0 or column == 1
            put(sheet, f"{letter}{at}", f'=IF({reference}="","",{reference})',
                styles.BOLD if edge else styles.BODY, align=styles.RIGHT,
                number_format=ENDS_FORMAT if edge else styles.MONEY)  # fmt: skip
            sheet[f"{letter}{at}"].border = styles.THIN_BELOW
