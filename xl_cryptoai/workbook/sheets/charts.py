"""Charts: native and editable, each over a small block of figures on the same sheet."""

from __future__ import annotations

import math
from itertools import cycle

from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.layout import Layout as Frame
from openpyxl.chart.layout import ManualLayout
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.charting import (
    BILLIONS,
    COLOURS,
    PALE,
    PALETTE,
    TRILLIONS,
    colour_of,
    data_labels,
    fill_series,
    framed,
)
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.layout import Layout, case_labels, columns_from, has_market_path
from xl_cryptoai.workbook.sheets.frame import (
    block_header,
    headers,
    house_labels,
    house_view,
    in_words,
    joined,
    marked_labels,
    put,
    set_up,
)

DATA_ROW = 43  # the figures stand below the pictures

# The way down from the market: levels, and between them what drops out.
# Their names are short, to stand level below the columns.
STAIRS = {"tam": "Market", "ai_gain": "AI gain", "ai_revenue": "AI revenue", "total": "Crypto AI"}
DROPS = {"ai_gain": "Not adopted", "ai_revenue": "Not captured", TOTAL: "Not crypto"}
"""What drops out above each level."""
SHORT_MONEY = '[>=1000000000000]0.00,,,,"T";0.0,,,"B"'
LIVE_CASE = "live"
DASHES = ("dash", "lgDash", "dashDot", "sysDash")
"""Of the scenarios beside base, in their order."""
POINTS = 9  # from the baseline to the forecast year

WATERFALL = ("ai_compute", "non_hyperscaler_compute", "crypto_compute")
PLACES = ("A5", "D5", "A24", "D24")


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


def write(sheet: Worksheet, layout: Layout) -> None:
    """Write the sheet; what the model leaves out has no chart."""
    model = layout.model
    last = get_column_letter(_last_column(model))
    set_up(
        sheet,
        "Charts",
        _about(layout),
        {"A": 34, **dict.fromkeys(_letters(2, _last_column(model)), 17)},
        tab=styles.TAB_OUTPUT,
        freeze="A4",
        landscape=False,
    )
    row, drawn = DATA_ROW, dict[str, BarChart | ScatterChart]()
    there = [name for name, text in _alt_texts(model).items() if text]
    if "stairs" in there:
        head = _write_stairs(sheet, row, layout)
        drawn["stairs"] = _stairs_chart(sheet, head, model)
        row = head + 2 * len(_stairs(model)) + 1
    if "waterfall" in there:
        head = _write_waterfall(sheet, row, layout)
        drawn["waterfall"] = _waterfall_chart(sheet, head)
        row = head + 7
    head = _write_segments(sheet, row, layout)
    drawn["segments"] = _segments_chart(sheet, head, model)
    row = head + len(model.segments) + 2
    if "path" in there:
        head = _write_path(sheet, row, layout)
        drawn["path"] = _path_chart(sheet, head, model)
        row = head + POINTS + 2
    for place, name in zip(PLACES, there, strict=False):
        sheet.add_chart(drawn[name], place)
    sheet.print_area = f"A1:{last}{row - 2}"


def _about(layout: Layout) -> str:
    """Say whose the cases are, and of which years if they are of different ones."""
    house = house_view(layout.model)
    words = f"{house}. " if house else ""
    words += "The figures behind the charts stand below them."
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
    for number, (label, *contents) in enumerate(lines, start=1):
        put(sheet, f"A{head + number}", label)
        for column, content in zip("BCD", contents, strict=True):
            put(sheet, f"{column}{head + number}", content or None, align=styles.RIGHT,
                number_format=styles.MONEY)  # fmt: skip
    return head


def _drop(level: str, following: str) -> str:
    """Name what drops out between two levels; of levels left out between them, all of it."""
    order = [*STAIRS]
    names = [DROPS[name] for name in order[order.index(level) + 1 : order.index(following) + 1]]
    return ", ".join([names[0], *(name.lower() for name in names[1:])])


