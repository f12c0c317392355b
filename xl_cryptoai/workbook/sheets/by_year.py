"""By year: revenue by segment for every year, native and by CAI_PATH, and the chain behind it.

One time axis: each year has the same column in every block of the sheet. A row has one formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openpyxl.chart import Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.forecast.model import KEPT_MODELS, TOTAL, Model
from xl_cryptoai.forecast.path import (
    BASELINE_YEAR,
    CURVE,
    FORECAST_YEAR,
    START_YEAR,
    starts_of,
)
from xl_cryptoai.forecast.run_rates import RunRate, run_rates
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.palette import series as colour_of
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.charting import SHORT_MONEY, add_tops, amounts, fill_series, framed
from xl_cryptoai.workbook.formulas import NATIVE_ADOPTION, native, substitute
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    AVAILABLE,
    BY_YEAR,
    HEADER_ROW,
    INVALID_INPUT,
    LIVE,
    NOT_AVAILABLE,
    Layout,
    case_labels,
    cell,
    has_years,
)
from xl_cryptoai.workbook.paper import LEAST_SCALE
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets import evidence
from xl_cryptoai.workbook.sheets.charts import largest, stacked
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    fit_height,
    flag_states,
    grey_if_not_available,
    headers,
    put,
    set_up,
    years_in_use,
)
from xl_cryptoai.workbook.sheets.risk_layout import case_cells, cases_area

LABEL, UNIT, CASE, ID = "ABCD"
UNIT_WIDTH = 12.5
FIRST_COLUMN = 5
FIRST = get_column_letter(FIRST_COLUMN)
CHART_ROWS = 20
SLOTS = 9
"""Years that the chart has room for; a longer path is drawn for every second or third year."""
TEXT = "text"
ABOUT = (
    "From the baseline to the forecast year, USD a year. The forecast year matches sheet "
    "Segments; earlier years follow the adoption assumptions, a house view."
)
NO_TABLE = "Native formulas only: CAI_PATH has no LAMBDA."
ALT_TEXT = (
    "Stacked columns: live revenue of the segments by year, from the baseline to the forecast year."
)
NO_YEARS = "This model has no baseline and forecast year, so it has no path by year."


@dataclass(frozen=True)
class Rows:
    """Where everything is on the sheet.

    Attributes
    ----------
    last : str
        Column of the last year that the bounds allow.
    revenue : dict of (case, result) to int
        Rows of the native revenue, right below the years.
    chart, slots, rates, python, gaps : int
        First rows of the other blocks, below their headings.
    chain : dict of (case, id) to int
        Rows of the chain behind the revenue.
    """

    last: str
    revenue: dict[tuple[str, str], int]
    chart: int
    slots: int
    rates: int
    python: int
    gaps: int
    chain: dict[tuple[str, str], int]
    heading: dict[str, int]

    def axis(self, row: int) -> str:
        """Write the range of a row's years, for formulas on the sheet."""
        return f"${FIRST}${row}:${self.last}${row}"

    def years(self, row: int) -> str:
        """Write the range of a row's years, for formulas on other sheets."""
        return BY_YEAR_QUOTED + self.axis(row)

    def cell(self, case: str, result: str) -> str:
        """Refer to a result's first year."""
        return cell(BY_YEAR, FIRST, self.revenue[case, result])

    @property
    def first_gap(self) -> str:
        """Refer to the first difference between the function and the native formula."""
        return cell(BY_YEAR, FIRST, self.gaps)


BY_YEAR_QUOTED = cell(BY_YEAR, "", 0).removesuffix("0")
YEAR, PART = "year", "part"
"""Rows of the chain that are neither an assumption nor a step."""


def alt_texts(model: Model) -> tuple[str, ...]:
    """Return what each chart shows, for those who cannot see it; in the order of the charts."""
    return (ALT_TEXT,) if has_years(model) else ()


def results_of(model: Model) -> tuple[str, ...]:
    """List what is shown by year: the segments and the total."""
    return (*model.segments, TOTAL)


def rows_of(layout: Layout) -> Rows:
    """Return where everything stands; blocks that a route lacks have no place."""
    return _rows(layout.model, layout.tables)


