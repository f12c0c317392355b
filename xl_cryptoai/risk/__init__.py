"""How sure the forecast is: distributions, simulation, sensitivities, and goals to be reached."""

from xl_cryptoai.risk.chain import RESULTS, Chain
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.risk.goalseek import GoalSeek, breakeven, goalseek
from xl_cryptoai.risk.grid import grid
from xl_cryptoai.risk.importance import Sensitivity, sensitivities
from xl_cryptoai.risk.sensitivity import Bar, elasticities, tornado
from xl_cryptoai.risk.simulation import Simulation, simulate
from xl_cryptoai.risk.sobol import SobolIndices, sobol_indices

__all__ = [
    "RESULTS",
    "Bar",
    "Chain",
    "Distribution",
    "GoalSeek",
    "Sensitivity",
    "Simulation",
    "SobolIndices",
    "breakeven",
    "default_distributions",
    "elasticities",
    "goalseek",
    "grid",
    "sensitivities",
    "simulate",
    "sobol_indices",
    "tornado",
]
