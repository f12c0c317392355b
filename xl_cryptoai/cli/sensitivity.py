"""`xl-cryptoai sensitivity`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from xl_cryptoai.cli.forecast import SETTING
from xl_cryptoai.cli.settings import left_uncertain, read_settings
from xl_cryptoai.cli.show import print_csv, print_json, print_table

if TYPE_CHECKING:
    from xl_cryptoai.risk import Sensitivity


def sensitivity(
    draws: Annotated[int, typer.Option(help="Rows of each sample; a power of two suits.")] = 8_192,
    scenario: Annotated[str, typer.Option(help="Where what is not drawn stands.")] = "base",
    settings: SETTING = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 20240129,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, full precision.")] = False,
) -> None:
    """Print how much each uncertain assumption matters to the total.

    Elasticity, rank correlation with the total, contribution to variance, and the first-order and
    total Sobol indices with their standard errors. The distributions are house judgement. A setting
    fixes its assumption.

    \b
    Examples:
      xl-cryptoai sensitivity
      xl-cryptoai sensitivity --draws 65536 --set ai_penetration=33% --json
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    from xl_cryptoai import risk

    overrides = read_settings(settings or [])
    found = risk.sensitivities(
        draws, scenario=scenario, overrides=overrides,
        distributions=left_uncertain(overrides), seed=seed,
    )  # fmt: skip
    rows = [asdict(one) for one in found]
    if as_json:
        print_json({"draws": draws, "seed": seed, "sensitivities": rows})
    elif as_csv:
        print_csv(list(rows[0]), [list(row.values()) for row in rows])
    else:
        _print_for_people(found)
        print(f"{draws:,} draws in each of {len(found) + 2} samples, seed {seed}. "
              "The distributions are house judgement.")  # fmt: skip


def _print_for_people(found: list[Sensitivity]) -> None:
    rows = [
        [
            one.id,
            f"{one.elasticity:+.2f}",
            f"{one.spearman:+.2f}",
            f"{one.contribution:.1%}",
            f"{one.first:.2%} ±{one.first_se:.2%}",
            f"{one.total:.2%} ±{one.total_se:.2%}",
        ]
        for one in found
    ]
    heads = ["assumption", "elasticity", "rank corr.", "contribution", "alone", "in all"]
    print_table(heads, rows, right=range(1, 6))
