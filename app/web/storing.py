"""The database and the disk are asked in threads, never on the event loop."""

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from fastapi import Request

from app.store.store import Store
from app.web.state import store_of

P = ParamSpec("P")
T = TypeVar("T")


async def with_store(
    request: Request,
    work: Callable[Concatenate[Store, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What `work` makes of the store. Raises NotReady until there is one, and what `work` raises;
    work that has begun is finished, also when nobody waits for it any more."""
    return await asyncio.to_thread(work, store_of(request), *args, **kwargs)
