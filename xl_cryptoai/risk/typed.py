"""What a person has typed into a model, as a simulation takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xl_cryptoai.assumptions import (
    Assumption,
    Catalogue,
    UserInputs,
    shipped_assumptions,
)
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.places import (
    OVERRIDE,
    SHAPE,
    WITH,
    At,
    ends_from,
    number_at,
    uncertain_in,
)
from xl_cryptoai.assumptions.uncertainty import FIXED
from xl_cryptoai.risk.correlation import Matrix, check_correlation
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
        Rank correlations, in the order of the distributions.
    """

    overrides: dict[str, Value]
    distributions: dict[str, Distribution]
    correlation: Matrix


def typed(inputs: UserInputs, catalogue: Catalogue | None = None) -> Typed:
    """Put a person's inputs together as the sheets Distributions and Correlations do.

    Parameters
    ----------
    inputs : UserInputs
        Read from a workbook or a TOML file.
    catalogue : Catalogue, optional
        The package's own by default.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For ends that do not rise, or correlations that cannot be, naming them.

    Examples
    --------
    >>> wide = UserInputs("bull", {"gdp_growth": {"high": 0.06}, "bank_revenue": {"bull": 7e11}})
    >>> found = typed(wide)
    >>> found.distributions["gdp_growth"].high, found.overrides["bank_revenue"]
    (0.06, 700000000000.0)
    """
    catalogue = catalogue if catalogue is not None else shipped_assumptions()

    def at(name: str, place: str) -> Value | None:
        return inputs.value(catalogue, name, place)

    live = {}
    for name in catalogue:
        own = at(name, OVERRIDE)
        live[name] = own if own is not None else at(name, inputs.scenario)
    overrides = {name: value for name, value in live.items() if value is not None}
    drawn = {
        entry.id: distribution_of(entry, at, overrides[entry.id])
        for entry in uncertain_in(catalogue)
    }
    ids = list(drawn)
    return Typed(overrides, drawn, check_correlation(matrix_of(ids, at), ids))


def distribution_of(entry: Assumption, at: At, live: Value) -> Distribution:
    """Put an assumption's distribution together.

    Parameters
    ----------
    entry : Assumption
        One that can be uncertain.
    at : callable
        Gives the value of an id and a place; None where an end is blank.
    live : float
        Where the assumption stands: there it is fixed, if that is its shape.

    Raises
    ------
    OutOfRangeError
        For ends that do not rise.
    """
    shape = str(at(entry.id, SHAPE))
    if shape == FIXED:
        own = at(entry.id, "mode")
        low = mode = high = float(own if own is not None else live)
    else:
        low, mode, high = (number_at(at, entry.id, place) for place in ends_from(entry.id, at))
    return make(entry, shape, low, mode, high)


def matrix_of(ids: Sequence[str], at: At) -> Matrix:
    """Put the rank correlations together, in the order of the ids; they may be impossible."""
    matrix = np.eye(len(ids))
    for row, name in enumerate(ids):
        for column, other in enumerate(ids[:row]):
            matrix[row, column] = matrix[column, row] = at(name, f"{WITH}{other}")
    return matrix
