"""One import: the photos of a zip or a folder, looked at many at a time and kept in order.

Photos are kept in batches, each together with what its files' outcomes are: what has an outcome is
in, and what has none is not. So an import may end anywhere and go on from there, or be asked for
again, and every photo is there once.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from sqlalchemy import Connection

from app import errors
from app.errors import Problem
from app.store import images, imports
from app.store.imports import Item, Outcome
from app.store.store import Store
from app.teaching.intake import Newcomer, Taken, keep
from app.teaching.models import add_labels, teachable
from app.teaching.survey import E, Lot, Survey, lots
from app.vision.arrival import Sight
from app.vision.lookout import Lookout
from app.vision.splits import Reason

BATCH = 50
BATCH_BYTES = 32_000_000
"""A batch is kept when it has so many photos or so many bytes of them."""

AHEAD_BYTES = 32_000_000
"""Photos that are being looked at hold no more than this, but for the first of them."""

OTHER_LABEL = "other-label"
"""The code of photos that are there already, under the label in `params`."""


@dataclass
class Progress:
    """How far an import is. `stop` may be set at any time; `report` hears of every change."""

    report: Callable[[], None] = lambda: None
    stop: bool = False
    total: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _began: float = 0.0
    _before: int = 0  # done by an earlier attempt

    @property
    def done(self) -> int:
        """Files that have an outcome."""
        return self.counts.total()

    @property
    def seconds_left(self) -> float | None:
        """By the pace so far; None before there is one."""
        came = self.done - self._before
        if not came:
            return None
        return (time.monotonic() - self._began) / came * (self.total - self.done)

    def begin(self, total: int, counts: Counter[str]) -> None:
        self.total, self.counts = total, counts
        self._before, self._began = self.done, time.monotonic()
        self.report()

    def add(self, items: Sequence[Item]) -> None:
        self.counts.update(item.outcome for item in items)
        self.report()


@dataclass(frozen=True, eq=False)
class Met(Generic[E]):
    """A lot that was looked at: its bytes and what was seen in them, or what is wrong with them."""

    lot: Lot[E]
    content: bytes
    seen: Sight | Problem


class Importing(Generic[E]):
    """The import `number` of the database, which must be running."""

    def __init__(
        self,
        store: Store,
        lookout: Lookout,
        number: int,
        model: str,
        surveyed: Survey[E],
        progress: Progress,
    ) -> None:
        self._store, self._lookout = store, lookout
        self._number, self._model = number, model
        self._surveyed, self._progress = surveyed, progress
        self._source = surveyed.source

    async def run(self) -> bool:
        """True when all is in, False when it was stopped; what is in stays in both cases.

        Raises InvalidLabel or TooManyClasses for its labels, UnusableArchive, and what `keep`
        raises.
        """
        slugs = await asyncio.to_thread(add_labels, self._store, self._model, self._surveyed.names)
        pending = await asyncio.to_thread(self._begin, lots(self._surveyed, slugs))
        keeper = _OneAtATime()
        batch: list[Met[E]] = []
        size = 0  # of the batch, in bytes
        try:
            async with aclosing(self._meet_all(pending)) as coming:
                async for met in coming:
                    batch.append(met)
                    size += len(met.content)
                    if len(batch) >= BATCH or size >= BATCH_BYTES:
                        await keeper.start(self._keep(batch))
                        batch, size = [], 0
            if batch and not self._progress.stop:
                await keeper.start(self._keep(batch))
        finally:
            await keeper.finish()
        return not self._progress.stop

    def _begin(self, found: list[Lot[E]]) -> list[Lot[E]]:
        """Writes down what is no photo, and gives the lots that have no outcome yet."""
        with self._store.database.write() as c:
            teachable(c, self._model)
            done = imports.items_done(c, self._number)
            before = Counter(imports.counts(c, [self._number])[self._number])
            others = [i for i in left_out(self._surveyed) if i.item not in done]
            imports.add_items(c, self._number, others)
        before.update(item.outcome for item in others)
        self._progress.begin(self._surveyed.total, before)
        return [lot for lot in found if lot.item not in done]

    async def _meet_all(self, pending: Sequence[Lot[E]]) -> AsyncGenerator[Met[E], None]:
        """In their order. As many as one batch are under way, so that looking goes on while the
        disk takes its time over the batch before."""
        under_way: deque[tuple[Lot[E], asyncio.Task[Met[E]]]] = deque()
        held = 0  # bytes of all that are under way
        try:
            for start in range(0, len(pending), BATCH):
                for lot in await self._missing(pending[start : start + BATCH]):
                    while len(under_way) >= BATCH or (under_way and held + lot.size > AHEAD_BYTES):
                        first, met = under_way.popleft()
                        held -= first.size
                        yield await met
                    if self._progress.stop:
                        return
                    under_way.append((lot, asyncio.create_task(self._meet(lot))))
                    held += lot.size
            while under_way and not self._progress.stop:
                yield await under_way.popleft()[1]
        finally:
            tasks = [task for _, task in under_way]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _missing(self, portion: Sequence[Lot[E]]) -> list[Lot[E]]:
        """Those that are not in the dataset. The others need no look: they get their outcomes."""
        there = await asyncio.to_thread(self._find_there, portion)
        items = [
            i for lot in portion if lot.sha256 in there for i in _again(lot, there[lot.sha256])
        ]
        if items:
            await asyncio.to_thread(self._write, items)
            self._progress.add(items)
        return [lot for lot in portion if lot.sha256 not in there]

    def _find_there(self, portion: Sequence[Lot[E]]) -> dict[str, str]:
        """The labels under which photos are there, by SHA-256."""
        with self._store.database.read() as c:
            found = images.find_many(c, self._model, [lot.sha256 for lot in portion])
        return {s: i.label for s, i in found.items() if i.present and i.removed is None}

    def _write(self, items: Sequence[Item]) -> None:
        with self._store.database.write() as c:
            imports.add_items(c, self._number, items)

    async def _meet(self, lot: Lot[E]) -> Met[E]:
        try:
            return Met(lot, *await self._lookout.meet(lambda: self._source.read(lot.entries[0])))
        except errors.UnusableArchive:
            raise
        except Problem as problem:
            return Met(lot, b"", problem)
        except OSError:
            return Met(lot, b"", errors.FileUnreadable())

    async def _keep(self, batch: Sequence[Met[E]]) -> None:
        items = await asyncio.to_thread(self._keep_now, batch)
        self._progress.add(items)

    def _keep_now(self, batch: Sequence[Met[E]]) -> list[Item]:
        items = [i for met in batch if isinstance(met.seen, Problem) for i in _refused(met)]
        usable = [(met, met.seen) for met in batch if isinstance(met.seen, Sight)]
        newcomers = [_newcomer(met, seen) for met, seen in usable]

        def write(c: Connection, taken: Sequence[Taken]) -> None:
            for (met, _), one in zip(usable, taken, strict=True):
                items.extend(_kept(met.lot, one))
            imports.add_items(c, self._number, items)

        keep(self._store, self._model, newcomers, source="import", within=write)
        return items


def left_out(surveyed: Survey[E]) -> Iterator[Item]:
    """What became of all that is no photo that can be read, numbered after the photos."""
    first = len(surveyed.digests)
    for item, (name, problem) in enumerate(surveyed.refused, first):
        yield Item(item, name, "refused", None, None, errors.name_of(problem), problem.params)
    first += len(surveyed.refused)
    for item, name in enumerate(surveyed.source.ignored, first):
        yield Item(item, name, "ignored")


def _newcomer(met: Met[E], seen: Sight) -> Newcomer:
    lot = met.lot
    aside: Reason | None = "two-labels" if lot.torn else None
    return Newcomer(met.content, _file_name(lot), lot.labels[0], seen, aside)


def _file_name(lot: Lot[E]) -> str:
    return lot.entries[0].name.replace("\\", "/").rpartition("/")[2]


def _kept(lot: Lot[E], taken: Taken) -> Iterator[Item]:
    """The outcomes of a lot whose photo was kept: what came of the first, and its copies."""
    items = list(_again(lot, taken.image.label))
    if taken.status == "added":
        aside = taken.image.split == "aside"
        for at in range(len(items) if aside and lot.torn else 1):
            items[at] = _aside(items[at], taken) if aside else replace(items[at], outcome="added")
    yield from items


def _aside(item: Item, taken: Taken) -> Item:
    return replace(item, outcome="set-aside", code=taken.image.reason, params=None)


def _again(lot: Lot[E], label: str) -> Iterator[Item]:
    """The outcomes of a lot whose photo is there under this label."""
    for item, own in _items(lot, "already-there"):
        other = own != label
        yield replace(item, code=OTHER_LABEL, params={"label": label}) if other else item


def _refused(met: Met[E]) -> Iterator[Item]:
    assert isinstance(met.seen, Problem)
    for item, _ in _items(met.lot, "refused"):
        yield replace(item, code=errors.name_of(met.seen), params=met.seen.params)


def _items(lot: Lot[E], outcome: Outcome) -> Iterator[tuple[Item, str]]:
    for at, (entry, label) in enumerate(zip(lot.entries, lot.labels, strict=True)):
        yield Item(lot.item + at, entry.name, outcome, label, lot.sha256), label


class _OneAtATime:
    """Work beside the caller's: the next piece waits for the one before, and hears of its fault."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def start(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await self.finish()
        except BaseException:
            work.close()
            raise
        self._task = asyncio.create_task(work)

    async def finish(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await task