@lru_cache(KEPT_MODELS)
def _rows(model: Model, tables: bool) -> Rows:  # part of the cache's key
    bounds = model.assumptions
    span = int(bounds[FORECAST_YEAR].upper - bounds[BASELINE_YEAR].lower)
    results = results_of(model)
    row = HEADER_ROW
    revenue: dict[tuple[str, str], int] = {}
    for case in case_labels(model):
        for name in results:
            row += 1
            revenue[case, name] = row
    chart = row + 3
    rates = chart + CHART_ROWS + 1
    row = rates + len(_rates(model))
    python = gaps = 0
    if tables:
        python = row + 2
        gaps = python + len(revenue) + 3
        row = gaps + len(revenue)
    chain: dict[tuple[str, str], int] = {}
    heading: dict[str, int] = {}
    for case in case_labels(model):
        row += 1
        heading[case] = row
        for name in (YEAR, PART, *starts_of(bounds), *model.steps):
            row += 1
            chain[case, name] = row
        row += 1
    slots = row + 2
    last = get_column_letter(FIRST_COLUMN + span)
    return Rows(last, revenue, chart, slots, rates, python, gaps, chain, heading)


def _rates(model: Model) -> list[RunRate]:
    """List the run-rates that sheet Evidence computes."""
    facts = {fact.id: fact for fact in model.evidence()}
    asked = {line.id for lines in evidence.answerable(facts, model).values() for line in lines}
    rates = evidence.RUN_RATES
    return [one for one in run_rates(model) if one.id in rates and rates[one.id][0] in asked]


def faults(case: str, layout: Layout, tolerance: str) -> str:
    """Write how many of two things are wrong with a case, 0 to 2.

    The segments of all years do not sum to the totals; the total of its forecast year is not that
    of the single year.
    """
    rows = rows_of(layout)
    totals = rows.years(rows.revenue[case, TOTAL])
    names = layout.model.segments
    parts = "+".join(f"SUM({rows.years(rows.revenue[case, name])})" for name in names)
    year = layout.assumption(FORECAST_YEAR, layout.cases[case])
    last, one = (
        f"SUMIF({rows.years(HEADER_ROW)},{year},{totals})",
        layout.result(TOTAL, layout.cases[case]),
    )
    return "+".join(
        f"(ABS({found}-{wanted})>{tolerance}*{wanted})"
        for found, wanted in ((parts, f"SUM({totals})"), (last, one))
    )


def gaps_found(layout: Layout, tolerance: str) -> str:
    """Write how many cells of the differences are neither blank nor small."""
    rows = rows_of(layout)
    area = f"{BY_YEAR_QUOTED}${FIRST}${rows.gaps}:${rows.last}${rows.gaps + len(rows.revenue) - 1}"
    small = f'COUNTIFS({area},">="&-{tolerance},{area},"<="&{tolerance})'
    return (
        f'IF(COUNTIF({area},"{NOT_AVAILABLE}")>0,"{NOT_AVAILABLE}",'
        f'ROWS({area})*COLUMNS({area})-COUNTIF({area},"")-{small})'
    )


def write(sheet: Worksheet, layout: Layout, route: Route, inputs: UserInputs) -> None:
    """Write the sheet."""
    if not has_years(layout.model):
        set_up(sheet, "By year", NO_YEARS, {}, tab=styles.TAB_OUTPUT)
        return
    rows = rows_of(layout)
    columns = [
        get_column_letter(n) for n in range(FIRST_COLUMN, column_index_from_string(rows.last) + 1)
    ]
    set_up(
        sheet,
        "By year",
        f"{ABOUT} {NO_TABLE}" if route.lambdas else ABOUT,
        {LABEL: 32, UNIT: UNIT_WIDTH, CASE: 5, ID: 19, **dict.fromkeys(columns, 9)},
        tab=styles.TAB_OUTPUT,
        freeze=f"{FIRST}{HEADER_ROW + 1}",
        repeat=CASE,
    )
    headers(sheet, HEADER_ROW, [(LABEL, "Result"), (UNIT, "Unit"), (CASE, "Case"), (ID, "Id")])
    _write_years(sheet, columns, layout)
    _write_revenue(sheet, rows, columns, layout)
    sheet.add_chart(_chart(sheet, rows, layout), f"A{rows.chart}")
    _write_rates(sheet, rows, columns, layout)
    if rows.python:
        _write_call(sheet, rows, columns, layout, route)
    for case in layout.cases:
        _write_chain(sheet, rows, columns, case, layout)
    _write_slots(sheet, rows, layout)
    printed = years_in_use(layout.model, inputs)
    sheet.page_setup.scale = LEAST_SCALE
    sheet.print_area = f"A1:{columns[min(printed, len(columns)) - 1]}{rows.slots - 3}"
    for row in (rows.chart, rows.python, rows.gaps, *rows.heading.values()):
        if row:
            sheet.row_breaks.append(Break(id=row - 2))


