"""Cover: what this is, the result at a glance, what to click first, and where everything is."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai import __version__, palette
from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.own_scenario import with_own
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.path import BASELINE_YEAR, FORECAST_YEAR
from xl_cryptoai.palette import digits
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.charting import (
    SHORT_MONEY,
    place,
)
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    BY_YEAR,
    CHANGE_LOG,
    CHARTS,
    CHECKS,
    CORRELATIONS,
    DEVIATIONS,
    DISTRIBUTIONS,
    EVIDENCE,
    FINDINGS,
    FLAG_ROW,
    FORECAST,
    OWN_CHOSEN,
    RISK,
    RISK_TABLES,
    SCENARIO_NAME,
    SEGMENTS_SHEET,
    SOURCES,
    SYSTEMS,
    Layout,
    case_labels,
    columns_from,
)
from xl_cryptoai.workbook.routes import Route
from xl_cryptoai.workbook.sheets.charts import (
    amount_as_text,
    digits_in_sentence,
    marks_chart,
    segments_chart,
)
from xl_cryptoai.workbook.sheets.frame import (
    case_kind,
    headers,
    house_labels,
    house_view,
    joined,
    link,
    put,
    set_up,
)
from xl_cryptoai.workbook.sheets.risk_layout import MARKS, on_tables, stands_for

HEADLINE_ROW, SENTENCE_ROW, TABLE_ROW = 4, 5, 9
RIGHT = 5
"""Columns of the right half, with the pictures."""
PAGE = 1040
"""Pixels that a page across is wide at full size."""
PAGE_HEIGHT = 530
"""Points that a page of A4 across has for rows, the lower of the papers."""
TITLE = Font(name=styles.FONT_NAME, size=20, color=styles.HEAD_FILL, bold=True)
BIG = Font(name=styles.FONT_NAME, size=32, color=styles.HEAD_FILL, bold=True)
UNDER_BIG = Font(name=styles.FONT_NAME, size=11, color=styles.MUTED)
LIVE_FONT = Font(name=styles.FONT_NAME, size=10, color=digits(palette.LIVE), bold=True)
TOTAL_FONT = Font(name=styles.FONT_NAME, size=11, color=styles.HEAD_FILL, bold=True)
LEGEND = (("B", styles.INPUT_BACK, "Input"), ("D", styles.HOUSE_BACK, "Input: house"))
STEPS = (
    ("1  Choose a scenario above, or type an override", (ASSUMPTIONS,)),
    ("2  See what it does", (SEGMENTS_SHEET, RISK, DEVIATIONS)),
    ("3  Challenge any figure", (FORECAST, SOURCES, FINDINGS)),
)
"""What to do first, and the sheets that one goes to for it."""


def alt_texts(model: Model) -> tuple[str, str]:
    """Return what each chart shows, for those who cannot see it; in the order of the charts."""
    cases = joined(label.lower() for label in case_labels(model).values())
    return (
        f"Stacked columns: revenue by segment in the {cases} case, each with its total.",
        "Marks on an axis of amounts: the 5th, 50th and 95th percentile of the simulated total, "
        "and the forecast as it stands.",
    )


def write(
    sheet: Worksheet,
    layout: Layout,
    route: Route,
    inputs: UserInputs,
    fingerprint: str,
) -> None:
    """Write the sheet; its charts are drawn by `draw`."""
    model, columns = layout.model, columns_from(2, layout.model)
    right = _right(model)
    set_up(
        sheet,
        _title(layout),
        _about(model),
        _widths(columns, right),
        tab=styles.TAB_TEXT,
    )
    sheet["A1"].font = TITLE
    sheet.print_title_rows = f"1:{FLAG_ROW}"
    sheet.page_margins.top, sheet.page_margins.bottom = 0.35, 0.5
    _write_result(sheet, layout, columns)
    _write_choice(sheet, layout, inputs)
    last = _write_table(sheet, layout, columns)
    _write_steps(sheet, last + 2, columns)
    put(sheet, f"{right[0]}{last + 2}",
        f'="How uncertain: the simulated total, USD a year. "&{on_tables(stands_for(model))}',
        styles.SMALL)  # fmt: skip
    row = _write_index(sheet, last + 8, right, route)
    made_of = f"{fingerprint}, model {model.name}" if model.text else fingerprint
    row = _write_texts(sheet, row, right, model, route, made_of)
    _set_heights(sheet, model, last, row)
    sheet.print_area = f"A1:{right[-1]}{row}"


def draw(sheet: Worksheet, charts: Worksheet, marks: int, layout: Layout) -> None:
    """Add the two charts; the figures of the second stand on sheet Charts, below row `marks`."""
    right, last = _right(layout.model), _last_row(layout.model)
    first, end = right[0], right[-1]
    total = TABLE_ROW + 1
    chart = segments_chart(sheet, "By scenario and segment, USD a year", layout.model,
                           head=TABLE_ROW - 1, first=total + 1, total=total)  # fmt: skip
    place(sheet, chart, f"{first}{HEADLINE_ROW}:{end}{last}")
    place(sheet, marks_chart(charts, marks, layout.model), f"{first}{last + 4}:{end}{last + 6}")
    for column, row in zip(right, range(marks + 2, marks + 3 + len(MARKS)), strict=False):
        where = f"{column}{last + 3}"  # the figures of the marks, in their order and colours
        put(sheet, where, f"={charts.title}!F{row}", styles.BOLD)
    sheet[where].font = LIVE_FONT


def _right(model: Model) -> list[str]:
    """Return the columns of the right half; a narrow blank one stands before them."""
    first = 1 + len(case_labels(model)) + 2
    return [get_column_letter(number) for number in range(first, first + RIGHT)]


def _widths(columns: dict[str, str], right: list[str]) -> dict[str, float]:
    """Fill the width of a page: the more cases stand at the left, the less is at the right."""
    case = 11.0 if len(columns) <= 5 else 9.5
    gap = get_column_letter(column_index_from_string(right[0]) - 1)
    taken = sum(7 * width + 5 for width in (24, *[case] * len(columns), 2))
    each = max(((PAGE - taken) / RIGHT - 5) / 7, 9)
    return {
        "A": 24, **dict.fromkeys(columns.values(), case), gap: 2,
        **dict.fromkeys(right, round(each, 2)),
    }  # fmt: skip


def _last_row(model: Model) -> int:
    """Return the last row of the table."""
    return TABLE_ROW + 1 + len(model.segments)


def _set_heights(sheet: Worksheet, model: Model, last: int, end: int) -> None:
    """Give every row its height, so that with up to six segments all is on one page."""
    heights = dict.fromkeys(range(1, end + 1), 12.0)
    heights |= {1: 26, 2: 14, FLAG_ROW: 15, HEADLINE_ROW: 40, SENTENCE_ROW: 16, 6: 20, 7: 5}
    heights |= {TABLE_ROW - 1: 17, TABLE_ROW: 14, TABLE_ROW + 1: 20, last + 1: 8}
    heights |= dict.fromkeys(range(last + 2, last + 6), 15.5) | {last + 6: 20, last + 7: 14}
    segments = range(TABLE_ROW + 2, last + 1)
    taken = sum(height for row, height in heights.items() if row not in segments)
    tall = min(max((PAGE_HEIGHT - taken) / len(segments), 12), 15)
    for row, height in (heights | dict.fromkeys(segments, round(tall, 2))).items():
        sheet.row_dimensions[row].height = height


def _title(layout: Layout) -> str:
    """Say what the model forecasts, and for which year the live case does."""
    title = layout.model.title
    if FORECAST_YEAR not in layout.assumption_row:
        return title
    doubled = title.replace('"', '""')
    return f'="{doubled} in "&{layout.assumption(FORECAST_YEAR)}'


def _about(model: Model) -> str:
    publication = model.publication
    source = f"{publication.publisher}, data as of {publication.data_as_of:%d %B %Y}"
    if model.text:
        return f"A model of our own, based on a published forecast ({source})."
    return f"A published forecast ({source}) to change and to audit cell by cell."


def _write_result(sheet: Worksheet, layout: Layout, columns: dict[str, str]) -> None:
    """Write the live total for all to see, of which years it is, and what the overrides do."""
    total = f"{columns['live']}{TABLE_ROW + 1}"
    put(sheet, f"A{HEADLINE_ROW}", f"={total}", BIG, number_format=SHORT_MONEY,
        align=Alignment(horizontal="left", vertical="center"))  # fmt: skip
    words = '"USD a year, live"'
    if {FORECAST_YEAR, BASELINE_YEAR} <= layout.assumption_row.keys():
        first, last = map(layout.assumption, (BASELINE_YEAR, FORECAST_YEAR))
        words = f'"USD a year in "&{last}&", live; horizon "&{first}&" to "&{last}'
    put(sheet, f"B{HEADLINE_ROW}", f"={words}", UNDER_BIG)
    cases = [column for case, column in columns.items() if case != "live"]
    row, heads = TABLE_ROW + 1, TABLE_ROW - 1
    chosen = (
        f"INDEX({cases[0]}{row}:{cases[-1]}{row},"
        f"MATCH({SCENARIO_NAME},{cases[0]}{heads}:{cases[-1]}{heads},0))"
    )
    change = f"({total}-{chosen})"
    moved = amount_as_text(f"ABS({change})", digits_in_sentence())
    count = f"COUNTA({layout.all_assumptions(layout.override)})"
    sentence = (
        f'IF({count}=0,"No overrides: the total is that of "&{SCENARIO_NAME}&".",'
        f'IF({OWN_CHOSEN},"Overrides of "&{SCENARIO_NAME}&": "&{count}&", see {DEVIATIONS}",'
        f'{count}&IF({count}=1," override changes"," overrides change")&" the total by "'
        f'&IF({change}<0,"-","+")&{moved}&": see {DEVIATIONS}"))'
    )
    put(sheet, f"A{SENTENCE_ROW}", f'=IFERROR({sentence},"")')
    link(sheet, f"A{SENTENCE_ROW}", DEVIATIONS, "A1")


def _write_choice(sheet: Worksheet, layout: Layout, inputs: UserInputs) -> None:
    where, catalogue = layout.scenario_cell, layout.model.assumptions
    row = where[1:]
    put(sheet, f"A{row}", "Scenario (choose)", styles.BOLD, align=Alignment(vertical="center"))
    scenarios = with_own(catalogue.scenarios, inputs.own_name)
    put(sheet, where, scenarios[inputs.scenario].label, styles.INPUT, align=styles.CENTRE)
    sheet[where].fill = styles.INPUT_BACK
    sheet[where].border = styles.BOX
    sheet[where].protection = styles.UNLOCKED
    put(sheet, f"C{row}", house_view(layout.model) or None, styles.SMALL, align=styles.INDENT)
    sheet[where].alignment = Alignment(horizontal="center", vertical="center")
    rule = DataValidation(type="list", formula1=layout.choices, allow_blank=False)
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle = "Not a scenario"
    rule.error = f"Choose one of the list: the scenarios of sheet {ASSUMPTIONS}."
    rule.promptTitle, rule.prompt = "Scenario", "Column Live takes its values unless you override."
    rule.add(where)
    sheet.add_data_validation(rule)


def _write_table(sheet: Worksheet, layout: Layout, columns: dict[str, str]) -> int:
    """Write the results by case; return the last row."""
    model, labels = layout.model, case_labels(layout.model)
    headers(sheet, TABLE_ROW - 1, [("A", "Revenue, USD a year")])
    for case, column in columns.items():
        headers(sheet, TABLE_ROW - 1, [(column, labels[case])])
        sheet[f"{column}{TABLE_ROW - 1}"].alignment = styles.RIGHT
        case_kind(sheet, f"{column}{TABLE_ROW}", case, layout)
    for row, name in enumerate((TOTAL, *model.segments), start=TABLE_ROW + 1):
        put(sheet, f"A{row}", model.steps[name].label, _font_of(name))
        for case, column in columns.items():
            put(
                sheet,
                f"{column}{row}",
                f"={layout.result(name, layout.cases[case])}",
                _font_of(name, case),
                align=styles.RIGHT,
                number_format=styles.MONEY,
            )
        for column in ("A", *columns.values()):
            sheet[f"{column}{row}"].border = styles.THIN_BELOW
    return _last_row(model)


def _font_of(name: str, case: str = "") -> Font:
    if name == TOTAL:
        return TOTAL_FONT
    return styles.BOLD if case == "live" else styles.BODY


def _write_steps(sheet: Worksheet, row: int, columns: dict[str, str]) -> None:
    """Write what to do first, and right below the cases the sheets to go to for it."""
    put(sheet, f"A{row}", "Start here", styles.BOLD)
    last = column_index_from_string([*columns.values()][-1])
    for number, (words, targets) in enumerate(STEPS, start=row + 1):
        put(sheet, f"A{number}", words)
        for column, target in enumerate(targets, start=last - len(targets) + 1):
            where = f"{get_column_letter(column)}{number}"
            put(sheet, where, target, align=styles.RIGHT)
            link(sheet, where, target, "A1")


def _index(route: Route) -> tuple[tuple[str, str], ...]:
    every_step = (
        f"every step: {route.computed_by}'s value beside a native formula"
        if route.calls
        else "every step as a native formula"
    )
    return (
        (ASSUMPTIONS, "every input with unit, bounds and source"),
        (DISTRIBUTIONS, "how uncertain each input is; the simulation"),
        (CORRELATIONS, "which inputs move together"),
        (FORECAST, every_step),
        (SEGMENTS_SHEET, "results by segment and step by step"),
        (BY_YEAR, "revenue by segment for every year"),
        (CHARTS, "how the market narrows to the total"),
        (RISK, "how uncertain the total is; what moves it"),
        (RISK_TABLES, "the same with ids and standard errors, for formulas"),
        (CHECKS, "every check with its tolerance, state and cell"),
        (DEVIATIONS, "what differs from the base case, and its effect"),
        (EVIDENCE, "the publication's other figures"),
        (SYSTEMS, "every project, company and benchmark that it names"),
        (FINDINGS, "what is odd about the source, and its effect"),
        (SOURCES, "where each figure comes from, and why"),
        (CHANGE_LOG, "who changed what, when and why: for you to fill in"),
    )


def _write_index(sheet: Worksheet, row: int, right: list[str], route: Route) -> int:
    """Write in two columns what stands on which sheet; return the row below."""
    put(sheet, f"A{row - 1}", "What is where", styles.BOLD)
    lines = _index(route)
    half = (len(lines) + 1) // 2
    for number, (target, words) in enumerate(lines):
        first, second = ("A", "B") if number < half else (right[0], right[1])
        at = row + number % half
        put(sheet, f"{first}{at}", target, styles.SMALL)
        link(sheet, f"{first}{at}", target, "A1")
        put(sheet, f"{second}{at}", words, styles.SMALL)
    return row + half


def _write_texts(
    sheet: Worksheet, row: int, right: list[str], model: Model, route: Route, fingerprint: str
) -> int:
    """Write the colours' meanings and what the file is, below the index; return the last row."""
    put(sheet, f"A{row}", "Colours", styles.SMALL)
    for column, back, words in LEGEND:
        put(sheet, f"{column}{row}", "blue", styles.INPUT, align=styles.CENTRE)
        sheet[f"{column}{row}"].fill, sheet[f"{column}{row}"].border = back, styles.BOX
        put(sheet, f"{chr(ord(column) + 1)}{row}", words, styles.SMALL)
    words = "Formulas are black; checks flag a change."
    if route.calls:
        words += " Grey: functions are not available."
    put(sheet, f"{right[0]}{row}", words, styles.SMALL)
    version = f"xl-cryptoai {__version__}, assumptions {fingerprint}"
    for column, label, words in (
        ("A", "What is published", _what_is_published(model)),
        (right[0], "A house view", _what_is_house(model)),
        ("A", "Functions provided by", route.answers[0].upper() + route.answers[1:]),
        (
            "A",
            "Without the functions",
            "Native values and stored tables replace them, in grey; the flag above says so"
            if route.calls
            else "Nothing is missing: the native formulas are the model",
        ),
        ("A", "No advice", "A model of a published scenario: not our forecast, no advice"),
        ("A", "Version", version),
    ):
        row += column == "A"
        beside = get_column_letter(column_index_from_string(column) + 1)
        put(sheet, f"{column}{row}", label, styles.SMALL)
        put(sheet, f"{beside}{row}", words, styles.SMALL)
    return row


def _what_is_published(model: Model) -> str:
    if model.text:
        return "What sheet Sources calls so; the rest is our own"
    return "The base case, reconciled line by line"


def _what_is_house(model: Model) -> str:
    house = joined(house_labels(model)).capitalize()
    if model.text:
        return f"{house}, and every assumption whose kind is house" if house else (
            "Every assumption whose kind is house")  # fmt: skip
    return f"{house}: the publication's own are not known"
