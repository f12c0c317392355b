"""CAI_PATH: revenue by year and segment, as one table."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.catalogue import inputs_of
from xl_cryptoai.assumptions.scenarios import check_range
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.path import values_by_year
from xl_cryptoai.functions.blocks import cases_of, is_left_out_cell, line_of
from xl_cryptoai.functions.cells import Answer, Cells, Raw, is_blank, numbers_of, rows_of
from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.functions.table_functions import (
    BASE,
    CATEGORY,
    a_scenario,
    case_headers,
    scenarios_of,
)
from xl_cryptoai.units import UNITS

BLANK = ""
"""What stands in a year that a case does not have."""


def path_table(
    model: Model, scenario_or_ids: Raw = None, values: Raw = None, years: Raw = None
) -> Answer:
    """Return revenue by year, by segment and in total, for scenarios or for columns of values.

    Parameters
    ----------
    scenario_or_ids : n cells
        As for the forecast's table: one or more scenarios, or assumption ids beside values.
    values : n x k cells
        A value for each id, one column a case.
    years : m cells
        Which years; all of each case if left out. In a row, the table is turned: a row a case and
        result, a column a year. A blank cell, and a year that a case does not have, comes out
        blank.

    Returns
    -------
    rows of cells
        A header, then one row a case and year: case, year, each segment and the total, USD a year.

    Raises
    ------
    UnknownNameError, OutOfRangeError
        For an unknown scenario or id, or a year that is none.
    """
    results = (*model.segments, TOTAL)
    asked = None if is_left_out_cell(years) else _years(years)
    across = asked is not None and len(asked) > 1 and len(rows_of(years)[0]) == 1
    rows: Cells = []
    for case, inputs in _cases(model, scenario_or_ids, values):
        known, found = values_by_year(model, inputs)
        chosen: list[float | None] = [*map(float, known)] if asked is None else asked
        columns = {name: _at(chosen, known, found[name]) for name in results}
        if across:
            rows += [[case, name, *column] for name, column in columns.items()]
        else:
            shown = [_shown(year) for year in chosen]
            rows += [[case, *row] for row in zip(shown, *columns.values(), strict=True)]
    if across and asked is not None:
        return [["case", "id", *map(_shown, asked)], *rows]
    return [["case", "year", *results], *rows]


def _cases(model: Model, scenario_or_ids: Raw, values: Raw) -> list[tuple[str, dict[str, Any]]]:
    """Return the inputs of each case, with its name as a header."""
    if is_left_out_cell(values):
        return [
            (model.assumptions.header(one), inputs_of(model.assumptions, one))
            for one in scenarios_of(model, scenario_or_ids)
        ]
    inputs = cases_of(model, scenario_or_ids, values)
    width = max(array.size for array in inputs.values())
    flat = {name: np.broadcast_to(array, width) for name, array in inputs.items()}
    return [
        (header, {name: array[number] for name, array in flat.items()})
        for number, header in enumerate(case_headers(width))
    ]


def _years(raw: Raw) -> list[float | None]:
    """Read years in a row or column; a blank cell is no year."""
    unit = UNITS["year"]
    found: list[float | None] = []
    for cell in line_of("years", raw):
        if is_blank(cell):
            found.append(None)
            continue
        year = numbers_of("years", cell, "a year, or blank")
        check_range("years", year, unit.id, unit.lower, unit.upper)
        found.append(float(year))
    return found


def _shown(year: float | None) -> float | str:
    return BLANK if year is None else year


def _at(
    asked: list[float | None], known: NDArray[np.int64], values: NDArray[np.float64]
) -> list[float | str]:
    """Return a result in the years that are asked for; blank in those that the case lacks."""
    by_year: dict[float | None, float] = dict(
        zip(known.astype(np.float64).tolist(), values.tolist(), strict=True)
    )
    return [by_year.get(year, BLANK) for year in asked]


def path_function(model: Model) -> ExcelFunction:
    """Return the function that answers with revenue by year."""
    return ExcelFunction(
        name=name_of(model, "PATH"),
        category=CATEGORY,
        help="Revenue by year, by segment and in total, from the baseline to the forecast year: a "
        "table of case, year and USD/year. Years before the forecast year follow the adoption "
        "assumptions, a house view.",
        arguments=(
            Argument(
                "scenario_or_ids",
                f"A scenario, text: {a_scenario(model)}; several in a row or column follow each "
                f"other. Blank or left out: {BASE}. With values: assumption ids, one column; rows "
                "with a blank id are skipped.",
                optional=True,
            ),
            Argument(
                "values",
                "The assumptions' values beside the ids, each in its own unit: one column for each "
                "case. The adoption assumptions may be missing. Blank or left out: those of the "
                "scenario.",
                optional=True,
            ),
            Argument(
                "years",
                "Years to return, in a column; in a row, the table has a column for each. "
                "Blank cells, and years that a case does not have, return blanks. Blank or left "
                "out: all years of each case.",
                optional=True,
            ),
        ),
        answer=partial(path_table, model),
        table=True,
    )
