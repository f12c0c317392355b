"""Sets up the project in a virtual environment of its own, and runs its main jobs.

Needs Python 3.11 or later and nothing else:

    python3 bootstrap.py build    set up, write the workbooks into out/, print the forecast
    python3 bootstrap.py test     set up, run the tests
    python3 bootstrap.py lint     set up, run the linter and the type checker
    python3 bootstrap.py supply   set up, install the oldest and the newest parts allowed into
                                  environments of their own and try them; write out/sbom.json
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
EXTRAS = {"build": "", "test": "[test]", "lint": "[dev]", "supply": "[dev]"}
NEWEST = 20
"""The last minor version of Python 3 that is looked for."""
BOOK = "out/crypto_ai_revenue_plain.xlsx"
TRIED = (
    ["build", "--out", "out", "--for", "plain"],
    ["audit", "out"],
    ["read", BOOK],
    ["trace", BOOK, "total"],
    ["simulate", "--draws", "1024"],
)
"""Commands that an installed wheel has to run from an empty folder."""


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


def supply() -> int:
    """Try the oldest and the newest parts allowed, and write what the product consists of."""
    with tempfile.TemporaryDirectory() as folder:
        oldest = _installed(
            Path(folder) / "oldest", sys.executable, "--constraint", ".ci/oldest.txt"
        )
        newest = _installed(Path(folder) / "newest", _newest_python())
        return _tried(oldest) or _tried(newest) or _bill_of_materials(newest)


def _newest_python() -> str:
    """Find the newest Python of this machine."""
    for minor in range(NEWEST, sys.version_info.minor, -1):
        found = shutil.which(f"python3.{minor}")
        if (
            found
            and not subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode
        ):
            return found
    return sys.executable


def _installed(home: Path, python: str, *constraint: str) -> Path:
    """Install the project, as its wheel, into a new environment; return its Python."""
    subprocess.run([python, "-m", "venv", str(home)], check=True)
    inside = home / BIN.name / f"python{SUFFIX}"
    if code := run(
        inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ".", *constraint
    ):
        sys.exit(code)
    return inside


def _tried(python: Path) -> int:
    """Run the commands of an installed wheel from an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        for arguments in TRIED:
            command = [str(python.with_name(f"xl-cryptoai{SUFFIX}")), *arguments]
            if code := subprocess.run(
                command, cwd=folder, stdout=subprocess.DEVNULL, check=False
            ).returncode:
                print(f"{' '.join(command)} ended with {code}")
                return code
    print(f"{python.parents[1].name} parts allowed, {python}: all commands run")
    return 0


def _bill_of_materials(python: Path) -> int:
    """Write a CycloneDX list of the parts of an environment, and hold it against what is there."""
    out = ROOT / "out" / "sbom.json"
    out.parent.mkdir(exist_ok=True)
    if code := run(
        tool("cyclonedx-py"), "environment", "--output-reproducible", "--output-format", "JSON",
        "--output-file", out, python,
    ):  # fmt: skip
        return code
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    parts = {(part["name"].lower(), part["version"]) for part in json.loads(listed)}
    named = {
        (part["name"].lower(), part["version"])
        for part in json.loads(out.read_text(encoding="utf-8"))["components"]
    }
    print(f"{out.relative_to(ROOT)}: {len(named)} parts, {len(parts)} installed")
    for name, version in sorted(parts ^ named):
        print(
            f"{name} {version} is {'not listed' if (name, version) in parts else 'not installed'}"
        )
    return int(parts != named)


def main() -> int:
    """Run the job named on the command line."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}")
    job, *rest = sys.argv[1:] or ["help"]
    if job not in EXTRAS or (rest and job != "test"):
        print(__doc__)
        return 0 if job in ("help", "-h", "--help") else 2
    set_up(EXTRAS[job])
    if job == "test":
        return test(*rest)
    return {"build": build, "lint": lint, "supply": supply}[job]()


if __name__ == "__main__":
    sys.exit(main())
