"""How differences between two workbooks are worded: tables and sentences, and data for programs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.input_fields import OVERRIDE, SIMULATION, fields_of, quantity_of
from xl_cryptoai.comparing.records import (
    BookDiff,
    CellChange,
    InputChange,
    Protection,
    Rule,
    StructureChange,
)
from xl_cryptoai.forecast.attribution import Attribution
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import NotUnderstood
from xl_cryptoai.reading import findings
from xl_cryptoai.reading.findings import Finding
from xl_cryptoai.reading.notes import NoteText
from xl_cryptoai.reading.record import LogRow
from xl_cryptoai.reports.parts import Section, Table
from xl_cryptoai.reports.words import sentence
from xl_cryptoai.units import read_as

_LIKE_A_NUMBER = re.compile(r"[^\w.,\s']*[.,]?\d[\d.,\s']*(?:[eE][+-]?\d+)?[%kMBTx]?")
_WORDS = 5
"""Rows of an inserted block whose words are shown."""


def as_data(found: BookDiff) -> dict[str, Any]:
    """All that differs, as data for JSON: the records' fields."""
    data: dict[str, Any] = _plain(asdict(found))
    if isinstance(found.no_attribution, Finding):
        data["no_attribution"] = findings.as_data(found.no_attribution)
    if found.attribution is not None:
        data["attribution"]["difference"] = found.attribution.difference
    return {"same": found.same, **data}


def _plain(value: Any) -> Any:
    """A value as JSON knows it; what it does not know as its text."""
    if isinstance(value, NoteText):
        return value._asdict()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (int, float, str, type(None))) else str(value)


def as_text(model: Model, found: BookDiff) -> Iterator[Table | str]:
    """All that differs, for people: tables, and sentences between them."""
    for section in sections(model, found):
        yield from (part for part in section.parts if isinstance(part, Table | str))


def sections(model: Model, found: BookDiff) -> Iterator[Section]:
    """All that differs in groups, each with a heading; without differences a sentence says so."""
    if found.same:
        words = "The workbooks are the same: inputs, formulas, structure and change log."
        yield Section("No difference", [words])
        return
    inputs = [_input(model.assumptions, one) for one in found.inputs]
    groups = (
        ("Inputs", Table(("assumption", "what", "before", "after"), inputs, (2, 3))),
        (
            "Formulas and other cells",
            Table(("", "cell", "row", "before", "after"), [*map(_cell, found.cells)]),
        ),
        ("Structure", Table(("structure", "where", "what"), [*map(_structure, found.structure)])),
        (
            "Change log",
            Table(
                ("change log", "cell", "date", "who", "what", "why"),
                [*_log("added", found.log_added), *_log("removed", found.log_removed)],
            ),
        ),
        (
            "Results",
            Table(("result", "before", "after", "change"), [*_results(model, found)], (1, 2, 3)),
        ),
    )
    yield from (Section(title, [table]) for title, table in groups if table.rows)
    why: list[Table | str] = []
    if any(one.kind in ("formula", "overwritten") for one in found.cells):
        why.append(
            "Results are recomputed from the inputs, without the effect of changed formulas: see "
            "`xl-cryptoai read`."
        )
    if found.attribution is None:
        why.append(f"Why the result moved cannot be computed: {sentence(found.no_attribution)}")
    elif found.attribution.shares:
        why += _attribution(model, found.attribution)
    if why:
        result = found.attribution.result if found.attribution is not None else ""
        label = model.steps[result].label if result else "the result"
        yield Section(f"Why {label} moved", why)


def _input(catalogue: Catalogue, one: InputChange) -> list[str]:
    values = [_shown(one.before), _shown(one.after)]
    known = fields_of(catalogue, one.id) if one.id in {*catalogue, SIMULATION} else ()
    if one.field in (*known, "live"):
        place = OVERRIDE if one.field == "live" else one.field
        unit = quantity_of(catalogue, one.id, place).unit
        read = [
            read_as(value, unit) if isinstance(value, (int, float)) else _shown(value)
            for value in (one.before, one.after)
        ]
        # figures that only differ behind the digits that people read are shown in full
        values = read if read[0] != read[1] else values
    return [one.id, one.field, *values]


def _cell(one: CellChange) -> list[str]:
    where = f"{one.sheet}!{one.area}"
    return [one.kind, where, one.row, _contents(one.before), _contents(one.after)]


def _contents(contents: Iterable[Any]) -> str:
    """Contents side by side; of formulas, and of contents that are alike, the first.

    >>> _contents(["=_xldudf_CAI_TAM(E8)", "=_xldudf_CAI_TAM(F8)"]), _contents([1.0, 2.0])
    ('=CAI_TAM(E8)', '1 | 2')
    """
    texts = [_shown(content) for content in contents]
    if all(text.startswith("=") for text in texts):
        tree = parse(texts[0])  # without the prefixes that only files have
        return texts[0] if isinstance(tree, NotUnderstood) else f"={formula_text(tree)}"
    return texts[0] if len(set(texts)) == 1 else " | ".join(texts)


