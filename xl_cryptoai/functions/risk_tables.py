"""What the risk functions answer: tables of the simulation and of what moves the total.

The risk library, with the parts of scipy that it needs, is imported with the first call: a
workbook that asks for none of this does not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import LARGEST_SEED, LEAST_DRAWS, MOST_DRAWS
from xl_cryptoai.assumptions.uncertainty import DRAWS, FIXED, METHODS, SEED
from xl_cryptoai.errors import (
    NotReachableError,
    OutOfRangeError,
    ShapeMismatchError,
    UnknownNameError,
)
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.functions.blocks import case_of, case_or_base
from xl_cryptoai.functions.cells import Answer, Cells, Raw, is_blank
from xl_cryptoai.functions.risk_arguments import (
    Matrix,
    amount_of,
    assumption_of,
    axis_of,
    correlations_of,
    distributions_of,
    ids_of,
    matrix_of,
    one_of,
    whole_number,
)

if TYPE_CHECKING:
    from xl_cryptoai.risk import Distribution, Simulation

SENSITIVITY_DRAWS = 8_192
BINS, MOST_BINS = 30, 1_000
MOST_TOTALS = 1_000_000
"""Cells of a grid."""
KEPT = 4
"""Simulations that are kept: one of a million draws takes 40 MB."""


@dataclass(frozen=True, slots=True)
class Question:
    """All that a simulation depends on, in a form that can be looked up."""

    model: Model
    case: tuple[tuple[str, Value], ...]
    distributions: tuple[Distribution, ...]
    correlations: tuple[tuple[float, ...], ...] | None
    draws: int
    seed: int
    method: str


@lru_cache(maxsize=KEPT)
def simulation_for(question: Question) -> Simulation:
    """Simulate, or give what was found for the very same question before."""
    from xl_cryptoai.risk import simulate

    return simulate(
        question.draws,
        overrides=dict(question.case),
        distributions={one.id: one for one in question.distributions},
        correlation=question.correlations,
        method=question.method,
        seed=question.seed,
        model=question.model,
    )


@lru_cache(maxsize=KEPT)
def statistics_for(question: Question, amount: float) -> list[tuple[float | str, ...]]:
    """Return a row a statistic: each result's and its standard error, under a header."""
    found = simulation_for(question)
    results = (TOTAL, *question.model.segments)
    columns: dict[str, dict[str, tuple[float | str, ...]]] = {
        result: {**found.statistics(result, amount)} for result in results
    }
    live = Forecast(overrides=dict(question.case), model=question.model)
    for result, column in columns.items():
        above, error = found.chance_of_exceeding(live[result], result)
        column["live"] = (live[result], "")  # known, not drawn
        column["live_percentile"] = (1 - above, error)
    headers = ("statistic", *(head for result in results for head in (result, f"{result}_se")))
    rows: list[tuple[float | str, ...]] = [headers]
    for name in columns[TOTAL]:
        rows.append((name, *(figure for column in columns.values() for figure in column[name])))
    return rows


def _question(
    model: Model,
    ids: Raw,
    values: Raw,
    distributions: Raw,
    correlations: Raw,
    draws: Raw,
    seed: Raw,
    method: Raw,
    usual_draws: int = DRAWS,
) -> Question:
    case = case_of(model, ids, values)
    chosen = distributions_of(model, distributions)
    ranks = correlations_of(model, correlations, list(chosen))
    return Question(
        model=model,
        case=tuple(case.items()),
        distributions=tuple(chosen.values()),
        correlations=None if ranks is None else tuple(map(tuple, ranks.tolist())),
        draws=whole_number("draws", draws, usual_draws, LEAST_DRAWS, MOST_DRAWS),
        seed=whole_number("seed", seed, SEED, 0, LARGEST_SEED),
        method=one_of("method", method, METHODS[0], METHODS),
    )


