"""Takes apart what stands before an exclamation mark, and what stands in a table's brackets."""

from __future__ import annotations

import re

from xl_cryptoai.formulas.tree import Prefix, Structured


def prefix_of(text: str) -> Prefix:
    """Take apart what stands before the exclamation mark.

    >>> prefix_of("'[1]My sheet'"), prefix_of("Jan:Mar")
    (Prefix(book='1', first='My sheet', last=''), Prefix(book='', first='Jan', last='Mar'))
    """
    if text.startswith("'"):
        text = text[1:-1].replace("''", "'")
    head, bracket, sheets = text.rpartition("]")
    book = head.replace("[", "", 1) if bracket else ""
    if not bracket and ("\\" in text or "/" in text):  # a file without a sheet: no sheet has these
        return Prefix(text)
    first, _, last = sheets.partition(":")
    return Prefix(book, first, last)


_ITEM = re.compile(r"\s*\[((?:[^\[\]']|'.)*)\]\s*([,:]?)", re.DOTALL)
_PLAIN = re.compile(r"\s*((?:[^\[\]']|'.)*?)\s*", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_ITEMS = ("#all", "#headers", "#data", "#totals", "#this row")


def table_reference(text: str, prefix: Prefix | None = None) -> Structured | None:
    """Take apart a reference to a table; None if its brackets hold nothing that is known.

    >>> table_reference("T[[#Headers],[a]:[b '[EUR']]]")
    Structured(table='T', items=('#headers',), first='a', last='b [EUR]', prefix=None)
    """
    table, _, inner = text.partition("[")
    inner = inner[:-1].strip(" ")
    items: list[str] = []
    if inner.startswith("@"):
        items.append("#this row")
        inner = inner[1:].lstrip(" ")
    columns: list[str] = []
    if not inner.startswith("["):
        if inner.lower() in _ITEMS:
            items.append(inner.lower())
        elif inner:
            columns.append(_ESCAPED.sub(r"\1", inner))
        return _of_columns(table, items, columns, prefix)
    at, joint = 0, ","
    while joint:
        match = _ITEM.match(inner, at)
        if match is None:
            return None
        word = match[1]
        if word.lower() in _ITEMS:
            items.append(word.lower())
        elif columns and joint != ":":
            return None
        else:
            columns.append(_ESCAPED.sub(r"\1", word))
        at, joint = match.end(), match[2]
    return _of_columns(table, items, columns, prefix) if at == len(inner) else None


def _of_columns(
    table: str, items: list[str], columns: list[str], prefix: Prefix | None
) -> Structured | None:
    if len(columns) > 2:
        return None
    first = columns[0] if columns else None
    return Structured(table, tuple(items), first, columns[-1] if columns else None, prefix)
