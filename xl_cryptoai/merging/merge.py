"""Merges what two people typed into copies of one workbook: by input field, not by cell.

Nothing here reads files; `merging.sides` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from xl_cryptoai.assumptions import Catalogue, LogLine, UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import Key, default_of, keys_of
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.shipped import shipped_by_default
from xl_cryptoai.merging.change_logs import Lines, added_lines, deleted_lines, merge_logs
from xl_cryptoai.merging.record import (
    MINE,
    SET,
    SIDES,
    THEIRS,
    BrokenRule,
    Change,
    Conflict,
    Decision,
    Merge,
    Side,
    Values,
)
from xl_cryptoai.merging.rules import also_broken, broken_rules
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, SCENARIO
from xl_cryptoai.units import same_value

T = TypeVar("T")


@dataclass(slots=True)
class _State:
    """What is being put together."""

    model: Model
    base: Values
    sides: dict[str, Values]
    settings: Mapping[Key, Value | None]
    merged: Values = field(default_factory=dict)
    open: dict[Key, BrokenRule | None] = field(default_factory=dict)
    """The conflicts, each with the rule that it is about, if it is about one."""


def merge(
    base: Side,
    mine: Side,
    theirs: Side,
    *,
    prefer: str = "",
    settings: Mapping[Key, Value | None] | None = None,
    model: Model | None = None,
) -> Merge:
    """Merge two descendants of one workbook.

    Parameters
    ----------
    base, mine, theirs : Side
        The common ancestor, and the two.
    prefer : str
        "mine" or "theirs" decides every conflict.
    settings : mapping of (id, field) to value, optional
        Decisions one by one, see `read_setting`; they come before `prefer`.
    model : Model, optional
        Whose; the shipped model's by default.

    Returns
    -------
    Merge
        Both sides' changes where they do not touch, and the conflicts where they do.
    """
    model = shipped_by_default(model)
    catalogue = model.assumptions
    settings = settings or {}
    start = _values_of(catalogue, base)
    sides = {MINE: _values_of(catalogue, mine), THEIRS: _values_of(catalogue, theirs)}
    state = _State(model, start, sides, settings)
    for key in start:
        _merge_one(state, key, (base, mine, theirs))
    state.merged.update(settings)
    _find_clashes(state)  # with what is decided: that may fix it
    count = -1
    while prefer and len(state.open) > count:
        count = len(state.open)
        _choose(state, prefer)
        _find_clashes(state)  # a choice may not go with what the other side has elsewhere
    decided = [key for key in state.open if prefer or key in settings]
    still_open = [
        _conflict(state, key, (base, mine, theirs)) for key in state.open if key not in decided
    ]
    broken = _broken_rules(state)
    logs = [side.inputs.change_log for side in (base, mine, theirs)]
    both = {MINE: mine, THEIRS: theirs}
    return Merge(
        _inputs_of(state.merged, catalogue, merge_logs(*logs)),
        _changes(state, both),
        tuple(still_open),
        () if still_open else tuple(rule for rule in broken if not rule.already_in),
        tuple(rule for rule in broken if rule.already_in),
        _decisions(state, decided, prefer),
        _by_side({who: side.not_migrated for who, side in both.items()}),
        _by_side(
            {who: deleted_lines(logs[0], side.inputs.change_log) for who, side in both.items()}
        ),
        {who: side.name for who, side in both.items()},
    )


def _values_of(catalogue: Catalogue, side: Side) -> Values:
    """Return what is in force in every field: a value that is left out is the catalogue's."""
    values = {key: side.inputs.value(catalogue, *key) for key in keys_of(catalogue)}
    chosen: Values = {SCENARIO: side.inputs.scenario, NAME_OF_OWN: side.inputs.own_name}
    return {**chosen, **values}


def _merge_one(state: _State, key: Key, sides: tuple[Side, Side, Side]) -> None:
    base, mine, theirs = sides
    was, one, other = state.base[key], state.sides[MINE][key], state.sides[THEIRS][key]
    if mine.cannot_say(key) or theirs.cannot_say(key):
        both = mine.cannot_say(key) and theirs.cannot_say(key)
        state.merged[key] = was if both else other if mine.cannot_say(key) else one
        # a field that a side cannot speak for is as the merge has it, for the rules as well
        state.sides[MINE][key] = state.sides[THEIRS][key] = state.merged[key]
    elif base.cannot_say(key):
        _agree_or_open(state, key)
    elif was in (one, other):
        state.merged[key] = other if one == was else one
    elif same_value(one, was) or same_value(other, was):
        state.merged[key] = other if same_value(one, was) else one
    else:
        _agree_or_open(state, key)


