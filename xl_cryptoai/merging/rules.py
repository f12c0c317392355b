"""The rules between fields: what two people may each have alone may not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xl_cryptoai.assumptions import SCENARIOS, Catalogue
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    OVERRIDE,
    SHAPE,
    WITH,
    low_mode_high_from,
    uncertain_in,
)
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.constraints import CONSTRAINTS, Constraint, check_constraints
from xl_cryptoai.merging.record import SCENARIO, Key, Values
from xl_cryptoai.risk.correlation import Matrix, impossible_blocks, possible
from xl_cryptoai.risk.typed import distribution_of, matrix_of

LIVE = "live"


class Broken(NamedTuple):
    """A rule that is broken.

    Attributes
    ----------
    id : str
        What is asked: a constraint in a case, an assumption's distribution, some correlations.
    words : str
        What it says.
    keys : tuple of (id, field)
        Where it can be mended.
    stands_on : tuple of (id, field)
        Those of them whose values break it.
    block : tuple of str
        The assumptions whose correlations it is about; () for any other rule.
    """

    id: str
    words: str
    keys: tuple[Key, ...]
    stands_on: tuple[Key, ...]
    block: tuple[str, ...] = ()


def broken_rules(
    catalogue: Catalogue, values: Values, chosen: tuple[str, ...] = ()
) -> list[Broken]:
    """Find the rules that the values of all fields break together.

    Parameters
    ----------
    catalogue : Catalogue
        The assumptions.
    values : dict of (id, field) to value
        What is in force in every field; None for an override, or an end, that is not there.
    chosen : tuple of str
        The scenarios that somebody has chosen: live values come from them.
    """
    return [
        *_broken_constraints(values, chosen),
        *_broken_distributions(catalogue, values),
        *_broken_correlations(catalogue, values),
    ]


def also_broken(catalogue: Catalogue, values: Values, found: Sequence[Broken]) -> set[str]:
    """Give the ids of those broken rules that these values break as well."""
    own = {one.id for one in broken_rules(catalogue, values)} if found else set()
    return {
        one.id
        for one in found
        if (not possible(_ranks(values, one.block)) if one.block else one.id in own)
    }


def _broken_constraints(values: Values, chosen: tuple[str, ...]) -> Iterator[Broken]:
    for case in (LIVE, *SCENARIOS):
        for constraint in CONSTRAINTS:
            given = {name: _in_case(values, name, case) for name in constraint.inputs}
            try:
                check_constraints(given)
            except CryptoAIError as error:
                keys = _fields_of(constraint, case, chosen)
                used = tuple((name, _used(values, name, case)) for name in constraint.inputs)
                yield Broken(f"{constraint.id} {case}", f"{error} (case {case})", keys, used)


def _in_case(values: Values, name: str, case: str) -> Value:
    value = values[name, _used(values, name, case)]
    assert value is not None  # only an override can be left out
    return value


def _used(values: Values, name: str, case: str) -> str:
    """Give the field that a case takes its value from."""
    if case != LIVE:
        return case
    overridden = values[name, OVERRIDE] is not None
    return OVERRIDE if overridden else str(values[SCENARIO, ""])


def _fields_of(constraint: Constraint, case: str, chosen: tuple[str, ...]) -> tuple[Key, ...]:
    """Give where a rule can be mended; the live case stands on override, choice and scenarios."""
    fields = (OVERRIDE, *chosen) if case == LIVE else (case,)
    keys = [(name, field) for name in constraint.inputs for field in fields]
    return (*keys, (SCENARIO, "")) if case == LIVE else tuple(keys)


def _broken_distributions(catalogue: Catalogue, values: Values) -> Iterator[Broken]:
    def at(name: str, field: str) -> Value | None:
        return values[name, field]

    for entry in uncertain_in(catalogue):
        live = _in_case(values, entry.id, LIVE)
        try:
            distribution_of(entry, at, live)
        except CryptoAIError as error:
            keys = tuple((entry.id, field) for field in (SHAPE, *LOW_MODE_HIGH, *SCENARIOS))
            used = tuple((entry.id, field) for field in (SHAPE, *low_mode_high_from(entry.id, at)))
            yield Broken(f"distribution of {entry.id}", str(error), keys, used)


def _broken_correlations(catalogue: Catalogue, values: Values) -> Iterator[Broken]:
    ids = [entry.id for entry in uncertain_in(catalogue)]
    for block in impossible_blocks(_ranks(values, ids)):
        names = tuple(ids[number] for number in block)
        told = ", ".join(names)
        keys = tuple(
            (name, f"{WITH}{earlier}")
            for number, name in enumerate(names)
            for earlier in names[:number]
        )
        words = f"no variables can have the correlations of {told} together"
        yield Broken(f"correlations of {told}", words, keys, keys, names)


def _ranks(values: Values, ids: Sequence[str]) -> Matrix:
    """Give the correlations of some assumptions, which are in the catalogue's order."""
    return matrix_of(ids, lambda name, field: values[name, field])
