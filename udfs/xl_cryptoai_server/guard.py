"""The guard before the application: what is not allowed, too large, late or too much ends here.

Nothing is parsed before its size is known, and nobody is waited for who is not logged in.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, NamedTuple

from xl_cryptoai.errors import quoted
from xl_cryptoai_server.analysis import Question
from xl_cryptoai_server.beside import Answer, Beside, TooManyError
from xl_cryptoai_server.calls import QUICK_BODY, RefusedError, check_known, read_call, takes_long
from xl_cryptoai_server.limits import MOST_BODIES, MOST_BODY, Limits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Login = Callable[[Message], Awaitable[str]]
Headers = list[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)

RETRY = (b"retry-after", b"5")
MOST_DRAINED, DRAIN_SECONDS = 8 * MOST_BODY, 2.0
"""How much of a refused body is read and thrown away: who is still sending sees no answer."""


class Page(NamedTuple):
    """A page that the guard itself answers with: its bytes and its headers."""

    content: bytes
    headers: Mapping[str, str]


class _Kind(NamedTuple):
    """What a body is, and what to do about one that is too large."""

    name: str
    error: str
    advice: str

    def too_large(self) -> RefusedError:
        limit = MOST_BODY // 2**20
        words = f"{self.error}the {self.name} is larger than {limit} MB; {self.advice}"
        return RefusedError(413, words)


_CALL = _Kind("call", "#VALUE!: ", "split the range")
_WORKBOOK = _Kind("workbook", "", "delete sheets or pictures, or use the command line")


class _Incoming:
    """What the client sends, and whether there is more of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.more = True

    async def __call__(self) -> Message:
        message = await self._receive()
        self.more = message.get("more_body", False)  # also ends when the client has gone
        return message


