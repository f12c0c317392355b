"""Text from files, safe to show: what a terminal or a spreadsheet would act on is written out."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    # controls, marks that turn the direction of writing, separators that end a line
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_UNSEEN_BUT_LINES = re.compile(_UNSEEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def visible(text: str, *, lines: bool = False) -> str:
    r"""Write characters that nobody sees as escapes.

    Parameters
    ----------
    text : str
        From a cell, a file name or another input.
    lines : bool
        Whether line ends and tabs stay: in a text of several lines.

    Examples
    --------
    >>> visible("a\x1b[31mb\nc"), visible("a\nb", lines=True)
    ('a\\x1b[31mb\\nc', 'a\nb')
    """
    unseen = _UNSEEN_BUT_LINES if lines else _UNSEEN
    return unseen.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def visible_json(text: str) -> str:
    r"""Write characters that nobody sees as JSON escapes, in a text that is JSON.

    >>> visible_json('"a\u202eb"')
    '"a\\u202eb"'
    """
    return _UNSEEN_BUT_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def csv_text(text: str) -> str:
    """Write a text for a CSV file so that no spreadsheet takes it for a formula.

    >>> csv_text("=1+1"), csv_text("base")
    ("'=1+1", 'base')
    """
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
