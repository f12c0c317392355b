"""The rules between input fields: what two people may each have alone may not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    OVERRIDE,
    SHAPE,
    WITH,
    Key,
    low_mode_high_from,
    uncertain_in,
)
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.constraints import broken_constraints
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.merging.record import (
    CONSTRAINT,
    CORRELATIONS,
    DISTRIBUTION,
    BrokenRule,
    Values,
)
from xl_cryptoai.reading.input_cells import SCENARIO
from xl_cryptoai.reading.tables import LIVE
from xl_cryptoai.risk.correlation import Matrix, impossible_blocks, possible
from xl_cryptoai.risk.typed import distribution_of, matrix_of


def broken_rules(model: Model, values: Values, chosen: tuple[str, ...] = ()) -> list[BrokenRule]:
    """Find the rules that the values of all input fields break together.

    Parameters
    ----------
    model : Model
        The rules.
    values : dict of (id, field) to value
        What is in force in every field; None for a blank.
    chosen : tuple of str
        The scenarios that somebody has chosen: live values come from them.
    """
    return [
        *_broken_constraints(model, values, chosen),
        *_broken_distributions(model.assumptions, values),
        *_broken_correlations(model.assumptions, values),
    ]


def also_broken(model: Model, values: Values, found: Sequence[BrokenRule]) -> list[BrokenRule]:
    """Return those of some broken rules that these values break as well."""
    own = {rule.identity for rule in broken_rules(model, values)} if found else set()
    return [
        rule
        for rule in found
        if (
            not possible(_ranks(values, rule.ids))
            if rule.kind == CORRELATIONS
            else rule.identity in own
        )
    ]


def _broken_constraints(
    model: Model, values: Values, chosen: tuple[str, ...]
) -> Iterator[BrokenRule]:
    for case in (LIVE, *model.assumptions.scenarios, OWN):
        used = {name: (name, _field_of(values, name, case)) for name in model.assumptions}
        given = {name: _known(values, key) for name, key in used.items()}
        for constraint, _ in broken_constraints(model.constraints, given):
            # the live case follows from overrides, the choice and the scenarios, the own one from
            # base where it is blank
            fields = (OVERRIDE, *chosen) if case == LIVE else (case,)
            if OWN in fields:
                fields = (*fields, BASE)
            fixes = [(name, field) for name in constraint.inputs for field in fields]
            yield BrokenRule(
                CONSTRAINT,
                constraint.inputs,
                (*fixes, SCENARIO) if case == LIVE else tuple(fixes),
                _basis(values, [used[name] for name in constraint.inputs]),
                constraint=constraint.id,
                case=case,
                reason=constraint.broken_by(given),
            )


def _broken_distributions(catalogue: Catalogue, values: Values) -> Iterator[BrokenRule]:
    def at(name: str, field: str) -> Value | None:
        return values[name, field]

    scenarios = catalogue.scenarios
    for entry in uncertain_in(catalogue):
        name = entry.id
        live = _known(values, (name, _field_of(values, name, LIVE)))
        try:
            distribution_of(entry, at, live, catalogue.span)
        except CryptoAIError as error:
            fixes = tuple((name, field) for field in (SHAPE, *LOW_MODE_HIGH, *scenarios))
            followed = low_mode_high_from(name, at, catalogue.span)
            used = [(name, field) for field in (SHAPE, *followed)]
            basis = _basis(values, used)
            yield BrokenRule(DISTRIBUTION, (name,), fixes, basis, reason=str(error))


def _broken_correlations(catalogue: Catalogue, values: Values) -> Iterator[BrokenRule]:
    ids = [entry.id for entry in uncertain_in(catalogue)]
    for block in impossible_blocks(_ranks(values, ids)):
        names = tuple(ids[number] for number in block)
        keys = tuple(
            (name, f"{WITH}{earlier}")
            for number, name in enumerate(names)
            for earlier in names[:number]
        )
        yield BrokenRule(CORRELATIONS, names, keys, _basis(values, keys))


def _field_of(values: Values, name: str, case: str) -> str:
    """Return the field that a case takes its value from."""
    if case == LIVE:
        case = OVERRIDE if values[name, OVERRIDE] is not None else str(values[SCENARIO])
    return BASE if case == OWN and values[name, OWN] is None else case


def _known(values: Values, key: Key) -> Value:
    value = values[key]
    assert value is not None  # a blank one is that of another field: see `_field_of`
    return value


def _basis(values: Values, keys: Sequence[Key]) -> tuple[tuple[Key, Value | None], ...]:
    return tuple((key, values[key]) for key in keys)


def _ranks(values: Values, ids: Sequence[str]) -> Matrix:
    """Return the correlations of some assumptions, which are in the catalogue's order."""
    return matrix_of(ids, lambda name, field: values[name, field])
