"""`xl-cryptoai forecast`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.live import Live, live_of
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.forecast import Model


@click.command("forecast")
@click.option("--scenario", help="One scenario; default: all.")
@options.SOURCE
@options.SETTING
@options.picture("the segments of each scenario")
@options.JSON
@options.CSV
def forecast(
    scenario: str | None,
    source: Path | None,
    settings: tuple[str, ...],
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print the forecast step by step, for each scenario.

    --set changes the chosen scenario (base by default); the result is column live. With --from,
    live is the forecast of that file, beside the scenarios of its model and the file's own
    scenario if it is used. A case whose markets claim more than AI revenue is computed, with a
    warning.

    \b
    Examples:
      xl-cryptoai forecast
      xl-cryptoai forecast --scenario bull
      xl-cryptoai forecast --set ai_penetration=40% --set hyperscaler_share=0.7
      xl-cryptoai forecast --from book.xlsx
      xl-cryptoai forecast --picture segments.png
      xl-cryptoai forecast --json
    """
    from xl_cryptoai.reports.claims import warnings_of

    live = live_of(source, scenario, settings)
    model, cases = live.model, live.cases(scenario)
    if picture is not None:
        _draw(model, cases, picture, force=force)
    for warning in warnings_of(model, cases):
        say(f"warning: {warning}", error=True)
    if as_json:
        print_json(_as_data(live, cases))
        return
    if as_csv:
        rows = [
            [name, entry.label, entry.unit_label, *(case[name] for case in cases.values())]
            for name, entry in model.steps.items()
        ]
        print_csv(["id", "label", "unit", *cases], rows)
        return
    _print_for_people(model, cases)


def _as_data(live: Live, cases: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"cases": {}}
    if live.is_own:
        data["live"] = {"scenario": live.name, "set": live.overridden}
    for name, case in cases.items():
        data["cases"][name] = {
            "assumptions": {key: case[key] for key in live.model.assumptions},
            "steps": {key: case[key] for key in live.model.steps},
        }
    data["units"] = {key: step.unit_label for key, step in live.model.steps.items()}
    return data


def _draw(model: Model, cases: dict[str, Any], picture: Path, *, force: bool) -> None:
    from xl_cryptoai.reports.segments import draw_segments, names_of

    drawn = draw_segments(model, dict(zip(names_of(model, [*cases]), cases.values(), strict=True)))
    options.write_picture(picture, drawn, force=force)


def _print_for_people(model: Model, cases: dict[str, Any]) -> None:
    from xl_cryptoai.units import read_as

    catalogue = model.assumptions
    headers = [catalogue.header(name) for name in cases]
    rows = [
        [entry.label, name, entry.unit_label]
        + [read_as(case[name], entry.unit, 5) for case in cases.values()]
        for name, entry in model.steps.items()
    ]
    print_table(["step", "id", "unit", *headers], rows, right=range(3, 3 + len(cases)))
    if note := catalogue.house_note(cases):
        say(note)
