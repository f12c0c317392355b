"""What drawing the forecast many times costs, beside the packages that draw models.

    python benchmarks/simulation.py          # all: a few minutes
    python benchmarks/simulation.py quick    # without the peers and the growth by number of draws

Fourteen assumptions: the twelve that the catalogue calls uncertain, and the banks' compliance cost
and revenue; PERT each, every pair with the rank correlation 0.2. A peer (pip install openturns
chaospy mcerp monaco) draws the same fourteen and runs the same forecast; one that is not installed
is left out, and that is said. Its percentiles must agree with ours. monaco draws its fourteen
apart, which costs less, and is held against ours drawn apart.

Times are CPU seconds of one process, the least of several runs that take turns.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from xl_cryptoai.forecast import shipped_model

MODEL = shipped_model()
CATALOGUE = MODEL.assumptions

SEED = 20240129
SHARE = 0.2
COUNT = 14
PEER_DRAWS = 100_000
AGREE = 0.015
"""How far a peer's percentiles may be from ours: several times their standard error."""


@cache
def assumptions() -> dict[str, Any]:
    """Return the fourteen distributions."""
    from xl_cryptoai import load_assumptions
    from xl_cryptoai.risk import default_distributions
    from xl_cryptoai.risk.distributions import make

    catalogue = load_assumptions()
    return default_distributions(CATALOGUE) | {
        "bank_revenue": make(catalogue["bank_revenue"], "pert", 600e9, 660e9, 720e9),
        "bank_compliance_cost": make(
            catalogue["bank_compliance_cost"], "pert", 50e9, 58.75e9, 65e9
        ),
    }


def correlations() -> np.ndarray:
    """Return the rank correlations."""
    return np.full((COUNT, COUNT), SHARE) + (1 - SHARE) * np.eye(COUNT)


def ours(draws: int, *, method: str = "sobol", apart: bool = False, **options: Any) -> Any:
    """Simulate and ask for the total's percentiles, each with its standard error."""
    from xl_cryptoai.risk import simulate
    from xl_cryptoai.risk.simulation import PERCENTILES

    correlation = None if apart else correlations()
    result = simulate(
        draws, distributions=assumptions(), correlation=correlation, method=method, **options
    )
    found = result.statistics()
    return {percent: found[f"p{percent}"] for percent in PERCENTILES}


def normals(draws: int) -> None:
    """Draw as many normal numbers as there are inputs: what no simulation can do without."""
    random = np.random.Generator(np.random.SFC64(1))
    block = np.empty((COUNT, 16_384))
    for _ in range(math.ceil(draws / 16_384)):
        random.standard_normal(out=block)


