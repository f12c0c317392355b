"""What a cell is to a trace: its words, and where an assumption's value is from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import chosen_scenario, inputs_of
from xl_cryptoai.reading.labels import Words, labels_of
from xl_cryptoai.reading.tables import case_headers, id_rows, results_table
from xl_cryptoai.units import UNITS, is_number, read_as

COMPUTED, CONSTANT, BLANK = "computed", "constant", "blank"
LIVE, OVERRIDE, UNKNOWN = "live", "override", "unknown"
SAME = 1e-12
"""Relative difference up to which a value is the catalogue's: a spreadsheet saves 15 digits."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an assumption's value is from; `note` says if it is not the catalogue's."""

    id: str
    kind: str
    locator: str = ""
    rationale: str = ""
    note: str = ""


def value_in_words(value: Any, unit: str) -> str:
    """Write a stored value as a person reads it in a unit given in words.

    >>> value_in_words(0.33, "share of TAM"), value_in_words(1234.5, "litres")
    ('33%', '1,234.5')
    """
    if value is None:
        return "nothing stored"
    if not is_number(value):
        return str(value).upper() if isinstance(value, bool) else str(value)
    for one in UNITS.values():
        if unit == one.label or unit.startswith(f"{one.label} of "):
            return read_as(float(value), one.id)
    return f"{value:,.10g}"


class Descriptions:
    """What the cells of a workbook stand for, as far as it says so itself."""

    def __init__(self, book: Book) -> None:
        self.book, self.labels = book, labels_of(book)

    def words(self, place: Place) -> Words:
        """Return what the name, the row and the header of a cell say."""
        found, name = self.labels.words(place), self._names.get(place, "")
        step = self.book.model.steps.get(name)
        if step is not None:
            return Words(name, step.label, step.unit_label, found.column)
        # in a workbook of others, words that are also ours mean nothing
        return found._replace(id=name or (found.id if self._assumptions else ""))

    def source(self, place: Place) -> Source | None:
        """Return where an assumption's cell is from; None for every other cell."""
        if place not in self._assumptions:
            return None
        name, case = self._assumptions[place]
        if case == LIVE:
            override = self._cells_by_case[name, OVERRIDE]
            if not self._is_blank(name, OVERRIDE):
                return Source(name, OVERRIDE, note=f"overridden in {override}")
            case = chosen_scenario(self.book)
            if case == OWN and self._is_blank(name, OWN):
                case = BASE  # which it follows
        if case == OWN:
            where = self._cells_by_case[name, OWN]
            return Source(name, OWN, note="" if self._is_blank(name, OWN) else f"typed in {where}")
        catalogue = self.book.model.assumptions
        if case not in catalogue.scenarios:
            return Source(name, OVERRIDE if case == OVERRIDE else UNKNOWN)
        value = self.book.stored(place)
        if value is None:  # a formula without a stored value refers to what is typed
            value = self.book.stored(self._cells_by_case.get((name, case), place))
        return _from_catalogue(catalogue, name, case, value)

    def _is_blank(self, name: str, case: str) -> bool:
        place = self._cells_by_case.get((name, case))  # an older workbook has no spare scenario
        return place is None or self.book.stored(place) in (None, "")

    def is_live(self, place: Place) -> bool:
        """Whether an assumption takes its value here, by override and scenario."""
        return self._assumptions.get(place, ("", ""))[1] == LIVE

    def has_a_formula(self, place: Place) -> bool:
        """Whether the template has a formula here: a live assumption, or a step in a case."""
        words = self.words(place)
        model = self.book.model
        is_result = words.id in model.steps and words.column in case_headers(model).values()
        return is_result or self.is_live(place)

    def cell_of(self, name: str) -> Place | None:
        """Return the Live cell of an id that has lost its name."""
        if (name, LIVE) in self._cells_by_case:
            return self._cells_by_case[name, LIVE]
        table = results_table(self.book) if name in self.book.model.steps else None
        rows = id_rows(self.book, table).get(name, []) if table is not None else []
        return table.place(rows[0], "Live") if table is not None and rows else None

    @cached_property
    def _names(self) -> dict[Place, str]:
        names = [one.name for one in self.book.names if one.sheet is None]
        return {place: name for name in names if (place := self.book.target(name)) is not None}

    @cached_property
    def _cells_by_case(self) -> dict[tuple[str, str], Place]:
        """The cells of the assumptions by id and case; nothing on a workbook of others."""
        inputs = inputs_of(self.book)
        table = inputs.table
        live = {
            (name, LIVE): table.place(rows[0], "Live")
            for name, rows in inputs.id_rows.items()
            if table is not None and name in inputs.catalogue
        }
        return {**inputs.first, **live}

    @cached_property
    def _assumptions(self) -> dict[Place, tuple[str, str]]:
        return {place: key for key, place in self._cells_by_case.items()}


def _from_catalogue(catalogue: Catalogue, name: str, case: str, value: Any) -> Source:
    entry = catalogue[name]
    expected = entry.values[case]
    if isinstance(value, str) or isinstance(expected, str) or value is None:
        same = value == expected
    else:
        same = math.isclose(value, expected, rel_tol=SAME)
    note = "" if same else f"the catalogue has {read_as(expected, entry.unit)}"
    base = case == "base"
    return Source(
        entry.id,
        catalogue.kind_of(name, case),
        entry.locator if base else "",
        entry.rationale if base else entry.scenario_rationale,
        note,
    )
