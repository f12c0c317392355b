"""Finds every input field of a workbook of ours, once, and validates what is typed there."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from xl_cryptoai.assumptions import Scenario
from xl_cryptoai.assumptions.catalogue import NO_EFFECT
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE, Key, default_of
from xl_cryptoai.assumptions.own_scenario import (
    LONGEST_NAME,
    NAME,
    OWN,
    check_own_name,
    with_own,
)
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.reading.book import Book, Place, in_words, once_a_book
from xl_cryptoai.reading.findings import Kind
from xl_cryptoai.reading.risk_fields import risk_fields, validate_at
from xl_cryptoai.reading.rows import RowMatch, find_row
from xl_cryptoai.reading.tables import assumptions_table, id_rows, input_headers, row_headers
from xl_cryptoai.reading.validation import BLANK, ValidationResult, validate
from xl_cryptoai.units import CHOICE

SCENARIO: Key = ("scenario", "")
NAME_OF_OWN: Key = (OWN, "name")
"""The name of the spare scenario, which heads its column."""
NAME_IMPOSSIBLE = Kind("own_name_impossible", "value", "longest")
UNKNOWN = Kind("scenario_unknown", "value", "choices")


class InputCells:
    """The input fields of a workbook: scenario, values, overrides and what a simulation takes.

    Each field is known by a key, the id and a word, as in `assumptions/input_fields.py`.

    Attributes
    ----------
    table : Table or None
        The table of assumptions.
    headers : dict of str to str
        The headers over its values and overrides, by scenario, and "override"; those that it has.
    id_rows : dict of str to list of int
        Its rows by the text in column Id.
    scenario : Place or None
        Where the scenario is chosen.
    own_name : Place or None
        Where the spare scenario is named.
    risk : dict of key to Place
        Fields of distributions, correlations and settings, in the catalogue's order.
    """

    def __init__(self, book: Book) -> None:
        self.book, self.catalogue = book, book.model.assumptions
        self.table = assumptions_table(book)
        self.headers = input_headers(book.model)
        self.own_name: Place | None = None
        if self.table is not None and NAME in self.table.columns:
            self.own_name = self.table.place(self.table.header_row, NAME)
        else:  # built before there was one
            del self.headers[OWN]
        self.id_rows = id_rows(book, self.table) if self.table is not None else {}
        self.scenario = book.target(SCENARIO[0])
        self.risk = risk_fields(book)
        self._validated: dict[tuple[Key, Place], ValidationResult] = {}

    @cached_property
    def rows(self) -> dict[str, RowMatch]:
        """The row of each assumption, by its name and its Id text, which must not contradict."""
        if self.table is None:
            return {}
        return {
            name: find_row(self.book, self.table, self.id_rows, name) for name in self.catalogue
        }

    @cached_property
    def lacking(self) -> dict[str, dict[str, Value | None]]:
        """Assumptions that a workbook lacks without anything being lost, with their values.

        One that was built before there was a path by year has no row for any that shapes it.
        """
        shaping = [name for name, entry in self.catalogue.items() if entry.effect == NO_EFFECT]
        if not self.rows or any(self.rows[name].row is not None for name in shaping):
            return {}
        return {
            name: {field: default_of(self.catalogue, name, field) for field in self.headers}
            for name in shaping
        }

    @cached_property
    def matched(self) -> dict[Key, Place]:
        """Fields that are certain: those of rows where name and Id agree, and risk."""
        found: dict[Key, Place] = {}
        for name, match in self.rows.items():
            if self.table is not None and match.row is not None:
                for case, header in self.headers.items():
                    found[name, case] = self.table.place(match.row, header)
        return {**found, **self.risk}

    @property
    def recognised(self) -> dict[Key, Place]:
        """Those that are `matched`, the choice of the scenario, and the name of the spare one."""
        return {**self._of_scenarios, **self.matched}

    @property
    def _of_scenarios(self) -> dict[Key, Place]:
        places = {SCENARIO: self.scenario, NAME_OF_OWN: self.own_name}
        return {key: place for key, place in places.items() if place is not None}

    @cached_property
    def of_rows(self) -> dict[str, dict[str, Place]]:
        """Cells in the row of each assumption: values, override, unit and kind, where they are."""
        return {
            name: {
                field: self.table.place(match.row, header)
                for field, header in row_headers(self.book.model).items()
                if header in self.table.columns
            }
            for name, match in self.rows.items()
            if self.table is not None and match.row is not None
        }

    @cached_property
    def values(self) -> dict[Place, Key]:
        """Cells of values and overrides by the Id of their row; an Id can stand twice."""
        if self.table is None:
            return {}
        return {
            self.table.place(row, header): (name, case)
            for name, rows in self.id_rows.items()
            if name in self.catalogue
            for row in rows
            for case, header in self.headers.items()
        }

    @cached_property
    def first(self) -> dict[Key, Place]:
        """The cell of each value and override; of an id that stands twice, the upper one."""
        return {key: place for place, key in reversed(self.values.items())}

    @cached_property
    def fields(self) -> dict[Place, Key]:
        """Every input field."""
        others = {**self._of_scenarios, **self.risk}
        return {**{place: key for key, place in others.items()}, **self.values}

    def validate(self, key: Key, place: Place) -> ValidationResult:
        """Validate what is stored in a field, once: a usable value, or what is wrong with it."""
        if (key, place) not in self._validated:
            self._validated[key, place] = self._validate(key, place)
        return self._validated[key, place]

    def _validate(self, key: Key, place: Place) -> ValidationResult:
        if key == SCENARIO:
            return validate_scenario(self.scenarios.values(), self.book.stored(place))
        if key == NAME_OF_OWN:
            return self._validate_name(self.book.stored(place))
        if key in self.risk:
            return validate_at(self.book, key, place)
        entry = self.catalogue[key[0]]
        return validate(entry, self.book.stored(place), may_be_blank=key[1] in (OWN, OVERRIDE))

    def _validate_name(self, content: object) -> ValidationResult:
        try:
            return ValidationResult(check_own_name(content, self.catalogue.scenarios))
        except CryptoAIError:
            words = in_words(content)
            return ValidationResult(fault=NAME_IMPOSSIBLE(value=words, longest=LONGEST_NAME))

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that can be chosen: the model's, and the spare one under its name."""
        if self.own_name is None:
            return self.catalogue.scenarios
        return with_own(self.catalogue.scenarios, self.name_of_own)

    @property
    def name_of_own(self) -> str:
        """The name of the spare scenario; as built, where it cannot be used."""
        if self.own_name is None:
            return NAME
        return str(self.validate(NAME_OF_OWN, self.own_name).value or NAME)


