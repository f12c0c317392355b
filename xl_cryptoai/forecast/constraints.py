"""What must hold between inputs, beyond the range of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xl_cryptoai.assumptions.scenarios import position_in_words
from xl_cryptoai.errors import OutOfRangeError

ROUNDING = 1e-12
"""How far a sum may exceed a number, for the rounding of binary fractions."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule between inputs: one of them, or their sum, is at most or at least a limit.

    Attributes
    ----------
    id : str
        Its name.
    terms : tuple of str
        Ids of the inputs that are added up.
    relation : str
        "<=" or ">=".
    limit : str or float
        Id of the input, or number, that the sum is held against.
    rule, breach : str
        What must hold, and what is the case where it does not.
    adjusted : str
        Which of the terms a simulation reduces to what the others leave; blank if none is drawn.

    Examples
    --------
    >>> CONSTRAINTS[0].formula(), CONSTRAINTS[0].formula(broken=True)
    ('software_share+compute_share<=1+1E-12', 'software_share+compute_share>1+1E-12')
    >>> CONSTRAINTS[0].holds(0.5, 0.6), CONSTRAINTS[0].most({"software_share": 0.75})
    (False, 0.25)
    """

    id: str
    terms: tuple[str, ...]
    relation: str
    limit: str | float
    rule: str
    breach: str
    adjusted: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of all inputs that it binds."""
        return (*self.terms, self.limit) if isinstance(self.limit, str) else self.terms

    def holds(self, *values: Any) -> Any:
        """Whether it holds for values of its inputs, or for each of their arrays' elements."""
        total = sum(values[: len(self.terms)])
        limit = values[-1] if isinstance(self.limit, str) else self.limit + ROUNDING
        return total <= limit if self.relation == "<=" else total >= limit

    def broken_by(self, values: Mapping[str, Any]) -> str:
        """Say which values break it, and what must hold.

        >>> CONSTRAINTS[1].broken_by({"forecast_year": 2023, "baseline_year": 2025})[:44]
        'forecast_year is 2023, baseline_year is 2025'
        """
        shown = ", ".join(f"{name} is {values[name]:.15g}" for name in self.inputs)
        return f"{shown}; {self.rule}"

    def most(self, values: Mapping[str, Any]) -> Any:
        """What the limit and the other terms leave to the term that is adjusted."""
        left = values[self.limit] if isinstance(self.limit, str) else self.limit
        for name in self.terms:
            if name != self.adjusted:
                left = left - values[name]
        return left

    def formula(
        self,
        reference: Callable[[str], str] = str,
        rounding: str = f"{ROUNDING:g}".upper(),
        *,
        broken: bool = False,
    ) -> str:
        """Write it, or its opposite, as an Excel formula over references to its inputs."""
        relation = {"<=": ">", ">=": "<"}[self.relation] if broken else self.relation
        is_id = isinstance(self.limit, str)
        limit = reference(str(self.limit)) if is_id else f"{self.limit:g}+{rounding}"
        return f"{'+'.join(map(reference, self.terms))}{relation}{limit}"


CONSTRAINTS: tuple[Constraint, ...] = (
    Constraint(
        "stack_within_revenue",
        ("software_share", "compute_share"),
        "<=",
        1.0,
        "software_share and compute_share together must not exceed 1 (100%)",
        "software and compute exceed AI revenue",
        adjusted="compute_share",
    ),
    Constraint(
        "years_in_order",
        ("forecast_year",),
        ">=",
        "baseline_year",
        "forecast_year must not lie before baseline_year",
        "the forecast year lies before the baseline year",
    ),
    Constraint(
        "compliance_within_revenue",
        ("bank_compliance_cost",),
        "<=",
        "bank_revenue",
        "bank_compliance_cost must not exceed bank_revenue",
        "compliance costs exceed bank revenue",
        adjusted="bank_compliance_cost",
    ),
)
"""The shipped model's rules; checks, draws, LAMBDAs and sheets derive from these entries."""


def keep_rules(
    constraints: Iterable[Constraint], values: dict[str, Any], drawn: Collection[str]
) -> None:
    """Reduce the adjusted input of each rule to what the others leave, where a draw exceeds it."""
    for rule in constraints:
        if rule.adjusted and any(name in drawn for name in rule.inputs):
            values[rule.adjusted] = np.minimum(values[rule.adjusted], rule.most(values))


def broken_constraints(
    constraints: Iterable[Constraint],
    values: Mapping[str, ArrayLike],
) -> Iterator[tuple[Constraint, NDArray[np.bool_]]]:
    """Yield the constraints that values break, each with where in their common shape.

    One whose inputs are not all given does not apply.

    Parameters
    ----------
    constraints : iterable of Constraint
        The rules.
    values : mapping of id to value or array
        Arrays broadcast against each other.

    Examples
    --------
    >>> values = {"software_share": [0.5, 0.8], "compute_share": 0.4}
    >>> found = broken_constraints(CONSTRAINTS, values)
    >>> [(constraint.id, where.tolist()) for constraint, where in found]
    [('stack_within_revenue', [False, True])]
    """
    for constraint in constraints:
        if all(name in values for name in constraint.inputs):
            given = (np.asarray(values[name]) for name in constraint.inputs)
            broken = ~np.asarray(constraint.holds(*given), np.bool_)
            if broken.any():
                yield constraint, broken


def check_constraints(
    constraints: Iterable[Constraint], values: Mapping[str, ArrayLike], table: str = ""
) -> None:
    """Refuse values that break a constraint; see `broken_constraints`.

    Parameters
    ----------
    constraints : iterable of Constraint
        The rules.
    values : mapping of id to value or array
        Arrays broadcast against each other.
    table : str, optional
        What the arrays are together: the message then says where in it the constraint is broken.

    Raises
    ------
    OutOfRangeError
        Naming the rule and the first values that break it.
    """
    for constraint, broken in broken_constraints(constraints, values):
        given = [np.broadcast_to(values[name], broken.shape) for name in constraint.inputs]
        first = {
            name: float(array[broken][0])
            for name, array in zip(constraint.inputs, given, strict=True)
        }
        place = position_in_words(np.argwhere(broken)[0].tolist(), broken.shape)
        where = f"{table}{place}: " if table else ""
        raise OutOfRangeError(f"{where}{constraint.broken_by(first)}")
