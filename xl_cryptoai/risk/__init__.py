"""How sure the forecast is: distributions, simulation, sensitivities, and goals to be reached."""

from xl_cryptoai.risk.chain import Chain
from xl_cryptoai.risk.dependence import DependenceRow, dependence_table
from xl_cryptoai.risk.distributions import Distribution, default_distributions
from xl_cryptoai.risk.goalseek import GoalSeek, breakeven, goalseek
from xl_cryptoai.risk.grid import grid
from xl_cryptoai.risk.importance import Sensitivities, Sensitivity, sensitivities
from xl_cryptoai.risk.sensitivity import Bar, Tornado, elasticities, tornado
from xl_cryptoai.risk.shapley import ShapleyEffects, shapley_effects
from xl_cryptoai.risk.simulation import Simulation, simulate
from xl_cryptoai.risk.sobol import SobolIndices, sobol_indices

__all__ = [
    "Bar",
    "Chain",
    "DependenceRow",
    "Distribution",
    "GoalSeek",
    "Sensitivities",
    "Sensitivity",
    "ShapleyEffects",
    "Simulation",
    "SobolIndices",
    "Tornado",
    "breakeven",
    "default_distributions",
    "dependence_table",
    "elasticities",
    "goalseek",
    "grid",
    "sensitivities",
    "shapley_effects",
    "simulate",
    "sobol_indices",
    "tornado",
]
