"""Brings two change logs together that began as the same one."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from xl_cryptoai.assumptions import LogLine

Lines = tuple[LogLine, ...]


def merge_logs(base: Lines, mine: Lines, theirs: Lines) -> Lines:
    """Return the lines of both, in order: what both have noted stands there once.

    A line of the base that one of them deleted is left out; `deleted_lines` lists it. Lines that
    both put in at the same place are ordered by date, then by their words, so that it does not
    matter who is "mine".

    Examples
    --------
    >>> one, two, three = (LogLine(what=word) for word in ("one", "two", "three"))
    >>> [line.what for line in merge_logs((one,), (one, three), (one, two))]
    ['one', 'three', 'two']
    """
    gaps, kept = _edits(base, mine)
    other_gaps, other_kept = _edits(base, theirs)
    merged: list[LogLine] = []
    for number in range(len(base) + 1):
        merged += _both(gaps[number], other_gaps[number])
        if number < len(base) and kept[number] and other_kept[number]:
            merged.append(base[number])
    return _with_counts(merged, _counts(base, mine, theirs))


def deleted_lines(base: Lines, side: Lines) -> list[LogLine]:
    """List the lines of the base that a side no longer has."""
    return list((Counter(base) - Counter(side)).elements())


def added_lines(base: Lines, side: Lines) -> list[LogLine]:
    """List the lines of a side that the base does not have, in order."""
    left = Counter(side) - Counter(base)
    added = []
    for line in reversed(side):  # new lines are written below old ones
        if left[line]:
            left[line] -= 1
            added.append(line)
    return added[::-1]


def _edits(base: Lines, side: Lines) -> tuple[list[list[LogLine]], list[bool]]:
    """Return what a side put in before each line of the base and at its end, and what it kept."""
    gaps: list[list[LogLine]] = [[] for _ in range(len(base) + 1)]
    kept = [False] * len(base)
    matcher = SequenceMatcher(None, base, side, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            kept[first:last] = [True] * (last - first)
        else:
            gaps[first] += side[start:end]
    return gaps, kept


def _both(ours: list[LogLine], others: list[LogLine]) -> list[LogLine]:
    """Merge what both put in at one place; each one's own order stays where the two allow it."""
    mine, theirs = list(ours), list(others)
    merged = []
    while mine and theirs:
        headers = [mine[0]] if mine[0] not in theirs or mine[0] == theirs[0] else []
        headers += [theirs[0]] if theirs[0] not in mine else []
        line = min(headers or [mine[0], theirs[0]], key=_sort_key)
        for lines in (mine, theirs):
            if line in lines:
                lines.remove(line)
        merged.append(line)
    return [*merged, *mine, *theirs]


def _counts(base: Lines, mine: Lines, theirs: Lines) -> Counter[LogLine]:
    """Say how often each line is to stand there: three-way, as with any other value."""
    in_base, in_mine, in_theirs = Counter(base), Counter(mine), Counter(theirs)
    counts: Counter[LogLine] = Counter()
    for line in {**in_base, **in_mine, **in_theirs}:
        was, one, other = in_base[line], in_mine[line], in_theirs[line]
        if one == was:
            counts[line] = other
        elif other == was:
            counts[line] = one
        else:  # both changed it: what both added counts once
            counts[line] = max(one, other)
    return counts


def _with_counts(lines: list[LogLine], counts: Counter[LogLine]) -> Lines:
    """Leave out what is doubled because a line was moved, and add what fell between two moves."""
    left = counts.copy()
    found = []
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
            found.append(line)
    return (*found, *sorted((+left).elements(), key=_sort_key))


def _sort_key(line: LogLine) -> tuple[str, ...]:
    return tuple(str(part or "") for part in (line.date, line.who, line.what, line.why))