def _structure(one: StructureChange) -> list[str]:
    kind, where = one.kind, f"{one.sheet}!{one.area}" if one.area else one.sheet or one.name
    if one.count > 1 and kind.endswith(("inserted", "deleted")):
        line, op = kind.split()
        kind = f"{one.count} {line}s {op}"
    return [kind, where or "workbook", _WHAT[one.kind](one)]


def _line_words(one: StructureChange) -> str:
    words = one.before or one.after or ("blank",)
    return ", ".join(words[:_WORDS]) + (" ..." if len(words) > _WORDS else "")


def _moved(one: StructureChange) -> str:
    line, was = one.kind.removesuffix(" moved"), one.before.split(":")[0]
    return (f"'{one.name}' " if one.name else "") + f"stood in {line} {was}"


def _title(chart: StructureChange) -> str:
    return f"'{chart.name}'" if chart.name else "a chart without a title"


def _rules(rules: Sequence[Rule]) -> str:
    texts = (
        " ".join(f"{rule.kind} {rule.operator} {' and '.join(rule.formulas)}".split())
        + ("" if rule.style == "stop" else f", {rule.style} only")
        + ("" if rule.enforced else ", not enforced")
        for rule in rules
    )
    return "; ".join(texts) or "none"


def _protection(guard: Protection | None) -> str:
    if guard is None:
        return "off"
    allowed = f", {', '.join(guard.allowed)} allowed" if guard.allowed else ""
    return f"on, {'with' if guard.password else 'without'} a password{allowed}"


def _cells(one: StructureChange) -> str:
    return "this cell" + (f" and {one.count - 1} more" if one.count > 1 else "")


_WHAT: dict[str, Callable[[StructureChange], str]] = {
    "sheet added": lambda one: "was added",
    "sheet removed": lambda one: "was removed",
    "sheet renamed": lambda one: f"was called '{one.before}'",
    "sheet state": lambda one: f"was {one.before}, is {one.after}",
    "sheets reordered": lambda one: f"now {', '.join(one.after)}",
    "name added": lambda one: f"refers to {one.after}",
    "name removed": lambda one: f"referred to {one.before}",
    "name redirected": lambda one: f"referred to {one.before}, refers to {one.after}",
    "row inserted": _line_words,
    "row deleted": _line_words,
    "row moved": _moved,
    "column inserted": lambda one: "",
    "column deleted": lambda one: "",
    "column moved": _moved,
    "row hidden": lambda one: "is hidden",
    "row shown": lambda one: "was hidden",
    "chart added": lambda one: f"{_title(one)} was added",
    "chart removed": lambda one: f"{_title(one)} was removed",
    "chart redirected": lambda one: (
        f"{_title(one)} showed {', '.join(one.before)}; shows {', '.join(one.after)}"
    ),
    "validation changed": lambda one: f"was {_rules(one.before)}; is {_rules(one.after)}",
    "protection changed": lambda one: f"was {_protection(one.before)}; is {_protection(one.after)}",
    "cells locked": _cells,
    "cells unlocked": _cells,
    "macros added": lambda one: "were added",
    "macros removed": lambda one: "were removed",
    "macros changed": lambda one: "differ",
}
"""What is written beside each kind of change."""


def _log(op: str, lines: Iterable[LogRow]) -> Iterator[list[str]]:
    for line in lines:
        yield [op, line.cell, *map(_shown, (line.date, line.who, line.what, line.why))]


def _results(model: Model, found: BookDiff) -> Iterator[list[str]]:
    for one in found.results:
        unit = model.steps[one.id].unit
        change = f"{one.after / one.before - 1:+.2%}" if one.before else "-"
        yield [one.id, read_as(one.before, unit), read_as(one.after, unit), change]


def _attribution(model: Model, found: Attribution) -> Iterator[Table | str]:
    unit, entries = model.steps[found.result].unit, model.assumptions

    def signed(value: float) -> str:
        return ("+" if value >= 0 else "-") + read_as(abs(value), unit)

    rows = []
    for share in found.shares:
        figures = [read_as(value, entries[share.id].unit) for value in (share.before, share.after)]
        part = f"{share.value / found.difference:+.1%}" if found.difference else "-"
        error = f"± {read_as(share.error, unit, 2)}" if share.error else "exact"
        rows.append([share.id, *figures, signed(share.value), error, part])
    rows.append(["all together", "", "", signed(found.difference), "", ""])
    headers = [f"why {found.result} moved", "before", "after", "effect", "std. error", "of all"]
    yield Table(headers, rows, (1, 2, 3, 4, 5))
    if found.beyond_rules:
        yield (
            f"{found.beyond_rules} of the combinations computed on the way break a rule between "
            "inputs; both workbooks satisfy every rule."
        )


def _shown(content: Any) -> str:
    """A content as a person reads it; a text in quotes where it could be taken for another content.

    >>> _shown("pert"), _shown("pert "), _shown("16,384"), _shown(16384.0), _shown(None)
    ('pert', "'pert '", "'16,384'", '16384', '-')
    """
    if content is None or content == ():
        return "-"
    if isinstance(content, tuple) and not isinstance(content, NoteText):
        return "; ".join(map(str, content))
    if isinstance(content, str):
        unclear = content != content.strip() or _LIKE_A_NUMBER.fullmatch(content)
        return f"'{content}'" if unclear else content
    return f"{content:.15g}" if isinstance(content, float) else str(content)