def total_of(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Run the forecast for drawn columns, as the package does for rows of inputs."""
    from xl_cryptoai.forecast.run import run_steps

    return run_steps(MODEL, {**base(), **columns})["total"]


@cache
def base() -> dict[str, Any]:
    """Return the assumptions of the base case."""
    from xl_cryptoai import Forecast

    forecast = Forecast()
    return {name: forecast[name] for name in MODEL.assumptions}


def betas() -> dict[str, tuple[float, float, float, float]]:
    """Return each PERT as a beta distribution: two exponents and the ends."""
    found = {}
    for name, one in assumptions().items():
        span = one.high - one.low
        rising, falling = 4 * (one.mode - one.low) / span, 4 * (one.high - one.mode) / span
        found[name] = (1 + rising, 1 + falling, one.low, one.high)
    return found


def pearson() -> np.ndarray:
    """Return the correlations of the normal scores that lead to the rank correlations."""
    scores = 2 * np.sin(np.pi * correlations() / 6)
    np.fill_diagonal(scores, 1.0)
    return scores


# The peers: each draws and gives the totals ----------------------------------------------------


def openturns(draws: int) -> np.ndarray:
    """Draw by OpenTURNS' normal copula over betas."""
    import openturns as ot

    ot.RandomGenerator.SetSeed(1)
    margins = [ot.Beta(a, b, low, high) for a, b, low, high in betas().values()]
    copula = ot.NormalCopula(ot.CorrelationMatrix(COUNT, pearson().ravel().tolist()))
    drawn = np.asarray(ot.JointDistribution(margins, copula).getSample(draws))
    return total_of(dict(zip(betas(), drawn.T, strict=True)))


def chaospy(draws: int) -> np.ndarray:
    """Draw by chaospy's Nataf copula over betas."""
    import chaospy as cp

    joint = cp.Nataf(
        cp.J(*(cp.Beta(a, b, low, high) for a, b, low, high in betas().values())), pearson()
    )
    drawn = joint.sample(draws, seed=1)
    return total_of(dict(zip(betas(), drawn, strict=True)))


def mcerp(draws: int) -> np.ndarray:
    """Draw by mcerp's Latin hypercube over betas, put in order for the rank correlations."""
    import mcerp as mc

    mc.npts = draws
    columns = [mc.Beta(a, b, low, high) for a, b, low, high in betas().values()]
    mc.correlate(columns, correlations())
    return total_of({name: one._mcpts for name, one in zip(betas(), columns, strict=True)})


def monaco(draws: int) -> np.ndarray:
    """Draw by monaco, which runs the model case by case."""
    import monaco as mo
    from scipy.stats import beta

    functions = {
        "preprocess": lambda case: ({name: val.val for name, val in case.invals.items()},),
        "run": lambda columns: (float(total_of(columns)),),
        "postprocess": lambda case, total: case.addOutVal("total", total),
    }
    sim = mo.Sim(
        name="forecast", ndraws=draws, fcns=functions, seed=1, firstcaseismedian=False,
        samplemethod="sobol_random", singlethreaded=True, verbose=False, savesimdata=False,
        savecasedata=False,
    )  # fmt: skip
    for name, (a, b, low, high) in betas().items():
        ends = {"a": a, "b": b, "loc": low, "scale": high - low}
        sim.addInVar(name=name, dist=beta, distkwargs=ends)
    sim.runSim()
    return np.asarray(sim.outvars["total"].nums)


PEERS: dict[str, tuple[Callable[[int], np.ndarray], float, bool]] = {
    "openturns": (openturns, 30, False),
    "chaospy": (chaospy, 30, False),
    "mcerp": (mcerp, 100, False),
    "monaco": (monaco, 200, True),
}
"""Each with how many times faster ours is to be, and whether it draws uncorrelated."""


# Measuring -------------------------------------------------------------------------------------


def seconds(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that something takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def least(works: list[Callable[[], Any]], times: int) -> list[float]:
    """Let things take turns; give each one's least CPU seconds."""
    return [
        min(run) for run in zip(*([seconds(w) for w in works] for _ in range(times)), strict=True)
    ]


def verdict(name: str, value: float, limit: float, *, at_most: bool, unit: str = "") -> bool:
    """Print one line of the table of aims."""
    good = value <= limit if at_most else value >= limit
    sign = "at most" if at_most else "at least"
    print(f"{name:58} {value:8.2f}{unit:3} {sign:8} {limit:g}{unit}  {'PASS' if good else 'MISS'}")
    return good


def memory(draws: int) -> tuple[float, float]:
    """Return CPU seconds and megabytes over the imports, in a process of its own."""
    script = (
        f"import sys; sys.path.insert(0, {sys.path[0]!r}); import simulation as s, json;"
        "s.ours(1024); before = s.peak(); took = s.seconds(lambda: s.ours("
        f"{draws})); print(json.dumps([took, s.peak() - before]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=600
    )
    took, megabytes = json.loads(done.stdout)
    return took, megabytes


def peak() -> float:
    """Return this process's greatest memory so far, in megabytes."""
    # the kernel's own word: what `resource` tells is inherited from the process that started this
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def against_normals() -> None:
    """A million draws against drawing their normal numbers."""
    kinds = {
        "independent draws, sobol": ({"apart": True}, 1.4),
        "correlated draws, sobol": ({}, 2.1),
        "correlated draws, plain": ({"method": "plain"}, 2.1),
        "correlated draws, latin": ({"method": "latin"}, None),  # its orders are what it costs
    }
    works = [lambda: normals(1_000_000)]
    works += [lambda o=options: ours(1_000_000, workers=1, **o) for options, _ in kinds.values()]
    floor, *took = least(works, 7)
    print(f"14 million SFC64 normals: {floor:.3f} s")
    for (name, (_, aim)), time_taken in zip(kinds.items(), took, strict=True):
        words = f"1,000,000 {name}: times the normals"
        if aim is None:
            print(f"{words:58} {time_taken / floor:8.2f}")
        else:
            verdict(words, time_taken / floor, aim, at_most=True)


def live() -> None:
    """Ten thousand draws, as a cell asks for them."""
    ours(10_000)
    (took,) = least([lambda: ours(10_000)], 30)
    verdict("10,000 draws, warm", took * 1e3, 10, at_most=True, unit=" ms")


def exactness() -> None:
    """How much better the default method knows the mean than plain draws."""
    from xl_cryptoai.risk import simulate

    chosen = {"distributions": assumptions(), "correlation": correlations()}
    exact = simulate(2**20, **chosen).mean()[0]
    errors = {}
    for method in ("plain", "latin", "sobol"):
        found = [simulate(8_192, method=method, seed=s, **chosen).mean()[0] for s in range(20)]
        errors[method] = float(np.sqrt(np.mean(np.square(np.array(found) - exact))))
    verdict("plain draws' error over sobol's, mean of 8,192",
            errors["plain"] / errors["sobol"], 20, at_most=False)  # fmt: skip
    print(f"plain draws' error over latin's: {errors['plain'] / errors['latin']:.1f}")


def against_peers() -> None:
    """Hold the peers against ours, those that are installed."""
    for name in PEERS:
        if find_spec(name) is None:
            print(f"{name:58} is not installed: left out")
        else:
            against(name)


def against(name: str) -> None:
    """Hold one peer against ours: its percentiles, and its time for 100,000 draws."""
    draw, times, apart = PEERS[name]
    asked = [5, 50, 95]
    found = np.percentile(draw(PEER_DRAWS), asked)
    exact = ours(2**20, apart=apart)
    off = max(
        abs(value / exact[percent][0] - 1) for percent, value in zip(asked, found, strict=True)
    )
    if off > AGREE:
        raise SystemExit(f"{name}: percentiles differ by {off:.2%}: not the same model")
    theirs, mine = least(
        [lambda: np.percentile(draw(PEER_DRAWS), asked), lambda: ours(PEER_DRAWS, apart=apart)], 2
    )
    words = f"faster than {name} ({theirs / PEER_DRAWS * 1e6:.1f} us a draw, {off:.2%} off)"
    verdict(words, theirs / mine, times, at_most=False)


def growth() -> None:
    """How time and memory grow with the number of draws, each in a fresh process."""
    print(f"\n{'draws':>12} {'us a draw':>10} {'MB over imports':>16}")
    for draws in (1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        took, megabytes = memory(draws)
        print(f"{draws:12,} {took / draws * 1e6:10.3f} {megabytes:16.1f}")
        if draws == 1_000_000:
            million = megabytes
    verdict("1,000,000 draws, memory", million, 64, at_most=True, unit=" MB")
    verdict("10,000,000 draws, memory", megabytes, 200, at_most=True, unit=" MB")


def main() -> None:
    """Measure all and print the aims."""
    against_normals()
    live()
    exactness()
    if "quick" not in sys.argv:
        against_peers()
        growth()


if __name__ == "__main__":
    main()
