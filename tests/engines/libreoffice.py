"""A real LibreOffice for tests: open a workbook, edit cells, recalculate, read what it shows::

    with LibreOffice(extensions=[folder]) as office, office.open(path) as document:
        document.set("Inputs", "B3", 0.4)
        price = document.named("price_2030")

Each `LibreOffice` is a process group of its own with its own profile, so several run side by
side. The UNO half is `_uno_worker.py`, run by a system Python that has ``uno``.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WORKER = Path(__file__).with_name("_uno_worker.py")
_SYSTEM_PATH = "/usr/bin:/bin"
# One lock file beside every opened workbook would stay behind when soffice has to be killed.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse">
<value>false</value></prop></item></oor:items>
"""
_ERRORS = {503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!"}
_ERRORS[32767] = "#N/A"


class LibreOfficeError(Exception):
    """LibreOffice could not do what was asked."""


class LibreOfficeTimeoutError(LibreOfficeError):
    """A request took longer than its limit; the office has been killed."""


@dataclass(frozen=True)
class CellError:
    """The error that a cell shows: Excel's name where there is one, else ``Err:nnn``."""

    code: str

    def __str__(self) -> str:
        return self.code


Value = float | str | bool | None
"""What can be put into a cell: None clears it, a text that starts with "=" is a formula."""
Shown = float | str | CellError | None
"""What a cell shows: None is a blank; LibreOffice has no booleans, so TRUE is 1.0."""
Edit = tuple[str, str, Value]
"""Sheet, cell such as "B3", and what to put there."""
Area = tuple[str, str]
"""Sheet, and range such as "A1:D9"."""


def available() -> str:
    """Why LibreOffice cannot be driven here, with the fix; "" when it can."""
    soffice = _soffice()
    if soffice is None:
        return "LibreOffice is missing: apt-get install libreoffice-calc-nogui python3-uno"
    if not soffice.with_name("libsclo.so").exists():
        return f"{soffice} is without Calc: apt-get install libreoffice-calc-nogui"
    if _python() is None:
        return "no system Python has the module uno: apt-get install python3-uno"
    return ""


def writer_available() -> str:
    """Why LibreOffice opens no Word documents here, with the fix; "" when it does."""
    if reason := available():
        return reason
    soffice = _soffice()
    if soffice is None or not soffice.with_name("libswlo.so").exists():
        return "LibreOffice Writer is missing: apt-get install libreoffice-writer-nogui"
    return ""


def document_as_pdf(path: Path, out_dir: Path, limit: float = 120.0) -> Path:
    """Let LibreOffice Writer, with a profile of its own, print a document into ``out_dir``."""
    target = out_dir / f"{path.stem}.pdf"
    with tempfile.TemporaryDirectory(prefix="lo-") as profile:
        command = [
            "soffice", "--headless", f"-env:UserInstallation={Path(profile).as_uri()}",
            "--convert-to", "pdf", "--outdir", str(out_dir), str(path),
        ]  # fmt: skip
        clean = {"PATH": _SYSTEM_PATH, "HOME": profile, "LC_ALL": "C.UTF-8"}
        for _ in range(2):  # a fresh profile's first start can end at once: start again
            done = subprocess.run(
                command, env=clean, capture_output=True, text=True, timeout=limit, check=False
            )
            if target.exists():
                return target
    raise LibreOfficeError(f"LibreOffice could not print {path}: {done.stderr.strip()}")


def pages_of(pdf: Path) -> int:
    """Count the pages of a PDF (needs pdfinfo)."""
    command = ["pdfinfo", str(pdf)]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return int(next(line for line in shown.splitlines() if line.startswith("Pages:")).split()[1])


def rasterise(pdf: Path, out_dir: Path, dpi: int = 80) -> list[Path]:
    """Draw every page of a PDF into ``out_dir`` as PNG, first page first (needs pdftoppm)."""
    if shutil.which("pdftoppm") is None:
        raise LibreOfficeError("pdftoppm is missing: apt-get install poppler-utils")
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir) as fresh:  # pages of an earlier run stay out
        command = ["pdftoppm", "-png", "-r", str(dpi), str(pdf), f"{fresh}/{pdf.stem}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise LibreOfficeError(f"pdftoppm could not draw {pdf}: {done.stderr.strip()}")
        pages = sorted(Path(fresh).iterdir())  # pdftoppm pads the numbers: sorts as counted
        return [page.replace(out_dir / page.name) for page in pages]


@functools.cache
def _soffice() -> Path | None:
    found = shutil.which("soffice", path=f"{_SYSTEM_PATH}:{os.environ.get('PATH', '')}")
    return Path(found).resolve() if found else None


@functools.cache
def _python() -> str | None:
    """A Python with uno: the one LibreOffice brings along, or the system's."""
    soffice = _soffice()
    own = [str(soffice.with_name("python"))] if soffice else []
    for candidate in [*own, "/usr/bin/python3"]:
        with suppress(OSError, subprocess.TimeoutExpired):
            command = [candidate, "-s", "-c", "import uno"]
            clean = {"PATH": _SYSTEM_PATH}
            done = subprocess.run(command, env=clean, capture_output=True, timeout=30, check=False)
            if done.returncode == 0:
                return candidate
    return None


def python_tag() -> str:
    """Which Python LibreOffice has inside, such as "cpython-311"."""
    command = [str(_python()), "-s", "-c", "import sys; print(sys.implementation.cache_tag)"]
    done = subprocess.run(command, env={"PATH": _SYSTEM_PATH}, capture_output=True, check=True)
    return done.stdout.decode().strip()


class LibreOffice:
    """A headless soffice with a private profile; leaves no process and no file behind.

    Parameters
    ----------
    extensions : sequence of Path
        Folders of unpacked extensions (each has META-INF/manifest.xml) to run with.
    extra_env : mapping, optional
        Environment variables for the extensions. Everything else is clean: the variables of a
        virtual environment make soffice die.
    profile : Path, optional
        A profile to start from, such as one with installed extensions; it is copied.
    limit, start_limit : float
        Seconds that a request, and the start, may take. ``limit`` may be changed any time.
    """

    def __init__(
        self,
        extensions: Sequence[Path] = (),
        *,
        extra_env: Mapping[str, str] | None = None,
        profile: Path | None = None,
        limit: float = 60.0,
        start_limit: float = 90.0,
    ) -> None:
        self.limit = limit
        self._extensions = [Path(extension).resolve() for extension in extensions]
        self._extra_env = dict(extra_env or {})
        self._profile = profile
        self._start_limit = start_limit
        self._worker: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._folder: Path | None = None
        self._sockets: list[Path] = []

    def __enter__(self) -> LibreOffice:
        if reason := available():
            raise LibreOfficeError(reason)
        self._folder = folder = Path(tempfile.mkdtemp(prefix="lo-"))
        try:
            config = self._configuration(folder)
            self._start_worker(folder)
            # The worker keeps to the limit itself; the margin is for its own start and report.
            self._exchange(config, self._start_limit + 10, "the start of LibreOffice")
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            if self.is_up():
                with suppress(LibreOfficeError):
                    self._ask("quit")
        finally:
            self._kill()

    def open(self, path: Path) -> Document:
        """Open a workbook in memory; the file is never written to, only `Document.save_as` is."""
        if not Path(path).is_file():
            raise FileNotFoundError(path)
        return Document(self, self._ask("open", Path(path).resolve().as_uri()))

    def convert(self, path: Path, out_dir: Path, fmt: str) -> Path:
        """Write a workbook as "pdf", "xlsx" or "ods" into ``out_dir``, without recalculation."""
        target = Path(out_dir) / f"{Path(path).stem}.{fmt}"
        if target.resolve() == Path(path).resolve():
            raise LibreOfficeError(f"{path} would be written over itself: name another folder")
        with self.open(path) as document:
            return document.save_as(target)

    def functions(self, prefix: str) -> dict[str, dict[str, Any]]:
        """What the function wizard shows of the functions whose names start like this.

        By name: "help", and "arguments" as a list of [name, help].
        """
        return dict(self._ask("functions", prefix))

    def in_profile(self, name: str) -> Path:
        """Where a file of the profile's user folder is."""
        if self._folder is None:
            raise LibreOfficeError("LibreOffice is not running")
        return self._folder / "profile" / "user" / name

    def is_up(self) -> bool:
        """Whether it still takes requests; it does not after a timeout or a crash."""
        return self._worker is not None

    def log(self) -> str:
        """Everything that soffice and its extensions have printed so far."""
        return (self._folder / "log").read_text(errors="replace") if self._folder else ""

    def _configuration(self, folder: Path) -> dict[str, Any]:
        bundle, user = folder / "extensions", folder / "profile" / "user"
        bundle.mkdir()
        user.parent.mkdir()
        if self._profile is None:
            user.mkdir()
            (user / "registrymodifications.xcu").write_text(_SETTINGS)
        else:
            shutil.copytree(self._profile / "user", user)
        for number, extension in enumerate(self._extensions):
            if not (extension / "META-INF" / "manifest.xml").is_file():
                raise LibreOfficeError(f"{extension} is no unpacked extension: no manifest.xml")
            (bundle / f"{number}-{extension.name}").symlink_to(extension)
        switches = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
        profile, pipe = user.parent.as_uri(), folder.name
        places = [f"-env:UserInstallation={profile}", f"-env:BUNDLED_EXTENSIONS={bundle.as_uri()}"]
        self._sockets = _socket_paths(pipe, profile)
        return {
            "command": [str(_soffice()), *switches, f"--accept=pipe,name={pipe};urp;", *places],
            "pipe": pipe,
            "limit": self._start_limit,
            "folder": str(folder),
            "sockets": [str(socket) for socket in self._sockets],
        }

    def _start_worker(self, folder: Path) -> None:
        home = str(folder)
        private = {"HOME": home, "TMPDIR": home, "PATH": _SYSTEM_PATH, "LC_ALL": "C.UTF-8"}
        private["PYTHONDONTWRITEBYTECODE"] = "1"  # no __pycache__ in the extensions' folders
        with (folder / "log").open("wb") as log:
            self._worker = subprocess.Popen(
                [str(_python()), "-s", str(_WORKER)],
                env=private | self._extra_env,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # a process group of its own, to be killed as one
            )
        self._answers = queue.Queue()
        threading.Thread(target=_pass_on, args=(self._worker, self._answers), daemon=True).start()

    def _ask(self, do: str, *args: object, book: int | None = None) -> Any:
        request = {"do": do, "args": args} | ({} if book is None else {"book": book})
        return self._exchange(request, self.limit, f"the request {do!r}")

    def _exchange(self, message: dict[str, Any], limit: float, what: str) -> Any:
        if self._worker is None or self._worker.stdin is None:
            raise LibreOfficeError("LibreOffice is not running")
        # float() takes numpy's numbers; infinities and NaN are refused: no cell can hold them.
        line = json.dumps(message, default=float, allow_nan=False).encode() + b"\n"
        try:
            with suppress(BrokenPipeError):  # a dead worker shows as the end of its answers
                self._worker.stdin.write(line)
                self._worker.stdin.flush()
            reply = self._answers.get(timeout=limit)
        except queue.Empty:
            self._kill()
            late = f"{what} took more than {limit:g} s; the office has been killed"
            raise LibreOfficeTimeoutError(late) from None
        except BaseException:  # such as Ctrl-C: the answer would be taken for the next one's
            self._kill()
            raise
        answer = json.loads(reply) if reply else {"refused": "its worker ended", "fatal": True}
        if answer.get("fatal"):
            tail = "\n".join(self.log().splitlines()[-15:])
            self._kill()
            raise LibreOfficeError(f"{what}: {answer['refused']}; last of its log:\n{tail}")
        if "refused" in answer:
            raise LibreOfficeError(answer["refused"])
        return answer["result"]

    def _kill(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            _kill_group(worker)
        for socket in self._sockets:
            socket.unlink(missing_ok=True)
        folder, self._folder = self._folder, None
        deadline = time.monotonic() + 5
        while folder and folder.exists() and time.monotonic() < deadline:
            shutil.rmtree(folder, ignore_errors=True)  # again if a dying thread wrote meanwhile


def _pass_on(worker: subprocess.Popen[bytes], answers: queue.Queue[bytes]) -> None:
    """Make the answers a queue, which can be waited for with a time limit; b"" is their end."""
    assert worker.stdout is not None
    with worker.stdout as lines:
        for line in lines:
            answers.put(line)
    answers.put(b"")


def _socket_paths(pipe: str, profile: str) -> list[Path]:
    """Where soffice puts its two sockets, which a killed one leaves behind: always into /tmp."""
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    single = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)  # not padded: LO's way
    return [Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}") for name in (pipe, single)]


def _kill_group(leader: subprocess.Popen[bytes]) -> None:
    """End the worker, soffice and all they started, and see it through (not for ever)."""
    # The leader has not been waited for yet, so its number still means this group and no other.
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    if leader.stdin is not None:
        with suppress(BrokenPipeError):
            leader.stdin.close()
    leader.wait()
    deadline = time.monotonic() + 5
    while is_running(leader.pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def is_running(group: int) -> bool:
    """Whether a process of the group runs. The dead do not count: PID 1 may be slow to reap."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


class Document:
    """An open workbook. Formulas are in the syntax of xlsx files: commas, ``Sheet!A1``, _xlfn.

    Only table references and error literals are not: a formula with one of them is given and
    taken in LibreOffice's own syntax (``=SUM(Tab[a];1)``).
    """

    def __init__(self, office: LibreOffice, number: int) -> None:
        self._office = office
        self._number = number
        self._open = True

    def __enter__(self) -> Document:
        return self

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        # What went wrong first is what the test has to show, not that closing failed as well.
        with nullcontext() if kind is None else suppress(LibreOfficeError):
            self.close()

    def close(self) -> None:
        """Close without saving. Nothing happens if it is closed, or its office gone, already."""
        if self._open and self._office.is_up():
            self._ask("close")
        self._open = False

    def sheet_names(self) -> list[str]:
        """Names of the sheets in their order, hidden ones too."""
        return list(self._ask("sheet_names"))

    def value(self, sheet: str, cell: str) -> Shown:
        """What one cell shows."""
        return self.values(sheet, cell)[0][0]

    def values(self, sheet: str, area: str) -> list[list[Shown]]:
        """What the cells of a range such as "A1:D9" show, row by row."""
        return _rows(self._ask("read", [(sheet, area)])[0])

    def all_values(self) -> dict[str, list[list[Shown]]]:
        """Per sheet the rows from A1 on, down and right to the last cell that is not blank."""
        return {sheet: _rows(rows) for sheet, rows in self._ask("all_values").items()}

    def named(self, name: str) -> Shown:
        """What the one cell behind a defined name shows."""
        return _shown(self._ask("named", name))

    def formula(self, sheet: str, cell: str) -> str:
        """The formula of a cell with its "="; "" when it has none."""
        return str(self._ask("formula", sheet, cell))

    def set(self, sheet: str, cell: str, value: Value) -> None:
        """Put a value or a formula into a cell; None clears it.

        An edit of a locked cell takes a password-less protection off its sheet, in memory (and in
        what is saved).
        """
        self.set_many([(sheet, cell, value)])

    def set_many(self, edits: Iterable[Edit]) -> None:
        """Put many (sheet, cell, value) in one request."""
        self._ask("edit", list(edits))

    def recalculate(self) -> None:
        """Calculate every cell anew, those too that still show the value stored in the file."""
        self._ask("recalculate")

    def probe(
        self, edits: Iterable[Edit], reads: Iterable[Area], *, hard: bool = False
    ) -> list[list[list[Shown]]]:
        """Set (sheet, cell, value), recalculate, read (sheet, range), put everything back.

        Gives the rows of every read. Recalculated is what depends on the edits, with ``hard``
        every cell; the first probe of a document always is hard: no stored value stays stale.
        """
        found = self._ask("probe", list(edits), list(reads), hard)
        return [_rows(rows) for rows in found]

    def save_as(self, path: Path) -> Path:
        """Write a copy as .xlsx, .ods or .pdf, by the suffix; an existing file is replaced."""
        target = Path(path).resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        self._ask("save", str(target))
        return target

    def _ask(self, do: str, *args: object) -> Any:
        return self._office._ask(do, *args, book=self._number)


def _rows(rows: list[list[Any]]) -> list[list[Shown]]:
    return [[_shown(cell) for cell in row] for row in rows]


def _shown(cell: Any) -> Shown:
    if isinstance(cell, dict):
        return CellError(_ERRORS.get(cell["error"], f"Err:{cell['error']}"))
    shown: Shown = cell
    return shown
