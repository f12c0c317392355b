"""The functions that say how sure the total is, what moves it and what would have to be true."""

from __future__ import annotations

from functools import partial

from xl_cryptoai.assumptions.input_fields import LEAST_DRAWS, MOST_DRAWS
from xl_cryptoai.assumptions.uncertainty import DRAWS, METHODS, SEED, SHAPES
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.functions.entry import Argument, ExcelFunction
from xl_cryptoai.functions.risk_tables import (
    BINS,
    MOST_BINS,
    SENSITIVITY_DRAWS,
    dependence_cells,
    goalseek_value,
    grid_table,
    histogram_table,
    nearest_correlation_table,
    sensitivity_table,
    simulate_table,
    tornado_table,
)
from xl_cryptoai.functions.step_functions import name_of
from xl_cryptoai.units import read_as

CATEGORY = "Crypto AI: risk"

IDS = Argument(
    "ids",
    "Assumption ids, text: one column of cells. Rows with a blank id are skipped; every "
    "assumption must be there.",
)
VALUES = Argument(
    "values",
    "The assumptions' values beside the ids, each in its own unit: one column, such as the live "
    "case.",
)
DISTRIBUTIONS = Argument(
    "distributions",
    "What is uncertain: rows of five cells, id, shape, low, most likely, high; rows with a blank "
    f"id are skipped. Shapes: {', '.join(SHAPES)}. A normal or lognormal needs no most likely.",
)
CORRELATIONS = Argument(
    "correlations",
    "Rank correlations, -1 to 1: a square of cells with a row and a column for each row of "
    "distributions, in that order. Blank or left out: none.",
    optional=True,
)
SEED_NUMBER = Argument(
    "seed",
    "Seed of the random numbers, a whole number, 0 or more: the same seed gives the same result. "
    f"Blank or left out: {SEED}.",
    optional=True,
)
DRAWING = Argument(
    "method",
    f"Sampling method, text: {', '.join(METHODS)} (scrambled Sobol points, Latin hypercube, plain "
    f"random numbers). Blank or left out: {METHODS[0]}.",
    optional=True,
)
OTHER_IDS = Argument(
    "ids",
    "Assumption ids, text, for a case of your own: one column, every assumption. Blank or left "
    "out, with the values: the base case.",
    optional=True,
)
OTHER_VALUES = Argument(
    "values",
    "The assumptions' values beside the ids, each in its own unit: one column. Blank or left out, "
    "with the ids: the base case.",
    optional=True,
)


def _draws(usual: int) -> Argument:
    return Argument(
        "draws",
        f"Number of draws, {LEAST_DRAWS} to {MOST_DRAWS}, a whole number; a power of two suits "
        f"Sobol points best. Blank or left out: {usual}.",
        optional=True,
    )


def _threshold(model: Model) -> Argument:
    printed = model.publication.figures.get(TOTAL)
    amount = read_as(float(model.assumptions.settings["threshold"]), "usd_per_year")
    usual = amount if printed is None else f"the printed total, {printed.printed}"
    return Argument(
        "threshold",
        "Threshold, USD/year, 0 or more: the chance of exceeding it is the share of draws that do. "
        f"Blank or left out: {usual}.",
        optional=True,
    )


SIMULATED = (IDS, VALUES, DISTRIBUTIONS, CORRELATIONS, _draws(DRAWS), SEED_NUMBER, DRAWING)
"""All that a simulation depends on."""


def risk_functions(model: Model) -> tuple[ExcelFunction, ...]:
    """Return the functions that say how sure a model's total is."""
    return (
        ExcelFunction(
            name=name_of(model, "SIMULATE"),
            category=CATEGORY,
            help="How uncertain the total is: a table of mean, standard deviation, percentiles, "
            "the chance of exceeding a threshold and the live case, for the total and each "
            "segment, USD/year, with standard errors (_se); then draws, seed and method.",
            arguments=(*SIMULATED, _threshold(model)),
            answer=partial(simulate_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "HISTOGRAM"),
            category=CATEGORY,
            help="Histogram of the simulated total, for a chart: a table of where each bin starts "
            "and ends (USD/year), its share of the draws, and the cumulative share.",
            arguments=(
                *SIMULATED,
                Argument(
                    "bins",
                    "Number of equal bins from the smallest to the largest total, 1 to "
                    f"{MOST_BINS}, a whole number. Blank or left out: {BINS}.",
                    optional=True,
                ),
            ),
            answer=partial(histogram_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "DEPENDENCE"),
            category=CATEGORY,
            help="How dependence between assumptions affects the total: a table of P5, P50, P95 "
            "(USD/year) and the chance of exceeding a threshold, from independent to one "
            "common factor, with standard errors (_se), and the range of the draws.",
            arguments=(
                IDS,
                VALUES,
                DISTRIBUTIONS,
                _draws(DRAWS),
                SEED_NUMBER,
                DRAWING,
                _threshold(model),
            ),
            answer=partial(dependence_cells, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "TORNADO"),
            category=CATEGORY,
            help="What moves the total: a table of each uncertain assumption's low and high, the "
            "total (USD/year) at each with all others unchanged, and the swing between the "
            "two, widest first.",
            arguments=(IDS, VALUES, DISTRIBUTIONS),
            answer=partial(tornado_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "SENSITIVITY"),
            category=CATEGORY,
            help="How much each uncertain assumption matters to the total: a table of "
            "elasticity, rank correlation (Spearman), contribution to variance, first-order and "
            "total-order Sobol index or, with correlations, Shapley effect, with standard "
            "errors (_se).",
            arguments=(
                IDS,
                VALUES,
                DISTRIBUTIONS,
                CORRELATIONS,
                _draws(SENSITIVITY_DRAWS),
                SEED_NUMBER,
            ),
            answer=partial(sensitivity_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "GRID"),
            category=CATEGORY,
            help="What if two assumptions change: a table of the total (USD/year) with the "
            "values of x on top and those of y at the left.",
            arguments=(
                Argument("x", "Id of the assumption across the top, text, such as ai_penetration."),
                Argument("xs", "Its values, in its unit: one row or column of cells."),
                Argument("y", "Id of the assumption down the left, text, different from x."),
                Argument("ys", "Its values, in its unit: one row or column of cells."),
                OTHER_IDS,
                OTHER_VALUES,
            ),
            answer=partial(grid_table, model),
            table=True,
        ),
        ExcelFunction(
            name=name_of(model, "GOALSEEK"),
            category=CATEGORY,
            help="What would have to be true: the value of one assumption at which the total "
            "reaches the target, all others unchanged. #N/A if no value within its bounds "
            "reaches it.",
            arguments=(
                Argument("id", "Id of the assumption to solve for, text, such as ai_penetration."),
                Argument("target", "Target total, USD/year, 0 or more, such as 20E9."),
                OTHER_IDS,
                OTHER_VALUES,
            ),
            answer=partial(goalseek_value, model),
        ),
        ExcelFunction(
            name=name_of(model, "NEAREST_CORRELATION"),
            category=CATEGORY,
            help="The nearest rank correlations that are positive semidefinite, as a simulation "
            "needs them: a square of cells, unchanged if they already are.",
            arguments=(
                Argument("ids", "Assumption ids of the rows and columns, text: one row or column."),
                Argument(
                    "correlations",
                    "Rank correlations, -1 to 1: a square of cells in the order of the ids, "
                    "symmetric, with 1 on the diagonal.",
                ),
            ),
            answer=partial(nearest_correlation_table, model),
            table=True,
        ),
    )
