"""What it costs that the model is data that is passed: beside an older commit of this repository.

    python benchmarks/generality.py          # beside the last commit before models were passed
    python benchmarks/generality.py COMMIT   # beside another one

The older commit is checked out into a folder of its own, which is removed at the end. Old and new
take turns, each in a process of its own; times are CPU seconds, the least of several turns. Exits
with 1 if a ratio is above its limit.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEFORE = "b91dc4f"
TURNS = 5
HELP_LIMIT = 0.1
"""CPU seconds of `xl-cryptoai --help`."""

_TIMED = """
import time
from pathlib import Path
import xl_cryptoai
from xl_cryptoai import Forecast
from xl_cryptoai.risk import simulate
{run}
best = 1e9
for _ in range({repeats}):
    start = time.process_time()
    for _ in range({times}):
        {run}
    best = min(best, (time.process_time() - start) / {times})
assert Path(xl_cryptoai.__file__).is_relative_to(Path.cwd()), "another tree is imported"
print(best)
"""
CASES = {
    "Forecast()": (1.2, _TIMED.format(run="Forecast()", repeats=7, times=200)),
    "Forecast of three scenarios": (
        1.2,
        _TIMED.format(run="Forecast(('bear', 'base', 'bull'))", repeats=7, times=200),
    ),
    "simulate(100_000)": (1.05, _TIMED.format(run="simulate(100_000)", repeats=7, times=1)),
}
"""Label: limit of the ratio, and what is run."""


def environment(tree: Path) -> dict[str, str]:
    """Return the environment in which a tree's packages are imported."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tree), str(tree / "udfs")])}


def seconds(tree: Path, code: str) -> float:
    """Return what the code prints, run with a tree's packages."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, env=environment(tree),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def help_seconds(tree: Path) -> float:
    """Return the CPU seconds of a start that prints the help."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "xl_cryptoai", "--help"], cwd=tree, env=environment(tree),
        stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main(commit: str) -> int:
    """Compare and print; return 1 if a limit is broken."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "old"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(old), commit], check=True)
        try:
            print(f"beside {commit:28} {'before':>10} {'now':>10} {'ratio':>6} {'limit':>6}")
            for label, (limit, code) in CASES.items():
                pairs = [(seconds(old, code), seconds(ROOT, code)) for _ in range(TURNS)]
                before, now = (min(times) for times in zip(*pairs, strict=True))
                wrong += now / before > limit
                print(
                    f"{label:35} {1e3 * before:7.3f} ms {1e3 * now:7.3f} ms"
                    f" {now / before:6.2f} {limit:6.2f}"
                )
            pairs = [(help_seconds(old), help_seconds(ROOT)) for _ in range(2 * TURNS)]
            before, now = (min(times) for times in zip(*pairs, strict=True))
            wrong += now > HELP_LIMIT
            print(
                f"{'xl-cryptoai --help':35} {1e3 * before:7.0f} ms {1e3 * now:7.0f} ms"
                f" {now / before:6.2f} {1e3 * HELP_LIMIT:3.0f} ms"
            )
        finally:
            subprocess.run([*git, "remove", "--force", str(old)], check=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [BEFORE]))
