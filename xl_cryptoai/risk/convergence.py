"""Drawing until something is known well enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, WrongTypeError, quoted

AT_MOST = 2**24
"""Draws after which a target counts as missed, unless another limit is given."""
_LEAST_GROWTH, _MOST_GROWTH = 2, 64
_MARGIN = 1.1
"""What is aimed for more than the target needs, since an error is itself known roughly only."""


def check_target(until: Any) -> dict[str, float]:
    """Return what is to be known how well, or refuse it.

    Parameters
    ----------
    until : mapping of str to float
        "mean", "sd" or a percentile such as "p50", with its standard error as a part of it.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For something else, naming it.

    Examples
    --------
    >>> check_target({"p50": 0.005})
    {'p50': 0.005}
    """
    if not isinstance(until, Mapping) or not until:
        raise WrongTypeError(f"until is {quoted(until)}; give a dict such as {{'p50': 0.005}}")
    for name, error in until.items():
        check_statistic(name)
        if isinstance(error, bool) or not isinstance(error, (int, float)):
            raise WrongTypeError(
                f"until has {quoted(error)} for {name}; give a share such as 0.005"
            )
        if not 0 < error < 1:
            raise OutOfRangeError(
                f"until has {error:g} for {name}; give a share above 0 and below 1, such as 0.005"
            )
    return {name: float(error) for name, error in until.items()}


def check_statistic(name: Any) -> float | None:
    """Return the percent of a percentile's name, None for "mean" and "sd"; refuse any other."""
    if name in ("mean", "sd"):
        return None
    try:
        percent = float(name[1:]) if name[:1] == "p" else math.nan
    except (TypeError, ValueError):
        percent = math.nan
    if not 0 < percent < 100:
        raise UnknownNameError(
            f"{quoted(name)} cannot be a target; give mean, sd or a percentile from p0.1 to p99.9"
        )
    return percent


def grown(draws: int, missed_by: float, method: str, at_most: int) -> int:
    """Say how many draws to make next.

    Parameters
    ----------
    draws : int
        How many were made.
    missed_by : float
        How many times too large the error is.
    method : str
        Plain draws' error falls with the root of their number, that of others faster.
    at_most : int
        The limit.

    Examples
    --------
    >>> grown(1024, 3.0, "plain", 2**24), grown(1024, 3.0, "sobol", 2**24)
    (16384, 4096)
    """
    growth = (missed_by * _MARGIN) ** (1 if method == "sobol" else 2)
    growth = min(max(growth, _LEAST_GROWTH), _MOST_GROWTH)
    return min(1 << math.ceil(math.log2(draws * growth)), at_most)
