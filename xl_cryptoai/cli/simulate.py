"""`xl-cryptoai simulate`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.plan import plan_from, plan_of
from xl_cryptoai.cli.show import (
    print_csv,
    print_json,
    print_table,
    say,
    with_chance_error,
    with_error,
)
from xl_cryptoai.cli.uncertain import read_target

if TYPE_CHECKING:
    import pandas as pd

    from xl_cryptoai.risk import Simulation
    from xl_cryptoai.risk.plan import Plan

LONG = 2**22
"""Draws from which progress is shown."""


@click.command("simulate")
@click.option(
    "--draws",
    type=int,
    help="Number of draws, at first if --until is given; a power of two suits sobol. [default: "
    "16384]",
)
@options.SOURCE
@options.SCENARIO_OF_FIXED
@options.SETTING
@click.option(
    "--shape",
    default="",
    show_default=False,
    help="Shape of all distributions: pert, triangular, uniform, normal or lognormal.",
)
@options.DISTRIBUTION
@options.CORRELATION
@options.COMMON
@click.option("--method", help="Sampling method: sobol, latin or plain. [default: sobol]")
@click.option("--seed", type=int, help="The same seed gives the same answer. [default: 20240129]")
@click.option(
    "--until",
    multiple=True,
    metavar="FIGURE=ERROR",
    help="Draw until the standard error of the total's mean, sd or a percentile such as "
    "p50 is below this share of it; repeatable.",
)
@click.option(
    "--at-most", default=2**24, type=int, help="Number of draws after which --until gives up."
)
@click.option("--workers", type=int, help="Number of threads. Default: two for large simulations.")
@click.option(
    "--above", multiple=True, metavar="AMOUNT", help="Chance of exceeding this total; repeatable."
)
@click.option(
    "--dependence",
    "dependence",
    is_flag=True,
    help="Show how correlation between assumptions affects the total.",
)
@click.option(
    "--compare",
    type=options.PATH,
    metavar="FILE",
    help="Compare with this workbook or TOML file.",
)
@options.picture("the total")
@options.JSON
@options.CSV
def simulate(
    draws: int | None,
    source: Path | None,
    scenario: str | None,
    settings: tuple[str, ...],
    shape: str,
    distribution: tuple[str, ...],
    correlate: tuple[str, ...],
    common_factor: float | None,
    method: str | None,
    seed: int | None,
    until: tuple[str, ...],
    at_most: int,
    workers: int | None,
    above: tuple[str, ...],
    dependence: bool,
    compare: Path | None,
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Simulate the total and the segments.

    Every uncertain assumption is drawn between its bear and bull values with base as the most
    likely, whatever the scenario. These distributions are a house view. An override fixes its
    assumption, unless a distribution is given for it. With --from everything comes from the file,
    except what other options set.

    \b
    Examples:
      xl-cryptoai simulate
      xl-cryptoai simulate --above 10.2B --above 20B
      xl-cryptoai simulate --until p50=0.05% --picture total.svg
      xl-cryptoai simulate --set ai_penetration=33% --json
      xl-cryptoai simulate --from book.xlsx
      xl-cryptoai simulate --from mine.xlsx --compare theirs.xlsx
      xl-cryptoai simulate --dependence --above 20B
      xl-cryptoai simulate --distribution ai_penetration=triangular:20%,33%,50%
      xl-cryptoai simulate --correlate ai_penetration,ai_revenue_capture=0.5
    """
    from xl_cryptoai.assumptions.typed_text import name_meant
    from xl_cryptoai.assumptions.uncertainty import METHODS

    amounts = _read_amounts(above)
    target = read_target(until)
    if dependence + (compare is not None) > 0 and (target or as_csv or picture):
        raise click.BadParameter(
            "--dependence and --compare print tables of their own; leave out --until, --csv and "
            "--picture"
        )
    if dependence and compare is not None:
        raise click.BadParameter("choose --dependence or --compare")
    plan = plan_of(
        source, scenario, settings, shape=shape, distribution=distribution, correlate=correlate,
        common_factor=common_factor,
    )  # fmt: skip
    plan.draws = plan.draws if draws is None else draws
    if method is not None:
        plan.method = name_meant(method, "method", dict.fromkeys(METHODS))
    plan.seed = plan.seed if seed is None else seed
    if dependence:
        _print_dependence(plan, amounts, as_json=as_json)
        return
    result = plan.simulate(until=target, at_most=at_most, workers=workers, progress=_show_progress)
    if compare is not None:
        _print_comparison(result, plan, compare, amounts, as_json=as_json)
        return
    if picture is not None:
        _write_picture(result, plan, picture, force=force)
    table = result.to_frame().set_index("result")
    chances = {words: result.chance_of_exceeding(amount) for words, amount in amounts.items()}
    if as_csv:
        rows = [[name, *row] for name, row in zip(table.index, table.to_numpy(), strict=True)]
        print_csv(["result", *table.columns], rows)
    elif as_json:
        print_json(_as_data(result, plan, table, chances))
    else:
        _print_for_people(result, plan, table, chances)
    if result.missed:
        _report_missed(result, target or {})
        raise click.exceptions.Exit(1)


