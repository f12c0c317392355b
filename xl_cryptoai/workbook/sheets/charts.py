"""Charts: native and editable, each over a small block of figures on the same sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any

from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.palette import INK, LINES, NAVY, PALE, digits, series
from xl_cryptoai.palette import LIVE as LIVE_COLOUR
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.charting import (
    SHORT_MONEY,
    add_tops,
    amounts,
    falling,
    fill_series,
    framed,
    label_at,
    place,
    powers_of_ten,
)
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.layout import (
    CHARTS,
    FLAG_ROW,
    TITLE_ROW,
    Layout,
    case_labels,
    cell,
    columns_from,
    has_market_path,
)
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    headers,
    house_view,
    in_words,
    joined,
    marked_labels,
    put,
    set_up,
)
from xl_cryptoai.workbook.sheets.risk_layout import MARKS, percentile

UNITS = (("Million", 1e6, "M"), ("Billion", 1e9, "B"), ("Trillion", 1e12, "T"))
DIGITS = 3
"""Behind the point, in a sentence."""
DATA_ROW = 35  # the figures stand below the pictures, on a page of their own

# The way down from the market: levels, and between them what drops out.
STAIRS = {"tam": "Productivity market", "ai_gain": "AI productivity gain",
          "ai_revenue": "AI revenue", TOTAL: "Crypto-AI revenue"}  # fmt: skip
DROPS = {"ai_gain": "Not adopted", "ai_revenue": "Not captured as revenue", TOTAL: "Not crypto"}
"""What drops out above each level."""
SHORT_POWERS = '[>=1000000000000]0,,,,"T";[>=1000000000]0,,,"B";0,,"M"'
LIVE_CASE = "live"
DASHES = ("dash", "lgDash", "dashDot", "sysDash")
"""Of the scenarios beside base, in their order."""
BAND, FEET = 1.0, {"Live": 0.2}
"""Heights in the chart of marks, which is 2 high: that of the range, and feet of longer marks."""
POINTS = 9  # from the baseline to the forecast year

WATERFALL = ("ai_compute", "non_hyperscaler_compute", "crypto_compute")
PLACES = ("A5:D18", "E5:{}18", "A20:C33", "D20:{}33")


def alt_texts(model: Model) -> tuple[str, ...]:
    """Return what each chart shows, for those who cannot see it; in the order of the charts."""
    return tuple(text for text in _alt_texts(model).values() if text)


def _alt_texts(model: Model) -> dict[str, str]:
    """Return the words of every chart; "" for one whose steps the model leaves out."""
    stairs = _stairs(model)
    whole = stairs == [*STAIRS]
    levels = joined(STAIRS[name] for name in stairs)
    way = "the productivity market through what AI gains and earns to crypto-AI revenue"
    cases = joined(label.lower() for label in case_labels(model).values())
    return {
        "stairs": f"Waterfall on a logarithmic scale: the live case from "
        f"{way if whole else levels}, with what drops out in between."
        if len(stairs) > 1 else "",
        "segments": f"Stacked columns: revenue of the {in_words(len(model.segments))} "
        f"{'crypto segments' if model.segments[1:] else 'crypto segment'} in the {cases} case.",
        "path": "Lines: the productivity market by year from the baseline to the forecast year, "
        "by case." if has_market_path(model) else "",
        "waterfall": "Waterfall: AI compute, less hyperscalers, less other suppliers, leaves "
        "crypto compute." if _has_waterfall(model) else "",
    }  # fmt: skip


def _stairs(model: Model) -> list[str]:
    """Return the levels that the model has, from the market down to the total."""
    return [name for name in STAIRS if name in model.steps]


def _has_waterfall(model: Model) -> bool:
    return all(model.is_published_step(name) for name in WATERFALL)


def write(sheet: Worksheet, layout: Layout) -> int:
    """Write the sheet; what the model leaves out has no chart.

    Returns
    -------
    int
        The row of the headers over the marks of `marks_chart`.
    """
    model = layout.model
    last = get_column_letter(_last_column(model))
    set_up(
        sheet,
        "Charts",
        _about(layout),
        {"A": 34, **dict.fromkeys(_letters(2, _last_column(model)), 17)},
        tab=styles.TAB_OUTPUT,
        freeze="A4",
    )
    row, drawn = _write_units(sheet, model), dict[str, Any]()
    there = [name for name, text in _alt_texts(model).items() if text]
    if "stairs" in there:
        head = _write_stairs(sheet, row, layout)
        drawn["stairs"] = _stairs_chart(sheet, head, model)
        row = head + 2 * len(_stairs(model)) + 1
    if "waterfall" in there:
        head = _write_waterfall(sheet, row, layout)
        drawn["waterfall"] = _waterfall_chart(sheet, head, model)
        row = head + 7
    breaks = [DATA_ROW, row]
    head = _write_segments(sheet, row, layout)
    total = head + len(model.segments) + 1
    title = f"{model.steps[TOTAL].label} by segment"
    drawn["segments"] = segments_chart(sheet, title, model, head=head, first=head + 1, total=total)
    row = total + 2
    if "path" in there:
        head = _write_path(sheet, row, layout)
        drawn["path"] = _path_chart(sheet, head, model)
        row = head + POINTS + 2
    marks = _write_marks(sheet, row, layout)
    row = marks + len(MARKS) + 4
    for area, name in zip(PLACES, there, strict=False):
        place(sheet, drawn[name], area.format(last))
    sheet.print_area = f"A1:{last}{row - 2}"
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"
    for above in breaks:
        sheet.row_breaks.append(Break(id=above - 1))
    return marks


def _about(layout: Layout) -> str:
    """Say whose the cases are, and of which years if they are of different ones."""
    house = house_view(layout.model)
    words = f"{house}. " if house else ""
    words += "The data behind the charts is below them."
    years = [
        layout.year_if_others(case, f" {label}: ")
        for case, label in case_labels(layout.model).items()
    ]
    return words if '""' in years else f'="{words}"&{"&".join(years)}'


def _last_column(model: Model) -> int:
    """Return the number of the last column: labels, every case, and the part of the way."""
    return max(7, 2 + len(case_labels(model)))


def _letters(first: int, last: int) -> list[str]:
    return [get_column_letter(number) for number in range(first, last + 1)]


def _block(sheet: Worksheet, row: int, title: str, columns: list[str], model: Model) -> int:
    block_header(sheet, row, title, get_column_letter(_last_column(model)))
    letters = _letters(1, len(columns))
    headers(sheet, row + 1, list(zip(letters, columns, strict=True)))
    for column in letters[1:]:
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT
    return row + 1


def amount_as_text(amount: str, digits: str = "1") -> str:
    """Write a formula for an amount as a text, in M, B or T, with so many digits.

    TEXT would not do: its formats differ from country to country.
    """
    first, last = DATA_ROW + 2, DATA_ROW + 1 + len(UNITS)
    sizes, signs = (f"{CHARTS}!${column}${first}:${column}${last}" for column in "BC")
    which = f"MATCH(MAX({amount},{cell(CHARTS, 'B', first, fixed=True)}),{sizes})"
    return f"ROUND({amount}/INDEX({sizes},{which}),{digits})&INDEX({signs},{which})"


def digits_in_sentence() -> str:
    """Refer to how many digits an amount has in a sentence."""
    return cell(CHARTS, "B", DATA_ROW + 2 + len(UNITS), fixed=True)


def _write_units(sheet: Worksheet, model: Model) -> int:
    """Write the units of amounts in words; return the first row of the next block."""
    head = _block(sheet, DATA_ROW, "Amounts in words", ["Unit", "From", "Sign"], model)
    lines = [*UNITS, ("Digits in a sentence", DIGITS, None)]
    for row, (name, size, sign) in enumerate(lines, start=head + 1):
        put(sheet, f"A{row}", name)
        put(sheet, f"B{row}", size, align=styles.RIGHT, number_format="#,##0")
        put(sheet, f"C{row}", sign, align=styles.RIGHT)
    return head + len(lines) + 2


def _write_stairs(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write levels and drops in turn; a drop hangs between two levels.

    What does not apply stays blank: a logarithmic axis has no place for a zero.
    """
    head = _block(sheet, row, "From the market to crypto revenue",
                  ["Level or drop", "Below it", "Drop", "Level, live"], layout.model)  # fmt: skip
    lines: list[tuple[str, str, str, str]] = []
    levels = _stairs(layout.model)
    for name, following in zip(levels, [*levels[1:], ""], strict=True):
        here = layout.result(name)
        lines.append((STAIRS[name], "", "", f"={here}"))
        if following:
            below = layout.result(following)
            lines.append((_drop(name, following), f"={below}", f"={here}-{below}", ""))
    _write_falls(sheet, head, lines)
    return head


