"""The words for an error that a cell shows: where it begins, and why."""

from __future__ import annotations

from xl_cryptoai.reading.book import Place
from xl_cryptoai.reports.plain import visible
from xl_cryptoai.tracing.describe import value_in_words
from xl_cryptoai.tracing.errors import ErrorOrigin
from xl_cryptoai.xlsx.cells import ErrorValue

MEANING = {
    "#DIV/0!": "it divides by zero or by a blank cell",
    "#N/A": "it looks for something that does not exist",
    "#NAME?": "it uses a name or function that this Excel does not know",
    "#NULL!": "it intersects two ranges that have no cell in common",
    "#NUM!": "it has a result that is not a number, or a number that is too large",
    "#REF!": "it refers to cells that have been deleted",
    "#SPILL!": "the cells that it would fill are not empty",
    "#VALUE!": "it takes a text or a range where a number belongs",
}
"""What an error says of a formula that is not ours."""


def why_in_words(place: Place, found: ErrorOrigin | None) -> str:
    """Say why a cell shows an error.

    Parameters
    ----------
    place : Place
        The cell that was asked about.
    found : ErrorOrigin or None
        What was found; None if it shows no error.

    Returns
    -------
    str
        A sentence or two; that of a function of ours is the one that CAI_WHY gives.
    """
    if found is None:
        return f"{place} shows no error."
    at = f"{found.begins} shows {found.error}"
    if found.begins != found.place:
        at = f"{found.place} shows {found.error}, which begins in {found.begins}"
    if found.refusal:
        return visible(f"{at}: {found.refusal}.")
    formula = f" ({found.formula})" if found.formula else ""
    if found.gives is not None and not isinstance(found.gives, ErrorValue):
        value = value_in_words(found.gives, "")
        return visible(
            f"{at}{formula}. In Python the formula gives {value}: the functions were not "
            "available when Excel computed it. Press Ctrl+Alt+F9; if the error stays, click About."
        )
    if not found.formula:
        return visible(f"{at}: it was typed or pasted; enter a value.")
    meaning = MEANING.get(found.error, "trace the error to its source")
    return visible(f"{at}{formula}: {meaning}.")
