"""What every drawn chart has in common: one self-contained SVG picture, its texts and colours.

Two directions differ in colour (a pair that colour-blind eyes tell apart), in brightness and in
hatching, so that a picture also says it in grey print.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap

from xl_cryptoai.palette import FAINT, INK, LOWERS, PAPER, SOFT, STRIPES, series, words_on
from xl_cryptoai.reports.plain import visible

HATCHED = "url(#hatched)"
"""What lowers, with dark stripes, in a picture that has `HATCHING` among its parts."""
HATCHING = (
    '<pattern id="hatched" width="7" height="7" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="7" height="7" fill="{LOWERS}"/>'
    f'<rect width="1.6" height="7" fill="{STRIPES}"/></pattern>'
)
WIDTH, MARGIN = 960, 24
_LINE = 150
"""Small letters in a line as wide as the picture."""
ROW, BAR = 34, 20
"""Of a chart with a bar a row: from one row to the next, and the bar's thickness."""

_STYLE = f"""text{{font-family:'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:{INK}}}
.head{{font-size:19px;font-weight:600}}.small{{font-size:12.5px;fill:{SOFT}}}
.name{{font-size:14px}}.figure{{font-size:14px;font-variant-numeric:tabular-nums}}
.on-dark,.on-light{{font-size:13px}}text.on-dark{{fill:{PAPER}}}.strong{{font-weight:600}}.halo{{paint-order:stroke;stroke:{PAPER};stroke-width:5px}}"""


def document(
    size: tuple[int, int], title: str, about: str, body: Iterable[str], parts: str = ""
) -> str:
    """Put a picture together.

    Parameters
    ----------
    size : tuple of int
        Width and height, in pixels.
    title, about : str
        What it is and what it shows, in words, for whoever cannot see it.
    body : iterable of str
        Its elements.
    parts : str
        Definitions that the elements refer to, such as `HATCHING`.

    Returns
    -------
    str
        An SVG document without outside parts.
    """
    width, height = size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title about">',
        f'<title id="title">{safe(title)}</title>',
        f'<desc id="about">{safe(about)}</desc>',
        f"<style>{_STYLE}</style>",
        f"<defs>{parts}</defs>",
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def heading(title: str, subtitle: str) -> Iterator[str]:
    """Write what stands above a chart; the chart has the room from y = 70 on."""
    yield text(MARGIN, 36, title, "head")
    yield text(MARGIN, 60, subtitle, "small")


def text(x: float, y: float, words: str, look: str, anchor: str = "") -> str:
    """Write words; their looks are head, small, name, figure, strong and halo.

    >>> text(10, 20, "R&D", "small", "end")
    '<text x="10.0" y="20.0" class="small" text-anchor="end">R&amp;D</text>'
    """
    place = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{look}"{place}>{safe(words)}</text>'


def box(ends: tuple[float, float], top: float, height: float, fill: str) -> str:
    """Draw a bar between two places from left to right, whichever comes first.

    >>> box((30, 10), 5, 20, "#262626")
    '<rect x="10.0" y="5.0" width="20.0" height="20" fill="#262626"/>'
    """
    left, right = sorted(ends)
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{height:g}" '
        f'fill="{fill}"/>'
    )


def line(x: float, top: float, bottom: float, colour: str = FAINT, dash: str = "") -> str:
    """Draw a line from top to bottom.

    >>> line(10, 20, 30, dash="5 4")
    '<line x1="10.0" x2="10.0" y1="20.0" y2="30.0" stroke="#767676" stroke-dasharray="5 4"/>'
    """
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" '
        f'stroke="{colour}"{dashes}/>'
    )


def look_on(number: int) -> str:
    """Return the look of words on a part of a whole.

    >>> look_on(0), look_on(1)
    ('on-dark', 'on-light')
    """
    return "on-dark" if words_on(series(number)) == PAPER else "on-light"


def width_of(words: str, size: float = 13) -> float:
    """Estimate how wide words are, in pixels: a letter is about half as wide as high.

    >>> width_of("10.2B")
    37.7
    """
    return round(0.58 * size * len(words), 1)


def wrapped(words: str) -> list[str]:
    """Part a sentence into lines as wide as the picture, at most two; more is cut with dots."""
    lines = wrap(words, _LINE)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][: _LINE - 4]} ..."]


def as_source(svg: str) -> str:
    """Write a picture as an address for an image: its style and its ids stay its own."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode('utf-8')).decode('ascii')}"


def safe(words: str) -> str:
    r"""Escape a text; signs that nobody sees are written out, others that XML lacks are `?`.

    >>> safe("a<b\x00")
    'a&lt;b\\x00'
    """
    held = ("?" if "\ud800" <= sign <= "\udfff" else sign for sign in visible(words))
    return escape("".join(held))