def _read_amounts(texts: Sequence[str]) -> dict[str, float]:
    from xl_cryptoai.assumptions.typed_text import amount_meant

    return {words: amount_meant("--above", words) for words in texts}


def _write_picture(result: Simulation, plan: Plan, path: Path, *, force: bool) -> None:
    from xl_cryptoai.reports.distribution import draw_distribution

    drawn = draw_distribution(result, about=plan.drawn.words, live=plan.live)
    options.write_picture(path, drawn, force=force)


def _as_data(
    result: Simulation,
    plan: Plan,
    table: pd.DataFrame,
    chances: Mapping[str, tuple[float, float]],
) -> dict[str, object]:
    drawn = plan.drawn
    live = plan.live
    return {
        "draws": result.draws_made,
        "method": result.method,
        "seed": result.seed,
        "drawn": {"house_view": list(drawn.house), "own_distribution": list(drawn.own)},
        "fixed": {"override": drawn.overridden, "own_choice": drawn.fixed},
        "live": {
            "scenario": plan.name,
            "total": live,
            "percentile": 100 * (1 - result.chance_of_exceeding(live)[0]),
        },
        "percentile_error": result.percentile_error,
        "missed": result.missed,
        "results": table.to_dict(orient="index"),
        "chance_of_exceeding": {words: list(chance) for words, chance in chances.items()},
    }


def _print_for_people(
    result: Simulation,
    plan: Plan,
    table: pd.DataFrame,
    chances: Mapping[str, tuple[float, float]],
) -> None:
    def shown(name: str, column: str) -> str:
        return with_error(float(table[column][name]), float(table[f"{column}_se"][name]))

    headers = [str(name).removeprefix("crypto_") for name in table.index]
    rows = [
        [column, *(shown(str(name), column) for name in table.index)]
        for column in table.columns
        if not column.endswith("_se")
    ]
    print_table(
        ["", *headers], rows, right=range(1, len(headers) + 1)
    )  # five columns fit a terminal
    for words, chance in chances.items():
        known = with_chance_error(*chance, result.draws_made)
        say(f"Chance that the total exceeds {words}: {known}")
    binned = (
        f" Percentiles are from bins, exact to {result.percentile_error:.4%}."
        if result.percentile_error
        else ""
    )
    _print_what_was_drawn(result, plan, binned)


def _print_what_was_drawn(result: Simulation, plan: Plan, more: str = "") -> None:
    from xl_cryptoai.risk.description import live_in_words

    say(f"{result.draws_made:,} draws, {result.method}, seed {result.seed}.{more}")
    say(f"{plan.drawn.words} {live_in_words(result, plan.live, plan.case)}")


