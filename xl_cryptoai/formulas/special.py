"""Functions that do not evaluate all their arguments, or give them names: IF, CHOOSE, LET ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xl_cryptoai.formulas.calls import CompilerLike
from xl_cryptoai.formulas.site import Lambda, Run, Site, array_of, constant, raising
from xl_cryptoai.formulas.tokens import parameter
from xl_cryptoai.formulas.tree import Missing, Name, Node
from xl_cryptoai.formulas.values import (
    NA,
    VALUE,
    NotKnown,
    each,
    number,
    order,
    truth,
    unknown,
)
from xl_cryptoai.xlsx.cells import ErrorValue
from xl_cryptoai.xlsx.references import name_key

Special = Callable[[CompilerLike, Sequence[Node]], Run]


def _branch(compiler: CompilerLike, node: Node) -> Run:
    """Compile a result to choose; an omitted one is 0."""
    return constant(0.0) if isinstance(node, Missing) else compiler.anything(node)


def _if(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    if not 1 <= len(arguments) <= 3:
        return raising(f"IF with {len(arguments)} arguments")
    test = compiler.value(arguments[0])
    yes = _branch(compiler, arguments[1]) if len(arguments) > 1 else constant(True)
    no = _branch(compiler, arguments[2]) if len(arguments) > 2 else constant(False)

    def run(site: Site) -> Any:
        tested = test(site)
        if type(tested) is list:
            return _chosen_each(site, tested, yes, no)
        decided = truth(tested)
        if type(decided) is ErrorValue:
            return decided
        return yes(site) if decided else no(site)

    return run


def _chosen_each(site: Site, tests: list[list[Any]], yes: Run, no: Run) -> Any:
    """Choose cell by cell; a branch that no cell wants is not evaluated."""
    decided = [[truth(test) for test in row] for row in tests]
    flat = [one for row in decided for one in row]
    results = [
        array_of(branch)(site) if any(one is wanted for one in flat) else None
        for branch, wanted in ((yes, True), (no, False))
    ]

    def pick(test: Any, first: Any, second: Any) -> Any:
        return test if type(test) is ErrorValue else first if test else second

    return each(pick, [decided, *results])


def _caught(codes: Sequence[str] | None) -> Special:
    def special(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
        if len(arguments) != 2:
            return raising(f"IFERROR or IFNA with {len(arguments)} arguments")
        run, other = compiler.value(arguments[0]), _branch(compiler, arguments[1])

        def caught(site: Site) -> Any:
            found = run(site)
            if type(found) is list:
                instead = array_of(other)(site)
                return each(lambda one, two: two if _is_caught(one) else one, [found, instead])
            return other(site) if _is_caught(found) else found

        return caught

    def _is_caught(value: Any) -> bool:
        if type(value) is NotKnown:
            raise unknown(value)
        return type(value) is ErrorValue and (codes is None or value in codes)

    return special


def _choose(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    if len(arguments) < 2:
        return raising("CHOOSE without a choice")
    index = compiler.value(arguments[0])
    choices = [_branch(compiler, argument) for argument in arguments[1:]]

    def run(site: Site) -> Any:
        found = index(site)
        if type(found) is list:
            raise unknown(NotKnown("CHOOSE with several choices at once"))
        wanted = number(found)
        if isinstance(wanted, ErrorValue):
            return wanted
        return choices[int(wanted) - 1](site) if 1 <= wanted < len(choices) + 1 else VALUE

    return run


def _ifs(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    if not arguments or len(arguments) % 2:
        return raising("IFS with a condition that has no result")
    tests = [compiler.value(argument) for argument in arguments[::2]]
    results = [_branch(compiler, argument) for argument in arguments[1::2]]

    def run(site: Site) -> Any:
        for test, result in zip(tests, results, strict=True):
            decided = truth(_one(test(site)))
            if type(decided) is ErrorValue:
                return decided
            if decided:
                return result(site)
        return NA

    return run


def _switch(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    if len(arguments) < 3:
        return raising("SWITCH without a case")
    subject = compiler.value(arguments[0])
    cases = [compiler.value(argument) for argument in arguments[1:-1:2]]
    results = [_branch(compiler, argument) for argument in arguments[2::2]]
    default = _branch(compiler, arguments[-1]) if len(arguments) % 2 == 0 else constant(NA)
    cases = cases[: len(results)]

    def run(site: Site) -> Any:
        wanted = _one(subject(site))
        if type(wanted) is ErrorValue:
            return wanted
        for case, result in zip(cases, results, strict=True):
            value = _one(case(site))
            if type(value) is ErrorValue:
                return value
            if order(wanted, value) == 0:
                return result(site)
        return default(site)

    return run


def _one(value: Any) -> Any:
    if type(value) is list:
        raise unknown(NotKnown("a choice for several cells at once"))
    if type(value) is NotKnown:
        raise unknown(value)
    return value


def _names(nodes: Sequence[Node]) -> tuple[str, ...] | None:
    names = [node.name for node in nodes if isinstance(node, Name)]
    if len(names) < len(nodes):
        return None
    return tuple(name_key(parameter(name) or name) for name in names)


def _let(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    names = _names(arguments[:-1:2])
    if len(arguments) < 3 or len(arguments) % 2 == 0 or names is None:
        return raising("LET with names and values that do not pair")
    values = [compiler.anything(argument) for argument in arguments[1:-1:2]]
    body = compiler.anything(arguments[-1])

    def run(site: Site) -> Any:
        inner = site.within(dict(site.bound))
        for name, value in zip(names, values, strict=True):
            inner.bound[name] = value(inner)
        return body(inner)

    return run


def _lambda(compiler: CompilerLike, arguments: Sequence[Node]) -> Run:
    names = _names(arguments[:-1])
    if not arguments or names is None:
        return raising("LAMBDA with a parameter that is no name")
    body = compiler.anything(arguments[-1])
    return lambda site: Lambda(names, body, site.bound)


SPECIAL: dict[str, Special] = {
    "IF": _if,
    "IFERROR": _caught(None),
    "IFNA": _caught(["#N/A"]),
    "CHOOSE": _choose,
    "IFS": _ifs,
    "SWITCH": _switch,
    "LET": _let,
    "LAMBDA": _lambda,
}
"""How these functions are compiled."""
