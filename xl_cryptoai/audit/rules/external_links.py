"""No links to other workbooks or data sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.formulas import references_in
from xl_cryptoai.audit.rules.entry import Finding, Rule

_OTHER_BOOK = re.compile(r"'?[^'\[\]]*\[[^\]]+\][^!]*!.*")
_CURE = "break the link (Data, Edit Links or Connections)"
_TYPES = {".connections+xml": "has a data connection", ".queryTable+xml": "has a query"}


def check(book: Book) -> Iterator[Finding]:
    """Look at the links and connections of the file, and at every formula and name."""
    for number, link in book.file.external_links.items():
        what = f"leads to {link.target or 'a file that is not named'}"
        yield Finding(f"link [{number}]", what, _CURE)
    for part, kind in book.file.package.content_types.items():
        for ending, what in _TYPES.items():
            if kind.endswith(ending):
                yield Finding(part, what, _CURE)
    cells = {str(place): formula for place, formula in book.formula_cells.items()}
    named = {f"name {one.name}": f"={one.text}" for one in book.names}
    for where, formula in {**cells, **named}.items():
        for reference in references_in(formula):
            if _OTHER_BOOK.fullmatch(reference):
                cure = "bring the figure into an input cell"
                yield Finding(where, f"refers to {reference}", cure)


RULE = Rule(
    "external_links",
    "Nothing comes from another workbook or data source",
    "FAST section 1.03 Multiple workbook models (links between workbooks are avoided)",
    check,
)
