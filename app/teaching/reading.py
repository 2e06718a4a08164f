"""What is shown of models and photos, each from one consistent view of the database."""

from collections.abc import Mapping
from typing import NamedTuple

from app import errors
from app.store import images, models
from app.store.images import Image
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store
from app.teaching.models import find_slug, label_of, teachable


class Shown(NamedTuple):
    """A model, and how many photos each label has in each split."""

    model: StoredModel
    counts: Mapping[str, Mapping[str, int]]


def every_model(store: Store) -> list[StoredModel]:
    """All that can be taught."""
    with store.database.read() as c:
        return models.all_models(c)


def model_with_counts(store: Store, model: str) -> Shown:
    """Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        return Shown(teachable(c, model), images.counts(c, model))


def label(store: Store, model: str, slug: str) -> StoredLabel:
    """Raises LabelNotFound, and as `model_with_counts`."""
    with store.database.read() as c:
        teachable(c, model)
        return find_slug(c, model, slug)


def label_called(store: Store, model: str, word: str) -> StoredLabel:
    """By slug, name or alias. Raises LabelNotFound, and as `model_with_counts`."""
    with store.database.read() as c:
        teachable(c, model)
        return label_of(c, model, word)


def photos(
    store: Store,
    model: str,
    *,
    label: str | None,
    split: str | None,
    removed: bool,
    before: int | None,
    limit: int,
) -> list[Image]:
    """Newest first, those that came before the number `before`. Raises LabelNotFound, and as
    `model_with_counts`."""
    with store.database.read() as c:
        teachable(c, model)
        slug = None if label is None else label_of(c, model, label).label
        return images.page(
            c, model, label=slug, split=split, removed=removed, before=before, limit=limit
        )


def photo(store: Store, model: str, sha256: str) -> Image:
    """Also one that was removed. Raises ImageNotFound, and as `model_with_counts`."""
    with store.database.read() as c:
        teachable(c, model)
        found = images.find(c, model, sha256)
    if found is None:
        raise errors.ImageNotFound
    return found


def check_teachable(store: Store, model: str) -> None:
    """Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        teachable(c, model)


def has_model(store: Store, model: str) -> bool:
    """One that can be taught, and was not removed."""
    with store.database.read() as c:
        return models.find(c, model) is not None
