"""Tells sheets that our buttons wrote, such as a trace, from sheets of the model."""

from __future__ import annotations

from xl_cryptoai.formulas.tree import Name, Ref
from xl_cryptoai.reading.book import TECHNICAL_SHEETS, Book, once_a_book
from xl_cryptoai.xlsx import Sheet

REPORT_MARK = "Written by xl-cryptoai "
"""With what the second row of such a sheet begins."""
MARK_ROW = 2


def model_sheets(book: Book) -> list[Sheet]:
    """List the sheets for people that show and are no reports."""
    return [sheet for sheet in book.sheets if sheet.title not in reports_in(book)]


@once_a_book
def reports_in(book: Book) -> frozenset[str]:
    """Return the sheets that say that they are reports, and that nothing depends on.

    On such a sheet no formula refers to a cell: links to cells are texts. A sheet on which
    somebody has begun to calculate is one of the model, whatever it says.
    """
    marked = {
        title
        for title, rows in book.texts.items()
        if rows.get(MARK_ROW, {}).get(1, "").startswith(REPORT_MARK)
    }
    if not marked:
        return frozenset()
    used: set[str] = set()
    for block in book.blocks:
        for part in block.form.references:
            used.add(block.area.sheet)
            if isinstance(part, (Ref, Name)) and part.prefix is not None:
                used |= {part.prefix.first, part.prefix.last}
    names = " ".join(one.text for one in book.names).lower()
    low = {title.lower() for title in used}
    return frozenset(
        title
        for title in marked - set(TECHNICAL_SHEETS)
        if title.lower() not in low and title.lower().replace("'", "''") not in names
    )
