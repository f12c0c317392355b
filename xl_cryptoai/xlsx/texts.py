"""What attributes and texts say: escapes decoded, rich text joined, yes and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from xl_cryptoai.xlsx.parts import MAIN, Element

T = TypeVar("T")

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\0-\x08\v\f\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_T, _R = f"{MAIN}t", f"{MAIN}r"


def decode(text: str) -> str:
    r"""Text with characters that XML cannot hold put back: `_x000D_` is a carriage return.

    >>> decode("a_x000D_b"), decode("_x005F_x000D_")
    ('a\rb', '_x000D_')
    """
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        # a character beyond 16 bits is escaped in two halves; a half alone is no character
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def encode(text: str) -> str:
    r"""Text as a file holds it: what XML cannot hold is escaped, so that `decode` gives it back.

    >>> encode("a\0b"), encode("_x000D_")
    ('a_x0000_b', '_x005F_x000D_')
    """
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def rich_text(element: Element | None) -> str:
    """Text of an element that holds runs, such as a shared string or a note; "" if None."""
    if element is None:
        return ""
    words = []
    for child in element:
        if child.tag == _T:
            words.append(child.text or "")
        elif child.tag == _R:
            words.extend(run.text or "" for run in child.iterchildren(_T))
    return decode("".join(words))


def is_true(text: str | None) -> bool:
    """Whether an attribute says yes."""
    return text in ("1", "true", "on")


def is_zero(text: str | None) -> bool:
    """Whether an attribute says a size of nothing, such as `0` or `0.00`."""
    return bool(text) and not str(text).strip("0.")


def whole(text: str | None) -> int:
    """Whole number that an attribute says; 0 if it says none."""
    # Python refuses to read thousands of digits; a number so large is out of any range
    return int(text[:18]) if text and text.isdecimal() else 0


def numbered(found: Sequence[T], text: str | None) -> T | None:
    """What stands at a number that an attribute says, counted from 0; None if nothing does."""
    number = whole(text)
    return found[number] if text and text.isdecimal() and number < len(found) else None
