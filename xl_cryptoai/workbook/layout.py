"""Where everything stands in the workbook: the one place that knows rows and columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_cryptoai.forecast.model import TOTAL, Model

COVER = "Cover"
ASSUMPTIONS = "Assumptions"
FORECAST = "Forecast"
SEGMENTS_SHEET = "Segments"
CHECKS = "Checks"
SOURCES = "Sources"
CHARTS = "Charts"
DEVIATIONS = "Deviations"
WORKINGS = "Workings"
EVIDENCE = "Evidence"
FINDINGS = "Findings"
CHANGE_LOG = "Change log"
DISTRIBUTIONS = "Distributions"
CORRELATIONS = "Correlations"
RISK = "Risk"
SHEETS = (
    COVER,
    ASSUMPTIONS,
    DISTRIBUTIONS,
    CORRELATIONS,
    FORECAST,
    SEGMENTS_SHEET,
    CHARTS,
    RISK,
    CHECKS,
    DEVIATIONS,
    WORKINGS,
    EVIDENCE,
    FINDINGS,
    SOURCES,
    CHANGE_LOG,
)

# The same on Assumptions, Forecast and Segments, so that one formula serves a whole row.
LABEL, ID, UNIT, KIND = "A", "B", "C", "D"
CASES = {"live": "E", "bear": "F", "base": "G", "bull": "H"}
LIVE, BULL = CASES["live"], CASES["bull"]
NOTE = "I"  # words beside the cases on Forecast and Segments

# On Assumptions only.
OVERRIDE, LIVE_IS, LOWER, UPPER, STATE, LOCATOR = "IJKLMN"

TITLE_ROW, ABOUT_ROW, FLAG_ROW = 1, 2, 3
HEADER_ROW, SUBHEAD_ROW, FIRST_ROW = 5, 6, 7

# Names that are not catalogue ids.
SCENARIO_NAME = "scenario"
MASTER_NAME = "master_check"
TOLERANCE_NAME = "twin_tolerance"
AVAILABLE_NAME = "functions_available"
BASE_NAME = "base_is"

NOT_AVAILABLE, INVALID_INPUT = "not available", "invalid input"
OK, ERROR = "OK", "ERROR"
YES, NO = "yes", "no"
AVAILABLE = f'{AVAILABLE_NAME}="{YES}"'
"""A condition for formulas: the functions that the workbook calls are available."""


def cell(sheet: str, column: str, row: int, *, fixed: bool = False) -> str:
    """Write a reference with its sheet.

    >>> cell("Forecast", "E", 7), cell("Cover", "C", 6, fixed=True)
    ('Forecast!E7', 'Cover!$C$6')
    """
    quoted = f"'{sheet}'" if " " in sheet else sheet
    return f"{quoted}!${column}${row}" if fixed else f"{quoted}!{column}{row}"


def case_range(row: int, sheet: str = "", *, cases: tuple[str, str] = ("live", "bull")) -> str:
    """Write the range of a row's cases, Live to Bull by default.

    >>> case_range(7), case_range(7, "Forecast")
    ('E7:H7', 'Forecast!E7:H7')
    """
    area = f"{CASES[cases[0]]}{row}:{CASES[cases[1]]}{row}"
    return f"{sheet}!{area}" if sheet else area


@dataclass(frozen=True)
class Layout:
    """Rows of everything in the workbook of a model, by id."""

    model: Model
    block_row: dict[str, int] = field(default_factory=dict)
    assumption_row: dict[str, int] = field(default_factory=dict)
    step_block_row: dict[str, int] = field(default_factory=dict)
    python_row: dict[str, int] = field(default_factory=dict)
    native_row: dict[str, int] = field(default_factory=dict)
    difference_row: dict[str, int] = field(default_factory=dict)
    heading_row: dict[str, int] = field(default_factory=dict)
    result_row: dict[str, int] = field(default_factory=dict)
    share_row: dict[str, int] = field(default_factory=dict)
    path_row: dict[int, int] = field(default_factory=dict)
    source_row: dict[str, int] = field(default_factory=dict)
    printed_row: dict[str, int] = field(default_factory=dict)
    fact_row: dict[str, int] = field(default_factory=dict)
    scenario_cell: str = "B6"

    def assumption(self, name: str, column: str = LIVE) -> str:
        """Refer to an assumption's cell, Live by default."""
        return cell(ASSUMPTIONS, column, self.assumption_row[name])

    def step_rows(self, name: str) -> list[int]:
        """List a step's rows on Forecast: call, native formula and difference, as far as there."""
        kinds = (self.python_row, self.native_row, self.difference_row)
        return [rows[name] for rows in kinds if name in rows]

    def result(self, name: str, column: str = LIVE) -> str:
        """Refer to a step's result in use: Python's, or the native formula's where none answers."""
        return cell(SEGMENTS_SHEET, column, self.result_row[name])


def lay_out(model: Model, *, calls: bool = True) -> Layout:
    """Return everything its row; without calls a step has only its native formula."""
    layout, catalogue = Layout(model), model.assumptions
    row = FIRST_ROW
    for block in catalogue.blocks:
        layout.block_row[block] = row
        for entry in catalogue.in_block(block):
            row += 1
            layout.assumption_row[entry.id] = row
        row += 1
    _lay_out_forecast(layout, calls=calls)
    _lay_out_segments(layout)
    row = FIRST_ROW
    for name in catalogue:
        layout.source_row[name] = row
        row += 1
    row += 3  # a heading, a header and a gap
    for name in model.publication.figures:
        layout.printed_row[name] = row
        row += 1
    for row, fact in enumerate(model.evidence(), start=FIRST_ROW):
        layout.fact_row[fact.id] = row
    return layout


def _lay_out_forecast(layout: Layout, *, calls: bool) -> None:
    row = FIRST_ROW
    for step in layout.model.steps.values():
        if step.block not in layout.step_block_row:
            layout.step_block_row[step.block] = row
            row += 1
        kinds = [layout.native_row]
        if calls:
            kinds = [layout.python_row, layout.native_row, layout.difference_row]
        for rows in kinds:
            rows[step.id] = row
            row += 1


def _lay_out_segments(layout: Layout) -> None:
    model = layout.model
    row = FIRST_ROW
    layout.heading_row["segments"] = row
    for name in (*model.segments, TOTAL):
        row += 1
        layout.result_row[name] = row
    row += 2
    layout.heading_row["shares"] = row
    for name in (*model.segments, TOTAL):
        row += 1
        layout.share_row[name] = row
    row += 2
    layout.heading_row["chain"] = row
    for name in model.steps:
        if name not in layout.result_row:
            row += 1
            layout.result_row[name] = row
    row += 2
    layout.heading_row["path"] = row
    # as many years as the bounds of the two years allow, so that no edit can outgrow the table
    span = model.assumptions["forecast_year"].upper - model.assumptions["baseline_year"].lower
    for number in range(int(span) + 1):
        row += 1
        layout.path_row[number] = row
