"""The functions that answer with a table, or look a name up."""

from __future__ import annotations

from functools import partial

import numpy as np

from xl_cryptoai.assumptions.scenarios import check_value
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.forecast import Forecast, tam_path
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.forecast.reconcile import reconcile
from xl_cryptoai.forecast.run import run_steps
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
from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.step_functions import (
    allowed_in_words,
    argument_for,
    name_of,
    read_argument,
)

CATEGORY = "Crypto AI: tables"
BASE = "base"
AN_ID_OF_EITHER = "the id of an assumption or step"


def a_scenario(model: Model) -> str:
    """Name the scenarios of a model as a choice."""
    *others, last = model.assumptions.scenarios
    return f"{', '.join(others)} or {last}" if others else last


def forecast_table(model: Model, scenario_or_ids: Raw = None, values: Raw = None) -> Answer:
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
        scenarios = scenarios_of(model, scenario_or_ids)
        results = Forecast(scenarios, model=model).values_by_id
        headers = [model.assumptions.header(one) for one in scenarios]
    else:
        results = run_steps(model, cases_of(model, scenario_or_ids, values))
        width = len(results[TOTAL])
        headers = case_headers(width)
    rows: Cells = [["id", "label", "unit", *headers]]
    for step in model.steps.values():
        rows.append([step.id, step.label, step.unit_label, *results[step.id].tolist()])
    return rows


def case_headers(width: int) -> list[str]:
    """Return the headers of cases that are columns of values."""
    return ["value"] if width == 1 else [f"value {number + 1}" for number in range(width)]


def scenarios_of(model: Model, raw: Raw) -> list[str]:
    """Read one or more scenarios in a row or column; the base case if left out."""
    if is_left_out(raw):
        return [BASE]
    line = line_of("scenario_or_ids", raw)
    names = [scenario_of(model, cell) for cell in line if not is_blank(cell)]
    for name in names:
        if names.count(name) > 1:
            raise UnknownNameError(f"scenario_or_ids has {quoted(name)} twice; give each once")
    return names


def scenario_of(model: Model, cell: Raw) -> str:
    """Read one cell as a scenario."""
    name = str(texts_of("scenario", cell, a_scenario(model)))
    if name in model.entries:
        raise UnknownNameError(
            f"no scenario is called {quoted(name)}; give {a_scenario(model)}, or "
            f"assumption ids with their values; {name_of(model, 'value')} returns one figure"
        )
    return model.assumptions.scenario_of(name)