def _write_years(sheet: Worksheet, columns: list[str], layout: Layout) -> None:
    """Write the time axis: every year that a case has, then blanks."""
    first, last = (
        f"{function}({layout.cases_of(name)})"
        for function, name in (("MIN", BASELINE_YEAR), ("MAX", FORECAST_YEAR))
    )
    above = HEADER_ROW - 1  # not its own row, which would be a circle
    for column in columns:
        year = f"{first}+COLUMNS(${FIRST}{above}:{column}{above})-1"
        put(sheet, f"{column}{HEADER_ROW}", f'=IF({year}<={last},{year},"")', styles.HEAD,
            align=styles.RIGHT, number_format=styles.NUMBER_FORMATS["year"])  # fmt: skip
        sheet[f"{column}{HEADER_ROW}"].fill = styles.HEAD_BACK


def _write_words(
    sheet: Worksheet, row: int, label: str, unit: str, case: str, name: str, *, bold: bool = False
) -> None:
    put(sheet, f"{LABEL}{row}", label, styles.BOLD if bold else styles.BODY)
    put(sheet, f"{UNIT}{row}", unit, styles.SMALL, align=styles.MIDDLE_WRAP)
    fit_height(sheet, row, [(unit, UNIT_WIDTH)])
    put(sheet, f"{CASE}{row}", case, styles.SMALL)
    if name:
        put(sheet, f"{ID}{row}", name, styles.SMALL)


def _fill(
    sheet: Worksheet, row: int, columns: list[str], formula: str, unit: str, *, bold: bool = False
) -> None:
    """Write one formula along a row; `{}` in it stands for the column."""
    for column in columns:
        put(sheet, f"{column}{row}", formula.replace("{}", column),
            styles.BOLD if bold else styles.BODY, align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS[unit])  # fmt: skip


def _write_revenue(sheet: Worksheet, rows: Rows, columns: list[str], layout: Layout) -> None:
    for (case, name), row in rows.revenue.items():
        step, bold = layout.model.steps[name], name == TOTAL
        _write_words(
            sheet,
            row,
            step.label,
            step.unit_label,
            case_labels(layout.model)[case],
            name,
            bold=bold,
        )
        _fill(sheet, row, columns, f"={{}}{rows.chain[case, name]}", step.unit, bold=bold)
        if bold:
            for column in (LABEL, UNIT, CASE, ID, *columns):
                sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _write_slots(sheet: Worksheet, rows: Rows, layout: Layout) -> None:
    """Write what the chart draws: the live case at years of one distance, up to the last."""
    columns = [get_column_letter(FIRST_COLUMN + n) for n in range(SLOTS)]
    head, step, year = rows.slots, rows.slots + 1, rows.slots + 2
    block_header(sheet, head - 1, "Data behind the chart", rows.last)
    words = ((LABEL, "Figure"), (UNIT, "Unit"), (CASE, "Case"))
    headers(sheet, head, [*words, *((column, f"No. {n}") for n, column in enumerate(columns, 1))])
    for column in columns:
        sheet[f"{column}{head}"].alignment = styles.RIGHT
    first, last = (
        cell(ASSUMPTIONS, LIVE, layout.assumption_row[name], fixed=True)
        for name in (BASELINE_YEAR, FORECAST_YEAR)
    )
    most = f"(COLUMNS(${columns[0]}{head}:${columns[-1]}{head})-1)"
    number = f"(COLUMNS(${columns[0]}{head}:{{}}{head})-1)"
    count = f"INT(({last}-{first})/{{}}{step})"  # of distances between the years that are drawn
    for row, label, unit, formula in (
        (step, "Years from one to the next", "years",
         f"=MAX(1,ROUNDUP(({last}-{first})/{most},0))"),
        (year, "Year", "year", f'=IF({number}>{count},"",{last}-({count}-{number})*{{}}{step})'),
    ):  # fmt: skip
        _write_words(sheet, row, label, unit, "Live", "")
        _fill(sheet, row, columns, formula, "year")
    axis = rows.axis(HEADER_ROW)
    for place, name in enumerate(results_of(layout.model), start=1):
        row = year + place
        values = rows.axis(rows.revenue["live", name])
        entry = layout.model.steps[name]
        _write_words(sheet, row, entry.label, entry.unit_label, "Live", "")
        _fill(sheet, row, columns,
              f'=IF({{}}${year}="","",SUMIF({axis},{{}}${year},{values}))', entry.unit)  # fmt: skip


