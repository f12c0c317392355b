"""`xl-cryptoai tornado`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

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
