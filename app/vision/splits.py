"""Which photos belong together, and which are for learning, for choosing and for the exam.

Photos come one after another, a folder in the order of SHA-256, so the same folder always gives the
same splits. What was placed is never moved by what arrives: a copy that disagrees about the label,
or that ties two splits together, is itself set aside. What was placed lies in a ledger, in memory
or elsewhere, that finds a few photos among many.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

import numpy as np

from app.vision import likeness
from app.vision.features import Bytes, Split

Reason = Literal["two-labels", "two-splits", "near-exam"]

_SHARES: tuple[tuple[Split, int], ...] = (("train", 14), ("validation", 3), ("test", 3))
"""In twentieths: 70, 15 and 15 per cent."""

_BANDS = likeness.NEAR_BITS + 1
_WIDTH = -(-64 // _BANDS)


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


class Ledger(Protocol):
    """What the splitter must know of the photos that were placed, also of those set aside."""

    def find(self, sha256: str) -> Placement | None: ...

    def near(self, photo: Arrival) -> Sequence[Placement]:
        """Its near-duplicates, by SHA-256. `bands` keeps the search short, `copies` is the rule."""
        ...

    def members(self, group: int) -> Sequence[Placement]:
        """In any order; none of a group that is not there yet."""
        ...

    def counts(self, label: str) -> Mapping[Split, int]:
        """Photos of the label by split; a split without any may be missing."""
        ...

    def next_group(self) -> int:
        """A number above that of every group."""
        ...

    def put(self, photo: Arrival, placement: Placement) -> None: ...

    def regroup(self, groups: Collection[int], into: int) -> None:
        """The members of `groups` become members of `into`; nothing else of them changes."""
        ...


class Splitter:
    """Places photos one by one among those of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def place(
        self, photo: Arrival, *, group: int | None = None, train_only: bool = False
    ) -> Placement:
        """Puts the photo in the ledger. One that is there already stays as it is, whatever label it
        comes with.

        `group` is one it belongs to however it looks: frames of one recording. Groups of one split
        that it ties together become one: that `group`, else the lowest. With `train_only` it goes
        to train, or aside when it is near a photo kept for choosing or for the exam.
        """
        before = self._ledger.find(photo.sha256)
        if before is not None:
            return before
        kin = [
            *self._ledger.near(photo),
            *(self._ledger.members(group) if group is not None else ()),
        ]
        living = [one for one in kin if one.split != "aside"]
        into = self._lowest(living or kin) if group is None else group
        reason = self._doubt(photo, living, train_only) if living else _first_reason(kin)
        if reason:
            return self._put(photo, into, "aside", reason)
        if living:
            self._ledger.regroup({one.group for one in living} - {into}, into)
            return self._put(photo, into, living[0].split)
        split = "train" if train_only else self._neediest(photo.label, photo.sha256)
        return self._put(photo, into, split)

    def set_aside(self, photo: Arrival, reason: Reason) -> Placement:
        """Puts a new photo in the ledger that must not be used, beside what it is near to."""
        return self._put(photo, self._lowest(self._ledger.near(photo)), "aside", reason)

    def _lowest(self, kin: Sequence[Placement]) -> int:
        return min(one.group for one in kin) if kin else self._ledger.next_group()

    def _put(
        self, photo: Arrival, group: int, split: Split, reason: Reason | None = None
    ) -> Placement:
        placement = Placement(photo.sha256, photo.label, group, split, reason)
        self._ledger.put(photo, placement)
        return placement

    def _doubt(self, photo: Arrival, kin: list[Placement], train_only: bool) -> Reason | None:
        splits = {one.split for one in kin}
        if train_only and splits != {"train"}:
            return "near-exam"
        for group in {one.group for one in kin}:
            for one in self._ledger.members(group):
                if one.split != "aside" and one.label != photo.label:
                    return "two-labels"
        return "two-splits" if len(splits) > 1 else None

    def _neediest(self, label: str, sha256: str) -> Split:
        """The split furthest below its share, counting this photo; the first goes to train."""
        counts = self._ledger.counts(label)
        total = sum(counts.get(split, 0) for split, _ in _SHARES) + 1
        lacking = {split: share * total - 20 * counts.get(split, 0) for split, share in _SHARES}
        most = max(lacking.values())
        tied = [split for split, lack in lacking.items() if lack == most]
        return tied[int(sha256[:8], 16) % len(tied)]


