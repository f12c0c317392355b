"""Where a workbook is from: the version that built it, and the model that it is of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_cryptoai.errors import CatalogueError, FileRefusedError, quoted
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.own_model import CARRIED, LONGEST_TEXT, model_as_read
from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.xlsx import Workbook

if TYPE_CHECKING:
    from xl_cryptoai.reading.book import Book

ORIGIN_LINE = re.compile(
    r"xl-cryptoai (\S+), assumptions ([0-9a-f]{12})(?:, model (.{1,200}) ([0-9a-f]{12}))?"
)
_LARGEST_PART = 3 * LONGEST_TEXT
"""Bytes: programs may write the part in UTF-16, with signs escaped."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the cover says of a workbook; "" where it does not say.

    Attributes
    ----------
    version : str
        The version that built it.
    assumptions : str
        Fingerprint of the values with which it was built.
    title, model : str
        Title and fingerprint of its model; "" for the shipped one.
    """

    version: str = ""
    assumptions: str = ""
    title: str = ""
    model: str = ""


def origin_of(book: Book) -> Origin:
    """Read the line of the version, wherever it stands: every program keeps a cell's text."""
    match = next(filter(None, map(ORIGIN_LINE.search, book.all_texts())), None)
    return Origin(*(part or "" for part in match.groups())) if match else Origin()


def model_of_book(
    book: Book, given: Model | None, or_else: Callable[[], Model] | None = None
) -> Model:
    """Return the model that a workbook is read by: the one that it carries.

    Parameters
    ----------
    book : Book
        The workbook.
    given : Model, optional
        The model that it is to be of.
    or_else : callable, optional
        Returns the model that may stand in for one that a program has dropped.

    Raises
    ------
    FileRefusedError
        If it is of another model than the given one, if its own is missing, was changed, or
        cannot be used.
    """
    if (carried := _carried(book.file)) is not None:
        return _same(book, given, carried.name, carried.fingerprint) or carried
    said = origin_of(book)
    if said.model:
        found = given or (or_else() if or_else is not None else None)
        if found is None or not found.text:
            raise FileRefusedError(
                f"{book.path} is not known: its model, '{said.title}' ({said.model}), is missing, "
                "as some programs drop it on saving; give --model with the model's folder"
            )
        return _same(book, found, f"{said.title} {said.model}", said.model) or found
    if given is not None and said.version:
        return _same(book, given, shipped_model().name, "") or given
    return given or shipped_model()


def _same(book: Book, given: Model | None, name: str, fingerprint: str) -> Model | None:
    """Return the given model if it is the workbook's, or refuse the workbook."""
    if given is not None and given.fingerprint != fingerprint:
        raise FileRefusedError(
            f"{book.path} is of the model {name}, not of {given.name}; leave --model "
            "out, or give the folder of its model"
        )
    return given


def _carried(file: Workbook) -> Model | None:
    """Return the own model that stands in a workbook; None if there is none."""
    package = file.package
    found = []
    # LibreOffice relates the part to the package, Excel to the workbook
    parts = {*file.parts_of_kind("customXml"), *package.related("", "customXml")}
    for part in sorted(parts):
        if package.size_of(part) > _LARGEST_PART:
            continue  # of another program, or refused below as missing
        content = package.part(part)
        if CARRIED.encode() in content:
            root = package.parse(part, content)
            if root.tag == f"{{{CARRIED}}}model":
                found.append((part, root))
    if not found:
        return None
    if len(found) > 1:
        package.refuse(f" carries {len(found)} models", "take the file as it was built")
    part, root = found[0]
    try:
        model = model_as_read("".join(map(str, root.itertext())))
    except CatalogueError as error:
        raise FileRefusedError(f"{file.path}: the model that it carries: {error}") from None
    said = root.get("fingerprint", "")
    if said != model.fingerprint:
        raise FileRefusedError(
            f"{file.path}: the model that it carries was changed after it was built: its "
            f"fingerprint is {model.fingerprint}, but the file says {quoted(said)}; take the file "
            f"as it was built"
        )
    return model
