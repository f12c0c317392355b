"""The tokens of a formula, found by one regular expression, and what names are called."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from string import ascii_uppercase

from xl_cryptoai.xlsx.references import MAX_COLUMN

_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})"
_END = r"(?![\w.(\[!\\?])"
"""What follows no complete reference: there it is part of a name, a function or a sheet."""
_NO_SHEETS = r"(?:(?<=!)|(?![\w.]+:[\w.]+!))"
"""What begins no 3-D reference to sheets that are called like cells, such as `Q1:Q4!B2`."""
_BRACKETS = r"\[(?:[^\[\]']|'.)*(?:\[(?:[^\[\]']|'.)*\](?:[^\[\]']|'.)*)*\]"
ERROR_CODES = (
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
    "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!",
    "#EXTERNAL!",
)  # fmt: skip
"""Every error value that Excel has, the newer ones too."""

TOKEN = re.compile(
    rf"""
  (?P<cell>{_NO_SHEETS}{_CELL}(?::{_CELL})?{_END})
| (?P<operator><>|<=|>=|[-+*/^&=<>%:,;(){{}}@])
| (?P<columns>(\$?)([A-Za-z]{{1,3}}):(\$?)([A-Za-z]{{1,3}}){_END})
| (?P<rows>(\$?)([0-9]{{1,7}}):(\$?)([0-9]{{1,7}}){_END})
| (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w!]))
| (?P<text>"(?:[^"]|"")*")
| (?P<blank>[ \t\r\n\u00a0]+)
| (?P<prefix>'(?:[^']|'')*'!|(?:\[[^\[\]]+\])?[\w.\\?]*(?::[\w.\\?]+)?!)
| (?P<function>[^\W\d][\w.]*\()
| (?P<table>(?:[^\W\d][\w.\\]*)?{_BRACKETS})
| (?P<name>[^\W\d][\w.\\?]*|\\[\w.\\?]*)
| (?P<error>{"|".join(map(re.escape, ERROR_CODES))})
| (?P<spill>\#)
| (?P<bad>.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""One token; the kind is the name of its group, and whatever is none of them is "bad"."""

_DOTTED = frozenset({
    "BETA", "BINOM", "CEILING", "CHISQ", "CONFIDENCE", "COVARIANCE", "ECMA", "ERF", "ERFC",
    "ERROR", "EXPON", "F", "FLOOR", "FORECAST", "GAMMA", "GAMMALN", "HYPGEOM", "ISO", "LOGNORM",
    "MODE", "NEGBINOM", "NETWORKDAYS", "NORM", "PERCENTILE", "PERCENTRANK", "POISSON", "QUARTILE",
    "RANK", "SKEW", "STDEV", "T", "VAR", "WEIBULL", "WORKDAY", "Z",
})  # fmt: skip
"""First words of Excel's own functions with a dot in their names, such as STDEV.S."""
_PREFIXES = re.compile(r"(?:_XLFN\.|_XLWS\.|_XLUDF\.|_XLDUDF_|__XLUDF\.)+")
_PARAMETER = re.compile(r"(?:_xlpm|_xlop)\.", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def canonical(name: str) -> str:
    """Write a function's name as all routes and programs agree on it.

    Function names have no case; Excel puts prefixes before newer functions and before those of
    add-ins; LibreOffice knows ours by a dot.

    >>> canonical("_xlfn._xlws.SORT"), canonical("cai.tam"), canonical("Stdev.S")
    ('SORT', 'CAI_TAM', 'STDEV.S')
    """
    plain = _PREFIXES.sub("", name.upper(), count=1)
    return plain if plain.partition(".")[0] in _DOTTED else plain.replace(".", "_")


def parameter(name: str) -> str | None:
    """Return the name of a LAMBDA's or LET's parameter as people see it; None if it is none."""
    match = _PARAMETER.match(name)
    return name[match.end() :] if match else None


LETTERS: tuple[str, ...] = (
    "",
    *(
        "".join(letters)
        for length in (1, 2, 3)
        for letters in product(ascii_uppercase, repeat=length)
    ),
)[: MAX_COLUMN + 1]
"""The letters of each column by its number; "" for 0, which is none."""
COLUMNS: dict[str, int] = {letters: number for number, letters in enumerate(LETTERS) if number}
"""The number of each column by its letters in capitals."""
