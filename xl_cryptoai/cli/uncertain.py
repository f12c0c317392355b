"""Reads what is drawn: `--distribution`, `--correlate`, `--common-factor`, `--until`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from xl_cryptoai.cli.settings import read_pairs

if TYPE_CHECKING:
    from xl_cryptoai.assumptions import Catalogue
    from xl_cryptoai.risk import Distribution
    from xl_cryptoai.risk.correlation import Matrix


def read_distributions(
    catalogue: Catalogue, texts: Sequence[str], shape: str, fixed: Mapping[str, object]
) -> dict[str, Distribution]:
    """Return what is drawn: the catalogue's distributions without what is set, and those given.

    Raises
    ------
    click.BadParameter
        For a text of another form.
    CryptoAIError
        For an unknown id or shape, or values that cannot be.
    """
    from xl_cryptoai.assumptions.typed_text import value_meant
    from xl_cryptoai.assumptions.uncertainty import CUT
    from xl_cryptoai.risk import default_distributions
    from xl_cryptoai.risk.distributions import make

    shipped = default_distributions(catalogue, shape)
    chosen = {name: one for name, one in shipped.items() if name not in fixed}
    for name, text in catalogue.by_id(read_pairs(texts, "id=shape:low,mode,high")).items():
        how, _, ends = text.partition(":")
        entry = catalogue[name]
        values = [value_meant(entry, end) for end in ends.split(",")] if ends else []
        if how == "fixed" and len(values) == 1:
            values *= 3
        if how in CUT and len(values) == 2:
            values.insert(1, math.nan)
        if len(values) != 3 or any(isinstance(value, str) for value in values):
            raise click.BadParameter(
                f"'{name}={text}' is not of the form id=shape:low,mode,high, such as "
                "ai_penetration=triangular:20%,33%,50%"
            )
        low, mode, high = (float(value) for value in values)
        most_likely = None if math.isnan(mode) else mode
        chosen[name] = make(entry, how, low, most_likely, high)
    return chosen


def read_correlation(
    catalogue: Catalogue,
    texts: Sequence[str],
    names: Sequence[str],
    common_factor: float | None = None,
) -> Matrix | None:
    """Return the matrix of rank correlations of the drawn assumptions; None without any.

    Raises
    ------
    click.BadParameter
        For a text of another form, an assumption that is not drawn, or a pair given twice.
    """
    if not texts and not common_factor:
        return None
    import numpy as np

    from xl_cryptoai.assumptions.typed_text import number_meant
    from xl_cryptoai.risk.correlation import with_common_factor

    matrix = np.eye(len(names))
    for pair, text in read_pairs(texts, "a,b=0.5").items():
        ids = [catalogue.id_of(name.strip()) for name in pair.split(",")]
        if len(ids) != 2 or ids[0] == ids[1]:
            raise click.BadParameter(
                f"'{pair}={text}' is not of the form a,b=0.5, with the ids of two assumptions"
            )
        value = number_meant(f"--correlate {pair}", text)
        for name in ids:
            if name not in names:
                raise click.BadParameter(f"{name} is not drawn; drawn are {', '.join(names)}")
        i, j = (names.index(name) for name in ids)
        if matrix[i, j]:
            raise click.BadParameter(f"{ids[0]} and {ids[1]} are correlated twice; do it once")
        matrix[i, j] = matrix[j, i] = value
    entries = [catalogue[name] for name in names]
    return with_common_factor(matrix, entries, common_factor or 0.0)


def read_target(texts: Sequence[str]) -> dict[str, float] | None:
    """Return what is to be known how well, such as {"p50": 0.005}; None without any.

    Examples
    --------
    >>> read_target(["p50=0.5%", "mean=0.1%"])
    {'p50': 0.005, 'mean': 0.001}
    """
    from xl_cryptoai.assumptions.typed_text import number_meant

    pairs = read_pairs(texts, "p50=0.5%")
    return {
        name.lower(): number_meant(f"--until {name}", text) for name, text in pairs.items()
    } or None
