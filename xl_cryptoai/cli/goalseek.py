"""`xl-cryptoai goalseek`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.plan import plan_of
from xl_cryptoai.cli.show import print_json, say


@click.command("goalseek")
@click.argument("id", help="The assumption to solve for.")
@click.argument("target", required=False, help="The target total, such as 20B.")
@click.option("--total-of", metavar="SCENARIO", help="Instead of a target: this scenario's total.")
@options.SOURCE
@options.SCENARIO
@options.SETTING
@options.JSON
def goalseek(
    id: str,  # noqa: A002
    target: str | None,
    total_of: str | None,
    source: Path | None,
    scenario: str | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> int:
    """Print the value of one assumption at which the total reaches a target.

    The target is an amount or another scenario's total. Exit code 1 if no value within the bounds
    reaches it.

    \b
    Examples:
      xl-cryptoai goalseek ai_penetration 20B
      xl-cryptoai goalseek hyperscaler_share 12B --set ai_penetration=40%
      xl-cryptoai goalseek ai_penetration --scenario bull --total-of base
    """
    from xl_cryptoai import risk

    amount = _amount(target, total_of)
    plan = plan_of(source, scenario, settings)
    if total_of is not None:
        found = risk.breakeven(id, plan.scenario, total_of, plan.overrides, plan.model)
    else:
        found = risk.goalseek(id, amount, plan.scenario, plan.overrides, plan.model)
    if as_json:
        fields = ("id", "value", "result", "target", "reached", "other")
        print_json({name: getattr(found, name) for name in fields})
    else:
        say(found.words)
    return 0 if found.reached else 1


def _amount(target: str | None, total_of: str | None) -> float:
    """Read the target; of no consequence where another scenario gives it."""
    if target is None and total_of is None:
        raise click.BadParameter("give a target, such as 20B, or --total-of and a scenario")
    if target is not None and total_of is not None:
        raise click.BadParameter("give either a target or --total-of, not both")
    from xl_cryptoai.assumptions.typed_text import amount_meant

    return 0.0 if target is None else amount_meant("the target", target)
