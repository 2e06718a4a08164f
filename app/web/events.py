"""Events as they happen: text/event-stream, for as long as someone listens.

A browser that loses the stream comes back by itself and says in Last-Event-ID what it saw last, so
a stream may end at any time; it does when the server stops.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.web.state import State

PING_SECONDS = 15.0
"""A connection on which nothing is said is cut by proxies, often after a minute."""

_COME_BACK_MS = 1000
_MEDIA_TYPE = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LONGEST_ID = 18


@dataclass(frozen=True)
class Event:
    """`name` is what listeners ask for, one word; `data` is told as JSON."""

    name: str
    data: Any
    id: int | None = None


def stream(
    request: Request,
    state: State,
    source: AsyncGenerator[Event, None],
    *,
    ping_seconds: float = PING_SECONDS,
) -> Response:
    """The source's events, each sent at once, until it ends, the client goes or the server stops.

    The source is closed then, wherever it waits. Check beforehand all that may be wrong: once the
    answer has begun it is too late for a problem.
    """
    if request.scope.get("state", {}).get("head_only"):
        return Response(headers=_HEADERS, media_type=_MEDIA_TYPE)
    return _Stream(state, source, ping_seconds)


def last_event_id(request: Request) -> int | None:
    """What a returning listener saw last; None for a new one, and for what is no id of ours."""
    given = request.headers.get("last-event-id", "")
    usable = given.isascii() and given.isdecimal() and len(given) <= _LONGEST_ID
    return int(given) if usable else None


class _Stream(StreamingResponse):
    media_type = _MEDIA_TYPE

    def __init__(
        self, state: State, source: AsyncGenerator[Event, None], ping_seconds: float
    ) -> None:
        self._draining = state.draining
        self._source = source
        self._ping_seconds = ping_seconds
        self._waits: list[asyncio.Task[Any]] = []
        self._body = self._lines()
        super().__init__(self._body, headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            for task in self._waits:
                task.cancel()
            await asyncio.gather(*self._waits, return_exceptions=True)
            await self._body.aclose()
            await self._source.aclose()

    async def _lines(self) -> AsyncGenerator[bytes, None]:
        yield f"retry: {_COME_BACK_MS}\n\n".encode()
        stop = asyncio.create_task(self._draining.wait())
        coming = asyncio.create_task(_next(self._source))
        while not stop.done():
            self._waits = [stop, coming]
            await asyncio.wait(
                self._waits, timeout=self._ping_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if not coming.done():
                if not stop.done():
                    yield b": still here\n\n"
                continue
            event = coming.result()
            if event is None:
                return
            yield _told(event)
            coming = asyncio.create_task(_next(self._source))


async def _next(source: AsyncIterator[Event]) -> Event | None:
    return await anext(source, None)


def _told(event: Event) -> bytes:
    data = json.dumps(event.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    number = "" if event.id is None else f"id: {event.id}\n"
    return f"{number}event: {event.name}\ndata: {data}\n\n".encode("utf-8", "replace")
