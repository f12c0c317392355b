"""Steps given by a formula over ids: its units are checked, and it is compiled to numpy.

The text itself is the native formula of the workbook. Nothing in it is run as Python: it is parsed,
and only the operators and functions listed here are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from xl_cryptoai.assumptions import Assumption
from xl_cryptoai.forecast.steps.entry import Step
from xl_cryptoai.formulas.parse import parse
from xl_cryptoai.formulas.text import formula_text
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
    children,
    walk,
)
from xl_cryptoai.powers import power
from xl_cryptoai.units import CHOICE, UNITS

Entries = Mapping[str, Assumption | Step]
Function = Callable[[Mapping[str, Any]], Any]

YEAR, TEXT, LOGICAL, NUMBER = "a year", "a text", "TRUE or FALSE", "a number"
MONEY_UNIT = "usd_per_year"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a part of a formula is: its kind, and to which power USD a year stands in it.

    `free` marks the number 0, which is an amount as well as a share.
    """

    kind: str = NUMBER
    usd: int = 0
    free: bool = False

    def __str__(self) -> str:
        if self.kind != NUMBER or not self.usd:
            return self.kind
        return "USD/year" if self.usd == 1 else f"(USD/year)^{self.usd}"


PLAIN = Dimension()
_LONGEST_BY_ELEMENTS = 4_000
"""A longer formula stays as it is: each argument of a MIN doubles those before it."""
DEEPEST = 200
"""Levels of a formula: a sum of so many parts has as many."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula.

    Attributes
    ----------
    text : str
        As an Excel formula over ids, without the equals sign.
    inputs : tuple of str
        The ids in it, in the order in which they appear.
    function : callable
        Takes their values in this order; arrays broadcast.
    """

    text: str
    inputs: tuple[str, ...]
    function: Callable[..., Any]


def formula_of(text: str, entries: Entries, unit: str) -> Formula:
    """Parse a formula, check its ids and units, and compile it.

    Parameters
    ----------
    text : str
        Over ids, with `+ - * / ^ %`, comparisons, and the functions IF, MIN, MAX, SUM, AND, OR,
        ABS, ROUND, EXP and LN.
    entries : mapping of id to Assumption or Step
        What it can refer to.
    unit : str
        Id of the unit that the result must have.

    Raises
    ------
    ValueError
        Saying what is wrong in the formula and what to do.

    Examples
    --------
    >>> from xl_cryptoai.forecast import shipped_model
    >>> made = formula_of("=ai_revenue * 2% * MAX(0, 10%)", shipped_model().entries, MONEY_UNIT)
    >>> made.inputs, round(float(made.function(100.0)), 9)
    (('ai_revenue',), 0.2)
    """
    tree = parse(text)
    if isinstance(tree, NotUnderstood):
        raise ValueError(
            f"cannot be read at position {tree.position + 1}: expected {tree.expected}"
        )
    if _depth(tree) > DEEPEST:  # what follows calls itself for each level
        raise ValueError(f"is nested more than {DEEPEST} deep; split it into several steps")
    found = dimension_of(tree, entries)
    wanted = _dimension(unit)
    if not found.free and found != wanted:
        raise ValueError(f"gives {found}, but the unit '{unit}' is {wanted}; correct one of them")
    inputs = ids_in(text)
    compiled = _compiled(tree)

    def function(*values: Any) -> Any:
        return compiled(dict(zip(inputs, values, strict=True)))

    return Formula(formula_text(tree), inputs, function)


def ids_in(text: str) -> tuple[str, ...]:
    """Return the ids that a formula refers to; none where it cannot be read.

    >>> ids_in("tam * ai_penetration / tam")
    ('tam', 'ai_penetration')
    """
    tree = parse(text)
    if isinstance(tree, NotUnderstood):
        return ()
    return tuple(dict.fromkeys(part.name for part in walk(tree) if isinstance(part, Name)))


def _depth(tree: Node) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(part, level + 1) for part in children(node)]
    return deepest


