"""Inputs go together: the rules between them hold in every case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xl_cryptoai.assumptions import SCENARIOS, shipped_assumptions
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.constraints import CONSTRAINTS, Constraint, check_constraints
from xl_cryptoai.reading.book import Book, Place
from xl_cryptoai.reading.input_cells import InputCells, chosen_scenario, inputs_of
from xl_cryptoai.reading.tables import INPUT_HEADERS
from xl_cryptoai.units import same_value

Input = tuple[Place, Value]


def check(book: Book) -> Iterator[Finding]:
    """Try every rule on each scenario, and on what the overrides make of the chosen one."""
    inputs = inputs_of(book)
    for constraint in CONSTRAINTS:
        usable = {case: dict(_usable(inputs, constraint, case)) for case in INPUT_HEADERS}
        for case in SCENARIOS:
            yield from _broken(constraint, usable[case], _changed(usable[case], case))
        if own := usable[OVERRIDE]:
            live = {**usable.get(chosen_scenario(book), {}), **own}
            yield from _broken(constraint, live, [place for place, _ in own.values()])


def _usable(inputs: InputCells, constraint: Constraint, case: str) -> Iterator[tuple[str, Input]]:
    """Yield the inputs that can be used: what cannot is told by another rule."""
    for name in constraint.inputs:
        if (place := inputs.first.get((name, case))) is not None:
            judged = inputs.validate((name, case), place)
            if judged.value is not None:
                yield name, (place, judged.value)


def _changed(inputs: Mapping[str, Input], case: str) -> list[Place]:
    """Give the cells that are not as the catalogue has them; if none is, all."""
    catalogue = shipped_assumptions()
    changed = [
        place
        for name, (place, value) in inputs.items()
        if not same_value(value, getattr(catalogue[name], case))
    ]
    return changed or [place for place, _ in inputs.values()]


def _broken(
    constraint: Constraint, inputs: Mapping[str, Input], blamed: Sequence[Place]
) -> Iterator[Finding]:
    """Tell a broken rule, if all its inputs are known, at the first cell that is to blame."""
    if len(inputs) < len(constraint.inputs):
        return
    try:
        check_constraints({name: value for name, (_, value) in inputs.items()})
    except CryptoAIError as error:
        sentence, _, rule = str(error).partition("; ")
        yield Finding(str(blamed[0]), f"breaks a rule: {sentence}", rule)


RULE = Rule(
    "inputs_together",
    "The rules between inputs hold in every scenario, and with the overrides",
    "ICAEW: check inputs; our own: the functions refuse what breaks such a rule",
    check,
)
