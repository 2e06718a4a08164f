"""A head in closed form: quick enough to be asked what many heads would answer.

Least squares on one-of-n labels with a penalty on the weights (Rifkin and Klautau 2004, "In
Defense of One-Vs-All Classification"). On kept features it answers as well as the head that
training learns, and a fold costs one solved system: what is summed over the photos is summed once.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from app.vision.calibration import temperature_for
from app.vision.engine import Floats
from app.vision.examples import Examples, folds_of
from app.vision.features import Table, restore
from app.vision.head import Head, Scores, softmax
from app.vision.recipe import FEATURES

PENALTY = 1.0
"""On the squared weights, for features of mean square 1, against the mean square of a photo."""

FOLDS = 5

_BLOCK = 2048  # rows restored from 8 bits at a time

Doubles = NDArray[np.float64]
Homes = NDArray[np.integer]


class _Sums(NamedTuple):
    """Over some photos: how many, of their features x and one-of-n labels y the sums and products.
    x is counted from a common middle, so that differences of sums stay exact."""

    photos: Doubles  # of each label
    x: Doubles
    xx: Doubles
    xy: Doubles

    @classmethod
    def none(cls, labels: int) -> Self:
        return cls(
            np.zeros(labels), np.zeros(FEATURES),
            np.zeros((FEATURES, FEATURES)), np.zeros((FEATURES, labels)),
        )  # fmt: skip

    def add(self, features: Floats, truth: NDArray[np.integer]) -> None:
        one_of_n = np.eye(len(self.photos), dtype=np.float32)[truth]
        sums = one_of_n.sum(axis=0), features.sum(axis=0), features.T @ features
        for kept, new in zip(self, (*sums, features.T @ one_of_n), strict=True):
            kept += new

    def without(self, part: "_Sums") -> "_Sums":
        return _Sums(*(whole - less for whole, less in zip(self, part, strict=True)))


def fit(table: Table, penalty: float = PENALTY) -> Head:
    """A head that has learned from all photos of the table. Its temperature is 1: nothing was kept
    out to choose another by."""
    middle = _middle(table)
    sums = _Sums.none(len(table.labels))
    for at in _blocks(np.arange(len(table))):
        sums.add(_restored(table, at) - middle, table.label[at])
    return _solve(sums, middle, penalty)


def out_of_fold(table: Table, homes: Homes, penalty: float = PENALTY) -> Floats:
    """n x labels: what speaks for each label, said by a head that has not learned from any photo
    of the same home (a number of a fold for each photo)."""
    middle, folds = _middle(table), np.unique(homes)
    parts = {int(fold): _Sums.none(len(table.labels)) for fold in folds}
    for fold, part in parts.items():
        for at in _blocks(np.flatnonzero(homes == fold)):
            part.add(_restored(table, at) - middle, table.label[at])
    whole = _Sums(*(np.sum(sums, axis=0) for sums in zip(*parts.values(), strict=True)))
    logits = np.zeros((len(table), len(table.labels)), np.float32)
    for fold, part in parts.items():
        head = _solve(whole.without(part), middle, penalty)
        for at in _blocks(np.flatnonzero(homes == fold)):
            logits[at] = head.logits(_restored(table, at))
    return logits


def by_groups(table: Table, folds: int = FOLDS, seed: int = 1) -> Homes:
    """A fold for each photo. Near-duplicates share theirs, so that none vouches for another."""
    examples = Examples([np.zeros((0, FEATURES), np.float32)], table.label, table.group)
    return folds_of([examples], len(table.labels), folds, seed)[0]


def probabilities(logits: Floats, truth: NDArray[np.integer]) -> Scores:
    """Of logits out of fold, by the one temperature under which `truth` surprises least."""
    return softmax(logits, temperature_for(logits, truth))


def _solve(sums: _Sums, middle: Floats, penalty: float) -> Head:
    photos = max(1.0, float(sums.photos.sum()))
    mean, labels = sums.x / photos, sums.photos / photos
    spread = sums.xx / photos - np.outer(mean, mean)
    common = sums.xy / photos - np.outer(mean, labels)
    square = float(np.trace(spread)) / FEATURES or 1.0
    spread[np.diag_indices(FEATURES)] += penalty * square
    weights = np.linalg.solve(spread.astype(np.float32), common.astype(np.float32))
    bias = labels - (middle + mean) @ weights
    return Head(np.ascontiguousarray(weights), np.asarray(bias, np.float32))


def _middle(table: Table) -> Floats:
    total = np.zeros(FEATURES)
    for at in _blocks(np.arange(len(table))):
        total += _restored(table, at).sum(axis=0, dtype=np.float64)
    return np.asarray(total / max(1, len(table)), np.float32)


def _restored(table: Table, at: NDArray[np.intp]) -> Floats:
    return restore(table.rows[at], table.scales[at])


def _blocks(at: NDArray[np.intp]) -> Sequence[NDArray[np.intp]]:
    return [at[start : start + _BLOCK] for start in range(0, len(at), _BLOCK)]
