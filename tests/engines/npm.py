"""Programs and packages of npm that tests use, kept in a folder outside the repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def tools_folder() -> Path:
    """Return the folder in which programs for the tests are kept."""
    given = os.environ.get("XL_CRYPTOAI_TOOLS")
    return Path(given) if given else Path.home() / ".cache" / "xl-cryptoai" / "tools"


def packages_available(what: str, packages: list[str], expected: list[Path]) -> str:
    """Say why packages cannot be used; "" if they can. Installs them only if told to.

    Parameters
    ----------
    what : str
        What the packages are, to begin a sentence with.
    packages : list of str
        With their versions, as npm knows them.
    expected : list of Path
        What is there once they are installed.
    """
    asked = "true" in (os.environ.get("CI"), os.environ.get("XL_CRYPTOAI_INSTALL_TOOLS"))
    command = ["npm", "install", "--ignore-scripts", "--prefix", str(tools_folder()), *packages]
    problem = ""
    if asked and not all(path.exists() for path in expected):
        tools_folder().mkdir(parents=True, exist_ok=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            problem = f" ({done.stderr.strip()[-200:]})" if done.returncode else ""
        except OSError as error:
            problem = f" ({error})"
    if all(path.exists() for path in expected):
        return ""
    return f"{what} not installed{problem}: {' '.join(command)}"
