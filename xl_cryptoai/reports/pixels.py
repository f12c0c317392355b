"""Draws our pictures as pixels, for programs that take no SVG."""

from __future__ import annotations

SCALE = 2
"""Pixels for each of the picture's own, so that it stays sharp when it is printed."""


def png(svg: str) -> bytes:
    """Draw an SVG picture as PNG, twice as large, with the fonts of this machine.

    Parameters
    ----------
    svg : str
        One of our documents.

    Raises
    ------
    FileRefusedError
        If the library that draws is missing here, or does not take the picture.
    """
    from xl_cryptoai.errors import FileRefusedError

    try:
        import resvg_py

        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=SCALE))
    except (ImportError, ValueError) as error:
        raise FileRefusedError(
            f"the picture cannot be drawn as PNG ({error}); install resvg-py again, or use the SVG"
        ) from error


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, in the pixels of the SVG that it was drawn from."""
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    return width // SCALE, height // SCALE
