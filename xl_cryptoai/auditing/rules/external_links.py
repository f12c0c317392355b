"""No links to other workbooks or data sources."""

from __future__ import annotations

from collections.abc import Iterator

from xl_cryptoai.auditing.rules.entry import Fault, Finding, Kind, Rule
from xl_cryptoai.formulas.relative import Form
from xl_cryptoai.formulas.tree import Call, Error, Name, Ref, Structured
from xl_cryptoai.reading.book import Book
from xl_cryptoai.reading.findings import NOTE

LINK = Kind("external_link", "number", "target")
ADD_IN_LINK = Kind("add_in_link", "number", "target")
CONNECTION = Kind("data_connection", "part")
QUERY = Kind("query", "part")
REFERENCE = Kind("external_reference", "book", "sheet", "name")
PART = Kind("external_part", "what", "target", "part")
EMBEDDED = Kind("embedded_object", "part")
_OBJECTS = ("oleObject", "package", "control")
_TYPES = {".connections+xml": CONNECTION, ".queryTable+xml": QUERY}


def check(book: Book) -> Iterator[Finding]:
    """Look at the links and connections of the file, and at every formula and name."""
    for number, link in book.file.external_links.items():
        if number in book.add_in_links:
            yield ADD_IN_LINK(number=number, target=link.target).at(severity=NOTE)
        else:
            yield LINK(number=number, target=link.target).at()
    for name, content_type in book.file.package.content_types.items():
        for ending, kind in _TYPES.items():
            if content_type.endswith(ending):
                yield kind(part=name).at()
    yield from _parts_outside(book)
    forms = {block.form for block in book.blocks}
    elsewhere = {form: found for form in forms if (found := _elsewhere(book, form))}
    for place in book.formula_cells if elsewhere else ():
        form = book.form(place)
        for fault in elsewhere.get(form, ()) if form is not None else ():
            yield fault.at(place)
    for one in book.names:
        for fault in _elsewhere(book, book.graph.forms.of(one.text, 1, 1)):
            yield fault.at(name=one.name)


def _parts_outside(book: Book) -> Iterator[Finding]:
    """Look at what parts of any kind take from outside, and at what other programs open."""
    package = book.file.package
    for part, one in package.outside():
        is_link = package.type_of(part).endswith(".externalLink+xml")
        if one.kind != "hyperlink" and not is_link:
            yield PART(what=one.kind, target=one.target, part=part).at()
    for sheet in book.worksheets.values():
        for one in package.relationships(sheet.part).values():
            if one.kind in _OBJECTS and not one.external:
                yield EMBEDDED(part=one.target).at(sheet.title)
    for part in book.file.parts_of_kind("customXml"):
        content = package.unpack(part).replace(b"\0", b"")  # UTF-16 or not
        if b"DataMashup" in content:
            yield QUERY(part=part).at()


def _elsewhere(book: Book, form: Form) -> list[Fault]:
    """List what a formula takes from other workbooks: book, and sheet or name, not the cell."""
    found: dict[Fault, None] = {}
    for part in form.parts:
        if not isinstance(part, (Ref, Name, Structured, Call, Error)) or part.prefix is None:
            continue
        number = part.prefix.book
        if number not in ("", "0"):
            link = book.file.external_links.get(int(number)) if number.isdigit() else None
            target = link.target if link is not None and link.target else f"[{number}]"
            if isinstance(part, Call) and book.is_of_add_in(number, part.name):
                continue  # the functions of our add-in take nothing from another workbook
            name = part.name if isinstance(part, (Name, Call)) else ""
            found[REFERENCE(book=target, sheet=part.prefix.first, name=name)] = None
    return list(found)


RULE = Rule(
    "external_links",
    "Nothing comes from another workbook or data source",
    "FAST section 1.03 Multiple workbook models (links between workbooks are avoided)",
    check,
)
