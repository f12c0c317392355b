"""The sourced assumptions: a catalogue of data, its scenarios and its calibrated entries."""

from xl_cryptoai.assumptions.catalogue import (
    Assumption,
    Catalogue,
    load_assumptions,
    shipped_assumptions,
)
from xl_cryptoai.assumptions.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "Assumption", "Catalogue", "load_assumptions", "shipped_assumptions"]
