"""Date functions, in the date system of 1900."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any

from xl_cryptoai.formulas.functions.arguments import numbers_of
from xl_cryptoai.formulas.functions.registry import excel
from xl_cryptoai.formulas.values import NUM, NotKnownError
from xl_cryptoai.xlsx.cells import ErrorValue

_EPOCH = dt.date(1899, 12, 30)
_LAST = 2_958_465
"""31 December 9999."""
_FIRST_SURE = 61
"""1 March 1900: before it Excel counts a 29 February 1900 that never was."""


def date_of(serial: float) -> dt.date | ErrorValue:
    """Date of a serial number."""
    day = int(serial // 1)
    if not 0 <= day <= _LAST:
        return NUM
    if day < _FIRST_SURE:
        raise NotKnownError("a date before March 1900")
    return _EPOCH + dt.timedelta(days=day)


def serial_of(date: dt.date) -> float:
    """Serial number of a date."""
    days = (date - _EPOCH).days
    if days < _FIRST_SURE:
        raise NotKnownError("a date before March 1900")
    return float(days)


def _part(name: str, part: Callable[[dt.date], int]) -> None:
    def compute(serial: float) -> Any:
        date = date_of(serial)
        return date if isinstance(date, ErrorValue) else float(part(date))

    excel(name, "n", dated=True)(compute)


_part("YEAR", lambda date: date.year)
_part("MONTH", lambda date: date.month)
_part("DAY", lambda date: date.day)
_part("ISOWEEKNUM", lambda date: date.isocalendar()[1])


def _shifted(year: int, month: int, day: int) -> Any:
    """Date of a month counted on from a year, and of a day counted on from that month."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1900 <= year <= 9999:
        return NUM
    serial = (dt.date(year, month, 1) - _EPOCH).days + day - 1
    if serial < _FIRST_SURE:
        raise NotKnownError("a date before March 1900")
    return float(serial) if serial <= _LAST else NUM


@excel("DATE", "nnn", dated=True)
def _date(year: float, month: float, day: float) -> Any:
    if not 0 <= year <= 9999:
        return NUM
    whole = int(year // 1)
    return _shifted(whole + 1900 if whole < 1900 else whole, int(month // 1), int(day // 1))


@excel("EDATE", "nn", dated=True)
def _months_on(serial: float, months: float) -> Any:
    date = date_of(serial)
    if isinstance(date, ErrorValue):
        return date
    first = _shifted(date.year, date.month + int(months), 1)
    if isinstance(first, ErrorValue):
        return first
    there = date_of(first)
    assert isinstance(there, dt.date)
    last = calendar.monthrange(there.year, there.month)[1]
    return serial_of(there.replace(day=min(date.day, last)))


@excel("EOMONTH", "nn", dated=True)
def _end_of_month(serial: float, months: float) -> Any:
    date = date_of(serial)
    if isinstance(date, ErrorValue):
        return date
    after = _shifted(date.year, date.month + int(months) + 1, 1)
    return after if isinstance(after, ErrorValue) else after - 1


@excel("DAYS", "nn")
def _days(last: float, first: float) -> float:
    return float(int(last // 1) - int(first // 1))


@excel("WEEKDAY", "n|n", dated=True)
def _weekday(serial: float, kind: float = 1.0) -> Any:
    date = date_of(serial)
    if isinstance(date, ErrorValue):
        return date
    monday = date.weekday()  # 0 is Monday
    if kind in (2, 11):
        return float(monday + 1)
    if kind == 3:
        return float(monday)
    if kind in (1, 17):
        return float((monday + 1) % 7 + 1)
    return float((monday - (int(kind) - 11)) % 7 + 1) if 12 <= kind <= 16 else NUM


@excel("HOUR", "n")
def _hour(serial: float) -> Any:
    return _seconds(serial, lambda seconds: seconds // 3600)


@excel("MINUTE", "n")
def _minute(serial: float) -> Any:
    return _seconds(serial, lambda seconds: seconds // 60 % 60)


@excel("SECOND", "n")
def _second(serial: float) -> Any:
    return _seconds(serial, lambda seconds: seconds % 60)


def _seconds(serial: float, part: Callable[[int], int]) -> Any:
    if serial < 0:
        return NUM
    return float(part(round(serial % 1 * 86_400) % 86_400))


@excel("TIME", "nnn")
def _time(hours: float, minutes: float, seconds: float) -> Any:
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return NUM if whole < 0 else whole % 86_400 / 86_400


def _days_360(first: dt.date, last: dt.date, *, european: bool) -> int:
    days = [first.day, last.day]
    if european:
        days = [min(day, 30) for day in days]
    else:
        if _ends_february(first) and _ends_february(last):
            days[1] = 30
        if _ends_february(first) or days[0] == 31:
            days[0] = 30
        if days[1] == 31 and days[0] == 30:
            days[1] = 30
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + days[1] - days[0]


def _ends_february(date: dt.date) -> bool:
    return date.month == 2 and date.day == calendar.monthrange(date.year, 2)[1]


@excel("YEARFRAC", "nn|n", dated=True)
def _year_fraction(first: float, last: float, basis: float = 0.0) -> Any:
    low, high = sorted((first, last))
    start, end = date_of(low), date_of(high)
    if isinstance(start, ErrorValue) or isinstance(end, ErrorValue):
        return NUM
    days = (end - start).days
    if basis in (2, 3):
        return days / (360 if basis == 2 else 365)
    if basis in (0, 4):
        return _days_360(start, end, european=basis == 4) / 360
    if basis != 1:
        return NUM
    if end.year == start.year:
        return days / (366 if calendar.isleap(start.year) else 365)
    raise NotKnownError("YEARFRAC over several years by actual days")


@excel("NETWORKDAYS", "nn|r", dated=True)
def _working_days(first: float, last: float, holidays: Any = None) -> Any:
    free = numbers_of([holidays]) if holidays is not None else []
    if isinstance(free, ErrorValue):
        return free
    days = (int(first // 1), int(last // 1))
    if max(days) - min(days) > 100_000:
        raise NotKnownError("NETWORKDAYS over centuries")
    skipped = {int(day // 1) for day in free}
    count = 0
    for day in range(min(days), max(days) + 1):
        date = date_of(day)
        if isinstance(date, ErrorValue):
            return date
        count += date.weekday() < 5 and day not in skipped
    return float(count if days[0] <= days[1] else -count)
