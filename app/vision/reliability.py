"""How far scores can be believed, and what it costs to answer only when they are high.

Everything is counts of photos with the limits they were counted between, so that a page can draw it
and a slider can go through it. Where to answer is chosen on validation; the exam only shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from app.vision import statistics
from app.vision.engine import Floats
from app.vision.head import Head, Reference, Scores
from app.vision.statistics import Numbers

STEPS = 101
"""Places of a slider at most."""

Right = NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """Photos answered with a score above `above` and up to `up_to`: their mean score, and the share
    that was right with its 95 % interval. Without photos mean and share are None."""

    above: float
    up_to: float
    photos: int
    score: float | None
    right: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Diagram:
    """`error` is the expected calibration error, `by_chance` what perfect calibration stays below
    in 95 of 100 such sets of photos. None without photos."""

    bins: list[Bin]
    error: float | None
    by_chance: float | None


@dataclass(frozen=True)
class Curve:
    """Of `of` photos, those that are answered at each limit and those answered right."""

    of: int
    limits: list[float]
    answered: list[int]
    right: list[int]


class Answers(NamedTuple):
    """Of photos that were asked: the score of each answer, the distance to what was taught, and
    whether it was right."""

    score: Numbers
    distance: Numbers
    right: Right

    @classmethod
    def of(cls, scores: Scores, distance: Numbers, truth: NDArray[np.integer]) -> Self:
        """`scores` n x labels."""
        return cls(scores.max(axis=1), distance, scores.argmax(axis=1) == truth)

    @classmethod
    def ask(
        cls, head: Head, reference: Reference, features: Floats, truth: NDArray[np.integer]
    ) -> Self:
        """`features` n x 1280."""
        return cls.of(head.scores(features), reference.distances(features), truth)


def sliders(chosen: Answers, shown: Answers, cut: float) -> dict[str, dict[str, Curve]]:
    """Two sliders, `score` (of what lies within `cut`) and `distance`. Their limits come from
    `chosen`, photos that may be chosen by; each has the curve of those and of `shown`, the exam."""
    known, within = chosen.distance <= cut, shown.distance <= cut
    score, distance = limits(chosen.score[known]), limits(chosen.distance)
    return {
        "score": {
            "chosen": by_score(chosen.score, chosen.right, score, known),
            "shown": by_score(shown.score, shown.right, score, within),
        },
        "distance": {
            "chosen": by_distance(chosen.distance, chosen.right, distance),
            "shown": by_distance(shown.distance, shown.right, distance),
        },
    }


def diagram(score: Numbers, right: Right, seed: int = 0) -> Diagram:
    """The reliability diagram of DeGroot and Fienberg 1983, in the bins of the calibration error.
    `score` is that of each photo's answer."""
    bins = statistics.bins(score)
    photos = np.bincount(bins, minlength=statistics.BINS)
    scores = np.bincount(bins, score, statistics.BINS)
    rights = np.bincount(bins[right], minlength=statistics.BINS)
    told = [
        _bin(at, int(photos[at]), float(scores[at]), int(rights[at]))
        for at in range(statistics.BINS)
    ]
    if not len(score):
        return Diagram(told, None, None)
    error = statistics.calibration_error(score, right)
    return Diagram(told, error, statistics.calibration_error_by_chance(score, seed))


def limits(values: Numbers) -> list[float]:
    """Where it may be useful to stop answering, rising: each parts about 1 in 100 of `values` from
    the rest. They are chosen from the values themselves, because scores crowd near 1."""
    if not len(values):
        return []
    at = np.linspace(0, 1, min(STEPS, len(values)))
    return [float(one) for one in np.unique(np.quantile(values, at, method="inverted_cdf"))]


def by_score(
    score: Numbers, right: Right, limits: Sequence[float], known: Right | None = None
) -> Curve:
    """What happens when only scores of at least a limit are answered. `known` are the photos that
    the cut for unknown lets through; none of the others is answered."""
    return _curve(score, right, limits, known)


def by_distance(
    distance: Numbers, right: Right, limits: Sequence[float], sure: Right | None = None
) -> Curve:
    """What happens when only photos within a limit of distance are answered. `sure` are those
    whose score suffices."""
    return _curve(-distance, right, [-limit for limit in limits], sure, told=limits)


def least(curve: Curve, share: float) -> int | None:
    """The place on a curve, chosen on validation, that answers most photos of those where at least
    `share` of the answers are right. None where there is no such place."""
    places = [
        (answered, -at)
        for at, (answered, right) in enumerate(zip(curve.answered, curve.right, strict=True))
        if answered and right >= share * answered
    ]
    return -max(places)[1] if places else None


def _curve(
    value: Numbers,
    right: Right,
    limits: Sequence[float],
    admitted: Right | None,
    told: Sequence[float] | None = None,
) -> Curve:
    admitted = np.ones(len(value), bool) if admitted is None else admitted
    every, good = np.sort(value[admitted]), np.sort(value[admitted & right])
    at = np.asarray(limits, value.dtype)
    answered = len(every) - np.searchsorted(every, at, "left")
    rights = len(good) - np.searchsorted(good, at, "left")
    return Curve(
        len(value),
        [float(limit) for limit in (limits if told is None else told)],
        answered.tolist(),
        rights.tolist(),
    )


def _bin(at: int, photos: int, scores: float, right: int) -> Bin:
    low, high = statistics.wilson(right, photos)
    return Bin(
        above=at / statistics.BINS,
        up_to=(at + 1) / statistics.BINS,
        photos=photos,
        score=scores / photos if photos else None,
        right=right,
        share=right / photos if photos else None,
        low=low,
        high=high,
    )
