"""HTTP/1.1 on one connection: uvicorn's h11 protocol, with an end to patience.

uvicorn waits for ever for a request that trickles in; here its head must come within
`HEAD_SECONDS`, and its body must keep coming. Connections over the limit are turned away.
"""

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import errors
from app.errors import Problem
from app.texts import texts
from app.web.problems import MEDIA_TYPE, document

HEAD_SECONDS = 10.0
BODY_SECONDS = 15.0
LEAST_BODY_BYTES = 15_000
"""Of a body, in BODY_SECONDS: 1 kB/s. A photo over the slowest mobile network is quicker."""

LINGER_SECONDS = 0.5


class Protocol(H11Protocol):
    """Closes connections that make no progress."""

    connection_limit = 512

    _timer: asyncio.TimerHandle | None = None
    _awaited = ""
    _came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Lingering(transport, self))  # type: ignore[arg-type]
        if len(self.connections) > self.connection_limit:
            self._turn_away(errors.Busy())
        else:
            self._await("head", HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        if self.transport.is_closing():
            self._disarm()
        elif self.conn.their_state is h11.SEND_BODY:
            self._await("body", BODY_SECONDS)
        elif self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._await("head", HEAD_SECONDS)
        else:
            self._disarm()

    @property
    def more_is_coming(self) -> bool:
        """Of a body, or of something that is not HTTP."""
        return self.conn.their_state in (h11.SEND_BODY, h11.ERROR)

    def _await(self, part: str, seconds: float) -> None:
        """Each part of a request has its own time, from when the one before it was there."""
        if part != self._awaited:
            self._disarm()
        if self._timer is None:
            self._awaited = part
            self._timer = self.loop.call_later(seconds, self._expired, self._came)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expired(self, came_before: int) -> None:
        self._timer = None
        enough = self._came - came_before >= LEAST_BODY_BYTES
        if self.more_is_coming and (enough or self.flow.read_paused):
            self._await("body", BODY_SECONDS)  # it flows, or it is we who make it wait
        else:
            self._turn_away(errors.RequestTimeout())

    def _turn_away(self, problem: Problem) -> None:
        """Answers without the application, where nothing was answered yet, and closes."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            told = json.dumps(document(problem, texts("en"), ""), ensure_ascii=False).encode()
            headers = {
                **problem.headers,
                "Content-Type": MEDIA_TYPE,
                "Content-Length": str(len(told)),
                "Connection": "close",
            }
            head = h11.Response(status_code=problem.status, headers=list(headers.items()))
            for event in (head, h11.Data(data=told), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Lingering:
    """A transport that closes in two steps while a body is still on its way.

    Closing at once would reset the connection, and a browser that is busy sending would never show
    the answer that says why. So our half is closed first, and nothing more is read.
    """

    def __init__(self, transport: asyncio.Transport, protocol: Protocol) -> None:
        self._transport = transport
        self._protocol = protocol
        self._lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self._lingers or self._transport.is_closing()

    def close(self) -> None:
        if self.is_closing():
            return
        if self._protocol.more_is_coming and self._transport.can_write_eof():
            self._lingers = True
            self._transport.pause_reading()
            try:
                self._transport.write_eof()
            except OSError:  # the client was quicker
                self._transport.abort()
            else:
                self._protocol.loop.call_later(LINGER_SECONDS, self._transport.close)
        else:
            self._transport.close()
