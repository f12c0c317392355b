"""The shipped model: the publication's forecast, the first of many."""

from __future__ import annotations

import copyreg
from functools import cache
from typing import Any

from xl_cryptoai.assumptions import shipped_assumptions
from xl_cryptoai.assumptions.derivations import DERIVATIONS
from xl_cryptoai.forecast.constraints import CONSTRAINTS
from xl_cryptoai.forecast.findings import load_findings
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.forecast.steps import MARKETS, SEGMENTS, STEPS
from xl_cryptoai.source import load_evidence, load_gaps, load_published, load_systems


def shipped_by_default(model: Model | None) -> Model:
    """Return a model that is given, else the shipped one."""
    return shipped_model() if model is None else model


@cache
def shipped_model() -> Model:
    """Return the publication's model, made once a process.

    Examples
    --------
    >>> shipped_model().steps["total"].label
    'Crypto-AI revenue'
    """
    return Model(
        title="Crypto-AI revenue",
        prefix="CAI",
        assumptions=shipped_assumptions(),
        derivations=DERIVATIONS,
        steps=STEPS,
        segments=SEGMENTS,
        markets=MARKETS,
        constraints=CONSTRAINTS,
        publication=load_published(),
        evidence=load_evidence,
        systems=load_systems,
        gaps=load_gaps,
        findings=load_findings,
    )


def _reduced(model: Model) -> tuple[Any, ...]:
    from xl_cryptoai.forecast.own_model import model_of

    return (model_of, (model.text,))


copyreg.pickle(Model, _reduced)  # a model travels to another process as what it is made from
