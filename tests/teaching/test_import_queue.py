"""The queue of imports: going on, trying again, and disks that are full."""

import asyncio
import errno
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from app import errors
from app.store import imports
from app.store.imports import StoredImport
from app.store.store import Store
from app.teaching import importing, intake
from app.teaching.archive import ArchiveLimits
from app.teaching.imports import Imports
from tests.teaching.taking_in import OneLoop, begun, report, rows
from tests.teaching.tiles import folder_of
from tests.teaching.zips import zipped


def in_queue(
    store: Store, lookout: OneLoop, *zips: bytes, until: Callable[[StoredImport], bool]
) -> list[StoredImport]:
    """The imports of these zips when the last of them is so far."""

    async def go() -> list[StoredImport]:
        queue = Imports(store, lookout, ArchiveLimits())
        await queue.start()
        numbers = []
        for number, content in enumerate(zips):
            archive = queue.folder / f"archive-{number}"
            archive.write_bytes(content)
            numbers.append((await queue.submit("things", archive)).number)
        async with asyncio.timeout(60):
            while True:
                news = queue.news
                found = [await queue.find(number) for number in numbers]
                if until(found[-1]):
                    break
                await news.wait()
        await queue.stop()
        return found

    return lookout.runner.run(go())


def over(job: StoredImport) -> bool:
    return job.state in imports.OVER


def test_a_full_disk_fails_the_import_and_keeps_what_is_in(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    content = zipped(folder_of("cats", "chelsea", 12))
    keep, calls = intake.keep, itertools.count()

    def keep_two(*given: Any, **named: Any) -> Any:
        if next(calls) >= 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return keep(*given, **named)

    monkeypatch.setattr(importing, "keep", keep_two)
    (failed,) = in_queue(store, lookout, content, until=over)
    assert failed.state == "failed"
    assert failed.problem == {"code": "insufficient-storage", "params": {}}
    assert len(rows(store)) == 8 == len(report(store, failed.number))
    assert list(store.folder.imports.iterdir()) == []
    monkeypatch.setattr(importing, "keep", keep)
    (again,) = in_queue(store, lookout, content, until=over)
    outcomes = [item.outcome for item in report(store, again.number)]
    assert again.state == "succeeded"
    assert (outcomes.count("already-there"), outcomes.count("added")) == (8, 4)


def test_what_fails_once_is_tried_again(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, calls = intake.keep, itertools.count()

    def keep_second(*given: Any, **named: Any) -> Any:
        if next(calls) == 0:
            raise RuntimeError("for once")
        return keep(*given, **named)

    monkeypatch.setattr(importing, "keep", keep_second)
    content = zipped(folder_of("cats", "chelsea", 3))
    (job,) = in_queue(store, lookout, content, until=over)
    assert (job.state, job.attempt, len(rows(store))) == ("succeeded", 2, 3)


def test_a_label_that_is_removed_meanwhile_ends_the_import(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(*given: Any, **named: Any) -> Any:
        raise errors.LabelNotFound(name="cats")

    monkeypatch.setattr(importing, "keep", keep)
    (job,) = in_queue(store, lookout, zipped(folder_of("cats", "chelsea", 2)), until=over)
    assert job.state == "failed"
    assert job.problem == {"code": "label-not-found", "params": {"name": "cats"}}


def test_a_server_that_stops_loses_no_attempt(
    store: Store, lookout: OneLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    content = zipped(folder_of("cats", "chelsea", 12))
    (stopped,) = in_queue(store, lookout, content, until=lambda job: bool(rows(store)))
    with store.database.read() as c:
        left = imports.find(c, stopped.number)
    assert left is not None and (left.state, left.attempt) == ("queued", 0)
    assert 1 <= len(rows(store)) < 12

    async def go() -> StoredImport:
        queue = Imports(store, lookout, ArchiveLimits())
        await queue.start()
        async with asyncio.timeout(60):
            while not over(job := await queue.find(stopped.number)):
                await queue.news.wait()
        await queue.stop()
        return job

    job = lookout.runner.run(go())
    assert (job.state, job.attempt, len(rows(store))) == ("succeeded", 1, 12)
    assert len(report(store, job.number)) == 12


def test_what_a_command_left_behind_is_closed(store: Store, lookout: OneLoop) -> None:
    number = begun(store)

    async def go() -> StoredImport:
        queue = Imports(store, lookout, ArchiveLimits())
        await queue.start()
        found = await queue.find(number)
        await queue.stop()
        return found

    left = lookout.runner.run(go())
    assert left.state == "failed" and left.problem is not None
    assert left.problem["code"] == "import-cut-off"
