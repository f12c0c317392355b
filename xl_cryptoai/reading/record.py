"""What was read out of a workbook, and what follows from it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE, Key
from xl_cryptoai.assumptions.own_scenario import NAME, OWN
from xl_cryptoai.errors import CryptoAIError, FileRefusedError
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.reading.findings import ERROR, Finding
from xl_cryptoai.reading.stored_results import Difference, agree


class UnusableInputError(FileRefusedError):
    """A value in use cannot be used; `finding` says why, for `reports` to put into words."""

    def __init__(self, path: Path, finding: Finding) -> None:
        self.path, self.finding = path, finding
        facts = ", ".join(f"{name} {value!r}" for name, value in finding.facts)
        why = finding.kind.replace("_", " ")
        super().__init__(
            f"{path}: {finding.cell}: {finding.id} cannot be used: {why} ({facts}); "
            "`xl-cryptoai read` says what to do"
        )


LogValue = float | str | bool | datetime.date | datetime.time | datetime.timedelta | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the change log, as typed, and the cell where it begins."""

    cell: str
    date: LogValue
    who: LogValue
    what: LogValue
    why: LogValue


@dataclass
class WorkbookInputs:
    """What a workbook holds.

    Attributes
    ----------
    path : Path
        The file.
    version, fingerprint : str
        Of the product that built it, as written on its cover; "" if not found.
    scenario : str or None
        Id of a scenario, or "own"; None if the choice cannot be used.
    own_name : str
        The name of the spare scenario.
    values : dict of id to dict
        "bear", "base", "bull", "own" and "override" of every assumption; None where nothing usable
        stands, where the spare scenario follows base, or where nothing is overridden.
    cells : dict of id to dict
        Where these and the stored results stand, such as "Assumptions!F12".
    cached : dict of id to dict
        Stored results: "live" of every assumption; "live", "bear", "base", "bull" of every step.
    change_log : list of LogRow
        What people noted.
    risk : dict of (id, field) to value
        Shapes, own ends, rank correlations and settings of the simulation; what is blank or cannot
        be used is left out.
    risk_cells : dict of (id, field) to str
        Where these stand.
    flag : str
        The master flag, as stored.
    problems : list of Finding
        What is wrong, and where.
    refused : dict of (id, column) to Finding
        The problems that keep a value from being used; column "" stands for the whole row.
    """

    path: Path
    model: Model
    version: str = ""
    fingerprint: str = ""
    scenario: str | None = None
    own_name: str = NAME
    values: dict[str, dict[str, Value | None]] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    cached: dict[str, dict[str, Any]] = field(default_factory=dict)
    change_log: list[LogRow] = field(default_factory=list)
    risk: dict[Key, Value] = field(default_factory=dict)
    risk_cells: dict[Key, str] = field(default_factory=dict)
    flag: str = ""
    problems: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, str], Finding] = field(default_factory=dict)

    @property
    def errors(self) -> list[Finding]:
        """The problems that are more than notes."""
        return [problem for problem in self.problems if problem.severity == ERROR]

    def refuse(self, problem: Finding, column: str = "") -> None:
        """Note a problem that keeps a value from being used."""
        self.problems.append(problem)
        self.refused[problem.id, column] = problem

    def live(self) -> dict[str, Value]:
        """Return the values in use: the override if there is one, else the scenario's.

        Raises
        ------
        FileRefusedError
            Naming the cell, if a value in use cannot be used.
        """
        return self.case("live")

    def case(self, case: str) -> dict[str, Value]:
        """Return every assumption's value in one case: "live", a scenario or "own"."""
        chosen = self.usable(case)
        for name in self.values:
            if name not in chosen:
                raise self._refusal(name, self.field_of(name, case))
        return chosen

    def usable(self, case: str) -> dict[str, Value]:
        """Values of the assumptions in one case, without those that cannot be used."""
        values = ((name, row.get(self.field_of(name, case))) for name, row in self.values.items())
        return {name: value for name, value in values if value is not None}

    def field_of(self, name: str, case: str = "live") -> str:
        """Return the field that an assumption's value in a case is from: "live" or a scenario."""
        if case == "live":
            case = OVERRIDE if self._is_typed(name, OVERRIDE) else str(self.scenario)
        return BASE if case == OWN and not self._is_typed(name, OWN) else case

    def _is_typed(self, name: str, field: str) -> bool:
        return self.values[name].get(field) is not None or (name, field) in self.refused

    @property
    def scenario_name(self) -> str:
        """The chosen scenario's id, the name of the spare one, or that it cannot be used."""
        if self.scenario == OWN:
            return self.own_name
        return self.scenario or "cannot be used"

    def _refusal(self, name: str, column: str) -> FileRefusedError:
        for key in ((name, column), (name, ""), ("scenario", "")):
            if key in self.refused:
                return UnusableInputError(self.path, self.refused[key])
        return FileRefusedError(f"{self.path}: {name} has no value in case {column}; enter one")

    def recompute(self, case: str = "live") -> Forecast:
        """Compute the forecast of a case anew, in Python, from what was typed.

        Raises
        ------
        FileRefusedError, OutOfRangeError
            If an input cannot be used, or inputs contradict each other.
        """
        return Forecast(overrides=self.case(case), model=self.model)

    def compare(self, tolerance: float = 1e-9) -> list[Difference]:
        """Hold every stored result against the recomputed one.

        Parameters
        ----------
        tolerance : float
            Largest relative difference that is taken for agreement.

        Returns
        -------
        list of Difference
            Empty if all agree. A case whose inputs cannot be used is left out: `problems` says why.
        """
        found: list[Difference] = []
        for case in ("live", *self.model.assumptions.scenarios):
            try:
                forecast = self.recompute(case)
            except CryptoAIError:
                continue
            for name, stored in self.cached.items():
                if case in stored and not agree(
                    self.model, name, stored[case], forecast, tolerance
                ):
                    place = self.cells[name][case]
                    found.append(Difference(place, name, case, stored[case], forecast[name]))
        return found
