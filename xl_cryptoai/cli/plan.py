"""What is to be simulated: as the command line says, or as a workbook has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xl_cryptoai.cli.inputs import read_inputs
from xl_cryptoai.cli.settings import read_settings
from xl_cryptoai.cli.show import say
from xl_cryptoai.cli.uncertain import read_correlation, read_distributions

if TYPE_CHECKING:
    from xl_cryptoai.assumptions.derivations import Value
    from xl_cryptoai.risk import Distribution
    from xl_cryptoai.risk.description import Drawn


@dataclass(slots=True)
class Plan:
    """What a simulation takes: where things stand, what is drawn, and how.

    Attributes
    ----------
    scenario, overrides, distributions, correlation, draws, method, seed
        As for `simulate`. From a workbook the overrides are every live value.
    overridden : dict of id to value
        What somebody has overridden, in the workbook or here.
    name : str
        Of the case that all this starts from.
    """

    scenario: str
    overrides: dict[str, Value]
    overridden: dict[str, Value]
    name: str
    distributions: dict[str, Distribution]
    correlation: Any
    draws: int
    method: str
    seed: int

    @property
    def case(self) -> str:
        """The forecast as it stands, in words."""
        count = len(self.overridden)
        more = f" with {count} override{'s' * (count > 1)}" if count else ""
        return f"Live ({self.name}{more})"

    @property
    def drawn(self) -> Drawn:
        """What is drawn, and what is fixed by whom."""
        from xl_cryptoai.risk.description import drawn_from

        return drawn_from(self.distributions, self.overridden)

    @property
    def live(self) -> float:
        """The total of the forecast as it stands, USD a year."""
        from xl_cryptoai import Forecast

        return float(Forecast(self.scenario, overrides=self.overrides)["total"])


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
    overrides = read_settings(settings)
    if source is not None:
        if scenario or shape or distribution or correlate or common_factor is not None:
            raise click.BadParameter(
                "--from takes scenario, distributions and correlations from the file; leave out "
                "--scenario, --shape, --distribution, --correlate and --common-factor"
            )
        return plan_from(source, overrides)
    from xl_cryptoai.assumptions.uncertainty import DRAWS, METHODS, SEED

    name = scenario or "base"
    chosen = read_distributions(distribution, shape, overrides)
    correlation = read_correlation(correlate, list(chosen), common_factor)
    return Plan(
        name, overrides, overrides, name, chosen, correlation, DRAWS, METHODS[0], SEED
    )  # fmt: skip


def plan_from(source: Path, overrides: dict[str, Value]) -> Plan:
    """Plan what sheet Risk of a workbook computes; a setting of one's own fixes its assumption.

    What stands in the file and cannot be used is reported, and its default taken.
    """
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.assumptions.input_fields import SIMULATION
    from xl_cryptoai.reading.migration import INVALID
    from xl_cryptoai.reports.merge import not_migrated_lines
    from xl_cryptoai.reports.plain import visible
    from xl_cryptoai.risk.distributions import make
    from xl_cryptoai.risk.typed import typed

    catalogue = shipped_assumptions()
    inputs, missed = read_inputs(source)
    for words in not_migrated_lines(one for one in missed if one.kind == INVALID):
        say(f"xl-cryptoai: not used: {visible(words)}", error=True)
    found = typed(inputs)
    live = {**found.overrides, **overrides}
    overridden = {name: live[name] for name in (*found.overridden, *overrides)}
    drawn = dict(found.distributions)
    for name, value in overrides.items():
        if name in drawn:
            at = float(value)
            drawn[name] = make(catalogue[name], "fixed", at, at, at)
    draws, seed, method = (
        inputs.value(catalogue, SIMULATION, name) for name in ("draws", "seed", "method")
    )
    assert draws is not None and seed is not None  # settings have defaults
    return Plan(
        "base", live, overridden, inputs.scenario, drawn, found.correlation, int(draws),
        str(method), int(seed),
    )  # fmt: skip
