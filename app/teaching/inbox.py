"""Photos without a label: taken in apart from the dataset, and learned from once they have one.
They never enter the exam.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from app import errors
from app.store import images, inbox, models, registry
from app.store.images import Image
from app.store.inbox import Counts, Mark, Waiting
from app.store.store import Store
from app.teaching import intake, landing
from app.teaching.intake import Newcomer, Taken
from app.teaching.models import label_of, teachable
from app.vision.arrival import Sight

_DAY = 24 * 3600.0

Status = Literal["added", "already-there", "in-dataset"]


@dataclass(frozen=True, eq=False)
class Given:
    """A photo that was looked at, without a label."""

    content: bytes
    filename: str
    sight: Sight


@dataclass(frozen=True)
class Kept:
    """What became of it. One that stands in the dataset already is not kept twice: then `image` is
    its row there."""

    status: Status
    waiting: Waiting | None
    image: Image | None


def keep(
    store: Store,
    model: str,
    given: Sequence[Given],
    *,
    most: int,
    mark: Mark | None = None,
    days: int = 0,
) -> list[Kept]:
    """Takes photos in, in their order. When it returns they are on the disk, rows and files.

    With `mark` they go again after so many days. The same bytes twice are one photo: a mark takes
    the place of the one before, and what is given without one stays until it gets its label.
    Raises InboxFull when all of them would be more than `most`, VersionNotFound, LabelNotFound,
    OSError, ModelNotFound and ModelNotTeachable; then nothing was added.
    """
    names = [one.sight.sha256 for one in given]
    with store.database.read() as c:
        mark = _checked(c, model, mark)
        _check_room(c, model, names, most)
    with landing.landed(store, given) as rows, store.database.write() as c:
        landing.hold(store, rows)
        teachable(c, model)
        _check_room(c, model, names, most)
        expires = None if mark is None else time.time() + days * _DAY
        return [_keep(c, model, one, mark, expires) for one in given]


def _checked(c: Connection, model: str, mark: Mark | None) -> Mark | None:
    """With the slug of its label."""
    teachable(c, model)
    if mark is None:
        return None
    if registry.find(c, model, mark.version) is None:
        raise errors.VersionNotFound(version=mark.version)
    answer = None if mark.answer is None else label_of(c, model, mark.answer).label
    return mark._replace(answer=answer)


def _check_room(c: Connection, model: str, sha256s: Sequence[str], most: int) -> None:
    there = inbox.counts(c, model).total
    new = set(sha256s) - inbox.known(c, model, sha256s)
    if there + len(new) > most:
        raise errors.InboxFull(limit=most, room=max(0, most - there))


def _keep(c: Connection, model: str, one: Given, mark: Mark | None, expires: float | None) -> Kept:
    sha256 = one.sight.sha256
    if image := in_dataset(c, model, sha256):
        return Kept("in-dataset", None, image)
    there = inbox.find(c, model, sha256)
    said = {"verdict": None, "version": None, "answer": None} if mark is None else mark._asdict()
    if there is None:
        width, height = one.sight.size
        inbox.insert(
            c, model=model, sha256=sha256, width=width, height=height, bytes=len(one.content),
            filename=one.filename, expires=expires, **said,
        )  # fmt: skip
    elif not there.here:
        inbox.change(c, model, sha256, removed=None, taught=False, expires=expires, **said)
    else:
        lasts = expires if there.expires is not None and mark is not None else None
        inbox.change(c, model, sha256, expires=lasts, **({} if mark is None else said))
    status: Status = "already-there" if there is not None and there.here else "added"
    return Kept(status, inbox.find(c, model, sha256), None)


def in_dataset(c: Connection, model: str, sha256: str) -> Image | None:
    """Its row, unless it or its label was removed."""
    image = images.find(c, model, sha256)
    if image is None or image.removed is not None:
        return None
    return image if image.label in {one.label for one in models.labels_of(c, model)} else None


def waiting(store: Store, model: str, sha256: str) -> Waiting:
    """Raises WaitingNotFound, ModelNotFound and ModelNotTeachable."""
    with store.database.read() as c:
        teachable(c, model)
        found = inbox.find(c, model, sha256)
    if found is None or not found.here:
        raise errors.WaitingNotFound
    return found


def page(
    store: Store, model: str, *, marked: bool | None, before: int | None, limit: int
) -> tuple[list[Waiting], Counts]:
    """Newest first, and how many there are. Raises ModelNotFound and ModelNotTeachable."""
    with store.database.read() as c:
        teachable(c, model)
        found = inbox.page(c, model, marked=marked, before=before, limit=limit)
        return found, inbox.counts(c, model)


def to_teach(store: Store, model: str, sha256: str) -> Waiting:
    """One that waits, or that was taught before: who asks twice is told the same. Raises as
    `waiting` does."""
    with store.database.read() as c:
        teachable(c, model)
        found = inbox.find(c, model, sha256)
    if found is None or not (found.here or found.taught):
        raise errors.WaitingNotFound
    return found


def teach(store: Store, model: str, given: Given, label: str) -> Taken:
    """It leaves for the photos to learn from, under the slug of its label: never for the exam, and
    set aside when it is nearly the same as a photo there. One that stands in the dataset stays what
    it is. Raises as `intake.keep` does."""
    newcomer = Newcomer(given.content, given.filename, label, given.sight)
    sha256 = given.sight.sha256

    def leave(c: Connection, taken: Sequence[Taken]) -> None:
        there = inbox.find(c, model, sha256)
        if there is not None and there.removed is None:
            came = taken[0].status == "added" and taken[0].image.source != "shipped"
            inbox.change(c, model, sha256, removed=time.time(), taught=came)

    (taken,) = intake.keep(store, model, [newcomer], source="teach", within=leave)
    return taken


def discard(store: Store, model: str, sha256: str) -> None:
    """For a day it can be brought back. Raises as `waiting` does."""
    with store.database.write() as c:
        teachable(c, model)
        found = inbox.find(c, model, sha256)
        if found is None or not found.here:
            raise errors.WaitingNotFound
        inbox.change(c, model, sha256, removed=time.time())


def restore(store: Store, model: str, sha256: str, most: int) -> Waiting:
    """It waits again; what it became in the dataset is removed there. Raises WaitingNotFound when
    it is gone for good, and InboxFull."""
    with store.database.write() as c:
        teachable(c, model)
        found = inbox.find(c, model, sha256)
        if found is None or (found.expires is not None and found.expires <= time.time()):
            raise errors.WaitingNotFound
        _check_room(c, model, [sha256], most)
        if found.taught and in_dataset(c, model, sha256):
            images.set_removed(c, model, [sha256], True)
        inbox.change(c, model, sha256, removed=None, taught=False)
        back = inbox.find(c, model, sha256)
        assert back is not None
        return back


def left(store: Store, model: str, sha256: str) -> tuple[Waiting, Image | None] | None:
    """One that has left, and its row in the dataset where it has one; None while it waits."""
    with store.database.read() as c:
        found = inbox.find(c, model, sha256)
        if found is None or found.removed is None:
            return None
        return found, in_dataset(c, model, sha256)
