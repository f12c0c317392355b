"""Reads distributions, rank correlations and the settings of the simulation out of a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import (
    OVERRIDE,
    SHAPE,
    WITH,
    default_at,
    ends_from,
    number_at,
    uncertain_in,
)
from xl_cryptoai.assumptions.uncertainty import ENDS, FIXED
from xl_cryptoai.audit.attribution import same_value
from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.placing import Problem, formula_note
from xl_cryptoai.audit.record import WorkbookInputs
from xl_cryptoai.audit.risk_places import judge_at, missing_places, risk_places


def read_risk(book: Book, found: WorkbookInputs) -> None:
    """Read every place that is there; a problem with cell and cure for each that cannot be used."""
    places = risk_places(book)
    for key, place in places.items():
        name, where = key
        found.risk_cells[key] = str(place)
        if place in book.formula_cells:
            found.problems.append(formula_note(book, place, name))
        judgement = judge_at(book, key, place)
        if judgement.what:
            found.refuse(Problem(str(place), name, judgement.what, judgement.cure), where)
        elif judgement.value is not None:
            found.risk[key] = judgement.value
    for name, where in missing_places(places):
        cure = "undo the deletion, or carry the inputs over into a fresh workbook"
        found.refuse(Problem("workbook", name, f"has lost its cell for '{where}'", cure), where)
    for name in {name: None for name, where in places if where == SHAPE}:
        _check_ends(name, found)
    found.problems += _impossible(found)


def _check_ends(name: str, found: WorkbookInputs) -> None:
    """Report ends that do not rise, where they are typed; a blank one follows the scenarios."""
    row = {case: value for case, value in found.values[name].items() if case != OVERRIDE}
    if not all(isinstance(value, float) for value in row.values()):
        return
    if found.risk.get((name, SHAPE)) == FIXED:
        return

    def at(name: str, place: str) -> Value | None:
        return row[place] if place in row else found.risk.get((name, place))

    sources = ends_from(name, at)
    low, mode, high = values = [number_at(at, name, place) for place in sources]
    if low <= mode <= high and low < high:
        return
    crossing = [
        one
        for pair in ((0, 1), (1, 2), (0, 2))
        if values[pair[0]] > values[pair[1]] or low == high
        for one in (sources[number] for number in pair)
    ]
    what = f"has low {low:g}, most likely {mode:g} and high {high:g}"
    cure = "let them rise, or choose the shape fixed"
    for one in _typed(name, crossing, found):
        cell = found.risk_cells.get((name, one)) or found.cells[name][one]
        found.problems.append(Problem(cell, name, what, cure))


def _typed(name: str, places: list[str], found: WorkbookInputs) -> list[str]:
    """Leave out what stands as the catalogue has it; all of it, and none is left out."""
    catalogue = shipped_assumptions()
    each = list(dict.fromkeys(places))
    changed = [
        place
        for place in each
        if place in ENDS
        or not same_value(found.values[name][place], default_at(catalogue, name, place))
    ]
    return changed or each


def _impossible(found: WorkbookInputs) -> Iterator[Problem]:
    """Report the correlations that must give way, if they cannot be all together."""
    typed = {key: value for key, value in found.risk.items() if key[1].startswith(WITH) and value}
    if not typed:
        return
    from xl_cryptoai.risk.correlation import must_give_way  # late: brings scipy
    from xl_cryptoai.risk.typed import matrix_of

    ids = [entry.id for entry in uncertain_in(shipped_assumptions())]
    matrix = matrix_of(ids, lambda name, place: typed.get((name, place), 0.0))
    for (row, column), offer in must_give_way(matrix).items():
        key = ids[row], f"{WITH}{ids[column]}"
        if key in typed:
            what = f"is {typed[key]:g}, which cannot be together with the other correlations"
            cure = f"the nearest set that can be has {offer:.3f}"
            yield Problem(found.risk_cells[key], key[0], what, cure)
