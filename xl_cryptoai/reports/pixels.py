"""Pictures as files: SVG as it is, or drawn as pixels for programs that take no SVG."""

from __future__ import annotations

from pathlib import Path

ENDINGS = (".svg", ".png")
"""What a picture's file name can end in; the ending decides how it is written."""

SCALE = 2
"""Pixels for each of the picture's own, so that it stays sharp when it is printed."""


def is_picture(path: Path) -> bool:
    """Return whether a file name ends as that of a picture.

    >>> is_picture(Path("total.PNG")), is_picture(Path("book.xlsx"))
    (True, False)
    """
    return path.suffix.lower() in ENDINGS


def picture_file(svg: str, path: Path) -> bytes:
    """Return the content of a picture's file, as the ending of its name says.

    Parameters
    ----------
    svg : str
        One of our documents.
    path : Path
        The file; its name ends in one of `ENDINGS`.

    Raises
    ------
    FileRefusedError
        As `png`.
    """
    return png(svg) if path.suffix.lower() == ".png" else svg.encode()


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
            f"the picture cannot be drawn as PNG ({error}); reinstall resvg-py, or use the SVG"
        ) from error


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, in the pixels of the SVG that it was drawn from."""
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    return width // SCALE, height // SCALE
