"""The forecast as it stands, and the cases that a command shows; nothing here is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from xl_cryptoai.cli.plan import plan_of
from xl_cryptoai.cli.settings import read_case

if TYPE_CHECKING:
    from xl_cryptoai.assumptions.derivations import Value
    from xl_cryptoai.forecast import Forecast, Model

LIVE = "live"


@dataclass(frozen=True, slots=True)
class Live:
    """The forecast as it stands.

    Attributes
    ----------
    model : Model
        The file's, else the one in use.
    forecast : Forecast
        Of the scenario with the settings, or of the file.
    name : str
        Of the scenario that it starts from.
    overridden : dict of id to value
        What somebody has overridden, in the file or here.
    is_own : bool
        Whether it is a case of its own beside the scenarios: with a file or settings.
    own : dict of str to values
        The spare scenario of a file by its name, if it is used.
    """

    model: Model
    forecast: Forecast
    name: str
    overridden: dict[str, Value]
    is_own: bool
    own: dict[str, dict[str, Value]] = field(default_factory=dict)

    def cases(self, scenario: str | None) -> dict[str, Forecast]:
        """Return the cases to show by id: live, if it is one of its own, then the scenarios.

        The spare scenario of a file comes after those of the model, unless live is the same.
        """
        from xl_cryptoai.forecast import Forecast

        scenarios = self.model.assumptions.scenarios
        shown = {LIVE: self.forecast} if self.is_own else {}
        for name in [self.name] if scenario else scenarios:
            shown[name] = Forecast(name, model=self.model)
        for name, values in self.own.items():
            if self.overridden or self.name != name:
                shown[name] = Forecast(overrides=values, model=self.model)
        return shown


def live_of(source: Path | None, scenario: str | None, settings: Sequence[str]) -> Live:
    """Return the forecast that the options of a command say.

    Raises
    ------
    click.BadParameter
        For options that cannot stand together.
    CryptoAIError
        For a file that cannot be read or anything that cannot be used.
    """
    if source is not None:
        plan = plan_of(source, scenario, settings)
        return Live(
            plan.model, plan.forecast, plan.name, plan.overridden, is_own=True, own=plan.own
        )
    # without a plan, which brings scipy: `forecast` would take twice as long
    from xl_cryptoai.forecast import Forecast

    model, name, overrides = read_case(scenario, settings)
    forecast = Forecast(name, overrides=overrides, model=model)
    return Live(model, forecast, name, overrides, is_own=bool(overrides))
