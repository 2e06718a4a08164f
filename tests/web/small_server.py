"""A small server as a process of its own, for what is seen only from outside: memory and signals.

`/ticks` counts upwards as events, from after Last-Event-ID on; `/listening` tells how many listen.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web import events, spooling
from app.web.events import Event
from app.web.server import Server, listen
from app.web.state import State
from tests.web.small import small_app


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.web.small_server", str(folder)]


def routes(router: APIRouter, state: State) -> None:
    listening: set[object] = set()

    async def ticks(first: int, last: int, seconds: float) -> AsyncGenerator[Event, None]:
        me = object()
        listening.add(me)
        try:
            for n in range(first, last + 1):
                yield Event("tick", {"n": n, "is": "blå"}, n)
                await asyncio.sleep(seconds)
        finally:
            listening.discard(me)

    @router.get("/ticks")
    async def tick(
        request: Request, last: int = 10**9, seconds: float = 0.1, ping: float = 15
    ) -> Response:
        seen = events.last_event_id(request)
        first = 1 if seen is None else seen + 1
        return events.stream(request, state, ticks(first, last, seconds), ping_seconds=ping)

    @router.get("/listening")
    async def how_many() -> int:
        return len(listening)

    @router.post("/api/v1/models/{model}/imports")
    async def take(request: Request, model: str) -> dict[str, Any]:
        folder = state.settings.data
        spooled = await spooling.spool(request, folder, limit=500_000_000)
        return {"size": spooled.size}


def main() -> None:
    app = small_app(Path(sys.argv[1]), routes)
    door = listen("127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{door.getsockname()[1]}\n")
    sys.stdout.flush()
    Server(app).run([door])


if __name__ == "__main__":
    main()
