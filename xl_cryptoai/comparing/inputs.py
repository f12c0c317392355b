"""The differences of two workbooks by assumption, and the lines of their change logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.input_fields import default_of
from xl_cryptoai.comparing.records import InputChange, ResultChange, Side
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.filled import filled_places
from xl_cryptoai.reading.input_cells import inputs_of
from xl_cryptoai.reading.migration import PRODUCT, said_in
from xl_cryptoai.reading.record import LogRow, WorkbookInputs
from xl_cryptoai.reading.tables import LOG_HEADERS, find_table
from xl_cryptoai.units import same_value

FIELDS = {
    "bear": "Bear",
    "base": "Base",
    "bull": "Bull",
    "override": "Override",
    "unit": "Unit",
    "kind": "Base is",
}
"""What is compared of each assumption, and the head under which it stands."""

Rows = dict[str, dict[str, Any]]


def input_changes(before: Side, after: Side) -> list[InputChange]:
    """List what differs by assumption, in the order of the catalogue; the scenario first."""
    changes = []
    chosen = [_choice(side) for side in (before, after)]
    if not same_value(*chosen):
        changes.append(InputChange("scenario", "choice", *chosen))
    olds, news = (_assumptions(side) for side in (before, after))
    for name in shipped_assumptions():
        old, new = olds.get(name, {}), news.get(name, {})
        for field in (*FIELDS, "live"):
            values = old.get(field), new.get(field)
            if not same_value(*values):
                changes.append(InputChange(name, field, *values))
        notes: list[Counter[str]] = [Counter(side.get("notes", ())) for side in (old, new)]
        gone, added = ("; ".join(one.elements()) or None
                       for one in (notes[0] - notes[1], notes[1] - notes[0]))  # fmt: skip
        if gone != added:
            changes.append(InputChange(name, "note", gone, added))
    return [*changes, *_risk_changes(before, after)]


def _risk_changes(before: Side, after: Side) -> Iterator[InputChange]:
    """Yield what differs in distributions, correlations and settings.

    A workbook from before there were any has none at all: the defaults stand for them.
    """
    catalogue = shipped_assumptions()
    olds, news = (inputs_of(side.book).risk for side in (before, after))
    for key in {**olds, **news}:
        values = [
            side.book.content(places[key]) if key in places else default_of(catalogue, *key)
            for side, places in ((before, olds), (after, news))
        ]
        if not same_value(*values):
            yield InputChange(*key, *values)


def _choice(side: Side) -> Any:
    place = side.book.target("scenario")
    return None if place is None else side.book.content(place)


def _assumptions(side: Side) -> Rows:
    """Give what stands in the row of each assumption, as typed."""
    live = live_of(side.inputs)
    rows: Rows = {}
    notes = notes_of(side.book)
    for name, places in input_places(side.book).items():
        rows[name] = {
            field: _typed(side.book.content(place), field) for field, place in places.items()
        }
        row = next(iter(places.values()))
        told = [
            text
            for place, text in notes.items()
            if (place.sheet, place.row) == (row.sheet, row.row)
        ]
        rows[name] |= {"live": live.get(name), "notes": told}
    return rows


def _typed(content: Any, field: str) -> Any:
    """Give what was typed; a kind that is a formula follows from the base, which is compared."""
    computed = field == "kind" and isinstance(content, str) and content.startswith("=")
    return None if computed else content


def live_of(inputs: WorkbookInputs) -> dict[str, Any]:
    """Give the live inputs; one that cannot be used is left out, and the others are not."""
    live = {}
    for name, row in inputs.values.items():
        overridden = row["override"] is not None or (name, "override") in inputs.refused
        value = row.get("override" if overridden else str(inputs.scenario))
        if value is not None:
            live[name] = value
    return live


@once_a_book
def input_places(book: Book) -> dict[str, dict[str, Place]]:
    """Find the cells of every assumption that are compared by assumption."""
    inputs = inputs_of(book)
    table = inputs.table
    return {
        name: {
            field: table.place(match.row, head)
            for field, head in FIELDS.items()
            if head in table.columns
        }
        for name, match in inputs.rows.items()
        if table is not None and match.row is not None
    }


@once_a_book
def apart(book: Book) -> set[Place]:
    """Give the cells that are not compared cell by cell: inputs, the choice, the log, answers."""
    inputs = inputs_of(book)
    places = {place for row in input_places(book).values() for place in row.values()}
    places |= {*inputs.risk.values(), *filled_places(book)}
    if inputs.scenario is not None:
        places.add(inputs.scenario)
    if log := find_table(book, LOG_HEADERS, ["Change log"]):
        places |= {log.place(row, head) for row in log.rows for head in LOG_HEADERS}
    return places


@once_a_book
def notes_of(book: Book) -> dict[Place, str]:
    """Give the notes on cells, with their authors if those are people.

    The template's own are among them: LibreOffice forgets authors, so a note cannot be told by
    them, but one that nobody has touched reads the same in both workbooks.
    """
    notes = {}
    for title, sheet in book.worksheets.items():
        for note in sheet.notes:
            author = note.author.strip()
            who = f" ({author})" if author and author != PRODUCT else ""
            notes[Place(title, note.row, note.column)] = " ".join(said_in(note).split()) + who
    return notes


def log_changes(before: Side, after: Side) -> tuple[list[LogRow], list[LogRow]]:
    """Give the lines of the change log that were added, and those that are gone."""
    old, new = before.inputs.change_log, after.inputs.change_log
    matcher = SequenceMatcher(
        None, [_said(line) for line in old], [_said(line) for line in new], autojunk=False
    )
    added: list[LogRow] = []
    removed: list[LogRow] = []
    for what, i, k, j, m in matcher.get_opcodes():
        if what != "equal":
            removed += old[i:k]
            added += new[j:m]
    return added, removed


def _said(line: LogRow) -> tuple[str, ...]:
    return tuple(str(part) for part in (line.date, line.who, line.what, line.why))


def result_changes(before: Side, after: Side) -> list[ResultChange]:
    """List the results that moved, recomputed from the live inputs of both."""
    try:
        old, new = before.inputs.recompute(), after.inputs.recompute()
    except CryptoAIError:
        return []
    return [
        ResultChange(name, float(old[name]), float(new[name]))
        for name in STEPS
        if abs(new[name] - old[name]) > 1e-12 * abs(old[name])
    ]
