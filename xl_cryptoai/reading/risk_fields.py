"""Finds where a workbook's distributions, rank correlations and simulation settings are typed.

A workbook that was built before there were any has none of these fields, and lacks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    SHAPE,
    SIMULATION,
    WITH,
    Key,
    default_of,
    fields_of,
    quantity_of,
    uncertain_in,
)
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.tables import Table, find_table, id_rows
from xl_cryptoai.reading.validation import ValidationResult, validate

RISK_HEADERS = {SHAPE: "Own shape", "low": "Own low", "mode": "Own most likely", "high": "Own high"}
BEFORE_HEADERS = {**RISK_HEADERS, SHAPE: "Shape"}
"""Until version 0.1 the shape in use was itself typed, the catalogue's where nobody changed it."""
NEW = (COMMON_FACTOR,)
"""Settings that a workbook of that version lacks without anything being lost."""
BEFORE_SETTINGS = {"threshold": "beat"}
CORRELATION_HEADERS = ("Typed", "With")


@once_a_book
def risk_fields(book: Book) -> dict[Key, Place]:
    """Return the cell of every field that is there, by id and field, in the catalogue's order."""
    return {**dict(_distributions(book)), **dict(_correlations(book)), **dict(_settings(book))}


def missing_fields(catalogue: Catalogue, found: dict[Key, Place]) -> list[Key]:
    """List the fields that must be there, since others of their table are."""
    return [
        key for keys in _groups(catalogue) if any(key in found for key in keys)
        for key in keys if key not in found
    ]  # fmt: skip


def validate_at(book: Book, key: Key, place: Place) -> ValidationResult:
    """Validate what is stored in a field; a blank is valid where there is no default."""
    catalogue = book.model.assumptions
    blank = default_of(catalogue, *key) is None
    content = book.stored(place)
    if key[1] == SHAPE and content == _shipped_shape(catalogue, key[0]) and is_before(book):
        content = None
    return validate(quantity_of(catalogue, *key), content, may_be_blank=blank)


def _shipped_shape(catalogue: Catalogue, name: str) -> str:
    uncertainty = catalogue[name].uncertainty
    return uncertainty.shape if uncertainty is not None else ""


@once_a_book
def distributions_table(book: Book) -> Table | None:
    """Find the table of the distributions, in the form of this version or of the one before."""
    for headers in (RISK_HEADERS, BEFORE_HEADERS):
        if table := find_table(book, ("Id", *headers.values()), ["Distributions"]):
            return table
    return None


def is_before(book: Book) -> bool:
    """Whether the distributions stand in the form of the version before."""
    table = distributions_table(book)
    return table is not None and RISK_HEADERS[SHAPE] not in table.columns


def _groups(catalogue: Catalogue) -> tuple[list[Key], ...]:
    """Return the fields of the distributions, of the correlations and of the settings."""
    own = [
        (entry.id, field)
        for entry in uncertain_in(catalogue)
        for field in fields_of(catalogue, entry.id)
        if field in RISK_HEADERS or field.startswith(WITH)
    ]
    return (
        [key for key in own if key[1] in RISK_HEADERS],
        [key for key in own if key[1] not in RISK_HEADERS],
        [(SIMULATION, field) for field in fields_of(catalogue, SIMULATION) if field not in NEW],
    )


def _distributions(book: Book) -> Iterator[tuple[Key, Place]]:
    table = distributions_table(book)
    if table is None:
        return
    rows = id_rows(book, table)
    headers = BEFORE_HEADERS if is_before(book) else RISK_HEADERS
    for entry in uncertain_in(book.model.assumptions):
        for row in rows.get(entry.id, [])[:1]:
            for field, header in headers.items():
                yield (entry.id, field), table.place(row, header)


def _correlations(book: Book) -> Iterator[tuple[Key, Place]]:
    ids = [entry.id for entry in uncertain_in(book.model.assumptions)]
    table = find_table(book, (*CORRELATION_HEADERS, ids[0]), ["Correlations"])
    if table is None:
        return
    rows = _rows_with(book, table)
    for number, name in enumerate(ids):
        for earlier in ids[:number]:
            if name in rows and earlier in table.columns:
                yield (name, f"{WITH}{earlier}"), table.place(rows[name], earlier)


def above_diagonal(book: Book) -> Iterator[tuple[Place, Place]]:
    """Yield the cells of the typed matrix that are not read, each with the one that is read."""
    ids = [entry.id for entry in uncertain_in(book.model.assumptions)]
    table = find_table(book, (*CORRELATION_HEADERS, *ids), ["Correlations"])
    if table is None:
        return
    rows = _rows_with(book, table)
    for number, name in enumerate(ids):
        for later in ids[number + 1 :]:
            if name in rows and later in rows:
                yield table.place(rows[name], later), table.place(rows[later], name)


def _rows_with(book: Book, table: Table) -> dict[str, int]:
    """Return the first row of each id below the header: the matrix in use stands further down."""
    rows: dict[str, int] = {}
    for row in table.rows:
        if words := book.words_at(table.place(row, "With")):
            rows.setdefault(words, row)
    return rows


def _settings(book: Book) -> Iterator[tuple[Key, Place]]:
    for name in fields_of(book.model.assumptions, SIMULATION):
        for known in (name, BEFORE_SETTINGS.get(name, name)):
            if place := book.target(f"{SIMULATION}_{known}"):
                yield (SIMULATION, name), place
                break
