"""Which photos belong together, and which are for learning, for choosing and for the exam.

Photos come one after another, a folder in the order of SHA-256, so the same folder always gives the
same splits, and further photos never move earlier ones. Copies that disagree about their label, or
that tie two splits together, are set aside: no one knows which is right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from app.vision import likeness
from app.vision.features import Bytes, Split

Reason = Literal["two-labels", "two-splits"]

_SHARES: tuple[tuple[Split, int], ...] = (("train", 14), ("validation", 3), ("test", 3))
"""In twentieths: 70, 15 and 15 per cent."""

# Two hashes that differ in at most 4 bits agree in at least one of 5 bands.
_BANDS = tuple((13 * band, (1 << min(13, 64 - 13 * band)) - 1) for band in range(5))


class Arrival(NamedTuple):
    """A photo to be placed; `row` are its 1280 features in 8 bits."""

    sha256: str
    label: str
    hash: int
    row: Bytes


@dataclass(frozen=True)
class Placement:
    """Where a photo belongs. Of a photo that is set aside, `reason` says why."""

    sha256: str
    label: str
    group: int
    split: Split
    reason: Reason | None = None


class Splitter:
    """Places photos one by one, remembering all it has placed."""

    def __init__(self) -> None:
        self._placed: dict[str, Placement] = {}
        self._members: dict[int, list[str]] = defaultdict(list)
        self._counts: dict[str, dict[Split, int]] = {}
        self._near = _Nearness()
        self._next_group = 0

    def remember(self, photo: Arrival, placement: Placement) -> None:
        """Takes up a photo that was placed earlier, as it was placed."""
        self._near.add(photo)
        self._placed[photo.sha256] = placement
        self._members[placement.group].append(photo.sha256)
        self._next_group = max(self._next_group, placement.group + 1)
        if placement.split != "aside":
            self._of(placement.label)[placement.split] += 1

    def place(self, photo: Arrival) -> list[Placement]:
        """The photo's placement, and first those of earlier photos that change by it: copies under
        another label are set aside with it, and groups that it ties together become one."""
        if photo.sha256 in self._placed:
            return self._place_again(photo)
        near = [self._placed[sha256] for sha256 in self._near.find(photo)]
        if not near:
            self._next_group += 1
            split = self._neediest(photo.label, photo.sha256)
            placement = Placement(photo.sha256, photo.label, self._next_group - 1, split)
            self.remember(photo, placement)
            return [placement]
        return self._place_near(photo, near)

    def placements(self) -> dict[str, Placement]:
        """By SHA-256, as they stand now."""
        return dict(self._placed)

    def _place_again(self, photo: Arrival) -> list[Placement]:
        before = self._placed[photo.sha256]
        if before.label == photo.label:
            return [before]
        return self._set_aside(before.group)

    def _place_near(self, photo: Arrival, near: list[Placement]) -> list[Placement]:
        group = min(one.group for one in near)
        splits = {one.split for one in near}
        members = [self._placed[sha256] for one in near for sha256 in self._members[one.group]]
        if any(one.label != photo.label for one in members):
            changed = [one for other in {n.group for n in near} for one in self._set_aside(other)]
            placement = Placement(photo.sha256, photo.label, group, "aside", "two-labels")
        elif len(splits) > 1 or "aside" in splits:
            changed = []
            known = [one.reason for one in near if one.reason]
            reason: Reason = known[0] if known else "two-splits"
            placement = Placement(photo.sha256, photo.label, group, "aside", reason)
        else:
            changed = self._merge({one.group for one in near}, group)
            placement = Placement(photo.sha256, photo.label, group, near[0].split)
        self.remember(photo, placement)
        return [*changed, placement]

    def _merge(self, groups: set[int], into: int) -> list[Placement]:
        changed = []
        for group in sorted(groups - {into}):
            for sha256 in self._members.pop(group):
                self._placed[sha256] = replace(self._placed[sha256], group=into)
                self._members[into].append(sha256)
                changed.append(self._placed[sha256])
        return changed

    def _set_aside(self, group: int) -> list[Placement]:
        changed = []
        for sha256 in self._members[group]:
            before = self._placed[sha256]
            if before.split != "aside":
                self._of(before.label)[before.split] -= 1
                self._placed[sha256] = replace(before, split="aside", reason="two-labels")
                changed.append(self._placed[sha256])
        return changed

    def _neediest(self, label: str, sha256: str) -> Split:
        """The split furthest below its share, counting this photo; the first goes to train."""
        counts = self._of(label)
        total = sum(counts.values()) + 1
        lacking = {split: share * total - 20 * counts[split] for split, share in _SHARES}
        most = max(lacking.values())
        tied = [split for split, lack in lacking.items() if lack == most]
        return tied[int(sha256[:8], 16) % len(tied)]

    def _of(self, label: str) -> dict[Split, int]:
        return self._counts.setdefault(label, {split: 0 for split, _ in _SHARES})


class _Nearness:
    """Finds near-duplicates among many without comparing with each."""

    def __init__(self) -> None:
        self._bands: list[dict[int, list[int]]] = [defaultdict(list) for _ in _BANDS]
        self._photos: list[Arrival] = []

    def add(self, photo: Arrival) -> None:
        for band, key in zip(self._bands, _keys(photo.hash), strict=True):
            band[key].append(len(self._photos))
        self._photos.append(photo)

    def find(self, photo: Arrival) -> Iterator[str]:
        candidates: set[int] = set()
        for band, key in zip(self._bands, _keys(photo.hash), strict=True):
            candidates.update(band.get(key, ()))
        row = photo.row.astype(np.float32)
        for at in sorted(candidates):
            other = self._photos[at]
            bits = likeness.distance(photo.hash, other.hash)
            if bits > likeness.NEAR_BITS:
                continue
            if likeness.near(bits, likeness.cosine(row, other.row.astype(np.float32))):
                yield other.sha256


def _keys(hash_: int) -> Iterator[int]:
    return ((hash_ >> shift) & mask for shift, mask in _BANDS)


def split_folder(photos: Iterable[Arrival]) -> dict[str, Placement]:
    """Places all photos of a folder; their order does not matter."""
    splitter = Splitter()
    for photo in sorted(photos, key=lambda photo: (photo.sha256, photo.label)):
        splitter.place(photo)
    return splitter.placements()