def _chart(sheet: Worksheet, rows: Rows, layout: Layout) -> Any:
    model, chart = layout.model, stacked()
    year, last = rows.slots + 2, FIRST_COLUMN + SLOTS - 1
    for number in range(1, len(model.segments) + 1):
        data = Reference(sheet, min_col=FIRST_COLUMN, max_col=last, min_row=year + number)
        chart.add_data(data, from_rows=True, titles_from_data=False)
        series = chart.series[-1]
        series.tx = SeriesLabel(strRef=StrRef(f=f"{BY_YEAR_QUOTED}${LABEL}${year + number}"))
        fill_series(series, colour_of(number - 1))
    chart.set_categories(Reference(sheet, min_col=FIRST_COLUMN, max_col=last, min_row=year))
    framed(chart, f"Live {model.steps[TOTAL].label} by year (adoption: a house view)",
           amounts(largest(model)), high=9.6, wide=24)  # fmt: skip
    row = year + len(model.segments) + 1
    tops = Reference(sheet, min_col=FIRST_COLUMN, max_col=last, min_row=row)
    add_tops(chart, tops, SHORT_MONEY)
    chart.x_axis.number_format = "0"
    return chart


def _write_rates(sheet: Worksheet, rows: Rows, columns: list[str], layout: Layout) -> None:
    """Write what the text says is earned already, in the year that it is of."""
    found = _rates(layout.model)
    if not found:
        return
    block_header(sheet, rows.rates - 1, "Run-rates in the source's text, annualised",
                 rows.last)  # fmt: skip
    for number, rate in enumerate(found):
        row = rows.rates + number
        label = layout.model.steps[rate.segment].label if rate.segment in layout.model.steps else ""
        _write_words(sheet, row, f"{rate.who}: {label}", "USD/year", TEXT, "")
        value, year = evidence.run_rate_cells(rate.id, layout)
        _fill(sheet, row, columns, f'=IF({{}}${HEADER_ROW}={year},{value},"")', "usd_per_year")


