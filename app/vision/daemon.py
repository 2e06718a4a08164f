"""Long work that a stopping server does not wait for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_daemon(work: Callable[[], T], name: str) -> "asyncio.Future[T]":
    """The result of `work`, which begins at once in a thread of its own."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def keep(result: T) -> None:
        if not done.done():
            done.set_result(result)

    def fail(error: BaseException) -> None:
        if not done.done():
            done.set_exception(error)

    def run() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            try:
                result = work()
            except BaseException as raised:
                loop.call_soon_threadsafe(fail, raised)
            else:
                loop.call_soon_threadsafe(keep, result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return done
