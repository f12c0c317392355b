"""Logical functions that evaluate all their arguments; for the others see `special`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import Any

from xl_cryptoai.formulas.functions.arguments import known, values_of
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.values import VALUE, truth
from xl_cryptoai.xlsx.cells import ErrorValue


def _truths(arguments: tuple[Any, ...]) -> list[bool] | ErrorValue:
    """Truth values of arguments; in areas texts and blanks do not count."""
    found: list[bool] = []
    for argument in arguments:
        in_area = type(argument) in (Cells, list)
        for value in known(values_of(argument)):
            if in_area and (value is None or type(value) is str):
                continue
            decided = truth(value)
            if isinstance(decided, ErrorValue):
                return decided
            found.append(decided)
    return found or VALUE


def _decided(decide: Callable[[list[bool]], bool]) -> Callable[..., Any]:
    def work(*arguments: Any) -> Any:
        found = _truths(arguments)
        return found if isinstance(found, ErrorValue) else decide(found)

    return work


excel("AND", ":r", omitted=True)(_decided(all))
excel("OR", ":r", omitted=True)(_decided(any))
excel("XOR", ":r")(_decided(lambda found: reduce(xor, found)))


@excel("NOT", "v")
def _not(value: Any) -> Any:
    decided = truth(value)
    return decided if isinstance(decided, ErrorValue) else not decided


@excel("TRUE", "")
def _true() -> bool:
    return True


@excel("FALSE", "")
def _false() -> bool:
    return False
