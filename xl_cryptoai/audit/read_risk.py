"""Reads distributions, rank correlations and the settings of the simulation out of a workbook."""

from __future__ import annotations

from xl_cryptoai.assumptions.places import OVERRIDE, SHAPE
from xl_cryptoai.assumptions.uncertainty import ENDS, FIXED
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


def _check_ends(name: str, found: WorkbookInputs) -> None:
    """Report ends that do not rise, at the low one; what is not typed follows the scenarios."""
    row = {case: value for case, value in found.values[name].items() if case != OVERRIDE}
    followed = [value for value in row.values() if isinstance(value, float)]
    if len(followed) < len(row) or found.risk.get((name, SHAPE)) == FIXED:
        return
    usual = (min(row["bear"], row["bull"]), row["base"], max(row["bear"], row["bull"]))  # type: ignore[type-var]
    low, mode, high = (
        found.risk.get((name, end), value) for end, value in zip(ENDS, usual, strict=True)
    )
    if not low <= mode <= high or low == high:  # type: ignore[operator]
        what = f"has low {low:g}, most likely {mode:g} and high {high:g}"
        cure = "let them rise, or choose the shape fixed"
        found.problems.append(Problem(found.risk_cells[name, ENDS[0]], name, what, cure))
