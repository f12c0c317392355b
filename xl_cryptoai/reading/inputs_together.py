"""Checks what only several inputs together show: constraints, distributions, correlations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    OVERRIDE,
    SHAPE,
    SIMULATION,
    WITH,
    At,
    Key,
    default_of,
    low_mode_high_from,
    number_at,
    uncertain_in,
)
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.assumptions.uncertainty import LOW_MODE_HIGH
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast import Forecast
from xl_cryptoai.forecast.claims import REVENUE, claimed, claims_too_much
from xl_cryptoai.forecast.constraints import Constraint
from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.reading.findings import Finding, Kind
from xl_cryptoai.reading.input_cells import InputCells, chosen_scenario, inputs_of
from xl_cryptoai.reading.tables import LIVE
from xl_cryptoai.units import same_value

CONSTRAINT = Kind("constraint_broken", "constraint", "rule", "case", "inputs", "values")
ABOVE_REVENUE = Kind("markets_above_revenue", "markets", "share", "case")
NOT_DRAWN = Kind("distribution_impossible", "shape", "low", "mode", "high", "why")
NOT_TOGETHER = Kind("correlations_impossible", "value", "nearest")

Input = tuple[Place, Value]


def broken_constraints(inputs: InputCells) -> Iterator[Finding]:
    """Try every constraint on each scenario, and on what the overrides make of the chosen one.

    A broken one is reported at its first input that the catalogue has otherwise.
    """
    for constraint in inputs.book.model.constraints:
        for case, used, blamed in _in_cases(inputs, constraint.inputs):
            yield from _broken(constraint, case, used, blamed)


def _in_cases(
    inputs: InputCells, names: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, Input], Mapping[str, Input]]]:
    """Yield each scenario, and live if there are overrides: usable inputs, and the changed ones.

    The spare scenario is one as far as it is used; elsewhere it follows base.
    """
    scenarios = inputs.catalogue.scenarios
    usable = {case: _usable(inputs, names, case) for case in (*scenarios, OWN, OVERRIDE)}
    for case in scenarios:
        yield case, usable[case], _changed(inputs, usable[case], case)
    if typed := usable[OWN]:
        yield OWN, {**usable[BASE], **typed}, typed
    usable[OWN] = {**usable[BASE], **typed}
    if own := usable[OVERRIDE]:
        yield LIVE, {**usable.get(chosen_scenario(inputs.book), {}), **own}, own


def _usable(inputs: InputCells, names: Sequence[str], case: str) -> dict[str, Input]:
    """Return the inputs that can be used, with their cells; the others are reported already."""
    found = {}
    for name in names:
        if (place := inputs.first.get((name, case))) is not None:
            value = inputs.validate((name, case), place).value
            if value is not None:
                found[name] = place, value
    return found


def _changed(inputs: InputCells, used: Mapping[str, Input], case: str) -> Mapping[str, Input]:
    """Return those that are not as the catalogue has them; if none is, all."""
    return {
        name: (place, value)
        for name, (place, value) in used.items()
        if not same_value(value, inputs.catalogue[name].values[case])
    } or used


def _broken(
    constraint: Constraint, case: str, used: Mapping[str, Input], blamed: Mapping[str, Input]
) -> Iterator[Finding]:
    if len(used) == len(constraint.inputs):
        values = [used[name][1] for name in constraint.inputs]
        if not constraint.holds(*values):
            name, (place, _) = next(iter(blamed.items()))
            fault = CONSTRAINT(
                constraint=constraint.id,
                rule=constraint.rule,
                case=case,
                inputs=constraint.inputs,
                values=values,
            )
            yield fault.at(place, id=name)


def markets_above_revenue(inputs: InputCells) -> Iterator[Finding]:
    """Report the cases in which the markets together claim more than all of AI revenue.

    It is reported at the first changed input that a market has beside AI revenue.
    """
    model, names = inputs.book.model, tuple(inputs.catalogue)
    if REVENUE not in model.steps:
        return
    of_revenue = {name for step in model.leading_to(REVENUE) for name in step.inputs}
    of_markets = {name for step in model.leading_to(*model.markets) for name in step.inputs}
    for case, used, changed in _in_cases(inputs, names):
        blamed = [name for name in changed if name in of_markets - of_revenue]
        if not blamed or len(used) < len(names):
            continue
        try:
            values = {name: value for name, (_, value) in used.items()}
            forecast = Forecast(overrides=values, model=model)
        except CryptoAIError:
            continue  # reported already
        if claims_too_much(model, forecast):
            markets = tuple(model.steps[name].label for name in model.markets)
            fault = ABOVE_REVENUE(markets=markets, share=float(claimed(model, forecast)), case=case)
            yield fault.at(used[blamed[0]][0], id=blamed[0])


def impossible_distributions(inputs: InputCells) -> Iterator[Finding]:
    """Report every changed distribution that cannot be drawn, where it is typed or follows from."""
    names = dict.fromkeys(name for name, place in inputs.risk if place == SHAPE)
    scenarios, span = inputs.catalogue.scenarios, inputs.catalogue.span
    for name in names:
        keys = [(name, case) for case in (*scenarios, OWN, OVERRIDE)]
        keys += [(name, word) for word in (SHAPE, *LOW_MODE_HIGH)]
        cells = {key: place for key in keys if (place := _cell(inputs, key)) is not None}
        found = {key: inputs.validate(key, place) for key, place in cells.items()}
        typed = {key: one.value for key, one in found.items() if one.value is not None}
        changed = [key for key in typed if _is_changed(inputs, key, typed[key])]
        scenario = chosen_scenario(inputs.book) or BASE
        unknown = any((name, case) not in typed for case in scenarios)
        if not changed or unknown or any(one.fault for one in found.values()):
            continue  # as published, or an input cannot be used, which is reported already

        from xl_cryptoai.risk.distributions import make  # late: brings scipy
        from xl_cryptoai.risk.typed import parameters_of

        def at(name: str, place: str, typed: Mapping[Key, Value] = typed) -> Value | None:
            return typed.get((name, place))

        entry = inputs.catalogue[name]
        chosen = BASE if scenario == OWN and (name, OWN) not in typed else scenario
        live = typed.get((name, OVERRIDE), typed[name, chosen])
        shape, low, mode, high = parameters_of(entry, at, live, span)
        try:
            make(entry, shape, low, mode, high)
        except CryptoAIError as error:
            why = str(error).removeprefix(f"{name}: ")
            fault = NOT_DRAWN(shape=shape, low=low, mode=mode, high=high, why=why)
            blamed = _out_of_order(name, at, span) or [word for _, word in changed]
            for key in ((name, word) for word in blamed):
                if key in changed:
                    yield fault.at(cells[key], id=name)


def _cell(inputs: InputCells, key: Key) -> Place | None:
    return inputs.risk.get(key) or inputs.first.get(key)


def _is_changed(inputs: InputCells, key: Key, value: Value) -> bool:
    """Whether a value counts that the catalogue has otherwise: what is live alone does not."""
    if key[1] in (OWN, OVERRIDE):
        return False
    return key in inputs.risk or not same_value(value, default_of(inputs.catalogue, *key))


def _out_of_order(name: str, at: At, span: tuple[str, str]) -> list[str]:
    """Return where low, most likely and high that are out of order come from."""
    sources = low_mode_high_from(name, at, span)
    values = [number_at(at, name, source) for source in sources]
    crossing = [
        sources[number]
        for pair in ((0, 1), (1, 2), (0, 2))
        if values[pair[0]] > values[pair[1]] or values[0] == values[2]
        for number in pair
    ]
    return list(dict.fromkeys(crossing))


def impossible_correlations(inputs: InputCells) -> Iterator[Finding]:
    """Report the typed correlations that are to be adjusted to be positive semidefinite."""
    cells = {key: place for key, place in inputs.risk.items() if key[1].startswith(WITH)}
    common = (SIMULATION, COMMON_FACTOR)
    if common in inputs.risk:
        cells[common] = inputs.risk[common]
    found = {key: inputs.validate(key, place) for key, place in cells.items()}
    if any(one.fault for one in found.values()):
        return  # reported already
    values = {key: float(one.value) for key, one in found.items() if one.value}
    typed = {key: value for key, value in values.items() if key != common}
    if not typed:
        return
    from xl_cryptoai.risk.correlation import to_be_adjusted, with_common_factor  # late: scipy
    from xl_cryptoai.risk.typed import matrix_of

    entries = uncertain_in(inputs.catalogue)
    ids = [entry.id for entry in entries]
    matrix = matrix_of(ids, lambda name, place: typed.get((name, place), 0.0))
    together = with_common_factor(matrix, entries, values.get(common, 0.0))
    for (row, column), nearest in to_be_adjusted(together).items():
        key = ids[row], f"{WITH}{ids[column]}"
        if key in typed:
            yield NOT_TOGETHER(value=typed[key], nearest=nearest).at(cells[key], id=key[0])


@once_a_book
def simulation_inputs_are_usable(book: Book) -> bool:
    """Whether a simulation can use what is typed for it."""
    inputs = inputs_of(book)
    cases = (*inputs.catalogue.scenarios, OWN, OVERRIDE)
    used = [(name, case) for name, _ in inputs.risk for case in cases]
    fields = {**inputs.risk, **{key: inputs.first[key] for key in used if key in inputs.first}}
    return not (
        any(inputs.validate(key, place).fault for key, place in fields.items())
        or any(True for _ in impossible_distributions(inputs))
        or any(True for _ in impossible_correlations(inputs))
    )
