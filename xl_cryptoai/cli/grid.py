"""`xl-cryptoai grid`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.plan import plan_of
from xl_cryptoai.cli.settings import read_axis
from xl_cryptoai.cli.show import print_csv, print_json, print_table

if TYPE_CHECKING:
    from xl_cryptoai.forecast import Model

_AXIS = "id=value,value,... or id=first:last:count"


@click.command("grid")
@click.argument("x", metavar="X", help=f"Across: {_AXIS}.")
@click.argument("y", metavar="Y", help=f"Down: {_AXIS}.")
@options.SOURCE
@options.SCENARIO
@options.SETTING
@options.picture("the totals as a shaded table")
@options.JSON
@options.CSV
def grid(
    x: str,
    y: str,
    source: Path | None,
    scenario: str | None,
    settings: tuple[str, ...],
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print the total for every pair of values of two assumptions.

    \b
    Examples:
      xl-cryptoai grid ai_penetration=20%:50%:4 ai_revenue_capture=10%,13%,16%
      xl-cryptoai grid gdp_growth=2%:4%:5 ai_growth_multiple=1,1.5,2 --scenario bull --csv
      xl-cryptoai grid ai_penetration=20%:50%:4 gdp_growth=2%:4%:3 --picture grid.png
    """
    from xl_cryptoai import risk

    plan = plan_of(source, scenario, settings)
    (name_x, xs), (name_y, ys) = (read_axis(plan.model.assumptions, axis) for axis in (x, y))
    found = risk.grid(name_x, xs, name_y, ys, plan.scenario, plan.overrides, plan.model).tolist()
    corner = f"{name_y} \\ {name_x}"
    if picture is not None:
        from xl_cryptoai.reports.heat import draw_grid

        about = f"{plan.model.title}; the other assumptions are at {plan.case}."
        drawn = draw_grid(plan.model, (name_x, xs), (name_y, ys), found, about)
        options.write_picture(picture, drawn, force=force)
    if as_json:
        print_json({"x": {"id": name_x, "values": xs}, "y": {"id": name_y, "values": ys},
                    "totals": found})  # fmt: skip
    elif as_csv:
        print_csv(
            [corner, *map(str, xs)], [[value, *row] for value, row in zip(ys, found, strict=True)]
        )
    else:
        _print_for_people(plan.model, corner, (name_x, xs), (name_y, ys), found)


def _print_for_people(
    model: Model,
    corner: str,
    x: tuple[str, list[float | str]],
    y: tuple[str, list[float | str]],
    found: list[list[float]],
) -> None:
    from xl_cryptoai.units import read_as

    def shown(name: str, values: list[float | str]) -> list[str]:
        return [read_as(value, model.assumptions[name].unit) for value in values]

    rows = [
        [head, *(read_as(total, "usd_per_year") for total in row)]
        for head, row in zip(shown(*y), found, strict=True)
    ]
    print_table([corner, *shown(*x)], rows, right=range(len(found[0]) + 1))