def simulate_table(
    model: Model,
    ids: Raw,
    values: Raw,
    distributions: Raw,
    correlations: Raw = None,
    draws: Raw = None,
    seed: Raw = None,
    method: Raw = None,
    threshold: Raw = None,
) -> Answer:
    """Answer statistics of the total and of each segment, each with its standard error.

    Parameters
    ----------
    ids, values : n cells each
        Every assumption and where it stands: the case.
    distributions : rows of id, shape, low, most likely, high
        What is uncertain.
    correlations : square of cells, optional
        Rank correlations in the order of the distributions.
    draws, seed, method, threshold : cell, optional
        How many draws, from which seed, drawn how; the total to be exceeded, USD a year.

    Returns
    -------
    rows of cells
        A header, a row a statistic, then what the chance of an event that no draw had lies below
        (95%), draws, seed and method.
    """
    from xl_cryptoai.risk.estimates import bound_of_none

    question = _question(model, ids, values, distributions, correlations, draws, seed, method)
    amount = amount_of("threshold", threshold, float(model.assumptions.settings["threshold"]))
    rows: Cells = [list(row) for row in statistics_for(question, amount)]
    rest = [""] * (len(rows[0]) - 2)
    made = simulation_for(question).draws_made
    rows.append(["none_drawn_below", bound_of_none(made), *rest])
    rows.append(["draws", float(made), *rest])
    rows.append(["seed", float(question.seed), *rest])
    rows.append(["method", question.method, *rest])
    return rows


def histogram_table(
    model: Model,
    ids: Raw,
    values: Raw,
    distributions: Raw,
    correlations: Raw = None,
    draws: Raw = None,
    seed: Raw = None,
    method: Raw = None,
    bins: Raw = None,
) -> Answer:
    """Answer how the total is spread: rows of from, to, share of the draws, and share so far."""
    question = _question(model, ids, values, distributions, correlations, draws, seed, method)
    count = whole_number("bins", bins, BINS, 1, MOST_BINS)
    edges, shares = simulation_for(question).histogram(count)
    rows: Cells = [["from", "to", "share", "cumulative"]]
    sums = shares.cumsum().tolist()
    ends = edges.tolist()
    for start, end, share, so_far in zip(ends, ends[1:], shares.tolist(), sums, strict=False):
        rows.append([start, end, share, so_far])
    return rows


def dependence_cells(
    model: Model,
    ids: Raw,
    values: Raw,
    distributions: Raw,
    draws: Raw = None,
    seed: Raw = None,
    method: Raw = None,
    threshold: Raw = None,
) -> Answer:
    """Answer percentiles and the chance of exceeding a threshold, a row for each dependence."""
    question = _question(model, ids, values, distributions, None, draws, seed, method)
    amount = amount_of("threshold", threshold, float(model.assumptions.settings["threshold"]))
    return [list(row) for row in dependence_for(question, amount)]


@lru_cache(maxsize=KEPT)
def dependence_for(question: Question, amount: float) -> list[tuple[float | str, ...]]:
    """Simulate under every dependence, or return what was found for the same question before."""
    from xl_cryptoai.risk import dependence_table

    found = dependence_table(
        amount, question.draws, overrides=dict(question.case),
        distributions={one.id: one for one in question.distributions},
        method=question.method, seed=question.seed, model=question.model,
    )  # fmt: skip
    headers = [head for name in found[0].figures for head in (name, f"{name}_se")]
    rows: list[tuple[float | str, ...]] = [("dependence", *headers, "least", "greatest")]
    for row in found:
        figures = [figure for pair in row.figures.values() for figure in pair]
        rows.append((row.label, *figures, row.least, row.greatest))
    return rows


def tornado_table(model: Model, ids: Raw, values: Raw, distributions: Raw) -> Answer:
    """Answer the total at the low and high of each uncertain assumption, the widest swing first."""
    from xl_cryptoai.risk import tornado

    case, chosen = case_of(model, ids, values), distributions_of(model, distributions)
    rows: Cells = [["id", "low", "high", "total_low", "total_high", "swing"]]
    for bar in tornado(distributions=chosen, overrides=case, model=model):
        rows.append([bar.id, bar.low, bar.high, bar.total_low, bar.total_high, bar.swing])
    still = _fixed(chosen)
    total = Forecast(overrides={**case, **still}, model=model)[TOTAL]
    return [*rows, *([name, at, at, total, total, 0.0] for name, at in still.items())]


