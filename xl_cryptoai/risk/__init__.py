"""How sure the forecast is: distributions, simulation, sensitivities, and goals to be reached."""

from xl_cryptoai.risk.chain import RESULTS, Chain
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.risk.goalseek import GoalSeek, goalseek
from xl_cryptoai.risk.sensitivity import elasticities, grid, tornado
from xl_cryptoai.risk.simulation import Simulation, simulate

__all__ = [
    "RESULTS",
    "Chain",
    "Distribution",
    "GoalSeek",
    "Simulation",
    "default_distributions",
    "elasticities",
    "goalseek",
    "grid",
    "simulate",
    "tornado",
]
