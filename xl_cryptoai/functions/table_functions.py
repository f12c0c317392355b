"""The functions that answer with a table, or look a name up."""

from __future__ import annotations

import numpy as np

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.scenarios import (
    SCENARIOS,
    check_scenario,
    check_value,
    scenario_header,
)
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.model import Forecast, run_steps, tam_path
from xl_cryptoai.forecast.reconcile import reconcile
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.functions.blocks import (
    block_of,
    cases_of,
    is_left_out,
    is_left_out_cell,
    line_of,
)
from xl_cryptoai.functions.cells import (
    Answer,
    Cells,
    Raw,
    common_shape,
    is_blank,
    numbers_of,
    texts_of,
)
from xl_cryptoai.functions.entry import PREFIX, Argument, ExcelFunction
from xl_cryptoai.functions.step_functions import (
    allowed_in_words,
    argument_for,
    read_argument,
)
from xl_cryptoai.source import load_published

CATEGORY = "Crypto AI: tables"
BASE = "base"
A_SCENARIO = f"{', '.join(SCENARIOS[:-1])} or {SCENARIOS[-1]}"
AN_ID_OF_EITHER = "the id of an assumption or step"


def forecast_table(scenario_or_ids: Raw = None, values: Raw = None) -> Answer:
    """Return the whole forecast for scenarios, or for columns of assumption values.

    Parameters
    ----------
    scenario_or_ids : n cells
        Without values: one or more scenarios; the base case if left out. With values: assumption
        ids; blank cells are passed over with their rows.
    values : n x k cells
        A value for each id, one column a case.

    Returns
    -------
    rows of cells
        A header, then one row a step: id, label, unit, and its value in each case. The header
        names the scenario, or numbers the cases.

    Raises
    ------
    UnknownNameError
        For an unknown scenario or id, naming the known ones.
    """
    if is_left_out_cell(values):
        scenarios = _scenarios_of(scenario_or_ids)
        results = Forecast(scenarios).values_by_id
        headers = [scenario_header(one) for one in scenarios]
    else:
        results = run_steps(cases_of(scenario_or_ids, values))
        width = len(results["total"])
        headers = ["value"] if width == 1 else [f"value {number + 1}" for number in range(width)]
    rows: Cells = [["id", "label", "unit", *headers]]
    for step in STEPS.values():
        rows.append([step.id, step.label, step.unit_label, *results[step.id].tolist()])
    return rows


def _scenarios_of(raw: Raw) -> list[str]:
    """Read one or more scenarios in a row or column; the base case if left out."""
    if is_left_out(raw):
        return [BASE]
    names = [scenario_of(cell) for cell in line_of("scenario_or_ids", raw) if not is_blank(cell)]
    for name in names:
        if names.count(name) > 1:
            raise UnknownNameError(f"scenario_or_ids has {quoted(name)} twice; give each once")
    return names


def scenario_of(cell: Raw) -> str:
    """Read one cell as a scenario, in capitals or not: sheets write Bear, Base, Bull."""
    name = str(texts_of("scenario", cell, A_SCENARIO))
    if name.lower() in SCENARIOS:
        return name.lower()
    if name in STEPS or name in shipped_assumptions():
        raise UnknownNameError(
            f"no scenario is called {quoted(name)}; give {A_SCENARIO}, or assumption "
            "ids with their values; CAI_VALUE returns one figure"
        )
    return check_scenario(name)  # refuses it with the known ones


def value_of(id: Raw, scenario: Raw = None) -> Answer:  # noqa: A002  # as everywhere
    """Return the values of assumptions or steps in published scenarios.

    Parameters
    ----------
    id : cell or range
        Ids of assumptions or steps.
    scenario : cell or range
        "bear", "base" or "bull"; the base case if left out.

    Returns
    -------
    cell or rows of cells
        In the shape of the arguments; each in its own unit, a choice as text.

    Raises
    ------
    UnknownNameError
        For an unknown id or scenario, naming the known ones.
    """
    given = [("id", texts_of("id", id, AN_ID_OF_EITHER))]
    if not is_left_out(scenario):
        given.append(("scenario", texts_of("scenario", scenario, A_SCENARIO)))
    shape = common_shape(given)
    cells = [np.broadcast_to(texts, shape).ravel().tolist() for _, texts in given]
    names, scenarios = cells if len(cells) > 1 else (cells[0], [BASE] * len(cells[0]))
    cases = {one: Forecast(scenario_of(one)) for one in dict.fromkeys(scenarios)}
    found = [cases[which][name] for which, name in zip(scenarios, names, strict=True)]
    if not shape:
        return found[0]  # type: ignore[no-any-return]
    return [found[first : first + shape[1]] for first in range(0, len(found), shape[1])]


def tam_path_table(*cells: Raw) -> Answer:
    """Answer the productivity market by year: rows of year and USD a year."""
    names = STEPS["tam"].inputs
    given = {name: read_argument(name, raw) for name, raw in zip(names, cells, strict=True)}
    for name, array in given.items():
        if array.ndim:
            raise ShapeMismatchError(f"{name} has {array.size} cells; give one cell")
    check_constraints(given)
    years, path = tam_path(**{name: float(array) for name, array in given.items()})
    return [[float(year), value] for year, value in zip(years, path.tolist(), strict=True)]


