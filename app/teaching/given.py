"""Photos of other things, as people give them by the set: kept and looked at like those of a
dataset, but never learned from, never chosen by and in no exam. Versions are held against them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import errors
from app.naming import clean_name, same_key, slug_of
from app.store import others
from app.store.kept import PLAIN
from app.store.others import OtherPhoto, StoredSet
from app.store.store import Store
from app.teaching import landing
from app.teaching.landing import landed
from app.teaching.models import free_slug, teachable
from app.vision.arrival import Sight


@dataclass(frozen=True, eq=False)
class Stranger:
    """A photo of something else that was looked at: its bytes, and what was seen in it."""

    content: bytes
    filename: str
    sight: Sight


def make(store: Store, model: str, name: str) -> tuple[StoredSet, bool]:
    """The set of this name, and whether it is new. Raises InvalidLabel or InvalidText for what
    cannot be a name, ModelNotFound and ModelNotTeachable."""
    cleaned = clean_name(name)
    with store.database.write() as c:
        teachable(c, model)
        known = others.every(c, model, removed=True)
        for one in known:
            if one.removed is None and same_key(one.name) == same_key(cleaned):
                return one, False
        slug = free_slug(slug_of(cleaned), {one.set for one in known})
        others.create(c, model, slug, cleaned)
        return of_slug(c, model, slug), True


def add(store: Store, model: str, set_: str, strangers: Sequence[Stranger]) -> list[bool]:
    """Takes photos into the set, and says of each whether it was not there yet. When it returns
    they are on the disk. Raises SetNotFound when it has gone meanwhile, and OSError."""
    with landed(store, strangers) as rows, store.database.write() as c:
        landing.hold(store, rows)
        teachable(c, model)
        of_slug(c, model, set_)
        there = others.there(c, model, set_, list(rows))
        others.add(c, model, set_, [(one.sight.sha256, one.filename) for one in strangers])
        return [one.sight.sha256 not in there for one in strangers]


def every(store: Store, model: str, *, removed: bool = False) -> list[StoredSet]:
    """With `removed` also those that were. Raises ModelNotFound and ModelNotTeachable."""
    with store.database.read() as c:
        teachable(c, model)
        return others.every(c, model, removed=removed)


def find(store: Store, model: str, set_: str) -> tuple[StoredSet, list[OtherPhoto]]:
    """With its photos, in the order of arrival. Raises SetNotFound, and as `every`."""
    with store.database.read() as c:
        teachable(c, model)
        return of_slug(c, model, set_), others.photos(c, model, set_)


def remove(store: Store, model: str, set_: str) -> None:
    """Marks it: for 30 days it can come back with its photos. Raises as `find`."""
    with store.database.write() as c:
        teachable(c, model)
        of_slug(c, model, set_)
        others.set_removed(c, model, set_, True)


def restore(store: Store, model: str, set_: str) -> StoredSet:
    with store.database.write() as c:
        teachable(c, model)
        of_slug(c, model, set_, removed=True)
        others.set_removed(c, model, set_, False)
        return of_slug(c, model, set_)


def take_out(store: Store, model: str, set_: str, sha256s: Sequence[str]) -> None:
    """Photos that do not belong in the set. Raises ImageNotFound when any is not there, and as
    `find`."""
    with store.database.write() as c:
        teachable(c, model)
        of_slug(c, model, set_)
        if len(others.there(c, model, set_, sha256s)) < len(set(sha256s)):
            raise errors.ImageNotFound
        others.set_photos_removed(c, model, set_, sha256s)


def check_in(store: Store, model: str, set_: str, sha256: str) -> None:
    """Raises ImageNotFound unless the set has the photo, and as `find`."""
    with store.database.read() as c:
        teachable(c, model)
        of_slug(c, model, set_)
        if not others.there(c, model, set_, [sha256]):
            raise errors.ImageNotFound


def unseen(store: Store, model: str) -> list[str]:
    """SHA-256 of photos whose features are lost: they are derived, and may have been deleted."""
    with store.database.read() as c:
        sets = others.every(c, model)
        names = [p.sha256 for one in sets for p in others.photos(c, model, one.set)]
    there = store.kept.get(PLAIN, names)
    return [name for name in dict.fromkeys(names) if name not in there]


def see_again(store: Store, sight: Sight) -> None:
    store.kept.put(PLAIN, {sight.sha256: landing.row_of(sight)})


def of_slug(c: Connection, model: str, set_: str, *, removed: bool = False) -> StoredSet:
    """Raises SetNotFound."""
    found = others.find(c, model, set_, removed=removed)
    if found is None:
        raise errors.SetNotFound
    return found
