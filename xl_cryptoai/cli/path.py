"""`xl-cryptoai path`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.live import LIVE, live_of
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from xl_cryptoai.forecast import Forecast, Model

    Years = dict[int, dict[str, float]]


@click.command("path")
@click.option("--scenario", help="One scenario; default: all.")
@options.SOURCE
@options.SETTING
@options.picture("the first case, one bar per year")
@options.JSON
@options.CSV
def path(
    scenario: str | None,
    source: Path | None,
    settings: tuple[str, ...],
    picture: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print revenue by year and segment, from the baseline to the forecast year.

    Years before the forecast year follow the adoption assumptions, a house view; run-rates from
    the source's text are shown beside their year. --set changes the chosen scenario (base by
    default) and adds the case live; with --from, live is that file's.

    \b
    Examples:
      xl-cryptoai path
      xl-cryptoai path --scenario base --picture path.svg
      xl-cryptoai path --set forecast_year=2035 --set adoption_curve=linear
      xl-cryptoai path --from book.xlsx --csv > path.csv
      xl-cryptoai path --json
    """
    live = live_of(source, scenario, settings)
    model, cases = live.model, live.cases(scenario)
    if picture is not None:
        case = LIVE if live.is_own else live.name
        _draw(model, case, _by_year(cases[case]), picture, force=force)
    if as_json:
        print_json(_as_data(model, cases))
    elif as_csv:
        rows = [
            [case, *row]
            for case, forecast in cases.items()
            for row in forecast.path()[["year", "id", "label", "value"]].to_numpy().tolist()
        ]
        print_csv(["case", "year", "id", "label", "value"], rows)
    else:
        _print_for_people(model, cases)


def _by_year(forecast: Forecast) -> Years:
    """Return the segments and the total of every year."""
    found: Years = {}
    frame = forecast.path()
    for year, name, value in zip(frame["year"], frame["id"], frame["value"], strict=True):
        found.setdefault(int(year), {})[str(name)] = float(value)
    return found


def _as_data(model: Model, cases: dict[str, Forecast]) -> dict[str, Any]:
    from dataclasses import asdict

    from xl_cryptoai.forecast.run_rates import run_rates

    return {
        "cases": {
            case: [{"year": year, **values} for year, values in _by_year(forecast).items()]
            for case, forecast in cases.items()
        },
        "run_rates": [asdict(one) for one in run_rates(model)],
        "unit": "USD/year",
    }


def _draw(model: Model, case: str, years: Years, picture: Path, *, force: bool) -> None:
    from xl_cryptoai.reports.path import draw_path
    from xl_cryptoai.reports.segments import names_of

    drawn = draw_path(model, [*years], [*years.values()], *names_of(model, [case]))
    options.write_picture(picture, drawn, force=force)


def _print_for_people(model: Model, cases: dict[str, Forecast]) -> None:
    from xl_cryptoai.forecast.model import TOTAL
    from xl_cryptoai.forecast.run_rates import run_rates
    from xl_cryptoai.reports.path import rates_in
    from xl_cryptoai.units import read_as

    catalogue, rates = model.assumptions, run_rates(model)
    ids = (*model.segments, TOTAL)
    for case, forecast in cases.items():
        rows = [
            [str(year), *(read_as(values[name], "usd_per_year") for name in ids),
             rates_in(rates, year)]
            for year, values in _by_year(forecast).items()
        ]  # fmt: skip
        say(f"{catalogue.header(case)}, USD/year")
        print_table(["year", *ids, "in the text"], rows, right=range(len(ids) + 1))
    say("Years before the forecast year follow the adoption assumptions, a house view.")
    if note := catalogue.house_note(cases):
        say(note)
