"""Random valid inputs, drawn within the catalogue's bounds and rules."""

from __future__ import annotations

from hypothesis import strategies as st

from xl_cryptoai import load_assumptions
from xl_cryptoai.assumptions.scenarios import Quantity
from xl_cryptoai.units import CHOICE, UNITS

CATALOGUE = load_assumptions()


def values_of(entry: Quantity) -> st.SearchStrategy[float | str]:
    """Draw a valid value of one assumption, or of another field that a person can type into."""
    if entry.unit == CHOICE:
        return st.sampled_from(entry.choices)
    if UNITS[entry.unit].whole:
        return st.integers(int(entry.lower), int(entry.upper)).map(float)
    return st.floats(entry.lower, entry.upper, allow_subnormal=False)


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, float | str]:
    """Draw a value for every assumption, such that the rules between them hold."""
    drawn = {name: draw(values_of(entry)) for name, entry in CATALOGUE.items()}
    drawn["forecast_year"] = max(drawn["forecast_year"], drawn["baseline_year"])
    drawn["compute_share"] = min(drawn["compute_share"], 1 - drawn["software_share"])
    drawn["bank_compliance_cost"] = min(drawn["bank_compliance_cost"], drawn["bank_revenue"])
    return drawn
