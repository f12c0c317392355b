"""A cell that only repeats another one repeats the right one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_cryptoai.auditing.rules.entry import Finding, Kind, Rule
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.formulas.targets import referenced_cell
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Name, Ref, Structured
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.labels import labels_of
from xl_cryptoai.reading.tables import base_headers, case_headers

NO_ROW = Kind("link_to_nothing_known", "reference", "about", "case")
OTHER_ROW = Kind("link_to_other_row", "other", "about", "case")
OTHER_CASE = Kind("link_to_other_case", "other", "about", "case")


def check(book: Book) -> Iterator[Finding]:
    """Hold the id and the case of every plain reference against those of its own row and column."""
    labels, cases = labels_of(book), case_headers(book.model).values()
    same = {base_headers(book.model)[0]: base_headers(book.model)}
    for place in book.formula_cells:
        label, form = labels.label(place), book.form(place)
        if label is None or form is None or not isinstance(form.tree, (Ref, Name, Structured)):
            continue
        if label.id in book.model.steps and labels.rows[place.sheet][place.row][1]:
            continue  # on sheet Forecast: another rule
        target = referenced_cell(form.tree, place)
        other = labels.label(target) if target is not None else None
        head = label.header
        if head not in cases and head not in same:
            continue
        own: dict[str, Any] = {"about": label.id, "case": head}
        if other is None:
            written = formula_text(form.tree, place.row, place.column)
            yield NO_ROW(reference=written, **own).at(place)
        elif other.id != label.id and not _is_all_of(book.model, label.id, other.id):
            yield OTHER_ROW(other=other.id, **own).at(place)
        elif other.id == label.id and other.header not in same.get(head, (head,)):
            yield OTHER_CASE(other=other.header, **own).at(place)


def _is_all_of(model: Model, name: str, other: str) -> bool:
    """Whether a step is computed from another figure alone, as the total of one segment is."""
    return name in model.steps and model.steps[name].inputs == (other,)


RULE = Rule(
    "link_target",
    "A cell that repeats a result takes it from its own row and case",
    "FAST 3.03-03 Do not create daisy chains; links point to the source of what they are called",
    check,
)
