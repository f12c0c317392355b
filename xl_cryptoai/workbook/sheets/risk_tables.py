"""Risk tables: what the risk functions return, whole; sheet Risk shows it to people.

Each table is one call of a function that returns all of it. The values of the day it was built are
stored, and shown where the functions are not available; where no function returns tables, they
stand in the place of the calls. A line says for which inputs the tables stand, and nothing on the
sheet stands for others.
"""

from __future__ import annotations

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ABOUT_ROW,
    FLAG_ROW,
    HEADER_ROW,
    TITLE_ROW,
    Layout,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import correlations, distributions
from xl_cryptoai.workbook.sheets.charts import amount_as_text
from xl_cryptoai.workbook.sheets.frame import (
    AVAILABLE_NO,
    block_header,
    compute_all_on_load,
    grey_if_not_available,
    headers,
    put,
    set_up,
)
from xl_cryptoai.workbook.sheets.risk_goals import (
    write_call,
    write_goals,
    write_state,
    write_tornado_figures,
)
from xl_cryptoai.workbook.sheets.risk_layout import (
    ENDS_FORMAT,
    MARKS,
    MARKS_AT,
    MONEY_ROWS,
    POINTS,
    STICKS_AT,
    TITLES,
    Table,
    answered_areas,
    built_row,
    calls_row,
    case_cells,
    case_total,
    goals_row,
    headers_of,
    inputs_differ,
    last_column,
    live_or_stored,
    live_percentile,
    percentile_at,
    stands_for,
    stored,
    tables,
    threshold_row,
    traits_of,
    when_built,
)

INDEX_FORMAT = "0.000;-0.000;0"
PERCENT = "0.0%"
PERCENTILE_LINE, LIVE_LINE = 1.1, 1.25
"""Heights of the lines in the histogram, beside that of its highest range."""
CHANCE = '[=0]"none drawn";[=1]"all drawn";0.00%'
"""No draw above an amount is no proof that there is none."""
SHORT_CHANCE = '[=0]"none";[=1]"all";0.00%'
AS_BUILT = "as Python computed it when this workbook was built"
STORED_HERE = "Stored when built, for readers without the functions"


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, route: Route) -> None:
    """Write the sheet; people read it on the one that `risk` writes."""
    model = layout.model
    last = column_index_from_string(last_column(model))
    set_up(
        sheet,
        "Risk tables",
        live_or_stored(_what_is_drawn(model), f"A{ABOUT_ROW}", route, model),
        {"A": 22, **{get_column_letter(number): 9.7 for number in range(2, last + 1)}},
        tab=styles.TAB_WORKING,
        freeze=f"B{HEADER_ROW + 1}",
    )
    place, case = tables(layout.model), case_cells(layout)
    block, matrix = distributions.block(catalogue), correlations.matrix(catalogue)
    setting = {
        name: distributions.setting_cell(name, catalogue)
        for name in ("draws", "seed", "method", "threshold", "grid_x", "grid_y")
    }
    drawn = [*case, block, matrix, setting["draws"], setting["seed"]]
    calls = {
        "simulate": [*drawn, setting["method"], setting["threshold"]],
        "dependence": [*case, block, setting["draws"], setting["seed"], setting["method"],
                       setting["threshold"]],
        "tornado": [*case, block],
        "sensitivity": [*case, block, matrix],
        "grid": [setting["grid_x"], _axis(place["grid"], 0), setting["grid_y"],
                 _axis(place["grid"], 1), *case],
        "histogram": [*drawn, setting["method"]],
    }  # fmt: skip
    answers = {}
    for name, table in place.items():
        call = route.table_call(name_of(layout.model, name), calls[name])
        sheet[f"A{table.row}"] = ArrayFormula(
            table.ref, live_or_stored(call, table.ref, route, model)
        )
        answers[table.ref] = f"{name_of(layout.model, name)}({','.join(calls[name])})"
    heads = _write_heads(sheet, place, setting, layout.model, route)
    _format(sheet, place)
    _write_axes(sheet, place["grid"], catalogue, layout, setting, route)
    _write_marks(sheet, place["histogram"], layout.model)
    _write_scenarios(sheet, place["dependence"], layout.model)
    write_goals(sheet, place, catalogue, layout, route)
    write_tornado_figures(sheet, place, layout)
    write_state(sheet, place, catalogue, layout, route, heads)
    areas = answered_areas(layout.model)
    for number, area in enumerate((*areas, when_built(layout.model))):
        kept = stored(area, model) if route.tables and area in areas else area
        write_call(sheet, number, kept, answers.get(area, AS_BUILT), model)
    if route.tables:
        put(sheet, stored(f"A{HEADER_ROW}", model), STORED_HERE, styles.SMALL)
        # all that goes with the tables, but for the inputs of now
        rows = range(built_row(place), built_row(place) + traits_of(model))
        now = {f"{column}{row}" for column in "HI" for row in rows}
        compute_all_on_load(sheet, max(last, MARKS_AT + 5), now)
    condition = AVAILABLE_NO if route.tables else inputs_differ(model)
    for area in areas[:-1]:
        grey_if_not_available(sheet, area, condition)
    sheet.print_area = f"A1:{last_column(model)}{calls_row(model) - 1}"
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"