def _fixed(distributions: Mapping[str, Distribution]) -> dict[str, float]:
    """Return what does not vary, with its value.

    It has rows as well, after the others, so that a table keeps its size whatever shape is chosen.
    """
    return {name: one.mode for name, one in distributions.items() if one.shape == FIXED}


def sensitivity_table(
    model: Model,
    ids: Raw,
    values: Raw,
    distributions: Raw,
    correlations: Raw = None,
    draws: Raw = None,
    seed: Raw = None,
) -> Answer:
    """Answer how much each uncertain assumption has to do with the total, by five measures."""
    question = _question(
        model, ids, values, distributions, correlations, draws, seed, None, SENSITIVITY_DRAWS
    )
    from xl_cryptoai.risk import elasticities, sensitivities

    case, chosen = dict(question.case), {one.id: one for one in question.distributions}
    found = sensitivities(
        question.draws,
        overrides=case,
        distributions=chosen,
        correlation=question.correlations,
        seed=question.seed,
        model=model,
    )
    headers = ("id", "elasticity", "spearman", "spearman_se", "contribution", "contribution_se",
             "first", "first_se", "total", "total_se", "shapley", "shapley_se")  # fmt: skip
    rows = [[getattr(one, head) for head in headers] for one in found]
    still = _fixed(chosen)
    slopes = elasticities(overrides={**case, **still}, model=model)
    none = [cell if is_blank(cell) else 0.0 for cell in rows[0][2:]]
    rows += [[name, slopes[name], *none] for name in still]
    # Sobol indices are for independent assumptions, Shapley effects for correlated ones
    return [list(headers), *(["" if is_blank(cell) else cell for cell in row] for row in rows)]


def grid_table(
    model: Model, x: Raw, xs: Raw, y: Raw, ys: Raw, ids: Raw = None, values: Raw = None
) -> Answer:
    """Answer the total for each pair of values of two assumptions: xs on top, ys at the left."""
    from xl_cryptoai.risk import grid

    across, down = assumption_of(model, "x", x), assumption_of(model, "y", y)
    if across is down:
        raise UnknownNameError(f"x and y are both {across.id}; give two assumptions")
    top, left = axis_of("xs", across, xs), axis_of("ys", down, ys)
    if len(top) * len(left) > MOST_TOTALS:
        raise ShapeMismatchError(
            f"xs has {len(top)} cells and ys {len(left)}; give fewer, {MOST_TOTALS} totals at most"
        )
    case = case_or_base(model, ids, values)
    totals = grid(across.id, top, down.id, left, overrides=case, model=model)
    return [["", *top], *([label, *row] for label, row in zip(left, totals.tolist(), strict=True))]


def goalseek_value(
    model: Model,
    id: Raw,  # noqa: A002
    target: Raw,
    ids: Raw = None,
    values: Raw = None,
) -> Answer:
    """Answer the value of one assumption for which the total is the target, or refuse."""
    from xl_cryptoai.risk import goalseek

    entry = assumption_of(model, "id", id)
    amount = amount_of("target", target)
    found = goalseek(entry.id, amount, overrides=case_or_base(model, ids, values), model=model)
    if not found.reached:
        raise NotReachableError(found.words)
    return found.value


def nearest_correlation_table(model: Model, ids: Raw, correlations: Raw) -> Answer:
    """Answer the nearest positive semidefinite rank correlations; the same if they are so."""
    from xl_cryptoai.risk.correlation import check_correlation, nearest_correlation

    names = ids_of(model, ids)
    matrix: Matrix = matrix_of(correlations, names)
    try:
        check_correlation(matrix, names)
    except OutOfRangeError:
        matrix = nearest_correlation(matrix)
    answer: Cells = matrix.tolist()
    return answer
