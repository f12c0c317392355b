"""Where everything is on sheet Risk tables, and how large each answer is."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, coordinate_to_tuple, get_column_letter

from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.risk.dependence import DEPENDENCES
from xl_cryptoai.risk.simulation import PERCENTILES
from xl_cryptoai.workbook.layout import (
    ABOUT_ROW,
    AVAILABLE,
    HEADER_ROW,
    LIVE,
    NO,
    RISK_TABLES,
    Layout,
    case_labels,
    cell,
)
from xl_cryptoai.workbook.routes import Route

BINS = 30
POINTS = 7  # values of each assumption in the grid
MONEY_ROWS = 9
"""Rows of the simulation's table with money in them: mean, deviation and seven percentiles."""
ENDS_FORMAT = '[<1]0.00%;[<1000000]0.00;#,##0.000,,,"B"'
"""Shares and rates, which are most of what is uncertain, then multiples, then money."""

MARKS = (5, 50, 95)
"""Percentiles that the charts mark."""
STICKS_AT, MARKS_AT = 12, 14
"""First columns of what the charts draw, beside the histogram: amount and share of its sticks; of
marks, name, amount, height in the histogram in the curve, how much higher than a range, and
the label."""

TITLES = {
    "dependence": "Dependence: how moving together affects the total",
    "tornado": "Tornado: each assumption alone from low to high, the others live",
    "sensitivity": "Sensitivity: where the spread of the total comes from",
    "histogram": "Data behind the charts",
}
HEADERS = {
    "dependence": ("Rank correlation", *(
        words
        for name in ("P5", "P50", "P95", "Chance above")
        for words in (name, "std. error")
    ), "Smallest draw", "Largest draw"),
    "tornado": ("Assumption alone", "Low", "High", "Total at low", "Total at high", "Swing"),
    "sensitivity": ("Assumption", "Elasticity", *(
        words
        for name in ("Spearman", "Contribution", "First-order", "Total-order", "Shapley")
        for words in (name, "std. error")
    )),
    "histogram": ("From", "To", "Share", "Cumulative"),
}  # fmt: skip


def totals_of(model: Model) -> tuple[str, ...]:
    """Return the cases whose totals the sheet's other figures are held against."""
    return tuple(case_labels(model))


def traits_of(model: Model) -> int:
    """Count the rows of the table of inputs: name, totals, six figures of the rest, a verdict."""
    return 2 + len(totals_of(model)) + 6


def last_column(model: Model) -> str:
    """Return the last column of the tables, as many as the widest takes."""
    return get_column_letter(max(14, *(len(words) for words in headers_of(model).values())))


def stored_shift(model: Model) -> int:
    """Return how far to the right of an area its stored values stand: those of A in AA."""
    return max(26, column_index_from_string(last_column(model)) + 1)


def headers_of(model: Model) -> dict[str, tuple[str, ...]]:
    """Return the headers over every table."""
    results = [model.steps[name].label for name in (TOTAL, *model.segments)]
    simulated = (words for label in results for words in (label, "std. error"))
    return {"simulate": ("Statistic", *simulated), **HEADERS}


@dataclass(frozen=True, slots=True)
class Table:
    """A table on the sheet: where its answer begins, and how large it is."""

    row: int
    rows: int
    columns: int

    @property
    def first(self) -> int:
        """The first row below the answer's own head."""
        return self.row + 1

    @property
    def last(self) -> int:
        """The last row."""
        return self.row + self.rows - 1

    @property
    def ref(self) -> str:
        """The area that the answer fills."""
        return f"A{self.row}:{get_column_letter(self.columns)}{self.last}"


def tables(model: Model) -> dict[str, Table]:
    """Return every table its place, from the top down."""
    count, columns = len(uncertain_in(model.assumptions)), headers_of(model)
    simulate = Table(HEADER_ROW + 1, MONEY_ROWS + 8, len(columns["simulate"]))
    dependence = Table(simulate.last + 5, len(DEPENDENCES) + 1, len(columns["dependence"]))
    tornado = Table(dependence.last + 6, count + 1, len(columns["tornado"]))
    sensitivity = Table(tornado.last + 4, count + 1, len(columns["sensitivity"]))
    grid = Table(sensitivity.last + 6, POINTS + 1, POINTS + 1)
    goals = len(model.assumptions.scenarios) + 1
    histogram = Table(grid.last + 7 + goals, BINS + 1, len(columns["histogram"]))
    return {
        "simulate": simulate, "dependence": dependence, "tornado": tornado,
        "sensitivity": sensitivity, "grid": grid, "histogram": histogram,
    }  # fmt: skip


