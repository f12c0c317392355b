"""Where everything stands on sheet Risk, and how large each answer is."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.input_fields import uncertain_in
from xl_cryptoai.forecast.steps import SEGMENTS, STEPS
from xl_cryptoai.risk.dependence import DEPENDENCES
from xl_cryptoai.workbook.layout import ASSUMPTIONS, HEADER_ROW, ID, LIVE, RISK, Layout, cell

LAST = "N"
BINS = 30
POINTS = 7  # values of each assumption in the grid
CHART_ROWS = 19
BARS_ROWS = 15
"""Rows that the chart below the sensitivities takes."""
TRAITS = 7  # figures by which a workbook without calls tells whether inputs have changed
MONEY_ROWS = 9
"""Rows of the simulation's table with money in them: mean, deviation and seven percentiles."""
ENDS_FORMAT = '[>=1000000000000]0.000,,,,"T";[>=1000000000]0.000,,,"B";0.0000'

HEADERS = {
    "simulate": ("Statistic", *(
        words for name in ("total", *SEGMENTS) for words in (STEPS[name].label, "std. error")
    )),
    "dependence": ("Rank correlation", *(
        words
        for name in ("P5", "P50", "P95", "Chance above")
        for words in (name, "std. error")
    ), "Least draw", "Greatest draw"),
    "tornado": ("Assumption alone", "Low", "High", "Total at low", "Total at high", "Swing"),
    "sensitivity": ("Assumption", "Elasticity", *(
        words
        for name in ("Spearman", "Contribution", "First-order", "Total-order", "Shapley")
        for words in (name, "std. error")
    )),
    "histogram": ("From", "To", "Share", "Cumulative"),
}  # fmt: skip


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


def tables(catalogue: Catalogue) -> dict[str, Table]:
    """Return every table its place, from the top down."""
    count = len(uncertain_in(catalogue))
    simulate = Table(HEADER_ROW + 1, MONEY_ROWS + 8, len(HEADERS["simulate"]))
    dependence = Table(
        simulate.last + CHART_ROWS + 5, len(DEPENDENCES) + 1, len(HEADERS["dependence"])
    )
    tornado = Table(dependence.last + 5, count + 1, len(HEADERS["tornado"]))
    sensitivity = Table(tornado.last + 4, count + 1, len(HEADERS["sensitivity"]))
    grid = Table(sensitivity.last + BARS_ROWS + 7, POINTS + 1, POINTS + 1)
    histogram = Table(grid.last + 11, BINS + 1, len(HEADERS["histogram"]))
    return {
        "simulate": simulate, "dependence": dependence, "tornado": tornado,
        "sensitivity": sensitivity, "grid": grid, "histogram": histogram,
    }  # fmt: skip


def frozen_cells(catalogue: Catalogue) -> list[str]:
    """List the areas whose values are kept instead of formulas where nobody answers with tables."""
    place = tables(catalogue)
    goals = goals_row(place) + 2
    built = built_row(place)
    return [
        *(table.ref for table in place.values()),
        f"C{goals}:C{goals + 3}",
        f"I{built}:I{built + TRAITS - 1}",
    ]


def live_percentile(catalogue: Catalogue) -> str:
    """Refer to the part of the draws below the live total: four rows up from the last."""
    return cell(RISK, "B", tables(catalogue)["simulate"].last - 4)


def simulated_mean(result: str, catalogue: Catalogue) -> str:
    """Refer to the simulated mean of the total or of a segment."""
    column = get_column_letter(2 + 2 * ("total", *SEGMENTS).index(result))
    return cell(RISK, column, tables(catalogue)["simulate"].first)


def built_row(place: dict[str, Table]) -> int:
    """Return the row where a workbook without calls says what its tables were computed from."""
    return place["histogram"].row + place["tornado"].rows + 2


def case_cells(layout: Layout) -> tuple[str, str]:
    """Refer to the ids of all assumptions and to their live values."""
    rows = layout.assumption_row.values()
    return tuple(  # type: ignore[return-value]
        f"{ASSUMPTIONS}!${column}${min(rows)}:${column}${max(rows)}" for column in (ID, LIVE)
    )


def goals_row(place: dict[str, Table]) -> int:
    """Return the row of the heading over the goals."""
    return place["grid"].last + 2
