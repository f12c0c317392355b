"""Powers and roots that come out the same on every machine.

Whole exponents are repeated squares, roots end in Newton's steps.
The power function of a processor's mathematical library may differ in its last digit from that of
another one; products do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def power(base: Any, exponent: Any) -> Any:
    """Return a base raised to an exponent, in the same digits on every machine.

    Parameters
    ----------
    base : float or array
        Anything that can be multiplied.
    exponent : float or array
        Whole numbers. Others are left to numpy, whose last digit depends on the machine.

    Returns
    -------
    float or array
        Base and exponent broadcast against each other.

    Examples
    --------
    >>> power(1.5, 3), power(2.0, -1), power(np.array([2.0, 3.0]), np.array([3, 2])).tolist()
    (3.375, 0.5, [8.0, 9.0])
    """
    if isinstance(exponent, (int, float)) or np.ndim(exponent) == 0:
        number = float(exponent)
        return _one_power(base, int(number)) if number.is_integer() else np.power(base, exponent)
    exponents = np.asarray(exponent, dtype=np.float64)
    if not np.all(np.floor(exponents) == exponents):
        return np.power(base, exponents)
    return _powers(base, exponents.astype(np.int64))


def root(base: Any, degree: Any) -> Any:
    """Return the positive root of a whole degree, in the same digits on every machine.

    Parameters
    ----------
    base : float or array
        Positive numbers.
    degree : float or array
        Whole numbers from 1.

    Returns
    -------
    array
        Base and degree broadcast against each other.

    Examples
    --------
    >>> root(1024.0, 10).item(), root(np.array([8.0, 0.25]), np.array([3, 2])).tolist()
    (2.0, [2.0, 0.5])
    """
    base, degree = np.asarray(base, dtype=np.float64), np.asarray(degree, dtype=np.float64)
    mantissa, exponent = np.frexp(np.power(base, 1 / degree))
    # 20 bits of the library's answer are the same everywhere; Newton's steps bring the others back
    found = np.ldexp(np.round(mantissa * 2**20) / 2**20, exponent)
    for _ in range(3):
        found = found + found * (base / _powers(found, degree.astype(np.int64)) - 1) / degree
    return found


def _one_power(base: Any, exponent: int) -> Any:
    result: Any = None
    square, left = base, abs(exponent)
    while left:
        if left & 1:
            result = square if result is None else result * square
        left >>= 1
        if left:
            square = square * square
    if result is None:
        return base * 0 + 1.0
    return 1 / result if exponent < 0 else result


def _powers(base: Any, exponents: np.ndarray[Any, np.dtype[np.int64]]) -> Any:
    """Multiply the same squares, in the same order, wherever an exponent has the bit."""
    left = np.abs(exponents)
    result = np.ones(np.broadcast_shapes(np.shape(base), left.shape))
    square = np.asarray(base, dtype=np.float64)
    while np.any(left):
        result = np.where(left & 1, result * square, result)
        left = left >> 1
        if np.any(left):
            square = square * square
    return np.where(exponents < 0, 1 / result, result)
