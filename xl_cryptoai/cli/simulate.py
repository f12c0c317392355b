"""`xl-cryptoai simulate`."""

from __future__ import annotations

from typing import Annotated

import typer

from xl_cryptoai.cli.forecast import SETTING
from xl_cryptoai.cli.settings import read_settings, read_value
from xl_cryptoai.cli.show import print_csv, print_json, print_table


def simulate(
    draws: Annotated[int, typer.Option(help="How many; a power of two suits sobol.")] = 16_384,
    scenario: Annotated[str, typer.Option(help="Where what is not drawn stands.")] = "base",
    settings: SETTING = None,
    shape: Annotated[
        str, typer.Option(help="pert, triangular, uniform, normal or lognormal.")
    ] = "pert",
    method: Annotated[str, typer.Option(help="sobol, latin or plain.")] = "sobol",
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 20240129,
    above: Annotated[
        list[str] | None,
        typer.Option(metavar="AMOUNT", help="Chance of beating this total; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, full precision.")] = False,
) -> None:
    """Print how the total and the segments are distributed.

    Every assumption that the scenarios move is drawn, between its bear and bull values with base as
    the most likely. These distributions are house judgement. A setting fixes its assumption.

    \b
    Examples:
      xl-cryptoai simulate
      xl-cryptoai simulate --above 10.2B --above 20B
      xl-cryptoai simulate --draws 65536 --set ai_penetration=33% --json
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    amounts = {text: read_value(text) for text in above or ()}
    for text, amount in amounts.items():
        if isinstance(amount, str):
            raise typer.BadParameter(f"'{text}' is no amount, such as 10.2B")
    from xl_cryptoai import risk

    overrides = read_settings(settings or [])
    distributions = {
        name: distribution
        for name, distribution in risk.default_distributions(shape=shape).items()
        if name not in overrides
    }
    result = risk.simulate(
        draws, scenario=scenario, overrides=overrides, distributions=distributions,
        method=method, seed=seed,
    )  # fmt: skip
    table = result.table()
    chances = {text: result.chance_above(float(amount)) for text, amount in amounts.items()}
    if as_csv:
        rows = [[name, *row] for name, row in zip(table.index, table.to_numpy(), strict=True)]
        print_csv(["result", *table.columns], rows)
    elif as_json:
        print_json(
            {
                "draws": draws,
                "method": method,
                "seed": seed,
                "drawn": list(distributions),
                "results": table.to_dict(orient="index"),
                "chance_above": {text: list(chance) for text, chance in chances.items()},
            }
        )
    else:
        _print_for_people(table, chances)
        print(f"{draws:,} draws of {len(distributions)} assumptions, {method}, seed {seed}. "
              "The distributions are house judgement.")  # fmt: skip


def _print_for_people(table, chances) -> None:  # type: ignore[no-untyped-def]
    from xl_cryptoai.units import read_as

    def shown(name: str, column: str) -> str:
        value, error = table.loc[name, column], table.loc[name, f"{column}_se"]
        return f"{read_as(value, 'usd_per_year')} ±{error / value:.1%}" if value else "0"

    columns = [column for column in table.columns if not column.endswith("_se")]
    rows = [[name, *(shown(name, column) for column in columns)] for name in table.index]
    print_table(["result", *columns], rows, right=range(1, len(columns) + 1))
    for text, (chance, error) in chances.items():
        print(f"Chance of a total above {text}: {chance:.1%} ±{error:.1%}")
