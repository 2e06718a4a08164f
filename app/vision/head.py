"""The last layer: features in, one score per label out, and where in the square they came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.vision.engine import Floats

Scores = NDArray[np.float64]

_PORTIONS = 16  # of the training rows, each spread over all labels
_AT_ONCE = 1 << 22  # likenesses held in memory, of many photos to many rows


@dataclass(frozen=True, eq=False)
class Head:
    """`weights` (1280 x labels), `bias` (labels), and the temperature that calibrates the scores
    (Guo et al. 2017)."""

    weights: Floats
    bias: Floats
    temperature: float = 1.0

    def scores(self, features: Floats) -> Scores:
        """Softmax over the labels: finite, at least 0, sum 1. Also for many rows at once."""
        return softmax(self.logits(features), self.temperature)

    def logits(self, features: Floats) -> Floats:
        """What speaks for each label, before temperature and softmax."""
        return np.asarray(features @ self.weights + self.bias)

    def evidence(self, feature_map: Floats, label: int) -> Floats:
        """Class activation map (Zhou et al. 2016), 7 x 7, scaled to 0..1: what each place of the
        square added to the label's score. All zero where nothing spoke for the label."""
        added = np.maximum(feature_map @ self.weights[:, label], 0.0)
        most = float(added.max())
        return np.asarray(added / most if most > 0 else added, np.float32)


@dataclass(frozen=True, eq=False)
class Reference:
    """The training features, by which a photo is found to be like nothing that was taught.

    `rows` are the features (n x 1280) scaled to length 1. A photo whose cosine distance to its
    `neighbours`-th nearest row is above `cut` is unknown.
    """

    rows: Floats
    cut: float
    neighbours: int = 5

    @classmethod
    def of(cls, features: Floats, cut: float, neighbours: int = 5) -> "Reference":
        """From features as they come (n x 1280). Of few photos the furthest counts as the last."""
        return cls(unit(features), cut, min(neighbours, len(features)))

    def knows(self, features: Floats) -> bool:
        """Whether `distance` is within `cut`. Where it is, enough near rows are met soon, so most
        photos are compared with few."""
        one, near = unit(features[None])[0], 0
        for start in range(_PORTIONS):
            likeness = self.rows[start::_PORTIONS] @ one
            near += int(np.count_nonzero(1.0 - likeness <= self.cut))
            if near >= self.neighbours:
                return True
        return False

    def distance(self, features: Floats) -> float:
        """Cosine distance to the `neighbours`-th nearest row, 0 (the same) to 2 (opposite)."""
        return float(self.distances(features[None])[0])

    def distances(self, features: Floats) -> Floats:
        """The same for many photos at once: m x 1280 in, m out. All-zero features are at 1."""
        found = np.empty(len(features), np.float32)
        portion = max(1, _AT_ONCE // len(self.rows))
        for start in range(0, len(features), portion):
            likeness = unit(features[start : start + portion]) @ self.rows.T
            nearest = np.partition(likeness, -self.neighbours, axis=1)[:, -self.neighbours]
            found[start : start + portion] = 1.0 - nearest
        return found


def softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> Scores:
    """Scores of what speaks for each label (the last axis)."""
    cooled = logits.astype(np.float64) / temperature
    exponents = np.exp(cooled - cooled.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


def unit(features: Floats) -> Floats:
    """Each row at length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(lengths > 0, lengths, 1), np.float32)
