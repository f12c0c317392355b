"""Writes a trace as a tree of text, as a diagram, as a page, or as data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xl_cryptoai.palette import NAVY, PALE
from xl_cryptoai.reading.book import Place
from xl_cryptoai.reports.pages import render
from xl_cryptoai.reports.parts import FileFacts, facts_table, time_of_run
from xl_cryptoai.reports.plain import visible, visible_json
from xl_cryptoai.tracing.describe import BLANK, COMPUTED, CONSTANT, value_in_words
from xl_cryptoai.tracing.trace import AGAIN, CIRCLE, DEEPER, Node, Trace, Visit
from xl_cryptoai.xlsx.references import cell_name

_STATES = {AGAIN: "shown above", CIRCLE: "circular: it depends on itself", DEEPER: "goes deeper"}
_PLAIN = (COMPUTED, CONSTANT, BLANK)
_OPEN_LEVELS = 2
"""Levels of the page that are open when it is opened."""


def _what(node: Node) -> str:
    """Return what a cell is: its label and the header of its column, or its id."""
    return ", ".join(part for part in (node.label or node.id, node.column) if part)


def _value(node: Node) -> str:
    if node.kind == BLANK:
        return "blank"
    value = value_in_words(node.value, node.unit)
    if isinstance(node.value, (str, bool)) or node.value is None or node.unit == "year":
        return value
    # 33% is a share and 1.5x a multiple: what is left to say is of what
    unit = node.unit.removeprefix("share ").removeprefix("multiple ")
    return f"{value} {unit}".rstrip()


def _origin(node: Node) -> str:
    """Return where an assumption is from; "" for any other cell."""
    if node.kind in _PLAIN:
        return ""
    return f"{node.kind}: {node.locator}" if node.locator else node.kind


def as_text(trace: Trace) -> str:
    """Write the tree for a terminal, a line a cell."""
    guides: list[str] = []
    lines = []
    for visit in trace.walk():
        del guides[max(visit.level - 1, 0) :]
        branch = ""
        if visit.level:
            branch = "".join(guides) + ("└─ " if visit.last else "├─ ")
            guides.append("   " if visit.last else "│  ")
        lines.append(
            branch + visible(_line(visit, followed=bool(visit.node.links) and not trace.dependents))
        )
    return "\n".join([*lines, "", visible(summary(trace)), ""])


def _line(visit: Visit, *, followed: bool) -> str:
    """Write a cell; an assumption's formula only where the tree goes on to what it refers to."""
    node = visit.node
    head = f"{node.place} {node.id}".rstrip()
    what = f"  {_what(node)}" if node.label or node.column else ""
    text = f"{head}{what} = {_value(node)}"
    if visit.state:
        return f"{text}  ({_STATES[visit.state]})"
    if origin := _origin(node):
        text += f"  [{origin}]"
    if node.formula and (followed or not origin):
        text += f"  {node.formula}"
    return text + "".join(f"  (! {note})" for note in node.notes)


def summary(trace: Trace) -> str:
    """Say in a sentence how much was reached, and which assumptions."""
    way = "is computed from" if not trace.dependents else "is used by"
    count = len(trace.nodes) - len(trace.roots)
    text = f"{trace.target} {way} {_count(count, 'cell')}"
    if trace.depth is not None:
        text += f" within {_count(trace.depth, 'step')}"
    if trace.assumptions and not trace.dependents:
        names = ", ".join(trace.assumptions)
        text += f", {_count(len(trace.assumptions), 'assumption')}: {names}"
    return text


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _numbered(trace: Trace, prefix: str = "n") -> tuple[dict[Place, str], list[tuple[str, str]]]:
    """Number the cells, and list the links in the direction in which figures flow."""
    ids = {place: f"{prefix}{number}" for number, place in enumerate(trace.nodes, start=1)}
    links = [
        (ids[place], ids[link]) if trace.dependents else (ids[link], ids[place])
        for place, node in trace.nodes.items()
        for link in node.links
        if link in ids
    ]
    return ids, links


def _box(node: Node) -> list[str]:
    """Return the lines of a box in a diagram."""
    lines = [node.id if node.id and node.id != _what(node) else "", _what(node), str(node.place)]
    return [line for line in [*lines, _value(node), _origin(node), *node.notes] if line]


def as_mermaid(trace: Trace) -> str:
    """Write a flow chart for Mermaid, as Markdown pages show it."""

    def quoted(text: str) -> str:
        return re.sub(
            r'["#<>&`\\]', lambda match: f"#{ord(match[0])};", visible(" ".join(text.split()))
        )

    ids, links = _numbered(trace)
    lines = ["flowchart LR"]
    for place, node in trace.nodes.items():
        words = "<br/>".join(map(quoted, _box(node)))
        mark = "" if node.kind in _PLAIN else ":::assumption"
        lines.append(f'  {ids[place]}["{words}"]{mark}')
    lines += [f"  {start} --> {end}" for start, end in links]
    return "\n".join([*lines, f"  classDef assumption fill:{PALE},stroke:{NAVY}", ""])


