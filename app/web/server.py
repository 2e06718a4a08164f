"""The HTTP server itself: uvicorn with h11, which bounds headers where httptools does not."""

import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.web.protocol import Protocol
from app.web.state import State


class Server(uvicorn.Server):
    """Says that it is stopping before it drains, and stops when the network cannot be prepared."""

    def __init__(self, app: FastAPI, grace_seconds: int = 20) -> None:
        self._state: State = app.state.blomst
        super().__init__(
            uvicorn.Config(
                app,
                http=_bounded(self._state.settings.connections),
                ws="none",
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=grace_seconds,
            )
        )

    async def on_tick(self, counter: int) -> bool:
        if self._state.failure:
            self.should_exit = True
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._state.stopping = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.draining.set()  # whatever stops the server comes by here
        await super().shutdown(sockets)


def _bounded(connections: int) -> type[Protocol]:
    """uvicorn makes protocols from a class, so the limit is given to a class of its own."""
    return type("BoundedProtocol", (Protocol,), {"connection_limit": connections})


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