def _print_dependence(plan: Plan, amounts: Mapping[str, float], *, as_json: bool) -> None:
    """Print the total under several correlations, and whether bear and bull are ever drawn."""
    from xl_cryptoai import Forecast
    from xl_cryptoai.risk import dependence_table
    from xl_cryptoai.units import read_as

    threshold = float(plan.model.assumptions.settings["threshold"])
    usual = (read_as(threshold, "usd_per_year", 3), threshold)
    words, amount = next(iter(amounts.items()), usual)
    rows = dependence_table(
        amount, plan.draws, scenario=plan.scenario, overrides=plan.overrides,
        distributions=plan.distributions, method=plan.method, seed=plan.seed,
        model=plan.model,
    )  # fmt: skip
    if as_json:
        data: list[dict[str, Any]] = [
            {"dependence": row.label, **{name: list(pair) for name, pair in row.figures.items()},
             "least": row.least, "greatest": row.greatest}
            for row in rows
        ]  # fmt: skip
        print_json({"threshold": amount, "draws": plan.draws, "rows": data})
        return
    headers = ["rank correlation", "P5", "P50", "P95", f"chance of exceeding {words}",
             "smallest draw", "largest"]  # fmt: skip
    lines = [
        [
            row.label,
            *(with_error(*row.figures[name]) for name in ("p5", "p50", "p95")),
            with_chance_error(*row.figures["chance_of_exceeding"], plan.draws),
            *(read_as(end, "usd_per_year", 3) for end in (row.least, row.greatest)),
        ]
        for row in rows
    ]
    print_table(headers, lines, right=range(1, len(headers)))
    say(f"{plan.draws:,} draws each, {plan.method}, seed {plan.seed}. {plan.drawn.words}")
    least, greatest = min(row.least for row in rows), max(row.greatest for row in rows)
    for name in plan.model.assumptions.span:
        whole = float(Forecast(name, model=plan.model)["total"])
        where = "within" if least <= whole <= greatest else "outside"
        say(
            f"{name.capitalize()} as a whole ({read_as(whole, 'usd_per_year', 3)}) lies {where} "
            f"the range drawn, {read_as(least, 'usd_per_year', 3)} to "
            f"{read_as(greatest, 'usd_per_year', 3)}."
        )


def _print_comparison(
    result: Simulation,
    plan: Plan,
    path: Path,
    amounts: Mapping[str, float],
    *,
    as_json: bool,
) -> None:
    """Print how the total differs from that of another file, drawn with the same random numbers."""
    from xl_cryptoai.errors import FileRefusedError

    other = plan_from(path, ())
    if other.model is not plan.model:
        raise FileRefusedError(f"{path} is of another model; compare workbooks of one model")
    theirs = replace(other, draws=plan.draws, method=plan.method, seed=plan.seed).simulate()
    words, amount = next(iter(amounts.items()), ("", None))
    mine, yours = result.statistics(above=amount), theirs.statistics(above=amount)
    change = result.change_from(theirs, above=amount)
    if as_json:
        print_json({
            name: {"this": mine[name][0], "other": yours[name][0], "change": change[name][0],
                   "change_se": change[name][1]}
            for name in change
        })  # fmt: skip
        return
    rows = []
    for name in change:
        if name == "chance_of_exceeding":
            cells = (
                *(with_chance_error(*one[name], result.draws_made) for one in (mine, yours)),
                f"{100 * change[name][0]:+.2f} ±{100 * change[name][1]:.2g} pp",
            )
            rows.append([f"chance of exceeding {words}", *cells])
        else:
            cells = (with_error(*mine[name]), with_error(*yours[name]),
                     with_error(*change[name], sign=True))  # fmt: skip
            rows.append([name, *cells])
    print_table(["total", "this", path.name, "change"], rows, right=range(1, 4))
    say(f"This: {plan.drawn.words}")
    say(f"{path.name}: {other.drawn.words}")
    say(
        f"{result.draws_made:,} draws, {result.method}, seed {result.seed}: the same random "
        "numbers for the same assumption in both."
    )


def _show_progress(made: int, draws: int) -> None:
    """Show on a terminal how far a long simulation is; in a file or pipe it would be in the way."""
    if draws >= LONG and sys.stderr.isatty():
        end = "\r" if made < draws else "\n"
        print(f"{made / draws:4.0%} of {draws:,} draws", end=end, file=sys.stderr, flush=True)


def _report_missed(result: Simulation, target: Mapping[str, float]) -> None:
    for name, error in result.missed.items():
        say(
            f"not reached: after {result.draws_made:,} draws the standard error of {name} is "
            f"{error:.3%} of it, not {target[name]:.3%}; allow more with --at-most",
            error=True,
        )
