"""What the checks ask the machine about, gathered so that tests can answer in its place."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_cryptoai.functions.entry import ADD_IN

WINDOWS = "Windows"
MAC = "Darwin"


@dataclass(frozen=True, slots=True)
class Environment:
    """One person's machine.

    Attributes
    ----------
    system : str
        "Windows", "Darwin" or "Linux", as Python's platform module says it.
    home : Path
        The person's folder; xlwings keeps its settings below it.
    startup : Path
        Folder from which Excel loads add-ins when it starts.
    python : Path
        This interpreter.
    xlwings : Path or None
        Folder of the installed xlwings package.
    encoding : str
        In which VBA reads text files.
    registry : callable
        Gives the value of a key and a name, or nothing.
    version : callable
        Gives the version of an installed distribution, or nothing.
    functions : callable
        Imports the functions as xlwings will, and counts them; raises what that raises.
    run : callable
        Runs a program and gives what it printed.
    """

    system: str
    home: Path
    startup: Path
    python: Path
    xlwings: Path | None
    encoding: str
    registry: Callable[[str, str], str | None]
    version: Callable[[str], str | None]
    functions: Callable[[], int]
    run: Callable[[Sequence[str]], str]

    @property
    def on_windows(self) -> bool:
        """Whether this is Windows."""
        return self.system == WINDOWS

    @property
    def on_mac(self) -> bool:
        """Whether this is a Mac."""
        return self.system == MAC

    @property
    def settings_file(self) -> Path:
        """The person's xlwings settings, for all workbooks."""
        return self.home / ".xlwings" / "xlwings.conf"

    @property
    def add_in(self) -> Path:
        """Where our add-in stands when it is installed."""
        return self.startup / ADD_IN

    @property
    def xlwings_add_in(self) -> Path:
        """Where xlwings' add-in stands when it is installed."""
        return self.startup / "xlwings.xlam"

    @property
    def mac_script(self) -> Path:
        """Where the script stands through which Excel on a Mac starts Python."""
        scripts = self.home / "Library" / "Application Scripts" / "com.microsoft.Excel"
        return scripts / f"xlwings-{self.version('xlwings')}.applescript"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, what was found, and the fix if one is needed.

    A note is neither healthy nor ill: it says what applies on this machine.
    """

    topic: str
    found: str
    fix: str = ""
    note: bool = False

    @property
    def healthy(self) -> bool:
        """Whether nothing needs a fix."""
        return not self.fix


def lines_of(finding: Finding) -> Iterator[str]:
    """Say a finding in a line, and its fix in another."""
    mark = "note" if finding.note else "ok  " if finding.healthy else "FIX "
    yield f"{mark}  {finding.topic}: {finding.found}"
    if finding.fix:
        yield f"      fix: {finding.fix}"


def in_words(found: Sequence[Finding]) -> Iterator[str]:
    """Say findings in lines, each with its fix, and at the end how many need one."""
    for finding in found:
        yield from lines_of(finding)
    ill = sum(not finding.healthy for finding in found)
    yield f"{ill} of {len(found)} need a fix." if ill else "Nothing needs a fix."


def this_machine() -> Environment:
    """Describe the machine that this program runs on."""
    system = platform.system()
    spec = importlib.util.find_spec("xlwings")
    home = Path.home()
    return Environment(
        system=system,
        home=home,
        startup=_startup(system, home),
        python=Path(sys.executable),
        xlwings=Path(spec.origin).parent if spec and spec.origin else None,
        encoding="mbcs" if system == WINDOWS else "utf-8",
        registry=_registry,
        version=_version,
        functions=_functions,
        run=_run,
    )


def _startup(system: str, home: Path) -> Path:
    if system == MAC:
        office = home / "Library" / "Group Containers" / "UBF8T346G9.Office"
        return office / "User Content.localized" / "Startup.localized" / "Excel"
    roaming = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    return roaming / "Microsoft" / "Excel" / "XLSTART"


def _registry(key: str, name: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    root, _, path = key.partition("\\")
    roots = {
        "HKCR": winreg.HKEY_CLASSES_ROOT,
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
    }
    try:
        with winreg.OpenKey(roots[root], path) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    except OSError:
        return None


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _functions() -> int:
    import xl_cryptoai_udfs

    return len(xl_cryptoai_udfs.__all__)


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        list(command), capture_output=True, text=True, errors="replace", timeout=300, check=False
    )
    return (done.stdout + done.stderr).strip()
