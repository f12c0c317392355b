"""Reads distributions, rank correlations and the settings of the simulation out of a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    OVERRIDE,
    SHAPE,
    SIMULATION,
    WITH,
    At,
    default_of,
    low_mode_high_from,
    number_at,
    uncertain_in,
)
from xl_cryptoai.assumptions.scenarios import SCENARIOS
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.reading.findings import Finding
from xl_cryptoai.reading.input_cells import InputCells
from xl_cryptoai.reading.record import WorkbookInputs
from xl_cryptoai.reading.risk_fields import missing_fields
from xl_cryptoai.reading.rows import formula_note
from xl_cryptoai.units import same_value


def read_risk(inputs: InputCells, found: WorkbookInputs) -> None:
    """Read every field that is there; a problem with cell and cure for each that cannot be used."""
    book, places = inputs.book, inputs.risk
    for key, place in places.items():
        name, where = key
        found.risk_cells[key] = str(place)
        if place in book.formula_cells:
            found.problems.append(formula_note(book, place, name))
        result = inputs.validate(key, place)
        if result.what:
            found.refuse(Finding(str(place), result.what, result.cure, id=name), where)
        elif result.value is not None:
            found.risk[key] = result.value
    for name, where in missing_fields(places):
        cure = "undo the deletion, or migrate the inputs with build --from"
        found.refuse(Finding("workbook", f"has lost its cell for '{where}'", cure, id=name), where)
    for name in {name: None for name, where in places if where == SHAPE}:
        _check_distribution(name, found)
    found.problems += _impossible(found)


def _check_distribution(name: str, found: WorkbookInputs) -> None:
    """Report a distribution that cannot be drawn, where it is typed or where it follows from."""
    row = found.values[name]
    if not all(isinstance(row.get(case), float) for case in SCENARIOS) or not _changed(name, found):
        return
    from xl_cryptoai.risk.typed import distribution_of  # late: brings scipy

    def at(name: str, field: str) -> Value | None:
        return row[field] if field in row else found.risk.get((name, field))

    own, case = row.get(OVERRIDE), row[found.scenario or "base"]
    assert case is not None
    try:
        distribution_of(shipped_assumptions()[name], at, case if own is None else own)
    except CryptoAIError as error:
        what = f"cannot be drawn: {str(error).partition(': ')[2]}"
        for one in _to_blame(name, at) or _changed(name, found):
            cell = found.risk_cells.get((name, one)) or found.cells[name][one]
            problem = Finding(cell, what, "correct it, or choose the shape fixed", id=name)
            if one in _changed(name, found):
                found.problems.append(problem)


def _to_blame(name: str, at: At) -> list[str]:
    """Return where low, most likely and high that are out of order come from."""
    sources = low_mode_high_from(name, at)
    values = [number_at(at, name, source) for source in sources]
    crossing = [
        sources[number]
        for pair in ((0, 1), (1, 2), (0, 2))
        if values[pair[0]] > values[pair[1]] or values[0] == values[2]
        for number in pair
    ]
    return list(dict.fromkeys(crossing))


def _changed(name: str, found: WorkbookInputs) -> list[str]:
    """Return the fields of a distribution that stand otherwise than in the catalogue."""
    catalogue = shipped_assumptions()
    row = found.values[name]
    return [
        *(
            case
            for case in SCENARIOS
            if not same_value(row[case], default_of(catalogue, name, case))
        ),
        *(word for word in (SHAPE, *LOW_MODE_HIGH) if (name, word) in found.risk),
    ]


def _impossible(found: WorkbookInputs) -> Iterator[Finding]:
    """Report the correlations that are to be adjusted, if they cannot all be together."""
    typed = {key: value for key, value in found.risk.items() if key[1].startswith(WITH) and value}
    if not typed:
        return
    from xl_cryptoai.risk.correlation import to_be_adjusted, with_common_factor  # late: scipy
    from xl_cryptoai.risk.typed import matrix_of

    entries = uncertain_in(shipped_assumptions())
    ids = [entry.id for entry in entries]
    matrix = matrix_of(ids, lambda name, field: typed.get((name, field), 0.0))
    factor = float(found.risk.get((SIMULATION, COMMON_FACTOR), 0.0))
    for (row, column), offer in to_be_adjusted(with_common_factor(matrix, entries, factor)).items():
        key = ids[row], f"{WITH}{ids[column]}"
        if key in typed:
            what = f"is {typed[key]:g}, but the correlations together are not positive semidefinite"
            cure = f"the nearest that are have {offer:.3f}"
            yield Finding(found.risk_cells[key], what, cure, id=key[0])
