"""The shipped model's parts, by the names that tests use."""

from xl_cryptoai.forecast import shipped_model
from xl_cryptoai.functions import functions_of
from xl_cryptoai.reading.tables import case_headers

MODEL = shipped_model()
CATALOGUE = MODEL.assumptions
STEPS = MODEL.steps
SEGMENTS = MODEL.segments
RESULTS = ("total", *SEGMENTS)
CONSTRAINTS = MODEL.constraints
IN_TOTAL = tuple(name for name, entry in CATALOGUE.items() if entry.effect != "none")
"""Assumptions that the forecast year needs: all but those that shape the years before."""
SCENARIOS = tuple(CATALOGUE.scenarios)
FUNCTIONS = functions_of(MODEL)
CASE_HEADERS = case_headers(MODEL)
