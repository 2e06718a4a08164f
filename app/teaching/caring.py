"""What of a dataset still wants a look: what was found when it was looked over, as it stands now.

Photos change while someone works through them, so each point is held against the photos' rows: what
is removed, has another label or was looked at and kept is settled, without looking it all over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from app import errors
from app.store import apart, doubts, images
from app.store.apart import Pairs
from app.store.images import Image
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store
from app.teaching.models import teachable
from app.teaching.replacing import settle

Trouble = Literal["two-labels", "two-splits"]

LIKELY = ("alike", "poorer")
"""Kinds of copies that only a person can tell from two photos of one thing."""


@dataclass(frozen=True)
class Lot:
    """Copies of one another. `cosine` is that of the two most alike; `trouble` says what is wrong
    with where they stand, None where it does no harm or someone said that they are different. Of
    those that are only `likely` copies nothing was kept together or set aside by itself."""

    kind: str
    cosine: float
    images: Sequence[Image]
    trouble: Trouble | None

    @property
    def likely(self) -> bool:
        return self.kind in LIKELY


@dataclass(frozen=True)
class Twice:
    """A photo that came as several files, byte for byte: label and path of each."""

    image: Image
    came: Sequence[Sequence[str]]

    @property
    def torn(self) -> bool:
        """Whether it came under several labels and nobody has said yet which is right."""
        return len({label for label, _ in self.came}) > 1 and self.image.reason == "two-labels"


@dataclass(frozen=True)
class Doubt:
    """`place` in what was found counts on when others are settled. Scores from 0 to 1 are those of
    heads that had not learned from the photo."""

    place: int
    image: Image
    score: float
    suggested: str
    suggested_score: float


@dataclass(frozen=True)
class Stray:
    """`distance` is the cosine distance to the 5th nearest other photo."""

    image: Image
    distance: float


@dataclass(frozen=True)
class Unreadable:
    image: Image
    problem: str


@dataclass(frozen=True)
class Care:
    """`photos` is how many were looked over, `judged` of how many the label could be doubted, and
    `leak` what copies would have added to a score, None where nothing can be said of it."""

    model: StoredModel
    photos: int
    judged: int
    leak: Mapping[str, int] | None
    lots: Sequence[Lot]
    twice: Sequence[Twice]
    doubts: Sequence[Doubt]
    strays: Sequence[Stray]
    unreadable: Sequence[Unreadable]

    @property
    def troubles(self) -> Sequence[Lot]:
        return [lot for lot in self.lots if lot.trouble]

    @property
    def torn(self) -> Sequence[Twice]:
        return [one for one in self.twice if one.torn]

    @property
    def count(self) -> int:
        """Points that want a look."""
        others = len(self.troubles) + len(self.torn) + len(self.strays) + len(self.unreadable)
        return len(self.doubts) + others


def open_points(store: Store, model: str, found: Mapping[str, Any]) -> Care:
    """Of what `care` found. Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        stored = teachable(c, model)
        living = _living(c, model, stored.labels, found)
        kept, different = doubts.kept(c, model), apart.of(c, model)
    fresh = {sha256 for sha256, image in living.items() if kept.get(sha256) != image.label}
    return Care(
        stored,
        found["photos"],
        found["judged"],
        found["leak"],
        _lots(found["lots"], living, different),
        [Twice(living[s], came) for s, came in found["twice"].items() if s in living],
        [
            Doubt(at, living[one["sha256"]], one["score"], one["suggested"], one["suggested_score"])
            for at, one in enumerate(found["doubts"])
            if one["sha256"] in fresh and living[one["sha256"]].label == one["label"]
        ],
        [
            Stray(living[s["sha256"]], s["distance"])
            for s in found["strays"]
            if s["sha256"] in fresh
        ],
        [Unreadable(living[s], code) for s, code in found["unreadable"].items() if s in living],
    )


def keep(store: Store, model: str, sha256s: Sequence[str]) -> list[Image]:
    """Someone looked at these photos and says that they are right as they are. One that was set
    aside because its label was in question is used again, unless a copy still contradicts it.
    Raises ImageNotFound when any is not there."""
    with store.database.write() as c:
        found = _photos(c, model, sha256s)
        doubts.keep(c, model, {image.sha256: image.label for image in found})
        torn = [image.sha256 for image in found if image.reason == "two-labels"]
        settle(c, store.kept, model, torn)
        return _photos(c, model, sha256s)


def tell_apart(store: Store, model: str, sha256s: Sequence[str]) -> list[Image]:
    """Someone says that these are different photos, however alike they look: no two of them are
    shown as likely copies again. Raises ImageNotFound when any is not there."""
    with store.database.write() as c:
        found = _photos(c, model, sha256s)
        apart.put(c, model, [image.sha256 for image in found])
        return found


def reconsider(store: Store, model: str, sha256s: Sequence[str]) -> list[Image]:
    """Takes back that photos were kept, or told apart. Raises as `keep`."""
    with store.database.write() as c:
        found = _photos(c, model, sha256s)
        doubts.forget(c, model, [image.sha256 for image in found])
        apart.forget(c, model, [image.sha256 for image in found])
        return found


def _photos(c: Connection, model: str, sha256s: Sequence[str]) -> list[Image]:
    teachable(c, model)
    found = images.find_many(c, model, sha256s)
    there = [found[s] for s in dict.fromkeys(sha256s) if s in found]
    if len(there) < len(set(sha256s)) or any(image.removed is not None for image in there):
        raise errors.ImageNotFound
    return there


def _living(
    c: Connection, model: str, labels: Sequence[StoredLabel], found: Mapping[str, Any]
) -> dict[str, Image]:
    named = {
        *(sha256 for lot in found["lots"] for sha256 in lot["photos"]),
        *(one["sha256"] for one in (*found["doubts"], *found["strays"])),
        *found["twice"],
        *found["unreadable"],
    }
    known = {label.label for label in labels}
    return {
        sha256: image
        for sha256, image in images.find_many(c, model, sorted(named)).items()
        if image.removed is None and image.label in known
    }


def _lots(
    found: Sequence[Mapping[str, Any]], living: Mapping[str, Image], different: Pairs
) -> list[Lot]:
    """Those that still are of two photos at least; what does harm comes first."""
    lots = []
    for one in found:
        here = [living[sha256] for sha256 in one["photos"] if sha256 in living]
        if len(here) > 1:
            settled = one["kind"] in LIKELY and _are(different, here)
            trouble = None if settled else _trouble(here)
            lots.append(Lot(one["kind"], one["cosine"], here, trouble))
    return sorted(lots, key=lambda lot: ("two-labels", "two-splits", None).index(lot.trouble))


def _are(different: Pairs, here: Sequence[Image]) -> bool:
    return apart.pairs_of([image.sha256 for image in here]) <= different


def _trouble(here: Sequence[Image]) -> Trouble | None:
    if len({image.label for image in here}) > 1:
        return "two-labels"
    splits = {image.split for image in here} - {"aside"}
    return "two-splits" if len(splits) > 1 else None
