"""A teacher whose trainer only pretends, and what tests of the queue do with it."""

import asyncio
import contextlib
import functools
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from app.store import runs
from app.store.runs import Ended, StoredRun
from app.store.store import Store
from app.teaching.attempt import Patience, Teacher
from app.teaching.runner import Runner
from tests.teaching import pretend

QUICK = Patience(look=0.02, hang=1.0, grace=0.3)


class Pretending:
    """A teacher whose trainer does what the settings say, and who counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.store, self.fingerprint = store, "a"
        self.accepted: list[Path] = []
        self.failing: Exception | None = None

    def check(self, model: str) -> None:
        pass

    def told(self, model: str) -> str:
        return self.fingerprint

    def snapshot(self, run: StoredRun, folder: Path) -> str:
        if self.failing:
            raise self.failing
        (folder / "task.json").write_text(json.dumps({"does": self.does(run)}))
        return self.told(run.model)

    def does(self, run: StoredRun) -> str:
        return str(run.settings["does"])

    def command(self, folder: Path) -> list[str]:
        return [sys.executable, pretend.__file__, str(folder)]

    def keep(self, run: StoredRun, folder: Path) -> None:
        raise OSError("nothing can be kept")

    def accept(self, run: StoredRun, folder: Path) -> Ended:
        assert (folder / "result").is_dir()
        self.accepted.append(folder)
        return Ended(runs.SUCCEEDED, version=len(self.accepted), went_live=True)

    def teacher(self) -> Teacher:
        return Teacher(
            self.check, self.told, self.snapshot, self.command, self.keep, self.accept
        )  # fmt: skip


@contextlib.asynccontextmanager
async def running(
    store: Store, pretending: Pretending | None = None, patience: Patience = QUICK
) -> AsyncIterator[Runner]:
    runner = Runner(store, (pretending or Pretending(store)).teacher(), patience)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


def in_a_loop(check: Callable[[Store], Awaitable[None]]) -> Callable[[Store], None]:
    """A test that is a coroutine, in a loop of its own that ends within 30 seconds."""

    @functools.wraps(check)
    def run(store: Store) -> None:
        asyncio.run(asyncio.wait_for(check(store), 30))

    return run


async def ask(runner: Runner, does: Callable[[Path], None], **more: Any) -> int:
    made = await runner.submit("trees", {"does": does.__name__, **more}, "this machine", force=True)
    return made.run


async def until(
    runner: Runner, run: int, state: str, lines: int = 0, seconds: float = 15
) -> StoredRun:
    """The run, once it is in this state and so many lines of progress have come."""
    async with asyncio.timeout(seconds):
        while True:
            news = runner.news
            found = await runner.find(run)
            if found.state == state and runner.progress(found).line >= lines:
                return found
            assert found.state not in runs.OVER, found
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), 0.2)


def trainer_of(runner: Runner, run: StoredRun) -> int:
    """Found by the folder it was given."""
    wanted = str(runner.folder(run)).encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (process / "cmdline").read_bytes().split(b"\0"):
                return int(process.name)
    raise AssertionError("there is no trainer")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
