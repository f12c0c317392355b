"""A real browser for tests: headless Chromium, spoken to over a pipe (DevTools protocol)::

    with Browser() as browser:
        page = browser.open("http://127.0.0.1:8000/", before="globalThis.seen = []")
        title = page.run("document.title")

Each `Browser` is a process group of its own with its own profile. Pages get nothing by https: a
page under test is served from this machine.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engines.libreoffice import is_running

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = """--headless=new --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage
    --no-first-run --no-default-browser-check --disable-background-networking
    --disable-component-update --disable-sync --remote-debugging-pipe""".split()
_COMMANDS, _ANSWERS = 3, 4  # file descriptors on which Chromium reads and writes

CONTRASTS = """(() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
    return /, 0\\)$/.test(colour) ? ground(element.parentElement) : colour;
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.checkVisibility() && one.className !== "skip")
    .map((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
})()"""
"""Contrasts of all texts that show, by the formula of WCAG 2."""


class BrowserError(Exception):
    """The browser could not do what was asked, or a script on the page failed."""


def available() -> str:
    """Why no browser can be driven here, with the fix; "" when it can."""
    return "" if _program() else "Chromium is missing: apt-get install chromium"


def _program() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """A headless Chromium with a private profile; leaves no process and no file behind.

    Parameters
    ----------
    limit : float
        Seconds that a request, and the loading of a page, may take.
    """

    def __init__(self, *, limit: float = 30.0) -> None:
        self.limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._pipes: list[int] = []
        self._received = b""
        self._sent = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        if reason := available():
            raise BrowserError(reason)
        self._folder = Path(tempfile.mkdtemp(prefix="browser-"))
        try:
            self._start(self._folder)
            self.ask("Browser.getVersion")
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self._kill()

    def open(self, url: str, *, before: str = "", blocked: Sequence[str] = ()) -> Page:
        """Load a page; returns when it has loaded.

        Parameters
        ----------
        url : str
            Where it is.
        before : str
            Script that runs in the page before its own.
        blocked : sequence of str
            Addresses that it cannot load, with * as wildcard.
        """
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.ask(f"{domain}.enable")
        page.ask("Network.setBlockedURLs", {"urls": ["https://*", *blocked]})
        page.ask("Page.addScriptToEvaluateOnNewDocument", {"source": before})
        page.ask("Page.navigate", {"url": url})
        deadline = time.monotonic() + self.limit
        while not page.events("Page.loadEventFired"):
            self.events.append(self._receive(deadline))
        return page

    def ask(
        self, method: str, parameters: dict[str, Any] | None = None, session: str = ""
    ) -> dict[str, Any]:
        """Make one request of the DevTools protocol and wait for its answer."""
        self._sent += 1
        number = self._sent
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        try:
            os.write(self._pipes[0], json.dumps(message).encode() + b"\0")
        except (IndexError, BrokenPipeError):
            raise BrowserError("Chromium is not running") from None
        deadline = time.monotonic() + self.limit
        while (answer := self._receive(deadline)).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._received:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._pipes[1]], [], [], left)[0]:
                raise BrowserError(f"Chromium took more than {self.limit:g} s")
            part = os.read(self._pipes[1], 1 << 16)
            if not part:
                raise BrowserError(f"Chromium has ended:\n{self._log()}")
            self._received += part
        raw, _, self._received = self._received.partition(b"\0")
        return dict(json.loads(raw))

    def _start(self, folder: Path) -> None:
        read_commands, write_commands = os.pipe()
        read_answers, write_answers = os.pipe()
        self._pipes = [write_commands, read_answers]
        # A shell puts the pipes where Chromium wants them: no Python code runs after the fork.
        wiring = f'exec "$0" "$@" {_COMMANDS}<&{read_commands} {_ANSWERS}>&{write_answers}'
        command = [str(_program()), *_SWITCHES, f"--user-data-dir={folder}/profile", "about:blank"]
        try:
            with (folder / "log").open("wb") as log:
                self._process = subprocess.Popen(
                    ["/bin/bash", "-c", wiring, *command],
                    env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
                    pass_fds=(read_commands, write_answers),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # a process group of its own, to be killed as one
                )
        finally:
            os.close(read_commands)
            os.close(write_answers)

    def _log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:] if self._folder else ""

    def group(self) -> int:
        """Return the number of its process group."""
        if self._process is None:
            raise BrowserError("Chromium is not running")
        return self._process.pid

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            # Not waited for yet, so its number still means this group and no other.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in self._pipes:
            os.close(pipe)
        self._pipes = []
        folder, self._folder = self._folder, None
        deadline = time.monotonic() + 5
        while process and is_running(process.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        while folder and folder.exists() and time.monotonic() < deadline:
            shutil.rmtree(folder, ignore_errors=True)  # again if a dying process wrote meanwhile


class Page:
    """A loaded page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def ask(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one request about this page."""
        return self._browser.ask(method, parameters, self._session)

    def events(self, method: str) -> list[dict[str, Any]]:
        """What the browser has reported about this page, such as "Runtime.exceptionThrown"."""
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]

    def run(self, script: str) -> Any:
        """Evaluate an expression, wait for it if it is a promise, and give its JSON value."""
        settings = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self.ask("Runtime.evaluate", settings)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise BrowserError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    def as_pdf(self) -> bytes:
        """Print it on the paper that it asks for."""
        answer = self.ask("Page.printToPDF", {"preferCSSPageSize": True})
        return base64.b64decode(answer["data"])

    def close(self) -> None:
        """Close it and forget what was reported about it; the browser goes on."""
        self.ask("Page.close")
        events = self._browser.events
        events[:] = [event for event in events if event.get("sessionId") != self._session]
