"""Goals: what would have to be true; the tornado for its chart; the state of frozen tables."""

from __future__ import annotations

from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.input_fields import COMMON_FACTOR, settings_of
from xl_cryptoai.assumptions.uncertainty import METHODS
from xl_cryptoai.units import UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ANSWER_NAME,
    CASES,
    HEADER_ROW,
    NO,
    NOT_LOADED,
    TOLERANCE_NAME,
    YES,
    Layout,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.frame import block_header, headers, put
from xl_cryptoai.workbook.sheets.risk_layout import (
    ENDS_FORMAT,
    LAST,
    TRAITS,
    Table,
    built_row,
    case_cells,
    goals_row,
)

NOT_REACHABLE = "not reachable"
CHANGE = '[>=10000]+#,##0.00,,"M";[<=-10000]-#,##0.00,,"M";0'


def write_goals(
    sheet: Worksheet,
    place: dict[str, Table],
    catalogue: Catalogue,
    layout: Layout,
    route: Route,
) -> None:
    """Write what the chosen assumption would have to be for several totals."""
    row = goals_row(place)
    goal = distributions.setting_cell("goal_id", catalogue)
    target = distributions.setting_cell("goal_target", catalogue)
    block_header(sheet, row, "What would have to be true", LAST)
    headers(sheet, row + 1, [("A", "For the total to be"), ("B", "Total"), ("C", "Value needed"),
                           ("D", "Value live"), ("E", "Assumption")])  # fmt: skip
    for column in "BCD":
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT
    sheet[f"E{row + 1}"].alignment = styles.INDENT
    ids, live = case_cells(layout)
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


def write_tornado_figures(
    sheet: Worksheet, place: dict[str, Table], catalogue: Catalogue, layout: Layout
) -> None:
    """Write the tornado as differences from the live total, under labels, for its chart."""
    top, tornado = place["histogram"].row, place["tornado"]
    headers(sheet, top - 1, [("F", "Tornado"), ("G", ""), ("H", "To low"), ("I", "To high")])
    for column in "HI":
        sheet[f"{column}{top - 1}"].alignment = styles.RIGHT
    labels = distributions.column_of(catalogue, distributions.LABEL)
    ids = distributions.column_of(catalogue, distributions.ID)
    live = layout.result("total")
    for number in range(tornado.rows - 1):
        row, source = top + 1 + number, tornado.first + number
        # joined to nothing: LibreOffice does not find a text that an answer has filled in as it is
        name = f'A{source}&""'
        put(sheet, f"F{row}", f"=INDEX({labels},MATCH({name},{ids},0))", styles.SMALL)
        for column, total in (("H", "D"), ("I", "E")):
            put(sheet, f"{column}{row}", f"={total}{source}-{live}", styles.SMALL,
                align=styles.RIGHT, number_format=CHANGE)  # fmt: skip


def write_state(
    sheet: Worksheet, place: dict[str, Table], catalogue: Catalogue, layout: Layout
) -> None:
    """Say that the tables are as built, and whether the inputs are still those of then."""
    row = built_row(place)
    headers(sheet, row - 1, [("F", "As built"), ("G", ""), ("H", "Now"), ("I", "When built")])
    for column in "HI":
        sheet[f"{column}{row - 1}"].alignment = styles.RIGHT
    traits = _traits(catalogue, layout)
    for number, (words, formula) in enumerate(traits.items(), start=row):
        put(sheet, f"F{number}", words, styles.SMALL)
        for column in "HI":
            put(sheet, f"{column}{number}", f"={formula}", styles.SMALL, align=styles.RIGHT,
                number_format=styles.MONEY if number < row + 2 else "#,##0.00")  # fmt: skip
    same = ",".join(
        f"ABS(H{number}-I{number})<={TOLERANCE_NAME}*ABS(H{number})"
        for number in range(row, row + len(traits))
    )
    put(
        sheet,
        f"A{HEADER_ROW - 1}",
        f'=IF(AND({same}),"Computed by Python when this workbook was built, for the inputs as they '
        'stand. Functions are not available here: it does not follow changes.",'
        '"INPUTS HAVE CHANGED since Python computed this sheet: build the workbook again from it, '
        'or open one that calculates.")',
        Font(name=styles.FONT_NAME, size=10, bold=True, color=styles.DIFFERS_INK),
    )


def write_call(sheet: Worksheet, number: int, area: str, words: str, row: int) -> None:
    """Write in words what a frozen area is, for a table so that anybody can ask again."""
    put(sheet, f"F{row + TRAITS + number}", f"{area} is", styles.SMALL)
    put(sheet, f"H{row + TRAITS + number}", words, styles.SMALL)


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
    return {
        "Live total": layout.result("total"),
        "Sum of ends that are money": _sum_of_ends("=", catalogue),
        "Sum of the other ends": _sum_of_ends("<>", catalogue),
        "Sum of correlations": f"SUM({correlations.matrix(catalogue)})",
        "Shapes, numbered": "+".join(
            f"MATCH({shape},{known},0)*ROWS({shapes[0]}:{shape.rpartition('!')[2]})"
            for shape in shapes
        ),
        "Settings, added up": f"SUM({amounts})+{chosen}",
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
