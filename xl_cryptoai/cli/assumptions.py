"""`xl-cryptoai assumptions`."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import Assumption, Catalogue


@click.command("assumptions")
@click.argument("id", required=False, help="One assumption, in full.")
@options.JSON
def assumptions(id: str | None, as_json: bool) -> None:  # noqa: A002
    """Print the assumptions, or one in full.

    \b
    Examples:
      xl-cryptoai assumptions
      xl-cryptoai assumptions ai_penetration
      xl-cryptoai assumptions --json
    """
    from xl_cryptoai.forecast.own_model import model_in_use

    catalogue = model_in_use().assumptions
    id = catalogue.id_of(id) if id else None  # noqa: A001
    if as_json:
        chosen = [catalogue[id]] if id else list(catalogue.values())
        data = [_as_data(catalogue, entry) for entry in chosen]
        print_json(data[0] if id else data)
    elif id:
        _print_one(catalogue, catalogue[id])
    else:
        _print_all(catalogue)


def _as_data(catalogue: Catalogue, entry: Assumption) -> dict[str, Any]:
    data = asdict(entry)
    for field in ("lower", "upper"):
        if math.isnan(data[field]):  # a choice has no bounds; JSON has no NaN
            data[field] = None
    data["unit_label"] = entry.unit_label
    data["kinds"] = {name: catalogue.kind_of(entry.id, name) for name in catalogue.scenarios}
    return data


def _print_all(catalogue: Catalogue) -> None:
    from xl_cryptoai.units import read_as

    rows = [
        [
            entry.id,
            entry.unit_label,
            *(read_as(value, entry.unit) for value in entry.values.values()),
            entry.kind,
        ]
        for entry in catalogue.values()
    ]
    scenarios = [catalogue.header(name) for name in catalogue.scenarios]
    headers = ["id", "unit", *scenarios, "base is"]
    print_table(headers, rows, right=range(2, 2 + len(scenarios)))


_OTHER_EFFECTS = {
    "switches": "switches between two readings of the source",
    "none": "shapes the path by year; the forecast year's result does not change",
}


def _print_one(catalogue: Catalogue, entry: Assumption) -> None:
    from xl_cryptoai.assumptions.scenarios import allowed
    from xl_cryptoai.units import read_as

    def text(scenario: str) -> str:
        value = entry.values[scenario]
        exact = "" if isinstance(value, str) else f"{value:.15g} "
        return f"{exact}({read_as(value, entry.unit)}), {catalogue.kind_of(entry.id, scenario)}"

    for label, words in (
        ("id", entry.id),
        ("label", entry.label),
        ("meaning", entry.meaning),
        ("unit", entry.unit_label),
        *((name, text(name)) for name in catalogue.scenarios),
        ("allowed", allowed(entry)),
        ("effect", f"a higher value {entry.effect} the total"
         if entry.effect in ("raises", "lowers") else _OTHER_EFFECTS[entry.effect]),
        ("source", entry.locator),
        ("rationale", entry.rationale),
        ("other scenarios", entry.scenario_rationale),
    ):  # fmt: skip
        say(f"{label:15} {words}")
