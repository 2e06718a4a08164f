"""The queue of trainings, worked off one by one beside the server that goes on answering.

It lives in the server's event loop. What is slow happens in threads, what is heavy in a process of
its own, and what counts is in the database: a server that is killed in the middle takes up after
its next start what was going on.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from app import errors
from app.store import models, runs
from app.store.runs import CANCELLED, FAILED, OVER, RUNNING, Ended, StoredRun
from app.store.store import Store
from app.teaching.attempt import Again, Attempt, Patience, Stopped, Teacher, Verdict, tidy
from app.teaching.child import Child
from app.teaching.models import teachable
from app.teaching.progress import Progress

log = logging.getLogger(__name__)

MOST_WAITING = 5
MOST_ATTEMPTS = 3

_PAUSE = 1.0  # seconds, before a write that failed is tried again

T = TypeVar("T")


class Runner:
    """Between `start` and `stop`, both called in the thread that its processes shall live with."""

    def __init__(self, store: Store, teacher: Teacher, patience: Patience | None = None) -> None:
        self._store, self._teacher = store, teacher
        self._patience = patience or Patience()
        self._current: Attempt | None = None
        self._dying: list[Child] = []
        self._unwanted: set[int] = set()  # runs that someone is cancelling
        self._stopping = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Takes up what an earlier server left, and begins with what waits."""
        await asyncio.to_thread(self._recover)
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends the training that goes on; it starts anew with the server and loses no attempt."""
        self._stopping = True
        self._tell()
        if self._current:
            self._current.stop()
        if self._task:
            await self._task

    async def submit(
        self,
        model: str,
        settings: Mapping[str, Any],
        by: str,
        *,
        force: bool = False,
        also: Callable[[Connection, StoredRun], None] = lambda c, run: None,
    ) -> StoredRun:
        """A new run at the end of the queue; `also` is done in the same transaction.

        Raises ModelNotFound, ModelNotTeachable, DatasetTooSmall, TrainingQueueFull, and unless
        `force` NothingChanged when it would only bring forth the newest version once more.
        """
        made = await asyncio.to_thread(self._submit, model, settings, by, force, also)
        self._tell()
        return made

    async def cancel(self, run: int) -> StoredRun:
        """Returns once it is over. Raises RunNotFound, or JobNotRunning when it was over before."""
        found = await self.find(run)
        if found.state in OVER:
            raise errors.JobNotRunning
        self._unwanted.add(run)
        try:
            if self._current and self._current.run.run == run:
                self._current.cancel()
            while found.state not in OVER:
                news = self._news
                if await asyncio.to_thread(self._write, lambda c: runs.cancel_queued(c, run)):
                    self._tell()
                    return await self.find(run)
                found = await self.find(run)
                if found.state == RUNNING:
                    await news.wait()
                    found = await self.find(run)
            if found.state != CANCELLED:
                raise errors.JobNotRunning
            return found
        finally:
            self._unwanted.discard(run)

    async def cancel_all(self, model: str) -> None:
        """Of a model that is removed."""
        for run in await asyncio.to_thread(self._read, lambda c: runs.unfinished(c, model)):
            with contextlib.suppress(errors.JobNotRunning):
                await self.cancel(run.run)

    async def find(self, run: int) -> StoredRun:
        """Raises RunNotFound."""
        found = await asyncio.to_thread(self._read, lambda c: runs.find(c, run))
        if found is None:
            raise errors.RunNotFound
        return found

    def progress(self, run: StoredRun) -> Progress:
        """How far its newest attempt is, or came. Reads a file when that is over."""
        if self._current and self._current.run.lease == run.lease:
            return self._current.progress
        return Progress.read(self.folder(run)) if run.lease else Progress()

    def course(self, run: StoredRun) -> list[Progress]:
        """Of its newest attempt, how far it was after each line. Reads a file."""
        return list(Progress.course(self.folder(run))) if run.lease else []

    def folder(self, run: StoredRun) -> Path:
        """Of its newest attempt."""
        return self._store.folder.runs.resolve() / str(run.run) / (run.lease or "")

    @property
    def busy(self) -> bool:
        """Whether a training goes on."""
        return self._current is not None

    @property
    def news(self) -> asyncio.Event:
        """Is set with the next news of any run. Take it first, look then, and wait last."""
        return self._news

    async def _work(self) -> None:
        while not self._stopping:
            news = self._news
            try:
                run = await asyncio.to_thread(self._write, runs.claim)
                if run is not None:
                    await self._attempt(run)
                    continue
            except Exception:
                log.exception("the queue of trainings cannot go on")
                await asyncio.sleep(_PAUSE)
                continue
            await news.wait()

    async def _attempt(self, run: StoredRun) -> None:
        folder = self.folder(run)
        attempt = Attempt(run, folder, self._teacher, self._patience, self._tell)
        self._current = attempt
        if self._stopping:
            attempt.stop()
        if run.run in self._unwanted or not await asyncio.to_thread(self._has_model, run):
            attempt.cancel()
        self._tell()
        try:
            verdict = await attempt.make(lambda fingerprint: self._note(run, fingerprint))
            with contextlib.suppress(OSError):  # before anything is written: it makes room
                await asyncio.to_thread(tidy, folder)
            await self._settle(run, verdict)
        finally:
            self._current = None
            self._bury(attempt.child)
            self._tell()

    def _bury(self, child: Child | None) -> None:
        """A process that has ended stays in the kernel's table until it was asked for."""
        self._dying += [child] if child else []
        self._dying = [one for one in self._dying if one.poll() is None]

    def _note(self, run: StoredRun, fingerprint: str) -> None:
        self._write(lambda c: runs.note_fingerprint(c, run.run, run.lease or "", fingerprint))

    async def _settle(self, run: StoredRun, verdict: Verdict) -> None:
        """Tries until it is written: a full disk may have room again."""
        told = False
        while True:
            try:
                await asyncio.to_thread(self._write, lambda c: _write_verdict(c, run, verdict))
                return
            except Exception as error:
                if not told:
                    log.warning("what came of run %d cannot be written yet: %s", run.run, error)
                told = True
                if self._stopping:
                    return
                await asyncio.sleep(_PAUSE)

    def _recover(self) -> None:
        with self._store.database.write() as c:
            for run in runs.unfinished(c):
                if run.state == RUNNING:
                    _write_verdict(c, run, Again(errors.Crashed.code))
        for folder in self._store.folder.runs.glob("*/*"):
            with contextlib.suppress(OSError):
                tidy(folder)

    def _submit(
        self,
        model: str,
        settings: Mapping[str, Any],
        by: str,
        force: bool,
        also: Callable[[Connection, StoredRun], None],
    ) -> StoredRun:
        with self._store.database.read() as c:
            teachable(c, model)
            last = None if force else runs.last_succeeded(c, model)
        self._teacher.check(model)
        alike = last is not None and last.settings == settings
        if last and alike and last.fingerprint == self._teacher.fingerprint(model):
            raise errors.NothingChanged(version=last.version)
        with self._store.database.write() as c:
            if runs.count_unfinished(c) > MOST_WAITING:
                raise errors.TrainingQueueFull(limit=MOST_WAITING)
            made = runs.create(c, model, settings, by)
            also(c, made)
            return made

    def _has_model(self, run: StoredRun) -> bool:
        return self._read(lambda c: models.find(c, run.model)) is not None

    def _read(self, asked: Callable[[Connection], T]) -> T:
        with self._store.database.read() as c:
            return asked(c)

    def _write(self, change: Callable[[Connection], T]) -> T:
        with self._store.database.write() as c:
            return change(c)

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _write_verdict(c: Connection, run: StoredRun, verdict: Verdict) -> None:
    lease = run.lease or ""
    match verdict:
        case Stopped():
            runs.requeue(c, run.run, lease, counts=False)
        case Again(code) if run.attempt >= MOST_ATTEMPTS:
            problem = {"code": code, "params": {"attempts": run.attempt}}
            runs.finish(c, run.run, lease, Ended(FAILED, problem=problem))
        case Again():
            runs.requeue(c, run.run, lease, counts=True)
        case Ended():
            runs.finish(c, run.run, lease, verdict)