def source_of(id: Raw) -> Answer:  # noqa: A002  # the argument is called id, as everywhere
    """Answer where a figure is from: an assumption's source, or a step's printed result."""
    name = str(texts_of("id", id, AN_ID_OF_EITHER))
    if name in shipped_assumptions():
        entry = shipped_assumptions()[name]
        return f"{entry.kind}; {entry.locator}; {entry.rationale}"
    if name in STEPS:
        printed = load_published().figures.get(name)
        step = STEPS[name]
        printed_words = (
            f"printed {printed.printed}; {printed.locator}" if printed else "not printed"
        )
        return f"computed; {printed_words}; from {', '.join(step.inputs)}"
    raise UnknownNameError(f"no assumption or step is called {quoted(name)}; see the Sources sheet")


def reconcile_table(ids: Raw, values: Raw) -> Answer:
    """Hold results against the printed figures.

    Parameters
    ----------
    ids, values : n cells each
        Step ids and their values; rows without a printed figure are passed over.

    Returns
    -------
    rows of cells
        A header, then one row a printed figure: id, value, printed, difference, tolerance, verdict.
    """
    names, table = block_of(ids, values)
    if len(table[0]) != 1:
        raise ShapeMismatchError(f"values has {len(table[0])} columns; give one")
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        raise UnknownNameError(f"no step is called {quoted(unknown[0])}; give ids of steps")
    given = {
        name: check_value(
            STEPS[name], numbers_of(f"values for {name}", row, allowed_in_words(name))
        )
        for name, row in zip(names, table, strict=True)
    }
    lines = reconcile(given)
    if not lines:
        raise UnknownNameError("ids has no step with a printed figure; see CAI_SOURCE")
    rows: Cells = [["id", "value", "printed", "difference", "tolerance", "verdict"]]
    for line in lines:
        figure = line.figure
        verdict = "agrees" if line.agrees else "differs"
        rows.append(
            [figure.id, line.value, figure.value, line.difference, figure.half_digit, verdict]
        )
    return rows


TABLE_FUNCTIONS: tuple[ExcelFunction, ...] = (
    ExcelFunction(
        name=PREFIX + "FORECAST",
        category=CATEGORY,
        help="The whole forecast in one call: a table of every step with label, unit and its "
        "value, for the base case, a scenario, or columns of assumption values.",
        arguments=(
            Argument(
                "scenario_or_ids",
                f"A scenario, text: {A_SCENARIO}; several in a row or column give a column "
                f"each. Blank or left out: {BASE}. With values: assumption ids, one column, every "
                "assumption; rows with a blank id are passed over.",
                optional=True,
            ),
            Argument(
                "values",
                "The assumptions' values beside the ids, each in its own unit: "
                "one column for each case. Blank or left out: those of the scenario.",
                optional=True,
            ),
        ),
        answer=forecast_table,
        table=True,
    ),
    ExcelFunction(
        name=PREFIX + "VALUE",
        category=CATEGORY,
        help="One figure of the published forecast: an assumption or a step in a scenario, in its "
        "own unit, such as the total in the bull case. A range gives a range.",
        arguments=(
            Argument(
                "id",
                "Id of an assumption or step, text, such as total. One cell or a range; "
                "CAI_FORECAST lists the steps.",
            ),
            Argument(
                "scenario",
                f"A scenario, text: {A_SCENARIO}. One cell or a range. Blank or left out: {BASE}.",
                optional=True,
            ),
        ),
        answer=value_of,
    ),
    ExcelFunction(
        name=PREFIX + "TAM_PATH",
        category=CATEGORY,
        help="Productivity market (TAM) by year, from the baseline to the forecast year: a table "
        "of year and USD/year.",
        arguments=tuple(argument_for(name) for name in STEPS["tam"].inputs),
        answer=tam_path_table,
        table=True,
    ),
    ExcelFunction(
        name=PREFIX + "SOURCE",
        category=CATEGORY,
        help="Where a figure is from: kind, place in the publication and rationale of an "
        "assumption, or the printed figure and inputs of a step.",
        arguments=(Argument("id", "Id of an assumption or step, text, such as ai_penetration."),),
        answer=source_of,
    ),
    ExcelFunction(
        name=PREFIX + "RECONCILE",
        category=CATEGORY,
        help="Holds results against the figures that the publication prints: a table of value, "
        "printed figure, difference, tolerance (half of the last printed digit) and verdict.",
        arguments=(
            Argument(
                "ids", "Step ids, text: one column of cells. Rows with a blank id are passed over."
            ),
            Argument(
                "values",
                "The steps' values beside the ids, each in its step's unit "
                "(USD/year, or a share as a fraction): one column.",
            ),
        ),
        answer=reconcile_table,
        table=True,
    ),
)
