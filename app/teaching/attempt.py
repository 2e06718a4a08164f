"""One attempt at a run: what is learned from is written down, a process learns, the outcome counts.

Nothing here is final before the runner has written it into the database under the run's lease.
"""

import asyncio
import contextlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import errors
from app.durable import disk_is_full
from app.errors import Problem
from app.store.runs import CANCELLED, FAILED, Ended, StoredRun
from app.teaching.child import LOG, Child, Pulse
from app.teaching.progress import FILE, Progress, Tail

log = logging.getLogger(__name__)

FAILURE = "failure.json"

_KEPT_OF_LOG = 64_000
_ROOM = 1_000_000  # bytes; a disk with less is full


@dataclass(frozen=True)
class Teacher:
    """The steps of a run. All but `command` block and are called in threads of their own.

    `check` raises DatasetTooSmall, or ModelNotFound. `fingerprint` tells that of what a model would
    learn from, which takes the longer the more photos it has. `snapshot` writes it into the folder
    and returns its fingerprint. `command` trains there. `keep` saves what is worth it however the
    training ended. `accept` makes a version of the result.
    """

    check: Callable[[str], None]
    fingerprint: Callable[[str], str]
    snapshot: Callable[[StoredRun, Path], str]
    command: Callable[[Path], Sequence[str]]
    keep: Callable[[StoredRun, Path], None]
    accept: Callable[[StoredRun, Path], Ended]


@dataclass(frozen=True)
class Patience:
    """In seconds: between two looks at a process, until one that does nothing is given up, and from
    asking it to end to ending it."""

    look: float = 0.1
    hang: float = 120.0
    grace: float = 2.0


@dataclass(frozen=True)
class Again:
    """It came to nothing by accident. `code` is the reason, if it does so each time."""

    code: str


class Stopped:
    """The server stops; the run goes on after its next start."""


Verdict = Ended | Again | Stopped


class Attempt:
    """`changed` is called whenever there is news of it. `child` is its process, once there is one;
    when the attempt is over that does nothing more, but may not be gone yet."""

    def __init__(
        self,
        run: StoredRun,
        folder: Path,
        teacher: Teacher,
        patience: Patience,
        changed: Callable[[], None],
    ) -> None:
        self.run = run
        self.progress = Progress().entering("starting", time.monotonic())
        self._folder, self._teacher, self._patience = folder, teacher, patience
        self._changed = changed
        self.child: Child | None = None
        self._tail = Tail(folder / FILE)
        self._wanted: Ended | Stopped | None = None  # instead of what it would come to
        self._interrupted = asyncio.Event()

    def cancel(self) -> None:
        self._interrupt(Ended(CANCELLED))

    def stop(self) -> None:
        self._interrupt(Stopped())

    async def make(self, note: Callable[[str], None]) -> Verdict:
        """`note` is given the fingerprint of the data, in a thread. Raises nothing."""
        try:
            return await self._make(note)
        except Problem as problem:
            return Ended(FAILED, problem={"code": problem.code, "params": problem.params})
        except Exception as error:
            full = disk_is_full(error)
            if not full:
                log.exception("run %d failed", self.run.run)
            kind = errors.DiskFull if full else errors.InternalError
            return Ended(FAILED, problem={"code": kind.code, "params": {}})

    async def _make(self, note: Callable[[str], None]) -> Verdict:
        if self._wanted is None:
            await asyncio.to_thread(self._write_down, note)
        if self._wanted is not None:
            return self._wanted
        verdict = await self._learn()
        await asyncio.to_thread(self._keep)
        if verdict is not None:
            return verdict
        self._enter("going-live")
        return await asyncio.to_thread(self._teacher.accept, self.run, self._folder)

    def _write_down(self, note: Callable[[str], None]) -> None:
        self._folder.mkdir(parents=True)
        note(self._teacher.snapshot(self.run, self._folder))

    def _keep(self) -> None:
        """What is not kept is only made once more."""
        try:
            self._teacher.keep(self.run, self._folder)
        except Exception:
            log.exception("what run %d looked at is not kept", self.run.run)

    async def _learn(self) -> Verdict | None:
        """None when the process did all that it was to do."""
        self.child = child = Child(self._teacher.command(self._folder), self._folder)
        try:
            hung = await self._watch(child)
        finally:
            await child.stop(self._patience.grace)
        self._hear()
        if self._wanted is not None:
            return self._wanted
        if hung:
            return Again(errors.Hung.code)
        return self._verdict_on(child)

    async def _watch(self, child: Child) -> bool:
        """Until it has ended or should; whether it hangs."""
        pulse = Pulse(child.pid, time.monotonic())
        while child.poll() is None and self._wanted is None:
            self._hear()
            if pulse.silent_seconds(time.monotonic()) > self._patience.hang:
                return True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._interrupted.wait(), self._patience.look)
        return False

    def _verdict_on(self, child: Child) -> Verdict | None:
        code = child.poll()
        if code == 0:
            return None
        problem = _read_failure(self._folder / FAILURE) if code and code > 0 else None
        if problem:
            return Ended(FAILED, problem=problem)
        if shutil.disk_usage(self._folder).free < _ROOM:
            return Ended(FAILED, problem={"code": errors.DiskFull.code, "params": {}})
        log.warning("the trainer of run %d ended with exit code %s", self.run.run, code)
        return Again((errors.OutOfMemory if child.out_of_memory() else errors.Crashed).code)

    def _hear(self) -> None:
        lines = self._tail.lines()
        if lines:
            self.progress = self.progress.after(lines, time.monotonic())
            self._changed()

    def _enter(self, phase: str) -> None:
        self.progress = self.progress.entering(phase, time.monotonic())
        self._changed()

    def _interrupt(self, wanted: Ended | Stopped) -> None:
        self._wanted = self._wanted or wanted
        self._interrupted.set()


def tidy(folder: Path) -> None:
    """Of an attempt that is over only its progress and the end of its log are kept."""
    for path in folder.iterdir():
        if path.name == LOG:
            with path.open("rb+") as file:
                size = file.seek(0, 2)
                if size > _KEPT_OF_LOG:
                    file.seek(-_KEPT_OF_LOG, 2)
                    end = file.read()
                    file.seek(0)
                    file.write(end)
                    file.truncate()
        elif path.name != FILE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _read_failure(file: Path) -> dict[str, Any] | None:
    """What a trainer that gave up by itself says of it."""
    try:
        told = json.loads(file.read_bytes())
        return {"code": str(told["code"]), "params": dict(told.get("params") or {})}
    except (OSError, ValueError, KeyError, TypeError):
        return None
