"""`xl-cryptoai evidence`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.show import print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_cryptoai.forecast import Model


@click.command("evidence")
@click.option("--segment", help="One segment, or market; default: all.")
@options.JSON
@options.CSV
def evidence(segment: str | None, as_json: bool, as_csv: bool) -> None:
    """Print the systems that the source names, its other figures, and what its text lacks.

    Systems without a figure have a row too. What the text lacks is left out with --segment and in
    CSV, which has one row per system and figure.

    \b
    Examples:
      xl-cryptoai evidence
      xl-cryptoai evidence --segment crypto_compute
      xl-cryptoai evidence --csv > evidence.csv
      xl-cryptoai evidence --json
    """
    from xl_cryptoai.errors import UnknownNameError, quoted
    from xl_cryptoai.forecast.own_model import model_in_use
    from xl_cryptoai.reports.evidence import segments_of

    model = model_in_use()
    known = segments_of(model)
    if segment is not None and segment not in known:
        raise UnknownNameError(f"no segment is called {quoted(segment)}; known: {', '.join(known)}")
    chosen = known if segment is None else (segment,)
    if as_json:
        print_json(_as_data(model, chosen, whole=segment is None))
    elif as_csv:
        _print_csv(model, chosen)
    else:
        _print_for_people(model, chosen, whole=segment is None)


def _as_data(model: Model, segments: Sequence[str], *, whole: bool) -> dict[str, Any]:
    from xl_cryptoai.reports.evidence import rows_of

    systems, figures = {}, {}
    for row in rows_of(model, segments):
        if row.system is not None:
            systems[row.system.id] = _plain(row.system)
        if row.figure is not None:
            figures[row.figure.id] = _plain(row.figure)
    data: dict[str, Any] = {"systems": [*systems.values()], "figures": [*figures.values()]}
    if whole:
        data["gaps"] = [_plain(one) for one in model.gaps()]
    return data


def _plain(one: Any) -> dict[str, Any]:
    data = asdict(one)
    data["as_of"] = data["as_of"].isoformat() if data["as_of"] is not None else None
    return data


def _print_csv(model: Model, segments: Sequence[str]) -> None:
    from xl_cryptoai.reports.evidence import rows_of

    headers = [
        "segment",
        "system",
        "name",
        "kind",
        "token",
        "what_it_does",
        "figure",
        "measured",
        "low",
        "high",
        "unit",
        "qualifier",
        "period",
        "as_of",
        "locator",
        "note",
    ]
    rows: list[list[Any]] = []
    for row in rows_of(model, segments):
        system, figure = row.system, row.figure
        of_system = (
            [system.id, system.name, system.kind, system.token, system.what]
            if system is not None
            else ["", row.name, "", "", ""]
        )
        of_figure = (
            [figure.id, figure.what, figure.low, figure.high, figure.unit, figure.qualifier,
             figure.when()]
            if figure is not None
            else [""] * 7
        )  # fmt: skip
        source = row.source
        rows.append(
            [row.segment, *of_system, *of_figure, source.as_of.isoformat(), source.locator,
             source.note]
        )  # fmt: skip
    print_csv(headers, rows)


def _print_for_people(model: Model, segments: Sequence[str], *, whole: bool) -> None:
    from xl_cryptoai.reports.evidence import (
        HEADERS,
        KIND_WORDS,
        heading_of,
        rows_of,
        texts_of,
    )

    for segment in segments:
        rows = [*rows_of(model, [segment])]
        if rows:
            say(heading_of(model, segment))
            print_table(HEADERS, texts_of(rows))
    if whole and (gaps := model.gaps()):
        say("What the available text lacks, and who is behind it")
        print_table(
            ["kind", "what", "explanation", "where"],
            [[KIND_WORDS[one.kind], one.title, one.text, one.locator] for one in gaps],
        )
