"""Recordings: the frames of one hold of the button are one group, whatever they look like."""

from sqlalchemy import Connection, func, select

from app.store import schema

_holds, _images = schema.holds, schema.images


def counts(c: Connection, model: str) -> dict[str, int]:
    """How many recordings each label has frames of."""
    same = (_images.c.model == _holds.c.model) & (_images.c.group == _holds.c.group)
    asked = select(_images.c.label, func.count(func.distinct(_holds.c.hold))).join(_images, same)
    here = asked.where(_holds.c.model == model, _images.c.removed.is_(None))
    return {label: count for label, count in c.execute(here.group_by(_images.c.label))}
