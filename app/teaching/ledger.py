"""The database as the ledger of placed photos: the splitter asks, a few queries answer."""

import logging
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Connection

from app.store import images, models
from app.store.images import Image
from app.store.kept import PLAIN, Kept
from app.vision import likeness
from app.vision.features import Bytes, Split
from app.vision.splits import Arrival, Placement, Reason, bands, copies

log = logging.getLogger(__name__)

Details = Callable[[str], Mapping[str, Any]]


class StoredLedger:
    """Of one model, within one transaction. `details` has a new photo's other columns by its
    SHA-256. Photos that were removed, and those of removed labels, are nobody's kin."""

    def __init__(self, c: Connection, model: str, kept: Kept, details: Details) -> None:
        self._c, self._model, self._kept, self._details = c, model, kept, details
        self._counts: dict[str, dict[Split, int]] = {}
        self._next = images.next_group(c, model)
        self._asked: tuple[Arrival, list[Image]] | None = None

    @cached_property
    def _known(self) -> set[str]:
        return {label.label for label in models.labels_of(self._c, self._model)}

    def find(self, sha256: str) -> Placement | None:
        found = images.find(self._c, self._model, sha256)
        return _placement(found) if found else None

    def near(self, photo: Arrival) -> list[Placement]:
        return [_placement(image) for image in self.copies(photo)]

    def copies(self, photo: Arrival) -> list[Image]:
        """The photo's near-duplicates, the likest first; asked again at once, the same answer."""
        if self._asked is None or self._asked[0] is not photo:
            self._asked = photo, self._find_copies(photo)
        return self._asked[1]

    def _find_copies(self, photo: Arrival) -> list[Image]:
        numbers = [
            number
            for number, hash_ in images.near(self._c, self._model, bands(photo.hash))
            if likeness.distance(hash_, photo.hash) <= likeness.NEAR_BITS
        ]
        close = [
            image
            for image in images.by_number(self._c, numbers)
            if image.sha256 != photo.sha256 and self._counts_here(image)
        ]
        if not close:
            return []
        rows = self._kept.get(PLAIN, [image.sha256 for image in close])
        found = [image for image in close if self._copy(photo, image, rows)]
        return sorted(found, key=lambda i: (likeness.distance(i.hash, photo.hash), i.sha256))

    def members(self, group: int) -> list[Placement]:
        found = images.members(self._c, self._model, group)
        return [_placement(image) for image in found if self._counts_here(image)]

    def counts(self, label: str) -> Mapping[Split, int]:
        if label not in self._counts:
            found = images.counts_of(self._c, self._model, label)
            self._counts[label] = {cast(Split, split): count for split, count in found.items()}
        return self._counts[label]

    def next_group(self) -> int:
        return self._next

    def put(self, photo: Arrival, placement: Placement) -> None:
        placed = {
            "model": self._model,
            "sha256": photo.sha256,
            "label": placement.label,
            "split": placement.split,
            "reason": placement.reason,
            "group": placement.group,
            "hash": photo.hash,
            "bands": bands(photo.hash),
        }
        images.insert(self._c, [{**placed, **self._details(photo.sha256)}])
        self._asked = None
        self._count(placement)

    def regroup(self, groups: Collection[int], into: int) -> None:
        if groups:
            self._asked = None
            images.regroup(self._c, self._model, sorted(groups), into)

    def _count(self, placement: Placement) -> None:
        if (counts := self._counts.get(placement.label)) is not None:
            counts[placement.split] = counts.get(placement.split, 0) + 1
        self._next = max(self._next, placement.group + 1)

    def _counts_here(self, image: Image) -> bool:
        return image.removed is None and image.label in self._known

    def _copy(self, photo: Arrival, image: Image, rows: Mapping[str, Any]) -> bool:
        if image.sha256 not in rows:
            log.warning("no features of %s are kept: told by its hash alone", image.sha256)
            return True
        return copies(photo.hash, photo.row, image.hash, cast(Bytes, rows[image.sha256].row))


class MovingLedger(StoredLedger):
    """The same for a photo that is in the database and is placed anew."""

    def __init__(self, c: Connection, kept: Kept, image: Image) -> None:
        super().__init__(c, image.model, kept, lambda sha256: {})
        self._moving = image

    def find(self, sha256: str) -> Placement | None:
        return None if sha256 == self._moving.sha256 else super().find(sha256)

    def members(self, group: int) -> list[Placement]:
        return [one for one in super().members(group) if one.sha256 != self._moving.sha256]

    def put(self, photo: Arrival, placement: Placement) -> None:
        where = (placement.split, placement.reason, placement.group)
        images.place(self._c, self._model, photo.sha256, *where)
        self._count(placement)


def _placement(image: Image) -> Placement:
    return Placement(
        image.sha256,
        image.label,
        image.group,
        cast(Split, image.split),
        cast(Reason | None, image.reason),
    )
