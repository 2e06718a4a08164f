"""A bounded queue in front of a few threads: full means an honest "busy", never a long wait."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from app.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Runs photo work off the event loop. Used from one event loop only.

    A job whose waiting task is cancelled (its client has gone) is dropped if it has not started.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, "look")
        self._large = ThreadPoolExecutor(1, "large")
        self._room = workers + queue
        self._inside = 0

    @contextlib.contextmanager
    def admit(self, photos: int) -> Iterator[None]:
        """Room for all of a request's photos or Busy. One request alone always gets in."""
        if self._inside and self._inside + photos > self._room:
            raise Busy
        self._inside += photos
        try:
            yield
        finally:
            self._inside -= photos

    @property
    def full(self) -> bool:
        return self._inside >= self._room

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._threads.submit(work, *args, **kwargs))

    async def run_large(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One at a time: large decodes must not add up in memory nor keep small photos waiting."""
        return await asyncio.wrap_future(self._large.submit(work, *args, **kwargs))

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._large.shutdown(cancel_futures=True)
