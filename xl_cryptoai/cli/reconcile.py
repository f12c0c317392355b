"""`xl-cryptoai reconcile`."""

from __future__ import annotations

from pathlib import Path

import click

from xl_cryptoai.cli import options
from xl_cryptoai.cli.live import live_of
from xl_cryptoai.cli.show import print_json, print_table, say


@click.command("reconcile")
@options.SOURCE
@options.SETTING
@options.JSON
def reconcile(source: Path | None, settings: tuple[str, ...], as_json: bool) -> int:
    """Compare the base case, or a file's live case, with the printed figures.

    A figure that an input was solved from agrees by calibration; only the others test the model.
    Exit code 1 if a figure differs by more than half of its last printed digit.

    \b
    Examples:
      xl-cryptoai reconcile
      xl-cryptoai reconcile --set identity_base=ai_software
      xl-cryptoai reconcile --from book.xlsx
    """
    from xl_cryptoai.units import read_as

    live = live_of(source, None, settings)
    lines = live.forecast.reconcile()
    if as_json:
        print_json(
            [
                {
                    "id": line.figure.id,
                    "printed": line.figure.printed,
                    "value": line.value,
                    "difference": line.difference,
                    "tolerance": line.figure.half_digit,
                    "agrees": line.agrees,
                    "independent": line.independent,
                    "locator": line.figure.locator,
                }
                for line in lines
            ]
        )
    else:
        rows = []
        for line in lines:
            unit = live.model.steps[line.figure.id].unit
            verdict = "agrees" if line.agrees else "DIFFERS"
            if line.agrees and not line.independent:
                verdict += ", by calibration"
            figure = line.figure
            rows.append(
                [
                    line.label,
                    figure.printed,
                    read_as(line.value, unit, 6),
                    f"{line.difference / figure.half_digit / 2:+.2f}",
                    verdict,
                    figure.locator,
                ]
            )
        headers = [
            "step",
            "printed",
            "computed",
            "difference in last printed digits",
            "verdict",
            "where printed",
        ]
        print_table(headers, rows, right=(1, 2, 3))
        agreed = [line for line in lines if line.agrees]
        independent = sum(line.independent for line in agreed)
        say(
            f"{len(agreed)} of {len(lines)} printed figures agree, each within half its last "
            f"digit; {independent} of them independent."
        )
        if independent < len(agreed):
            say("By calibration: the figure was used to solve for an input, or to choose one.")
    return 0 if all(line.agrees for line in lines) else 1
