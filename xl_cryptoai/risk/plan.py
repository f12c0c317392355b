"""What is to be simulated: where the assumptions stand, what is drawn, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xl_cryptoai.assumptions import UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import SIMULATION
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.forecast import Forecast, Model

if TYPE_CHECKING:
    from xl_cryptoai.risk.description import Drawn
    from xl_cryptoai.risk.distributions import Distribution
    from xl_cryptoai.risk.simulation import Simulation


@dataclass(slots=True)
class Plan:
    """What a simulation takes: where things stand, what is drawn, and how.

    Attributes
    ----------
    model : Model
        Of what.
    scenario, overrides, distributions, correlation, draws, method, seed
        As for `simulate`. From a workbook the overrides are every live value.
    overridden : dict of id to value
        What somebody has overridden, in the workbook or here.
    name : str
        Of the case that all this starts from.
    own : dict of str to values
        The spare scenario of a workbook by its name, if it is used.
    """

    model: Model
    scenario: str
    overrides: dict[str, Value]
    overridden: dict[str, Value]
    name: str
    distributions: dict[str, Distribution]
    correlation: Any
    draws: int
    method: str
    seed: int
    own: dict[str, dict[str, Value]] = field(default_factory=dict)

    @property
    def case(self) -> str:
        """The forecast as it stands, in words."""
        count = len(self.overridden)
        more = f" with {count} override{'s' * (count > 1)}" if count else ""
        return f"Live ({self.name}{more})"

    @property
    def drawn(self) -> Drawn:
        """What is drawn, and what is fixed by whom."""
        from xl_cryptoai.risk.description import drawn_from

        return drawn_from(self.model.assumptions, self.distributions, self.overridden)

    @property
    def forecast(self) -> Forecast:
        """The forecast as it stands."""
        return Forecast(self.scenario, overrides=self.overrides, model=self.model)

    @property
    def live(self) -> float:
        """The total of the forecast as it stands, USD a year."""
        return float(self.forecast["total"])

    def simulate(self, **how: Any) -> Simulation:
        """Simulate it; `how` are the arguments of `simulate` that are not planned."""
        from xl_cryptoai.risk.simulation import simulate

        return simulate(
            self.draws, scenario=self.scenario, overrides=self.overrides,
            distributions=self.distributions, correlation=self.correlation, method=self.method,
            seed=self.seed, model=self.model, **how,
        )  # fmt: skip


def plan_of_inputs(
    model: Model, inputs: UserInputs, overrides: Mapping[str, Value] | None = None
) -> Plan:
    """Plan what sheet Risk of a workbook with these inputs computes.

    Parameters
    ----------
    model : Model
        The workbook's.
    inputs : UserInputs
        Read from a workbook or a TOML file.
    overrides : mapping of id to value, optional
        Values of one's own over those; each fixes its assumption.

    Raises
    ------
    CryptoAIError
        For inputs that cannot be used together, naming them.

    Examples
    --------
    >>> from xl_cryptoai.forecast import shipped_model
    >>> plan = plan_of_inputs(shipped_model(), UserInputs("bull"), {"gdp_growth": 0.025})
    >>> plan.case, plan.distributions["gdp_growth"].shape
    ('Live (bull with 1 override)', 'fixed')
    """
    from xl_cryptoai.risk.distributions import make
    from xl_cryptoai.risk.typed import typed

    catalogue, own = model.assumptions, overrides or {}
    found = typed(inputs, catalogue)
    live = {**found.overrides, **own}
    overridden = {name: live[name] for name in (*found.overridden, *own)}
    drawn = dict(found.distributions)
    for name, value in own.items():
        if name in drawn:
            at = float(value)
            drawn[name] = make(catalogue[name], "fixed", at, at, at)
    draws, seed, method = (
        inputs.value(catalogue, SIMULATION, name) for name in ("draws", "seed", "method")
    )
    assert draws is not None and seed is not None  # settings have defaults
    return Plan(
        model, "base", live, overridden, inputs.scenario_name, drawn, found.correlation, int(draws),
        str(method), int(seed),
        {inputs.own_name: inputs.case(catalogue, OWN)} if inputs.uses_own else {},
    )  # fmt: skip
