"""Photos that are the same, or nearly: across labels, across splits, and what that does to a score.

Four kinds of pairs. Two are sure: `exact`, the same bytes, and `near`, the rule of `likeness`, by
which groups are made and kept in one split without asking anyone. Two are likely: `alike`, where
features alone agree so well that it is the same thing from the same place, and `poorer`, where the
hash agrees all but wholly and features less, as those of a photo made small or saved badly do.

What is likely is shown to people and acted on by nobody else. Groups chain: in photos of one scene
from one place a loose rule would tie a whole label together, and there would be nothing left to
examine by.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.vision import likeness, ridge
from app.vision.engine import Floats
from app.vision.features import SPLITS, Table, restore
from app.vision.head import unit
from app.vision.likeness import NEAR_COSINE

ALIKE_COSINE = 0.97
"""How alike features must be to say so without the hash. Unlike photos of one kind stay below."""

POORER_BITS, POORER_COSINE = 2, 0.4
"""Nine of ten photos of 512 x 384 pixels differ in at most 2 bits from themselves at a half or a
quarter of the size, saved at quality 40; their cosines fall to 0.63 and 0.41. Of the pairs among
2,524 photos of waste and 2,956 of flowers, 7 are as alike without being `near`. Some of them are
one thing in another light, one is two cans in one place: only people can tell."""

MOST_POORER = 3
"""Photos that one may be like by its hash. Where many share one, as sheets of white paper or views
of one scene, it says nothing."""

_ASIDE = SPLITS.index("aside")
_BLOCK = 2048  # photos that are held against as many others at a time

Kind = Literal["exact", "near", "alike", "poorer"]


@dataclass(frozen=True)
class Pair:
    """Two photos by their place in the table, the first one first; `bits` by which their hashes
    differ and the cosine of their features. Whether they stand under two labels or in two splits
    (of those set aside nothing is learned, so they are in none)."""

    one: int
    other: int
    kind: Kind
    bits: int
    cosine: float
    two_labels: bool
    two_splits: bool


@dataclass(frozen=True)
class Leak:
    """What copies in train would add to a score. `copied` photos of `of` have one; `with_copies` of
    those are answered right by a head that learned from their copies, `without` by one that did
    not; of the other photos, `rest` are answered right. Their score with the leak is
    (rest + with_copies) / of, and without it (rest + without) / of."""

    of: int
    copied: int
    with_copies: int
    without: int
    rest: int


def pairs(table: Table) -> list[Pair]:
    """All of them: those of two labels first, then of two splits, then the most alike first.

    Every photo is held against every other: 3 s of a core for 10,000, a hundred times that for
    100,000. Memory stays flat.
    """
    found = [_pair(table, one, other, alike) for one, other, alike in _alike(table)]
    kept = [pair for pair in found if pair is not None]
    return sorted(
        kept,
        key=lambda pair: (not pair.two_labels, not pair.two_splits, -pair.cosine, pair.one),
    )


def leak(table: Table, found: list[Pair]) -> Leak:
    """By quick heads out of fold over all photos that are not set aside: once with copies in other
    folds, once with them in the same. Every photo counts, so that few copies can be seen."""
    family = families(len(table), found)
    placed = table.split != _ASIDE
    copied = _copied(family, placed)[placed]
    table, family = table.take(placed), family[placed]
    order = np.lexsort((np.arange(len(table)), family, table.label))
    # In this order copies follow each other, so each lands in another fold than the one before.
    apart = np.empty(len(table), np.int64)
    apart[order] = np.arange(len(table)) % ridge.FOLDS
    together = replace(table, group=family.astype(np.int32))
    leaking, honest = (
        ridge.out_of_fold(table, homes).argmax(axis=1) == table.label
        for homes in (apart, ridge.by_groups(together))
    )
    return Leak(
        of=len(table),
        copied=int(copied.sum()),
        with_copies=int(leaking[copied].sum()),
        without=int(honest[copied].sum()),
        rest=int(honest[~copied].sum()),
    )


def families(count: int, found: list[Pair]) -> NDArray[np.int64]:
    """A number for each of `count` photos, the same for those that pairs tie together: the place
    of the first of them."""
    home = list(range(count))

    def root(at: int) -> int:
        while home[at] != at:
            home[at] = home[home[at]]
            at = home[at]
        return at

    for pair in found:
        low, high = sorted((root(pair.one), root(pair.other)))
        home[high] = low
    return np.array([root(at) for at in range(count)], np.int64)


def _copied(family: NDArray[np.int64], placed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Photos that have another one of their family beside them."""
    return np.asarray(np.bincount(family[placed], minlength=len(family))[family] > 1) & placed


def _alike(table: Table) -> Iterator[tuple[int, int, float]]:
    """Pairs whose features agree at least as well as those of copies, or poor copies."""
    starts, telling = range(0, len(table), _BLOCK), _telling(table)
    for start in starts:
        ours = _directions(table, start)
        for other in starts[start // _BLOCK :]:
            theirs = ours if other == start else _directions(table, other)
            cosines = ours @ theirs.T
            poorer = _poorer(_bits(table, start, other), cosines)
            poorer &= telling[start : start + _BLOCK, None] & telling[other : other + _BLOCK]
            for one, two in np.argwhere((cosines >= NEAR_COSINE) | poorer):
                if start + one < other + two:
                    yield int(start + one), int(other + two), float(cosines[one, two])


def _telling(table: Table) -> NDArray[np.bool_]:
    """Photos whose hash is like that of few others."""
    starts = range(0, len(table), _BLOCK)
    like = [
        sum((_bits(table, start, other) <= POORER_BITS).sum(axis=1) for other in starts)
        for start in starts
    ]
    return np.concatenate([np.zeros(0, np.int64), *like]) <= MOST_POORER + 1  # itself among them


def _bits(table: Table, start: int, other: int) -> NDArray[np.uint8]:
    """By which the hashes of two blocks differ."""
    ours, theirs = (table.hash[at : at + _BLOCK] for at in (start, other))
    return np.asarray(np.bitwise_count(ours[:, None] ^ theirs[None, :]), np.uint8)


def _poorer(bits: Any, cosine: Any) -> Any:
    """The rule for poor copies, of one pair or of many."""
    return (bits <= POORER_BITS) & (cosine >= POORER_COSINE)


def _directions(table: Table, start: int) -> Floats:
    part = slice(start, start + _BLOCK)
    return unit(restore(table.rows[part], table.scales[part]))


def _pair(table: Table, one: int, other: int, cosine: float) -> Pair | None:
    bits = likeness.distance(int(table.hash[one]), int(table.hash[other]))
    kind: Kind
    if np.array_equal(table.sha256[one], table.sha256[other]):
        kind = "exact"
    elif likeness.near(bits, cosine):
        kind = "near"
    elif cosine >= ALIKE_COSINE:
        kind = "alike"
    elif _poorer(bits, cosine):
        kind = "poorer"
    else:
        return None
    splits = {int(table.split[at]) for at in (one, other)} - {_ASIDE}
    two_labels = bool(table.label[one] != table.label[other])
    return Pair(one, other, kind, bits, min(cosine, 1.0), two_labels, len(splits) > 1)
