"""Charts: native and editable, each over a small block of figures on the same sheet."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.layout import Layout as Frame
from openpyxl.chart.layout import ManualLayout
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.charting import (
    BILLIONS,
    PALE,
    PALETTE,
    TRILLIONS,
    data_labels,
    fill_series,
    framed,
)
from xl_cryptoai.workbook.formulas import native, substitute
from xl_cryptoai.workbook.layout import CASES, Layout
from xl_cryptoai.workbook.sheets.frame import (
    CASE_HEADERS,
    CASE_KINDS,
    block_header,
    headers,
    put,
    set_up,
)

WIDTHS = {"A": 34, "B": 17, "C": 17, "D": 17, "E": 17, "F": 17, "G": 17}
DATA_ROW = 43  # the figures stand below the pictures

# The way down from the market: levels, and between them what drops out.
# Their names are short, to stand level below the columns.
STAIRS = {"tam": "Market", "ai_gain": "AI gain", "ai_revenue": "AI revenue", "total": "Crypto AI"}
DROPS = ("Not reached", "Not paid", "Not crypto")
SHORT_MONEY = '[>=1000000000000]0.00,,,,"T";0.0,,,"B"'
MARKED_HEADERS = [
    f"{CASE_HEADERS[case]} (house)" if CASE_KINDS[case] == "house" else CASE_HEADERS[case]
    for case in CASES
]
POINTS = 9  # from the baseline to the forecast year

ALT_TEXTS = (
    "Waterfall on a logarithmic scale: the live case from the productivity market through what AI "
    "gains and earns to crypto-AI revenue, with what drops out in between.",
    "Stacked columns: revenue of the four crypto segments in the live, bear, base and bull case.",
    "Lines: the productivity market by year from the baseline to the forecast year, by case.",
    "Waterfall: AI compute, less hyperscalers, less other suppliers, leaves crypto compute.",
)
"""What each chart shows, for those who cannot see it; in the order of the charts."""


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Charts",
        "Bear and Bull are a house view. The figures behind the charts stand below them.",
        WIDTHS,
        tab=styles.TAB_OUTPUT,
        freeze="A4",
        landscape=False,
    )
    stairs = _write_stairs(sheet, DATA_ROW, layout)
    water = _write_waterfall(sheet, stairs + len(STAIRS) + len(DROPS) + 2, layout)
    segments = _write_segments(sheet, water + 5 + 2, layout)
    path = _write_path(sheet, segments + len(layout.model.segments) + 2, catalogue, layout)
    sheet.add_chart(_stairs_chart(sheet, stairs), "A5")
    sheet.add_chart(_segments_chart(sheet, segments, len(layout.model.segments)), "D5")
    sheet.add_chart(_path_chart(sheet, path), "A24")
    sheet.add_chart(_waterfall_chart(sheet, water), "D24")
    sheet.print_area = f"A1:G{path + POINTS}"


def _block(sheet: Worksheet, row: int, title: str, columns: list[str]) -> int:
    block_header(sheet, row, title, "G")
    headers(sheet, row + 1, list(zip("ABCDEFG", columns, strict=False)))
    for column in "BCDEFG"[: len(columns) - 1]:
        sheet[f"{column}{row + 1}"].alignment = styles.RIGHT
    return row + 1


def _write_stairs(sheet: Worksheet, row: int, layout: Layout) -> int:
    """Write levels and drops in turn; a drop hangs between two levels.

    What does not apply stays blank: a logarithmic axis has no place for a zero.
    """
    head = _block(sheet, row, "From the market to crypto revenue",
                  ["Level or drop", "Below it", "Drop", "Level, live"])  # fmt: skip
    lines: list[tuple[str, str, str, str]] = []
    for number, (name, label) in enumerate(STAIRS.items()):
        here = layout.result(name)
        lines.append((label, "", "", f"={here}"))
        if number < len(DROPS):
            below = layout.result(list(STAIRS)[number + 1])
            lines.append((DROPS[number], f"={below}", f"={here}-{below}", ""))
    for number, (label, *contents) in enumerate(lines, start=1):
        put(sheet, f"A{head + number}", label)
        for column, content in zip("BCD", contents, strict=True):
            put(sheet, f"{column}{head + number}", content or None, align=styles.RIGHT,
                number_format=styles.MONEY)  # fmt: skip
    return head


def _write_segments(sheet: Worksheet, row: int, layout: Layout) -> int:
    head = _block(sheet, row, "Crypto-AI revenue by segment", ["Segment", *MARKED_HEADERS])
    for number, name in enumerate(layout.model.segments, start=1):
        put(sheet, f"A{head + number}", layout.model.steps[name].label)
        for column, case in zip("BCDE", CASES.values(), strict=True):
            put(sheet, f"{column}{head + number}", f"={layout.result(name, case)}",
                align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return head


def _write_path(sheet: Worksheet, row: int, catalogue: Catalogue, layout: Layout) -> int:
    """Write the market at nine whole years; every year stands on sheet Segments."""
    head = _block(sheet, row, "Productivity market by year", ["Year", *MARKED_HEADERS, "Part"])
    first, last = layout.assumption("baseline_year"), layout.assumption("forecast_year")
    for number in range(POINTS):
        line = head + 1 + number
        part = number / (POINTS - 1)  # of the way from the baseline to the forecast year
        put(sheet, f"F{line}", part, styles.SMALL, align=styles.RIGHT, number_format="0%")
        put(sheet, f"A{line}", f"={first}+ROUND(F{line}*({last}-{first}),0)", align=styles.RIGHT,
            number_format="0")  # fmt: skip
        for column, case in zip("BCDE", CASES.values(), strict=True):

            def reference(name: str, case: str = case, line: int = line) -> str:
                # every case over Live's years, so that the lines share an axis
                if name == "forecast_year":
                    return f"$A{line}"
                return layout.assumption(name, case)

            tam = substitute(native(layout.model.steps["tam"]), reference)
            put(sheet, f"{column}{line}", f"={tam}",
                align=styles.RIGHT, number_format=styles.MONEY)  # fmt: skip
    return head


def _write_waterfall(sheet: Worksheet, row: int, layout: Layout) -> int:
    head = _block(sheet, row, "From AI compute to crypto compute", ["Part", "Below it", "Live"])
    compute, rest, crypto = (
        layout.result(name) for name in ("ai_compute", "non_hyperscaler_compute", "crypto_compute")
    )
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


def _stairs_chart(sheet: Worksheet, head: int) -> BarChart:
    """Draw the waterfall on a logarithmic axis: stacked, so that a drop starts where it ends."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 30
    last = head + len(STAIRS) + len(DROPS)
    for column in (2, 3, 4):
        data = Reference(sheet, min_col=column, min_row=head, max_row=last)
        chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.legend = None
    framed(chart, "From the market to crypto revenue (live, log scale)", BILLIONS)
    chart.y_axis.scaling.logBase = 10
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 1e9, 1e13
    chart.y_axis.number_format = '[>=1000000000000]0,,,,"T";0,,,"B"'
    below, drop, level = chart.series
    below.graphicalProperties.noFill = below.graphicalProperties.line.noFill = True
    fill_series(drop, PALETTE[1])
    fill_series(level, PALE)
    for series in (drop, level):
        series.dLbls = data_labels(SHORT_MONEY)
    return chart


