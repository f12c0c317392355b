"""Connections that send in time and take their answers: uvicorn alone waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from xl_cryptoai_server.guard import RETRY, Message, Receive, Send
from xl_cryptoai_server.limits import MOST_HEADER, Limits

LIMITS = Limits.from_environment()


async def too_many(scope: Message, receive: Receive, send: Send) -> None:
    """Answer that there are too many connections: the application of those beyond the limit."""
    words = b"too many connections; try again later"
    headers = [RETRY, (b"connection", b"close"), (b"content-length", str(len(words)).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": words})


# uvicorn chooses this class when it is loaded: for a type checker it is a variable
class BoundedConnection(AutoHTTPProtocol):  # type: ignore[misc,valid-type]
    """A connection for `uvicorn --http`: bounded in number, in time and in its headers."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._header = 0  # bytes of a request whose headers have not all come
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or say that there are too many."""
        super().connection_made(transport)
        many = len(self.connections)
        if many > 2 * LIMITS.connections:
            transport.abort()
        elif many > LIMITS.connections:
            self.app = too_many
        self._expect(self._headers_late)

    def data_received(self, data: bytes) -> None:
        """Take what has come; all headers must be there in time."""
        if self._between_requests():
            self._header += len(data)
        super().data_received(data)
        if not self._between_requests():
            self._header = 0
            self._expect(None)
        elif self._header > MOST_HEADER:
            self._end("431 Request Header Fields Too Large", "the headers are too large")
        elif self._late is None:
            self._expect(self._headers_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect(None)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait a while for a client that does not read its answer."""
        super().pause_writing()
        self._expect(self.transport.abort, LIMITS.body_seconds)

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        super().resume_writing()
        self._expect(self._headers_late if self._between_requests() else None)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that is not used, whether or not its last answer was read."""
        super().timeout_keep_alive_handler()
        self._expect(self.transport.abort)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect(self, otherwise: Any, seconds: float = LIMITS.header_seconds) -> None:
        """Do something unless what is expected comes in time; there is one such thing at a time."""
        if self._late is not None:
            self._late.cancel()
        self._late = otherwise and self.loop.call_later(seconds, otherwise)

    def _headers_late(self) -> None:
        if self._header:
            self._end("408 Request Timeout", "the headers did not arrive in time")
        else:
            self.transport.abort()  # a connection that was never used

    def _end(self, status: str, words: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                f"HTTP/1.1 {status}\r\ncontent-type: text/plain\r\nconnection: close\r\n"
                f"content-length: {len(words)}\r\n\r\n{words}".encode()
            )
            self.transport.close()
        self._expect(self.transport.abort)
