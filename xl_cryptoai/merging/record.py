"""What goes into a merge of two copies of a workbook, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xl_cryptoai.assumptions import Catalogue, UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE, check_field, default_of, quantity_of
from xl_cryptoai.assumptions.scenarios import check_scenario
from xl_cryptoai.errors import OutOfRangeError
from xl_cryptoai.merging.change_logs import Lines

SCENARIO = "scenario"
NONE = "none"
"""What is typed for "no override", or for no end of one's own."""

MINE, THEIRS = "mine", "theirs"
SIDES = (MINE, THEIRS)

Key = tuple[str, str]
"""An id and an input field; ("scenario", "") is the choice of the scenario."""
Values = dict[Key, Value | None]


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
    lost : tuple of str
        Everything in it that has no input field, in words.
    name : str
        What to call it, such as the name of its file.
    """

    inputs: UserInputs
    unusable: frozenset[Key] = frozenset()
    lost: tuple[str, ...] = ()
    name: str = ""

    def cannot_say(self, key: Key) -> bool:
        """Tell whether it has nothing to say about a field, because nobody can use what it says."""
        return key in self.unusable or (key[0], "") in self.unusable


@dataclass(frozen=True, slots=True)
class Conflict:
    """An input field that both changed, each in another way.

    Attributes
    ----------
    id, field : str
        The assumption and where: "bear", "base", "bull" or "override"; the field of the scenario
        is "".
    base, mine, theirs : value or None
        None is no override; in `base` also something that could not be used.
    mine_log, theirs_log : tuple of LogLine
        The new lines of each change log that name the id or the label: who, and why.
    rule : str
        The rule between inputs that the two would break together; "" if both changed this field.
    """

    id: str
    field: str
    base: Value | None
    mine: Value | None
    theirs: Value | None
    mine_log: Lines = ()
    theirs_log: Lines = ()
    rule: str = ""

    @property
    def key(self) -> str:
        """How `--set` calls it."""
        return key_in_words((self.id, self.field))


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is not the base's any more, and from whom: "mine", "theirs", "both", "set"."""

    id: str
    field: str
    value: Value | None
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
    broken : tuple of str
        Rules between inputs that the choices break, though neither side did, or that `--set`
        itself breaks.
    warnings : tuple of str
        Rules that the result breaks because one side alone does: its own state, so it is kept.
    notes : tuple of LogLine
        What must not be forgotten and is no input: what could not be placed, lines taken out of a
        change log, and each decided conflict with the value that was not chosen.
    """

    result: UserInputs
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    broken: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: Lines = ()

    @property
    def open(self) -> bool:
        """Whether something is still to be decided."""
        return bool(self.conflicts or self.broken)

    @property
    def output(self) -> UserInputs:
        """The result with the notes at the end of its change log."""
        return replace(self.result, change_log=(*self.result.change_log, *self.notes))


def key_in_words(key: Key) -> str:
    """Write an input field as `--set` takes it.

    >>> key_in_words(("ai_penetration", "bull")), key_in_words(("scenario", ""))
    ('ai_penetration.bull', 'scenario')
    """
    return ".".join(part for part in key if part)


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
    if words == SCENARIO:
        return (SCENARIO, ""), check_scenario(str(value).lower())
    name, _, field = words.partition(".")
    field = field or OVERRIDE
    quantity_of(catalogue, name, field)  # refuses an unknown id or field
    if value == NONE:
        if default_of(catalogue, name, field) is not None:
            raise OutOfRangeError(
                f"{words} cannot be none; only an override or an end of your own can"
            )
        return (name, field), None
    return (name, field), check_field(catalogue, name, field, value)
