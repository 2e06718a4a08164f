"""Models and their labels, as people make, name and remove them.

Functions take the connection of a transaction, so that several of them can be one change.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, func, select, update

from app.store import choices, schema
from app.store.choices import Choices

Names = Mapping[str, str]

_models, _labels = schema.models, schema.labels


@dataclass(frozen=True)
class StoredLabel:
    """`label` stays the same for ever; `key` is what makes two names one label."""

    label: str
    key: str
    names: Names
    aliases: Sequence[str] = ()
    removed: float | None = None


@dataclass(frozen=True)
class StoredModel:
    model: str
    names: Names
    shipped: bool
    live: int | None
    revision: int
    created: float
    removed: float | None
    labels: Sequence[StoredLabel] = field(default_factory=tuple)
    choices: Choices = field(default_factory=Choices)


def create(
    c: Connection, model: str, names: Names, labels: Sequence[StoredLabel], *, shipped: bool = False
) -> None:
    """Raises IntegrityError when the model is there already, also when it was removed."""
    c.execute(
        _models.insert().values(
            model=model, names=_json(names), shipped=shipped, created=time.time(), revision=0
        )
    )
    for label in labels:
        add_label(c, model, label)


def find(c: Connection, model: str, *, removed: bool = False) -> StoredModel | None:
    """With its labels. One that was removed is found only with `removed`."""
    row = c.execute(select(_models).where(_models.c.model == model)).first()
    if row is None or (row.removed is not None and not removed):
        return None
    return _model(row, labels_of(c, model), choices.find(c, model))


def all_models(c: Connection, *, removed: bool = False) -> list[StoredModel]:
    """Shipped ones first, then in the order they were made; or those that were removed."""
    gone = _models.c.removed.is_not(None) if removed else _models.c.removed.is_(None)
    order = (_models.c.shipped.desc(), _models.c.created, _models.c.model)
    rows = c.execute(select(_models).where(gone).order_by(*order)).all()
    return [_model(r, labels_of(c, r.model), choices.find(c, r.model)) for r in rows]


def rename(c: Connection, model: str, names: Names) -> None:
    c.execute(update(_models).where(_models.c.model == model).values(names=_json(names)))


def set_removed(c: Connection, model: str, removed: bool) -> None:
    when = time.time() if removed else None
    c.execute(update(_models).where(_models.c.model == model).values(removed=when))


def set_live(c: Connection, model: str, version: int) -> None:
    c.execute(update(_models).where(_models.c.model == model).values(live=version))


def touch(c: Connection, model: str) -> None:
    """Notes that the model's photos or labels are others than before."""
    grown = _models.c.revision + 1
    c.execute(update(_models).where(_models.c.model == model).values(revision=grown))


def labels_of(c: Connection, model: str, *, removed: bool = False) -> list[StoredLabel]:
    """In the order they were made; those that were removed only with `removed`."""
    asked = select(_labels).where(_labels.c.model == model).order_by(_labels.c.place)
    rows = c.execute(asked if removed else asked.where(_labels.c.removed.is_(None))).all()
    return [_label(row) for row in rows]


def add_label(c: Connection, model: str, label: StoredLabel) -> None:
    """Raises IntegrityError when there is, or was, a label of this slug."""
    last = c.execute(select(func.max(_labels.c.place)).where(_labels.c.model == model)).scalar()
    c.execute(
        _labels.insert().values(
            model=model,
            label=label.label,
            key=label.key,
            names=_json(label.names),
            aliases=json.dumps(list(label.aliases), ensure_ascii=False),
            place=(last or 0) + 1,
        )
    )
    touch(c, model)


def rename_label(c: Connection, model: str, label: str, key: str, names: Names) -> None:
    here = (_labels.c.model == model) & (_labels.c.label == label)
    c.execute(update(_labels).where(here).values(key=key, names=_json(names)))


def set_label_removed(c: Connection, model: str, label: str, removed: bool) -> None:
    """Its photos stay where they are, and count for nothing until it comes back."""
    here = (_labels.c.model == model) & (_labels.c.label == label)
    c.execute(update(_labels).where(here).values(removed=time.time() if removed else None))
    touch(c, model)


def _model(
    row: Row[tuple[object, ...]], labels: Sequence[StoredLabel], chosen: Choices
) -> StoredModel:
    return StoredModel(
        row.model, json.loads(row.names), row.shipped, row.live, row.revision,
        row.created, row.removed, tuple(labels), chosen,
    )  # fmt: skip


def _label(row: Row[tuple[object, ...]]) -> StoredLabel:
    return StoredLabel(
        row.label, row.key, json.loads(row.names), tuple(json.loads(row.aliases)), row.removed
    )


def _json(names: Names) -> str:
    return json.dumps(dict(names), ensure_ascii=False)
