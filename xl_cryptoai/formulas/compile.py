"""Turns the tree of a formula into Python functions, once for all the cells that hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xl_cryptoai.formulas.calls import added_in, built_in
from xl_cryptoai.formulas.functions import Function
from xl_cryptoai.formulas.operators import OPERATORS, SIGNS
from xl_cryptoai.formulas.references import (
    crossed,
    is_cell,
    reading,
    referring,
    spanned,
    spilled,
    united,
)
from xl_cryptoai.formulas.resolve import Resolver
from xl_cryptoai.formulas.site import Lambda, Run, Site, array_of, constant, raising, value_of
from xl_cryptoai.formulas.special import SPECIAL
from xl_cryptoai.formulas.tokens import parameter
from xl_cryptoai.formulas.tree import (
    Array,
    Binary,
    Boolean,
    Call,
    Error,
    Invoke,
    Missing,
    Name,
    Node,
    NotUnderstood,
    Number,
    Ref,
    Structured,
    Text,
    Unary,
    Union,
    chain,
)
from xl_cryptoai.formulas.uses import is_reference
from xl_cryptoai.formulas.values import (
    NotKnownError,
    each,
)
from xl_cryptoai.xlsx.cells import ErrorValue
from xl_cryptoai.xlsx.references import Area, Place, name_key

VOLATILE = frozenset({
    "NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO",
})  # fmt: skip
"""Functions whose value may differ at the next calculation, or depend on more than cells."""


class Compiler:
    """Compiles formulas.

    Parameters
    ----------
    resolver : Resolver
        Finds what references mean.
    known : mapping of str to Function
        Excel's functions that are known.
    users : mapping of str to callable
        Functions of add-ins.
    spills : mapping of Place to Area
        Areas that array formulas fill.
    array : bool
        Whether operators work on whole areas, as in array formulas. Elsewhere they take the cell
        of the area that stands in the formula's own row or column.
    """

    def __init__(
        self,
        resolver: Resolver,
        known: Mapping[str, Function],
        users: Mapping[str, Callable[..., Any]],
        spills: Mapping[Place, Area],
        *,
        array: bool,
    ) -> None:
        self.resolver, self.known, self.users = resolver, known, users
        self.spills, self.array = spills, array
        self.other = self if array else Compiler(resolver, known, users, spills, array=True)
        self._named: dict[str, Run] = {}

    # One value (in an array formula: or rows) ---------------------------------------------------

    def value(self, node: Node) -> Run:
        """Compile a part that is wanted as a value."""
        if isinstance(node, Ref) and node.prefix is None and is_cell(node):
            assert node.top is not None and node.left is not None
            return reading(node.top, node.left)
        run = self.anything(node)
        if isinstance(node, (Number, Text, Boolean)):
            return run
        return array_of(run) if self.array else value_of(run)

    def anything(self, node: Node) -> Run:  # noqa: PLR0912  # a case for each kind of part
        """Compile a part that may be a value, rows or `Cells`."""
        match node:
            case Number() | Text() | Boolean():
                return constant(node.value)
            case Error():
                return constant(ErrorValue(node.code))
            case Ref() | Structured():
                return referring(self.resolver, node)
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
            case Unary("#"):
                return spilled(self.anything(node.operand), self.spills)
            case Unary("@"):
                return value_of(self.anything(node.operand))
            case Unary():
                return self.signed(node)
            case Binary(":" | " "):
                if is_reference(node):
                    return referring(self.resolver, node)
                sides = (self.anything(node.left), self.anything(node.right))
                return crossed(*sides) if node.operator == " " else spanned(*sides)
            case Binary():
                return self.operated(node)
            case Union():
                return united([self.anything(item) for item in node.items])
            case Array():
                rows = [[self.anything(item) for item in row] for row in node.rows]
                return lambda site: [[run(site) for run in row] for row in rows]
            case Invoke():
                return self.invoked(self.anything(node.function), node.arguments)
            case Missing():
                return constant(None)

    def operated(self, node: Binary) -> Run:
        """Compile operators that follow each other, without a level of calls for each."""
        first, links = chain(node)
        while links and links[0][0] in (":", " "):  # they bind first: part of the first operand
            operator, operand = links.pop(0)
            first = Binary(operator, first, operand)
        run = self.value(first)
        steps = [(OPERATORS[operator], self.value(operand)) for operator, operand in links]
        if len(steps) == 1:
            work, right = steps[0]
            if self.array:
                return lambda site: _each(work, run(site), right(site))
            return lambda site: work(run(site), right(site))

        def chained(site: Site) -> Any:
            result = run(site)
            for work, right in steps:
                result = work(result, right(site))
            return result

        def chained_arrays(site: Site) -> Any:
            result = run(site)
            for work, right in steps:
                result = _each(work, result, right(site))
            return result

        return chained_arrays if self.array else chained

    def signed(self, node: Unary) -> Run:
        """Compile a sign or `%`."""
        work, run = SIGNS[node.operator], self.value(node.operand)
        if self.array:
            return lambda site: each(work, [run(site)])
        return lambda site: work(run(site))

    # Names and calls --------------------------------------------------------------------------

    def name(self, node: Name) -> Run:
        """Compile a name: what it stands for, or a parameter of LAMBDA or LET."""
        plain = name_key(parameter(node.name) or node.name)
        if node.prefix is not None and node.prefix.book not in ("", "0"):
            return referring(self.resolver, node)
        resolver = self.resolver

        def run(site: Site) -> Any:
            if plain in site.bound:
                return site.bound[plain]
            home = node.prefix.first if node.prefix is not None else ""
            meant = resolver.meaning(node.name, home or site.sheet)
            if meant is None:
                raise NotKnownError(f"undefined name: {node.name}")
            inner = site.within({})
            return self.named(meant.text)(inner)

        return run

    def named(self, formula: str) -> Run:
        """Compile what a name stands for; operators in it always work on whole areas."""
        run = self._named.get(formula)
        if run is None:
            tree = self.resolver.tree_of(formula)
            if isinstance(tree, NotUnderstood):
                run = raising(f"not understood: {formula}")
            else:
                run = self.other.anything(tree)
            self._named[formula] = run
        return run

    def call(self, node: Call) -> Run:
        """Compile a call; of a function that is not known nothing can be said."""
        if node.prefix is not None:
            return raising(f"external: a function of another workbook, {node.name}")
        if node.name in SPECIAL:
            return SPECIAL[node.name](self, node.arguments)
        if node.name in self.known:
            return built_in(self, self.known[node.name], node.arguments)
        if node.name in self.users:
            return added_in(self, self.users[node.name], node.arguments)
        if node.name in ("SINGLE", "ANCHORARRAY") and len(node.arguments) == 1:
            return self.anything(Unary("@" if node.name == "SINGLE" else "#", node.arguments[0]))
        if node.name in VOLATILE:
            return raising(f"the volatile function {node.name}")
        resolver = self.resolver

        def function(site: Site) -> Any:
            meant = resolver.meaning(node.name, site.sheet, function=True)
            if meant is None:
                raise NotKnownError(f"the function {node.name}")
            return self.named(meant.text)(site.within({}))

        return self.invoked(function, node.arguments)

    def invoked(self, function: Run, arguments: Sequence[Node]) -> Run:
        """Compile the call of a LAMBDA."""
        runs = [self.anything(argument) for argument in arguments]

        def run(site: Site) -> Any:
            called = function(site)
            if not isinstance(called, Lambda) or len(called.parameters) != len(runs):
                raise NotKnownError("a call of what is no LAMBDA with as many parameters")
            given = dict(zip(called.parameters, (one(site) for one in runs), strict=True))
            return called.body(site.within({**called.bound, **given}))

        return run


def _each(work: Callable[..., Any], left: Any, right: Any) -> Any:
    if type(left) is list or type(right) is list:
        return each(work, [left, right])
    return work(left, right)