def as_dot(trace: Trace) -> str:
    """Write a graph for Graphviz."""

    def quoted(text: str) -> str:
        return visible(" ".join(text.split())).replace("\\", "\\\\").replace('"', '\\"')

    ids, links = _numbered(trace)
    lines = ["digraph trace {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for place, node in trace.nodes.items():
        words = "\\n".join(map(quoted, _box(node)))
        mark = "" if node.kind in _PLAIN else f', style=filled, fillcolor="{PALE}"'
        lines.append(f'  {ids[place]} [label="{words}"{mark}];')
    lines += [f"  {start} -> {end};" for start, end in links]
    return "\n".join([*lines, "}", ""])


def as_json(trace: Trace) -> str:
    """Write every cell with all that is known of it, and its links by cell."""
    data = {
        "workbook": trace.path.name,
        "target": trace.target,
        "direction": "dependents" if trace.dependents else "precedents",
        "depth": trace.depth,
        "roots": [str(place) for place in trace.roots],
        "assumptions": list(trace.assumptions),
        "nodes": [_as_data(node) for node in trace.nodes.values()],
    }
    return visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def _as_data(node: Node) -> dict[str, Any]:
    value = node.value
    return {
        "cell": str(node.place),
        "id": node.id,
        "label": node.label,
        "column": node.column,
        "unit": node.unit,
        "value": value if isinstance(value, (int, float, str, type(None))) else str(value),
        "formula": node.formula,
        "kind": node.kind,
        "locator": node.locator,
        "rationale": node.rationale,
        "notes": list(node.notes),
        "links": [str(link) for link in node.links],
    }


def nodes_in_words(trace: Trace) -> list[dict[str, Any]]:
    """Return every cell in words, with the cells one step further that the trace has."""
    return [
        {
            "id": str(place),
            "name": node.id,
            "sheet": place.sheet,
            "cell": cell_name(place.row, place.column),
            "label": _what(node) or str(place),
            "value_text": _value(node),
            "formula": node.formula,
            "source": _origin(node),
            "rationale": node.rationale,
            "notes": list(node.notes),
            "inputs": [str(link) for link in node.links if link in trace.nodes],
        }
        for place, node in trace.nodes.items()
    ]


def as_html(trace: Trace, file: FileFacts | None = None, made: str = "") -> str:
    """Write one page that holds everything it needs and opens and closes level by level.

    `file` has by what the workbook is known, by default its name; `made` is when the page is made,
    by default now.
    """
    return render(
        "trace.html",
        title=f"{trace.target} in {trace.path.name}",
        dependents=trace.dependents,
        summary=summary(trace),
        visits=tree_rows(trace),
        facts=facts_table([file or FileFacts(trace.path.name)]).rows,
        made=made or time_of_run(),
    )


def note_lines(node: Node) -> list[str]:
    """List what a note on an assumption's cell says: what it is, its source, why, what differs."""
    lines = [_what(node), _origin(node), node.rationale, *node.notes]
    return [visible(line) for line in lines if line]


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A cell in the tree of a page.

    Attributes
    ----------
    level : int
        How deep it stands; the target is 0.
    closed, left_open : int
        Levels that end before it, and that are open after it.
    anchor, shown_at : str
        Where it can be reached, and where it is shown already.
    followed, open : bool
        Whether cells below it follow, and whether they show when the page is opened.
    what, value, kind, id, place, state, formula, why : str
        What is said of it; "" where nothing is.
    notes : tuple of str
        What cannot be followed, and what differs from the catalogue.
    """

    level: int
    closed: int
    left_open: int
    anchor: str
    shown_at: str
    followed: bool
    open: bool
    what: str
    value: str
    kind: str
    id: str
    place: str
    state: str
    formula: str
    why: str
    notes: tuple[str, ...]


def tree_rows(trace: Trace, prefix: str = "n") -> list[TreeRow]:
    """List the cells of the tree in order; the prefix keeps the anchors of several trees apart.

    What is open is counted, for a tree may be deeper than Python recurses.
    """
    ids, _ = _numbered(trace, prefix)
    seen: set[Place] = set()
    rows, opened = [], 0
    for visit in trace.walk():
        node, closed = visit.node, max(opened - visit.level, 0)
        opened = min(opened, visit.level)
        is_first = visit.state in ("", DEEPER) and node.place not in seen
        if is_first:
            seen.add(node.place)
        followed = bool(node.links) and not visit.state
        opened = visit.level + 1 if followed else opened
        reasons = [part.rstrip(".") for part in (node.locator, node.rationale) if part]
        rows.append(
            TreeRow(
                level=visit.level,
                closed=closed,
                left_open=opened,
                anchor=ids[node.place] if is_first else "",
                shown_at=ids[node.place] if visit.state in (AGAIN, CIRCLE) else "",
                followed=followed,
                open=visit.level < _OPEN_LEVELS,
                what=_what(node),
                value=_value(node),
                kind="" if node.kind in _PLAIN else node.kind,
                id=node.id,
                place=str(node.place),
                state=_STATES.get(visit.state, ""),
                formula=node.formula,
                why=". ".join(reasons),
                notes=tuple(node.notes),
            )
        )
    return rows


FORMATS: dict[str, Callable[[Trace], str]] = {
    "text": as_text,
    "mermaid": as_mermaid,
    "dot": as_dot,
    "html": as_html,
    "json": as_json,
}
"""Every format by its name on the command line."""
