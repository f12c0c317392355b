"""The add-in's icons, drawn from a few shapes and written as PNG.

Each is drawn on a square of side 1, y downwards, at the size that is asked for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = Callable[[Array, Array], NDArray[np.bool_]]
"""Says of points whether they are in it."""
Colour = tuple[int, int, int]

SIZES = (16, 32, 64, 80)
"""Pixels: 16, 32 and 80 on the ribbon; 32 and 64 in the list of add-ins."""
FINE = 8
"""Points along a pixel: its edges are as smooth as the square of this."""

BLUE: Colour = (31, 102, 173)
"""Seen on Excel's white and on its black."""
ORANGE: Colour = (214, 107, 31)
WHITE: Colour = (255, 255, 255)


def box(left: float, top: float, right: float, bottom: float, round_by: float = 0.0) -> Shape:
    """Return a rectangle with round corners."""

    def inside(x: Array, y: Array) -> NDArray[np.bool_]:
        across = np.maximum(np.abs(x - (left + right) / 2) - (right - left) / 2 + round_by, 0)
        down = np.maximum(np.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + round_by, 0)
        corner: NDArray[np.bool_] = across * across + down * down <= max(round_by, 1e-9) ** 2
        return corner

    return inside


def disc(x0: float, y0: float, radius: float) -> Shape:
    """Return a disc."""
    return lambda x, y: (x - x0) ** 2 + (y - y0) ** 2 <= radius**2


def stroke(x0: float, y0: float, x1: float, y1: float, width: float) -> Shape:
    """Return a straight stroke with round ends."""

    def inside(x: Array, y: Array) -> NDArray[np.bool_]:
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0, 1)
        far = (x - x0 - along * (x1 - x0)) ** 2 + (y - y0 - along * (y1 - y0)) ** 2
        near: NDArray[np.bool_] = far <= (width / 2) ** 2
        return near

    return inside


ICONS: dict[str, tuple[tuple[Shape, Colour], ...]] = {
    "open": (
        (box(0.04, 0.04, 0.96, 0.96, 0.16), BLUE),
        (box(0.20, 0.56, 0.34, 0.80), WHITE),
        (box(0.43, 0.40, 0.57, 0.80), WHITE),
        (box(0.66, 0.40, 0.80, 0.80), WHITE),
        (box(0.66, 0.20, 0.80, 0.40), ORANGE),
    ),
    "audit": (
        (box(0.14, 0.04, 0.78, 0.96, 0.06), BLUE),
        (box(0.26, 0.20, 0.66, 0.28), WHITE),
        (box(0.26, 0.38, 0.66, 0.46), WHITE),
        (box(0.26, 0.56, 0.46, 0.64), WHITE),
        (disc(0.70, 0.72, 0.27), ORANGE),
        (stroke(0.57, 0.72, 0.67, 0.82, 0.09), WHITE),
        (stroke(0.67, 0.82, 0.84, 0.63, 0.09), WHITE),
    ),
    "trace": (
        (stroke(0.50, 0.22, 0.20, 0.76, 0.08), BLUE),
        (stroke(0.50, 0.22, 0.80, 0.76, 0.08), BLUE),
        (disc(0.50, 0.22, 0.18), ORANGE),
        (disc(0.20, 0.78, 0.16), BLUE),
        (disc(0.80, 0.78, 0.16), BLUE),
    ),
    "simulate": (
        (box(0.04, 0.64, 0.18, 0.88), BLUE),
        (box(0.235, 0.38, 0.375, 0.88), BLUE),
        (box(0.43, 0.12, 0.57, 0.88), BLUE),
        (box(0.625, 0.30, 0.765, 0.88), ORANGE),
        (box(0.82, 0.58, 0.96, 0.88), BLUE),
    ),
}
"""Each icon by its name: its shapes from the lowest to the uppermost."""


def icon(name: str, size: int) -> bytes:
    """Draw an icon as a PNG with a clear ground, so many pixels wide and high."""
    ticks = (np.arange(size * FINE) + 0.5) / (size * FINE)
    x, y = np.meshgrid(ticks, ticks)
    points = np.zeros((size * FINE, size * FINE, 4))
    for shape, colour in ICONS[name]:
        points[shape(x, y)] = (*colour, 255)
    points[..., :3] *= points[..., 3:] / 255  # a clear point has no colour to mix in
    pixels = points.reshape(size, FINE, size, FINE, 4).mean(axis=(1, 3))
    covered = pixels[..., 3:] / 255
    pixels[..., :3] /= np.where(covered > 0, covered, 1)
    return _png(np.rint(pixels).astype(np.uint8))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels of red, green, blue and opacity as a PNG."""
    height, width, _ = pixels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, red to opacity
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
