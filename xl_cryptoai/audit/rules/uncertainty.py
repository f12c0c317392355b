"""Distributions rise, and correlations are such as variables can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xl_cryptoai.assumptions import SCENARIOS, shipped_assumptions
from xl_cryptoai.assumptions.places import SHAPE, WITH, Key, uncertain_in
from xl_cryptoai.assumptions.uncertainty import ENDS, FIXED
from xl_cryptoai.audit.attribution import same_value
from xl_cryptoai.audit.book import Book, Place
from xl_cryptoai.audit.inputs import judge
from xl_cryptoai.audit.risk_places import (
    DISTRIBUTION_HEADS,
    IN_USE_HEADS,
    above_diagonal,
    judge_at,
    risk_places,
)
from xl_cryptoai.audit.rules.entry import Finding, Rule
from xl_cryptoai.audit.stored import stored_at
from xl_cryptoai.audit.tables import find_table, first_input_cells, id_rows


def check(book: Book) -> Iterator[Finding]:
    """Look at the ends in use of every distribution, and at the typed correlations together."""
    places = risk_places(book)
    yield from _ends(book, places)
    yield from _correlations(book, places)
    for place, read in above_diagonal(book):
        if (value := stored_at(book, place)) is not None:
            what = f"holds {value}, but correlations are read below the diagonal only"
            yield Finding(str(place), what, f"clear it, and type it into {read}")


def _ends(book: Book, places: Mapping[Key, Place]) -> Iterator[Finding]:
    for name, used in ends_in_use(book, places):
        if not all(isinstance(value, (int, float)) for value in used) or _rise(used):
            continue
        typed = [end for end in ENDS if stored_at(book, places[name, end]) is not None]
        if any(judge_at(book, (name, end), places[name, end]).what for end in typed):
            continue  # told by another rule
        low, mode, high = used
        what = f"makes low {low:g}, most likely {mode:g} and high {high:g}, which do not rise"
        for place in [places[name, end] for end in typed] or _followed(book, name):
            yield Finding(str(place), what, "let the three rise, or choose the shape fixed")


def _followed(book: Book, name: str) -> list[Place]:
    """Give the scenarios' cells that low, most likely and high follow, if they were changed.

    None if one of them cannot be used: that is told by another rule.
    """
    entry = shipped_assumptions()[name]
    inputs = first_input_cells(book)
    cells = {case: inputs[name, case] for case in SCENARIOS if (name, case) in inputs}
    values = {case: judge(entry, stored_at(book, place)).value for case, place in cells.items()}
    if None in values.values():
        return []
    return [
        place for case, place in cells.items() if not same_value(values[case], getattr(entry, case))
    ]


def ends_in_use(book: Book, places: Mapping[Key, Place]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the stored low, most likely and high in use of every assumption that is drawn."""
    table = find_table(book, (*DISTRIBUTION_HEADS, *IN_USE_HEADS.values()), ["Distributions"])
    if table is None:
        return
    rows = id_rows(book, table)
    for entry in uncertain_in(shipped_assumptions()):
        for row in rows.get(entry.id, [])[:1]:
            if stored_at(book, places[entry.id, SHAPE]) != FIXED:
                yield (
                    entry.id,
                    [stored_at(book, table.place(row, IN_USE_HEADS[end])) for end in ENDS],
                )


def is_refused(book: Book) -> bool:
    """Tell whether the simulation refuses what the workbook hands it, typed there or followed."""
    places = risk_places(book)
    catalogue = shipped_assumptions()
    for name, used in ends_in_use(book, places):
        within = (catalogue[name].lower, *used, catalogue[name].upper)
        if not all(isinstance(value, (int, float)) for value in used) or not (
            _rise(used) and within[0] <= within[1] and within[-2] <= within[-1]
        ):
            return True
    judged = (judge_at(book, key, place).what for key, place in places.items())
    return any(judged) or any(True for _ in _correlations(book, places))


def _rise(used: Sequence[float]) -> bool:
    low, mode, high = used
    return low <= mode <= high and low < high


def _correlations(book: Book, places: Mapping[Key, Place]) -> Iterator[Finding]:
    """Tell the typed correlations that must give way, if they cannot be all together."""
    from xl_cryptoai.risk.correlation import must_give_way  # late: brings scipy

    ids = [entry.id for entry in uncertain_in(shipped_assumptions())]
    matrix = np.eye(len(ids))
    cells = {}
    for (name, place), where in places.items():
        if place.startswith(WITH):
            value = stored_at(book, where)
            if not isinstance(value, (int, float)) or not -1 <= value <= 1:
                return  # told by another rule
            pair = ids.index(name), ids.index(place.removeprefix(WITH))
            cells[pair] = where
            matrix[pair] = matrix[pair[::-1]] = value
    for pair, offer in must_give_way(matrix).items():
        if pair in cells:
            what = f"is {matrix[pair]:g}, which cannot be together with the other correlations"
            cure = f"the nearest set that can be has {offer:.3f}"
            yield Finding(str(cells[pair]), what, cure)


RULE = Rule(
    "uncertainty",
    "Distributions rise, and correlations are such as variables can have",
    "our own: the simulation refuses what cannot be",
    check,
)
