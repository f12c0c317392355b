"""What the package reads from data files and decorators, written out as tables of Python.

Each table takes the place of the statement that reads it: same names, same types.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.tree import (
    Binary,
    Boolean,
    Call,
    Name,
    Node,
    NotUnderstood,
    Number,
    Text,
    Unary,
)

WIDTH = 100

Place = tuple[str, str]
"""A module of ours and a name that it defines."""


@dataclass(frozen=True, slots=True)
class Table:
    """The text that stands for a statement.

    Attributes
    ----------
    text : str
        Python source, in the names of the module where the statement stands.
    defines : str
        A further name that the text defines.
    elsewhere : mapping of str to Place
        Names in the text that the module itself does not import.
    """

    text: str
    defines: str = ""
    elsewhere: Mapping[str, Place] = field(default_factory=dict)


class Bare(str):
    """A name, written as it is and not as a text."""

    __slots__ = ()


def tables(model: Model) -> dict[Place, Table]:
    """Write every table, by the place of the statement that it replaces."""
    return {
        ("xl_cryptoai.assumptions.catalogue", "shipped_assumptions"): _assumptions(model),
        ("xl_cryptoai.source.published", "load_published"): _published(model),
        ("xl_cryptoai.forecast.steps", "STEPS"): _steps(model),
        ("xl_cryptoai.forecast.shipped", "shipped_model"): _model(model),
    }


def _model(model: Model) -> Table:
    """Write the model; what only sheets and reports use is left out."""
    constraints = _entries("Constraint", [_fields(one) for one in model.constraints])
    return Table(
        "def shipped_model() -> Model:\n"
        '    """Return the model of this workbook."""\n'
        "    return MODEL\n\n\n"
        "MODEL = Model(\n"
        f"    title={_literal(model.title)},\n"
        f"    prefix={_literal(model.prefix)},\n"
        "    assumptions=shipped_assumptions(),\n"
        "    derivations={},\n"
        "    steps=STEPS,\n"
        f"{_field('segments', model.segments, 4)}"
        f"{_field('markets', model.markets, 4)}"
        "    constraints=(\n"
        f"{textwrap.indent(constraints, ' ' * 8)}"
        "    ),\n"
        "    publication=load_published(),\n"
        ")\n",
        defines="MODEL",
        elsewhere={"Constraint": ("xl_cryptoai.forecast.constraints", "Constraint")},
    )


def _assumptions(model: Model) -> Table:
    catalogue = model.assumptions
    entries = _entries("Assumption", [_fields(entry) for entry in catalogue.values()])
    return Table(
        "def shipped_assumptions() -> Catalogue:\n"
        '    """Return the assumptions: bounds, scenarios and sources."""\n'
        "    return CATALOGUE\n\n\n"
        "CATALOGUE = Catalogue(\n"
        "    {\n"
        "        entry.id: entry\n"
        "        for entry in (\n"
        f"{textwrap.indent(entries, ' ' * 12)}"
        "        )\n"
        "    },\n"
        f"{_field('blocks', catalogue.blocks, 4)}"
        "    scenarios={\n"
        f"{textwrap.indent(_keyed(catalogue.scenarios), ' ' * 8)}"
        "    },\n"
        f"{_field('span', catalogue.span, 4)}"
        f"{_field('settings', catalogue.settings, 4)}"
        ")\n",
        defines="CATALOGUE",
    )


def _published(model: Model) -> Table:
    publication = model.publication
    figures = _entries("PrintedFigure", [_fields(f) for f in publication.figures.values()])
    others = {name: value for name, value in _fields(publication).items() if name != "figures"}
    return Table(
        "def load_published() -> Publication:\n"
        '    """Return the publication and the results that it prints."""\n'
        "    return PUBLISHED\n\n\n"
        "PUBLISHED = Publication(\n"
        f"{''.join(_field(name, value, 4) for name, value in others.items())}"
        "    figures={\n"
        "        figure.id: figure\n"
        "        for figure in (\n"
        f"{textwrap.indent(figures, ' ' * 12)}"
        "        )\n"
        "    },\n"
        ")\n",
        defines="PUBLISHED",
    )


def _steps(model: Model) -> Table:
    rows = [
        {**_fields(step), "function": Bare(_step_function(step) if step.formula else step.id)}
        for step in model.steps.values()
    ]
    return Table(
        "STEPS = {\n"
        "    step.id: step\n"
        "    for step in (\n"
        f"{textwrap.indent(_entries('Step', rows), ' ' * 8)}"
        "    )\n"
        "}\n"
        '"""Every step by id, in the order in which they are computed."""\n',
        elsewhere={
            step.id: (step.function.__module__, step.id)
            for step in model.steps.values()
            if not step.formula
        }
        | {
            "power": ("xl_cryptoai.powers", "power"),
            "FUNCTIONS": ("xl_cryptoai.forecast.formula", "FUNCTIONS"),
        },
    )


def _step_function(step: Step) -> str:
    """Write a step that a formula gives as a Python function; its parts are known ones only.

    Its parameters are numbered: an id can be the name of a function in the module.
    """
    tree = parse(step.formula)
    assert not isinstance(tree, NotUnderstood)
    names = {name: f"x{number}" for number, name in enumerate(step.inputs, start=1)}
    return f"lambda {', '.join(names.values())}: {_python(tree, names)}"


def _python(node: Node, names: Mapping[str, str]) -> str:
    """Write a formula as Python, as `forecast.formula` computes it."""
    match node:
        case Name():
            return names[node.name]
        case Unary():
            inner = _python(node.operand, names)
            return f"({inner} / 100)" if node.operator == "%" else f"({node.operator}{inner})"
        case Binary(operator="^"):
            return f"power({_python(node.left, names)}, {_python(node.right, names)})"
        case Binary():
            operator = {"=": "==", "<>": "!="}.get(node.operator, node.operator)
            return f"({_python(node.left, names)} {operator} {_python(node.right, names)})"
        case Call():
            arguments = ", ".join(_python(part, names) for part in node.arguments)
            return f'FUNCTIONS["{node.name}"]({arguments})'
        case Number() | Text() | Boolean():
            return _literal(node.value)
    raise AssertionError(node)


def _keyed(entries: Mapping[str, Any]) -> str:
    return "".join(f"{_literal(key)}: {_literal(value)},\n" for key, value in entries.items())


def _fields(entry: Any) -> dict[str, Any]:
    return {item.name: getattr(entry, item.name) for item in dataclasses.fields(entry)}


def _entries(kind: str, rows: list[dict[str, Any]]) -> str:
    """Write calls, a line an argument; they stand 12 columns to the right at most."""
    return "".join(
        f"{kind}(\n{''.join(_field(name, value, 4, 12) for name, value in row.items())}),\n"
        for row in rows
    )


def _field(name: str, value: object, indent: int, margin: int = 0) -> str:
    """Write one named argument, over several lines if it is long."""
    room = WIDTH - margin
    line = f"{' ' * indent}{name}={_literal(value)},\n"
    if len(line) <= room + 1 or isinstance(value, Bare):
        return line
    if isinstance(value, str):
        room -= indent + 3  # two quotes and a comma
        pieces = _pieces(value, room - len(name) - 1, room)
        text = ("\n" + " " * indent).join(_literal(piece) for piece in pieces)
        return f"{' ' * indent}{name}={text},\n"
    if isinstance(value, dict):
        rows = "".join(
            f"{' ' * (indent + 4)}{_literal(key)}: {_literal(item)},\n"
            for key, item in value.items()
        )
        return f"{' ' * indent}{name}={{\n{rows}{' ' * indent}}},\n"
    if isinstance(value, tuple):
        rows = "".join(f"{' ' * (indent + 4)}{_literal(item)},\n" for item in value)
        return f"{' ' * indent}{name}=(\n{rows}{' ' * indent}),\n"
    if dataclasses.is_dataclass(value):
        kind, items = type(value).__name__, _fields(value).items()
        rows = "".join(_field(key, item, indent + 4, margin) for key, item in items)
        return f"{' ' * indent}{name}={kind}(\n{rows}{' ' * indent}),\n"
    return line


def _pieces(text: str, first: int, others: int) -> list[str]:
    """Cut a text at its spaces into pieces that fit their lines."""
    pieces, room = [""], first
    for word in text.replace(" ", " \n").split("\n"):
        if len(pieces[-1]) + len(word) > room:
            pieces.append("")
            room = others
        pieces[-1] += word
    return pieces


def _literal(value: object) -> str:
    """Write a value as ruff would leave it."""
    if isinstance(value, Bare):
        return str(value)
    if isinstance(value, str):
        single = '"' in value and "'" not in value
        return repr(value) if single else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and math.isnan(value):
        return "math.nan"
    if dataclasses.is_dataclass(value):
        inner = ", ".join(f"{key}={_literal(item)}" for key, item in _fields(value).items())
        return f"{type(value).__name__}({inner})"
    if isinstance(value, dt.date):
        return f"dt.date({value.year}, {value.month}, {value.day})"
    if isinstance(value, tuple):
        inner = ", ".join(_literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    return repr(value)
