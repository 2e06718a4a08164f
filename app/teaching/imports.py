"""The server's queue of imports: zips that wait on the disk, taken in one after another.

It lives in the event loop. What is slow happens in threads, and what counts is in the database: a
server that is killed in the middle goes on after its next start with the files that are left.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from app import errors
from app.naming import clean_name
from app.store import imports
from app.store.imports import CANCELLED, FAILED, OVER, RUNNING, SUCCEEDED, StoredImport
from app.store.store import Store
from app.teaching.archive import ArchiveLimits
from app.teaching.endings import Ended, close_cut_off, ended_by, write_end
from app.teaching.importing import Importing, Progress
from app.teaching.models import add_labels, teachable
from app.teaching.opened import Opened, open_archive
from app.teaching.survey import Interrupted
from app.vision.lookout import Lookout

log = logging.getLogger(__name__)

MOST_WAITING = 5
MOST_ATTEMPTS = 3

_PAUSE = 1.0  # seconds, before what failed is tried again

T = TypeVar("T")
Also = Callable[[Connection, StoredImport], None]


class Imports:
    """Between `start` and `stop`."""

    def __init__(self, store: Store, lookout: Lookout, limits: ArchiveLimits) -> None:
        self._store, self._lookout, self._limits = store, lookout, limits
        self._opened: dict[int, Opened] = {}
        self._current: tuple[int, Progress] | None = None
        self._unwanted: set[int] = set()  # imports that someone is cancelling
        self._stopping = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Takes up what an earlier server left, and begins with what waits."""
        await asyncio.to_thread(self._recover)
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Lets go of the import that runs; it goes on with the next start and loses no attempt."""
        self._stopping = True
        if self._current:
            self._current[1].stop = True
        self._tell()
        if self._task:
            await self._task
        for opened in self._opened.values():
            opened.file.close()

    @property
    def folder(self) -> Path:
        """Where archives are written to that shall be submitted."""
        return self._store.folder.imports

    async def admit(self, model: str) -> None:
        """Raises what `submit` would raise whatever the archive is, so that none is sent in vain:
        ModelNotFound, ModelNotTeachable, ImportQueueFull."""
        await asyncio.to_thread(self._read, lambda c: self._admit(c, model))

    async def submit(
        self, model: str, archive: Path, label: str | None = None, also: Also = lambda c, job: None
    ) -> StoredImport:
        """A new import at the end of the queue, of a file in `folder` that is the queue's from now
        on, and gone when it is refused. `label` is borne by all its photos. What `also` writes is
        there if and only if the import is.

        Raises what `admit` and `archive.inspect` raise, InvalidLabel, TooManyClasses.
        """
        try:
            made = await asyncio.to_thread(self._submit, model, archive, label, also)
        except BaseException:
            await asyncio.to_thread(archive.unlink, missing_ok=True)
            raise
        self._tell()
        return made

    async def cancel(self, number: int) -> StoredImport:
        """Returns once it is over; what is in stays. Raises ImportNotFound, or JobNotRunning when
        it was over before."""
        found = await self.find(number)
        if found.state in OVER:
            raise errors.JobNotRunning
        self._unwanted.add(number)
        try:
            while found.state not in OVER:
                news = self._news
                if self._current and self._current[0] == number:
                    self._current[1].stop = True
                    await news.wait()
                elif await self._drop(found):
                    self._tell()
                else:
                    await news.wait()
                found = await self.find(number)
        finally:
            self._unwanted.discard(number)
        if found.state != CANCELLED:
            raise errors.JobNotRunning
        return found

    async def find(self, number: int) -> StoredImport:
        """Raises ImportNotFound."""
        found = await asyncio.to_thread(self._read, lambda c: imports.find(c, number))
        if found is None:
            raise errors.ImportNotFound
        return found

    def progress(self, number: int) -> Progress | None:
        """Of the import that runs now; None of all others."""
        return self._current[1] if self._current and self._current[0] == number else None

    @property
    def news(self) -> asyncio.Event:
        """Is set with the next news of any import. Take it first, look then, and wait last."""
        return self._news

    async def _work(self) -> None:
        while not self._stopping:
            news = self._news
            try:
                job = await asyncio.to_thread(self._read, imports.next_queued)
                if job is not None:
                    await self._attempt(job)
                    continue
            except Exception:
                log.exception("the queue of imports cannot go on")
                await asyncio.sleep(_PAUSE)
                continue
            await news.wait()

    async def _attempt(self, job: StoredImport) -> None:
        before = await asyncio.to_thread(self._read, lambda c: imports.counts(c, [job.number]))
        progress = Progress(self._tell, total=job.total, counts=Counter(before[job.number]))
        self._current = job.number, progress
        progress.stop = self._stopping or job.number in self._unwanted
        try:
            if await asyncio.to_thread(self._write, lambda c: imports.begin(c, job.number)):
                await self._settle(job, await self._try(job, progress))
        finally:
            self._current = None
            self._tell()

    async def _try(self, job: StoredImport, progress: Progress) -> Ended:
        opened = self._opened.pop(job.number, None)
        try:
            if opened is None:
                opened = await asyncio.to_thread(self._open, job, progress)
            importing = Importing(
                self._store, self._lookout, job.number, job.model, opened.survey, progress
            )
            if await importing.run():
                return Ended(SUCCEEDED)
            return self._stopped(job)
        except Interrupted:
            return self._stopped(job)
        except Exception as error:
            ended = ended_by(error)
            if ended is None:
                log.exception("import %d failed", job.number)
                last = job.attempt + 1 >= MOST_ATTEMPTS
                ended = Ended(FAILED, errors.InternalError()) if last else Ended(None)
            return ended
        finally:
            if opened:
                opened.file.close()

    def _stopped(self, job: StoredImport) -> Ended:
        return Ended(CANCELLED) if job.number in self._unwanted else Ended(None, counts=False)

    async def _settle(self, job: StoredImport, ended: Ended) -> None:
        """Tries until it is written: a full disk may have room again. The archive goes first, which
        makes some."""
        if ended.state is not None:
            await asyncio.to_thread(self._remove, job)
        while True:
            try:
                await asyncio.to_thread(self._write, lambda c: write_end(c, job, ended))
                break
            except Exception:
                log.exception("what came of import %d cannot be written yet", job.number)
                if self._stopping:
                    return
                await asyncio.sleep(_PAUSE)
        if ended.state is None and not self._stopping:
            await asyncio.sleep(_PAUSE)

    async def _drop(self, job: StoredImport) -> bool:
        """Cancels one that waits. False when it does not (any more)."""
        if not await asyncio.to_thread(self._write, lambda c: imports.cancel_queued(c, job.number)):
            return False
        opened = self._opened.pop(job.number, None)
        if opened:
            opened.file.close()
        await asyncio.to_thread(self._remove, job)
        return True

    def _submit(self, model: str, archive: Path, label: str | None, also: Also) -> StoredImport:
        label = clean_name(label) if label is not None else None
        self._read(lambda c: self._admit(c, model))
        opened = open_archive(archive, self._limits, label)
        try:
            add_labels(self._store, model, opened.survey.names)
            with self._store.database.write() as c:
                self._admit(c, model)
                total = opened.survey.total
                job = imports.create(c, model, archive=archive.name, label=label, total=total)
                also(c, job)
                self._opened[job.number] = opened
                return job
        except BaseException:
            self._opened = {n: o for n, o in self._opened.items() if o is not opened}
            opened.file.close()
            raise

    def _admit(self, c: Connection, model: str) -> None:
        teachable(c, model)
        if len(imports.unfinished(c)) > MOST_WAITING:
            raise errors.ImportQueueFull(limit=MOST_WAITING)

    def _open(self, job: StoredImport, progress: Progress) -> Opened:
        """Of an import that this process has not seen before."""
        archive = self.folder / job.archive
        return open_archive(archive, self._limits, job.label, lambda: not progress.stop)

    def _recover(self) -> None:
        with self._store.database.write() as c:
            close_cut_off(c)
            for job in imports.unfinished(c):
                if job.state == RUNNING and job.attempt >= MOST_ATTEMPTS:
                    problem = errors.ImportCrashed(attempts=job.attempt)
                    write_end(c, job, Ended(FAILED, problem))
                elif job.state == RUNNING:
                    imports.requeue(c, job.number, counts=True)
            wanted = {job.archive for job in imports.unfinished(c)}
        for left in self.folder.iterdir():
            if left.name not in wanted:
                left.unlink(missing_ok=True)

    def _remove(self, job: StoredImport) -> None:
        with contextlib.suppress(OSError):
            (self.folder / job.archive).unlink(missing_ok=True)

    def _read(self, asked: Callable[[Connection], T]) -> T:
        with self._store.database.read() as c:
            return asked(c)

    def _write(self, change: Callable[[Connection], T]) -> T:
        with self._store.database.write() as c:
            return change(c)

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
