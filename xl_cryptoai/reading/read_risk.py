"""Reads distributions, rank correlations and the settings of the simulation out of a workbook."""

from __future__ import annotations

from xl_cryptoai.reading.findings import Kind
from xl_cryptoai.reading.input_cells import InputCells
from xl_cryptoai.reading.inputs_together import impossible_correlations, impossible_distributions
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.reading.risk_fields import missing_fields
from xl_cryptoai.reading.rows import formula_note

LOST = Kind("input_field_missing", "field")


def read_risk(inputs: InputCells, found: WorkbookInputs) -> None:
    """Read every input field that is there; a finding for each that cannot be used."""
    book, places = inputs.book, inputs.risk
    for key, place in places.items():
        name, where = key
        found.risk_cells[key] = str(place)
        if place in book.formula_cells:
            found.problems.append(formula_note(book, place, name))
        result = inputs.validate(key, place)
        if result.fault is not None:
            found.refuse(result.fault.at(place, id=name), where)
        elif result.value is not None:
            found.risk[key] = result.value
    for name, where in missing_fields(inputs.catalogue, places):
        found.refuse(LOST(field=where).at(id=name), where)
    found.problems += impossible_distributions(inputs)
    found.problems += impossible_correlations(inputs)