@once_a_book
def inputs_of(book: Book) -> InputCells:
    """The input fields of a workbook."""
    return InputCells(book)


def validate_scenario(scenarios: Collection[Scenario], content: object) -> ValidationResult:
    """Validate the choice of the scenario as the formulas do, which take any capitals.

    >>> bull = [Scenario("bull", "Bull", "house")]
    >>> validate_scenario(bull, "BULL").value, validate_scenario(bull, "Bull ").value
    ('bull', None)
    """
    for one in scenarios:
        # a spare scenario that was renamed after it had been chosen is still meant by its old name
        known = (one.label, NAME) if one.id == OWN else (one.label,)
        if isinstance(content, str) and content.lower() in [label.lower() for label in known]:
            return ValidationResult(one.id)
    choices = [one.label for one in scenarios]
    if content is None or content == "":
        return ValidationResult(fault=BLANK(unit=CHOICE, lower=None, upper=None, choices=choices))
    return ValidationResult(fault=UNKNOWN(value=in_words(content), choices=choices))


def chosen_scenario(book: Book) -> str:
    """Id of the scenario that is chosen; "" if that is not known."""
    inputs = inputs_of(book)
    if inputs.scenario is None:
        return ""
    return str(inputs.validate(SCENARIO, inputs.scenario).value or "")
