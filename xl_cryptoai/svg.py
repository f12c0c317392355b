"""What the pictures share: an SVG document without outside parts, and text in it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

INK, FAINT = "#1a1a1a", "#767676"

_STYLE = """text{font-family:'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#1a1a1a}
.head{font-size:19px;font-weight:600}.small{font-size:12.5px;fill:#595959}
.name{font-size:14px}.figure{font-size:14px;font-variant-numeric:tabular-nums}
.strong{font-weight:600}"""


def document(
    size: tuple[int, int], title: str, about: str, body: Iterable[str], parts: str = ""
) -> str:
    """Put a picture together.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    title, about : str
        What it is and what it shows, in words, for those who cannot see it.
    body : iterable of str
        Its elements.
    parts : str
        Definitions that the elements refer to.

    Returns
    -------
    str
        An SVG document.
    """
    width, height = size
    defined = [f"<defs>{parts}</defs>"] if parts else []
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby="title about">',
            f'<title id="title">{safe(title)}</title>',
            f'<desc id="about">{safe(about)}</desc>',
            f"<style>{_STYLE}</style>",
            *defined,
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, look: str, anchor: str = "") -> str:
    """Write words at a place, in a look of the style, from there or ending or centred there."""
    place = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{look}"{place}>{safe(words)}</text>'


def safe(words: str) -> str:
    r"""Escape a text; signs that XML cannot hold become question marks.

    >>> safe("a < b\x00")
    'a &lt; b?'
    """
    held = (sign if sign >= " " and not "\ud800" <= sign <= "\udfff" else "?" for sign in words)
    return escape("".join(held))
