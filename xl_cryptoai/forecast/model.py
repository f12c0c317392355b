"""A model: all that the forecast, its workbook and its analyses are derived from, as one object."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xl_cryptoai.assumptions import Assumption, Catalogue
from xl_cryptoai.assumptions.derivations import Derivation
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.forecast.constraints import Constraint
from xl_cryptoai.forecast.steps.entry import Step
from xl_cryptoai.source import Evidence, Gap, Publication, System

TOTAL = "total"
"""Id of the step that every model ends in: the sum of its segments."""
KEPT_MODELS = 64
"""Models of which derived things are kept: a server reads workbooks of many."""


@dataclass(frozen=True, eq=False)
class Model:
    """A forecast's description. It is passed to whatever works with it; nothing asks for "the" one.

    Attributes
    ----------
    title : str
        What it forecasts, as a heading.
    prefix : str
        What stands before the names of its Excel functions, such as "CAI".
    assumptions : Catalogue
        The assumptions and scenarios.
    derivations : mapping of id to Derivation
        Base values that follow from printed figures.
    steps : mapping of id to Step
        In the order in which they are computed; one is called "total".
    segments : tuple of str
        Ids of the steps whose sum is the total.
    markets : tuple of str
        Ids of the steps that are parts of AI revenue, each measured on its own.
    constraints : tuple of Constraint
        Rules between inputs.
    publication : Publication
        The source and the results that it prints.
    evidence, systems, gaps, findings : callable
        Return the publication's other figures, the systems that it names, what its text lacks, and
        what to know about it (a `Finding` each, for the model); read when first asked.
    text : str
        What it was made from, as `own_model.text_of` writes it; "" for the shipped model.
    """

    title: str
    prefix: str
    assumptions: Catalogue
    derivations: Mapping[str, Derivation]
    steps: Mapping[str, Step]
    segments: tuple[str, ...]
    markets: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    publication: Publication
    evidence: Callable[[], tuple[Evidence, ...]] = tuple
    systems: Callable[[], tuple[System, ...]] = tuple
    gaps: Callable[[], tuple[Gap, ...]] = tuple
    findings: Callable[[Model], tuple[Any, ...]] = lambda model: ()
    text: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of what an own model was made from; "" for the shipped model."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12] if self.text else ""

    @property
    def name(self) -> str:
        """Title, and the fingerprint of an own model: tells models apart."""
        return f"{self.title} {self.fingerprint or '(shipped)'}"

    @cached_property
    def entries(self) -> Mapping[str, Assumption | Step]:
        """Every assumption and step by id, in model order."""
        return {**self.assumptions, **self.steps}

    def id_of(self, name: str) -> str:
        """Return the id of the assumption or step that a person means; see `name_meant`."""
        return name_meant(name, "assumption or step", self.entries)

    def entry(self, name: str) -> Assumption | Step:
        """Return the assumption or step that a person means by a name."""
        return self.entries[self.id_of(name)]

    def step(self, name: str) -> Step:
        """Return the step that a person means by a name."""
        return self.steps[name_meant(name, "step", self.steps)]

    def is_published_step(self, name: str) -> bool:
        """Whether a step is there and computed as the publication does, not by an own formula."""
        return name in self.steps and not self.steps[name].formula

    def leading_to(self, *results: str) -> Iterator[Step]:
        """Yield the steps that results need, themselves included, in their order."""
        needed = {*results}
        for step in reversed(list(self.steps.values())):
            if step.id in needed:
                needed.update(step.inputs)
        return (step for step in self.steps.values() if step.id in needed)
