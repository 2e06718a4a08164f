"""Taking rows away for good: of what was removed so long ago that nobody wants it back.

Functions take the connection of a transaction, and so many rows at most, so that nobody who writes
has to wait for long.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, tuple_

from app.store import schema

_models, _labels, _images = schema.models, schema.labels, schema.images
_inbox = schema.inbox
_others, _other_photos = schema.others, schema.other_photos


class Gone(NamedTuple):
    """A photo whose row was taken away."""

    model: str
    sha256: str
    group: int


def take_images(c: Connection, before: float, limit: int) -> list[Gone]:
    """Photos that were removed before that time, or whose label or model was."""
    labels = select(_labels.c.model, _labels.c.label).where(_labels.c.removed < before)
    models = select(_models.c.model).where(_models.c.removed < before)
    old = (
        _images.c.removed < before,
        tuple_(_images.c.model, _images.c.label).in_(labels),
        _images.c.model.in_(models),
    )
    columns = (_images.c.number, *(_images.c[name] for name in Gone._fields))
    found = [
        row for way in old for row in c.execute(select(*columns).where(way).limit(limit)).all()
    ][:limit]
    numbers = {row.number for row in found}
    c.execute(delete(_images).where(_images.c.number.in_(numbers)))
    return list({row.number: Gone(*row[1:]) for row in found}.values())


def take_inbox(
    c: Connection, expired: float, removed: float, models: float, limit: int
) -> list[str]:
    """The SHA-256 of photos that waited for a label: of those whose time was over before
    `expired`, that left before `removed`, or whose model did before `models`."""
    gone = select(_models.c.model).where(_models.c.removed < models)
    old = (_inbox.c.expires < expired) | (_inbox.c.removed < removed) | _inbox.c.model.in_(gone)
    found = c.execute(select(_inbox.c.number, _inbox.c.sha256).where(old).limit(limit)).all()
    c.execute(delete(_inbox).where(_inbox.c.number.in_([row.number for row in found])))
    return [row.sha256 for row in found]


def take_others(c: Connection, before: float, limit: int) -> list[str]:
    """SHA-256 of photos of other things that were removed before that time, or whose set or model
    was."""
    sets = select(_others.c.model, _others.c.set).where(_others.c.removed < before)
    models = select(_models.c.model).where(_models.c.removed < before)
    old = (
        _other_photos.c.removed < before,
        tuple_(_other_photos.c.model, _other_photos.c.set).in_(sets),
        _other_photos.c.model.in_(models),
    )
    columns = (_other_photos.c.number, _other_photos.c.sha256)
    found = {
        number: sha256
        for way in old
        for number, sha256 in c.execute(select(*columns).where(way).limit(limit))
    }
    gone = dict(list(found.items())[:limit])
    c.execute(delete(_other_photos).where(_other_photos.c.number.in_(gone)))
    return list(gone.values())


def take_sets(c: Connection, before: float) -> int:
    """Sets of such photos that were. Call it when their photos have gone."""
    return c.execute(delete(_others).where(_others.c.removed < before)).rowcount


def take_labels(c: Connection, before: float) -> int:
    """Labels that were removed before that time. Call it when their photos have gone."""
    return c.execute(delete(_labels).where(_labels.c.removed < before)).rowcount


def take_models(c: Connection, before: float) -> list[str]:
    """Models that were, with their labels, versions, runs and imports. Call it when their photos
    have gone."""
    names = list(c.execute(select(_models.c.model).where(_models.c.removed < before)).scalars())
    c.execute(delete(_models).where(_models.c.model.in_(names)))
    return names


def without_row(c: Connection, sha256s: Sequence[str], *, present: bool) -> list[str]:
    """Those that no model knows any more, in its dataset, without a label, or among photos of other
    things; with `present`, that none has the photo itself of."""
    asked = select(_images.c.sha256).where(_images.c.sha256.in_(sha256s))
    known = set(c.execute(asked.where(_images.c.present) if present else asked).scalars())
    for elsewhere in (_inbox.c.sha256, _other_photos.c.sha256):
        known.update(c.execute(select(elsewhere).where(elsewhere.in_(sha256s))).scalars())
    return [sha256 for sha256 in dict.fromkeys(sha256s) if sha256 not in known]
