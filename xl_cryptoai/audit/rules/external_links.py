"""No links to other workbooks or data sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_cryptoai.audit.book import Book
from xl_cryptoai.audit.formulas import references_in
from xl_cryptoai.audit.rules.entry import Finding, Rule

_OTHER_BOOK = re.compile(r"'?[^'\[\]]*\[[^\]]+\][^!]*!.*")
_PARTS = {
    "xl/externallinks/externallink": "links to another workbook",
    "xl/connections": "has a data connection",
    "xl/querytables/": "has a query",
}


def check(book: Book) -> Iterator[Finding]:
    """Look at the parts of the file, and at every formula and name."""
    for part in book.parts:
        for start, what in _PARTS.items():
            if part.lower().startswith(start) and not part.endswith(".rels"):
                yield Finding(part, what, "break the link (Data, Edit Links or Connections)")
    named = {f"name {name}": f"={entry.attr_text or ''}"
             for name, entry in book.formulas.defined_names.items()}  # fmt: skip
    cells = {str(place): formula for place, formula in book.formula_cells.items()}
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