class Guard:
    """An ASGI application that lets through to another one what that may see.

    Parameters
    ----------
    application : ASGI application
        What is guarded.
    allowed : mapping of path to collection of str
        Which methods each path takes; everything else is 404.
    call : str
        The path of the calls.
    questions : mapping of path to str
        The paths of the pane's questions about a workbook, with their names.
    pages : mapping of path to Page
        What the guard answers itself.
    module : module
        Which functions are served.
    login : callable
        Says who calls, for the log, or raises `RefusedError` for somebody who may not.
    drawn, large, workbooks : Beside
        Who answers calls of many draws, those of many cells, and questions about workbooks: none
        waits for the other.
    limits : Limits
        What is taken.
    headers : iterable of name and value
        What every answer of the guard carries.
    origins : collection of str
        Pages of others that may call; "*" is all.
    """

    def __init__(
        self,
        application: Application,
        *,
        allowed: Mapping[str, Iterable[str]],
        call: str,
        questions: Mapping[str, str],
        pages: Mapping[str, Page],
        module: object,
        login: Login,
        drawn: Beside,
        large: Beside,
        workbooks: Beside,
        limits: Limits,
        headers: Iterable[tuple[str, str]] = (),
        origins: Iterable[str] = (),
    ) -> None:
        self._application = application
        self._allowed = {path: frozenset(methods) for path, methods in allowed.items()}
        self._call, self._questions, self._pages = call, dict(questions), dict(pages)
        self._module = module
        self._login = login
        self._drawn, self._large, self._workbooks = drawn, large, workbooks
        self._limits = limits
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers]
        self._origins = frozenset(origins)
        self._held = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer what is asked, or let the application answer."""
        if scope["type"] == "lifespan":
            beside = self._drawn, self._large, self._workbooks
            for processes in beside:
                processes.start()
            # What is loaded stays loaded: no search for garbage need look at it, which took a call
            # of 1,000 rows 70 ms now and then.
            gc.collect()
            gc.freeze()
            try:
                await self._application(scope, receive, send)
            finally:
                for processes in beside:
                    processes.end()
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})  # before it is accepted: 403
        else:
            incoming = _Incoming(receive)
            try:
                await self._answer(scope, incoming, send)
            except RefusedError as refused:
                await self._refuse(refused, scope, incoming, send)

    async def _answer(self, scope: Message, incoming: _Incoming, send: Send) -> None:
        path, as_sent = scope["path"], scope.get("raw_path")
        # no dots, doubled slashes or %2e that somebody behind reads otherwise
        normal = as_sent is None or as_sent == path.encode()
        if not normal or scope["method"] not in self._allowed.get(path, ()):
            raise RefusedError(404, "Not found")
        if path in self._pages:
            page = self._pages[path]
            await self._respond(200, page.content, scope, send, kind=page.headers)
            return
        if scope["method"] != "POST":
            await self._application(scope, incoming, send)
            return
        kind = _WORKBOOK if path in self._questions else _CALL
        length = _header(scope, b"content-length")
        if length.isdigit() and int(length) > MOST_BODY:
            raise kind.too_large()
        caller = await self._login(scope)
        parts: list[bytes] = []
        try:
            await self._read(incoming, parts, kind)
            size = sum(map(len, parts))
            logger.info("%s asks %s, %d bytes", quoted(caller), quoted(path), size)
            body = b"".join(parts)
            if path in self._questions:
                question = Question(self._questions[path], scope.get("query_string", b""), body)
                answer = await self._answer_beside(self._workbooks, question, incoming)
                assert answer is not None  # every question is answered there
                await self._respond(*answer, scope, send)
            else:
                await self._answer_call(body, scope, incoming, send)
        finally:
            self._held -= sum(map(len, parts))

    async def _read(self, incoming: _Incoming, parts: list[bytes], kind: _Kind) -> None:
        """Read a body, part by part, as long as it is within the limits."""
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while incoming.more:
                    part = (await incoming()).get("body", b"")
                    size += len(part)
                    if size > MOST_BODY:
                        raise kind.too_large()
                    if self._held + len(part) > MOST_BODIES:
                        raise _too_many()
                    parts.append(part)
                    self._held += len(part)
        except TimeoutError:
            words = f"the {kind.name} did not arrive within {self._limits.body_seconds:g} seconds"
            raise RefusedError(408, words) from None

    async def _answer_beside(
        self, beside: Beside, request: object, incoming: _Incoming
    ) -> Answer | None:
        """Answer in a process beside; only if that has an answer of status 200."""
        try:
            answer: Answer | None = await _while_there(beside.answer(request), incoming)
        except TooManyError:
            raise _too_many() from None
        if answer is not None and answer[0] != HTTPStatus.OK:
            raise RefusedError(answer[0], answer[1].decode())
        return answer

    async def _answer_call(
        self, body: bytes, scope: Message, incoming: _Incoming, send: Send
    ) -> None:
        beside = self._large if len(body) > QUICK_BODY else None
        if beside is None:
            call = read_call(body)
            check_known(call, self._module)
            beside = self._drawn if takes_long(call) else None
        if beside is not None:
            answer = await self._answer_beside(beside, body, incoming)
            if answer is not None:
                await self._respond(*answer, scope, send)
                return
            check_known(read_call(body), self._module)
        waiting = [body]

        async def again() -> Message:
            if waiting:
                return {"type": "http.request", "body": waiting.pop(), "more_body": False}
            return await incoming()

        await self._application(scope, again, send)

    async def _refuse(
        self, refused: RefusedError, scope: Message, incoming: _Incoming, send: Send
    ) -> None:
        """Answer at once, then let the rest of the request come, for a while."""
        client = (scope.get("client") or ("?",))[0]
        logger.warning("%s, %s: %d %s", client, quoted(scope["path"]), refused.status, refused)
        headers = [*refused.headers, *([(b"connection", b"close")] if incoming.more else [])]
        body = str(refused).encode()
        await self._respond(refused.status, body, scope, send, headers, more_body=True)
        drained = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while incoming.more and drained < MOST_DRAINED:
                    drained += len((await incoming()).get("body", b""))
        await send({"type": "http.response.body"})

    async def _respond(
        self,
        status: int,
        body: bytes,
        scope: Message,
        send: Send,
        headers: Iterable[tuple[bytes, bytes]] = (),
        *,
        more_body: bool = False,
        kind: Mapping[str, str] | None = None,
    ) -> None:
        usual = "application/json" if status == HTTPStatus.OK else "text/plain; charset=utf-8"
        own: Headers = [
            *(
                (name.encode(), value.encode())
                for name, value in (kind or {"content-type": usual}).items()
            ),
            (b"content-length", str(len(body)).encode()),
            *self._headers,
            *headers,
        ]
        origin = _header(scope, b"origin")
        if origin and not self._origins.isdisjoint({"*", origin}):
            own += [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
        await send({"type": "http.response.start", "status": status, "headers": own})
        await send({"type": "http.response.body", "body": body, "more_body": more_body})


async def _while_there(work: Awaitable[Any], receive: Receive) -> Any:
    """Wait for some work, and stop it when the client goes."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(receive())
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise RefusedError(499, "the client has gone")  # nobody reads it
    finally:
        working.cancel()
        gone.cancel()


def _header(scope: Message, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _too_many() -> RefusedError:
    return RefusedError(503, "too many calls at a time; try again later", RETRY)
