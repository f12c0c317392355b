"""One Excel function for every step, made from the step's entry and the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.assumptions.scenarios import allowed, check_value
from xl_cryptoai.errors import DivisionByZeroError, OutOfRangeError
from xl_cryptoai.forecast.constraints import ROUNDING, check_constraints
from xl_cryptoai.forecast.documentation import describe
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.functions.cells import Answer, Raw, common_shape, numbers_of, texts_of, to_cells
from xl_cryptoai.functions.entry import HELP_LENGTH, Argument, ExcelFunction
from xl_cryptoai.units import CHOICE, UNITS

CATEGORY = "Crypto AI: steps"


def name_of(model: Model, function: str) -> str:
    """Return the Excel name of a function.

    >>> from xl_cryptoai.forecast import shipped_model
    >>> name_of(shipped_model(), "ai_gain")
    'CAI_AI_GAIN'
    """
    return f"{model.prefix}_{function.upper()}"


@lru_cache(2_000)  # every call would otherwise write this sentence, which it hardly ever needs
def allowed_in_words(model: Model, name: str) -> str:
    """Say what an argument may be: an assumption's bounds, or a step's natural limits."""
    return allowed(model.entries[name])


def argument_for(model: Model, name: str) -> Argument:
    """Describe an argument that stands for an assumption or an earlier step."""
    return Argument(name, f"{describe(model.entries[name])} One cell or a range."[:HELP_LENGTH])


def read_argument(model: Model, name: str, raw: Raw) -> NDArray[Any]:
    """Read and check one argument that stands for an assumption or an earlier step."""
    entry = model.entries[name]
    read = texts_of if entry.unit == CHOICE else numbers_of
    return check_value(entry, read(name, raw, allowed_in_words(model, name)))


def _function_for(model: Model, step: Step) -> ExcelFunction:
    return ExcelFunction(
        name=name_of(model, step.id),
        category=CATEGORY,
        help=f"{step.meaning} Result: {step.unit_label}."[:HELP_LENGTH],
        arguments=tuple(argument_for(model, name) for name in step.inputs),
        answer=_answer_for(model, step),
    )


def _answer_for(model: Model, step: Step) -> Callable[..., Answer]:
    def answer(*cells: Raw) -> Answer:
        given = {
            name: read_argument(model, name, raw)
            for name, raw in zip(step.inputs, cells, strict=True)
        }
        shape = common_shape(list(given.items()))
        check_constraints(model.constraints, given)
        with np.errstate(all="ignore"):  # judged by the result, below
            result = np.asarray(step.function(*given.values()))
        if not np.isfinite(result).all():
            # Only the one step that divides by an amount which may be zero comes here.
            raise DivisionByZeroError(f"{step.inputs[-1]} is 0; {step.id} is not defined")
        _check_result(model, step, result)
        return to_cells(result, shape)

    return answer


def _check_result(model: Model, step: Step, result: NDArray[Any]) -> None:
    """Refuse a result beyond its unit's limits: it would be no argument of the next function."""
    unit = UNITS[step.unit]
    wrong = (result < unit.lower - ROUNDING) | (result > unit.upper * (1 + ROUNDING))
    if wrong.any():
        first = float(result[wrong][0])
        raise OutOfRangeError(
            f"{step.id} would be {first:.15g}; it must be {allowed_in_words(model, step.id)}, so "
            f"correct {' or '.join(step.inputs)}"
        )


def step_functions(model: Model) -> tuple[ExcelFunction, ...]:
    """Return a function for every step of a model."""
    return tuple(_function_for(model, step) for step in model.steps.values())
