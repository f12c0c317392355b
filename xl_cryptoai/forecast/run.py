"""Runs a model's steps on inputs that are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.forecast.model import Model

Values = dict[str, NDArray[Any]]


def run_steps(model: Model, inputs: Mapping[str, ArrayLike]) -> Values:
    """Run every step on checked inputs.

    Parameters
    ----------
    model : Model
        The steps.
    inputs : mapping of assumption id to value or array
        All assumptions; arrays broadcast against each other.

    Returns
    -------
    dict of id to array
        The inputs and every step's result.
    """
    values: Values = {name: np.asarray(value) for name, value in inputs.items()}
    for step in model.steps.values():
        values[step.id] = np.asarray(step.function(*(values[name] for name in step.inputs)))
    return values
