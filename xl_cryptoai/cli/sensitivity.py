"""`xl-cryptoai sensitivity`."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from xl_cryptoai.cli.forecast import SETTING
from xl_cryptoai.cli.settings import read_settings
from xl_cryptoai.cli.show import print_csv, print_json, print_table
from xl_cryptoai.cli.uncertain import (
    CORRELATION,
    DISTRIBUTION,
    read_correlation,
    read_distributions,
)

if TYPE_CHECKING:
    from xl_cryptoai.risk import Sensitivity


def sensitivity(
    draws: Annotated[int, typer.Option(help="Rows of each sample; a power of two suits.")] = 8_192,
    scenario: Annotated[str, typer.Option(help="Where what is not drawn stands.")] = "base",
    settings: SETTING = None,
    distribution: DISTRIBUTION = None,
    correlate: CORRELATION = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 20240129,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, full precision.")] = False,
) -> None:
    """Print how much each uncertain assumption matters to the total.

    Elasticity, rank correlation with the total, contribution to variance, and the first-order and
    total Sobol indices with their standard errors; with correlations there are none. The
    distributions are house judgement. A setting fixes its assumption.

    \b
    Examples:
      xl-cryptoai sensitivity
      xl-cryptoai sensitivity --draws 65536 --set ai_penetration=33% --json
      xl-cryptoai sensitivity --distribution ai_penetration=triangular:20%,33%,50%
      xl-cryptoai sensitivity --correlate ai_penetration,ai_revenue_capture=0.5
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    from xl_cryptoai import risk

    overrides = read_settings(settings or [])
    distributions = read_distributions(distribution or [], "", overrides)
    found = risk.sensitivities(
        draws, scenario=scenario, overrides=overrides,
        distributions=distributions, seed=seed,
        correlation=read_correlation(correlate or [], list(distributions)),
    )  # fmt: skip
    rows = [{name: _known(value) for name, value in asdict(one).items()} for one in found]
    if as_json:
        print_json({"draws": draws, "seed": seed, "sensitivities": rows})
    elif as_csv:
        print_csv(list(rows[0]), [list(row.values()) for row in rows])
    else:
        _print_for_people(found)
        correlated = math.isnan(found[0].total)
        samples = "" if correlated else f" in each of {len(found) + 2} samples"
        print(f"{draws:,} draws{samples}, seed {seed}. The distributions are house judgement.")


def _known(value: float | str) -> float | str | None:
    """Give what JSON and CSV know: they have no number that is none."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _print_for_people(found: list[Sensitivity]) -> None:
    rows = [
        [
            one.id,
            f"{one.elasticity:+.2f}",
            f"{one.spearman:+.2f}",
            f"{one.contribution:.1%}",
            *(
                "" if math.isnan(share) else f"{share:.2%} ±{error:.2%}"
                for share, error in ((one.first, one.first_se), (one.total, one.total_se))
            ),
        ]
        for one in found
    ]
    heads = ["assumption", "elasticity", "rank corr.", "contribution", "alone", "in all"]
    print_table(heads, rows, right=range(1, 6))
