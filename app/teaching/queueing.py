"""Photos without a label in the order in which labels for them teach most."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.store import inbox
from app.store.inbox import Counts, Waiting
from app.store.kept import PLAIN
from app.store.store import Store
from app.teaching.models import teachable
from app.vision import growth
from app.vision.classifier import Classifier, Label
from app.vision.engine import Floats
from app.vision.features import restore

PORTION = 24
"""Photos that are chosen to be different from each other, out of the least certain."""


class Guess(NamedTuple):
    label: Label
    score: float


@dataclass(frozen=True)
class Queued:
    """`place` in the queue counts on when others get their labels. The best two guesses of the
    version that answers, none without one; `unknown` is None where it cannot be told."""

    place: int
    waiting: Waiting
    guesses: Sequence[Guess]
    unknown: bool | None


@dataclass(frozen=True)
class Queue:
    """`key` tells whether the order still is what it was; `more` is the place to go on at."""

    key: str
    items: Sequence[Queued]
    more: int | None
    counts: Counts


def queue(
    store: Store,
    model: str,
    classifier: Classifier | None,
    start_of: Callable[[str], int],
    limit: int,
) -> Queue:
    """Those to label first, from the place on that `start_of` tells for the order's key. Without a
    version that answers they come as they arrived. Raises ModelNotFound, ModelNotTeachable, and
    what `start_of` raises."""
    with store.database.read() as c:
        teachable(c, model)
        every, counts = inbox.unmarked(c, model), inbox.counts(c, model)
    version = classifier.version if classifier else 0
    numbers = f"{version} {[one.number for one in every]}"
    key = hashlib.sha256(numbers.encode()).hexdigest()[:16]
    start, features = start_of(key), _features(store, every)
    items: list[Queued] = []
    for place, at in enumerate(_order(every, features, classifier)):
        if place < start or not every[at].here:
            continue
        if len(items) == limit:
            return Queue(key, items, place, counts)
        items.append(_queued(place, every[at], features, classifier))
    return Queue(key, items, None, counts)


def guesses(store: Store, photos: Sequence[Waiting], classifier: Classifier | None) -> list[Queued]:
    """The same of photos that wait in no order."""
    features = _features(store, photos)
    return [_queued(place, one, features, classifier) for place, one in enumerate(photos)]


def _features(store: Store, photos: Sequence[Waiting]) -> dict[str, Floats]:
    """Of those of which they are kept, by SHA-256."""
    found = store.kept.get(PLAIN, [one.sha256 for one in photos])
    if not found:
        return {}
    rows = np.stack([one.row for one in found.values()])
    scales = np.array([one.scale for one in found.values()], np.float32)
    return dict(zip(found, restore(rows, scales), strict=True))


def _order(
    every: Sequence[Waiting], features: dict[str, Floats], classifier: Classifier | None
) -> Iterator[int]:
    """What was not looked at comes last."""
    seen = [at for at, one in enumerate(every) if one.sha256 in features]
    if classifier is None or not seen:
        yield from seen
    else:
        rows = np.stack([features[every[at].sha256] for at in seen])
        yield from (seen[at] for at in growth.queue(classifier.head, rows, PORTION))
    yield from (at for at, one in enumerate(every) if one.sha256 not in features)


def _queued(
    place: int, one: Waiting, features: dict[str, Floats], classifier: Classifier | None
) -> Queued:
    if classifier is None or one.sha256 not in features:
        return Queued(place, one, (), None)
    row = features[one.sha256]
    scores = classifier.head.scores(row)
    best = np.argsort(-scores, kind="stable")[:2].tolist()
    found = [Guess(classifier.labels[at], float(scores[at])) for at in best]
    reference = classifier.reference
    return Queued(place, one, found, None if reference is None else not reference.knows(row))
