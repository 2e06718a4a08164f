"""Changing what is in a dataset: another label, away, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import errors
from app.store import images
from app.store.images import Image
from app.store.store import Store
from app.teaching.models import find_slug, label_of, teachable
from app.teaching.replacing import settle, settle_aside


@dataclass(frozen=True)
class Change:
    """What was done to one photo; enough to undo it."""

    sha256: str
    label_before: str
    label: str


def relabel(store: Store, model: str, sha256s: Sequence[str], word: str) -> list[Change]:
    """Photos keep their split: the exam asks about the same photos as before. Only what near-copies
    contradict is set aside. Raises LabelNotFound, and ImageNotFound when any is not there."""
    with store.database.write() as c:
        teachable(c, model)
        label = label_of(c, model, word).label
        found = _found(c, model, sha256s)
        changing = [image for image in found if image.label != label]
        changed = [image.sha256 for image in changing]
        images.relabel(c, model, changed, label)
        settle(c, store.kept, model, changed)
        groups = {image.group for image in changing}
        settle_aside(c, store.kept, model, groups, "two-labels")
        return [Change(image.sha256, image.label, label) for image in changing]


def remove(store: Store, model: str, sha256s: Sequence[str]) -> list[Change]:
    """Marks them; the photos stay for 30 days. Raises ImageNotFound when any is not there."""
    with store.database.write() as c:
        teachable(c, model)
        found = _found(c, model, sha256s)
        images.set_removed(c, model, [image.sha256 for image in found], True)
        return [Change(image.sha256, image.label, image.label) for image in found]


def restore(store: Store, model: str, sha256s: Sequence[str]) -> list[Change]:
    """Brings back what was removed, where it was; beside a copy that came meanwhile and lies in
    another split it is set aside. Raises ImageNotFound, and LabelNotFound when its label is gone.
    """
    with store.database.write() as c:
        teachable(c, model)
        found = _found(c, model, sha256s, removed=True)
        found = [image for image in found if image.removed is not None]
        for label in {image.label for image in found}:
            find_slug(c, model, label)
        back = [image.sha256 for image in found]
        images.set_removed(c, model, back, False)
        settle(c, store.kept, model, back)
        return [Change(image.sha256, image.label, image.label) for image in found]


def _found(
    c: Connection, model: str, sha256s: Sequence[str], *, removed: bool = False
) -> list[Image]:
    """Each once, in their order; those that were removed only with `removed`."""
    found = images.find_many(c, model, sha256s)
    there = [found[s] for s in dict.fromkeys(sha256s) if s in found]
    if len(there) < len(set(sha256s)) or (not removed and any(i.removed for i in there)):
        raise errors.ImageNotFound
    return there
