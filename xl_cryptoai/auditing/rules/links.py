"""A cell that only repeats another one repeats the right one."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.forecast.steps import STEPS
from xl_cryptoai.formulas.targets import referenced_cell
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Name, Ref, Structured
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.labels import labels_of
from xl_cryptoai.reading.tables import CASE_HEADERS

_SAME = {"Published": ("Published", "Published base")}


def check(book: Book) -> Iterator[Finding]:
    """Hold the id and the case of every plain reference against those of its own row and column."""
    labels = labels_of(book)
    for place in book.formula_cells:
        label, form = labels.label(place), book.form(place)
        if label is None or form is None or not isinstance(form.tree, (Ref, Name, Structured)):
            continue
        if label.id in STEPS and labels.rows[place.sheet][place.row][1]:
            continue  # on sheet Forecast: another rule
        target = referenced_cell(form.tree, place)
        other = labels.label(target) if target is not None else None
        head = label.header
        if head not in CASE_HEADERS.values() and head not in _SAME:
            continue
        where, what = str(place), ""
        if other is None:
            written = formula_text(form.tree, place.row, place.column)
            what = f"repeats {written}, which is no assumption and no step"
        elif other.id != label.id:
            what = f"repeats {other.id} in the row of {label.id}"
        elif other.header not in _SAME.get(head, (head,)):
            what = f"repeats case {other.header} in the column of {head}"
        if what:
            yield Finding(where, what, f"refer to {label.id} in case {head}")


RULE = Rule(
    "link_target",
    "A cell that repeats a result repeats that of its own row and case",
    "FAST 3.03-03 Do not create daisy chains; links point to the source of what they are called",
    check,
)
