"""`xl-cryptoai sensitivity`."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.plan import plan_of
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.risk import Sensitivity


@click.command("sensitivity")
@click.option("--draws", default=8_192, type=int, help="Draws in each sample; use a power of two.")
@options.SOURCE
@options.SCENARIO_OF_FIXED
@options.SETTING
@options.DISTRIBUTION
@options.CORRELATION
@options.COMMON
@click.option("--seed", default=20240129, type=int, help="The same seed gives the same answer.")
@options.picture("the shares of the variance")
@options.JSON
@options.CSV
def sensitivity(
    draws: int,
    source: Path | None,
    scenario: str | None,
    settings: tuple[str, ...],
    distribution: tuple[str, ...],
    correlate: tuple[str, ...],
    common_factor: float | None,
    seed: int,
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print how much each uncertain assumption matters to the total.

    Elasticity, rank correlation with the total, contribution to variance, and first-order and
    total-order Sobol indices, with standard errors; Shapley effects instead of Sobol indices where
    assumptions are correlated. The distributions are a house view. An override fixes its
    assumption, unless a distribution is given for it.

    \b
    Examples:
      xl-cryptoai sensitivity
      xl-cryptoai sensitivity --draws 65536 --set ai_penetration=33% --json
      xl-cryptoai sensitivity --distribution ai_penetration=triangular:20%,33%,50%
      xl-cryptoai sensitivity --correlate ai_penetration,ai_revenue_capture=0.5
      xl-cryptoai sensitivity --from book.xlsx --picture sensitivity.png
    """
    from xl_cryptoai import risk

    plan = plan_of(
        source, scenario, settings, distribution=distribution, correlate=correlate,
        common_factor=common_factor,
    )  # fmt: skip
    found = risk.sensitivities(
        draws, scenario=plan.scenario, overrides=plan.overrides,
        distributions=plan.distributions, correlation=plan.correlation, seed=seed,
        model=plan.model,
    )  # fmt: skip
    if picture is not None:
        from xl_cryptoai.reports.importance import draw_importance

        model = plan.model
        drawn = draw_importance(
            model.assumptions, found, model.steps["total"].label, plan.drawn.words
        )
        options.write_picture(picture, drawn, force=force)
    rows = [{name: _known(value) for name, value in asdict(one).items()} for one in found]
    if as_json:
        print_json({"draws": draws, "seed": seed, "sensitivities": rows})
    elif as_csv:
        print_csv(list(rows[0]), [list(row.values()) for row in rows])
    else:
        _print_for_people(found)
        correlated = math.isnan(found[0].total)
        samples = f" in each of {len(found) + (1 if correlated else 2)} samples"
        say(f"{draws:,} draws{samples}, seed {seed}. {plan.drawn.words}")


def _known(value: float | str) -> float | str | None:
    """Return what JSON and CSV know: they have no number that is none."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _print_for_people(found: list[Sensitivity]) -> None:
    measures = {
        "rank corr.": [(one.spearman, one.spearman_se) for one in found],
        "contribution": [(one.contribution, one.contribution_se) for one in found],
        "first-order": [(one.first, one.first_se) for one in found],
        "total-order": [(one.total, one.total_se) for one in found],
        "Shapley": [(one.shapley, one.shapley_se) for one in found],
    }
    shown = {head: pairs for head, pairs in measures.items() if not math.isnan(pairs[0][0])}
    rows = [
        [
            one.id,
            f"{one.elasticity:+.2f}",
            *(
                f"{pairs[number][0]:+.3f} ±{pairs[number][1]:.2g}" if head == "rank corr."
                else f"{pairs[number][0]:.2%} ±{100 * pairs[number][1]:.2g} pp"
                for head, pairs in shown.items()
            ),
        ]
        for number, one in enumerate(found)
    ]  # fmt: skip
    headers = ["assumption", "elasticity", *shown]
    print_table(headers, rows, right=range(1, len(headers)))
