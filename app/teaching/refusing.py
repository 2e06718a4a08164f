"""What a version makes of photos that show none of its labels: does it refuse them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app import resources
from app.catalogue.loading import read_classifier
from app.store import images, others, registry
from app.store.kept import PLAIN
from app.store.others import OtherPhoto, StoredSet
from app.store.store import Store
from app.teaching.examining import Examined
from app.vision.classifier import Classifier
from app.vision.engine import Floats
from app.vision.features import restore


class Met(NamedTuple):
    """A photo of something else: the label that it is given where it is not refused, that label's
    score, and the cosine distance to what was taught."""

    photo: OtherPhoto
    answer: str
    score: float
    distance: float


@dataclass(frozen=True, eq=False)
class Held:
    """A set that people gave, held against a version: the photos that were asked, those most like
    what was taught first. `own` are left out, since the model's dataset has them too, and `unseen`
    since they cannot be looked at."""

    set: StoredSet
    met: Sequence[Met]
    own: int
    unseen: int

    @property
    def distances(self) -> Floats:
        return np.array([one.distance for one in self.met], np.float32)


def held(store: Store, told: Examined, live: Classifier | None) -> list[Held]:
    """All sets of its model. `live` is the classifier of the version where it is at hand. Empty for
    a version of another network, whose features are not kept. Raises ModelCorrupt."""
    if told.scored is None:
        return []
    model = told.row.model
    with store.database.read() as c:
        sets = [(one, others.photos(c, model, one.set)) for one in others.every(c, model)]
        named = sorted({photo.sha256 for _, photos in sets for photo in photos})
        dataset = images.find_many(c, model, named)
    taught = {name for name, image in dataset.items() if image.removed is None}
    if not sets:
        return []
    classifier = live or _read(store, told)
    return [_held(store, classifier, one, photos, taught) for one, photos in sets]


def _held(
    store: Store,
    classifier: Classifier,
    one: StoredSet,
    photos: Sequence[OtherPhoto],
    taught: set[str],
) -> Held:
    asked = [photo for photo in photos if photo.sha256 not in taught]
    rows = store.kept.get(PLAIN, [photo.sha256 for photo in asked])
    seen = [photo for photo in asked if photo.sha256 in rows]
    met: list[Met] = []
    if seen:
        found = [rows[photo.sha256] for photo in seen]
        scales = np.array([row.scale for row in found], np.float32)
        features = restore(np.stack([row.row for row in found]), scales)
        met = _meet(classifier, seen, features)
    return Held(one, met, len(photos) - len(asked), len(asked) - len(seen))


def _meet(classifier: Classifier, photos: Sequence[OtherPhoto], features: Floats) -> list[Met]:
    assert classifier.reference is not None
    scores, distances = classifier.head.scores(features), classifier.reference.distances(features)
    met = [
        Met(photo, classifier.labels[best].slug, round(float(score), 4), float(distance))
        for photo, best, score, distance in zip(
            photos, scores.argmax(axis=1), scores.max(axis=1), distances, strict=True
        )
    ]
    return sorted(met, key=lambda one: one.distance)


def _read(store: Store, told: Examined) -> Classifier:
    folder = registry.folder_of(told.row, store.folder.versions, resources.folder("models"))
    return read_classifier(folder, {}, {}, (told.row.model, told.row.version))
