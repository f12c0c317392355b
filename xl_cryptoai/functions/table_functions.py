"""The functions that answer with a table, or look a name up."""

from __future__ import annotations

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.scenarios import check_value
from xl_cryptoai.errors import ShapeMismatchError, UnknownNameError, quoted
from xl_cryptoai.forecast.constraints import check_constraints
from xl_cryptoai.forecast.model import run_steps, tam_path
from xl_cryptoai.forecast.reconcile import reconcile
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.functions.blocks import block_of, cases_of
from xl_cryptoai.functions.cells import Answer, Cells, Raw, numbers_of, texts_of
from xl_cryptoai.functions.entry import PREFIX, Argument, ExcelFunction
from xl_cryptoai.functions.step_functions import (
    allowed_in_words,
    argument_for,
    read_argument,
)
from xl_cryptoai.source import load_published

CATEGORY = "Crypto AI: tables"


def forecast_table(ids: Raw, values: Raw) -> Answer:
    """Answer the whole forecast for one or more columns of assumption values.

    Parameters
    ----------
    ids : n cells
        Assumption ids; blank cells are passed over with their rows.
    values : n x k cells
        A value for each id, one column a case.

    Returns
    -------
    rows of cells
        A header, then one row a step: id, label, unit, and its value in each case.
    """
    inputs = cases_of(ids, values)
    results = run_steps(inputs)
    width = len(results["total"])
    headers = ["value"] if width == 1 else [f"value {number + 1}" for number in range(width)]
    rows: Cells = [["id", "label", "unit", *headers]]
    for step in STEPS.values():
        rows.append([step.id, step.label, step.unit_label, *results[step.id].tolist()])
    return rows


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
    name = str(texts_of("id", id, "the id of an assumption or step"))
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
        "value, for one or more columns of assumption values.",
        arguments=(
            Argument(
                "ids",
                "Assumption ids, text: one column of cells. Rows with a blank id "
                "are passed over; every assumption must be there.",
            ),
            Argument(
                "values",
                "The assumptions' values beside the ids, each in its own unit: "
                "one column for each case.",
            ),
        ),
        answer=forecast_table,
        table=True,
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