def _write_falls(sheet: Worksheet, head: int, lines: Iterable[Sequence[str]]) -> None:
    """Write the lines of a waterfall: a name, what is below a drop, the drop, and a level."""
    for row, (label, *contents) in enumerate(lines, start=head + 1):
        put(sheet, f"A{row}", label)
        for column, content in zip("BCD", contents, strict=True):
            put(sheet, f"{column}{row}", content or None, align=styles.RIGHT,
                number_format=styles.MONEY)  # fmt: skip


def _drop(level: str, following: str) -> str:
    """Name what drops out between two levels; of levels left out between them, all of it."""
    order = [*STAIRS]
    names = [DROPS[name] for name in order[order.index(level) + 1 : order.index(following) + 1]]
    return ", ".join([names[0], *(name.lower() for name in names[1:])])


def _write_segments(sheet: Worksheet, row: int, layout: Layout) -> int:
    model = layout.model
    title = f"{model.steps[TOTAL].label} by segment"
    head = _block(sheet, row, title, ["Segment", *marked_labels(model)], model)
    for number, name in enumerate((*model.segments, TOTAL), start=1):
        put(sheet, f"A{head + number}", layout.model.steps[name].label)
        for case, column in columns_from(2, model).items():
            put(sheet, f"{column}{head + number}", f"={layout.result(name, layout.cases[case])}",
                align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return head


def _write_path(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write the market at nine years of one distance; every year is on sheet Segments.

    Where fewer are needed the last stands again: in the chart one point lies on the other.
    """
    model = layout.model
    titles = ["Year", *marked_labels(model), "Number"]
    head = _block(sheet, row, "Productivity market by year", titles, model)
    numbers = get_column_letter(len(titles))
    first, last = layout.assumption("baseline_year"), layout.assumption("forecast_year")
    for number in range(POINTS):
        line = head + 1 + number
        put(sheet, f"{numbers}{line}", number, styles.SMALL, align=styles.RIGHT, number_format="0")
        most = f"MAX(${numbers}${head + 1}:${numbers}${head + POINTS})"
        apart = f"MAX(1,ROUNDUP(({last}-{first})/{most},0))"
        year = f"=MIN({last},{first}+{numbers}{line}*{apart})"
        put(sheet, f"A{line}", year, align=styles.RIGHT, number_format="0")
        for case, column in columns_from(2, model).items():

            def reference(name: str, case: str = layout.cases[case], line: int = line) -> str:
                # every case over Live's years, so that the lines share an axis
                if name == "forecast_year":
                    return f"$A{line}"
                return layout.assumption(name, case)

            tam = substitute(native(layout.model.steps["tam"]), reference)
            put(sheet, f"{column}{line}", f"={tam}",
                align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return head


def _write_waterfall(sheet: Worksheet, row: int, layout: Layout) -> int:
    head = _block(sheet, row, "From AI compute to crypto compute",
                  ["Level or drop", "Below it", "Drop", "Level, live"], layout.model)  # fmt: skip
    compute, rest, crypto = (layout.result(name) for name in WATERFALL)
    lines = (
        ("AI compute", "", "", f"={compute}"),
        ("Hyperscalers", f"={rest}", f"={compute}-{rest}", ""),
        ("Outside hyperscalers", "", "", f"={rest}"),
        ("Other suppliers", f"={crypto}", f"={rest}-{crypto}", ""),
        ("Crypto compute", "", "", f"={crypto}"),
    )
    _write_falls(sheet, head, lines)
    return head


def _write_marks(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write percentiles of the simulated total and the live one as marks: lines between points."""
    model = layout.model
    titles = ["Mark", "From", "To", "Foot", "Top", "Label"]
    head = _block(sheet, row, "How uncertain the total is", titles, model)
    low, *_, high = (percentile(percent, model) for percent in MARKS)
    lines = [("Nine draws in ten", low, high, BAND, BAND)]
    for name, amount in (
        *((f"P{percent}", percentile(percent, model)) for percent in MARKS),
        ("Live", layout.result(TOTAL)),
    ):
        lines.append((name, amount, amount, FEET.get(name, BAND - 0.5), BAND + 0.5))
    for number, (name, start, end, foot, top) in enumerate(lines, start=head + 1):
        put(sheet, f"A{number}", name)
        for column, content, shown in (
            ("B", f"={start}", styles.MONEY), ("C", f"={end}", styles.MONEY),
            ("D", foot, "0.0"), ("E", top, "0.0"),
        ):  # fmt: skip
            put(sheet, f"{column}{number}", content, align=styles.RIGHT, number_format=shown)
        if start == end:
            label = f'=A{number}&" "&{amount_as_text(f"B{number}")}'
            put(sheet, f"F{number}", label, align=styles.RIGHT)
    return head


def marks_chart(sheet: Worksheet, head: int, model: Model) -> Any:
    """Draw the percentiles and the live total as marks over an axis of amounts.

    It has no labels: in so low a chart LibreOffice breaks them into letters. What stands above the
    chart says their amounts.
    """
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle, chart.legend = None, "lineMarker", None
    looks = [(PALE, 88900), *[(NAVY, 25400)] * len(MARKS), (LIVE_COLOUR, 38100)]
    for row, (colour, width) in enumerate(looks, start=head + 1):
        x, y = (Reference(sheet, min_col=one, max_col=one + 1, min_row=row) for one in (2, 4))
        mark = Series(y, x)
        mark.tx = SeriesLabel(strRef=StrRef(f=f"'{sheet.title}'!$A${row}"))
        line = mark.graphicalProperties.line
        line.solidFill, line.width, line.cap = digits(colour), width, "flat"
        mark.smooth, mark.marker.symbol = False, "none"
        chart.series.append(mark)
    framed(chart, "", "0")
    chart.title = None
    chart.y_axis.delete, chart.y_axis.majorGridlines = True, None
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 2
    chart.x_axis.number_format = amounts(largest(model) / 5)
    chart.x_axis.numFmt.sourceLinked, chart.x_axis.majorGridlines = False, None
    return chart


def _stairs_chart(sheet: Worksheet, head: int, model: Model) -> Any:
    """Draw the way down on a logarithmic axis: stacked, so that a drop starts where it ends."""
    levels = _stairs(model)
    chart = falling(sheet, (1, 2, 3, 4), (head, head + 2 * len(levels) - 1), BarChart())
    # the axis has room for every scenario: it does not follow when another is chosen
    lowest, highest = powers_of_ten(
        float(_in_scenarios(model)[TOTAL].min()), largest(model, levels[0])
    )
    framed(chart, "From the market to crypto revenue (live, log scale)", SHORT_POWERS)
    chart.y_axis.scaling.logBase = chart.y_axis.majorUnit = 10
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = lowest, highest
    return chart


def segments_chart(
    sheet: Worksheet, title: str, model: Model, *, head: int, first: int, total: int
) -> Any:
    """Draw a column a case, made of its segments: rows of a sheet, below a row of headers."""
    last, chart = 1 + len(case_labels(model)), stacked()
    for number in range(len(model.segments)):
        data = Reference(sheet, min_col=1, max_col=last, min_row=first + number)
        chart.add_data(data, from_rows=True, titles_from_data=True)
        fill_series(chart.series[-1], series(number))
    chart.set_categories(Reference(sheet, min_col=2, max_col=last, min_row=head))
    framed(chart, title, amounts(largest(model)))
    add_tops(chart, Reference(sheet, min_col=2, max_col=last, min_row=total), SHORT_MONEY)
    return chart


def stacked() -> Any:
    """Return an empty chart of stacked columns."""
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 60
    return chart


def largest(model: Model, name: str = TOTAL) -> float:
    """Return the largest result that a scenario has, the total by default."""
    return float(_in_scenarios(model)[name].max())


def _in_scenarios(model: Model) -> Forecast:
    return Forecast(tuple(model.assumptions.scenarios), model=model)


def _path_chart(sheet: Worksheet, head: int, model: Model) -> Any:
    """Draw the market over an axis of years: they are evenly spaced whatever the horizon."""
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle = None, "lineMarker"
    last = head + POINTS
    years = Reference(sheet, min_col=1, min_row=head + 1, max_row=last)
    for column in range(2, 2 + len(case_labels(model))):
        values = Reference(sheet, min_col=column, min_row=head, max_row=last)
        chart.series.append(Series(values, years, title_from_data=True))
    framed(chart, "Productivity market by year", amounts(largest(model, "tam")))
    others = cycle(zip(LINES[1:], cycle(DASHES), strict=False))
    for one, case in zip(chart.series, case_labels(model), strict=True):
        if case == LIVE_CASE:
            colour, dash, width = INK, "sysDot", 38100
        elif case == BASE:
            colour, dash, width = NAVY, "solid", 22225
        else:
            (colour, dash), width = next(others), 22225
            colour = model.assumptions.scenarios[case].colour or colour
        properties = one.graphicalProperties.line
        properties.solidFill, properties.dashStyle, properties.width = digits(colour), dash, width
        one.smooth = False
        one.marker.symbol = "none"
        if case != LIVE_CASE:
            label_at(one, POINTS - 1, SHORT_MONEY.replace("0.00", "0.0"), colour, "r")
    chart.x_axis.number_format, chart.x_axis.numFmt.sourceLinked = "0", False
    chart.x_axis.majorGridlines = None
    chart.y_axis.crossBetween = "midCat"
    return chart


def _waterfall_chart(sheet: Worksheet, head: int, model: Model) -> Any:
    chart = falling(sheet, (1, 2, 3, 4), (head, head + 5), BarChart())
    framed(chart, "From AI compute to crypto compute (live)", amounts(largest(model, WATERFALL[0])))
    return chart
