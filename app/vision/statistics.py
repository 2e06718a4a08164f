"""What numbers about a classifier are worth: intervals, calibration, separation.

Shares and scores lie between 0 and 1 everywhere.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.vision.head import Scores

BINS = 15
"""Of the calibration error, as in Guo et al. 2017."""

_Z95 = 1.959963984540054

Counts = NDArray[np.int64]
Whole = NDArray[np.integer]
Numbers = NDArray[np.floating]


class Interval(NamedTuple):
    low: float
    high: float


class LabelResult(NamedTuple):
    """Of one label: `support` photos bear it. Where nothing can be divided the share is 0."""

    precision: float
    recall: float
    f1: float
    support: int


def wilson(right: int, of: int) -> Interval:
    """95 % score interval of a share (Wilson 1927), 0 to 1 when nothing was counted."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, z2 = right / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(low if right else 0.0, high if right < of else 1.0)


def calibration_error(confidence: Numbers, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over 15 bins of equal width (Naeini et al. 2015): by how much the
    confidence in an answer misses the share that is right, averaged over photos."""
    if confidence.size == 0:
        return 0.0
    gaps = np.bincount(bins(confidence), right - confidence, BINS)
    return float(np.abs(gaps).sum() / confidence.size)


def calibration_error_by_chance(
    confidence: Numbers, seed: int = 0, trials: int = 2000, quantile: float = 0.95
) -> float:
    """The calibration error that perfect calibration stays below in 95 % of `trials`, when answers
    with these confidences are right exactly that often (Vaicenavicius et al. 2019, section 4)."""
    if confidence.size == 0:
        return 0.0
    draw = np.random.default_rng(seed)
    drawn = bins(confidence)
    found = np.empty(trials)
    for trial in range(trials):
        right = draw.random(confidence.size) < confidence
        found[trial] = np.abs(np.bincount(drawn, right - confidence, BINS)).sum() / right.size
    return float(np.quantile(found, quantile))


def auroc(higher: Numbers, lower: Numbers) -> float:
    """How often a number of `higher` exceeds one of `lower`, ties counting half (the area under
    the ROC curve, as the U of Mann and Whitney 1947). Raises ValueError when either is empty."""
    if higher.size == 0 or lower.size == 0:
        raise ValueError("both sides need at least one number")
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, "left")
    not_above = np.searchsorted(ordered, higher, "right")
    return float((below + not_above).sum() / (2 * higher.size * lower.size))


def confusion(truth: Whole, answer: Whole, labels: int) -> Counts:
    """labels x labels: in row i, column j the photos of label i that were answered with j."""
    cells = truth.astype(np.int64) * labels + answer.astype(np.int64)
    counts = np.bincount(cells, minlength=labels * labels)
    return counts.reshape(labels, labels)


def per_label(matrix: Counts) -> list[LabelResult]:
    """Precision, recall and F1 of each label from a confusion matrix."""
    return [
        LabelResult(
            _share(matrix[i, i], matrix[:, i].sum()),
            _share(matrix[i, i], matrix[i].sum()),
            _share(2 * matrix[i, i], matrix[:, i].sum() + matrix[i].sum()),
            int(matrix[i].sum()),
        )
        for i in range(len(matrix))
    ]


def surprise(scores: Scores, truth: Whole) -> float:
    """Mean negative log-likelihood of the true labels, in nats a photo."""
    given = scores[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(given, np.finfo(np.float64).tiny)).mean())


def bins(confidence: Numbers) -> NDArray[np.int64]:
    """The bin of each, from 0. They are open below and closed above, as in the paper's own code."""
    return np.asarray(np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1), np.int64)


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0
