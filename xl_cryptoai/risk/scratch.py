"""Arrays that are filled again and again, instead of being asked for and given back each time.

A block's arrays are large enough for the system to take their memory back at once; getting it
again costs several times what is computed in them. Each thread has its own.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_own = threading.local()


def scratch(name: str, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return this thread's array of a name in a shape.

    Parameters
    ----------
    name : str
        Whose array; what it holds lasts until the same name is asked for again.
    shape, dtype
        As for `numpy.empty`.

    Returns
    -------
    array
        Its content is undefined.

    Examples
    --------
    >>> first = scratch("example", (2, 3))
    >>> np.shares_memory(first, scratch("example", (3, 2)))
    True
    """
    held: dict[str, NDArray[Any]] = vars(_own)
    size = math.prod(shape)
    array = held.get(name)
    if array is None or array.size < size or array.dtype != dtype:
        array = held[name] = np.empty(size, dtype)
    return array[:size].reshape(shape)
