"""Some photos of a dataset as numbers, for those who want to learn from them elsewhere."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from app.store import images, kept, models
from app.store.images import Placed
from app.store.kept import Row
from app.store.store import Store
from app.teaching.models import teachable
from app.vision.features import SPLITS, Table, digests
from app.vision.recipe import FEATURES

LEARNED_FROM = ("train", "validation")
"""The splits that are given out. The exam's photos stay sealed."""


def features(store: Store, model: str, most: int) -> Table:
    """Those with the lowest SHA-256, as good as drawn by lot and always the same; photos whose
    features are not kept are left out. Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        teachable(c, model)
        labels = [label.label for label in models.labels_of(c, model)]
        placed = list(islice(_given(images.stream(c, model)), most))
    found = store.kept.get(kept.PLAIN, [one.sha256 for one in placed])
    there = [one for one in placed if one.sha256 in found]
    return _table(labels, there, [found[one.sha256] for one in there])


def _given(photos: Iterator[Placed]) -> Iterator[Placed]:
    return (one for one in photos if one.split in LEARNED_FROM)


def _table(labels: Sequence[str], placed: Sequence[Placed], rows: Sequence[Row]) -> Table:
    at = {label: number for number, label in enumerate(labels)}
    return Table(
        tuple(labels),
        np.array([row.row for row in rows], np.uint8).reshape(-1, FEATURES),
        np.array([row.scale for row in rows], np.float32),
        np.array([at[one.label] for one in placed], np.int32),
        np.array([SPLITS.index(one.split) for one in placed], np.uint8),
        np.array([one.group for one in placed], np.int32),
        np.array([one.hash for one in placed], np.uint64),
        digests([one.sha256 for one in placed]),
    )