def _write_heads(
    sheet: Worksheet,
    place: dict[str, Table],
    setting: dict[str, str],
    model: Model,
    route: Route,
) -> list[str]:
    """Write the tables' heads; return the cells that say for which inputs a table stands."""
    last = last_column(model)
    for name, words in headers_of(model).items():
        row = place[name].row - 1
        if name in TITLES:
            block_header(sheet, row - 1, TITLES[name], last)
        headers(sheet, row, [(get_column_letter(n), word) for n, word in enumerate(words, start=1)])
        sheet.row_dimensions[row].height = 28
        for number in range(2 if name != "histogram" else 1, len(words) + 1):
            sheet[f"{get_column_letter(number)}{row}"].alignment = styles.RIGHT_WRAP
    grid = place["grid"].row
    block_header(sheet, grid - 4, "Grid: the total by the values of two assumptions", last)
    across, down = (
        distributions.label_of(setting[name], model.assumptions) for name in ("grid_x", "grid_y")
    )
    title = f'{across}&" across, "&{down}&" down"'
    put(sheet, f"A{grid - 1}", live_or_stored(title, f"A{grid - 1}", route, model), styles.BOLD)
    rows = [*(place[name].row - 2 for name in TITLES), grid - 4, goals_row(place)]
    for row in rows:
        put(sheet, f"{last}{row}", f"={stands_for(model)}", styles.SMALL, align=styles.RIGHT)
    where = f"B{threshold_row(model)}"
    put(sheet, f"A{threshold_row(model)}", "Threshold", styles.SMALL)
    put(sheet, where, live_or_stored(setting["threshold"], where, route, model),
        align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return [f"{last}{row}" for row in rows]


def _format(sheet: Worksheet, place: dict[str, Table]) -> None:
    """Return every cell that an answer fills its look; the answer's own head is small."""
    formats = {
        "tornado": ["", ENDS_FORMAT, ENDS_FORMAT, *[styles.MONEY] * 3],
        "dependence": ["", *[styles.MONEY] * 6, SHORT_CHANCE, "0.00%;;", *[styles.MONEY] * 2],
        "sensitivity": ["", *[INDEX_FORMAT] * 3, *["0.00%"] * 8],
        "grid": [ENDS_FORMAT, *[styles.MONEY] * POINTS],
        "histogram": [styles.MONEY, styles.MONEY, PERCENT, PERCENT],
    }
    for name, table in place.items():
        sheet.row_dimensions[table.row].height = 15 if name == "grid" else 36
        for row in range(table.row, table.last + 1):
            for number in range(1, table.columns + 1):
                shown = formats[name][number - 1] if name in formats else styles.MONEY
                if name == "simulate":
                    shown = _simulated_format(row - table.first, is_error=number % 2 == 1)
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
    # ids in a head may be longer than the figures below them
    numbers = styles.RIGHT_WRAP if head else styles.RIGHT
    target.alignment = styles.MIDDLE if text else numbers
    target.border = styles.THIN_BELOW
    if shown and not head:
        target.number_format = shown


def _simulated_format(number: int, *, is_error: bool) -> str:
    """Return the format of a row of the simulation's table, counted from the mean."""
    if number < MONEY_ROWS:
        return styles.MONEY
    if number == MONEY_ROWS and is_error:
        return "0.00%;;"
    return (SHORT_CHANCE, styles.MONEY, PERCENT, "0.000%", "#,##0", "0", "General")[
        number - MONEY_ROWS
    ]


def _what_is_drawn(model: Model) -> str:
    """Write what is drawn, what is fixed and by whom, and where the live total stands."""
    catalogue = model.assumptions
    drawn = distributions.column_of(catalogue, distributions.DRAWN)
    labels = distributions.column_of(catalogue, distributions.LABEL)

    def count(kind: str) -> str:
        return f'COUNTIF({drawn},"{kind}")'

    def named(kind: str) -> str:
        rows = range(1, len(uncertain_in(catalogue)) + 1)
        each = "&".join(
            f'IF({_row_of(drawn, row)}="{kind}","; "&{_row_of(labels, row)},"")' for row in rows
        )
        return f'SUBSTITUTE({each},"; ","",1)'

    own, overridden, chosen = (
        distributions.OWN_DISTRIBUTION, distributions.OVERRIDDEN, distributions.OWN_CHOICE
    )  # fmt: skip
    percentile = live_percentile(model)
    low, high = (catalogue.scenarios[name].label for name in catalogue.span)
    return (
        f'"Drawn: "&{count(distributions.HOUSE_VIEW)}&" assumptions by the house view, from {low} "'
        f'&"to {high}"&IF({count(own)}>0,"; by own distribution: "&{named(own)},"")&"."'
        f'&IF({count(overridden)}>0," Fixed by override: "&{named(overridden)}&".","")'
        f'&IF({count(chosen)}>0," Fixed by own choice: "&{named(chosen)}&".","")'
        f'&IFERROR(" The total exceeds "&TEXT({percentile},"#0%")&" of the draws.","")'
    )


def _row_of(column: str, number: int) -> str:
    """Refer to one cell of a column that is written as `Sheet!$A$7:$A$20`."""
    sheet, area = column.split("!")
    first = area.split(":")[0]
    _, letter, row = first.split("$")
    return f"{sheet}!${letter}${int(row) + number - 1}"


def _write_marks(sheet: Worksheet, histogram: Table, model: Model) -> None:
    """Write for the charts the ranges as sticks and where their marks stand.

    A stick is two points, with a blank row before the next: a line that a chart draws thick.
    """
    live, simulated = case_total("live", model), tables(model)["simulate"]
    sticks, names = (
        [get_column_letter(first + number) for number in range(count)]
        for first, count in ((STICKS_AT, 2), (MARKS_AT, 6))
    )
    titles = (
        "Range",
        "Share",
        "Line",
        "Amount",
        "In the histogram",
        "In the curve",
        "Height",
        "Label",
    )
    headers(sheet, histogram.row - 1, [*zip((*sticks, *names), titles, strict=True)])
    for column in (*sticks, *names[1:]):
        sheet[f"{column}{histogram.row - 1}"].alignment = styles.RIGHT

    def write(where: str, content: object, shown: str) -> None:
        put(sheet, where, content, styles.SMALL, align=styles.RIGHT, number_format=shown)

    for number, row in enumerate(range(histogram.first, histogram.last + 1)):
        foot = histogram.first + 3 * number
        for line, share in ((foot, 0), (foot + 1, f"=C{row}")):
            write(f"{sticks[0]}{line}", f"=AVERAGE(A{row}:B{row})", styles.MONEY)
            write(f"{sticks[1]}{line}", share, PERCENT)
    highest = f"MAX(C{histogram.first}:C{histogram.last})"
    marks: list[tuple[str, str, object]] = [
        (f"P{percent}", f"={percentile_at(percent, model)}", percent / 100) for percent in MARKS
    ]
    marks.append(("Live", f"={live}", f"=B{simulated.last - 4}"))
    for row, (name, amount, chance) in enumerate(marks, start=histogram.first):
        first, at, above, curve, height, label = (f"{column}{row}" for column in names)
        put(sheet, first, name, styles.SMALL)
        write(label, f'={first}&" "&{amount_as_text(at)}', "General")
        # the live line is the highest, so that its name and that of a percentile stay apart
        write(height, LIVE_LINE if name == "Live" else PERCENTILE_LINE, "0.00")
        write(at, amount, styles.MONEY)
        write(above, f"={highest}*{height}", PERCENT)
        write(curve, chance, PERCENT)


def _write_scenarios(sheet: Worksheet, table: Table, model: Model) -> None:
    """Say which scenarios as wholes lie within what is drawn, and what decides the tails."""
    least, greatest = (f"{column}{table.first}:{column}{table.last}" for column in "JK")
    sentences = []
    for name, one in model.assumptions.scenarios.items():
        if name == BASE:
            continue
        total = case_total(name, model)
        within = f"AND({total}>=MIN({least}),{total}<=MAX({greatest}))"
        words = f'"{one.label} as a whole lies "&IF({within},"within","outside")'
        sentences.append(f'{words}&" the range drawn. "')
    low, high = (f"{column}{table.last}/{column}{table.first}" for column in "BF")
    tails = (
        '"Independent draws rarely move all assumptions to one side: with one common factor P5 '
        'is "'
        f'&TEXT(1-{low},"#0%")&" lower and P95 "&TEXT({high}-1,"#0%")&" higher."'
    )
    for number, words in enumerate(("&".join(sentences), tails), start=table.last + 1):
        put(sheet, f"A{number}", f'=IFERROR({words or chr(34) * 2},"")', styles.SMALL)


def _axis(grid: Table, number: int) -> str:
    """Refer to the values of an assumption in the grid: the first runs across, the second down."""
    row = grid.row - 3 + number
    return f"$B${row}:${get_column_letter(1 + POINTS)}${row}"


def _write_axes(
    sheet: Worksheet,
    grid: Table,
    catalogue: Catalogue,
    layout: Layout,
    setting: dict[str, str],
    route: Route,
) -> None:
    """Write equal steps from low to high of the two assumptions.

    Low and high are those typed, else those of the scenarios: an override fixes an assumption where
    it is drawn, but a grid is there to move it.
    """
    ids = distributions.column_of(catalogue, distributions.ID)
    case_ids, _ = case_cells(layout)
    for number, (words, chosen) in enumerate(
        (("Values across", setting["grid_x"]), ("Values down", setting["grid_y"]))
    ):
        row = grid.row - 3 + number
        put(sheet, f"A{row}", words, styles.SMALL)
        one, other = (
            f"INDEX({layout.all_assumptions(column)},MATCH({chosen},{case_ids},0))"
            for column in (layout.cases[case] for case in catalogue.span)
        )
        low, high = (
            f'IF({own}="",{ends}({one},{other}),{own})'
            for own, ends in (
                (f"INDEX({distributions.column_of(catalogue, distributions.OWN[end])},"
                 f"MATCH({chosen},{ids},0))", choose)
                for end, choose in (("low", "MIN"), ("high", "MAX"))
            )
        )  # fmt: skip
        end = get_column_letter(1 + POINTS)
        for where, formula in ((f"B{row}", low), (f"{end}{row}", high)):
            put(sheet, where, live_or_stored(formula, where, route, layout.model), styles.SMALL,
                align=styles.RIGHT, number_format=ENDS_FORMAT)  # fmt: skip
        first, last = f"$B${row}", f"${end}${row}"
        for column in range(3, 1 + POINTS):
            letter = get_column_letter(column)
            above = row - number - 1  # not its own row, which would be a circle
            part = f"(COLUMNS($B${above}:{letter}${above})-1)"
            whole = f"(COLUMNS($B${above}:{end}${above})-1)"
            put(sheet, f"{letter}{row}", f"={first}+({last}-{first})*{part}/{whole}", styles.SMALL,
                align=styles.RIGHT, number_format=ENDS_FORMAT)  # fmt: skip
