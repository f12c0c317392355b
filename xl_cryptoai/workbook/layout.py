"""Where everything stands in the workbook: the one place that knows rows and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

from xl_cryptoai.assumptions.own_scenario import NAME as OWN_NAME
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.path import BASELINE_YEAR, FORECAST_YEAR

COVER = "Cover"
ASSUMPTIONS = "Assumptions"
FORECAST = "Forecast"
SEGMENTS_SHEET = "Segments"
BY_YEAR = "By year"
CHECKS = "Checks"
SOURCES = "Sources"
CHARTS = "Charts"
DEVIATIONS = "Deviations"
WORKINGS = "Workings"
EVIDENCE = "Evidence"
SYSTEMS = "Systems"
FINDINGS = "Findings"
CHANGE_LOG = "Change log"
DISTRIBUTIONS = "Distributions"
CORRELATIONS = "Correlations"
RISK = "Risk"
RISK_TABLES = "Risk tables"
SHEETS = (
    COVER,
    ASSUMPTIONS,
    DISTRIBUTIONS,
    CORRELATIONS,
    FORECAST,
    SEGMENTS_SHEET,
    BY_YEAR,
    CHARTS,
    RISK,
    CHECKS,
    DEVIATIONS,
    WORKINGS,
    RISK_TABLES,
    EVIDENCE,
    SYSTEMS,
    FINDINGS,
    SOURCES,
    CHANGE_LOG,
)

# The same on Assumptions, Forecast and Segments, so that one formula serves a whole row.
# BESIDE says of column Live what it holds, or how far it is from the native formula.
# The cases follow: Live, then a column a scenario; see `Layout.cases`.
LABEL, UNIT, KIND, BESIDE, LIVE = "ABCDE"

TITLE_ROW, ABOUT_ROW, FLAG_ROW = 1, 2, 3
HEADER_ROW, SUBHEAD_ROW, FIRST_ROW = 5, 6, 7

NATIVE_STEPS, DIFFERENCES = "native", "differences"
"""Blocks of sheet Forecast below the steps themselves."""

# Names that are not catalogue ids.
SCENARIO_NAME = "scenario"
OWN_SCENARIO = "own_scenario"
"""Of the header of the spare scenario, which is its name."""
MASTER_NAME = "master_check"
TOLERANCE_NAME = "twin_tolerance"
AVAILABLE_NAME = "functions_available"
BASE_NAME = "base_is"

NOT_AVAILABLE, INVALID_INPUT = "not available", "invalid input"
OK, ERROR = "OK", "ERROR"
YES, NO = "yes", "no"
OWN_CHOSEN = f'OR({SCENARIO_NAME}={OWN_SCENARIO},{SCENARIO_NAME}="{OWN_NAME}")'
"""A condition for formulas: the spare scenario is chosen.

Its first name is understood as well, so that it can be renamed after it was chosen.
"""
AVAILABLE = f'{AVAILABLE_NAME}="{YES}"'
"""A condition for formulas: the functions that the workbook calls are available."""


def cell(sheet: str, column: str, row: int, *, fixed: bool = False) -> str:
    """Write a reference with its sheet.

    >>> cell("Forecast", "E", 7), cell("Cover", "C", 6, fixed=True)
    ('Forecast!E7', 'Cover!$C$6')
    """
    quoted = f"'{sheet}'" if " " in sheet else sheet
    return f"{quoted}!${column}${row}" if fixed else f"{quoted}!{column}{row}"


def case_labels(model: Model) -> dict[str, str]:
    """Return what a person reads over the column of every case: Live, then the scenarios.

    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> case_labels(shipped_model())
    {'live': 'Live', 'bear': 'Bear', 'base': 'Base', 'bull': 'Bull'}
    """
    scenarios = model.assumptions.scenarios.items()
    return {"live": "Live", **{name: one.label for name, one in scenarios}}


class BaseWords(NamedTuple):
    """How sheets speak of the base case as it was when built: published, or a model of one's own.

    Attributes
    ----------
    kind, case, head, constant, same : str
        Where its figures are from; the case in a sentence; the headers of its computed and of its
        typed figures; what a figure is that has not been changed.
    """

    kind: str
    case: str
    head: str
    constant: str
    same: str


def base_words(model: Model) -> BaseWords:
    """Return the words for a model's base case: that of an own model is not published."""
    if model.text:
        return BaseWords("own model", "model's", "Model", "Model base", "as in the model")
    return BaseWords("published", "published", "Published", "Published base", "as published")


def columns_from(first: int, model: Model) -> dict[str, str]:
    """Return a column for every case, side by side from the column of a number on."""
    return {
        case: get_column_letter(number) for number, case in enumerate(case_labels(model), first)
    }


