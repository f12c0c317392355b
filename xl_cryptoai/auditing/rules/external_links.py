"""No links to other workbooks or data sources."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Finding, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.text import formula_text
from xl_cryptoai.formulas.tree import Call, Error, Name, Node, Ref, Structured
from xl_cryptoai.reading.book import Book, Place

_CURE = "break the link (Data, Edit Links or Connections)"
_TYPES = {".connections+xml": "has a data connection", ".queryTable+xml": "has a query"}


def check(book: Book) -> Iterator[Finding]:
    """Look at the links and connections of the file, and at every formula and name."""
    for number, link in book.file.external_links.items():
        what = f"leads to {link.target or 'a file that is not named'}"
        yield Finding(f"link [{number}]", what, _CURE)
    for name, kind in book.file.package.content_types.items():
        for ending, what in _TYPES.items():
            if kind.endswith(ending):
                yield Finding(name, what, _CURE)
    forms = {block.form for block in book.blocks}
    elsewhere = {form: found for form in forms if (found := _elsewhere(form))}
    places = book.formula_cells if elsewhere else ()
    where = [(str(place), place, book.form(place)) for place in places]
    named = [(f"name {one.name}", Place("", 1, 1), book.graph.forms.of(one.text, 1, 1))
             for one in book.names]  # fmt: skip
    for cell, place, form in [*where, *named]:
        for part in elsewhere.get(form) or _elsewhere(form) if form is not None else ():
            what = f"refers to {formula_text(part, place.row, place.column)}"
            yield Finding(cell, what, "bring the figure into an input cell")


def _elsewhere(form: Form) -> list[Node]:
    """List the parts of a formula that lie in another workbook."""
    return [
        part
        for part in form.parts
        if isinstance(part, (Ref, Name, Structured, Call, Error))
        and part.prefix is not None
        and part.prefix.book not in ("", "0")
    ]


RULE = Rule(
    "external_links",
    "Nothing comes from another workbook or data source",
    "FAST section 1.03 Multiple workbook models (links between workbooks are avoided)",
    check,
)
