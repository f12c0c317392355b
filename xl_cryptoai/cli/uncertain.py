"""Reads `--distribution id=shape:low,mode,high`, `--correlate a,b=0.5` and `--until p50=0.5%`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from xl_cryptoai.cli.settings import read_settings, read_value

if TYPE_CHECKING:
    from xl_cryptoai.risk import Distribution

DISTRIBUTION = Annotated[
    list[str] | None,
    typer.Option(metavar="ID=SHAPE:LOW,MODE,HIGH", help="How one assumption is drawn; repeatable."),
]
CORRELATION = Annotated[
    list[str] | None,
    typer.Option(metavar="ID,ID=R", help="Rank correlation of two; repeatable."),
]


def read_distributions(
    texts: Sequence[str], shape: str, fixed: Mapping[str, object]
) -> dict[str, Distribution]:
    """Give what is drawn: the catalogue's distributions, as changed, without what is set.

    Raises
    ------
    typer.BadParameter
        For a text of another form, or an assumption that is set and drawn as well.
    CryptoAIError
        For an unknown id or shape, or values that cannot be.
    """
    from xl_cryptoai.assumptions import shipped_assumptions
    from xl_cryptoai.risk import default_distributions
    from xl_cryptoai.risk.distributions import make

    chosen = {
        name: one for name, one in default_distributions(shape=shape).items() if name not in fixed
    }
    for name, text in read_settings(texts, "id=shape:low,mode,high").items():
        if name in fixed:
            raise typer.BadParameter(f"{name} is set to a value and drawn as well; choose one")
        how, _, ends = str(text).partition(":")
        values = [read_value(end) for end in ends.split(",")]
        if how == "fixed" and len(values) == 1:
            values *= 3
        if len(values) != 3 or any(isinstance(value, str) for value in values):
            raise typer.BadParameter(
                f"'{name}={text}' is not of the form id=shape:low,mode,high, such as "
                "ai_penetration=triangular:20%,33%,50%"
            )
        low, mode, high = (float(value) for value in values)
        chosen[name] = make(shipped_assumptions()[name], how, low, mode, high)
    return chosen


def read_correlation(texts: Sequence[str], names: Sequence[str]) -> list[list[float]] | None:
    """Give the matrix of rank correlations of the drawn assumptions; None without any.

    Raises
    ------
    typer.BadParameter
        For a text of another form, an assumption that is not drawn, or a pair given twice.
    """
    if not texts:
        return None
    matrix = [[float(row == column) for column in names] for row in names]
    for pair, value in read_settings(texts, "a,b=0.5").items():
        ids = [name.strip() for name in pair.split(",")]
        if len(ids) != 2 or ids[0] == ids[1] or isinstance(value, str):
            raise typer.BadParameter(
                f"'{pair}={value}' is not of the form a,b=0.5, with the ids of two assumptions"
            )
        for name in ids:
            if name not in names:
                raise typer.BadParameter(f"{name} is not drawn; drawn are {', '.join(names)}")
        i, j = (names.index(name) for name in ids)
        if matrix[i][j]:
            raise typer.BadParameter(f"{ids[0]} and {ids[1]} are correlated twice; do it once")
        matrix[i][j] = matrix[j][i] = value
    return matrix


def read_target(texts: Sequence[str]) -> dict[str, float] | None:
    """Give what is to be known how well, such as {"p50": 0.005}; None without any.

    Examples
    --------
    >>> read_target(["p50=0.5%", "mean=0.1%"])
    {'p50': 0.005, 'mean': 0.001}
    """
    found = read_settings(texts, "p50=0.5%")
    for name, value in found.items():
        if isinstance(value, str):
            raise typer.BadParameter(f"'{name}={value}' is not of the form p50=0.5%")
    return {name: float(value) for name, value in found.items()} or None
