"""What a step is: a pure function and the facts that everything else derives from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.units import UNITS, label_of

Number = float | NDArray[np.float64]
"""A scalar or an array; arrays broadcast against each other."""

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the forecast.

    Attributes
    ----------
    id, label : str
        Its name everywhere and its short label.
    meaning : str
        What it says, in one sentence.
    unit, of : str
        Unit of the result and what a share is taken of.
    inputs : tuple of str
        Ids of the assumptions and earlier steps it takes, in order.
    function : callable
        The computation.
    block : str
        Part of the chain: "market", "value_stack", "segments" or "outcome".
    formula : str
        The native formula over ids, of a step that is given by one; else "".
    """

    id: str
    label: str
    meaning: str
    unit: str
    of: str
    inputs: tuple[str, ...]
    function: Callable[..., Any]
    block: str
    formula: str = ""

    @property
    def unit_label(self) -> str:
        """The unit in words, such as "share of AI revenue"."""
        return label_of(self.unit, self.of)

    @property
    def lower(self) -> float:
        """The smallest result that its unit knows."""
        return UNITS[self.unit].lower

    @property
    def upper(self) -> float:
        """The largest result that its unit knows."""
        return UNITS[self.unit].upper

    @property
    def choices(self) -> tuple[str, ...]:
        """Always empty: a result is a number."""
        return ()


def step(label: str, unit: str, of: str = "") -> Callable[[_F], _F]:
    """Mark a function as a step of the forecast; it stays the plain function it was.

    Its docstring is its meaning in one sentence and an example; `forecast.documentation` derives
    the rest.
    """

    def mark(function: _F) -> _F:
        sentence = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
        entry = Step(
            id=function.__name__,
            label=label,
            meaning=sentence,
            unit=unit,
            of=of,
            inputs=tuple(inspect.signature(function).parameters),
            function=function,
            block=function.__module__.rpartition(".")[2],
        )
        function.__step__ = entry  # type: ignore[attr-defined]  # our own attribute
        return function

    return mark


def steps_of(module: ModuleType) -> Iterator[Step]:
    """Yield the steps that a module defines, in order of definition."""
    for thing in vars(module).values():
        entry = getattr(thing, "__step__", None)
        if isinstance(entry, Step):
            yield entry
