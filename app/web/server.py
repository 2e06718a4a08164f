"""The HTTP server itself: uvicorn with h11, which bounds headers where httptools does not."""

import asyncio
import socket

import uvicorn
from fastapi import FastAPI

from app.web.state import State


class Server(uvicorn.Server):
    """Says that it is stopping before it drains, and stops when the network cannot be prepared."""

    def __init__(self, app: FastAPI, grace_seconds: int = 20) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=grace_seconds,
            )
        )
        self._state: State = app.state.blomst

    async def on_tick(self, counter: int) -> bool:
        if self._state.failure:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.stopping = True
        await asyncio.sleep(0)
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named outright, for asyncio turns Nagle's delay off (40 ms an answer) only where it sees TCP.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
