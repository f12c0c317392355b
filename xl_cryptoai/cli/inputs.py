"""Reads a person's inputs out of a workbook or a TOML file, for `--from`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import UserInputs


def read_inputs(source: Path) -> tuple[UserInputs, list[str]]:
    """Read what is typed there, and what of it cannot be used, in words.

    Raises
    ------
    CryptoAIError
        For a file that cannot be read; in a TOML file also for anything that cannot be used.
    """
    from xl_cryptoai.assumptions import read_user_toml, shipped_assumptions

    if source.suffix.lower() == ".toml":
        inputs = read_user_toml(source, shipped_assumptions())
        _check_rules(inputs)
        return inputs, []
    from xl_cryptoai.audit.carry import carry_over

    return carry_over(source)


def _check_rules(inputs: UserInputs) -> None:
    """Refuse inputs that break a rule between each other, in any case or in a simulation."""
    from xl_cryptoai.assumptions import SCENARIOS
    from xl_cryptoai.assumptions.places import OVERRIDE
    from xl_cryptoai.forecast import Forecast

    def typed(*places: str) -> dict[str, float | str]:
        return {
            name: values[place]
            for place in places
            for name, values in inputs.values.items()
            if place in values
        }

    for scenario in SCENARIOS:
        Forecast(scenario, overrides=typed(scenario))
    Forecast(inputs.scenario, overrides=typed(inputs.scenario, OVERRIDE))
    if any(place not in (*SCENARIOS, OVERRIDE) for row in inputs.values.values() for place in row):
        from xl_cryptoai.risk.typed import typed as as_simulated  # late: brings scipy

        as_simulated(inputs)
