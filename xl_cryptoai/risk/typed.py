"""What a person has typed into a model, as a simulation takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xl_cryptoai.assumptions import (
    Assumption,
    Catalogue,
    UserInputs,
)
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    OVERRIDE,
    SIMULATION,
    WITH,
    At,
    low_mode_high_from,
    number_at,
    shape_in_use,
    uncertain_in,
)
from xl_cryptoai.assumptions.uncertainty import CUT, FIXED
from xl_cryptoai.risk.correlation import Matrix, check_correlation, with_common_factor
from xl_cryptoai.risk.distributions import Distribution, make


@dataclass(frozen=True, slots=True)
class Typed:
    """What `simulate` and its like take of a person's inputs.

    Attributes
    ----------
    overrides : dict of id to value
        Where every assumption stands: its override, else the chosen scenario's value.
    distributions : dict of id to Distribution
        What is uncertain, and what is fixed at its live value.
    correlation : matrix
        Rank correlations, in the order of the distributions, the common factor's among them.
    overridden : tuple of str
        The assumptions that have an override.
    """

    overrides: dict[str, Value]
    distributions: dict[str, Distribution]
    correlation: Matrix
    overridden: tuple[str, ...]


def typed(inputs: UserInputs, catalogue: Catalogue) -> Typed:
    """Put a person's inputs together as the sheets Distributions and Correlations do.

    Parameters
    ----------
    inputs : UserInputs
        Read from a workbook or a TOML file.
    catalogue : Catalogue
        The assumptions.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For low, most likely and high out of order, or correlations that are not positive
        semidefinite, naming them.

    Examples
    --------
    >>> from xl_cryptoai import load_assumptions
    >>> own = {"gdp_growth": {"high": 0.06}, "bank_revenue": {"override": 7e11}}
    >>> found = typed(UserInputs("bull", own), load_assumptions())
    >>> found.distributions["gdp_growth"].high, found.overridden
    (0.06, ('bank_revenue',))
    """

    def at(name: str, field: str) -> Value | None:
        return inputs.value(catalogue, name, field)

    typed_over = ((name, at(name, OVERRIDE)) for name in catalogue)
    overridden = {name: value for name, value in typed_over if value is not None}
    overrides = inputs.case(catalogue, inputs.scenario) | overridden
    drawn = {
        entry.id: distribution_of(entry, at, overrides[entry.id], catalogue.span)
        for entry in uncertain_in(catalogue)
    }
    ids = list(drawn)
    factor = number_at(at, SIMULATION, COMMON_FACTOR)
    correlation = with_common_factor(matrix_of(ids, at), [catalogue[name] for name in ids], factor)
    return Typed(overrides, drawn, check_correlation(correlation, ids), tuple(overridden))


def distribution_of(entry: Assumption, at: At, live: Value, span: tuple[str, str]) -> Distribution:
    """Put an assumption's distribution together.

    Parameters
    ----------
    entry : Assumption
        One that can be uncertain.
    at : callable
        Gives the value of an id and a field; None where it is blank.
    live : float
        Where the assumption stands: there it is fixed, if that is its shape.
    span : tuple of str
        The two scenarios between which it is drawn.

    Raises
    ------
    OutOfRangeError
        For low, most likely and high out of order, or that no curve of the shape has.
    """
    return make(entry, *parameters_of(entry, at, live, span))


def parameters_of(
    entry: Assumption, at: At, live: Value, span: tuple[str, str]
) -> tuple[str, float, float | None, float]:
    """Shape, low, most likely and high of an assumption; None where the shape settles the mode."""
    shape, own = shape_in_use(entry, at), at(entry.id, "mode")
    if shape == FIXED:
        value = float(own if own is not None else live)
        return shape, value, value, value
    fields = low_mode_high_from(entry.id, at, span)
    low, mode, high = (number_at(at, entry.id, field) for field in fields)
    settled = shape in CUT and own is None
    return shape, low, None if settled else mode, high


def matrix_of(ids: Sequence[str], at: At) -> Matrix:
    """Put the typed rank correlations together, in the order of the ids; they may be impossible."""
    matrix = np.eye(len(ids))
    for row, name in enumerate(ids):
        for column, other in enumerate(ids[:row]):
            matrix[row, column] = matrix[column, row] = at(name, f"{WITH}{other}")
    return matrix
