"""Values that carry their derivatives through the steps of the forecast.

Only sums, products and quotients of real numbers are made, so that a derivative has the same
digits on every machine, which complex arithmetic would not give.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Slope(NDArrayOperatorsMixin):
    """A value and its derivatives, in whatever directions.

    Parameters
    ----------
    value : float or array
        The value.
    slope : float or array
        Its derivatives.

    Examples
    --------
    >>> x = Slope(3.0, 1.0)
    >>> found = 2 / x + x * x
    >>> round(float(found.value), 4), round(found.slope, 4)
    (9.6667, 5.7778)
    """

    def __init__(self, value: Any, slope: Any) -> None:
        self.value, self.slope = value, slope

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Differentiate one of numpy's operations by element."""
        if method != "__call__" or options or ufunc not in _RULES:
            return NotImplemented
        values = [one.value if isinstance(one, Slope) else one for one in operands]
        slopes = [one.slope if isinstance(one, Slope) else 0.0 for one in operands]
        return Slope(ufunc(*values), _RULES[ufunc](*values, *slopes))

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        """Choose between two values by one condition; no other function is known."""
        if function is not np.where or len(operands) != 3 or np.ndim(operands[0]):
            return NotImplemented
        return operands[1] if operands[0] else operands[2]


_RULES: dict[Any, Any] = {
    np.add: lambda a, b, da, db: da + db,
    np.subtract: lambda a, b, da, db: da - db,
    np.multiply: lambda a, b, da, db: da * b + a * db,
    np.divide: lambda a, b, da, db: (da - a / b * db) / b,
    np.negative: lambda a, da: -da,
}
