"""Notes and threaded comments that people put on cells."""

from __future__ import annotations

from typing import NamedTuple

from xl_cryptoai.reading.book import Book, Place, once_a_book
from xl_cryptoai.xlsx.notes import Note

PRODUCT = "xl-cryptoai"
"""The author of the template's own notes, and of lines in the change log that nobody typed."""


class NoteText(NamedTuple):
    """What a note says, in one line, and who wrote it; "" if nobody or the template did."""

    text: str
    author: str

    def __str__(self) -> str:
        return f"{self.text} ({self.author})" if self.author else self.text


@once_a_book
def notes_of(book: Book) -> dict[Place, NoteText]:
    """Notes by cell.

    The template's own are among them: LibreOffice drops authors, so they cannot be left out by
    their author, but one that nobody has touched reads the same in both workbooks.
    """
    return {
        Place(title, note.row, note.column): NoteText(
            " ".join(said_in(note).split()), _person(note.author)
        )
        for title, sheet in book.worksheets.items()
        for note in sheet.notes
    }


def _person(author: str) -> str:
    return "" if author.strip() == PRODUCT else author.strip()


def said_in(note: Note) -> str:
    """What a note says, with its date if it has one, and the answers below a comment."""
    day = f" ({note.date[:10]})" if note.date else ""
    replies = (
        f"; {reply.author.strip() or 'an unknown author'} answers: {said_in(reply)}"
        for reply in note.replies
    )
    return f"{note.text.strip()}{day}{''.join(replies)}"
