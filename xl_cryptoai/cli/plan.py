"""What is to be simulated: as the command line says, or as a workbook has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli.inputs import read_inputs
from xl_cryptoai.cli.settings import read_case, read_settings
from xl_cryptoai.cli.show import say
from xl_cryptoai.cli.uncertain import read_correlation, read_distributions

if TYPE_CHECKING:
    from xl_cryptoai.risk.plan import Plan


def plan_of(
    source: Path | None,
    scenario: str | None,
    settings: Sequence[str],
    *,
    shape: str = "",
    distribution: Sequence[str] = (),
    correlate: Sequence[str] = (),
    common_factor: float | None = None,
) -> Plan:
    """Plan what the options of a command say.

    Raises
    ------
    click.BadParameter
        For options that cannot stand together.
    CryptoAIError
        For a file that cannot be read or anything that cannot be used.
    """
    if source is not None:
        if scenario or shape or distribution or correlate or common_factor is not None:
            raise click.BadParameter(
                "--from takes scenario, distributions and correlations from the file; leave out "
                "--scenario, --shape, --distribution, --correlate and --common-factor"
            )
        return plan_from(source, settings)
    from xl_cryptoai.assumptions.uncertainty import DRAWS, METHODS, SEED
    from xl_cryptoai.risk.plan import Plan

    model, name, overrides = read_case(scenario, settings)
    chosen = read_distributions(model.assumptions, distribution, shape, overrides)
    correlation = read_correlation(model.assumptions, correlate, list(chosen), common_factor)
    return Plan(
        model, name, overrides, overrides, name, chosen, correlation, DRAWS, METHODS[0], SEED
    )  # fmt: skip


def plan_from(source: Path, settings: Sequence[str]) -> Plan:
    """Plan what sheet Risk of a workbook computes; a setting of one's own fixes its assumption.

    What stands in the file and cannot be used is reported, and its default taken.
    """
    from xl_cryptoai.reports.merge import not_used_lines
    from xl_cryptoai.reports.plain import visible
    from xl_cryptoai.risk.plan import plan_of_inputs

    model, inputs, missed = read_inputs(source)
    for words in not_used_lines(missed):
        say(f"xl-cryptoai: not used: {visible(words)}", error=True)
    return plan_of_inputs(model, inputs, read_settings(model.assumptions, settings))
