"""The part of the extension that LibreOffice loads: passes calls on to the functions in Python.

It knows no function by name: `settings.json` beside it lists them, and says which Python
environment has them. If LibreOffice's own Python is of the same version, they are imported into it;
if not, or if that fails, one worker process of that environment answers. If neither works, a call
shows #NAME?, which the workbooks read as "not available".

Only the standard library and uno, and nothing newer than Python 3.8: each LibreOffice brings its
own. ``XL_CRYPTOAI_LIBREOFFICE_MODE`` set to ``inprocess`` or ``worker`` allows only that way.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import importlib
import json
import math
import os
import site
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import uno
import unohelper

STARTS = 2  # of the worker, until LibreOffice is started anew: no fault may cost time for ever
KEPT = 200  # refusals in the log
LOG_FILE = "xl_cryptoai_refusals.log"
MODE = "XL_CRYPTOAI_LIBREOFFICE_MODE"
CODES = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503,
    "#N/A": 32767,
}  # fmt: skip
# What a process needs from its surroundings; LibreOffice's own variables make another Python fail.
KEPT_VARIABLES = [
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE",
    "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
]  # fmt: skip


class NotLoadedError(Exception):
    """The functions cannot be reached; the text says why."""


class TooLateError(Exception):
    """The worker took too long."""


def read_settings() -> dict[str, Any]:
    """Read what was recorded when the extension was built."""
    here = uno.fileUrlToSystemPath(__file__) if __file__.startswith("file:") else __file__
    text = Path(here).with_name("settings.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def error_cell(excel: str) -> float:
    """Make the number that LibreOffice shows as an error: a NaN that carries the error's code."""
    code = CODES.get(excel, CODES["#VALUE!"])
    return float(struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))[0])


def outgoing(cell: Any) -> float | str:
    """Turn one value of an answer into what a cell can show; there are no integers or logicals."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return error_cell(cell) if cell in CODES else cell
    number = float(cell)
    return number if math.isfinite(number) else error_cell("#NUM!")


def rows_of(answer: Any) -> tuple[tuple[float | str, ...], ...]:
    """Turn an answer into rows; a single value is one row of one cell."""
    rows = answer if isinstance(answer, (list, tuple)) else [[answer]]
    return tuple(tuple(outgoing(cell) for cell in row) for row in rows)


class InProcess:
    """The functions, imported into LibreOffice's Python."""

    def __init__(self, settings: dict[str, Any]) -> None:
        tag = settings["python_tag"]
        if sys.implementation.cache_tag != tag:
            raise NotLoadedError(f"LibreOffice's Python is not {tag}")
        before = list(sys.path)
        try:
            for path in settings["paths"]:
                site.addsitedir(path)
            found = importlib.import_module("xl_cryptoai").__version__
            if found != settings["version"]:
                raise ImportError(f"xl_cryptoai is {found}, not {settings['version']}")
            worker = importlib.import_module("xl_cryptoai_libreoffice.worker")
            self.ask = functools.partial(worker.answer, settings["model"])
        except Exception as error:  # a package for another build of Python fails in its own way
            sys.path[:] = before
            raise NotLoadedError(f"{type(error).__name__}: {error}") from error