def answered_areas(model: Model) -> list[str]:
    """List the areas that hold what functions answered, and what must stand for the same inputs.

    The values of each are stored when a workbook is built: in the area itself where no function
    returns tables, else to the right of it, for readers who do not have the functions.
    """
    place = tables(model)
    goals, grid = goals_row(place) + 2, place["grid"].row
    return [
        *(table.ref for table in place.values()),
        f"B{goals}:E{goals + len(model.assumptions.scenarios)}",
        f"B{grid - 3}:{get_column_letter(1 + POINTS)}{grid - 2}",
        f"A{grid - 1}",
        f"B{threshold_row(model)}",
        f"A{ABOUT_ROW}",
    ]


def when_built(model: Model) -> str:
    """Refer to what was noted of the inputs when the workbook was built."""
    row = built_row(tables(model))
    return f"I{row}:I{row + traits_of(model) - 2}"


def stored(area: str, model: Model) -> str:
    """Refer to the cells that hold the stored values of an area.

    >>> from xl_cryptoai.forecast.shipped import shipped_model
    >>> stored("A6:K22", shipped_model()), stored("C122", shipped_model())
    ('AA6:AK22', 'AC122')
    """
    shift = stored_shift(model)
    corners = (coordinate_to_tuple(corner) for corner in area.split(":"))
    return ":".join(f"{get_column_letter(column + shift)}{row}" for row, column in corners)


def live_or_stored(formula: str, area: str, route: Route, model: Model) -> str:
    """Write a formula that gives the stored values of its area where functions are not available.

    A workbook whose functions return no tables has the values in the area itself.
    """
    return f"=IF({AVAILABLE},{formula},{stored(area, model)})" if route.tables else f"={formula}"


def case_total(case: str, model: Model) -> str:
    """Refer to a case's total for the inputs that the tables stand for."""
    return f"$K${built_row(tables(model)) + 1 + totals_of(model).index(case)}"


def on_tables(reference: str) -> str:
    """Refer to cells of the tables' sheet from another one.

    >>> on_tables("$K$150"), on_tables("A7:B9")
    ("'Risk tables'!$K$150", "'Risk tables'!A7:B9")
    """
    return f"'{RISK_TABLES}'!{reference}"


def stands_for(model: Model) -> str:
    """Refer to the words that say for which inputs the tables stand."""
    return f"$K${built_row(tables(model))}"


def inputs_differ(model: Model) -> str:
    """Write the condition that the tables do not stand for the inputs as they are now."""
    return f'$K${built_row(tables(model)) + traits_of(model) - 1}="{NO}"'


def threshold_row(model: Model) -> int:
    """Return the row of the threshold whose chance of being exceeded the tables hold."""
    return tables(model)["simulate"].last + 1


def live_percentile(model: Model) -> str:
    """Refer to the part of the draws below the live total: four rows up from the last."""
    return cell(RISK_TABLES, "B", tables(model)["simulate"].last - 4)


def percentile(percent: int, model: Model) -> str:
    """Refer to a percentile of the simulated total: they stand below mean and deviation."""
    return on_tables(percentile_at(percent, model))


def percentile_at(percent: int, model: Model) -> str:
    """Refer to a percentile of the simulated total on its own sheet."""
    return f"B{tables(model)['simulate'].first + 2 + PERCENTILES.index(percent)}"


def simulated_mean(result: str, model: Model) -> str:
    """Refer to the simulated mean of the total or of a segment."""
    column = get_column_letter(2 + 2 * (TOTAL, *model.segments).index(result))
    return cell(RISK_TABLES, column, tables(model)["simulate"].first)


def built_row(place: dict[str, Table]) -> int:
    """Return the first row of the table of what the sheet's tables were computed from."""
    return place["histogram"].row + place["tornado"].rows + 2


def calls_row(model: Model) -> int:
    """Return the row from which on the calls stand in words: below the tables, not printed."""
    place = tables(model)
    return max(place["histogram"].last + 1, built_row(place) + traits_of(model))


def case_cells(layout: Layout) -> tuple[str, str]:
    """Refer to the ids of all assumptions and to their live values."""
    return layout.all_assumptions(layout.assumption_id), layout.all_assumptions(LIVE)


def cases_area(layout: Layout) -> str:
    """Refer to the values of all assumptions in every case."""
    return layout.all_assumptions(LIVE, layout.last_case)


def goals_row(place: dict[str, Table]) -> int:
    """Return the row of the heading over the goals."""
    return place["grid"].last + 2
