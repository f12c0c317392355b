"""The task pane of a running server, opened in a browser beside a workbook, and used::

with Server() as server, Browser() as browser, OpenWorkbook(content) as book:
    pane = open_pane(server, browser, book)
    pane.press("Bull", "#headline")
"""

from __future__ import annotations

import base64
import json

from engines.browser import Browser, Page
from engines.office import OpenWorkbook
from engines.server import Server

WAIT = 60_000
"""Milliseconds that the pane gets to show something."""
NO_HOST = ["*/office-js/*"]
"""Microsoft's Office.js, in whose place the stand-in is."""

IDLE = "!document.querySelector('#inside[aria-busy]')"
TOTAL = "document.querySelector('#total')?.textContent"


class Pane:
    """An opened pane, and what a person does with it."""

    def __init__(self, page: Page, origins: tuple[str, ...]) -> None:
        self.page = page
        self.origins = origins

    def until(self, script: str) -> None:
        """Wait until an expression is true."""
        failed = f"new Error({json.dumps(script)} + ' is not so: ' + document.body.innerText)"
        self.page.run(
            "new Promise((done, failed) => { const start = Date.now(); const look = () => {"
            f" if ({script}) done(); else if (Date.now() - start > {WAIT}) failed({failed});"
            " else setTimeout(look, 20); }; look(); })"
        )

    def click(self, selector: str) -> None:
        """Press something, and wait until the pane has done what follows."""
        self._press(f"document.querySelector({json.dumps(selector)})")
        self.until(IDLE)

    def press(self, words: str, within: str = "main") -> None:
        """Press the button with these words."""
        self._press(
            f"[...document.querySelectorAll({json.dumps(within + ' button')})]"
            f".find((one) => one.textContent === {json.dumps(words)})"
        )

    def _press(self, found: str) -> None:
        self.page.run(f"(() => {{ const one = {found}; one.focus(); one.click(); }})()")
        self.until(IDLE)

    def text(self, selector: str) -> str:
        """Return what is shown somewhere, on one line."""
        shown = self.page.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return " ".join(shown.split())

    def set(self, assumption: str, value: str) -> None:
        """Set an override as a person does."""
        self.page.run(
            f"(() => {{ const form = document.querySelector('#override'), f = form.elements;"
            f" f.id.value = '{assumption}'; f.id.dispatchEvent(new Event('change'));"
            f" (f.value.hidden ? f.choice : f.value).value = '{value}';"
            " form.requestSubmit(); })()"
        )
        self.until(IDLE)

    def key(self, key: str, *, text: str = "", shift: bool = False) -> None:
        """Press a key of the keyboard."""
        codes = {"Tab": 9, "Enter": 13, " ": 32, "End": 35, "Home": 36, "ArrowRight": 39}
        told = {
            "key": key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": 8 * shift,
            **({"text": text} if text else {}),
        }  # fmt: skip
        self.page.ask("Input.dispatchKeyEvent", {"type": "keyDown", **told})
        self.page.ask("Input.dispatchKeyEvent", {"type": "keyUp", **told})

    def asked_elsewhere(self) -> list[str]:
        """List the requests to other hosts than the server, and Excel's stand-in."""
        asked = [event["request"]["url"] for event in self.page.events("Network.requestWillBeSent")]
        return [url for url in asked if not url.startswith((*self.origins, "data:"))]

    def picture(self) -> bytes:
        """Return all of it as a PNG."""
        size = self.page.run(
            "(() => { const page = document.documentElement; return {x: 0, y: 0, scale: 1,"
            " width: page.clientWidth, height: Math.ceil(document.body.offsetHeight)}; })()"
        )
        shot = self.page.ask(
            "Page.captureScreenshot", {"clip": size, "captureBeyondViewport": True}
        )
        return base64.b64decode(shot["data"])


def open_pane(
    server: Server, browser: Browser, book: OpenWorkbook, part: str = "", *,
    before: str = "", width: int = 320, dark: bool = False,
) -> Pane:  # fmt: skip
    """Open the pane beside a workbook; returns when it has been read."""
    page = browser.open(
        f"{server.url}/taskpane.html{part}", before=before + book.office, blocked=NO_HOST
    )
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.ask("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.ask("Emulation.setEmulatedMedia", {"features": [scheme]})
    pane = Pane(page, (server.url + "/", book.url + "/"))
    pane.until(f"!document.querySelector('#inside').hidden && {IDLE}")
    return pane
