"""`xl-cryptoai tornado` and `xl-cryptoai goalseek`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from xl_cryptoai.cli.forecast import SETTING
from xl_cryptoai.cli.settings import read_settings, read_value
from xl_cryptoai.cli.show import print_json, print_table


def tornado(
    scenario: Annotated[str, typer.Option(help="Where the others stand.")] = "base",
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
) -> None:
    """Print what each assumption alone does to the total.

    Each uncertain assumption goes from its low to its high value (house judgement) and the others
    stay.

    \b
    Examples:
      xl-cryptoai tornado
      xl-cryptoai tornado --scenario bull --json
    """
    from xl_cryptoai import risk
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.units import read_as

    bars = risk.tornado(scenario)
    if as_json:
        print_json([{**asdict(bar), "swing": bar.swing} for bar in bars])
        return
    units = {bar.id: shipped_assumptions()[bar.id].unit for bar in bars}
    rows = [
        [
            bar.id,
            read_as(bar.low, units[bar.id]),
            read_as(bar.high, units[bar.id]),
            read_as(bar.total_low, "usd_per_year"),
            read_as(bar.total_high, "usd_per_year"),
            read_as(bar.swing, "usd_per_year"),
        ]
        for bar in bars
    ]
    heads = ["assumption", "low", "high", "total at low", "total at high", "swing"]
    print_table(heads, rows, right=range(1, 6))


def goalseek(
    id: Annotated[str, typer.Argument(help="The assumption to change.")],  # noqa: A002
    target: Annotated[str, typer.Argument(help="The total wanted, such as 20B.")],
    scenario: Annotated[str, typer.Option(help="Where the others stand.")] = "base",
    settings: SETTING = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, full precision.")] = False,
) -> int:
    """Print the value of one assumption that reaches a total.

    Exit code 1 if no value within its bounds does.

    \b
    Examples:
      xl-cryptoai goalseek ai_penetration 20B
      xl-cryptoai goalseek hyperscaler_share 12B --set ai_penetration=40%
    """
    from xl_cryptoai import risk

    amount = read_value(target)
    if isinstance(amount, str):
        raise typer.BadParameter(f"'{target}' is no amount, such as 20B")
    found = risk.goalseek(id, amount, scenario, read_settings(settings or []))
    if as_json:
        print_json(asdict(found))
    else:
        print(found.words)
    return 0 if found.reached else 1
