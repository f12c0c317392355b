"""`xl-cryptoai simulate`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_cryptoai.cli.forecast import SETTING
from xl_cryptoai.cli.settings import read_settings, read_value
from xl_cryptoai.cli.show import check_picture, print_csv, print_json, print_table
from xl_cryptoai.cli.uncertain import (
    CORRELATION,
    DISTRIBUTION,
    read_correlation,
    read_distributions,
    read_target,
)

if TYPE_CHECKING:
    import pandas as pd

    from xl_cryptoai.risk import Simulation

LONG = 2**22
"""Draws from which progress is told."""


def simulate(
    draws: Annotated[
        int | None,
        typer.Option(
            help="How many, or how many at first; a power of two suits sobol. [default: 16384]"
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Scenario, values, distributions, correlations and settings that are typed "
            "there: workbook or TOML.",
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Where what is not drawn stands. [default: base]")
    ] = None,
    settings: SETTING = None,
    shape: Annotated[
        str, typer.Option(help="pert, triangular, uniform, normal or lognormal, for all.")
    ] = "",
    distribution: DISTRIBUTION = None,
    correlate: CORRELATION = None,
    method: Annotated[
        str | None, typer.Option(help="sobol, latin or plain. [default: sobol]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same answer. [default: 20240129]")
    ] = None,
    until: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE=ERROR",
            help="Draw until the total's mean, sd or a percentile such as p50 is known so well; "
            "repeatable.",
        ),
    ] = None,
    at_most: Annotated[int, typer.Option(help="Draws after which --until gives up.")] = 2**24,
    workers: Annotated[
        int | None, typer.Option(help="Threads; by default two where that pays.")
    ] = None,
    above: Annotated[
        list[str] | None,
        typer.Option(metavar="AMOUNT", help="Chance of beating this total; repeatable."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the total into an .svg file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture's file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, full precision.")] = False,
) -> None:
    """Print how the total and the segments are distributed.

    Every assumption that the catalogue calls uncertain is drawn, between its bear and bull values
    with base as the most likely, if nothing else is said. These distributions are house judgement.
    A setting fixes its assumption. With --from all of it is as in the file, but for what is said
    here.

    \b
    Examples:
      xl-cryptoai simulate
      xl-cryptoai simulate --above 10.2B --above 20B
      xl-cryptoai simulate --until p50=0.05% --picture total.svg
      xl-cryptoai simulate --set ai_penetration=33% --json
      xl-cryptoai simulate --from book.xlsx
      xl-cryptoai simulate --distribution ai_penetration=triangular:20%,33%,50%
      xl-cryptoai simulate --correlate ai_penetration,ai_revenue_capture=0.5
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    check_picture(picture)
    amounts = _read_amounts(above or [])
    target = read_target(until or [])
    overrides = read_settings(settings or [])
    from xl_cryptoai import risk
    from xl_cryptoai.cli.plan import Plan, plan_from

    plan = Plan(scenario or "base", overrides)
    if source is None:
        plan.distributions = read_distributions(distribution or [], shape, overrides)
        plan.correlation = read_correlation(correlate or [], list(plan.distributions))
    else:
        if scenario or shape or distribution or correlate:
            raise typer.BadParameter(
                "--from takes scenario, distributions and correlations from the file; leave out "
                "--scenario, --shape, --distribution and --correlate"
            )
        plan = plan_from(source, overrides)
    result = risk.simulate(
        plan.draws if draws is None else draws, scenario=plan.scenario, overrides=plan.overrides,
        distributions=plan.distributions, correlation=plan.correlation,
        method=plan.method if method is None else method, seed=plan.seed if seed is None else seed,
        until=target, at_most=at_most, workers=workers, progress=_tell_progress,
    )  # fmt: skip
    if picture is not None:
        _write_picture(result, picture, force=force)
    table = result.table()
    chances = {words: result.chance_above(amount) for words, amount in amounts.items()}
    if as_csv:
        rows = [[name, *row] for name, row in zip(table.index, table.to_numpy(), strict=True)]
        print_csv(["result", *table.columns], rows)
    elif as_json:
        print_json(_as_data(result, table, chances))
    else:
        _print_for_people(result, table, chances)
    if result.missed:
        _tell_missed(result, target or {})
        raise typer.Exit(1)


def _read_amounts(texts: list[str]) -> dict[str, float]:
    amounts = {}
    for words in texts:
        amount = read_value(words)
        if isinstance(amount, str):
            raise typer.BadParameter(f"'{words}' is no amount, such as 10.2B")
        amounts[words] = amount
    return amounts


def _write_picture(result: Simulation, path: Path, *, force: bool) -> None:
    from xl_cryptoai.files import write_atomically
    from xl_cryptoai.risk.picture import picture

    write_atomically(path, picture(result).encode(), force=force)


def _as_data(
    result: Simulation, table: pd.DataFrame, chances: Mapping[str, tuple[float, float]]
) -> dict[str, object]:
    return {
        "draws": result.draws_made,
        "method": result.method,
        "seed": result.seed,
        "drawn": list(result.names),
        "percentile_error": result.percentile_error,
        "missed": result.missed,
        "results": table.to_dict(orient="index"),
        "chance_above": {words: list(chance) for words, chance in chances.items()},
    }


def _digits(error: float) -> str:
    """Write an error as a percentage with its first two digits, which say all that it knows."""
    return "<0.001%" if error < 1e-5 else f"{100 * error:.2g}%"


def _print_for_people(
    result: Simulation, table: pd.DataFrame, chances: Mapping[str, tuple[float, float]]
) -> None:
    from xl_cryptoai.units import read_as

    def shown(name: str, column: str) -> str:
        value, error = table[column][name], table[f"{column}_se"][name]
        return f"{read_as(value, 'usd_per_year', 3)} ±{_digits(error / value)}" if value else "0"

    heads = [str(name).removeprefix("crypto_") for name in table.index]
    rows = [
        [column, *(shown(str(name), column) for name in table.index)]
        for column in table.columns
        if not column.endswith("_se")
    ]
    print_table(["", *heads], rows, right=range(1, len(heads) + 1))  # five columns fit a terminal
    for words, (chance, error) in chances.items():
        print(f"Chance of a total above {words}: {chance:.2%} ±{_digits(error)}")
    binned = (
        f" Percentiles are from bins, exact to {result.percentile_error:.4%}."
        if result.percentile_error
        else ""
    )
    print(
        f"{result.draws_made:,} draws of {len(result.names)} assumptions, {result.method}, "
        f"seed {result.seed}. The distributions are house judgement.{binned}"
    )


def _tell_progress(made: int, draws: int) -> None:
    """Say on a terminal how far a long simulation is; in a file or pipe it would be in the way."""
    if draws >= LONG and sys.stderr.isatty():
        end = "\r" if made < draws else "\n"
        print(f"{made / draws:4.0%} of {draws:,} draws", end=end, file=sys.stderr, flush=True)


def _tell_missed(result: Simulation, target: Mapping[str, float]) -> None:
    for name, error in result.missed.items():
        print(
            f"not reached: after {result.draws_made:,} draws {name} is known to {error:.3%}, not "
            f"to {target[name]:.3%}; allow more with --at-most",
            file=sys.stderr,
        )
