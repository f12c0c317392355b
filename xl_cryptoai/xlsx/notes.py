"""Notes and threaded comments at cells, and links."""

from __future__ import annotations

import re
from typing import NamedTuple

from xl_cryptoai.xlsx.package import Package
from xl_cryptoai.xlsx.parts import MAIN, RELATION_ID, Element
from xl_cryptoai.xlsx.references import Area, parse_area, parse_cell
from xl_cryptoai.xlsx.texts import decode, numbered, rich_text

_THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_STAND_IN = re.compile(r"tc=\{[0-9A-Fa-f-]+\}")
"""Author of the note that Excel keeps beside a thread for older programs."""
_STAND_IN_TEXT = re.compile(r"linkid=\d+\s*\n\s*\n[^\n]*:\n\s*(.*)", re.DOTALL)
"""In it, what a person wrote stands behind the explanation and a word in the user's language."""


class Note(NamedTuple):
    """A note or a threaded comment at a cell.

    Attributes
    ----------
    row, column : int
        The cell.
    text : str
        What a person wrote.
    author : str
        "" if unknown.
    date : str
        When, as the file says it, such as "2026-11-27T10:00:00.00"; notes have no date: "".
    replies : tuple of Note
        Answers in a thread, in the file's order.
    """

    row: int
    column: int
    text: str
    author: str = ""
    date: str = ""
    replies: tuple[Note, ...] = ()


class Hyperlink(NamedTuple):
    """A link on cells.

    Attributes
    ----------
    area : Area
        The cells.
    target : str
        Address or file; "" for a place in this workbook.
    location : str
        Place in the workbook or behind the address.
    """

    area: Area
    target: str
    location: str


def read_people(package: Package, workbook: str) -> dict[str, str]:
    """Names of those who wrote threaded comments, by their id."""
    return {
        one.get("id", ""): one.get("displayName", "")
        for part in package.related(workbook, "person")
        for one in package.tree(part).iterchildren(f"{_THREADS}person")
    }


def read_notes(package: Package, sheet: str, people: dict[str, str]) -> tuple[Note, ...]:
    """Notes and threads of a sheet's part, by row and column.

    A cell with a thread also has a note that explains it to older programs: it is left out. Where
    a program has lost the thread and kept that note, what the person wrote is taken out of it.
    """
    threads = [
        thread
        for part in package.related(sheet, "threadedComment")
        for thread in _read_threads(package.tree(part), people)
    ]
    taken = {thread[:2] for thread in threads}
    notes = [
        note
        for part in package.related(sheet, "comments")
        for note in _read_legacy(package.tree(part))
        if note[:2] not in taken
    ]
    return tuple(sorted((*threads, *notes), key=lambda note: note[:2]))


def read_hyperlinks(package: Package, sheet: str, root: Element) -> tuple[Hyperlink, ...]:
    """Links of a sheet's part; links that a formula makes are no part of it."""
    relations = package.relationships(sheet)
    found = []
    for one in root.iterfind(f"{MAIN}hyperlinks/{MAIN}hyperlink"):
        area = parse_area(one.get("ref", ""))
        if area is None:
            package.damaged(sheet, f"a link lies at '{one.get('ref', '')[:40]}'")
        relation = relations.get(one.get(RELATION_ID, ""))
        found.append(
            Hyperlink(
                area,
                relation.target if relation else "",
                decode(one.get("location", "")),
            )
        )
    return tuple(found)


def _read_legacy(root: Element) -> list[Note]:
    authors = [decode(one.text or "") for one in root.iterfind(f"{MAIN}authors/{MAIN}author")]
    found = []
    for one in root.iterfind(f"{MAIN}commentList/{MAIN}comment"):
        place = parse_cell(one.get("ref", ""))
        if place is None:
            continue
        author = numbered(authors, one.get("authorId")) or ""
        text = rich_text(one.find(f"{MAIN}text"))
        if _STAND_IN.fullmatch(author):
            own = _STAND_IN_TEXT.search(text.replace("\r\n", "\n"))
            text, author = own[1].rstrip() if own else text, ""
        found.append(Note(*place, text, author))
    return found


def _read_threads(root: Element, people: dict[str, str]) -> list[Note]:
    """Threads: the first comment of each, with the others as its replies."""
    first: dict[str, Note] = {}
    replies: dict[str, list[Note]] = {}
    for one in root.iterchildren(f"{_THREADS}threadedComment"):
        place = parse_cell(one.get("ref", ""))
        if place is None:
            continue
        note = Note(
            *place,
            one.findtext(f"{_THREADS}text", ""),
            people.get(one.get("personId", ""), ""),
            one.get("dT", ""),
        )
        if parent := one.get("parentId"):
            replies.setdefault(parent, []).append(note)
        else:
            first[one.get("id", str(len(first)))] = note
    lost = [note for parent, notes in replies.items() if parent not in first for note in notes]
    return [
        *(note._replace(replies=tuple(replies.get(key, ()))) for key, note in first.items()),
        *lost,
    ]
