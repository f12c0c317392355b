"""The sourced assumptions: a catalogue of data, its scenarios and its calibrated entries."""

from xl_cryptoai.assumptions.catalogue import (
    Assumption,
    Catalogue,
    load_assumptions,
    shipped_assumptions,
)
from xl_cryptoai.assumptions.scenarios import Scenario
from xl_cryptoai.assumptions.user_inputs import LogLine, UserInputs, read_user_toml

__all__ = [
    "Assumption",
    "Catalogue",
    "LogLine",
    "Scenario",
    "UserInputs",
    "load_assumptions",
    "read_user_toml",
    "shipped_assumptions",
]
