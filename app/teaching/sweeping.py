"""Once a day what was removed 30 days ago goes for good, with every file that nobody knows; so do
photos that waited for a label when their time is over, or a day after they left.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.store import sweeping
from app.store.store import Store
from app.teaching import shelf
from app.teaching.replacing import settle_aside

log = logging.getLogger(__name__)

KEPT_DAYS = 30

_DAY = 24 * 3600.0
_PORTION = 200


async def sweep_daily(store: Store, *, first: float = 60.0, pause: float = 0.2) -> None:
    """Until it is cancelled: a portion at a time, in threads, with pauses for those who write."""
    await asyncio.sleep(first)
    while True:
        work = sweep(store)
        try:
            while await asyncio.to_thread(next, work, None) is not None:
                await asyncio.sleep(pause)
        except (OSError, OperationalError) as error:
            log.warning("sweeping goes on tomorrow: %s", error)
        await asyncio.sleep(_DAY)


def sweep(store: Store, now: float | None = None) -> Iterator[int]:
    """Tells after each portion how much went with it."""
    now = time.time() if now is None else now
    before = now - KEPT_DAYS * _DAY
    while gone := _photos(store, before) + _others(store, before):
        yield gone
    while gone := _waiting(store, now, before):
        yield gone
    with store.database.write() as c:
        sets, labels = sweeping.take_sets(c, before), sweeping.take_labels(c, before)
        models = sweeping.take_models(c, before)
    for model in models:
        shutil.rmtree(store.folder.versions / model, ignore_errors=True)
        shutil.rmtree(shelf.folder_of(store, model), ignore_errors=True)
    yield sets + labels + len(models)
    strays = store.objects.strays()
    while portion := list(islice(strays, _PORTION)):
        yield _files(store, portion)


def _photos(store: Store, before: float) -> int:
    """Rows first and files second: a row without a file must never be."""
    with store.database.write() as c:
        gone = sweeping.take_images(c, before, _PORTION)
        names = [one.sha256 for one in gone]
        forgotten = _forget(c, store, names)
        for model in {one.model for one in gone}:
            groups = {one.group for one in gone if one.model == model}
            settle_aside(c, store.kept, model, groups)
    _clear(store, names, forgotten)
    return len(gone)


def _others(store: Store, before: float) -> int:
    with store.database.write() as c:
        gone = sweeping.take_others(c, before, _PORTION)
        forgotten = _forget(c, store, gone)
    _clear(store, gone, forgotten)
    return len(gone)


def _waiting(store: Store, now: float, before: float) -> int:
    """What waits for a label never got one; whoever wants it back must say so within a day."""
    with store.database.write() as c:
        gone = sweeping.take_inbox(c, now, now - _DAY, before, _PORTION)
        forgotten = _forget(c, store, gone)
    _clear(store, gone, forgotten)
    return len(gone)


def _forget(c: Connection, store: Store, sha256s: Sequence[str]) -> list[str]:
    """What is known of photos that nobody has any more, by number or by name. Which they are."""
    forgotten = sweeping.without_row(c, sha256s, present=False)
    store.kept.forget(forgotten)
    return forgotten


def _clear(store: Store, sha256s: Sequence[str], forgotten: Sequence[str]) -> None:
    """What lies on the disk goes after its rows."""
    _files(store, sha256s)
    for sha256 in forgotten:
        store.small.remove(sha256)


def _files(store: Store, sha256s: Sequence[str]) -> int:
    """One that someone is about to take into a dataset is younger than a day, and stays."""
    with store.database.read() as c:
        nobodys = sweeping.without_row(c, sha256s, present=True)
    return sum(store.objects.remove_stray(sha256) for sha256 in nobodys)
