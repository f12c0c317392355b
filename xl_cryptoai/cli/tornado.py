"""`xl-cryptoai tornado`."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.plan import plan_of
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import Catalogue
    from xl_cryptoai.risk import Bar
    from xl_cryptoai.risk.plan import Plan


@click.command("tornado")
@options.SOURCE
@options.SCENARIO
@options.SETTING
@options.DISTRIBUTION
@options.picture("the bars")
@options.JSON
@options.CSV
def tornado(
    source: Path | None,
    scenario: str | None,
    settings: tuple[str, ...],
    distribution: tuple[str, ...],
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print how each assumption alone moves the total.

    Each uncertain assumption moves from its low to its high value (a house view); the others stay
    unchanged. An override fixes its assumption, unless a distribution is given for it.

    \b
    Examples:
      xl-cryptoai tornado
      xl-cryptoai tornado --picture tornado.svg
      xl-cryptoai tornado --scenario bull --set gdp_growth=2.5% --json
      xl-cryptoai tornado --csv > tornado.csv
      xl-cryptoai tornado --from book.xlsx
      xl-cryptoai tornado --distribution ai_penetration=uniform:25%,33%,40%
    """
    from xl_cryptoai import risk

    plan = plan_of(source, scenario, settings, distribution=distribution)
    bars = risk.tornado(plan.scenario, plan.distributions, plan.overrides, plan.model)
    if picture is not None:
        _draw(bars, picture, plan, force=force)
    rows = [{**asdict(bar), "swing": bar.swing} for bar in bars]
    if as_json:
        print_json(rows)
    elif as_csv:
        headers = [*(field.name for field in fields(risk.Bar)), "swing"]
        print_csv(headers, [list(row.values()) for row in rows])
    else:
        _print_for_people(plan.model.assumptions, bars)
        say(plan.drawn.words)


def _draw(bars: list[Bar], picture: Path, plan: Plan, *, force: bool) -> None:
    from xl_cryptoai.errors import FileRefusedError
    from xl_cryptoai.reports.tornado import draw_tornado

    if not bars:
        raise FileRefusedError("there is nothing to draw: no assumption is uncertain")
    drawn = draw_tornado(plan.model.assumptions, bars, plan.live, plan.case, plan.drawn.words)
    options.write_picture(picture, drawn, force=force)


def _print_for_people(catalogue: Catalogue, bars: list[Bar]) -> None:
    from xl_cryptoai.units import read_as

    rows = []
    for bar in bars:
        unit = catalogue[bar.id].unit
        totals = (bar.total_low, bar.total_high, bar.swing)
        rows.append([
            bar.id + ("*" if bar.held else ""),
            *(read_as(end, unit) for end in (bar.low, bar.high)),
            *(read_as(total, "usd_per_year") for total in totals),
        ])  # fmt: skip
    headers = ["assumption", "low", "high", "total at low", "total at high", "swing"]
    print_table(headers, rows, right=range(1, 6))
    if any(bar.held for bar in bars):
        say("* A rule between inputs limits this bar before its distribution does.")
