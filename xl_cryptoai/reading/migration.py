"""Takes what people typed out of a workbook, for a fresh one: as inputs, and what none can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xl_cryptoai.assumptions import Catalogue, LogLine, UserInputs
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import Key, default_of, keys_of, quantity_of
from xl_cryptoai.assumptions.own_scenario import NAME, check_own_name, with_own
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.book import Book, Place, in_words
from xl_cryptoai.reading.findings import Fault, Kind
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, SCENARIO, inputs_of
from xl_cryptoai.reading.notes import PRODUCT, said_in
from xl_cryptoai.reading.read import read_book
from xl_cryptoai.reading.record import LogRow, LogValue, WorkbookInputs
from xl_cryptoai.reading.validation import validate
from xl_cryptoai.units import same_value

NOT_IN_MODEL = Kind("input_not_in_model", "value")

Links = tuple[tuple[int, str], ...]
INVALID, FORMULA, NOTE, UNMAPPED = "invalid input", "formula", "note", "unmapped cell"


@dataclass(frozen=True, slots=True)
class NotMigrated:
    """Something in a workbook that a fresh one does not take over.

    Attributes
    ----------
    kind : str
        INVALID, a value that cannot be used; FORMULA, one in an input field, of which only the
        stored value is migrated; NOTE, on a cell; UNMAPPED, what was typed outside the input
        fields.
    cell : str
        Where, such as "Assumptions!I8".
    content : str
        What stands there; a formula begins with `=`.
    id : str
        Of an input field: the assumption, "scenario" or "simulation".
    reason : Fault, optional
        Why a value cannot be used.
    value : str
        What is migrated in place of a formula; "" if nothing is stored.
    author : str
        Who wrote a note; "" if it does not say.
    links : tuple of (int, str)
        The files that a formula refers to, as [1] and so on, each with its number.
    """

    kind: str
    cell: str
    content: str = ""
    id: str = ""
    reason: Fault | None = None
    value: str = ""
    author: str = ""
    links: Links = ()


def migrate(book: Book, model: Model | None = None) -> tuple[UserInputs, list[NotMigrated]]:
    """Take a person's inputs out of a workbook.

    Parameters
    ----------
    book : Book
        The workbook.
    model : Model, optional
        Another model that the inputs are for; the workbook's by default. What the person has not
        changed is then the other model's.

    Returns
    -------
    inputs : UserInputs
        Scenario, values that differ from today's catalogue, overrides and the change log.
    missed : list of NotMigrated
        Inputs and notes that these cannot hold: none of it is to be lost.

    Raises
    ------
    FileRefusedError
        If it is no workbook of ours.
    """
    found = read_book(book)
    log = tuple(_log_line(row) for row in found.change_log)
    values = _values(book.model.assumptions, found)
    inputs = UserInputs(found.scenario or BASE, values, log, found.own_name)
    missed = [*_fields(book, found), *_notes(book)]
    if model is None or model.text == book.model.text:
        return inputs, missed
    inputs, lacking = _for_model(book, inputs, model.assumptions)
    return inputs, [*lacking, *missed]


def _for_model(
    book: Book, inputs: UserInputs, catalogue: Catalogue
) -> tuple[UserInputs, list[NotMigrated]]:
    """Return the inputs that another model's catalogue has and allows, and the others."""
    places: Mapping[Key, Place] = inputs_of(book).recognised
    missed: list[NotMigrated] = []
    scenario = inputs.scenario if inputs.scenario in with_own(catalogue.scenarios) else BASE
    wanted: list[tuple[Key, Value]] = [
        ((name, field), value)
        for name, row in inputs.values.items()
        for field, value in row.items()
    ]
    if scenario != inputs.scenario:
        wanted.insert(0, (SCENARIO, inputs.scenario))
    own_name = inputs.own_name
    try:
        check_own_name(own_name, catalogue.scenarios)
    except CryptoAIError:  # a scenario of the other model has it
        wanted.insert(0, (NAME_OF_OWN, own_name))
        own_name = NAME
    values: dict[str, dict[str, Value]] = {}
    known = {*keys_of(catalogue)}
    for key, value in wanted:
        if key in known:
            fault = validate(quantity_of(catalogue, *key), value).fault
        else:
            fault = NOT_IN_MODEL(value=in_words(value))
        if fault is None:
            values.setdefault(key[0], {})[key[1]] = value
        else:
            words = in_words(value)
            missed.append(NotMigrated(INVALID, str(places.get(key, "")), words, key[0], fault))
    return UserInputs(scenario, values, inputs.change_log, own_name), missed


def links_of(book: Book, place: Place) -> Links:
    """Return the other files that a cell's formula refers to, each with its number there."""
    form = book.form(place)
    prefixes = (getattr(part, "prefix", None) for part in form.parts) if form is not None else ()
    numbers = {int(one.book) for one in prefixes if one is not None and one.book.isdecimal()}
    known = book.file.external_links
    return tuple((number, known[number].target) for number in sorted(numbers & known.keys()))


def _values(catalogue: Catalogue, found: WorkbookInputs) -> dict[str, dict[str, Value]]:
    """Return the typed values that are not today's catalogue's anyway."""
    typed = {
        (name, case): value for name, row in found.values.items() for case, value in row.items()
    }
    values: dict[str, dict[str, Value]] = {}
    for name, field in keys_of(catalogue):
        value = typed.get((name, field), found.risk.get((name, field)))
        if value is not None and not same_value(value, default_of(catalogue, name, field)):
            values.setdefault(name, {})[field] = value
    return values


def _fields(book: Book, found: WorkbookInputs) -> Iterator[NotMigrated]:
    """Yield input fields that cannot be used, and those whose value comes from a formula."""
    places = inputs_of(book).recognised
    for key, problem in found.refused.items():
        place = places.get(key)
        content = "" if place is None else in_words(book.content(place))
        links = () if place is None else links_of(book, place)
        yield NotMigrated(INVALID, problem.cell, content, key[0], problem.fault, links=links)
    for key, place in places.items():
        if place in book.formula_cells and key not in found.refused:
            formula, value = in_words(book.content(place)), in_words(book.stored(place))
            links = links_of(book, place)
            yield NotMigrated(FORMULA, str(place), formula, key[0], value=value, links=links)


def _notes(book: Book) -> Iterator[NotMigrated]:
    """Yield the notes that people put on cells: a template has notes of its own there."""
    ours = [
        words
        for entry in book.model.assumptions.values()
        for words in (f"{entry.rationale}.", f"House: {entry.scenario_rationale}.")
    ]
    for title, sheet in book.worksheets.items():
        for note in sheet.notes:
            # some programs drop the author: then the words show whose note it is
            if note.author != PRODUCT and not any(words in note.text for words in ours):
                cell = str(Place(title, note.row, note.column))
                yield NotMigrated(NOTE, cell, said_in(note), author=note.author.strip())


def _log_line(row: LogRow) -> LogLine:
    return LogLine(_date(row.date), _text(row.who), _text(row.what), _text(row.why))


def _date(value: LogValue) -> dt.date | str | None:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else _text(value)


def _text(value: LogValue) -> str | None:
    return None if value is None else str(value)
