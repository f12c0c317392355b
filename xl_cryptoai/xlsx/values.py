"""What the value of a cell says, by the type that the file gives it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Protocol

from xl_cryptoai.xlsx.cells import CellValue, ErrorValue
from xl_cryptoai.xlsx.texts import is_true

_DAY_0 = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}


class Texts(Protocol):
    """What values need of their workbook."""

    @property
    def strings(self) -> Sequence[str]:
        """Shared texts."""

    @property
    def date_1904(self) -> bool:
        """Whether day 0 is 1 January 1904."""


class Values:
    """Reads values; the shared texts are not read before a cell needs one.

    Attributes
    ----------
    by_kind : dict of str to function
        What reads the text of a value, by the type of its cell; texts of other types are texts.
        It raises ValueError or IndexError if the text is no value of its type.
    """

    def __init__(self, book: Texts) -> None:
        self._book = book
        self._strings: Sequence[str] | None = None
        self.by_kind: dict[str, Callable[[str], CellValue]] = {
            "n": _number,
            "s": self._shared_text,
            "b": is_true,
            "e": ErrorValue,
            "d": self._date,
        }

    def _shared_text(self, text: str) -> str:
        if self._strings is None:
            self._strings = self._book.strings
        number = int(text)
        if number < 0:
            raise IndexError
        return self._strings[number]

    def _date(self, text: str) -> float:
        """Serial number of a date in words, as Strict files may store it."""
        day_0 = _DAY_0[self._book.date_1904]
        if ":" in text and "-" not in text:
            time = dt.time.fromisoformat(text.strip("TZ"))
            return (dt.datetime.combine(day_0.date(), time) - day_0) / dt.timedelta(days=1)
        moment = dt.datetime.fromisoformat(text.rstrip("Z"))
        return (moment.replace(tzinfo=None) - day_0) / dt.timedelta(days=1)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        if text.strip():
            raise
        return None
    if not math.isfinite(number) or "_" in text:  # Python reads 1_000 as a thousand
        raise ValueError
    return number