def _write_segments(sheet: Worksheet, row: int, layout: Layout) -> int:
    model = layout.model
    title = f"{model.steps[TOTAL].label} by segment"
    head = _block(sheet, row, title, ["Segment", *marked_labels(model)], model)
    for number, name in enumerate(layout.model.segments, start=1):
        put(sheet, f"A{head + number}", layout.model.steps[name].label)
        for case, column in columns_from(2, model).items():
            put(sheet, f"{column}{head + number}", f"={layout.result(name, layout.cases[case])}",
                align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return head


def _write_path(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write the market at nine whole years; every year is on sheet Segments."""
    model = layout.model
    titles = ["Year", *marked_labels(model), "Part"]
    head = _block(sheet, row, "Productivity market by year", titles, model)
    share = get_column_letter(len(titles))
    first, last = layout.assumption("baseline_year"), layout.assumption("forecast_year")
    for number in range(POINTS):
        line = head + 1 + number
        part = number / (POINTS - 1)  # of the way from the baseline to the forecast year
        put(sheet, f"{share}{line}", part, styles.SMALL, align=styles.RIGHT, number_format="0%")
        year = f"={first}+ROUND({share}{line}*({last}-{first}),0)"
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
    head = _block(sheet, row, "From AI compute to crypto compute", ["Part", "Below it", "Live"],
                  layout.model)  # fmt: skip
    compute, rest, crypto = (layout.result(name) for name in WATERFALL)
    for number, (label, below, value) in enumerate(
        (
            ("AI compute", "", f"={compute}"),
            ("Hyperscalers", f"={rest}", f"={compute}-{rest}"),
            ("Outside hyperscalers", "", f"={rest}"),
            ("Other suppliers", f"={crypto}", f"={rest}-{crypto}"),
            ("Crypto compute", "", f"={crypto}"),
        ),
        start=1,
    ):
        put(sheet, f"A{head + number}", label)
        for column, formula in (("B", below), ("C", value)):
            put(sheet, f"{column}{head + number}", formula or 0, align=styles.RIGHT,
                number_format=styles.MONEY)  # fmt: skip
    return head


def _stairs_chart(sheet: Worksheet, head: int, model: Model) -> BarChart:
    """Draw the waterfall on a logarithmic axis: stacked, so that a drop starts where it ends."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 30
    levels = _stairs(model)
    last = head + 2 * len(levels) - 1
    for column in (2, 3, 4):
        data = Reference(sheet, min_col=column, min_row=head, max_row=last)
        chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.legend = None
    framed(chart, "From the market to crypto revenue (live, log scale)", BILLIONS)
    chart.y_axis.scaling.logBase = 10
    base = Forecast(BASE, model=model)  # the axis leaves a power of ten below the total
    lowest = math.floor(math.log10(base[TOTAL])) - 1
    highest = math.ceil(math.log10(base[levels[0]]))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 10.0**lowest, 10.0**highest
    chart.y_axis.number_format = '[>=1000000000000]0,,,,"T";0,,,"B"'
    below, drop, level = chart.series
    below.graphicalProperties.noFill = below.graphicalProperties.line.noFill = True
    fill_series(drop, PALETTE[1])
    fill_series(level, PALE)
    for series in (drop, level):
        series.dLbls = data_labels(SHORT_MONEY)
    return chart


def _segments_chart(sheet: Worksheet, head: int, model: Model) -> BarChart:
    last = 1 + len(case_labels(model))
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 60
    for number in range(1, len(model.segments) + 1):
        data = Reference(sheet, min_col=1, max_col=last, min_row=head + number)
        chart.add_data(data, from_rows=True, titles_from_data=True)
        fill_series(chart.series[-1], colour_of(number - 1))
    chart.set_categories(Reference(sheet, min_col=2, max_col=last, min_row=head))
    framed(chart, f"{model.steps[TOTAL].label} by segment{_house(model)}", BILLIONS)
    return chart


def _house(model: Model) -> str:
    """Say in the title of a chart which cases are a house view."""
    house = [label.lower() for label in house_labels(model)]
    return f" ({', '.join(house)}: house)" if house else ""


def _path_chart(sheet: Worksheet, head: int, model: Model) -> ScatterChart:
    """Draw the market over an axis of years: they are evenly spaced whatever the horizon."""
    chart = ScatterChart()
    chart.style, chart.scatterStyle = None, "lineMarker"
    last = head + POINTS
    years = Reference(sheet, min_col=1, min_row=head + 1, max_row=last)
    for column in range(2, 2 + len(case_labels(model))):
        values = Reference(sheet, min_col=column, min_row=head, max_row=last)
        chart.series.append(Series(values, years, title_from_data=True))
    framed(chart, f"Productivity market by year{_house(model)}", TRILLIONS)
    others = cycle(zip((PALETTE[1], PALETTE[2], *COLOURS[3:]), cycle(DASHES), strict=False))
    for series, case in zip(chart.series, case_labels(model), strict=True):
        if case == LIVE_CASE:
            colour, dash, width = "1F2933", "sysDot", 38100
        elif case == BASE:
            colour, dash, width = PALETTE[0], "solid", 22225
        else:
            (colour, dash), width = next(others), 22225
        properties = series.graphicalProperties.line
        properties.solidFill, properties.dashStyle, properties.width = colour, dash, width
        series.smooth = False
        series.marker.symbol = "none"
    chart.x_axis.number_format, chart.x_axis.numFmt.sourceLinked = "0", False
    chart.x_axis.majorGridlines = None
    chart.y_axis.crossBetween = "midCat"
    return chart


def _waterfall_chart(sheet: Worksheet, head: int) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 40
    for column in (2, 3):
        data = Reference(sheet, min_col=column, min_row=head, max_row=head + 5)
        chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=head + 5))
    chart.legend = None
    framed(chart, "From AI compute to crypto compute (live)", BILLIONS)
    chart.series[0].graphicalProperties.noFill = True
    chart.series[0].graphicalProperties.line.noFill = True
    fill_series(chart.series[1], PALE)
    chart.series[1].dLbls = data_labels(styles.MONEY)
    chart.layout = Frame(manualLayout=ManualLayout(x=0.12, y=0.16, w=0.84, h=0.62))
    return chart
