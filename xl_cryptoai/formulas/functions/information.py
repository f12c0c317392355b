"""What a value is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xl_cryptoai.formulas.functions.arguments import one_of, values_of
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.stored import Cells
from xl_cryptoai.formulas.tokens import ERROR_CODES
from xl_cryptoai.formulas.values import NA, Residue, number
from xl_cryptoai.xlsx.cells import ErrorValue


def _is(names: str, test: Callable[[Any], bool]) -> None:
    excel(names, "x")(test)


_is("ISNUMBER", lambda value: type(value) in (float, Residue))
_is("ISTEXT", lambda value: type(value) is str)
_is("ISNONTEXT", lambda value: type(value) is not str)
_is("ISLOGICAL", lambda value: type(value) is bool)
_is("ISBLANK", lambda value: value is None)
_is("ISERROR", lambda value: type(value) is ErrorValue)
_is("ISERR", lambda value: type(value) is ErrorValue and value != NA)
_is("ISNA", lambda value: value == NA and type(value) is ErrorValue)


@excel("ISEVEN", "n")
def _is_even(value: float) -> bool:
    return int(abs(value)) % 2 == 0


@excel("ISODD", "n")
def _is_odd(value: float) -> bool:
    return int(abs(value)) % 2 == 1


@excel("ISREF", "r")
def _is_reference(value: Any) -> bool:
    return type(value) is Cells


@excel("N", "r")
def _n(argument: Any) -> Any:
    value = values_of(argument)[0]
    return value if type(value) is ErrorValue else 0.0 if type(value) is str else number(value)


@excel("T", "r")
def _t(argument: Any) -> Any:
    value = values_of(argument)[0]
    return value if type(value) in (str, ErrorValue) else ""


@excel("NA", "")
def _na() -> ErrorValue:
    return NA


@excel("ERROR.TYPE", "x")
def _error_type(value: Any) -> Any:
    # Excel numbers its errors from 1; #GETTING_DATA is 8, and #SPILL! 9
    return float(ERROR_CODES.index(value) + 1) if type(value) is ErrorValue else NA


@excel("TYPE", "r")
def _type(argument: Any) -> Any:
    if type(argument) is list:
        return 64.0
    kinds: dict[type, float] = {str: 2.0, bool: 4.0, ErrorValue: 16.0}
    return kinds.get(type(one_of(argument)), 1.0)
