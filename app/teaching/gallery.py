"""Changing what is in a dataset: another label, away, and back again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import errors
from app.store import images
from app.store.images import Image
from app.store.kept import PLAIN
from app.store.store import Store
from app.teaching.intake import TRAIN_ONLY
from app.teaching.ledger import MovingLedger
from app.teaching.models import label_of, teachable
from app.vision.splits import Arrival, Splitter


@dataclass(frozen=True)
class Change:
    """What was done to one photo; enough to undo it."""

    sha256: str
    label_before: str
    label: str


def relabel(store: Store, model: str, sha256s: Sequence[str], word: str) -> list[Change]:
    """Photos keep their split: the exam asks about the same photos as before. One that was set
    aside is placed anew. Raises LabelNotFound, and ImageNotFound when any is not there."""
    with store.database.write() as c:
        label = label_of(c, model, word).label
        found = _found(c, model, sha256s, removed=False)
        changing = [image for image in found if image.label != label]
        images.relabel(c, model, [image.sha256 for image in changing], label)
        _place_anew(c, store, model, [image.sha256 for image in changing])
        return [Change(image.sha256, image.label, label) for image in changing]


def remove(store: Store, model: str, sha256s: Sequence[str]) -> list[Change]:
    """Marks them; the photos stay for 30 days. Raises ImageNotFound when any is not there."""
    with store.database.write() as c:
        teachable(c, model)
        found = _found(c, model, sha256s, removed=False)
        images.set_removed(c, model, [image.sha256 for image in found], True)
        return [Change(image.sha256, image.label, image.label) for image in found]


def restore(store: Store, model: str, sha256s: Sequence[str]) -> list[Change]:
    """Brings back what was removed, where it was; beside a copy that came meanwhile and lies in
    another split it is set aside."""
    with store.database.write() as c:
        teachable(c, model)
        found = [i for i in _found(c, model, sha256s, removed=True) if i.removed is not None]
        images.set_removed(c, model, [image.sha256 for image in found], False)
        _place_anew(c, store, model, [image.sha256 for image in found], _torn)
        return [Change(image.sha256, image.label, image.label) for image in found]


def _found(c: Connection, model: str, sha256s: Sequence[str], *, removed: bool) -> list[Image]:
    teachable(c, model)
    found = images.find_many(c, model, sha256s)
    there = [found[s] for s in dict.fromkeys(sha256s) if s in found]
    if len(there) < len(set(sha256s)) or (not removed and any(i.removed for i in there)):
        raise errors.ImageNotFound
    return there


def _is_aside(image: Image, kin: Sequence[Image]) -> bool:
    return image.split == "aside"


def _torn(image: Image, kin: Sequence[Image]) -> bool:
    """Whether a copy of it lies in another split."""
    return any(one.split not in (image.split, "aside") for one in kin)


def _place_anew(
    c: Connection,
    store: Store,
    model: str,
    sha256s: Sequence[str],
    needed: Callable[[Image, Sequence[Image]], bool] = _is_aside,
) -> None:
    for image in images.find_many(c, model, sha256s).values():
        rows = store.kept.get(PLAIN, [image.sha256])
        if image.sha256 not in rows:
            continue  # it stays where it is until its features are made again
        ledger = MovingLedger(c, store.kept, image)
        arrival = Arrival(image.sha256, image.label, image.hash, rows[image.sha256].row)
        if needed(image, ledger.copies(arrival)):
            Splitter(ledger).place(arrival, train_only=image.source in TRAIN_ONLY)
