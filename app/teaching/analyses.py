"""Looking whole datasets over, one after another beside the server that goes on answering.

An analysis takes seconds and decides nothing, so it makes way for every training and begins anew
after it. What comes of it lies on a shelf; nothing is lost with a server that is killed.
"""

import asyncio
import logging
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app import errors
from app.store.store import Store
from app.teaching import inventory, looked
from app.teaching.analyst import RESULT, Kind
from app.teaching.attempt import Patience
from app.teaching.child import LOG, Child, Pulse
from app.teaching.inventory import State
from app.teaching.progress import FILE, Progress, Tail
from app.teaching.shelf import Found, Shelf

log = logging.getLogger(__name__)

WAITING = "waiting"
"""The phase of one that others go before."""

_RESTS = 60.0  # seconds in which one that failed is not tried again
_SAID = 2000  # characters of its log that are told when it fails


def _command(folder: Path) -> Sequence[str]:
    return [sys.executable, "-m", "app.teaching.analyst", str(folder)]


@dataclass(frozen=True)
class Analysis:
    """`found` is what is known, None before the first time. Unless that is current `progress` tells
    how far the next one is, or it `failed` a moment ago."""

    found: Found | None
    progress: Progress
    failed: bool

    @property
    def current(self) -> bool:
        return self.found is not None and self.found.current


class _Asked(NamedTuple):
    model: str
    kind: Kind


class Analyses:
    """Between `start` and `stop`, both called in the thread that its processes shall live with.
    `busy` says whether a training goes first."""

    def __init__(
        self,
        store: Store,
        busy: Callable[[], bool] = lambda: False,
        command: Callable[[Path], Sequence[str]] = _command,
        patience: Patience | None = None,
    ) -> None:
        self._store, self._shelf = store, Shelf(store)
        self._busy, self._command, self._patience = busy, command, patience or Patience()
        self._waiting: list[_Asked] = []
        self._current: _Asked | None = None
        self._progress = Progress()
        self._failed: dict[_Asked, float] = {}
        self._wanted, self._stopping = asyncio.Event(), False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        self._stopping = True
        self._wanted.set()
        if self._task:
            await self._task

    async def ask(self, model: str, kind: Kind) -> Analysis:
        """What is known, while what is not is worked out. Raises ModelNotFound or
        ModelNotTeachable."""
        asked, found = _Asked(model, kind), await self.known(model, kind)
        failed = time.monotonic() - self._failed.get(asked, -_RESTS) < _RESTS
        current = found is not None and found.current
        if not current and not failed and asked not in (*self._waiting, self._current):
            self._waiting.append(asked)
            self._wanted.set()
        going = asked == self._current
        return Analysis(found, self._progress if going else Progress(phase=WAITING), failed)

    async def known(self, model: str, kind: Kind) -> Found | None:
        """The same without asking for more."""
        return await asyncio.to_thread(self._shelf.find, model, kind)

    async def _work(self) -> None:
        while not self._stopping:
            if not self._waiting:
                self._wanted.clear()
                await self._wanted.wait()
            elif self._busy():
                await asyncio.sleep(self._patience.look)
            else:
                await self._make(self._waiting.pop(0))

    async def _make(self, asked: _Asked) -> None:
        self._current, self._progress = asked, Progress()
        folder = self._store.folder.temporary.resolve() / f"analysis-{secrets.token_hex(6)}"
        try:
            state = await asyncio.to_thread(self._write_down, asked, folder)
            if await self._analyse(folder):
                await asyncio.to_thread(self._keep, asked, state, folder)
            else:
                self._waiting.append(asked)
        except (errors.ModelNotFound, errors.ModelNotTeachable):
            pass  # it is gone, and nobody asks any more
        except Exception:
            log.exception("the %s of %s could not be worked out", asked.kind, asked.model)
            self._failed[asked] = time.monotonic()
        finally:
            self._current = None
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _write_down(self, asked: _Asked, folder: Path) -> State:
        folder.mkdir()
        return inventory.write(self._store, asked.model, asked.kind, folder)

    def _keep(self, asked: _Asked, state: State, folder: Path) -> None:
        looked.keep(self._store.kept, folder)
        self._shelf.keep(asked.model, asked.kind, state, folder / RESULT)

    async def _analyse(self, folder: Path) -> bool:
        """False when it had to make way. Raises RuntimeError when it came to nothing."""
        child = Child(self._command(folder), folder)
        try:
            done = await self._watch(child, Tail(folder / FILE))
        finally:
            await child.stop(self._patience.grace)
        if done and child.poll() != 0:
            said = await asyncio.to_thread((folder / LOG).read_text, "utf-8", "replace")
            raise RuntimeError(f"exit code {child.poll()}: {said[-_SAID:]}")
        return done

    async def _watch(self, child: Child, tail: Tail) -> bool:
        pulse = Pulse(child.pid, time.monotonic())
        while child.poll() is None:
            self._progress = self._progress.after(tail.lines())
            if self._stopping or self._busy():
                return False
            if pulse.silent_seconds(time.monotonic()) > self._patience.hang:
                raise RuntimeError("it came to a standstill")
            await asyncio.sleep(self._patience.look)
        return True