def _agree_or_open(state: _State, key: Key) -> None:
    one, other = state.sides[MINE][key], state.sides[THEIRS][key]
    if one == other:
        state.merged[key] = one
    elif same_value(one, other):
        state.merged[key] = _fuller(one, other)
    else:
        state.merged[key] = state.base[key]
        state.open[key] = None


def _fuller(one: Value | None, other: Value | None) -> Value | None:
    """Of two that are the same, give the one with all its digits, whoever has it."""
    return max(one, other, key=lambda value: (len(repr(value)), repr(value)))


def _choose(state: _State, side: str) -> None:
    for key in state.open:
        if key not in state.settings:
            state.merged[key] = state.sides[side][key]


def _find_clashes(state: _State) -> None:
    """Open what both may have, but not together: two shares that now make more than the whole."""
    for rule in _broken_rules(state):
        for key in () if rule.already_in else rule.fixes:
            mine, theirs = (state.sides[side][key] for side in SIDES)
            if key not in state.open and not same_value(mine, theirs):
                state.open[key] = rule


def _broken_rules(state: _State) -> list[BrokenRule]:
    """Return the rules that the merged values break, each with the sides that break it alone.

    What was decided is the decider's own, whoever else breaks it.
    """
    every = (state.merged, *state.sides.values())
    chosen = dict.fromkeys(str(values[SCENARIO]) for values in every)
    found = broken_rules(state.model, state.merged, tuple(chosen))
    alone = {who: also_broken(state.model, state.sides[who], found) for who in SIDES}
    return [
        rule
        if any(key in state.settings for key, _ in rule.basis)
        else replace(rule, already_in=tuple(who for who in SIDES if rule in alone[who]))
        for rule in found
    ]


def _conflict(state: _State, key: Key, sides: tuple[Side, Side, Side]) -> Conflict:
    base, mine, theirs = sides
    was = None if base.cannot_say(key) else state.base[key]
    catalogue = state.model.assumptions
    label = catalogue[key[0]].label if key[0] in catalogue else ""
    logs = [
        _lines_about(added_lines(base.inputs.change_log, side.inputs.change_log), key[0], label)
        for side in (mine, theirs)
    ]
    values = [state.sides[side][key] for side in SIDES]
    return Conflict(*key, was, values[0], values[1], logs[0], logs[1], state.open[key])


def _lines_about(lines: list[LogLine], name: str, label: str) -> Lines:
    wanted = "|".join(re.escape(word) for word in (name, label) if word)
    pattern = re.compile(rf"(?<!\w)(?:{wanted})(?!\w)", re.IGNORECASE)
    return tuple(line for line in lines if pattern.search(f"{line.what or ''}\n{line.why or ''}"))


def _inputs_of(merged: Values, catalogue: Catalogue, log: Lines) -> UserInputs:
    values: dict[str, dict[str, Value]] = {}
    for (name, word), value in merged.items():
        if name in (SCENARIO[0], NAME_OF_OWN[0]) or value is None:
            continue
        if value != default_of(catalogue, name, word):
            values.setdefault(name, {})[word] = value
    return UserInputs(str(merged[SCENARIO]), values, log, str(merged[NAME_OF_OWN]))


def _changes(state: _State, sides: Mapping[str, Side]) -> tuple[Change, ...]:
    changes = []
    for key, value in state.merged.items():
        if value == state.base[key]:
            continue
        sources = [
            who
            for who, side in sides.items()
            if same_value(value, state.sides[who][key]) and not side.cannot_say(key)
        ]
        source = SET if key in state.settings else "both" if len(sources) > 1 else sources[0]
        changes.append(Change(*key, value, source))
    return tuple(changes)


def _by_side(found: Mapping[str, Iterable[T]]) -> dict[T, tuple[str, ...]]:
    """Return everything found once, with the sides that have it."""
    sides: dict[T, tuple[str, ...]] = {}
    for who, things in found.items():
        for thing in dict.fromkeys(things):
            sides[thing] = (*sides.get(thing, ()), who)
    return sides


def _decisions(state: _State, decided: list[Key], prefer: str) -> tuple[Decision, ...]:
    """Return every decision with what was not chosen."""
    return tuple(
        Decision(
            *key,
            state.merged[key],
            state.sides[MINE][key],
            state.sides[THEIRS][key],
            SET if key in state.settings else prefer,
        )
        for key in dict.fromkeys([*decided, *state.settings])
    )
