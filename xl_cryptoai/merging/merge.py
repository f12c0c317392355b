"""Merges what two people typed into copies of one workbook: by input field, not by cell.

Nothing here reads files; `merge_sides` does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from xl_cryptoai.assumptions import Catalogue, LogLine, UserInputs, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE, default_of, keys_of
from xl_cryptoai.merging.change_logs import Lines, added_lines, deleted_lines, merge_logs
from xl_cryptoai.merging.record import (
    MINE,
    NONE,
    SCENARIO,
    SIDES,
    THEIRS,
    Change,
    Conflict,
    Key,
    Merge,
    Side,
    Values,
    key_in_words,
)
from xl_cryptoai.merging.rules import Broken, also_broken, broken_rules

PRODUCT = "xl-cryptoai"


@dataclass(slots=True)
class _State:
    """What is being put together."""

    catalogue: Catalogue
    base: Values
    sides: dict[str, Values]
    settings: Mapping[Key, Value | None]
    merged: Values = field(default_factory=dict)
    open: dict[Key, str] = field(default_factory=dict)
    """The conflicts, each with the rule it is about."""


def merge(
    base: Side,
    mine: Side,
    theirs: Side,
    *,
    prefer: str = "",
    settings: Mapping[Key, Value | None] | None = None,
    catalogue: Catalogue | None = None,
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
    catalogue : Catalogue, optional
        The package's own by default.

    Returns
    -------
    Merge
        Both sides' changes where they do not touch, and the conflicts where they do.
    """
    catalogue = catalogue if catalogue is not None else shipped_assumptions()
    settings = settings or {}
    start = _values_of(catalogue, base)
    sides = {MINE: _values_of(catalogue, mine), THEIRS: _values_of(catalogue, theirs)}
    state = _State(catalogue, start, sides, settings)
    for key in _keys(catalogue):
        _merge_one(state, key, (base, mine, theirs))
    state.merged.update(settings)
    _find_clashes(state)  # with what is decided: that may be the cure
    count = -1
    while prefer and len(state.open) > count:
        count = len(state.open)
        _choose(state, prefer)
        _find_clashes(state)  # a choice may not go with what the other side has elsewhere
    decided = [key for key in state.open if prefer or key in settings]
    still_open = [
        _conflict(state, key, (base, mine, theirs)) for key in state.open if key not in decided
    ]
    judged = _judged(state)
    logs = [side.inputs.change_log for side in (base, mine, theirs)]
    notes = [*_lost(base, mine, theirs), *_decisions(state, decided, prefer)]
    return Merge(
        _inputs_of(state.merged, catalogue, merge_logs(*logs)),
        _changes(state, {MINE: mine, THEIRS: theirs}),
        tuple(still_open),
        () if still_open else tuple(broken.words for broken, excuse in judged if not excuse),
        tuple(f"{excuse}: {broken.words}" for broken, excuse in judged if excuse),
        tuple(notes),
    )


def _keys(catalogue: Catalogue) -> list[Key]:
    return [(SCENARIO, ""), *keys_of(catalogue)]


def _values_of(catalogue: Catalogue, side: Side) -> Values:
    """Give what is in force in every field: a value that is left out is the catalogue's."""
    values: Values = {
        (name, field): side.inputs.value(catalogue, name, field)
        for name, field in keys_of(catalogue)
    }
    return {(SCENARIO, ""): side.inputs.scenario, **values}


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
    elif _same(one, was) or _same(other, was):
        state.merged[key] = other if _same(one, was) else one
    else:
        _agree_or_open(state, key)


def _agree_or_open(state: _State, key: Key) -> None:
    one, other = state.sides[MINE][key], state.sides[THEIRS][key]
    if one == other:
        state.merged[key] = one
    elif _same(one, other):
        state.merged[key] = _fuller(one, other)
    else:
        state.merged[key] = state.base[key]
        state.open[key] = ""