def by_elements(text: str) -> str:
    """Write a formula so that ranges give a range: MIN and its like would make one value of them.

    >>> by_elements("MIN(tam,2*ai_gain)")
    'IF(tam<2*ai_gain,tam,2*ai_gain)'
    """
    tree = parse(text)
    assert not isinstance(tree, NotUnderstood)
    written = formula_text(_by_elements(tree))
    return written if len(written) <= _LONGEST_BY_ELEMENTS else text


def _by_elements(node: Node) -> Node:
    match node:
        case Unary():
            return replace(node, operand=_by_elements(node.operand))
        case Binary():
            return replace(node, left=_by_elements(node.left), right=_by_elements(node.right))
        case Call():
            parts = [_by_elements(part) for part in node.arguments]
            if node.name in ("MIN", "MAX", "SUM", "AND", "OR"):
                return reduce(lambda left, right: _chosen(node, left, right), parts)
            return replace(node, arguments=tuple(parts))
    return node


def _chosen(node: Call, left: Node, right: Node) -> Node:
    """Join two arguments of a function that Excel would apply to all cells of a range together."""
    match node.name:
        case "SUM":
            return Binary("+", left, right)
        case "AND":
            return Call("IF", (left, right, Boolean(value=False)))
        case "OR":
            return Call("IF", (left, Boolean(value=True), right))
    return Call("IF", (Binary("<" if node.name == "MIN" else ">", left, right), left, right))


# Units --------------------------------------------------------------------------------------------


def dimension_of(node: Node, entries: Entries) -> Dimension:
    """Return what a part of a formula is, or refuse a mix of units that means nothing."""
    match node:
        case Number():
            return Dimension(free=node.value == 0)
        case Text():
            return Dimension(TEXT)
        case Boolean():
            return Dimension(LOGICAL)
        case Name(prefix=None):
            if node.name not in entries:
                raise ValueError(f"no assumption or step before it is called '{node.name}'")
            return _dimension(entries[node.name].unit)
        case Unary(operator="-" | "+" | "%"):
            return _numeric(dimension_of(node.operand, entries), node.operator)
        case Binary():
            left, right = (dimension_of(part, entries) for part in (node.left, node.right))
            return _of_operator(node, left, right)
        case Call(prefix=None) if node.name in _ARGUMENTS:
            return _of_call(node, [dimension_of(part, entries) for part in node.arguments])
        case Call():
            known = ", ".join(_ARGUMENTS)
            raise ValueError(f"the function {node.name} is not known; known: {known}")
    raise ValueError(f"'{formula_text(node)}' is not known; give ids, numbers and functions")


def _dimension(unit: str) -> Dimension:
    if unit == CHOICE:
        return Dimension(TEXT)
    if UNITS[unit].id == "year":
        return Dimension(YEAR)
    return Dimension(usd=1) if unit == MONEY_UNIT else PLAIN


def _numeric(one: Dimension, operator: str) -> Dimension:
    if one.kind in (TEXT, LOGICAL):
        raise ValueError(f"'{operator}' is applied to {one}; give a number")
    return one


def _of_operator(node: Binary, left: Dimension, right: Dimension) -> Dimension:
    operator, words = node.operator, formula_text(node)
    if operator in _COMPARISONS:
        _same(words, left, right)
        return Dimension(LOGICAL)
    if operator not in _OPERATORS:
        raise ValueError(f"the operator '{operator}' is not known; known: + - * / ^ %")
    _numeric(left, operator)
    _numeric(right, operator)
    if operator in "+-":
        if YEAR in (left.kind, right.kind):
            return _of_years(words, operator, left, right)
        return _same(words, left, right)
    if YEAR in (left.kind, right.kind):
        raise ValueError(f"'{words}' calculates with a year; take the difference of two years")
    if operator == "^":
        if right.usd or (left.usd and not isinstance(node.right, Number)):
            raise ValueError(f"'{words}' has an exponent that is not a plain number")
        times = int(node.right.value) if left.usd and isinstance(node.right, Number) else 0
        return Dimension(usd=left.usd * times)
    return Dimension(usd=left.usd + right.usd if operator == "*" else left.usd - right.usd)


