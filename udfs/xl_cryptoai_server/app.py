"""The application that a web server runs: xlwings Server, checked first and guarded.

In the project's folder, with any ASGI server and any number of workers::

    XLWINGS_PROJECT_DIR=. XLWINGS_LICENSE_KEY=... uvicorn --workers 4 xl_cryptoai_server.app:app

Importing this module loads xlwings Server, and fails with one sentence if it would serve nothing
or something else than the workbooks call: xlwings Server itself would start all the same.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from xlwings_server.config import settings  # before xlwings: it tells it that it is on a server
from xlwings_server.main import main_app
from xlwings_server.routers.xlwings import custom_functions

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai_server.project import check_served

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

CALL = "/xlwings/custom-functions-call"
TEXTS = ("func_name", "client", "version", "runtime")
TEXTS_OR_NULL = ("caller_address", "culture_info_name", "date_format")


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
    described = custom_functions_meta(custom_functions)["functions"]  # type: ignore[no-untyped-call]
    namespace = settings.functions_namespace.upper()
    if settings.environment != "prod":
        namespace += f"_{settings.environment.upper()}"
    check_served([function["name"] for function in described], namespace)


def guarded(application: Application) -> Application:
    """Answer a call that is none with 400; xlwings Server would say 500, and be asked again."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        called = scope["type"] == "http" and scope["method"] == "POST"
        if not (called and scope["path"].endswith(CALL)):
            await application(scope, receive, send)
            return
        body = await _body(receive)
        if problem := problem_with(body):
            await _refuse(problem, send)
            return
        waiting = [body]

        async def again() -> Message:
            if waiting:
                return {"type": "http.request", "body": waiting.pop(), "more_body": False}
            return await receive()

        await application(scope, again, send)

    return guard


def problem_with(body: bytes) -> str:
    """Say why this is no call of a function that is served; nothing if it is one."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return "#VALUE!: the call is not in JSON"
    if not isinstance(call, dict):
        return "#VALUE!: the call is no JSON object"
    for name in TEXTS:
        if not isinstance(call.get(name), str):
            return f"#VALUE!: the call's {name} is missing or no text"
    for name in TEXTS_OR_NULL:
        if not isinstance(call.get(name), str | None):
            return f"#VALUE!: the call's {name} is no text"
    if not isinstance(call.get("args"), list):
        return "#VALUE!: the call's args are missing or no list"
    if not hasattr(getattr(custom_functions, call["func_name"], None), "__xlfunc__"):
        return f"#NAME?: no function is called {call['func_name']!a}"
    return ""


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)  # also ends when the client has gone
    return b"".join(parts)


async def _refuse(words: str, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


check_loaded()
app = guarded(main_app)