class Worker:
    """A process of the recorded environment; started with the first call."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.command = [settings["python"], "-m", "xl_cryptoai_libreoffice.worker"]
        self.environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.environment["PYTHONPATH"] = os.pathsep.join(settings["paths"])
        self.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        self.process: subprocess.Popen[bytes] | None = None
        self.errors: Any = None
        self.model: str = settings["model"]
        self.seconds: float = settings["seconds"]
        self.deadline = math.inf
        self.starts = 0
        self.problem = ""

    def ask(self, name: str, cells: tuple[Any, ...]) -> dict[str, Any]:
        """Ask, once more if the process dies of it; never longer than the limit each time."""
        line = json.dumps([name, cells]).encode() + b"\n"
        while True:
            process = self.process or self.start()
            started = time.monotonic()
            reply = self.exchange(process, line)
            if reply.endswith(b"\n"):
                return dict(json.loads(reply))
            self.stop(process)
            if time.monotonic() - started >= self.seconds:
                raise TooLateError(f"no answer within {self.seconds:g} s; the worker was ended")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process, unless that was done too often already."""
        if self.starts >= STARTS:
            raise NotLoadedError(f"{self.command[0]} ended early: {self.problem}")
        self.starts += 1
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed in stop
        try:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                env=self.environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self.errors.close()
            raise NotLoadedError(f"{self.command[0]} cannot be started: {error}") from error
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it ended already, which the first call finds
            self.process.stdin.write(json.dumps(self.model).encode() + b"\n")
        threading.Thread(target=self.watch, args=(self.process,), daemon=True).start()
        return self.process

    def exchange(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        """Send a line and read one; what is not a whole line means that the process is gone."""
        assert process.stdin is not None and process.stdout is not None
        self.deadline = time.monotonic() + self.seconds
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:
            return b""
        finally:
            self.deadline = math.inf

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process when a call is late: that ends a stuck write as well as a stuck read."""
        while process.poll() is None:
            time.sleep(min(1.0, self.seconds))
            if time.monotonic() > self.deadline:
                process.kill()

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End the process and keep the last line of what it complained about."""
        process.kill()
        process.wait()
        assert process.stdin is not None and process.stdout is not None
        process.stdout.close()
        with contextlib.suppress(OSError):  # unsent bytes for a process that is gone
            process.stdin.close()
        self.errors.seek(0)
        self.problem = self.errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        self.errors.close()
        self.process = None


class RefusalLog:
    """The last refusals as sentences, in a text file that a person can find."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.lines: collections.deque[str] = collections.deque(maxlen=KEPT)
        self.path: Path | None = None
        self.written = 0

    def write(self, words: str) -> None:
        """Add a sentence; a file that cannot be written is no reason to fail."""
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {words}\n"
        with contextlib.suppress(OSError):
            if self.path is None:
                self.path = self.open()
            self.lines.append(line)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
            self.written += 1
            if self.written % KEPT == 0:  # not each time: a whole sheet may be refused
                self.path.write_text("".join(self.lines), encoding="utf-8")

    def open(self) -> Path:
        """Find the file and read what earlier sessions left in it."""
        path = Path(tempfile.gettempdir()) / LOG_FILE
        with contextlib.suppress(Exception):  # whatever UNO raises: then it is that folder
            name = "com.sun.star.util.PathSubstitution"
            places = self.context.ServiceManager.createInstanceWithContext(name, self.context)
            user = uno.fileUrlToSystemPath(places.substituteVariables("$(user)", True))
            if os.access(user, os.W_OK):
                path = Path(user) / LOG_FILE
        if path.exists():
            self.lines.extend(path.read_text(encoding="utf-8", errors="replace").splitlines(True))
            path.write_text("".join(self.lines), encoding="utf-8")
        return path


class Functions:
    """Answers the calls, whichever way is open; the way is chosen with the first call."""

    def __init__(self, settings: dict[str, Any], context: Any) -> None:
        self.settings = settings
        self.log = RefusalLog(context)
        self.lock = threading.Lock()
        self.way: InProcess | Worker | None = None
        self.problem = ""

    def call(self, shown: str, name: str, cells: tuple[Any, ...]) -> tuple[Any, ...]:
        """Answer with rows of cells, whatever happens."""
        with self.lock:
            try:
                return rows_of(self.ask(shown, name, cells))
            except NotLoadedError as error:
                if str(error) != self.problem:  # once, not for each cell
                    self.problem = str(error)
                    self.log.write(f"functions not loaded: {error}")
                return rows_of("#NAME?")
            except Exception as error:  # nothing may reach LibreOffice: it would show Err:504
                self.log.write(f"{shown}  #N/A: {type(error).__name__}: {error}")
                return rows_of("#N/A")

    def ask(self, shown: str, name: str, cells: tuple[Any, ...]) -> Any:
        """Return the answer, or the Excel error of a refusal after writing down its sentence."""
        if self.way is None:
            self.way = self.find_way()
        reply = self.way.ask(name, cells)
        if "answer" in reply:
            return reply["answer"]
        self.log.write(f"{shown}  {reply['excel']}: {reply['words']}")
        return reply["excel"]

    def find_way(self) -> InProcess | Worker:
        """Import the functions if that is possible, else prepare the worker."""
        mode = os.environ.get(MODE, "")
        if mode == "worker":
            return Worker(self.settings)
        try:
            return InProcess(self.settings)
        except NotLoadedError:
            if mode == "inprocess":
                raise
            return Worker(self.settings)


def method_for(shown: str, name: str) -> Any:
    """Make the method that LibreOffice calls for one function."""

    def method(self: Any, *cells: Any) -> tuple[Any, ...]:
        return tuple(self.functions.call(shown, name, cells))

    return method


def component_class(settings: dict[str, Any]) -> type:
    """Make the class with a method for every function."""
    service = settings["service"]

    def start(self: Any, context: Any) -> None:
        self.functions = Functions(settings, context)

    methods: dict[str, Any] = {"__init__": start}
    for method, name in settings["functions"].items():
        methods[method] = method_for(f"{service}.{method}", name)
    bases = (unohelper.Base, uno.getClass(settings["interface"]))
    return type("Component", bases, methods)


SETTINGS = read_settings()
g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  # LibreOffice's name for it
g_ImplementationHelper.addImplementation(
    component_class(SETTINGS), SETTINGS["service"], ("com.sun.star.sheet.AddIn",)
)
