"""Sets up the project in a virtual environment of its own, and runs its main jobs.

Needs Python 3.11 or later and nothing else:

    python3 bootstrap.py build    set up, write the workbooks into out/, print the forecast
    python3 bootstrap.py test     set up, run the tests
    python3 bootstrap.py lint     set up, run the linter and the type checker
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
EXTRAS = {"build": "", "test": "[test]", "lint": "[dev]"}


def run(*command: str | Path) -> int:
    """Run a program in the project's folder; give its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def tool(name: str) -> Path:
    """Return the path of a program of the virtual environment."""
    return BIN / f"{name}{SUFFIX}"


def set_up(extra: str) -> None:
    """Make the virtual environment, if need be, and install the project with an extra."""
    if not tool("python").exists():
        print(f"Making a virtual environment in {HOME.name} ...", flush=True)
        try:
            venv.create(HOME, with_pip=True, clear=True)
        except subprocess.CalledProcessError:
            sys.exit("Python's venv cannot install pip. On Debian: apt-get install python3-venv")
    print("Installing ...", flush=True)
    code = run(
        tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--constraint", "constraints.txt", "--editable", f".{extra}",
    )  # fmt: skip
    if code:
        sys.exit(code)


def build() -> int:
    """Write the workbooks and print the forecast, reconciled line by line."""
    program = tool("xl-cryptoai")
    for arguments in (["build", "--out", "out"], ["forecast"], ["reconcile"]):
        if code := run(program, *arguments):
            return code
    return 0


def test(*arguments: str) -> int:
    """Run the tests, a file on each core at a time; further arguments go to pytest."""
    return run(tool("python"), "-m", "pytest", "-n", "auto", "--dist", "loadfile", *arguments)


def lint() -> int:
    """Run the linter, the formatter's check and the type checker."""
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    return max(run(tool(name), *arguments) for name, *arguments in checks)


def main() -> int:
    """Run the job named on the command line."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}")
    job, *rest = sys.argv[1:] or ["help"]
    if job not in EXTRAS or (rest and job != "test"):
        print(__doc__)
        return 0 if job in ("help", "-h", "--help") else 2
    set_up(EXTRAS[job])
    return {"build": build, "lint": lint}[job]() if job != "test" else test(*rest)


if __name__ == "__main__":
    sys.exit(main())
