"""What a person has put into a model: scenario, values, overrides and the lines of a change log."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions.catalogue import Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    check_field,
    default_of,
    field_meant,
    fields_of,
    id_meant,
    keys_of,
)
from xl_cryptoai.assumptions.own_scenario import (
    NAME,
    OWN,
    OWN_NAME,
    check_own_name,
    in_case,
    with_own,
)
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.errors import CatalogueError, CryptoAIError, quoted
from xl_cryptoai.tomlfile import read_toml

CELL_LENGTH = 32_767
"""Characters that a cell of a workbook can hold."""

LOG_FIELDS = ("date", "who", "what", "why")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the change log; every field as it was typed."""

    date: dt.date | str | None = None
    who: str | None = None
    what: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class UserInputs:
    """What a person has put in, over the catalogue.

    Attributes
    ----------
    scenario : str
        Id of the chosen scenario: of a model's, or "own".
    values : mapping of id to mapping of field to value
        See `xl_cryptoai.assumptions.input_fields`; one that is left out has its default.
    change_log : tuple of LogLine
        The change log, oldest first.
    own_name : str
        The name of the spare scenario.
    """

    scenario: str = "base"
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    change_log: tuple[LogLine, ...] = ()
    own_name: str = NAME

    def value(self, catalogue: Catalogue, name: str, field: str) -> Value | None:
        """Return what stands in one field: the person's value, the default, or nothing."""
        typed = self.values.get(name, {}).get(field)
        return default_of(catalogue, name, field) if typed is None else typed

    def in_case(self, catalogue: Catalogue, name: str, case: str) -> Value:
        """Return what an assumption is in a scenario, overrides apart."""
        value = in_case(lambda field: self.value(catalogue, name, field), case)
        assert value is not None  # scenarios have defaults
        return value

    def case(self, catalogue: Catalogue, case: str) -> dict[str, Value]:
        """Return every assumption in a scenario, overrides apart."""
        return {name: self.in_case(catalogue, name, case) for name in catalogue}

    @property
    def scenario_name(self) -> str:
        """The chosen scenario's id; the name of the spare one."""
        return self.own_name if self.scenario == OWN else self.scenario

    @property
    def uses_own(self) -> bool:
        """Whether the spare scenario is used: chosen, or a value is typed for it."""
        return self.scenario == OWN or any(OWN in row for row in self.values.values())


def fingerprint_of(catalogue: Catalogue, inputs: UserInputs) -> str:
    """Return a short fingerprint of every value in use, to tell two sets of assumptions apart."""
    used = ((*key, inputs.value(catalogue, *key)) for key in keys_of(catalogue))
    text = "\n".join(
        f"{name}.{field}={value!r}"
        for name, field, value in used
        if field != OWN or value is not None
    )
    return hashlib.sha256(f"{inputs.scenario}\n{text}".encode()).hexdigest()[:12]


def read_user_toml(path: Path, catalogue: Catalogue) -> UserInputs:
    """Read a person's inputs from a TOML file.

    The file may have `scenario = "bull"`, `own_name = "Downside"` (the name of the spare scenario,
    "own"), a table for an assumption (`[ai_penetration]` with a value for any scenario, own,
    override, shape, low, mode, high, and with_gdp_growth for the rank correlation with an
    assumption before it), `[simulation]` with its settings, and `[[change_log]]` entries with date,
    who, what and why. Names and values may be written as people do: see `typed_text`.

    Raises
    ------
    CatalogueError
        Naming file, entry and field for anything unknown, of a wrong type or out of bounds.
    """
    data = read_toml(path)
    field = OWN_NAME
    try:
        own_name = check_own_name(data.pop(field, NAME), catalogue.scenarios)
        field = "scenario"
        known = with_own(catalogue.scenarios, own_name)
        scenario = name_meant(data.pop(field, "base"), field, known)
    except CryptoAIError as error:
        raise CatalogueError(path.name, "-", field, str(error)) from None
    rows = data.pop("change_log", [])
    if not isinstance(rows, list):
        raise CatalogueError(path.name, "change_log", "-", "must be [[change_log]] entries")
    log = tuple(_log_line(path.name, row) for row in rows)
    values: dict[str, dict[str, Value]] = {}
    for typed, row in data.items():
        try:
            name = id_meant(catalogue, typed)
        except CryptoAIError as error:
            raise CatalogueError(path.name, typed, "-", str(error)) from None
        if name in values:
            raise CatalogueError(path.name, name, "-", "has two tables; write one")
        values[name] = _values(path.name, name, row, catalogue)
    return UserInputs(scenario, values, log, own_name)


def _values(file: str, name: str, row: Any, catalogue: Catalogue) -> dict[str, Value]:
    fields = fields_of(catalogue, name)
    if not isinstance(row, dict):
        raise CatalogueError(file, name, "-", f"must be a table with any of {', '.join(fields)}")
    values: dict[str, Value] = {}
    for typed, value in row.items():
        try:
            word = field_meant(catalogue, name, typed)
            checked = check_field(catalogue, name, word, value)
        except CryptoAIError as error:
            raise CatalogueError(file, name, typed, str(error)) from None
        if word in values:
            raise CatalogueError(file, name, word, "is given twice; give it once")
        values[word] = checked
    return values


def _log_line(file: str, row: Any) -> LogLine:
    if not isinstance(row, dict):
        raise CatalogueError(file, "change_log", "-", "must be [[change_log]] entries")
    for name in row:
        if name not in LOG_FIELDS:
            known = ", ".join(LOG_FIELDS)
            raise CatalogueError(file, "change_log", name, f"is not known; known: {known}")
        _check_text(file, name, row[name])
    return LogLine(**row)


def _check_text(file: str, name: str, value: Any) -> None:
    """Refuse what a cell cannot hold as it is."""
    if name == "date" and isinstance(value, dt.date):
        return
    if not isinstance(value, str):
        raise CatalogueError(file, "change_log", name, f"is {quoted(value)}, but must be text")
    if len(value) > CELL_LENGTH:
        raise CatalogueError(
            file, "change_log", name, f"has {len(value)} characters; a cell holds {CELL_LENGTH}"
        )
    if any(ord(letter) < 32 and letter not in "\t\n" for letter in value):
        raise CatalogueError(file, "change_log", name, "has a control character; remove it")
