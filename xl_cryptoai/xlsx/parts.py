"""One part as XML: in UTF-8, in Transitional namespaces, and harmless to a parser."""

from __future__ import annotations

import re
from typing import TypedDict

from lxml import etree

MEBIBYTE = 2**20
MAX_ATTRIBUTES = 10_000
"""Attributes of one XML tag: parsers keep them all at once."""
MAX_LENGTH = MEBIBYTE
"""Letters of one XML tag and the text behind it; the longest text of a cell has 32,767."""

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Element = etree._Element


class _Parsing(TypedDict):
    encoding: str
    resolve_entities: bool
    no_network: bool
    remove_comments: bool
    remove_pis: bool


PARSING: _Parsing = {
    "encoding": "utf-8",  # whatever the part says: it was searched in that encoding
    "resolve_entities": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
}
"""How every part is parsed; a deep tree and a text of many megabytes are refused besides."""

_LONG = re.compile(rb"<[^<]{20000,}")
"""A tag and the text behind it, if they are long enough for more attributes than allowed."""
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_READ = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_STRICT = re.compile(
    rb"""(xmlns(?::[\w.-]+)?\s*=\s*)(["'])http://purl\.oclc\.org/ooxml/(\w+)/(\w+)\2"""
)
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0")
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


class UnsafePartError(ValueError):
    """A part that no spreadsheet writes; says why, to stand behind the part's name."""


def checked(part: bytes) -> bytes:
    """Part in UTF-8 with Transitional namespaces.

    Raises
    ------
    UnsafePartError
        If it is made to choke a parser, or is in an encoding that no spreadsheet writes.
    """
    part = _as_utf8(part)
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise UnsafePartError("declares a document type, which no spreadsheet writes")
    for found in _LONG.finditer(part):
        if found[0].count(b"=") > MAX_ATTRIBUTES:
            raise UnsafePartError(f"has more than {MAX_ATTRIBUTES:,} attributes in one tag")
        if len(found[0]) > MAX_LENGTH:
            raise UnsafePartError(f"has a text of more than {MAX_LENGTH:,} letters")
    return _STRICT.sub(_transitional, part) if b"http://purl.oclc.org" in part else part


def free(element: Element) -> None:
    """Forget what lies in an element, and the elements before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _as_utf8(part: bytes) -> bytes:
    """Part in UTF-8: what is searched for would not be recognised in 16 bits."""
    if part.startswith(_UTF32):
        raise UnsafePartError("is in UTF-32, which no spreadsheet writes")
    code = _UTF16.get(part[:2])
    if code is not None:
        try:
            return part.decode(code).encode()
        except UnicodeError as error:
            raise UnsafePartError(f"is damaged ({error})") from None
    part = part.removeprefix(b"\xef\xbb\xbf")
    said = _ENCODING.match(part[:1_000])
    if said and said[1].lower() not in _READ:
        raise UnsafePartError(
            f"is encoded in {said[1].decode('latin-1')[:40]}, which no spreadsheet writes"
        )
    return part


def _transitional(match: re.Match[bytes]) -> bytes:
    start, quote, area, name = match.groups()
    if name == b"extendedProperties":
        name = b"extended-properties"
    return b"".join(
        (start, quote, b"http://schemas.openxmlformats.org/", area, b"/2006/", name, quote)
    )