def _of_years(words: str, operator: str, left: Dimension, right: Dimension) -> Dimension:
    if left.kind == right.kind == YEAR and operator == "-":
        return PLAIN
    if left.kind == YEAR and right.kind == NUMBER and not right.usd:
        return left
    raise ValueError(f"'{words}' joins {left} and {right}; a year can be moved by a number")


def _same(words: str, *parts: Dimension) -> Dimension:
    """Return the dimension that all parts have; 0 goes with any."""
    fixed = [part for part in parts if not part.free] or [*parts]
    for part in fixed:
        if part != fixed[0]:
            raise ValueError(f"'{words}' joins {fixed[0]} and {part}; give both in one unit")
    return fixed[0]


def _of_call(node: Call, given: list[Dimension]) -> Dimension:
    least, most = _ARGUMENTS[node.name]
    words = formula_text(node)
    if not least <= len(given) <= most:
        wanted = f"{least}" if least == most else f"{least} or more"
        raise ValueError(f"'{words}' has {len(given)} arguments; give {wanted}")
    if node.name in ("AND", "OR"):
        if any(one.kind != LOGICAL for one in given):
            raise ValueError(
                f"'{words}' combines values that are not TRUE or FALSE; give comparisons"
            )
        return Dimension(LOGICAL)
    if node.name == "IF":
        if given[0].kind != LOGICAL:
            raise ValueError(f"'{words}' asks for {given[0]}; give a comparison first")
        return _same(words, *given[1:])
    for one in given:
        _numeric(one, node.name)
    if node.name == "ROUND":
        _same(words, given[1], PLAIN)
        return given[0]
    if node.name in ("EXP", "LN"):
        return _same(words, given[0], PLAIN)
    return _same(words, *given)


# Values -------------------------------------------------------------------------------------------


def _rounded(value: Any, digits: Any) -> Any:
    """Round as Excel does: half away from zero."""
    size = power(10.0, digits)
    return np.sign(value) * np.floor(np.abs(value) * size + 0.5) / size


def _folded(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *values: reduce(function, values)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": power,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal, "<>": np.not_equal, "<": np.less, ">": np.greater,
    "<=": np.less_equal, ">=": np.greater_equal,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IF": np.where, "MIN": _folded(np.minimum), "MAX": _folded(np.maximum),
    "SUM": _folded(np.add), "AND": _folded(np.logical_and), "OR": _folded(np.logical_or),
    "ABS": np.abs, "ROUND": _rounded, "EXP": np.exp, "LN": np.log,
}  # fmt: skip
MANY = 255
_ARGUMENTS = {
    "IF": (3, 3), "MIN": (1, MANY), "MAX": (1, MANY), "SUM": (1, MANY), "AND": (1, MANY),
    "OR": (1, MANY), "ABS": (1, 1), "ROUND": (2, 2), "EXP": (1, 1), "LN": (1, 1),
}  # fmt: skip


def _compiled(node: Node) -> Function:
    """Return a function of the ids' values; the units are checked already."""
    match node:
        case Number() | Text() | Boolean():
            value = node.value
            return lambda values: value
        case Name():
            name = node.name
            return lambda values: values[name]
        case Unary():
            operand = _compiled(node.operand)
            if node.operator == "%":
                return lambda values: operand(values) / 100
            return operand if node.operator == "+" else lambda values: -operand(values)
        case Binary():
            apply = {**_OPERATORS, **_COMPARISONS}[node.operator]
            left, right = _compiled(node.left), _compiled(node.right)
            return lambda values: apply(left(values), right(values))
        case Call():
            call, parts = FUNCTIONS[node.name], [_compiled(part) for part in node.arguments]
            return lambda values: call(*(part(values) for part in parts))
    raise AssertionError(node)