def value_of(model: Model, id: Raw, scenario: Raw = None) -> Answer:  # noqa: A002  # as everywhere
    """Return the values of assumptions or steps in published scenarios.

    Parameters
    ----------
    id : cell or range
        Ids of assumptions or steps.
    scenario : cell or range
        Ids of scenarios; the base case if left out.

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
        given.append(("scenario", texts_of("scenario", scenario, a_scenario(model))))
    shape = common_shape(given)
    cells = [np.broadcast_to(texts, shape).ravel().tolist() for _, texts in given]
    names, scenarios = cells if len(cells) > 1 else (cells[0], [BASE] * len(cells[0]))
    cases = {
        one: Forecast(scenario_of(model, one), model=model) for one in dict.fromkeys(scenarios)
    }
    found = [cases[which][name] for which, name in zip(scenarios, names, strict=True)]
    if not shape:
        return found[0]  # type: ignore[no-any-return]
    return [found[first : first + shape[1]] for first in range(0, len(found), shape[1])]


def tam_path_table(model: Model, *cells: Raw) -> Answer:
    """Answer the productivity market by year: rows of year and USD a year."""
    step = model.steps["tam"]
    pairs = zip(step.inputs, cells, strict=True)
    given = {name: read_argument(model, name, raw) for name, raw in pairs}
    for name, array in given.items():
        if array.ndim:
            raise ShapeMismatchError(f"{name} has {array.size} cells; give one cell")
    check_constraints(model.constraints, given)
    years, path = tam_path(step, **{name: float(array) for name, array in given.items()})
    return [[float(year), value] for year, value in zip(years, path.tolist(), strict=True)]


def source_of(model: Model, id: Raw) -> Answer:  # noqa: A002  # the argument is called id, as everywhere
    """Answer where a figure is from: an assumption's source, or a step's printed result."""
    name = model.id_of(str(texts_of("id", id, AN_ID_OF_EITHER)))
    if name in model.assumptions:
        entry = model.assumptions[name]
        return f"{entry.kind}; {entry.locator}; {entry.rationale}"
    printed = model.publication.figures.get(name)
    printed_words = f"printed {printed.printed}; {printed.locator}" if printed else "not printed"
    return f"computed; {printed_words}; from {', '.join(model.steps[name].inputs)}"


def reconcile_table(model: Model, ids: Raw, values: Raw) -> Answer:
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
    names, table = block_of(model, ids, values)
    if len(table[0]) != 1:
        raise ShapeMismatchError(f"values has {len(table[0])} columns; give one")
    unknown = [name for name in names if name not in model.steps]
    if unknown:
        raise UnknownNameError(f"no step is called {quoted(unknown[0])}; give ids of steps")
    given = {
        name: check_value(
            model.steps[name],
            numbers_of(f"values for {name}", row, allowed_in_words(model, name)),
        )
        for name, row in zip(names, table, strict=True)
    }
    lines = reconcile(model, given)
    if not lines:
        raise UnknownNameError(
            f"ids has no step with a printed figure; see {name_of(model, 'source')}"
        )
    rows: Cells = [["id", "value", "printed", "difference", "tolerance", "verdict"]]
    for line in lines:
        figure = line.figure
        verdict = "agrees" if line.agrees else "differs"
        rows.append(
            [figure.id, line.value, figure.value, line.difference, figure.half_digit, verdict]
        )
    return rows


def table_functions(model: Model) -> tuple[ExcelFunction, ...]:
    """Return the functions that answer with a table, or look a name up."""
    return (
        ExcelFunction(
            name=name_of(model, "FORECAST"),
            category=CATEGORY,
            help="The whole forecast in one call: a table of every step with label, unit and its "
            "value, for the base case, a scenario, or columns of assumption values.",
            arguments=(
                Argument(
                    "scenario_or_ids",
                    f"A scenario, text: {a_scenario(model)}; several in a row or column give a "
                    f"column each. Blank or left out: {BASE}. With values: assumption ids, one "
                    "column, every assumption; rows with a blank id are skipped.",
                    optional=True,
                ),
                Argument(
                    "values",
                    "The assumptions' values beside the ids, each in its own unit: "
                    "one column for each case. Blank or left out: those of the scenario.",
                    optional=True,
                ),
            ),
            answer=partial(forecast_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "VALUE"),
            category=CATEGORY,
            help="One figure of the published forecast: an assumption or a step in a scenario, "
            "in its own unit, such as the total in the bull case. A range gives a range.",
            arguments=(
                Argument(
                    "id",
                    "Id of an assumption or step, text, such as total. One cell or a range; "
                    f"{name_of(model, 'forecast')} lists the steps.",
                ),
                Argument(
                    "scenario",
                    f"A scenario, text: {a_scenario(model)}. One cell or a range. Blank or left "
                    f"out: {BASE}.",
                    optional=True,
                ),
            ),
            answer=partial(value_of, model),
        ),
        *_path_functions(model),
        ExcelFunction(
            name=name_of(model, "SOURCE"),
            category=CATEGORY,
            help="Where a figure is from: kind, place in the publication and rationale of an "
            "assumption, or the printed figure and inputs of a step.",
            arguments=(
                Argument("id", "Id of an assumption or step, text, such as ai_penetration."),
            ),
            answer=partial(source_of, model),
        ),
        ExcelFunction(
            name=name_of(model, "RECONCILE"),
            category=CATEGORY,
            help="Compares results with the figures that the publication prints: a table of value, "
            "printed figure, difference, tolerance (half of the last printed digit) and verdict.",
            arguments=(
                Argument(
                    "ids",
                    "Step ids, text: one column of cells. Rows with a blank id are skipped.",
                ),
                Argument(
                    "values",
                    "The steps' values beside the ids, each in its step's unit "
                    "(USD/year, or a share as a fraction): one column.",
                ),
            ),
            answer=partial(reconcile_table, model),
            table=True,
        ),
    )


def _path_functions(model: Model) -> tuple[ExcelFunction, ...]:
    """Return the market by year, which a model with the published market has."""
    if not model.is_published_step("tam"):
        return ()
    function = ExcelFunction(
        name=name_of(model, "TAM_PATH"),
        category=CATEGORY,
        help="Productivity market (TAM) by year, from the baseline to the forecast year: a "
        "table of year and USD/year.",
        arguments=tuple(argument_for(model, name) for name in model.steps["tam"].inputs),
        answer=partial(tam_path_table, model),
        table=True,
    )
    return (function,)