def _segments_chart(sheet: Worksheet, head: int, count: int) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 60
    for number in range(1, count + 1):
        data = Reference(sheet, min_col=1, max_col=5, min_row=head + number)
        chart.add_data(data, from_rows=True, titles_from_data=True)
        fill_series(chart.series[-1], PALETTE[(number - 1) % len(PALETTE)])
    chart.set_categories(Reference(sheet, min_col=2, max_col=5, min_row=head))
    framed(chart, "Crypto-AI revenue by segment (bear, bull: house)", BILLIONS)
    return chart


def _path_chart(sheet: Worksheet, head: int) -> LineChart:
    chart = LineChart()
    last = head + POINTS
    data = Reference(sheet, min_col=2, max_col=5, min_row=head, max_row=last)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    framed(chart, "Productivity market by year (bear, bull: house)", TRILLIONS)
    for series, colour, dash, width in zip(
        chart.series,
        ("1F2933", *PALETTE[1:2], PALETTE[0], PALETTE[2]),
        ("sysDot", "dash", "solid", "lgDash"),
        (38100, 22225, 22225, 22225),
        strict=True,
    ):
        properties = series.graphicalProperties.line
        properties.solidFill, properties.dashStyle, properties.width = colour, dash, width
        series.smooth = False
    chart.x_axis.number_format = "0"
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
