"""Starts the server, checks what it serves, and ends it with everything it has started."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from textwrap import fill

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.own_model import VARIABLE, folder_in_use
from xl_cryptoai_server.project import NAMESPACE, check_served, write_project

APPLICATION = "xl_cryptoai_server.app:app"
START_LIMIT = 60.0
"""Seconds within which the server must answer."""
END_LIMIT = 10.0
"""Seconds that it gets to finish its calls when it is told to end."""

NO_KEY = (
    "xlwings Server needs a licence key: it is free for noncommercial use with "
    "--license-key noncommercial, and any other use needs a paid key from xlwings.org"
)

_HTTPS = """
This is http; Excel loads add-ins over https only. On one machine: make a certificate that it
trusts (mkcert -install, then mkcert localhost 127.0.0.1) and start again with --cert and --key.
In a firm: put a web server with https in front of this one, and start this one with its name in
XLWINGS_HOSTNAME, so that the manifest has it.
"""

_NO_LOGIN = """
No login is configured: whoever reaches this address can call the functions. docs/deploying.md says
how to set one.
"""


@dataclass(frozen=True)
class Site:
    """Where and how to serve.

    Attributes
    ----------
    license_key : str
        Key for xlwings Server; "noncommercial" must have been chosen by a person.
    host, port, workers
        As for a web server; every worker is a process of its own.
    certificate : tuple of Path, optional
        Certificate and its key, as PEM files: then it serves https, which Excel asks for.
    """

    license_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    certificate: tuple[Path, Path] | None = None

    @property
    def url(self) -> str:
        """The address under which this machine reaches it."""
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{f'[{reached}]' if ':' in reached else reached}:{self.port}"

    @property
    def command(self) -> list[str]:
        """The command that serves."""
        given = {
            "host": self.host,
            "port": self.port,
            "workers": self.workers,
            "log-level": "warning",
            "http": "xl_cryptoai_server.connections:BoundedConnection",
            "ws": "none",
            "timeout-graceful-shutdown": int(END_LIMIT) // 2,
        }
        if self.certificate:
            certificate, key = (path.resolve() for path in self.certificate)
            given |= {"ssl-certfile": certificate, "ssl-keyfile": key}
        options = (part for name, value in given.items() for part in (f"--{name}", str(value)))
        return [sys.executable, "-m", "uvicorn", APPLICATION, "--no-server-header", *options]


def serve(site: Site, project: Path | None = None) -> None:
    """Serve until Ctrl-C, from a project or from one of its own, of which nothing is left behind.

    Raises
    ------
    CryptoAIError
        In one sentence, if it cannot start or would not serve what the workbooks call.
    """
    check_installed()
    if not site.license_key:
        raise CryptoAIError(NO_KEY)
    check_port_free(site)
    check_certificate(site)
    if project is not None:
        check_project(project)
        run(site, project.resolve())
        return
    with tempfile.TemporaryDirectory(prefix="xl-cryptoai-server-") as folder:
        project = Path(folder) / "project"
        write_project(project)
        run(site, project)


def run(site: Site, project: Path) -> None:
    """Serve from an existing project until Ctrl-C."""
    environment = environment_for(project, site.license_key)
    check_application(project, environment)
    with _terminated_like_interrupted():
        process = subprocess.Popen(site.command, cwd=project, env=environment)
        try:
            wait_until_served(site.url, process)
            print(how_to_use(site, open_to_all=takes_anybody(site.url)), flush=True)
            code = process.wait()
            raise CryptoAIError(f"the server ended unexpectedly, with exit code {code}")
        except KeyboardInterrupt:
            pass
        finally:
            _end(process)
    print("The server has ended.", flush=True)


def check_installed() -> None:
    """Refuse to go on without the extra `server`."""
    if not all(importlib.util.find_spec(name) for name in ("xlwings_server", "uvicorn")):
        raise CryptoAIError(
            'xlwings Server is not installed; in the project\'s folder run pip install ".[server]"'
        )


def check_project(project: Path) -> None:
    """Refuse a folder that is no project."""
    if not (project / "custom_functions" / "__init__.py").is_file():
        raise CryptoAIError(
            f"{project} is not a server project; write one with xl-cryptoai serve --project"
        )


def check_port_free(site: Site) -> None:
    """Refuse to go on if nobody could listen there."""
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    try:
        socket.create_server((site.host, site.port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"port {site.port} of {site.host} is taken; give another with --port"
        else:
            problem = f"{site.host}:{site.port} cannot be served ({error.strerror}); give another"
        raise CryptoAIError(problem) from None


def check_certificate(site: Site) -> None:
    """Refuse files that are no certificate with its key."""
    if site.certificate is None:
        return
    certificate, key = site.certificate
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or error
        raise CryptoAIError(
            f"{certificate} and {key} are not a certificate and its key in PEM form ({reason}); "
            "make them with mkcert localhost 127.0.0.1"
        ) from None


def environment_for(project: Path, license_key: str) -> dict[str, str]:
    """Return the environment of the server: everything of ours, the project and the key."""
    found = os.environ | {"XLWINGS_PROJECT_DIR": str(project), "XLWINGS_LICENSE_KEY": license_key}
    if (folder := folder_in_use()) is not None:
        found[VARIABLE] = str(folder.absolute())  # the server runs in its project
    return found


def check_application(project: Path, environment: dict[str, str]) -> None:
    """Load the application once, apart: workers that fail would be started again for ever.

    Raises
    ------
    CryptoAIError
        With the reason in one sentence.
    """
    command = [sys.executable, "-c", f"import {APPLICATION.partition(':')[0]}"]
    try:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True,
            timeout=START_LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CryptoAIError(f"xlwings Server was not loaded in {START_LIMIT:g} seconds") from None
    if done.returncode:
        raise CryptoAIError(_reason(done))


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Make one sentence of the traceback that a failed load has left."""
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    kind, _, words = lines[-1].partition(": ")
    if kind.endswith("CryptoAIError"):
        return words
    if kind.endswith("LicenseError"):
        return f"xlwings Server does not accept this licence key ({words})"
    # of its settings; a line of its own names the field, or the last one
    field = next((line for line in lines if re.fullmatch(r"[a-z_]+", line)), "")
    unread = re.search(r'error parsing value for field "(\w+)"', words)
    if unread or "type=list_type" in done.stderr:
        name = f"XLWINGS_{(unread[1] if unread else field).upper()}"
        return f"""{name} must be a list in JSON, such as '["a", "b"]'; none is '[]'"""
    if "ValidationError" in done.stderr:
        return f"XLWINGS_{field.upper()} has a value that xlwings Server refuses"
    return f"xlwings Server cannot be loaded: {lines[-1]}"


