"""`xl-cryptoai forecast`."""

from __future__ import annotations

from typing import Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.settings import read_settings
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say


@click.command("forecast")
@click.option("--scenario", help="bear, base or bull; without it all three.")
@options.SETTING
@options.JSON
@options.CSV
def forecast(scenario: str | None, settings: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    """Print the forecast, step by step, by scenario.

    Settings change the chosen scenario (base, if none is chosen) and stand in column live.

    \b
    Examples:
      xl-cryptoai forecast
      xl-cryptoai forecast --scenario bull
      xl-cryptoai forecast --set ai_penetration=40% --set hyperscaler_share=0.7
      xl-cryptoai forecast --json
    """
    from xl_cryptoai.assumptions import SCENARIOS
    from xl_cryptoai.forecast import STEPS, Forecast

    overrides = read_settings(settings)
    cases: dict[str, Forecast] = {}
    if overrides:
        cases["live"] = Forecast(scenario or "base", overrides=overrides)
    for name in [scenario] if scenario else SCENARIOS:
        cases[name] = Forecast(name)
    if as_json:
        print_json(_as_data(cases, overrides, scenario or "base"))
        return
    if as_csv:
        rows = [
            [name, entry.label, entry.unit_label, *(case[name] for case in cases.values())]
            for name, entry in STEPS.items()
        ]
        print_csv(["id", "label", "unit", *cases], rows)
        return
    _print_for_people(cases)


def _as_data(
    cases: dict[str, Any], overrides: dict[str, float | str], scenario: str
) -> dict[str, Any]:
    from xl_cryptoai.forecast import STEPS

    data: dict[str, Any] = {"cases": {}}
    if overrides:
        data["live"] = {"scenario": scenario, "set": overrides}
    for name, case in cases.items():
        data["cases"][name] = {
            "assumptions": {key: case[key] for key in case.assumptions},
            "steps": {key: case[key] for key in STEPS},
        }
    data["units"] = {key: step.unit_label for key, step in STEPS.items()}
    return data


def _print_for_people(cases: dict[str, Any]) -> None:
    from xl_cryptoai.assumptions.scenarios import HOUSE_NOTE, scenario_header
    from xl_cryptoai.forecast import STEPS
    from xl_cryptoai.units import read_as

    headers = [scenario_header(name) for name in cases]
    rows = [
        [entry.label, name, entry.unit_label]
        + [read_as(case[name], entry.unit, 5) for case in cases.values()]
        for name, entry in STEPS.items()
    ]
    print_table(["step", "id", "unit", *headers], rows, right=range(3, 3 + len(cases)))
    if any(name in cases for name in ("bear", "bull")):
        say(HOUSE_NOTE)
