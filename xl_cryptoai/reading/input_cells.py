"""Finds every input field of a workbook of ours, once, and validates what is typed there."""

from __future__ import annotations

from functools import cached_property

from xl_cryptoai.assumptions import Catalogue, shipped_assumptions
from xl_cryptoai.assumptions.places import OVERRIDE, Key
from xl_cryptoai.assumptions.scenarios import SCENARIO_LABELS
from xl_cryptoai.reading.book import Book, Place, in_words, once_a_book
from xl_cryptoai.reading.risk_fields import judge_at, risk_places
from xl_cryptoai.reading.rows import RowMatch, find_row
from xl_cryptoai.reading.tables import INPUT_HEADS, ROW_HEADS, assumptions_table, id_rows
from xl_cryptoai.reading.validation import Judgement, judge

SCENARIO: Key = ("scenario", "")
_CHOOSE = f"choose {', '.join(list(SCENARIO_LABELS.values())[:-1])} or Bull"


class InputCells:
    """The input fields of a workbook: scenario, values, overrides and what a simulation takes.

    Each field is known by a key, the id and a word, as in `assumptions/places.py`.

    Attributes
    ----------
    table : Table or None
        The table of assumptions.
    id_rows : dict of str to list of int
        Its rows by the text in column Id.
    scenario : Place or None
        Where the scenario is chosen.
    risk : dict of key to Place
        Fields of distributions, correlations and settings, in the catalogue's order.
    """

    def __init__(self, book: Book, catalogue: Catalogue) -> None:
        self.book, self.catalogue = book, catalogue
        self.table = assumptions_table(book, catalogue)
        self.id_rows = id_rows(book, self.table) if self.table is not None else {}
        self.scenario = book.target(SCENARIO[0])
        self.risk = risk_places(book)

    @cached_property
    def rows(self) -> dict[str, RowMatch]:
        """The row of each assumption, by its name and its Id text, which must not contradict."""
        if self.table is None:
            return {}
        return {
            name: find_row(self.book, self.table, self.id_rows, name) for name in self.catalogue
        }

    @cached_property
    def matched(self) -> dict[Key, Place]:
        """Fields that can be told for sure: those of rows where name and Id agree, and risk."""
        found: dict[Key, Place] = {}
        for name, match in self.rows.items():
            if self.table is not None and match.row is not None:
                for case, head in INPUT_HEADS.items():
                    found[name, case] = self.table.place(match.row, head)
        return {**found, **self.risk}

    @cached_property
    def of_rows(self) -> dict[str, dict[str, Place]]:
        """Cells in the row of each assumption: values, override, unit and kind, where they are."""
        return {
            name: {
                field: self.table.place(match.row, head)
                for field, head in ROW_HEADS.items()
                if head in self.table.columns
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
            self.table.place(row, head): (name, case)
            for name, rows in self.id_rows.items()
            if name in self.catalogue
            for row in rows
            for case, head in INPUT_HEADS.items()
        }

    @cached_property
    def first(self) -> dict[Key, Place]:
        """The cell of each value and override; of an id that stands twice, the upper one."""
        return {key: place for place, key in reversed(self.values.items())}

    @cached_property
    def fields(self) -> dict[Place, Key]:
        """Every input field."""
        risk = {place: key for key, place in self.risk.items()}
        chosen = {self.scenario: SCENARIO} if self.scenario is not None else {}
        return {**chosen, **risk, **self.values}

    def judged(self, key: Key, place: Place) -> Judgement:
        """Validate what is stored in a field: a usable value, or what is wrong and what to do."""
        if key == SCENARIO:
            return judge_scenario(self.book.stored(place))
        if key in self.risk:
            return judge_at(self.book, key, place)
        entry = self.catalogue[key[0]]
        return judge(entry, self.book.stored(place), may_be_blank=key[1] == OVERRIDE)


@once_a_book
def inputs_of(book: Book) -> InputCells:
    """The input fields of a workbook, by the shipped catalogue."""
    return InputCells(book, shipped_assumptions())


def judge_scenario(content: object) -> Judgement:
    """Validate the choice of the scenario as the formulas do, which take any capitals.

    >>> judge_scenario("BULL").value, judge_scenario("Bull ").what
    ('bull', "is 'Bull ', which is no scenario")
    """
    if content is None or content == "":
        return Judgement(what="is blank", cure=_CHOOSE)
    for name, label in SCENARIO_LABELS.items():
        if isinstance(content, str) and content.lower() == label.lower():
            return Judgement(value=name)
    return Judgement(what=f"is '{in_words(content)}', which is no scenario", cure=_CHOOSE)


def chosen_scenario(book: Book) -> str:
    """Id of the scenario that is chosen; "" if that cannot be told."""
    inputs = inputs_of(book)
    if inputs.scenario is None:
        return ""
    return str(inputs.judged(SCENARIO, inputs.scenario).value or "")
