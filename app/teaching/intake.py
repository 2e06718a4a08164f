"""Photos into a model's dataset: kept on disk, placed in a split, and only then acknowledged."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from app import errors
from app.store import images, models
from app.store.images import Image
from app.store.kept import Row
from app.store.store import Store
from app.teaching import landing
from app.teaching.landing import landed
from app.teaching.ledger import StoredLedger
from app.teaching.models import teachable
from app.teaching.replacing import TRAIN_ONLY, settle
from app.vision.arrival import Sight
from app.vision.splits import Arrival, Reason, Splitter, bands

Source = Literal["upload", "import", "camera", "teach"]
Status = Literal["added", "already-there"]


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A photo that was looked at: its bytes, its label's slug, and what was seen in it. `aside` is
    why it must not be used, where that is known of it already."""

    content: bytes
    filename: str
    label: str
    sight: Sight
    aside: Reason | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a newcomer, and how its row stands now."""

    status: Status
    image: Image


Within = Callable[[Connection, Sequence[Taken]], None]


def keep(
    store: Store,
    model: str,
    newcomers: Sequence[Newcomer],
    *,
    source: Source,
    hold: str | None = None,
    within: Within = lambda c, taken: None,
) -> list[Taken]:
    """Takes photos in, in their order. When it returns they are on the disk, rows and files.

    The same bytes twice are one photo; what is there keeps its label. With `hold` all of them are
    frames of one recording. What `within` writes is there if and only if the photos are. Raises
    OSError when the disk is full or fails, and ModelNotFound or LabelNotFound when they have gone
    meanwhile; then nothing was added.
    """
    with landed(store, newcomers) as rows:
        return _enter(store, model, newcomers, rows, source, hold, within)


def _enter(
    store: Store,
    model: str,
    newcomers: Sequence[Newcomer],
    rows: Mapping[str, Row],
    source: Source,
    hold: str | None,
    within: Within,
) -> list[Taken]:
    with store.database.write() as c:
        landing.hold(store, rows)
        _check_labels(c, model, newcomers)
        taking = _Taking(c, store, model, newcomers, rows, source, hold)
        statuses = [taking.take(one) for one in newcomers]
        if "added" in statuses:
            models.touch(c, model)
        found = images.find_many(c, model, [one.sight.sha256 for one in newcomers])
        pairs = zip(statuses, newcomers, strict=True)
        taken = [Taken(status, found[one.sight.sha256]) for status, one in pairs]
        within(c, taken)
    return taken


def _check_labels(c: Connection, model: str, newcomers: Sequence[Newcomer]) -> None:
    known = {label.label for label in teachable(c, model).labels}
    for one in newcomers:
        if one.label not in known:
            raise errors.LabelNotFound(name=one.label)


def already_there(store: Store, model: str, content: bytes) -> Taken | None:
    """Of a photo that is in the dataset, file and row, so that there is no need to look at it."""
    sha256 = hashlib.sha256(content).hexdigest()
    with store.database.read() as c:
        there = images.find(c, model, sha256)
        living = {label.label for label in models.labels_of(c, model)} if there else set()
    if there is None or not there.present or there.removed is not None:
        return None
    whole = there.label in living and store.objects.holds(sha256, content)
    return Taken("already-there", there) if whole else None


class _Taking:
    """One transaction's worth of newcomers."""

    def __init__(
        self,
        c: Connection,
        store: Store,
        model: str,
        newcomers: Sequence[Newcomer],
        rows: Mapping[str, Row],
        source: Source,
        hold: str | None,
    ) -> None:
        self._c, self._model, self._kept, self._rows = c, model, store.kept, rows
        self._source, self._hold = source, hold
        self._by_sha256 = {one.sight.sha256: one for one in newcomers}
        self._labels = {label.label for label in models.labels_of(c, model)}
        self._there = set(images.find_many(c, model, list(self._by_sha256)))
        self._ledger = StoredLedger(c, model, store.kept, self._details)
        self._splitter = Splitter(self._ledger)

    def take(self, one: Newcomer) -> Status:
        sha256 = one.sight.sha256
        there = images.find(self._c, self._model, sha256) if sha256 in self._there else None
        if there is not None:
            return self._again(there, one)
        self._there.add(sha256)
        arrival = self._arrival(one)
        shipped = None if one.aside else self._shipped_copy(arrival)
        if one.aside:
            self._splitter.set_aside(arrival, one.aside)
        elif shipped is not None:
            images.set_present(self._c, shipped, self._come(one))
        else:
            self._place(arrival)
        return "added"

    def _again(self, there: Image, one: Newcomer) -> Status:
        """What is there stays as it is; what was removed, or was here only in numbers, comes."""
        gone = there.removed is not None or there.label not in self._labels
        if gone and there.label != one.label:
            images.relabel(self._c, self._model, [there.sha256], one.label)
        if not gone and there.present:
            return "already-there"
        images.set_present(self._c, there, self._come(one))
        if gone:
            settle(self._c, self._kept, self._model, [there.sha256])
        return "added"

    def _shipped_copy(self, arrival: Arrival) -> Image | None:
        """A photo of which only the features came along: the arriving copy of it takes its place,
        in its split, so that nothing that was learned from can come into the exam."""
        for image in self._ledger.copies(arrival):
            if not image.present and image.label == arrival.label and image.split != "aside":
                return image
        return None

    def _place(self, arrival: Arrival) -> None:
        group = self._group()
        placed = self._splitter.place(arrival, group=group, train_only=self._source in TRAIN_ONLY)
        if self._hold is not None and group is None and placed.split != "aside":
            images.remember_hold(self._c, self._model, self._hold, placed.group)

    def _group(self) -> int | None:
        if self._hold is None:
            return None
        return images.group_of_hold(self._c, self._model, self._hold)

    def _arrival(self, one: Newcomer) -> Arrival:
        sha256 = one.sight.sha256
        return Arrival(sha256, one.label, one.sight.hash, self._rows[sha256].row)

    def _come(self, one: Newcomer) -> dict[str, Any]:
        found = {**self._details(one.sight.sha256), "sha256": one.sight.sha256}
        return {**found, "hash": one.sight.hash, "bands": bands(one.sight.hash)}

    def _details(self, sha256: str) -> dict[str, Any]:
        one = self._by_sha256[sha256]
        width, height = one.sight.size
        return {
            "width": width,
            "height": height,
            "bytes": len(one.content),
            "filename": one.filename,
            "source": self._source,
            "present": True,
        }
