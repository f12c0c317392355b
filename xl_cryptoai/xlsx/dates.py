"""Dates and times: numbers that a cell's format shows as such."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache

DateValue = dt.datetime | dt.time | dt.timedelta

_LITERAL = re.compile(r'"[^"]*"?|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What a code shows as it is: quoted texts, single letters, colours and languages."""
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY_0 = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
_LEAP = 60
"""Serial number of 29 February 1900, a day that spreadsheets have and the calendar has not."""


@lru_cache(maxsize=1_000)
def is_date_format(code: str) -> bool:
    """Whether a number format shows a number as a date or a time.

    >>> is_date_format("yyyy-mm-dd"), is_date_format('0.0" days"'), is_date_format("[Red]0")
    (True, False, False)
    """
    shown = _LITERAL.sub("", code.partition(";")[0])
    return shown.lower() != "general" and bool(re.search("[dmhys]", shown, re.IGNORECASE))


def date_of(number: float, code: str, *, date_1904: bool = False) -> DateValue | float:
    """What a number is shown as under the format of a date; the number if it is out of range.

    >>> str(date_of(46353.5, "yyyy-mm-dd")), str(date_of(0.25, "hh:mm"))
    ('2026-11-27 12:00:00', '06:00:00')
    """
    if not math.isfinite(number):
        return number
    try:
        since = dt.timedelta(milliseconds=round(number * 86_400_000))
        if _ELAPSED.search(code):
            return since
        if 0 <= number < 1:
            return (_DAY_0[False] + since).time()
        if number < _LEAP and not date_1904:
            since += dt.timedelta(days=1)
        return _DAY_0[date_1904] + since
    except (OverflowError, ValueError):
        return number
