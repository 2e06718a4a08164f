"""The bounded queue."""

import asyncio
import threading
import time

import pytest

from app.errors import Busy
from app.vision.pool import Pool


def test_a_full_queue_is_told_at_once() -> None:
    pool = Pool(workers=1, queue=2)
    with pool.admit(3):
        assert pool.full
        with pytest.raises(Busy), pool.admit(1):
            pass
    with pool.admit(1):
        assert not pool.full


def test_one_large_request_alone_always_gets_in() -> None:
    pool = Pool(workers=1, queue=2)
    with pool.admit(32), pytest.raises(Busy), pool.admit(1):
        pass


def test_work_whose_client_has_gone_is_dropped() -> None:
    pool, hold = Pool(workers=1, queue=8), threading.Event()
    ran: list[int] = []

    async def ask() -> None:
        first = asyncio.create_task(pool.run(hold.wait))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(pool.run(ran.append, i)) for i in range(3)]
        await asyncio.sleep(0.05)
        waiting[1].cancel()
        await asyncio.sleep(0.05)
        hold.set()
        await asyncio.gather(first, *waiting, return_exceptions=True)

    asyncio.run(ask())
    pool.close()
    assert ran == [0, 2]


def test_large_decodes_take_turns_and_keep_nobody_waiting() -> None:
    pool, together, most = Pool(workers=2, queue=8), 0, 0

    def large() -> None:
        nonlocal together, most
        together += 1
        most = max(most, together)
        time.sleep(0.05)
        together -= 1

    async def ask() -> float:
        larges = [asyncio.create_task(pool.run_large(large)) for _ in range(4)]
        await asyncio.sleep(0.01)
        started = time.monotonic()
        await pool.run(lambda: None)
        waited = time.monotonic() - started
        await asyncio.gather(*larges)
        return waited

    waited = asyncio.run(ask())
    pool.close()
    assert most == 1
    assert waited < 0.05
