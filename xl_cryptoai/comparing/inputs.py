"""The differences of two workbooks by assumption, and the lines of their change logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from xl_cryptoai.assumptions.input_fields import default_of
from xl_cryptoai.assumptions.own_scenario import NAME, OWN
from xl_cryptoai.comparing.records import InputChange, ResultChange
from xl_cryptoai.comparing.sides import Side
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.reading.input_cells import NAME_OF_OWN, SCENARIO, chosen_scenario, inputs_of
from xl_cryptoai.reading.notes import NoteText, notes_of
from xl_cryptoai.reading.record import LogRow
from xl_cryptoai.reading.tables import input_headers, row_headers
from xl_cryptoai.units import same_value


def input_changes(before: Side, after: Side) -> list[InputChange]:
    """List what differs by assumption, in the order of the catalogue; the scenario first."""
    changes = []
    sides = (before, after)
    chosen, names = [[of(side) for side in sides] for of in (_choice, _own_name)]
    both_own = all(chosen_scenario(side.book) == OWN for side in sides)  # whatever it is called
    if not both_own and not same_value(*chosen):
        changes.append(InputChange(SCENARIO[0], "choice", *chosen))
    if not same_value(*names):
        changes.append(InputChange(*NAME_OF_OWN, *names))
    rows = [_rows(side) for side in (before, after)]
    notes = [_notes(side) for side in (before, after)]
    model = before.book.model
    lacking = {name for side in (before, after) for name in inputs_of(side.book).lacking}
    for name in model.assumptions:
        if name in lacking:  # built before it was an assumption: its defaults stand for it
            fields: tuple[str, ...] = (*input_headers(model), "live")
        else:
            fields = (*row_headers(model), "live")
        for field in fields:
            values = [side.get(name, {}).get(field) for side in rows]
            if not same_value(*values):
                changes.append(InputChange(name, field, *values))
        old, new = (side.get(name, Counter()) for side in notes)
        removed, added = (tuple(one.elements()) for one in (old - new, new - old))
        if (removed or added) and name not in lacking:
            changes.append(InputChange(name, "note", removed, added))
    return [*changes, *_risk_changes(before, after)]


def _risk_changes(before: Side, after: Side) -> Iterator[InputChange]:
    """Yield what differs in distributions, correlations and settings.

    A workbook from before there were any has none at all: the defaults stand for them.
    """
    catalogue = before.book.model.assumptions
    olds, news = (inputs_of(side.book).risk for side in (before, after))
    for key in {**olds, **news}:
        values = [
            side.book.content(places[key]) if key in places else default_of(catalogue, *key)
            for side, places in ((before, olds), (after, news))
        ]
        if not same_value(*values):
            yield InputChange(*key, *values)


def _choice(side: Side) -> Any:
    place = inputs_of(side.book).scenario
    return None if place is None else side.book.content(place)


def _own_name(side: Side) -> Any:
    """The name of the spare scenario; a workbook from before there was one has the first."""
    place = inputs_of(side.book).own_name
    return NAME if place is None else side.book.content(place)


def _rows(side: Side) -> dict[str, dict[str, Any]]:
    """What stands in the row of each assumption, as typed, and its live value."""
    live = side.inputs.usable("live")
    found = {
        name: {**values, "live": live.get(name)}
        for name, values in inputs_of(side.book).lacking.items()
    }
    return found | {
        name: {field: _typed(side.book.content(place), field) for field, place in places.items()}
        | {"live": live.get(name)}
        for name, places in inputs_of(side.book).of_rows.items()
    }


def _typed(content: Any, field: str) -> Any:
    """What was typed; a kind that is a formula follows from the base, which is compared."""
    computed = field == "kind" and isinstance(content, str) and content.startswith("=")
    return None if computed else content


def _notes(side: Side) -> dict[str, Counter[NoteText]]:
    """The notes in the row of each assumption."""
    names = {row: name for name, row in input_rows(side).items()}
    found: dict[str, Counter[NoteText]] = {}
    for place, note in notes_of(side.book).items():
        if name := names.get((place.sheet, place.row)):
            found.setdefault(name, Counter())[note] += 1
    return found


def input_rows(side: Side) -> dict[str, tuple[str, int]]:
    """Sheet and row of each assumption."""
    rows = inputs_of(side.book).of_rows
    return {name: next(iter(places.values()))[:2] for name, places in rows.items()}


def log_changes(before: Side, after: Side) -> tuple[list[LogRow], list[LogRow]]:
    """The lines of the change log that were added, and those that were removed."""
    old, new = before.inputs.change_log, after.inputs.change_log
    old_texts, new_texts = ([_texts(line) for line in log] for log in (old, new))
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    added: list[LogRow] = []
    removed: list[LogRow] = []
    for op, i, k, j, m in matcher.get_opcodes():
        if op != "equal":
            removed += old[i:k]
            added += new[j:m]
    return added, removed


def _texts(line: LogRow) -> tuple[str, ...]:
    return tuple(map(str, (line.date, line.who, line.what, line.why)))


def result_changes(before: Side, after: Side) -> list[ResultChange]:
    """List the results that moved, recomputed from the live inputs of both."""
    try:
        old, new = before.inputs.recompute(), after.inputs.recompute()
    except CryptoAIError:
        return []
    return [
        ResultChange(name, float(old[name]), float(new[name]))
        for name in before.book.model.steps
        if abs(new[name] - old[name]) > 1e-12 * abs(old[name])
    ]
