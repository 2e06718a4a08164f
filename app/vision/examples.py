"""What a head learns from, and how it is laid out for learning without copies that only pass by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.vision.engine import Floats
from app.vision.recipe import FEATURES

_BLOCK = 1024  # rows that are worked on at a time in double precision
_ALIGNED = 64  # bytes; TensorFlow takes an array that lies so as it is, and copies any other


class Examples(NamedTuple):
    """`truth` has the label of each of n photos; `views` one array of n x 1280 features for each
    fixed view, the plain one first. `group` ties near-duplicates together."""

    views: Sequence[Floats]
    truth: NDArray[np.int32]
    group: NDArray[np.int32]

    @property
    def plain(self) -> Floats:
        return self.views[0]


class Part(NamedTuple):
    """Some of the photos, by index; nothing is copied before their rows are laid out."""

    examples: Examples
    at: NDArray[np.intp]

    @classmethod
    def whole(cls, examples: Examples) -> "Part":
        return cls(examples, np.arange(len(examples.truth)))


@dataclass(frozen=True, eq=False)
class Scaling:
    """Features are centred and divided by one common number, so that learning takes even steps."""

    mean: NDArray[np.float64]
    scale: float

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "Scaling":
        """The mean of the plain views, and the root mean square around it of all views."""
        total, photos = np.zeros(FEATURES), sum(len(part.at) for part in parts)
        for block in _blocks(parts, 1):
            total += block.sum(axis=0, dtype=np.float64)
        mean = total / max(1, photos)
        views = len(parts[0].examples.views)
        squares = sum(float(np.square(block - mean).sum()) for block in _blocks(parts, views))
        return cls(mean, float(np.sqrt(squares / max(1, photos * views * FEATURES))) or 1.0)

    def lay_out(self, parts: Sequence[Part], views: int) -> Floats:
        """The scaled features of the first `views` views, one view after the other."""
        rows = _aligned(views * sum(len(part.at) for part in parts))
        at = 0
        for block in _blocks(parts, views):
            rows[at : at + len(block)] = (block - self.mean) / self.scale
            at += len(block)
        return rows


def folds_of(
    examples: Sequence[Examples], labels: int, folds: int, seed: int
) -> list[NDArray[np.intp]]:
    """Which of `folds` folds each photo lies in. Groups stay whole; each label is shared out as
    evenly as they allow, the largest groups first."""
    truth = np.concatenate([one.truth for one in examples])
    _, group = np.unique(np.concatenate([one.group for one in examples]), return_inverse=True)
    held = np.zeros((int(group.max(initial=-1)) + 1, labels), np.int64)
    np.add.at(held, (group, truth), 1)
    order = np.random.default_rng(seed).permutation(len(held))
    home = np.zeros(len(held), np.intp)
    filled = np.zeros((folds, labels), np.int64)
    for one in order[np.argsort(-held[order].sum(axis=1), kind="stable")]:
        # Where its labels are rarest; of such folds the smallest.
        home[one] = np.lexsort((filled.sum(axis=1), filled @ held[one]))[0]
        filled[home[one]] += held[one]
    return np.split(home[group], np.cumsum([len(one.truth) for one in examples])[:-1])


def _blocks(parts: Sequence[Part], views: int) -> Iterator[Floats]:
    """Photos of validation may come with the plain view only; then it stands for the others."""
    for view in range(views):
        for examples, at in parts:
            features = examples.views[view] if view < len(examples.views) else examples.plain
            for start in range(0, len(at), _BLOCK):
                yield features[at[start : start + _BLOCK]]


def _aligned(rows: int) -> Floats:
    room = np.empty(rows * FEATURES + _ALIGNED // 4, np.float32)
    skip = -room.ctypes.data % _ALIGNED // 4
    return room[skip : skip + rows * FEATURES].reshape(rows, FEATURES)