class Memory:
    """A ledger for as many photos as memory holds."""

    def __init__(self) -> None:
        self._photos: dict[str, Arrival] = {}
        self._placed: dict[str, Placement] = {}
        self._members: dict[int, list[str]] = defaultdict(list)
        self._counts: dict[str, dict[Split, int]] = defaultdict(lambda: defaultdict(int))
        self._bands: dict[int, list[str]] = defaultdict(list)
        self._next = 0

    def placements(self) -> dict[str, Placement]:
        """By SHA-256, as they stand now."""
        return dict(self._placed)

    def find(self, sha256: str) -> Placement | None:
        return self._placed.get(sha256)

    def near(self, photo: Arrival) -> list[Placement]:
        keys = bands(photo.hash)
        candidates = {sha256 for key in keys for sha256 in self._bands.get(key, ())}
        return [
            self._placed[sha256]
            for sha256 in sorted(candidates)
            if copies(photo.hash, photo.row, self._photos[sha256].hash, self._photos[sha256].row)
        ]

    def members(self, group: int) -> list[Placement]:
        return [self._placed[sha256] for sha256 in self._members.get(group, ())]

    def counts(self, label: str) -> Mapping[Split, int]:
        return self._counts[label]

    def next_group(self) -> int:
        return self._next

    def put(self, photo: Arrival, placement: Placement) -> None:
        self._photos[photo.sha256] = photo
        self._placed[photo.sha256] = placement
        self._members[placement.group].append(photo.sha256)
        self._counts[placement.label][placement.split] += 1
        self._next = max(self._next, placement.group + 1)
        for key in bands(photo.hash):
            self._bands[key].append(photo.sha256)

    def regroup(self, groups: Collection[int], into: int) -> None:
        for group in sorted(groups):
            for sha256 in self._members.pop(group):
                self._placed[sha256] = replace(self._placed[sha256], group=into)
                self._members[into].append(sha256)


def bands(hash_: int) -> tuple[int, ...]:
    """The 5 parts of a hash, each a number below 65,536 that no other part can have. Hashes that
    differ in at most 4 bits have one of them in common."""
    mask = (1 << _WIDTH) - 1
    return tuple(at << _WIDTH | hash_ >> at * _WIDTH & mask for at in range(_BANDS))


def copies(hash_: int, row: Bytes, other_hash: int, other_row: Bytes) -> bool:
    """Whether two photos are near-duplicates, by hash and features in 8 bits."""
    bits = likeness.distance(hash_, other_hash)
    if bits > likeness.NEAR_BITS:
        return False
    alike = likeness.cosine(row.astype(np.float32), other_row.astype(np.float32))
    return likeness.near(bits, alike)


def split_folder(photos: Iterable[Arrival]) -> dict[str, Placement]:
    """Places all photos of a folder; their order does not matter. Of the same bytes under two
    labels none came first, so they are set aside."""
    ordered = sorted(photos, key=lambda photo: (photo.sha256, photo.label))
    labels = defaultdict(set)
    for photo in ordered:
        labels[photo.sha256].add(photo.label)
    ledger = Memory()
    splitter = Splitter(ledger)
    for photo in ordered:
        if len(labels[photo.sha256]) == 1:
            splitter.place(photo)
        elif ledger.find(photo.sha256) is None:
            splitter.set_aside(photo, "two-labels")
    return ledger.placements()


def _first_reason(kin: Sequence[Placement]) -> Reason | None:
    return kin[0].reason if kin else None
