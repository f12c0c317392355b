"""Words for merges and migrations: on the console, in JSON, and in a workbook's change log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from xl_cryptoai import __version__
from xl_cryptoai.assumptions import LogLine, UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE, Key
from xl_cryptoai.merging.record import (
    CONSTRAINT,
    DISTRIBUTION,
    NONE,
    SET,
    BrokenRule,
    Decision,
    Merge,
)
from xl_cryptoai.reading.migration import FORMULA, INVALID, NOTE, UNMAPPED, NotMigrated
from xl_cryptoai.reading.notes import PRODUCT
from xl_cryptoai.reports.words import what

MAX_LINES = 500
"""Lines a file, so that a sheet pasted in does not bury the change log."""


def setting_name(key: Key) -> str:
    """Write an input field as `--set` takes it.

    >>> setting_name(("ai_penetration", "bull")), setting_name(("scenario", ""))
    ('ai_penetration.bull', 'scenario')
    """
    return ".".join(part for part in key if part)


def value_words(value: Value | None) -> str:
    """Write a value as a person would type it."""
    return NONE if value is None else value if isinstance(value, str) else f"{value:.15g}"


# Migration ---------------------------------------------------------------------------------------


def not_migrated_lines(found: Iterable[NotMigrated]) -> list[str]:
    """Say what is not migrated: a line each, or a row of unmapped cells."""
    lines = [_row_words(list(row)) for _, row in groupby(found, key=_row_of)]
    more = len(lines) - MAX_LINES
    if more > 0:
        lines[MAX_LINES:] = [f"{more} more lines, in the original file only: keep it"]
    return lines


def not_used_lines(found: Iterable[NotMigrated]) -> list[str]:
    """Say what stands in input fields and cannot be used, so that its default is taken."""
    return not_migrated_lines(one for one in found if one.kind == INVALID)


def migration_log(found: Iterable[NotMigrated], source: str) -> list[LogLine]:
    """Return the lines of a change log that keep what is not migrated from a file."""
    return [
        LogLine(who=PRODUCT, what=f"Not migrated: {words}", why=source)
        for words in not_migrated_lines(found)
    ]


def other_version_words(source: Path, version: str, other: str = __version__) -> str:
    """Say that a file is from another version than what it would be compared with.

    "" is a version that a file does not name.
    """
    by, than = (f"xl-cryptoai {one}" if one else "an unnamed version" for one in (version, other))
    return (
        f"{source.name} was built by {by}, the template to compare with by {than}: cells "
        "outside the input fields were not searched; keep the file"
    )


def _row_of(one: NotMigrated) -> tuple[Any, ...]:
    """Return what the unmapped cells of one row have in common, and nothing else has."""
    if one.kind != UNMAPPED:
        return (one,)
    sheet, _, cell = one.cell.rpartition("!")
    return (sheet, cell.lstrip(ascii_uppercase), one.links)


def _row_words(row: list[NotMigrated]) -> str:
    one = row[0]
    links = "".join(f"; [{number}] is {file or 'an unnamed file'}" for number, file in one.links)
    if one.reason is not None:
        return f"{one.cell} {one.id} {what(one.reason)}{links}"
    if one.kind == NOTE:
        return f"{one.cell} has the note '{one.content}' by {one.author or 'an unknown author'}"
    if one.kind == FORMULA:
        value = f"its value {one.value} is migrated" if one.value else "no value of it is stored"
        return f"{one.cell} {one.id} is the formula '{one.content}'; {value}{links}"
    sheet = one.cell.rpartition("!")[0]
    cells = ", ".join(f"{each.cell.rpartition('!')[2]} '{each.content}'" for each in row)
    return f"{sheet}: {cells}{links}"


# Merge -------------------------------------------------------------------------------------------


def noted(merged: Merge) -> UserInputs:
    """Return the result of a merge with its notes at the end of the change log."""
    log = (*merged.result.change_log, *merge_log(merged))
    return replace(merged.result, change_log=log)


def merge_log(merged: Merge) -> list[LogLine]:
    """Return the lines of a change log that keep what the merged inputs cannot hold.

    That is what is not migrated, lines that a side deleted, and what was not chosen.
    """
    found = [
        *_by_sides(merged.not_migrated, not_migrated_lines, "Not migrated: "),
        *_by_sides(merged.deleted_lines, _deleted_words, "Deleted from the change log: "),
    ]
    lines = [
        LogLine(who=PRODUCT, what=what, why=f"merge; in {' and '.join(_named(merged, sides))}")
        for what, sides in found
    ]
    return [*lines, *map(_decision_line, merged.decisions)]


def _by_sides(
    found: Mapping[Any, tuple[str, ...]], words: Any, start: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for sides in dict.fromkeys(found.values()):
        for line in words(one for one, in_sides in found.items() if in_sides == sides):
            yield f"{start}{line}", sides


def _deleted_words(lines: Iterable[LogLine]) -> Iterator[str]:
    for line in lines:
        parts = (line.date, line.who, line.what, line.why)
        yield "; ".join(str(part) for part in parts if part is not None)


def _named(merged: Merge, sides: Sequence[str]) -> list[str]:
    return [f"{who} {merged.names.get(who, '')}".strip() for who in sides]


def _decision_line(one: Decision) -> LogLine:
    chosen, mine, theirs = (
        _choice(one.field, value) for value in (one.value, one.mine, one.theirs)
    )
    what = f"{setting_name((one.id, one.field))}: {chosen} chosen; mine {mine}, theirs {theirs}"
    why = "merge, --set" if one.source == SET else f"merge, {one.source} preferred"
    return LogLine(who=PRODUCT, what=what, why=why)


def _choice(field: str, value: Value | None) -> str:
    if value is None and field == OVERRIDE:
        return f"no {OVERRIDE}"
    return NONE if value is None else str(value)


def rule_words(rule: BrokenRule) -> str:
    """Say which rule is broken, and by which values."""
    if rule.kind == CONSTRAINT:
        return f"{rule.reason} (case {rule.case})"
    if rule.kind == DISTRIBUTION:
        return rule.reason
    return f"the correlations of {', '.join(rule.ids)} together are not positive semidefinite"


def already_broken_words(rule: BrokenRule) -> str:
    """Say which rule a side breaks on its own."""
    return f"already broken in {' and '.join(rule.already_in)}: {rule_words(rule)}"


def change_rows(merged: Merge) -> tuple[list[str], list[list[str]]]:
    """Return the table of what the merge changed: headers and rows."""
    rows = [
        [setting_name((one.id, one.field)), value_words(one.value), one.source]
        for one in merged.changes
    ]
    return ["changed", "to", "by"], rows


def conflict_rows(merged: Merge) -> tuple[list[str], list[list[str]]]:
    """Return the table of the open conflicts, with a column for rules if there are any."""
    headers = ["conflict", "base", "mine", "theirs", "mine: who, why", "theirs: who, why", "rule"]
    rows = [
        [
            setting_name((one.id, one.field)),
            *(value_words(value) for value in (one.base, one.mine, one.theirs)),
            _people(one.mine_log),
            _people(one.theirs_log),
            rule_words(one.rule) if one.rule is not None else "",
        ]
        for one in merged.conflicts
    ]
    columns = len(headers) if any(one.rule is not None for one in merged.conflicts) else -1
    return headers[:columns], [row[:columns] for row in rows]


def _people(lines: Sequence[LogLine]) -> str:
    who_and_why = [", ".join(part for part in (line.who, line.why) if part) for line in lines]
    return "; ".join(who_and_why) or "not said"


def as_data(merged: Merge) -> dict[str, Any]:
    """Return what came of a merge as plain data: fields, no sentences."""
    return {
        "changes": [asdict(one) for one in merged.changes],
        "conflicts": [
            {
                **asdict(one),
                "mine_log": [_line_data(line) for line in one.mine_log],
                "theirs_log": [_line_data(line) for line in one.theirs_log],
                "rule": None if one.rule is None else _rule_data(one.rule),
            }
            for one in merged.conflicts
        ],
        "broken": [_rule_data(rule) for rule in merged.broken],
        "already_broken": [_rule_data(rule) for rule in merged.already_broken],
        "decisions": [asdict(one) for one in merged.decisions],
        "not_migrated": [
            {**_not_migrated_data(one), "sides": sides}
            for one, sides in merged.not_migrated.items()
        ],
        "deleted_lines": [
            {**_line_data(line), "sides": sides} for line, sides in merged.deleted_lines.items()
        ],
    }


def _not_migrated_data(one: NotMigrated) -> dict[str, Any]:
    reason = one.reason and {"kind": one.reason.kind, "facts": dict(one.reason.facts)}
    return {**asdict(one), "reason": reason}


def _line_data(line: LogLine) -> dict[str, str | None]:
    fields = asdict(line).items()
    return {name: None if value is None else str(value) for name, value in fields}


def _rule_data(rule: BrokenRule) -> dict[str, Any]:
    return {
        **asdict(rule),
        "fixes": [setting_name(key) for key in rule.fixes],
        "basis": {setting_name(key): value for key, value in rule.basis},
    }
