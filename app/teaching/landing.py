"""Photos on the disk and their features kept, before any row of the database speaks of them."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from app.store.kept import PLAIN, Row
from app.store.objects import Staged
from app.store.store import Store
from app.vision.arrival import Sight
from app.vision.features import quantise

Rows = Mapping[str, Row]


class Arrived(Protocol):
    """A photo that was looked at."""

    @property
    def content(self) -> bytes: ...

    @property
    def sight(self) -> Sight: ...


@contextlib.contextmanager
def landed(store: Store, photos: Sequence[Arrived]) -> Iterator[Rows]:
    """Files and features are in place before the block begins. Raises OSError when the disk is full
    or fails; then nothing is there."""
    rows = {one.sight.sha256: row_of(one.sight) for one in photos}
    with _published(store, {one.sight.sha256: one.content for one in photos}):
        store.kept.put(PLAIN, rows)
        yield rows


def hold(store: Store, rows: Rows) -> None:
    """Features that were swept since they landed are put back. Call it in the transaction that
    writes the rows: from then on nobody sweeps them."""
    if len(store.kept.get(PLAIN, list(rows))) < len(rows):
        store.kept.put(PLAIN, rows)


def row_of(sight: Sight) -> Row:
    rows, scales = quantise(sight.features[None])
    return Row(rows[0], float(scales[0]))


@contextlib.contextmanager
def _published(store: Store, contents: Mapping[str, bytes]) -> Iterator[None]:
    staged: list[Staged] = []
    try:
        for sha256, content in contents.items():
            aside = store.objects.stage(sha256, content)
            if aside:
                staged.append(aside)
        store.objects.publish(staged)
    except BaseException:
        store.objects.drop(staged)
        raise
    yield
