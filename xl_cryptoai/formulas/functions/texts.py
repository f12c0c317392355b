"""Text functions."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP
from typing import Any

from xl_cryptoai.formulas.functions.arguments import known, values_of
from xl_cryptoai.formulas.functions.criteria import wildcard
from xl_cryptoai.formulas.functions.mathematics import round_as
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.values import (
    NA,
    VALUE,
    NotKnownError,
    number,
    text,
    truth,
)
from xl_cryptoai.xlsx.cells import ErrorValue

_BLANKS = re.compile(" +")
_WORD = re.compile(r"[^\W\d_]+")


@excel("LEN", "t")
def _length(value: str) -> float:
    return float(len(value.encode("utf-16-le")) // 2)  # Excel counts units of UTF-16


@excel("LEFT", "t|n")
def _left(value: str, count: float = 1.0) -> Any:
    return VALUE if count < 0 else value[: int(count)]


@excel("RIGHT", "t|n")
def _right(value: str, count: float = 1.0) -> Any:
    if count < 0:
        return VALUE
    return value[-int(count) :] if count >= 1 else ""


@excel("MID", "tnn")
def _mid(value: str, first: float, count: float) -> Any:
    if first < 1 or count < 0:
        return VALUE
    return value[int(first) - 1 : int(first) - 1 + int(count)]


@excel("TRIM", "t")
def _trim(value: str) -> str:
    return _BLANKS.sub(" ", value.strip(" "))


@excel("CLEAN", "t")
def _clean(value: str) -> str:
    return "".join(sign for sign in value if ord(sign) >= 32)


@excel("UPPER", "t")
def _upper(value: str) -> str:
    return value.upper()


@excel("LOWER", "t")
def _lower(value: str) -> str:
    return value.lower()


@excel("PROPER", "t")
def _proper(value: str) -> str:
    return _WORD.sub(lambda match: match[0].capitalize(), value)


@excel("EXACT", "tt")
def _exact(first: str, second: str) -> bool:
    return first == second


@excel("REPT", "tn")
def _repeated(value: str, count: float) -> Any:
    return VALUE if count < 0 or len(value) * count > 32_767 else value * int(count)


@excel("CHAR", "n")
def _char(value: float) -> Any:
    if not 1 <= value < 256:
        return VALUE
    if value >= 128:
        raise NotKnownError("CHAR beyond 127, which differs by system")
    return chr(int(value))


@excel("CODE", "t")
def _code(value: str) -> Any:
    if not value:
        return VALUE
    if ord(value[0]) >= 128:
        raise NotKnownError("CODE beyond 127, which differs by system")
    return float(ord(value[0]))


@excel("FIND", "tt|n")
def _find(wanted: str, value: str, first: float = 1.0) -> Any:
    if first < 1 or first > len(value) + 1:
        return VALUE
    place = value.find(wanted, int(first) - 1)
    return VALUE if place < 0 else float(place + 1)


@excel("SEARCH", "tt|n")
def _search(wanted: str, value: str, first: float = 1.0) -> Any:
    if first < 1 or first > len(value) + 1:
        return VALUE
    match = wildcard(wanted).search(value, int(first) - 1)
    return VALUE if match is None else float(match.start() + 1)


@excel("SUBSTITUTE", "ttt|n")
def _substitute(value: str, old: str, new: str, which: float | None = None) -> Any:
    if not old:
        return value
    if which is None:
        return value.replace(old, new)
    if which < 1:
        return VALUE
    parts = value.split(old)
    if len(parts) <= which:
        return value
    at = int(which)
    return old.join(parts[:at]) + new + old.join(parts[at:])


@excel("REPLACE", "tnnt")
def _replace(value: str, first: float, count: float, new: str) -> Any:
    if first < 1 or count < 0:
        return VALUE
    at = int(first) - 1
    return value[:at] + new + value[at + int(count) :]


def _texts(arguments: tuple[Any, ...]) -> list[str] | ErrorValue:
    found = []
    for argument in arguments:
        for value in known(values_of(argument)):
            one = text(value)
            if isinstance(one, ErrorValue):
                return one
            found.append(one)
    return found


@excel("CONCAT", ":r")
def _concat(*arguments: Any) -> Any:
    found = _texts(arguments)
    return found if isinstance(found, ErrorValue) else "".join(found)


@excel("CONCATENATE", ":t")
def _concatenate(*values: str) -> str:
    return "".join(values)


@excel("TEXTJOIN", "tv:r")
def _joined(delimiter: str, skip: Any, *arguments: Any) -> Any:
    found = _texts(arguments)
    if isinstance(found, ErrorValue):
        return found
    without_blanks = truth(skip)
    return delimiter.join(one for one in found if one or not without_blanks)


@excel("VALUE", "v")
def _value(value: Any) -> Any:
    return VALUE if type(value) is bool else number(value)


@excel("NUMBERVALUE", "t|tt")
def _number_value(value: str, decimal: str = ".", group: str = ",") -> Any:
    plain = value.replace(" ", "")
    if decimal[:1] != ".":
        plain = plain.replace(group[:1], "").replace(decimal[:1], ".")
    else:
        plain = plain.replace(group[:1], "")
    return number(plain) if plain else 0.0


_NUMBER_FORMAT = re.compile(r"(#,##)?0(?:\.(0+))?(%?)")


@excel("TEXT", "vt")
def _formatted(value: Any, pattern: str) -> Any:
    if type(value) is str:
        found = number(value)
        if isinstance(found, ErrorValue):  # a text that is no number stays, but for sections
            if pattern in ("@", "General") or _NUMBER_FORMAT.fullmatch(pattern):
                return value
            raise NotKnownError(f"TEXT in the format {pattern}")
        value = found
    if pattern in ("@", "General"):
        return text(value)
    match = _NUMBER_FORMAT.fullmatch(pattern)
    if match is None or type(value) is bool:
        raise NotKnownError(f"TEXT in the format {pattern}")
    size = number(value)
    if isinstance(size, ErrorValue):
        return size
    decimals = len(match[2] or "")
    shown = round_as(size * 100 if match[3] else size, decimals, ROUND_HALF_UP)
    if abs(shown) >= 1e15:
        raise NotKnownError("TEXT of a very large number")
    written = f"{shown:,.{decimals}f}" if match[1] else f"{shown:.{decimals}f}"
    return written + match[3]


@excel("UNICHAR", "n")
def _unichar(value: float) -> Any:
    return chr(int(value)) if 1 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else VALUE


@excel("HYPERLINK", "t|v")
def _hyperlink(address: str, shown: Any = NA) -> Any:
    return address if shown is NA else shown
