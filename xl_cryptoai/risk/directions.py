"""Directions of the Sobol sequence: which bits of a point each bit of its number turns.

The sequence is computed here rather than by scipy for three reasons: a block in the middle of it
costs no more than its beginning, so that any worker can draw any block; a whole block is one
exclusive or of a known one; and importing `scipy.stats` alone takes longer than 10,000 draws.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from xl_cryptoai.errors import OutOfRangeError

Bits = NDArray[np.uint32]

WIDTH = 32
"""Bits of a coordinate, and of a point's number."""

_STARTS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (3, (1,)),
    (7, (1, 3)),
    (11, (1, 3, 1)),
    (13, (1, 1, 1)),
    (19, (1, 1, 3, 3)),
    (25, (1, 3, 5, 13)),
    (37, (1, 1, 5, 5, 17)),
    (41, (1, 1, 5, 5, 5)),
    (47, (1, 1, 7, 11, 19)),
    (55, (1, 1, 5, 1, 1)),
    (59, (1, 1, 1, 3, 11)),
    (61, (1, 3, 5, 5, 31)),
    (67, (1, 3, 3, 9, 7, 49)),
    (91, (1, 1, 1, 15, 21, 21)),
    (97, (1, 3, 1, 13, 27, 49)),
    (103, (1, 1, 1, 15, 7, 5)),
    (109, (1, 3, 1, 15, 13, 25)),
    (115, (1, 1, 5, 5, 19, 61)),
    (131, (1, 3, 7, 11, 23, 15, 103)),
    (137, (1, 3, 7, 13, 13, 15, 69)),
    (143, (1, 1, 3, 13, 7, 35, 63)),
    (145, (1, 3, 5, 9, 1, 25, 53)),
    (157, (1, 3, 1, 13, 9, 35, 107)),
    (167, (1, 3, 1, 5, 27, 61, 31)),
    (171, (1, 1, 5, 11, 19, 41, 61)),
    (185, (1, 3, 5, 3, 3, 13, 69)),
    (191, (1, 1, 7, 13, 1, 19, 1)),
    (193, (1, 3, 7, 5, 13, 19, 59)),
    (203, (1, 1, 3, 9, 25, 29, 41)),
    (211, (1, 3, 5, 13, 23, 1, 55)),
    (213, (1, 3, 7, 3, 13, 59, 17)),
    (229, (1, 3, 1, 3, 5, 53, 69)),
    (239, (1, 1, 5, 5, 23, 33, 13)),
    (241, (1, 1, 7, 7, 1, 61, 123)),
    (247, (1, 1, 7, 9, 13, 61, 49)),
    (253, (1, 3, 3, 5, 3, 55, 33)),
    (285, (1, 3, 1, 15, 31, 13, 49, 245)),
    (299, (1, 3, 5, 15, 31, 59, 63, 97)),
    (301, (1, 3, 1, 11, 11, 11, 77, 249)),
    (333, (1, 3, 1, 11, 27, 43, 71, 9)),
    (351, (1, 1, 7, 15, 21, 11, 81, 45)),
    (355, (1, 3, 7, 3, 25, 31, 65, 79)),
    (357, (1, 3, 1, 1, 19, 11, 3, 205)),
    (361, (1, 1, 5, 9, 19, 21, 29, 157)),
    (369, (1, 3, 7, 11, 1, 33, 89, 185)),
    (391, (1, 3, 3, 3, 15, 9, 79, 71)),
    (397, (1, 3, 7, 11, 15, 39, 119, 27)),
)
"""From the second dimension on: a primitive polynomial over two elements, its coefficients read as
a binary number, and the first direction numbers. They are those of Joe and Kuo, "Constructing Sobol
sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008)."""

MOST_DIMENSIONS = len(_STARTS) + 1


@cache
def directions(dimensions: int) -> Bits:
    """Return the directions of the first dimensions of the sequence.

    Parameters
    ----------
    dimensions : int
        How many, at most `MOST_DIMENSIONS`.

    Returns
    -------
    array of uint32, shape (dimensions, 32)
        Point n has, as coordinates times 2**32, the exclusive or of the columns k for which bit k
        of n is set.

    Raises
    ------
    OutOfRangeError
        For more dimensions than there are numbers for.

    Examples
    --------
    >>> (directions(2)[:, :3] / 2.0**32).tolist()
    [[0.5, 0.25, 0.125], [0.5, 0.75, 0.625]]
    """
    if dimensions > MOST_DIMENSIONS:
        raise OutOfRangeError(
            f"the Sobol sequence has {MOST_DIMENSIONS} dimensions here, and {dimensions} are "
            "needed; use the method latin or plain"
        )
    found = np.zeros((dimensions, WIDTH), dtype=np.uint32)
    for row, start in zip(found, (None, *_STARTS), strict=False):
        row[:] = _halves() if start is None else _recurrence(*start)
    found.flags.writeable = False
    return found


def _halves() -> list[int]:
    """Return the first dimension's directions: 1/2, 1/4, 1/8 and so on."""
    return [1 << (WIDTH - 1 - k) for k in range(WIDTH)]


def _recurrence(polynomial: int, first: tuple[int, ...]) -> list[int]:
    """Continue the first directions by the recurrence that the polynomial stands for."""
    degree = polynomial.bit_length() - 1
    found = [number << (WIDTH - 1 - k) for k, number in enumerate(first)]
    for k in range(degree, WIDTH):
        following = found[k - degree] ^ (found[k - degree] >> degree)
        for back in range(1, degree):
            if polynomial >> (degree - back) & 1:
                following ^= found[k - back]
        found.append(following)
    return found