@dataclass(frozen=True)
class Layout:
    """Rows of everything in the workbook of a model, by id."""

    model: Model
    block_row: dict[str, int] = field(default_factory=dict)
    assumption_row: dict[str, int] = field(default_factory=dict)
    step_block: dict[int, str] = field(default_factory=dict)
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
    tables: bool = True
    """Whether functions that give a table are called."""

    @cached_property
    def cases(self) -> dict[str, str]:
        """The column of every case, the same on Assumptions, Forecast and Segments."""
        return columns_from(column_index_from_string(LIVE), self.model)

    @cached_property
    def last_case(self) -> str:
        """The column of the last scenario."""
        return [*self.cases.values()][-1]

    def _after(self, number: int) -> str:
        """The column so many to the right of the last scenario's."""
        return get_column_letter(column_index_from_string(self.last_case) + number)

    @cached_property
    def note(self) -> str:
        """The column of words beside the cases, on Forecast and Segments."""
        return self._after(1)

    @cached_property
    def own(self) -> str:
        """The column of the spare scenario, on Assumptions, as those that follow."""
        return self._after(1)

    @cached_property
    def override(self) -> str:
        """The column of the overrides."""
        return self._after(2)

    @cached_property
    def state(self) -> str:
        """The column of the bounds' state, the last that is printed."""
        return self._after(3)

    @cached_property
    def lower(self) -> str:
        """The column of the lower bounds."""
        return self._after(4)

    @cached_property
    def upper(self) -> str:
        """The column of the upper bounds."""
        return self._after(5)

    @cached_property
    def locator(self) -> str:
        """The column of the sources."""
        return self._after(6)

    @cached_property
    def assumption_id(self) -> str:
        """The column of the ids, on Assumptions."""
        return self._after(7)

    @cached_property
    def step_id(self) -> str:
        """The column of the ids, on Forecast and Segments."""
        return self._after(2)

    def case_range(self, row: int, sheet: str = "") -> str:
        """Write the range of a row's cases, from Live on."""
        return _range(LIVE, self.last_case, row, sheet)

    def scenario_range(self, row: int, sheet: str = "") -> str:
        """Write the range of a row's scenarios, without Live."""
        first = get_column_letter(column_index_from_string(LIVE) + 1)
        return _range(first, self.last_case, row, sheet)

    @property
    def own_name(self) -> str:
        """Refer to the name of the spare scenario, the header of its column."""
        return cell(ASSUMPTIONS, self.own, HEADER_ROW, fixed=True)

    @property
    def choices(self) -> str:
        """Refer to the names of all scenarios that can be chosen, where they head columns."""
        first = get_column_letter(column_index_from_string(LIVE) + 1)
        return f"{ASSUMPTIONS}!${first}${HEADER_ROW}:${self.own}${HEADER_ROW}"

    def assumption(self, name: str, column: str = LIVE) -> str:
        """Refer to an assumption's cell, Live by default."""
        return cell(ASSUMPTIONS, column, self.assumption_row[name])

    def cases_of(self, name: str) -> str:
        """Refer to an assumption's value in every case."""
        row = self.assumption_row[name]
        return f"{ASSUMPTIONS}!${LIVE}${row}:${self.last_case}${row}"

    def all_assumptions(self, first: str, last: str = "") -> str:
        """Refer to the rows of all assumptions, in one column or from one to another."""
        rows = self.assumption_row.values()
        return f"{ASSUMPTIONS}!${first}${min(rows)}:${last or first}${max(rows)}"

    def year_if_others(self, case: str, before: str = "") -> str:
        """Write a case's forecast year as a text, blank unless the cases are of different years."""
        if FORECAST_YEAR not in self.assumption_row:
            return '""'
        years = self.cases_of(FORECAST_YEAR)
        year = self.assumption(FORECAST_YEAR, self.cases[case])
        return f'IF(MIN({years})=MAX({years}),"","{before}"&{year})'

    def step_rows(self, name: str) -> list[int]:
        """List a step's rows on Forecast: call, native formula and difference, as far as there."""
        kinds = (self.python_row, self.native_row, self.difference_row)
        return [rows[name] for rows in kinds if name in rows]

    def result(self, name: str, column: str = LIVE) -> str:
        """Refer to a step's result in use: Python's, or the native formula's where none answers."""
        return cell(SEGMENTS_SHEET, column, self.result_row[name])


def _range(first: str, last: str, row: int, sheet: str) -> str:
    area = f"{first}{row}:{last}{row}"
    return f"{sheet}!{area}" if sheet else area


def lay_out(model: Model, *, calls: bool = True, tables: bool = True) -> Layout:
    """Return everything its row; without calls a step has only its native formula."""
    layout, catalogue = Layout(model, tables=calls and tables), model.assumptions
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


def has_market_path(model: Model) -> bool:
    """Whether the productivity market by year can be shown: the model has the published step."""
    return model.is_published_step("tam")


def has_years(model: Model) -> bool:
    """Whether a forecast by year can be shown: the model has the years between which it runs."""
    return {BASELINE_YEAR, FORECAST_YEAR} <= model.assumptions.keys()


def _lay_out_forecast(layout: Layout, *, calls: bool) -> None:
    row, block = FIRST_ROW, ""
    for step in layout.model.steps.values():
        if step.block != block:  # an own step can stand between steps of another block
            block = layout.step_block[row] = step.block
            row += 1
        (layout.python_row if calls else layout.native_row)[step.id] = row
        row += 1
    if not calls:
        return
    for block, rows in ((NATIVE_STEPS, layout.native_row), (DIFFERENCES, layout.difference_row)):
        layout.step_block[row] = block
        for name in layout.model.steps:
            row += 1
            rows[name] = row
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
    if not has_market_path(model):
        return
    row += 2
    layout.heading_row["path"] = row
    # as many years as the bounds of the two years allow, so that no edit can outgrow the table
    span = model.assumptions["forecast_year"].upper - model.assumptions["baseline_year"].lower
    for number in range(int(span) + 1):
        row += 1
        layout.path_row[number] = row
