"""What goes into a merge of two copies of a workbook, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_cryptoai.assumptions import Catalogue, LogLine, UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    OVERRIDE,
    Key,
    check_field,
    default_of,
    field_meant,
    id_meant,
)
from xl_cryptoai.assumptions.own_scenario import check_own_name, with_own
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.merging.change_logs import Lines
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, SCENARIO
from xl_cryptoai.reading.migration import NotMigrated

NONE = "none"
"""What is typed for "no override", or for no low, most likely or high of one's own."""

MINE, THEIRS = "mine", "theirs"
SIDES = (MINE, THEIRS)
SET = "set"

CONSTRAINT, DISTRIBUTION, CORRELATIONS = "constraint", "distribution", "correlations"

Values = dict[Key, Value | None]
"""What is in force in every input field, `SCENARIO` among them; None for a blank."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one copy of a workbook holds.

    Attributes
    ----------
    inputs : UserInputs
        Scenario, values, overrides and change log.
    unusable : frozenset of (id, field)
        Where something stands that cannot be used: not the same as a value that was taken out.
        Field "" stands for all fields of the id.
    not_migrated : tuple of NotMigrated
        Everything in it that `inputs` cannot hold.
    name : str
        What to call it, such as the name of its file.
    """

    inputs: UserInputs
    unusable: frozenset[Key] = frozenset()
    not_migrated: tuple[NotMigrated, ...] = ()
    name: str = ""

    def cannot_say(self, key: Key) -> bool:
        """Whether it has nothing to say about a field, because nobody can use what it says."""
        return key in self.unusable or (key[0], "") in self.unusable


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule between input fields that their values break.

    Attributes
    ----------
    kind : str
        CONSTRAINT between assumptions, in a case; DISTRIBUTION, one that cannot be drawn;
        CORRELATIONS that are not positive semidefinite.
    ids : tuple of str
        The assumptions that it binds.
    fixes : tuple of (id, field)
        The fields in which it can be fixed.
    basis : tuple of ((id, field), value)
        Those of them that are in use, with the values that break it.
    constraint, case : str
        Id of the constraint, and "live" or the scenario in which it is broken; "" for other kinds.
    reason : str
        Why a distribution cannot be drawn; which values break a constraint, and what must hold.
    already_in : tuple of str
        The sides that break it on their own, if nobody has decided anything about it.
    """

    kind: str
    ids: tuple[str, ...]
    fixes: tuple[Key, ...]
    basis: tuple[tuple[Key, Value | None], ...]
    constraint: str = ""
    case: str = ""
    reason: str = ""
    already_in: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same rule, whatever the values are."""
        return (self.kind, self.ids, self.constraint, self.case)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An input field that both changed, each in another way.

    Attributes
    ----------
    id, field : str
        See `xl_cryptoai.assumptions.input_fields`; the field of the scenario is "".
    base, mine, theirs : value or None
        None is no override; in `base` also something that could not be used.
    mine_log, theirs_log : tuple of LogLine
        The new lines of each change log that name the id or the label: who, and why.
    rule : BrokenRule or None
        The rule that the two would break together; None if both changed this field.
    """

    id: str
    field: str
    base: Value | None
    mine: Value | None
    theirs: Value | None
    mine_log: Lines = ()
    theirs_log: Lines = ()
    rule: BrokenRule | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is not the base's any more, and from whom: MINE, THEIRS, "both" or SET."""

    id: str
    field: str
    value: Value | None
    source: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A conflict that was decided, with what was not chosen, and by whom: MINE, THEIRS or SET."""

    id: str
    field: str
    value: Value | None
    mine: Value | None
    theirs: Value | None
    source: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of a merge.

    Attributes
    ----------
    result : UserInputs
        The merged inputs; an open conflict has the base's value in it.
    changes : tuple of Change
        Where the result differs from the base.
    conflicts : tuple of Conflict
        What nobody has decided; while there is one the result is not to be used.
    broken : tuple of BrokenRule
        What the choices break, though neither side did, or what a setting itself breaks.
    already_broken : tuple of BrokenRule
        What the result breaks because one side alone does: its own state, so it is kept.
    decisions : tuple of Decision
        Every conflict that was decided.
    not_migrated : dict of NotMigrated to tuple of str
        What the result cannot hold, each with the sides that have it.
    deleted_lines : dict of LogLine to tuple of str
        Lines that were taken out of a change log, each with the sides that did so.
    names : dict of str to str
        What to call each side.
    """

    result: UserInputs
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    broken: tuple[BrokenRule, ...] = ()
    already_broken: tuple[BrokenRule, ...] = ()
    decisions: tuple[Decision, ...] = ()
    not_migrated: dict[NotMigrated, tuple[str, ...]] = field(default_factory=dict)
    deleted_lines: dict[LogLine, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether something is still to be decided."""
        return bool(self.conflicts or self.broken)


def read_setting(catalogue: Catalogue, words: str, value: Value) -> tuple[Key, Value | None]:
    """Turn `id.field` and a value into a decision; `id` alone is its override.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For an unknown id or field, or a value that may not stand there.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> read_setting(shipped_assumptions(), "ai_penetration", 0.4)
    (('ai_penetration', 'override'), 0.4)
    """
    if words == SCENARIO[0]:
        return SCENARIO, name_meant(str(value), words, with_own(catalogue.scenarios))
    if words == ".".join(NAME_OF_OWN):
        return NAME_OF_OWN, check_own_name(value, catalogue.scenarios)
    typed, _, field = words.partition(".")
    name = id_meant(catalogue, typed.strip())
    word = field_meant(catalogue, name, field.strip() or OVERRIDE)
    if isinstance(value, str) and value.lower() == NONE:
        if default_of(catalogue, name, word) is not None:
            raise OutOfRangeError(
                f"{words} cannot be none; only an own value, an override, a shape, or a low, "
                "most likely or high of your own can"
            )
        return (name, word), None
    return (name, word), check_field(catalogue, name, word, value)
