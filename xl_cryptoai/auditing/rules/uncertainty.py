"""Distributions can be drawn, and correlations are positive semidefinite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xl_cryptoai.assumptions import SCENARIOS, shipped_assumptions
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    SHAPE,
    SIMULATION,
    WITH,
    Key,
    uncertain_in,
)
from xl_cryptoai.assumptions.uncertainty import FIXED, LOW_MODE_HIGH
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.risk_fields import (
    IN_USE_HEADERS,
    above_diagonal,
    distributions_table,
    risk_fields,
    validate_at,
)
from xl_cryptoai.reading.tables import id_rows
from xl_cryptoai.units import same_value

COMMON = (SIMULATION, COMMON_FACTOR)


def check(book: Book) -> Iterator[Finding]:
    """Look at the ends in use of every distribution, and at the typed correlations together."""
    places = risk_fields(book)
    yield from _ends(book, places)
    yield from _correlations(book, places)
    for place, read in above_diagonal(book):
        if (value := book.stored(place)) is not None:
            what = f"holds {value}, but correlations are read below the diagonal only"
            yield Finding(str(place), what, f"clear it, and type it into {read}")


def _ends(book: Book, places: Mapping[Key, Place]) -> Iterator[Finding]:
    from xl_cryptoai.risk.distributions import make  # late: brings scipy

    for name, used in in_use(book, places):
        typed = [
            word for word in (SHAPE, *LOW_MODE_HIGH) if book.stored(places[name, word]) is not None
        ]
        if any(validate_at(book, (name, word), places[name, word]).what for word in typed):
            continue  # reported by another rule
        if not _can_be_made(used):
            continue
        shape, low, mode, high = used
        try:
            make(shipped_assumptions()[name], shape, low, mode or None, high)
        except CryptoAIError as error:
            what = f"cannot be drawn: {str(error).partition(': ')[2]}"
            own = [places[name, end] for end in LOW_MODE_HIGH if end in typed]
            for place in own or _followed(book, name) or [places[name, one] for one in typed]:
                yield Finding(str(place), what, "correct it, or choose the shape fixed")


def _can_be_made(used: Sequence[Any]) -> bool:
    """Tell whether low and high are numbers, and the most likely value too or blank."""
    _, low, mode, high = used
    return all(isinstance(value, (int, float)) for value in (low, high)) and (
        mode in (None, "") or isinstance(mode, (int, float))
    )


def _followed(book: Book, name: str) -> list[Place]:
    """Return the scenarios' cells that low, most likely and high follow, if they were changed.

    None if one of them cannot be used: that is told by another rule.
    """
    entry = shipped_assumptions()[name]
    inputs = inputs_of(book)
    cells = {case: inputs.first[name, case] for case in SCENARIOS if (name, case) in inputs.first}
    values = {case: inputs.validate((name, case), place).value for case, place in cells.items()}
    if None in values.values():
        return []
    return [
        place for case, place in cells.items() if not same_value(values[case], getattr(entry, case))
    ]


def in_use(book: Book, places: Mapping[Key, Place]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the stored shape, low, most likely and high of every assumption that is drawn."""
    table = distributions_table(book)
    if table is None or not set(IN_USE_HEADERS.values()) <= set(table.columns):
        return
    rows = id_rows(book, table)
    for entry in uncertain_in(shipped_assumptions()):
        for row in rows.get(entry.id, [])[:1]:
            used = [book.stored(table.place(row, head)) for head in IN_USE_HEADERS.values()]
            if used[0] != FIXED:
                yield entry.id, used


def is_refused(book: Book) -> bool:
    """Return whether the simulation cannot use what the workbook passes to it."""
    from xl_cryptoai.risk.distributions import make  # late: brings scipy

    places = risk_fields(book)
    for name, used in in_use(book, places):
        shape, low, mode, high = used
        if not _can_be_made(used):
            return True
        try:
            make(shipped_assumptions()[name], shape, low, mode or None, high)
        except CryptoAIError:
            return True
    judged = (validate_at(book, key, place).what for key, place in places.items())
    return any(judged) or any(True for _ in _correlations(book, places))


def _correlations(book: Book, places: Mapping[Key, Place]) -> Iterator[Finding]:
    """Report the typed correlations that are to be adjusted, if they cannot all be together."""
    from xl_cryptoai.risk.correlation import to_be_adjusted, with_common_factor  # late: scipy

    entries = uncertain_in(shipped_assumptions())
    ids = [entry.id for entry in entries]
    matrix = np.eye(len(ids))
    cells = {}
    for (name, field), where in places.items():
        if field.startswith(WITH):
            value = book.stored(where)
            if not isinstance(value, (int, float)) or not -1 <= value <= 1:
                return  # reported by another rule
            pair = ids.index(name), ids.index(field.removeprefix(WITH))
            cells[pair] = where
            matrix[pair] = matrix[pair[::-1]] = value
    factor = validate_at(book, COMMON, places[COMMON]).value if COMMON in places else 0.0
    if not isinstance(factor, float):
        return  # reported by another rule
    together = with_common_factor(matrix, entries, factor)
    for pair, offer in to_be_adjusted(together).items():
        if pair in cells and matrix[pair]:
            what = (
                f"is {matrix[pair]:g}, but the correlations together are not positive semidefinite"
            )
            yield Finding(str(cells[pair]), what, f"the nearest that are have {offer:.3f}")


RULE = Rule(
    "uncertainty",
    "Distributions can be drawn, and correlations are positive semidefinite",
    "our own: a simulation of anything else gives #NUM!",
    check,
)