def wait_until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for the server, then check over HTTP that Excel will find every function.

    Raises
    ------
    CryptoAIError
        If it ends, is late, or serves something else.
    """
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CryptoAIError(
                f"the server ended at once, with exit code {process.returncode}; see above"
            )
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            check_answers(url)
            return
        time.sleep(0.05)
    raise CryptoAIError(f"the server did not answer at {url} within {START_LIMIT:g} seconds")


def check_answers(url: str) -> None:
    """Read the list of functions and the manifest as Excel does, and check them."""
    described = json.loads(_get(f"{url}/xlwings/custom-functions-meta.json"))
    manifest = _get(f"{url}/manifest.xml")
    namespace = re.search(r'id="Functions.Namespace" DefaultValue="([^"]*)"', manifest)
    names = [function["name"] for function in described["functions"]]
    check_served(names, namespace[1] if namespace else "")


def takes_anybody(url: str) -> bool:
    """Whether a call without a login gets further than to the login."""
    try:
        _get(f"{url}/xlwings/custom-functions-call", b"")
    except urllib.error.HTTPError as refused:
        return refused.code == HTTPStatus.BAD_REQUEST
    return False


def how_to_use(site: Site, *, open_to_all: bool) -> str:
    """Say how Excel finds the running server."""
    from xl_cryptoai_server.landing import MANIFEST_FILE, STEPS

    beyond = site.host not in ("127.0.0.1", "::1", "localhost")
    steps = "\n".join(
        fill(" ".join(lines), 100, initial_indent=f"  {platform:9}", subsequent_indent=" " * 11)
        for platform, lines in STEPS.items()
    )
    return f"""\
xlwings Server serves all functions, namespace {NAMESPACE}. Manifest: {site.url}/manifest.xml
What it is, how to add it to Excel, and the functions to try: {site.url}/
{_NO_LOGIN if open_to_all and beyond else ""}{"" if site.certificate else _HTTPS}
Save the manifest as {MANIFEST_FILE}, then, in Excel for
{steps}
Then open a workbook that xl-cryptoai build --for office wrote, and recalculate with Ctrl-Alt-F9.
Ctrl-C here ends the server."""


def _get(url: str, body: bytes | None = None) -> str:
    # this machine is asked directly: a proxy in the environment must not come between
    direct = urllib.request.ProxyHandler({})
    unverified = ssl.create_default_context()  # our own server: whom Excel trusts is Excel's affair
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(direct, urllib.request.HTTPSHandler(context=unverified))
    with opener.open(url, body, timeout=10) as response:
        return str(response.read().decode())


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM, by which services are ended, do what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and its workers. On Windows Ctrl-C has reached them already."""
    if os.name != "nt" and process.poll() is None:
        process.terminate()
    try:
        process.wait(END_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
