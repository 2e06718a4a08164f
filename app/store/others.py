"""Sets of photos that show none of a model's labels, as people give them. Nothing is ever learned
from them: they have no label, no split and no place in the dataset.

Functions take the connection of a transaction.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store import schema

_others, _photos = schema.others, schema.other_photos

_HERE = and_(
    _photos.c.model == _others.c.model, _photos.c.set == _others.c.set, _photos.c.removed.is_(None)
)


@dataclass(frozen=True)
class StoredSet:
    """`set` is its slug and stays the same; `photos` counts those that were not removed."""

    model: str
    set: str
    name: str
    created: float
    removed: float | None
    photos: int


class OtherPhoto(NamedTuple):
    """`number` grows with arrival."""

    number: int
    sha256: str
    filename: str
    added: float


def create(c: Connection, model: str, set_: str, name: str) -> None:
    """Raises IntegrityError when there is, or was, a set of this slug."""
    c.execute(_others.insert().values(model=model, set=set_, name=name, created=time.time()))


def find(c: Connection, model: str, set_: str, *, removed: bool = False) -> StoredSet | None:
    """One that was removed is found only with `removed`."""
    row = c.execute(_counted(model).where(_others.c.set == set_)).first()
    found = _stored(row) if row else None
    return found if found is not None and (removed or found.removed is None) else None


def every(c: Connection, model: str, *, removed: bool = False) -> list[StoredSet]:
    """In the order they were made; with `removed` also those that were."""
    found = [_stored(row) for row in c.execute(_counted(model).order_by(_others.c.created))]
    return [one for one in found if removed or one.removed is None]


def set_removed(c: Connection, model: str, set_: str, removed: bool) -> None:
    here = (_others.c.model == model) & (_others.c.set == set_)
    c.execute(update(_others).where(here).values(removed=time.time() if removed else None))


def add(c: Connection, model: str, set_: str, photos: Sequence[tuple[str, str]]) -> None:
    """Each a SHA-256 and a file name; what was removed from the set comes back."""
    for sha256, filename in photos:
        values = {"model": model, "set": set_, "sha256": sha256, "filename": filename}
        entered = insert(_photos).values(**values, added=time.time())
        keys = [_photos.c.model, _photos.c.set, _photos.c.sha256]
        c.execute(entered.on_conflict_do_update(index_elements=keys, set_={"removed": None}))


def photos(c: Connection, model: str, set_: str) -> list[OtherPhoto]:
    """In the order of arrival, without those that were removed."""
    columns = [_photos.c[name] for name in OtherPhoto._fields]
    here = (_photos.c.model == model) & (_photos.c.set == set_) & _photos.c.removed.is_(None)
    return [OtherPhoto(*row) for row in c.execute(select(*columns).where(here))]


def there(c: Connection, model: str, set_: str, sha256s: Sequence[str]) -> set[str]:
    """Those of them that the set has, without those that were removed."""
    here = (_photos.c.model == model) & (_photos.c.set == set_) & _photos.c.removed.is_(None)
    asked = select(_photos.c.sha256).where(here, _photos.c.sha256.in_(sha256s))
    return set(c.execute(asked).scalars())


def set_photos_removed(c: Connection, model: str, set_: str, sha256s: Sequence[str]) -> None:
    here = (_photos.c.model == model) & (_photos.c.set == set_) & _photos.c.sha256.in_(sha256s)
    c.execute(update(_photos).where(here).values(removed=time.time()))


def _counted(model: str) -> Select[Any]:
    columns = [_others.c[name] for name in StoredSet.__dataclass_fields__ if name != "photos"]
    counted = func.count(_photos.c.number).label("photos")
    joined = _others.outerjoin(_photos, _HERE)
    asked = select(*columns, counted).select_from(joined).where(_others.c.model == model)
    return asked.group_by(_others.c.model, _others.c.set)


def _stored(row: Row[Any]) -> StoredSet:
    return StoredSet(**row._asdict())
