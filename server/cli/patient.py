"""uvicorn's HTTP protocol with deadlines: who sends or takes too slowly is cut off, whatever the product does.

uvicorn itself waits for ever for a head, for a body that nobody reads, and for a client that takes nothing. Idle
connections end by its own keep-alive time; bytes that begin nothing would switch that off, and so count as a head.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.asgi import PROMISED_HEADERS
from server.kernel.settings import settings

HEAD_END = b"\r\n\r\n"
GRACE_S = 5
"""More than the product itself waits for a body, so that it can still say what was wrong."""
TAKEN_BYTES = 32_768
"""Read from a connection at once. With asyncio's own 256 kB, 500 fast senders held 275 MB before anybody read them."""
FAREWELL_S = 5
"""How long is listened to a body that is answered already: closed at once, its rest would destroy the answer."""


class Patient(HttpToolsProtocol):
    """Waits so long for a head, for a body, and for what it sends to be taken, as the settings say."""

    _cut: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _in_head, _deaf = True, False
    _size, _tail = 0, b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # theirs is narrower too
        """A connection begins with a head to wait for."""
        transport.max_size = TAKEN_BYTES  # type: ignore[attr-defined]  # asyncio's own name for it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head, then let uvicorn read it."""
        if self._deaf:
            return
        if self._in_head and self._has_outgrown(data):
            self._part(431, "This request's head is too large.")
            return
        super().data_received(data)
        if self._cut is None and self._is_idle():
            self._await_head()  # these bytes began nothing, and ended uvicorn's own waiting

    def on_message_begin(self) -> None:
        """The first byte of a request: the rest of its head has to follow."""
        self._wait(settings().head_seconds)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole; the body has its own time."""
        self._in_head = False
        self._wait(settings().seconds_for_body(self._announced()) + GRACE_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole: how long its answer takes is the product's business. The next may follow at once."""
        self._stop()
        self._begin_head()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A body that was answered before it was there need not be waited for."""
        if self.cycle.response_complete and self.cycle.more_body:
            self._wait(FAREWELL_S)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Too much of an answer lies here; its reader has to take some of it."""
        super().pause_writing()
        self._stalled = self.loop.call_later(settings().unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It was taken."""
        if self._stalled:
            self._stalled.cancel()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What cannot be read as a request is refused with the headers of every answer."""
        self._part(400, msg)

    def _part(self, status: int, words: str) -> None:
        """Say so, and listen no more. In the middle of another answer nothing can be said."""
        self._deaf = True
        if not self._is_idle():
            self.transport.abort()
            return
        body = words.encode()
        headers = {
            **PROMISED_HEADERS, "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)),
            "Cache-Control": "no-store", "Connection": "close",
        }
        head = b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items())
        self.transport.write(STATUS_LINE[status] + head + b"\r\n" + body)
        self.transport.write_eof()
        self._wait(FAREWELL_S)

    def _await_head(self) -> None:
        self._begin_head()
        self._wait(settings().head_seconds)

    def _begin_head(self) -> None:
        self._in_head, self._size, self._tail = True, 0, b""

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._cut = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._cut:
            self._cut.cancel()
        self._cut = None

    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _has_outgrown(self, data: bytes) -> bool:
        """Whether the head is too large with these bytes; its end may lie across two of them."""
        seen = self._tail + data
        end = seen.find(HEAD_END)
        self._size += len(data) if end < 0 else max(end - len(self._tail), 0)
        self._tail = seen[1 - len(HEAD_END):]
        return self._size > settings().head_bytes

    def _announced(self) -> int:
        """The length that the head announces, in bytes."""
        return next((int(value) for name, value in self.headers if name == b"content-length" and value.isdigit()), 0)
