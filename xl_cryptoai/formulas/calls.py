"""Calls of functions: arguments turned into what the function takes, cell by cell in arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, Protocol

from xl_cryptoai.formulas.functions.registry import Function
from xl_cryptoai.formulas.site import Run, Site, constant, raising
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.tree import Missing, Node
from xl_cryptoai.formulas.values import NUM, NotKnown, each, number, text, unknown
from xl_cryptoai.xlsx.cells import ErrorValue


class CompilerLike(Protocol):
    """What compiles the arguments of a call."""

    @property
    def array(self) -> bool:
        """Whether operators work on whole areas."""

    @property
    def other(self) -> CompilerLike:
        """The compiler for arguments that are taken as arrays in any case."""

    def value(self, node: Node) -> Run:
        """Compile a part that is wanted as a value."""

    def anything(self, node: Node) -> Run:
        """Compile a part that may be a value, rows or `Cells`."""


def _any_value(value: Any) -> Any:
    if type(value) is NotKnown:
        raise unknown(value)
    return value


CONVERT: dict[str, Callable[[Any], Any]] = {
    "n": number, "t": text, "v": _any_value, "x": _any_value,
}  # fmt: skip


def built_in(compiler: CompilerLike, function: Function, arguments: Sequence[Node]) -> Run:
    """Compile the call of one of Excel's functions."""
    kinds = [function.kind(at) for at in range(len(arguments))]
    if len(arguments) < function.least or "" in kinds:
        return raising(f"{function.name} with {len(arguments)} arguments")
    left_out = [isinstance(argument, Missing) for argument in arguments]
    if any(left_out) and not function.omitted:
        return raising(f"an omitted argument of {function.name}")
    runs = [_argument(compiler, kind, one) for kind, one in zip(kinds, arguments, strict=True)]
    plain = [at for at, kind in enumerate(kinds) if kind in CONVERT]
    work = prepared(function, kinds)
    here = function.here

    def called(site: Site) -> Any:
        values = [run(site) for run in runs]
        return work(site, *values) if here else work(*values)

    def called_on_arrays(site: Site) -> Any:
        values = [run(site) for run in runs]
        if not any(type(values[at]) is list for at in plain):
            return work(site, *values) if here else work(*values)

        def one(*cells: Any) -> Any:
            for at, cell in zip(plain, cells, strict=True):
                values[at] = cell
            found = work(site, *values) if here else work(*values)
            if type(found) is Cells:
                return found.met(site.sheet, site.row, site.column)
            return found[0][0] if type(found) is list else found

        return each(one, [values[at] for at in plain])

    return called_on_arrays if compiler.array else called


def _argument(compiler: CompilerLike, kind: str, argument: Node) -> Run:
    if isinstance(argument, Missing):
        return constant(None)
    if kind in CONVERT:
        return compiler.value(argument)
    return (compiler.other if kind == "a" else compiler).anything(argument)


def prepared(function: Function, kinds: Sequence[str]) -> Callable[..., Any]:
    """A function that turns its arguments into what it takes; the first error is the answer."""
    work = function.work
    steps = [(at, CONVERT[kind], kind != "x") for at, kind in enumerate(kinds) if kind in CONVERT]
    shift = 1 if function.here else 0  # the place of the formula goes before the arguments

    def call(*values: Any) -> Any:
        own = list(values)
        for at, convert, passes in steps:
            value = convert(own[at + shift])
            if passes and type(value) is ErrorValue:
                return value
            own[at + shift] = value
        result = work(*own)
        return NUM if type(result) is float and not isfinite(result) else result

    return call


def added_in(compiler: CompilerLike, work: Callable[..., Any], arguments: Sequence[Node]) -> Run:
    """Compile the call of an add-in's function, which takes values and rows of values."""
    runs = [_argument(compiler, "r", argument) for argument in arguments]

    def called(site: Site) -> Any:
        values = []
        for run in runs:
            found = run(site)
            if type(found) is Cells:
                found = found.rows() if found.area.size > 1 else found.rows()[0][0]
            values.append(found)
        return work(*values)

    return called
