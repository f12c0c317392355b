"""Goals: what would have to be true; the tornado for its chart; which inputs the tables are for."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.input_fields import COMMON_FACTOR, settings_of
from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    AVAILABLE,
    HEADER_ROW,
    NO,
    SCENARIO_NAME,
    TOLERANCE_NAME,
    YES,
    Layout,
    case_labels,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.frame import block_header, headers, look_if, put
from xl_cryptoai.workbook.sheets.risk_layout import (
    ENDS_FORMAT,
    Table,
    built_row,
    calls_row,
    case_cells,
    case_total,
    goals_row,
    inputs_differ,
    last_column,
    live_or_stored,
    stands_for,
    totals_of,
)

NOT_REACHABLE = "not reachable"
FOLLOWS = "Computed by Python; updates with every change."
STORED = "Stored when Python built this workbook; does not update."
OLD = "Stored values for earlier inputs, not the current ones: rebuild the workbook from this one."


def write_goals(
    sheet: Worksheet,
    place: dict[str, Table],
    catalogue: Catalogue,
    layout: Layout,
    route: Route,
) -> None:
    """Write what the chosen assumption would have to be for several totals."""
    row, model = goals_row(place), layout.model
    goal = distributions.setting_cell("goal_id", catalogue)
    target = distributions.setting_cell("goal_target", catalogue)
    block_header(sheet, row, "What would have to be true", last_column(model))
    headers(sheet, row + 1, [("A", "For the total to be"), ("B", "Total"), ("C", "Value needed"),
                           ("D", "Value in use"), ("E", "Assumption")])  # fmt: skip
    for column in "BCD":
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT
    sheet[f"E{row + 1}"].alignment = styles.INDENT
    ids, live = case_cells(layout)
    for number, (words, total) in enumerate(
        (
            ("the target", target),
            *((f"as in {one.label}", layout.result("total", layout.cases[case]))
              for case, one in catalogue.scenarios.items()),
        ),
        start=row + 2,
    ):  # fmt: skip
        put(sheet, f"A{number}", words)
        put(sheet, f"B{number}", live_or_stored(total, f"B{number}", route, model),
            align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
        call = route.table_call(name_of(model, "goalseek"), [goal, f"B{number}", ids, live])
        needed = f'IFERROR({call},"{NOT_REACHABLE}")'
        formula = live_or_stored(needed, f"C{number}", route, model)
        sheet[f"C{number}"] = ArrayFormula(f"C{number}", formula)
        sheet[f"C{number}"].font, sheet[f"C{number}"].alignment = styles.BOLD, styles.RIGHT
        sheet[f"C{number}"].number_format = ENDS_FORMAT
        now = f"INDEX({live},MATCH({goal},{ids},0))"
        put(sheet, f"D{number}", live_or_stored(now, f"D{number}", route, model),
            align=styles.RIGHT, number_format=ENDS_FORMAT)  # fmt: skip
        put(sheet, f"E{number}", live_or_stored(goal, f"E{number}", route, model), styles.SMALL,
            align=styles.INDENT)  # fmt: skip
        for column in "ABCDE":
            sheet[f"{column}{number}"].border = styles.THIN_BELOW


def write_tornado_figures(sheet: Worksheet, place: dict[str, Table], layout: Layout) -> None:
    """Write the tornado as differences from the total, under labels, for its chart."""
    catalogue = layout.model.assumptions
    top, tornado = place["histogram"].row, place["tornado"]
    headers(sheet, top - 1, [("F", "Tornado"), ("G", ""), ("H", "To low"), ("I", "To high")])
    for column in "HI":
        sheet[f"{column}{top - 1}"].alignment = styles.RIGHT
    live = case_total("live", layout.model)
    for number in range(tornado.rows - 1):
        row, source = top + 1 + number, tornado.first + number
        # joined to nothing: LibreOffice does not find a text that an answer has filled in as it is
        name = f'A{source}&""'
        put(sheet, f"F{row}", f"={distributions.label_of(name, catalogue)}", styles.SMALL)
        for column, total in (("H", "D"), ("I", "E")):
            put(sheet, f"{column}{row}", f"={total}{source}-{live}", styles.SMALL,
                align=styles.RIGHT, number_format=styles.CHANGE)  # fmt: skip


def write_state(
    sheet: Worksheet,
    place: dict[str, Table],
    catalogue: Catalogue,
    layout: Layout,
    route: Route,
    heads: Sequence[str],
) -> None:
    """Say for which inputs the tables stand: those of now, or those when it was built.

    Column K is what the sheet's figures use. Where functions return the tables it follows the
    inputs; where they are not available, or not in this workbook, it stays with the tables.
    """
    row = built_row(place)
    headers(sheet, row - 1, [("F", "Inputs of the tables"), ("G", ""), ("H", "Now"),
                           ("I", "When built"), ("J", ""), ("K", "In the tables")])  # fmt: skip
    for column in "HIK":
        sheet[f"{column}{row - 1}"].alignment = styles.RIGHT
    traits, totals = _traits(catalogue, layout), totals_of(layout.model)
    last_money = row + 1 + len(totals)  # the sum of ends that are money
    for number, (words, formula) in enumerate(traits.items(), start=row):
        put(sheet, f"F{number}", words, styles.SMALL)
        for column in "HI":
            put(sheet, f"{column}{number}", f"={formula}", styles.SMALL, align=styles.RIGHT,
                number_format=styles.MONEY if number <= last_money else styles.LARGE)  # fmt: skip
            if number == row:  # words
                sheet[f"{column}{number}"].alignment = styles.RIGHT_WRAP
                sheet.row_dimensions[number].height = 28
    last = row + len(traits)
    put(sheet, f"F{last}", "The tables match the current inputs", styles.SMALL)
    same = ",".join(
        f"ABS(H{number}-I{number})<={TOLERANCE_NAME}*ABS(H{number})"
        for number in range(row + 1, last)
    )
    stands = f"OR({AVAILABLE},AND({same}))" if route.tables else f"AND({same})"
    put(sheet, f"K{last}", f'=IF({stands},"{YES}","{NO}")', styles.SMALL, align=styles.RIGHT)
    for number in range(row, row + 1 + len(totals)):
        in_use = f"IF({AVAILABLE},H{number},I{number})" if route.tables else f"I{number}"
        if number == row:  # the words of the tables' heads
            other = f'IF(H{row}=I{row},"changed since",H{row})'
            in_use = f'"For "&{in_use}&IF(K{last}="{YES}","","; Live: "&{other})'
        put(sheet, f"K{number}", f"={in_use}", styles.SMALL,
            align=styles.INDENT if number == row else styles.RIGHT,
            number_format=styles.MONEY)  # fmt: skip
    said = f'IF(K{last}="{YES}","{STORED}","{OLD}")'
    if route.tables:
        said = f'IF({AVAILABLE},"{FOLLOWS}",{said})'
    head = f"A{HEADER_ROW - 1}"
    put(sheet, head, f'={stands_for(layout.model)}&". "&{said}', styles.SMALL)
    differs = look_if(inputs_differ(layout.model), styles.DIFFERS_INK)
    for where in (head, *heads):
        sheet.conditional_formatting.add(where, differs)


def write_call(sheet: Worksheet, number: int, area: str, words: str, model: Model) -> None:
    """Write in words what a stored area is, for a table so that anybody can ask again."""
    row = calls_row(model) + number
    put(sheet, f"F{row}", f"{area} is", styles.SMALL)
    put(sheet, f"H{row}", words, styles.SMALL)


def _traits(catalogue: Catalogue, layout: Layout) -> dict[str, str]:
    """Write figures that change when an input of the tables does."""
    ids = distributions.column_of(catalogue, distributions.ID)
    known, shapes = distributions.known_shapes(catalogue), distributions.shape_cells(catalogue)
    setting = {
        name: distributions.setting_cell(name, catalogue)
        for name in settings_of(catalogue)
        if name != COMMON_FACTOR
    }
    chosen = "+".join(f"MATCH({setting[name]},{ids},0)" for name in ("goal_id", "grid_x", "grid_y"))
    amounts = ",".join(setting[name] for name in ("draws", "seed", "threshold", "goal_target"))
    count = f"COUNTA({layout.all_assumptions(layout.override)})"
    return {
        "Scenario and overrides": f'{SCENARIO_NAME}&IF({count}=0,", no overrides",'
        f'", overrides: "&{count})',
        **{
            f"{label} total": layout.result("total", layout.cases[case])
            for case, label in case_labels(layout.model).items()
        },
        "Sum of lows and highs in USD": _sum_of_ends("=", catalogue),
        "Sum of the other lows and highs": _sum_of_ends("<>", catalogue),
        "Sum of correlations": f"SUM({correlations.matrix(catalogue)})",
        "Sum of shape numbers": "+".join(
            f"MATCH({shape},{known},0)*ROWS({shapes[0]}:{shape.rpartition('!')[2]})"
            for shape in shapes
        ),
        "Sum of settings": f"SUM({amounts})+{chosen}",
        "Method": f'({setting["method"]}="{METHODS[0]}")-({setting["method"]}="{METHODS[1]}")',
    }


def _sum_of_ends(comparison: str, catalogue: Catalogue) -> str:
    """Sum the ends in money, or all others: beside amounts of money a share would be lost."""
    units = distributions.column_of(catalogue, distributions.UNIT)
    return "+".join(
        f'SUMIF({units},"{comparison}{UNITS["usd_per_year"].label}",'
        f"{distributions.column_of(catalogue, column)})"
        for column in distributions.IN_USE.values()
    )
