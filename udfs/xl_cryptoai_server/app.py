"""The application that a web server runs: xlwings Server, checked first and guarded.

`xl-cryptoai serve` runs it; any ASGI server can, with any number of workers::

    XLWINGS_PROJECT_DIR=. XLWINGS_LICENSE_KEY=... uvicorn xl_cryptoai_server.app:app

Importing this module loads xlwings Server, and fails with one sentence if it would serve nothing,
something else than the workbooks call, or with half a login: xlwings Server itself would start all
the same.
"""

from __future__ import annotations

import importlib
import logging
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi import HTTPException, Request
from jinja2 import TemplateNotFound
from xlwings_server import dependencies
from xlwings_server.config import PACKAGE_DIR, PROJECT_DIR, settings
from xlwings_server.main import main_app
from xlwings_server.routers.xlwings import custom_functions
from xlwings_server.security_headers import resolve_security_headers
from xlwings_server.templates import templates

from xl_cryptoai import __version__
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai_server import landing
from xl_cryptoai_server.analysis import QUESTIONS, Workbooks
from xl_cryptoai_server.beside import Beside, Calls
from xl_cryptoai_server.calls import RefusedError
from xl_cryptoai_server.guard import Guard, Message, Page
from xl_cryptoai_server.limits import MOST_QUOTED, Limits
from xl_cryptoai_server.login import check_login
from xl_cryptoai_server.project import check_served
from xl_cryptoai_server.ribbon import BUTTONS, manifest_version

CALL = f"{settings.app_path}/xlwings/custom-functions-call"
PANE_QUESTIONS = {f"{settings.app_path}/pane/{name}": name for name in QUESTIONS}
STATIC = f"{settings.static_url_path}/"

templates.env.globals |= {
    "ribbon_buttons": BUTTONS,
    "manifest_version": manifest_version(),
    "version": __version__,
}
"""What our templates say besides the settings."""

_REFERENCE = re.compile(r'(?:src|href)="([^"?]+)"')
_IMPORT = re.compile(r"""\b(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""")


def check_loaded() -> None:
    """Check the functions that xlwings Server has found, and its namespace."""
    from xlwings.server import custom_functions_meta

    if custom_functions.__name__ != "custom_functions":  # a silent fallback, to no functions
        try:
            importlib.import_module("custom_functions")
        except ModuleNotFoundError as error:
            raise CryptoAIError(
                f"the server serves no functions at all: its project's custom_functions cannot "
                f"be imported ({error})"
            ) from None
    # xlwings has no types here
    described = custom_functions_meta(custom_functions)["functions"]  # type: ignore[no-untyped-call]
    namespace = settings.functions_namespace.upper()
    if settings.environment != "prod":
        namespace += f"_{settings.environment.upper()}"
    check_served([function["name"] for function in described], namespace)


def allowed(own: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return every path that is served, with its methods; `own` are those of our own pages."""
    pages = (
        "manifest.xml",
        "taskpane.html",
        "favicon.ico",
        "xlwings/custom-functions-meta.json",
        "xlwings/custom-functions-code.js",
        "xlwings/custom-scripts-meta.json",
    )
    return {
        **dict.fromkeys(own, ("GET", "HEAD")),
        **{f"{settings.app_path}/{page}": ("GET",) for page in pages},
        **dict.fromkeys(assets(), ("GET",)),
        CALL: ("POST", "OPTIONS"),
        **dict.fromkeys(PANE_QUESTIONS, ("POST",)),
    }


def own_pages() -> dict[str, Page]:
    """Return the pages that the guard answers: the landing page, and whether the server is there.

    Raises
    ------
    CryptoAIError
        If the project is older than the page.
    """
    try:
        template = templates.env.get_template("landing.html")
    except TemplateNotFound:
        raise CryptoAIError(
            "the project has no templates/landing.html; write a new one with "
            "xl-cryptoai serve --project"
        ) from None
    return {
        f"{settings.app_path}/": Page(landing.page(template, settings), landing.HEADERS),
        f"{settings.app_path}/health": Page(
            b'{"status":"ok"}', {"content-type": "application/json"}
        ),
    }


def assets() -> set[str]:
    """Return the paths of the project's own static files and of what the pane loads."""
    built = PROJECT_DIR / "dist" / "static"
    own = built if built.is_dir() else PROJECT_DIR / "static"
    folders = [own, PACKAGE_DIR / "static"]
    found = {STATIC + name for name in files_below(own)}
    page = templates.env.get_template(settings.taskpane_html).render(settings=settings)
    todo = [*found, *_REFERENCE.findall(page)]
    done: set[str] = set()
    while todo:
        path = todo.pop()
        name = path.removeprefix(STATIC)
        file = next((one / name for one in folders if (one / name).is_file()), None)
        if path in done or not path.startswith(STATIC) or file is None:
            continue
        done.add(path)
        if file.name == "office.js":  # it loads what the kind of Excel and its language need
            found |= {
                STATIC + posixpath.join(posixpath.dirname(name), other)
                for other in files_below(file.parent)
            }
        elif file.suffix == ".js":
            text = file.read_text(encoding="utf-8", errors="replace")
            folder = posixpath.dirname(path)
            todo += [
                posixpath.normpath(posixpath.join(folder, one)) for one in _IMPORT.findall(text)
            ]
    return found | done


def files_below(folder: Path) -> Iterator[str]:
    """Yield the regular files of a folder, but hidden ones and those that lie elsewhere."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        inside = path.is_file() and path.resolve().is_relative_to(folder.resolve())
        if inside and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


async def login(scope: Message) -> str:
    """Let xlwings Server check who calls, before the call is read."""
    request = Request(scope)
    try:
        user = await dependencies.authenticate(
            request.headers.get("authorization", ""), request.headers.get("auth-provider")
        )
        return str((await dependencies.get_user(request, user)).name)
    except HTTPException as refused:
        raise RefusedError(refused.status_code, str(refused.detail)[:MOST_QUOTED]) from None
    except Exception:
        logging.exception("the login cannot be checked")
        raise RefusedError(503, "the login cannot be checked; try again later") from None


def guarded() -> Guard:
    """Check everything, then put the guard before the application."""
    import xl_cryptoai_udfs  # after xlwings Server, which tells it that it is on a server

    limits = Limits.from_environment()
    check_loaded()
    check_login(settings)
    pages = own_pages()
    names = [
        name
        for name in xl_cryptoai_udfs.__all__
        if getattr(custom_functions, name, None) is getattr(xl_cryptoai_udfs, name)
    ]
    headers = dict(settings.custom_headers)
    if settings.add_security_headers:
        headers |= resolve_security_headers(
            excel_online=settings.enable_excel_online, cdn_officejs=settings.cdn_officejs
        )
    return Guard(
        main_app,
        allowed=allowed(pages),
        call=CALL,
        module=custom_functions,
        login=login,
        questions=PANE_QUESTIONS,
        pages=pages,
        drawn=Beside(limits, Calls(names)),
        large=Beside(limits, Calls(names)),
        workbooks=Beside(limits, Workbooks()),
        limits=limits,
        headers=headers.items(),
        origins=settings.cors_allow_origins,
    )


app = guarded()
