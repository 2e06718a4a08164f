"""A photo's way through the house: bytes, header, square, network, and then what is made of it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.vision import decode
from app.vision.arrival import Sight, sight
from app.vision.decode import Box, Limits, Photo, View
from app.vision.engine import Engine, Look, Seen
from app.vision.pool import Pool
from app.vision.preview import preview

T = TypeVar("T")
Then = Callable[[View, Seen], T]
Probe = Callable[[View, Seen, Look], T]


class Lookout:
    """Looks at photos for many callers at once."""

    def __init__(self, engine: Engine, pool: Pool, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits
        self.pool = pool
        self._arrivals = asyncio.Semaphore(pool.workers + 1)

    async def look(self, content: bytes, box: Box | None, then: Then[T]) -> T:
        """What `then` makes of the view and what the network saw in it, worked out off the loop.

        Raises the problems of `decode.inspect` and `decode.look_at`.
        """
        done = await self.pool.run(self._look_unless_large, content, box, then)
        if not isinstance(done, Photo):
            return done
        view = await self.pool.run_large(decode.look_at, done, box)
        return await self.pool.run(self._see, view, then)

    async def probe(self, content: bytes, box: Box | None, then: Probe[T]) -> T:
        """The same for what must look again, at squares of its own making."""
        return await self.look(content, box, lambda v, seen: then(v, seen, self._engine.look))

    async def meet(self, read: Callable[[], bytes]) -> tuple[bytes, Sight]:
        """A photo that is to be kept: its bytes, as `read` gives them, and what was found in them.
        Only a few are under way at one time, so that many of them never keep a question waiting
        long. Raises as `read` and `decode` do."""
        async with self._arrivals:
            content, done = await self.pool.run(self._meet_unless_large, read)
            if isinstance(done, Photo):
                done = await self.pool.run_large(sight, content, done, self._engine.look)
            return content, done

    def _meet_unless_large(self, read: Callable[[], bytes]) -> tuple[bytes, Sight | Photo]:
        content = read()
        photo = decode.inspect(content, self._limits)
        if photo.cost_mb > self._limits.large_mb:
            return content, photo
        return content, sight(content, photo, self._engine.look)

    def _look_unless_large(self, content: bytes, box: Box | None, then: Then[T]) -> T | Photo:
        photo = decode.inspect(content, self._limits, box)
        if photo.cost_mb > self._limits.large_mb:
            return photo
        return self._see(decode.look_at(photo, box), then)

    def _see(self, view: View, then: Then[T]) -> T:
        return then(view, self._engine.look(view.square))

    async def small_copy(self, content: bytes) -> bytes:
        """The photo as a small JPEG, for showing."""
        photo = await self.pool.run(decode.inspect, content, self._limits)
        large = photo.cost_mb > self._limits.large_mb
        return await (self.pool.run_large if large else self.pool.run)(preview, photo)

    async def shrink(self, read: Callable[[], bytes], side: int) -> bytes:
        """A photo that is kept as a JPEG of at most `side` pixels a side. Those who look through
        many wait for each other, and keep no question waiting. Raises as `read` and `decode` do."""
        async with self._arrivals:
            photo = await self.pool.run(lambda: decode.inspect(read(), self._limits))
            large = photo.cost_mb > self._limits.large_mb
            return await (self.pool.run_large if large else self.pool.run)(preview, photo, side)

    def close(self) -> None:
        self.pool.close()