def _write_call(
    sheet: Worksheet, rows: Rows, columns: list[str], layout: Layout, route: Route
) -> None:
    """Write the function's table, and how far it is from the native one."""
    block_header(sheet, rows.python - 1, f"The same, computed by {route.computed_by}", rows.last)
    ids, _ = case_cells(layout)
    axis = rows.axis(HEADER_ROW)
    count = len(rows.revenue)
    native_area = f"${CASE}${HEADER_ROW}:${rows.last}${HEADER_ROW + count}"
    call = route.table_call(name_of(layout.model, "path"), [ids, cases_area(layout), axis])
    area = f"{CASE}{rows.python}:{rows.last}{rows.python + count}"
    for column in (CASE, ID, *columns):
        for row in range(rows.python, rows.python + count + 1):
            words = row == rows.python or column in (CASE, ID)
            put(sheet, f"{column}{row}", None, styles.SMALL if words else styles.BODY,
                align=styles.MIDDLE if column in (CASE, ID) else styles.RIGHT,
                number_format="0" if row == rows.python else styles.MONEY)  # fmt: skip
    sheet[f"{CASE}{rows.python}"] = ArrayFormula(area, f"=IF({AVAILABLE},{call},{native_area})")
    grey_if_not_available(sheet, area)
    block_header(sheet, rows.gaps - 1, "Difference, relative to the native formula", rows.last)
    for number, ((case, name), own) in enumerate(rows.revenue.items()):
        python, gap = rows.python + 1 + number, rows.gaps + number
        step = layout.model.steps[name]
        put(sheet, f"{LABEL}{python}", f"{case_labels(layout.model)[case]}: {step.label}")
        put(sheet, f"{UNIT}{python}", step.unit_label, styles.SMALL)
        _write_words(sheet, gap, step.label, "relative", case_labels(layout.model)[case], "")
        for column in columns:
            called, computed = f"{column}{python}", f"{column}{own}"
            formula = (
                f"IF(AND(ISNUMBER({called}),ISNUMBER({computed})),IF({computed}=0,{called},{called}/{computed}-1),"
                f'IF(LEN({called})+LEN({computed})=0,"","{INVALID_INPUT}"))'
            )
            put(sheet, f"{column}{gap}",
                f'=IF({AVAILABLE},IFERROR({formula},"{INVALID_INPUT}"),"{NOT_AVAILABLE}")',
                styles.SMALL, align=styles.RIGHT,
                number_format=styles.SMALL_DIFFERENCE)  # fmt: skip
    flag_states(sheet, f"{FIRST}{rows.gaps}:{rows.last}{rows.gaps + count - 1}")


def _write_chain(
    sheet: Worksheet, rows: Rows, columns: list[str], case: str, layout: Layout
) -> None:
    """Write a case's chain in native formulas; what adoption does not move stays as it is."""
    model, words = layout.model, case_labels(layout.model)[case]
    moved = starts_of(model.assumptions)

    def row_of(name: str) -> int:
        return rows.chain[case, name]

    def fixed(name: str) -> str:
        return cell(ASSUMPTIONS, layout.cases[case], layout.assumption_row[name], fixed=True)

    def reference(name: str) -> str:
        if name == FORECAST_YEAR:
            return f"{{}}${row_of(YEAR)}"
        return f"{{}}{row_of(name)}" if (case, name) in rows.chain else fixed(name)

    def in_its_years(formula: str) -> str:
        return f'=IF({{}}${row_of(YEAR)}="","",{formula})'

    block_header(sheet, rows.heading[case], f"{words}: the chain by year", rows.last)
    axis, year = f"{{}}${HEADER_ROW}", row_of(YEAR)
    within = f"AND(N({axis})>={fixed(BASELINE_YEAR)},N({axis})<={fixed(FORECAST_YEAR)})"
    _write_words(sheet, year, "Year", "year", words, "")
    _fill(sheet, year, columns, f'=IF({within},{axis},"")', "year")
    _write_words(sheet, row_of(PART), "Progress from start to forecast year", "share", words, "")
    if moved:
        first, last, here = fixed(START_YEAR), fixed(FORECAST_YEAR), f"{{}}${year}"
        part = f"IF({here}>={last},1,IF({here}<={first},0,({here}-{first})/({last}-{first})))"
        _fill(sheet, row_of(PART), columns, in_its_years(part), "share")
    for share, start in moved.items():
        entry = model.assumptions[share]
        known = {"start": fixed(start), "end": fixed(share), "curve": fixed(CURVE)}
        known["part"] = f"{{}}${row_of(PART)}"
        formula = in_its_years(substitute(NATIVE_ADOPTION, known.__getitem__))
        _write_words(sheet, row_of(share), entry.label, entry.unit_label, words, share)
        _fill(sheet, row_of(share), columns, formula, entry.unit)
    for step in model.steps.values():
        bold = step.id == TOTAL
        formula = in_its_years(substitute(native(step), reference))
        _write_words(sheet, row_of(step.id), step.label, step.unit_label, words, step.id, bold=bold)
        _fill(sheet, row_of(step.id), columns, formula, step.unit, bold=bold)
