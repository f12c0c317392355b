"""What the pictures of the audit share: frame, words and colours of an SVG document.

Colours are a pair that colour-blind eyes tell apart; what goes down is hatched as well, so that a
grey print also says it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

UP, DOWN, TOTAL = "#3a86c8", "url(#down)", "#262626"
INK, FAINT = "#1a1a1a", "#767676"
_HATCH = (
    '<defs><pattern id="down" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="7" height="7" fill="#f5b55a"/>'
    '<rect width="1.6" height="7" fill="#7a4a00"/></pattern></defs>'
)
_STYLE = """text{font-family:'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#1a1a1a}
.head{font-size:19px;font-weight:600}.small{font-size:12.5px;fill:#595959}
.name{font-size:14px}.figure{font-size:14px;font-variant-numeric:tabular-nums}
.strong{font-weight:600}"""


def document(size: tuple[int, int], title: str, about: str, body: Iterable[str]) -> str:
    """Frame a drawing as an SVG document without outside parts.

    Parameters
    ----------
    size : tuple of int
        Width and height.
    title, about : str
        What a reader hears who does not see it: its title, and what it says.
    body : iterable of str
        The elements.
    """
    width, height = size
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby="title about">',
            f'<title id="title">{safe(title)}</title>',
            f'<desc id="about">{safe(about)}</desc>',
            f"<style>{_STYLE}</style>",
            _HATCH,
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def as_image(svg: str, words: str) -> str:
    """Put a drawing into a page as an image: its style and its ids stay its own."""
    data = b64encode(svg.encode("utf-8")).decode("ascii")
    return f"<img alt='{escape(words)}' src='data:image/svg+xml;base64,{data}'>"


def text(x: float, y: float, words: str, look: str, anchor: str = "") -> str:
    """Write words at a place."""
    place = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{look}"{place}>{safe(words)}</text>'


def safe(words: str) -> str:
    """Escape a text; signs that XML cannot hold become question marks."""
    held = (sign if sign >= " " and not "\ud800" <= sign <= "\udfff" else "?" for sign in words)
    return escape("".join(held))