def _same(one: Value | None, other: Value | None) -> bool:
    """Compare as saved files can: some programs store 15 digits."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-14)
    return one == other


def _fuller(one: Value | None, other: Value | None) -> Value | None:
    """Of two that are the same, give the one with all its digits, whoever has it."""
    return max(one, other, key=lambda value: (len(repr(value)), repr(value)))


def _choose(state: _State, side: str) -> None:
    for key in state.open:
        if key not in state.settings:
            state.merged[key] = state.sides[side][key]


def _find_clashes(state: _State) -> None:
    """Open what both may have, but not together: two shares that now make more than the whole."""
    for broken, excuse in _judged(state):
        for key in () if excuse else broken.keys:
            mine, theirs = (state.sides[side][key] for side in SIDES)
            if key not in state.open and not _same(mine, theirs):
                state.open[key] = broken.words


def _judged(state: _State) -> list[tuple[Broken, str]]:
    """Give the rules that the merged values break, each with its excuse: a side breaks it alone.

    What was decided is the decider's own, and has none.
    """
    every = (state.merged, *state.sides.values())
    chosen = dict.fromkeys(str(values[SCENARIO, ""]) for values in every)
    found = broken_rules(state.catalogue, state.merged, tuple(chosen))
    alone = {who: also_broken(state.catalogue, state.sides[who], found) for who in SIDES}
    judged = []
    for broken in found:
        breakers = [who for who in SIDES if broken.id in alone[who]]
        decided = any(key in state.settings for key in broken.stands_on)
        excused = breakers and not decided
        judged.append((broken, f"already broken in {' and '.join(breakers)}" if excused else ""))
    return judged


def _conflict(state: _State, key: Key, sides: tuple[Side, Side, Side]) -> Conflict:
    base, mine, theirs = sides
    was = None if base.cannot_say(key) else state.base[key]
    label = state.catalogue[key[0]].label if key[0] in state.catalogue else ""
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
        if name == SCENARIO or value is None:
            continue
        if value != default_of(catalogue, name, word):
            values.setdefault(name, {})[word] = value
    return UserInputs(str(merged[SCENARIO, ""]), values, log)


def _changes(state: _State, sides: Mapping[str, Side]) -> tuple[Change, ...]:
    changes = []
    for key, value in state.merged.items():
        if value == state.base[key]:
            continue
        said = [
            who
            for who, side in sides.items()
            if _same(value, state.sides[who][key]) and not side.cannot_say(key)
        ]
        source = "set" if key in state.settings else "both" if len(said) > 1 else said[0]
        changes.append(Change(*key, value, source))
    return tuple(changes)


def _lost(base: Side, mine: Side, theirs: Side) -> list[LogLine]:
    """Note what cannot be placed and what was taken out of a log; what both have only once."""
    found: dict[str, list[str]] = {}
    for who, side in ((MINE, mine), (THEIRS, theirs)):
        words = [f"Not carried over: {lost}" for lost in side.lost]
        for line in deleted_lines(base.inputs.change_log, side.inputs.change_log):
            parts = (line.date, line.who, line.what, line.why)
            told = "; ".join(str(part) for part in parts if part is not None)
            words.append(f"Taken out of the change log: {told}")
        for sentence in dict.fromkeys(words):
            found.setdefault(sentence, []).append(f"{who} {side.name}".strip())
    return [
        LogLine(who=PRODUCT, what=words, why=f"merge; in {' and '.join(sides)}")
        for words, sides in found.items()
    ]


def _decisions(state: _State, decided: list[Key], prefer: str) -> list[LogLine]:
    """Note every decision with what was not chosen."""
    lines = []
    for key in dict.fromkeys([*decided, *state.settings]):
        mine, theirs = (_told(key, state.sides[side][key]) for side in SIDES)
        what = f"{key_in_words(key)}: {_told(key, state.merged[key])} chosen"
        why = "merge, --set" if key in state.settings else f"merge, {prefer} preferred"
        lines.append(LogLine(who=PRODUCT, what=f"{what}; mine {mine}, theirs {theirs}", why=why))
    return lines


def _told(key: Key, value: Value | None) -> str:
    if value is None:
        return f"no {OVERRIDE}" if key[1] == OVERRIDE else NONE
    return value if isinstance(value, str) else f"{value!r}"
