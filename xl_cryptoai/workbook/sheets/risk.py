"""Risk: how sure the total is, what moves it, and what would have to be true for another one.

Each table is one call that answers with all of it. Where nobody answers with tables, `build`
replaces the calls by the values that Python gave, and a line says for which inputs they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.places import uncertain_in
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ANSWER_NAME,
    ASSUMPTIONS,
    CASES,
    FLAG_ROW,
    HEAD_ROW,
    ID,
    LIVE,
    NO,
    NOT_LOADED,
    RISK,
    TITLE_ROW,
    TOLERANCE_NAME,
    YES,
    Layout,
    cell,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.frame import block_head, heads, put, set_up

LAST = "N"
WIDTHS = {"A": 27, **{get_column_letter(number): 12.5 for number in range(2, 15)}}
BINS = 30
POINTS = 7  # values of each assumption in the grid
MONEY_ROWS = 9
"""Rows of the simulation's table with money in them: mean, deviation and seven percentiles."""
ENDS_FORMAT = '[>=1000000000000]0.000,,,,"T";[>=1000000000]0.000,,,"B";0.0000'
INDEX_FORMAT = "0.000;-0.000;0"
PERCENT = "0.0%"
NOT_REACHABLE = "not reachable"

HEADS = {
    "simulate": ("Statistic", *(
        words for name in ("total", *SEGMENTS) for words in (STEPS[name].label, "std. error")
    )),
    "tornado": ("Assumption alone", "Low", "High", "Total at low", "Total at high", "Swing"),
    "sensitivity": ("Assumption", "Elasticity", "Spearman", "Contribution", "First order",
                    "std. error", "Total order", "std. error"),
    "histogram": ("From", "To", "Share", "Cumulative"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table on the sheet: where its answer begins, and how large it is."""

    row: int
    rows: int
    columns: int

    @property
    def first(self) -> int:
        """The first row below the answer's own head."""
        return self.row + 1

    @property
    def last(self) -> int:
        """The last row."""
        return self.row + self.rows - 1

    @property
    def ref(self) -> str:
        """The area that the answer fills."""
        return f"A{self.row}:{get_column_letter(self.columns)}{self.last}"


def tables(catalogue: Catalogue) -> dict[str, Table]:
    """Give every table its place, from the top down."""
    count = len(uncertain_in(catalogue))
    simulate = Table(HEAD_ROW + 1, MONEY_ROWS + 5, len(HEADS["simulate"]))
    tornado = Table(simulate.last + CHART_ROWS + 5, count + 1, len(HEADS["tornado"]))
    sensitivity = Table(tornado.last + 4, count + 1, len(HEADS["sensitivity"]))
    grid = Table(sensitivity.last + 6, POINTS + 1, POINTS + 1)
    histogram = Table(grid.last + 11, BINS + 1, len(HEADS["histogram"]))
    return {
        "simulate": simulate, "tornado": tornado, "sensitivity": sensitivity, "grid": grid,
        "histogram": histogram,
    }  # fmt: skip


CHART_ROWS = 19


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
    place, case = tables(catalogue), _case(layout)
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
    for name, table in place.items():
        formula = f"={route.table_call(f'CAI_{name.upper()}', calls[name])}"
        sheet[f"A{table.row}"] = ArrayFormula(table.ref, formula)
    _write_heads(sheet, place, setting)
    _format(sheet, place)
    _write_axes(sheet, place["grid"], catalogue, setting)
    _write_goals(sheet, place["grid"].last + 2, catalogue, layout, route)
    _write_tornado_figures(sheet, place, catalogue, layout)
    if not route.tables:
        _write_state(sheet, place, catalogue, layout)
    sheet.print_area = f"A1:{LAST}{place['histogram'].last}"
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"
    for row in (place["sensitivity"].row - 3, place["histogram"].row - 3):
        sheet.row_breaks.append(Break(id=row))


def frozen_cells(catalogue: Catalogue) -> list[str]:
    """List the areas whose values are kept instead of formulas where nobody answers with tables."""
    place = tables(catalogue)
    goals = place["grid"].last + 4
    built = _built_row(place)
    return [
        *(table.ref for table in place.values()),
        f"C{goals}:C{goals + 3}",
        f"I{built}:I{built + 1}",
    ]


def mean(result: str, catalogue: Catalogue) -> str:
    """Refer to the simulated mean of the total or of a segment."""
    column = get_column_letter(2 + 2 * ("total", *SEGMENTS).index(result))
    return cell(RISK, column, tables(catalogue)["simulate"].first)


def _case(layout: Layout) -> tuple[str, str]:
    """Refer to the ids of all assumptions and to their live values."""
    rows = layout.assumption_row.values()
    return tuple(  # type: ignore[return-value]
        f"{ASSUMPTIONS}!${column}${min(rows)}:${column}${max(rows)}" for column in (ID, LIVE)
    )


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


def _write_goals(
    sheet: Worksheet, row: int, catalogue: Catalogue, layout: Layout, route: Route
) -> None:
    """Write what the chosen assumption would have to be for several totals."""
    goal = distributions.setting_cell("goal_id", catalogue)
    target = distributions.setting_cell("goal_target", catalogue)
    block_head(sheet, row, "What would have to be true", LAST)
    heads(sheet, row + 1, [("A", "For the total to be"), ("B", "Total"), ("C", "Value needed"),
                           ("D", "Value live"), ("E", "Assumption")])  # fmt: skip
    for column in "BCD":
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT
    sheet[f"E{row + 1}"].alignment = styles.INDENT
    ids, live = _case(layout)
    for number, (words, total) in enumerate(
        (
            ("the target set", target),
            *((f"as in {case.capitalize()}", layout.result("total", CASES[case]))
              for case in ("bear", "base", "bull")),
        ),
        start=row + 2,
    ):  # fmt: skip
        put(sheet, f"A{number}", words)
        put(sheet, f"B{number}", f"={total}", align=styles.RIGHT, number_format=styles.MONEY)
        call = route.table_call("CAI_GOALSEEK", [goal, f"B{number}", ids, live])
        formula = f"=IFERROR({call},{_why_not(route)})"
        sheet[f"C{number}"] = ArrayFormula(f"C{number}", formula)
        sheet[f"C{number}"].font, sheet[f"C{number}"].alignment = styles.BOLD, styles.RIGHT
        sheet[f"C{number}"].number_format = ENDS_FORMAT
        put(sheet, f"D{number}", f"=INDEX({live},MATCH({goal},{ids},0))", align=styles.RIGHT,
            number_format=ENDS_FORMAT)  # fmt: skip
        put(sheet, f"E{number}", f"={goal}", styles.SMALL, align=styles.INDENT)
        for column in "ABCDE":
            sheet[f"{column}{number}"].border = styles.THIN_BELOW


def _why_not(route: Route) -> str:
    """Write why there is no value: nobody answers, or none within the bounds leads there."""
    if not (route.calls and route.tables):
        return f'"{NOT_REACHABLE}"'
    return f'IF(IFERROR({ANSWER_NAME},"{NO}")="{YES}","{NOT_REACHABLE}","{NOT_LOADED}")'


def _write_tornado_figures(
    sheet: Worksheet, place: dict[str, Table], catalogue: Catalogue, layout: Layout
) -> None:
    """Write the tornado as differences from the live total, under labels, for its chart."""
    top, tornado = place["histogram"].row, place["tornado"]
    heads(sheet, top - 1, [("F", "Tornado"), ("G", ""), ("H", "To low"), ("I", "To high")])
    for column in "HI":
        sheet[f"{column}{top - 1}"].alignment = styles.RIGHT
    labels = distributions.column_of(catalogue, distributions.LABEL)
    ids = distributions.column_of(catalogue, distributions.ID)
    live = layout.result("total")
    for number in range(tornado.rows - 1):
        row, source = top + 1 + number, tornado.first + number
        put(sheet, f"F{row}", f"=INDEX({labels},MATCH(A{source},{ids},0))", styles.SMALL)
        for column, total in (("H", "D"), ("I", "E")):
            put(sheet, f"{column}{row}", f"={total}{source}-{live}", styles.SMALL,
                align=styles.RIGHT, number_format=CHANGE)  # fmt: skip


CHANGE = '[>=10000]+#,##0.00,,"M";[<=-10000]-#,##0.00,,"M";0'


def _built_row(place: dict[str, Table]) -> int:
    return place["histogram"].row + place["tornado"].rows + 2


def _write_state(
    sheet: Worksheet, place: dict[str, Table], catalogue: Catalogue, layout: Layout
) -> None:
    """Say that the tables are as built, and whether the inputs are still those of then."""
    row = _built_row(place)
    columns = f"{distributions.LOW}:{distributions.HIGH}".split(":")
    first, last = (distributions.column_of(catalogue, column) for column in columns)

    ends = f"SUM({first.partition(':')[0]}:{last.rpartition(':')[2]})"
    heads(sheet, row - 1, [("F", "As built"), ("G", ""), ("H", "Now"), ("I", "When built")])
    for column in "HI":
        sheet[f"{column}{row - 1}"].alignment = styles.RIGHT
    for number, (words, formula) in enumerate(
        (("Live total", layout.result("total")), ("Sum of all ends", ends)), start=row
    ):
        put(sheet, f"F{number}", words, styles.SMALL)
        for column in "HI":
            put(sheet, f"{column}{number}", f"={formula}", styles.SMALL, align=styles.RIGHT,
                number_format=styles.MONEY)  # fmt: skip
    same = ",".join(
        f"ABS(H{number}-I{number})<={TOLERANCE_NAME}*ABS(H{number})" for number in (row, row + 1)
    )
    put(
        sheet,
        f"A{HEAD_ROW - 1}",
        f'=IF(AND({same}),"Computed by Python when this workbook was built, for the inputs as they '
        'stand. Nobody answers here: it does not follow changes.",'
        '"INPUTS HAVE CHANGED since Python computed this sheet: build the workbook again from it, '
        'or open one that calculates.")',
        Font(name=styles.FONT_NAME, size=10, bold=True, color=styles.DIFFERS_INK),
    )
