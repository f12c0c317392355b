"""The real xlwings Server, started by the product's own start code on a free port::

    with Server() as server:
        rows = server.call("CAI_AI_GAIN", 1e12, 0.33)

It runs in a process group of its own, with its log in a private folder; both are gone at the end.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engines.libreoffice import is_running

_CODE = (
    # whoever runs tests in the background hands down that Ctrl-C is ignored
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "import sys; from pathlib import Path; from xl_cryptoai_server.start import Site, serve; "
    "port, workers, *files = sys.argv[1:]; pair = tuple(map(Path, files)) or None; "
    "serve(Site('noncommercial', port=int(port), workers=int(workers), certificate=pair))"
)
_CALL = {
    "client": "Office.js",
    "caller_address": "[Book1.xlsx]Sheet1!A1",
    "session_id": "tests",
    "culture_info_name": "en-US",
    "date_format": "m/d/yyyy",
    "version": "0",
    "runtime": "1.4",
}
"""What Excel sends beside the function's name and arguments."""


_KEPT = 3.0
"""Seconds after which an unused connection is not used again: the server closes it after 5."""


class ServerError(Exception):
    """The server could not be started, or does not answer."""


class ServerRefusal(Exception):  # noqa: N818  # an answer, not a fault of the driver
    """The server answered a call with another status than 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


def available() -> str:
    """Why xlwings Server cannot be run here, with the fix; "" when it can."""
    if importlib.util.find_spec("xlwings_server") is None:
        return 'xlwings Server is missing: pip install ".[server]"'
    return ""


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Ours, without anything that would configure xlwings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("XLWINGS_")}


def children(process: int) -> list[int]:
    """Numbers of the processes that a process has started."""
    try:
        return [
            int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()
        ]
    except OSError:
        return []


def command_of(process: int) -> bytes:
    """The command of a process."""
    return Path(f"/proc/{process}/cmdline").read_bytes()


class Server:
    """A running server; leaves no process and no file behind.

    Parameters
    ----------
    workers : int
        Number of server processes.
    certificate : tuple of Path, optional
        A certificate for 127.0.0.1 and its key: then it is spoken to by https, and verified.
    environment : mapping of str to str, optional
        Variables that it is started with.
    limit, start_limit : float
        Seconds that an answer, and the start, may take.

    Attributes
    ----------
    headers : dict of str to str
        What every request carries besides.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        certificate: tuple[Path, Path] | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float = 30.0,
        start_limit: float = 60.0,
    ) -> None:
        self.port = free_port()
        self.limit = limit
        self.headers: dict[str, str] = {}
        self._workers = workers
        self._files = [str(path) for path in certificate or ()]
        self._environment = dict(environment or {})
        self._start_limit = start_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._line: http.client.HTTPConnection | None = None
        self._asked = 0.0
        self._folder: Path | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._files else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        if reason := available():
            raise ServerError(reason)
        self._folder = Path(tempfile.mkdtemp(prefix="server-"))
        try:
            self._start(self._folder)
            self._wait()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            self.end()
        finally:
            self._kill()

    def end(self, by: int = signal.SIGTERM) -> int:
        """End it by a signal to its first process only; give its exit code."""
        if self._process is None:
            raise ServerError("the server is not running")
        self._process.send_signal(by)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            raise ServerError(f"the server did not end within 20 s:\n{self.log()}") from None

    def call(self, name: str, *cells: Any) -> list[list[Any]]:
        """Call a function by its Excel name, as Excel does; a range is rows, a cell a value.

        Raises
        ------
        ServerRefusal
            With the text that Excel shows beside the cell.
        """
        return list(json.loads(self.post(call_body(name, *cells)))["result"])

    def post(self, call: Any, *, complete: bool = True) -> str:
        """Send the body of a call; `complete` adds what Excel always sends."""
        body = _CALL | call if complete else call
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask("POST", "/xlwings/custom-functions-call", raw)

    def get(self, path: str, method: str = "GET") -> str:
        """Read a page."""
        return self._ask(method, path)

    def raw(self, *parts: bytes | float) -> bytes:
        """Send bytes as they are, wait where a number of seconds stands, read until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=self.limit) as line:
            answer = b""
            with suppress(OSError):  # it may close while we are still sending
                for part in parts:
                    if isinstance(part, bytes):
                        line.sendall(part)
                    else:
                        time.sleep(part)
            with suppress(ConnectionError):
                while piece := line.recv(65536):
                    answer += piece
        return answer

    def metadata(self) -> dict[str, Any]:
        """What Excel is told about the functions."""
        return dict(json.loads(self.get("/xlwings/custom-functions-meta.json")))

    def manifest(self) -> str:
        """The manifest of the add-in."""
        return self.get("/manifest.xml")

    def log(self) -> str:
        """Everything that it has printed so far."""
        return (self._folder / "log").read_text(errors="replace") if self._folder else ""

    def group(self) -> int:
        """Number of its process group."""
        if self._process is None:
            raise ServerError("the server is not running")
        return self._process.pid

    def workers(self) -> list[int]:
        """Numbers of the processes that answer."""
        return [worker for server in children(self.group()) for worker in children(server)
                if b"spawn_main" in command_of(worker)]  # fmt: skip

    def memory(self) -> int:
        """Bytes that it and all its processes hold."""
        todo, size = [self.group()], 0
        while todo:
            process = todo.pop()
            todo += children(process)
            with suppress(OSError):
                pages = Path(f"/proc/{process}/statm").read_text().split()[1]
                size += int(pages) * os.sysconf("SC_PAGESIZE")
        return size

    def _start(self, folder: Path) -> None:
        private: Mapping[str, str] = {"TMPDIR": str(folder), "NO_COLOR": "1"}
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CODE, str(self.port), str(self._workers), *self._files],
                env=clean_environment() | private | self._environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, to be killed as one
            )

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self._start_limit
        while "Manifest:" not in self.log():  # printed once the product has checked all
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"the server did not start:\n{self.log()[-2000:]}")
            time.sleep(0.02)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> str:
        if self._line is None:
            self._line = self._connection()
        elif time.monotonic() - self._asked > _KEPT:
            self._line.close()  # it opens itself again
        self._asked = time.monotonic()
        try:
            self._line.request(
                method, path, body, {"Content-Type": "application/json"} | self.headers
            )
            answer = self._line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._line.close()
            self._line = None
            raise ServerError(
                f"{path}: {error!r}; last of the log:\n{self.log()[-2000:]}"
            ) from None
        if answer.status != 200:
            raise ServerRefusal(answer.status, text)
        return text

    def _connection(self) -> http.client.HTTPConnection:
        place, limit = ("127.0.0.1", self.port), self.limit
        if not self._files:
            return http.client.HTTPConnection(*place, timeout=limit)
        trust = ssl.create_default_context(cafile=self._files[0])
        return http.client.HTTPSConnection(*place, timeout=limit, context=trust)

    def _kill(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        process, self._process = self._process, None
        if process is not None:
            # A number in use as a group's is given to no new process, so this hits no other.
            if is_running(process.pid):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def call_body(name: str, *cells: Any) -> dict[str, Any]:
    """Lay a call out as Excel sends it: arguments always as rows; an omitted one is null."""
    rows = [cell if isinstance(cell, list) or cell is None else [[cell]] for cell in cells]
    return _CALL | {"func_name": name.lower(), "args": rows}
