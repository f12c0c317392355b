"""What a report is made of, before anybody decides on HTML or Word: sections of parts, as data."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xl_cryptoai.assumptions.user_inputs import UserInputs, fingerprint_of
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.migration import migrate

REVIEW = ("Reviewed by", "Date", "Remark")
"""What a reviewer fills in, on paper."""
REPORT_ENDINGS = (".html", ".docx")
"""What a report's file name can end in; the ending decides how it is written."""
_SHORT, _SHORT_WITH_FIGURE = 5, 12
"""Rows of tables up to which a section is kept on one page."""
PRINTED = 760
"""Width of a picture in a report, in its pixels: its letters are 8 points high or more on A4."""


class Table(NamedTuple):
    """A table for people; columns numbered in `right` are aligned so, rows in `strong` are bold."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    strong: Sequence[int] = ()


class Figure(NamedTuple):
    """A picture, and what it shows in words, for whoever cannot see it."""

    svg: str
    words: str


class Tiles(NamedTuple):
    """A few figures that are to be seen first, each with a word on what it is."""

    figures: Sequence[tuple[str, str]]


Part = str | Table | Figure | Tiles


class Section(NamedTuple):
    """A heading and what stands below it."""

    title: str
    parts: Sequence[Part]

    @property
    def together(self) -> bool:
        """Whether it is short enough to be kept on one page."""
        rows = sum(len(part.rows) for part in self.parts if isinstance(part, Table))
        drawn = any(isinstance(part, Figure) for part in self.parts)
        return rows <= (_SHORT_WITH_FIGURE if drawn else _SHORT)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """By what a reader can tell that a report is of the file that they have.

    Attributes
    ----------
    name : str
        The file's name; what was described instead, where there is no file.
    sha256 : str
        Of its bytes; "" without a file.
    inputs : str
        Fingerprint of everything that can be typed into the model, as a workbook's cover has it;
        "" for a workbook of others.
    model : str
        The model's title, with the fingerprint of one's own model.
    """

    name: str
    sha256: str = ""
    inputs: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title, subtitle : str
        What it is about, and what it comes to.
    files : sequence of FileFacts
        What it was made from.
    made : str
        When, as `time_of_run` gives it.
    sections : list of Section
    """

    title: str
    subtitle: str
    files: Sequence[FileFacts]
    made: str
    sections: list[Section] = field(default_factory=list)


def facts_of(book: Book) -> FileFacts:
    """Return by what a workbook is known."""
    name, sha256 = book.path.name, book.file.package.sha256
    try:
        inputs, _ = migrate(book)
    except FileRefusedError:  # of others
        return FileFacts(name, sha256)
    return facts_of_inputs(book.model, inputs, name, sha256)


def facts_of_inputs(model: Model, inputs: UserInputs, name: str, sha256: str = "") -> FileFacts:
    """Return by what inputs are known that have been read, from a file or without one."""
    own = f" (own model {model.fingerprint})" if model.fingerprint else ""
    fingerprint = fingerprint_of(model.assumptions, inputs)
    return FileFacts(name, sha256, fingerprint, f"{model.title}{own}")


def time_of_run() -> str:
    """Return date and time as a report carries them; `SOURCE_DATE_EPOCH` sets them.

    The variable is the one that builds use (reproducible-builds.org): seconds since 1970, shown
    in UTC. It makes two reports of one file the same, byte by byte.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isdecimal():
        return f"{dt.datetime.fromtimestamp(int(fixed), dt.UTC):%Y-%m-%d %H:%M} UTC"
    return f"{dt.datetime.now().astimezone():%Y-%m-%d %H:%M}"


def facts_table(files: Sequence[FileFacts]) -> Table:
    """Return by what the files are known as a table, a file a column after the labels."""
    rows = [
        ("File", [one.name for one in files]),
        ("SHA-256", [one.sha256 for one in files]),
        ("Model", [one.model for one in files]),
        ("Fingerprint of its inputs", [one.inputs for one in files]),
    ]
    shown = [[label, *(text or "-" for text in texts)] for label, texts in rows if any(texts)]
    return Table((), shown)
