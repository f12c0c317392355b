"""The forecast's steps as a list of array operations that need no new memory.

The steps are run once on stand-ins that note what is done to them. So there is one description of
the steps, and still a block of draws is computed as if it had been written out by hand: what does
not vary is computed once, what no result needs is left out, and every operation writes into an
array that is no longer needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from xl_cryptoai.forecast.steps import Step
from xl_cryptoai.risk.scratch import scratch

Array = NDArray[np.float64]
Operation = tuple[Callable[..., Any], tuple[int, ...], int]
"""A function, the places of its operands, and the place of its result."""


class Tape:
    """Steps, noted once for some inputs that vary, to be run on block after block.

    Parameters
    ----------
    steps : iterable of Step
        In order.
    constant : mapping of id to value
        The inputs that do not vary.
    varying : mapping of id to callable
        The inputs that do, in the order of a block's rows, each with what makes its values of a
        row; called with the row and with `out`, where to write.
    results : sequence of str
        Ids of the steps that are wanted.
    rules : callable, optional
        Changes the inputs before the steps see them, in place.

    Examples
    --------
    >>> from xl_cryptoai.forecast.steps import STEPS
    >>> steps = [STEPS["ai_gain"], STEPS["ai_revenue"]]
    >>> tape = Tape(steps, {"tam": 100.0, "ai_revenue_capture": 0.5},
    ...             {"ai_penetration": np.square}, ["ai_revenue"])
    >>> tape(np.array([[0.5, 1.0]]), np.empty((1, 2))).tolist()
    [[12.5, 50.0]]
    """

    def __init__(
        self,
        steps: Iterable[Step],
        constant: Mapping[str, Any],
        varying: Mapping[str, Callable[..., Any]],
        results: Sequence[str],
        rules: Callable[[dict[str, Any]], None] = lambda values: None,
    ) -> None:
        notes = _Notes(len(varying))
        values: dict[str, Any] = dict(constant)
        for row, (name, function) in enumerate(varying.items()):
            values[name] = notes.add(function, [_StandIn(row, notes)])
        rules(values)
        for step in steps:
            values[step.id] = notes.run(step.function, [values[name] for name in step.inputs])
        wanted = [notes.add(np.positive, [values[result]]).number for result in results]
        self._constants = notes.constants
        self._operations, self._spare = _laid_out(notes, wanted)

    def __call__(self, inputs: NDArray[Any], out: Array) -> Array:
        """Run the steps for a block.

        Parameters
        ----------
        inputs : array of float, shape (varying inputs, rows)
            They stay as they are.
        out : array of float, shape (results, rows)
            Where to write.

        Returns
        -------
        array of float
            What was given as `out`.
        """
        spare = scratch("spare", (self._spare, out.shape[1]))
        arrays = [*self._constants, *inputs, *out, *spare]
        for function, operands, place in self._operations:
            function(*[arrays[operand] for operand in operands], out=arrays[place])
        return out


@dataclass(frozen=True, slots=True)
class _Noted:
    """An operation on earlier values, each by its number; a number below 0 is a constant."""

    function: Callable[..., Any]
    operands: tuple[int, ...]
    result: int


class _Notes:
    """What was done to the stand-ins."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.operations: list[_Noted] = []
        self.constants: list[Any] = []

    def of(self, value: Any) -> int:
        """Return the number of a stand-in, or of a constant that becomes one."""
        if isinstance(value, _StandIn):
            return value.number
        self.constants.append(np.asarray(value))
        return -len(self.constants)

    def add(self, function: Callable[..., Any], operands: Iterable[Any]) -> _StandIn:
        """Note an operation; give the stand-in for its result."""
        number = self.inputs + len(self.operations)
        numbers = tuple(self.of(operand) for operand in operands)
        self.operations.append(_Noted(function, numbers, number))
        return _StandIn(number, self)

    def run(self, function: Callable[..., Any], operands: list[Any]) -> Any:
        """Run a step on stand-ins; one that does what they cannot note is noted as a whole."""
        noted = len(self.operations)
        try:
            return function(*operands)
        except TypeError:
            del self.operations[noted:]
            return self.add(_whole(function), operands)


class _StandIn(NDArrayOperatorsMixin):
    """Stands for an array while the steps are noted."""

    def __init__(self, number: int, notes: _Notes) -> None:
        self.number, self._notes = number, notes

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Note one of numpy's operations by element."""
        if method != "__call__" or options or ufunc.nout != 1:
            return NotImplemented
        return self._notes.add(ufunc, operands)

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        """Choose between two values by a condition that does not vary; nothing else is known."""
        if function is np.where and len(operands) == 3 and not isinstance(operands[0], _StandIn):
            condition = np.asarray(operands[0])
            if condition.ndim == 0:
                return operands[1] if condition else operands[2]
        return NotImplemented

    def __bool__(self) -> bool:
        """Refuse to decide what differs from row to row."""
        raise TypeError("an array has no single truth")


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function write where it is told, as numpy's operations do."""

    def into(*operands: Any, out: Array) -> None:
        np.copyto(out, function(*operands))

    return into


def _laid_out(notes: _Notes, wanted: Sequence[int]) -> tuple[list[Operation], int]:
    """Say for each needed operation in which arrays its operands and its result lie.

    The arrays are the constants, the inputs, the results and some spare ones, in this order. A
    spare one whose value is not needed any more is used again.
    """
    operations = _needed(notes, wanted)
    last_use = {
        operand: position for position, noted in enumerate(operations) for operand in noted.operands
    }
    first_input = len(notes.constants)
    place = {-1 - number: number for number in range(first_input)}
    place |= {number: first_input + number for number in range(notes.inputs)}
    place |= {number: len(place) + row for row, number in enumerate(wanted)}
    first_spare, spare = len(place), 0
    free: list[int] = []
    laid: list[Operation] = []
    for position, noted in enumerate(operations):
        operands = tuple(place[operand] for operand in noted.operands)
        for operand in set(noted.operands).difference(wanted):
            if operand >= notes.inputs and last_use[operand] == position:
                free.append(place[operand])
        if noted.result not in place:
            if not free:
                free.append(first_spare + spare)
                spare += 1
            place[noted.result] = free.pop()
        laid.append((noted.function, operands, place[noted.result]))
    return laid, spare


def _needed(notes: _Notes, wanted: Sequence[int]) -> list[_Noted]:
    """Return the operations that a wanted value needs, each as late as can be.

    So a value is used while it is in the cache, and few arrays are in use at a time.
    """
    made: dict[int, _Noted] = {}

    def make(number: int) -> None:
        if number >= notes.inputs and number not in made:
            noted = notes.operations[number - notes.inputs]
            for operand in noted.operands:
                make(operand)
            made[number] = noted

    for number in wanted:
        make(number)
    return list(made.values())
