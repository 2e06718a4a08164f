"""Would more photos help, and which one should be labelled next?

The curve is measured on validation, never on the exam, with quick heads that learned from parts of
the training photos. Beyond the photos there are it is extended along a power law, as errors of
classifiers fall (Cortes et al. 1993, "Learning Curves"; Hestness et al. 2017, "Deep Learning
Scaling is Predictable, Empirically"), with an interval from drawing the same photos and the same
draws again (Efron 1979), and only where that says something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.vision import ridge, statistics
from app.vision.engine import Floats
from app.vision.features import Table
from app.vision.head import Head, unit

DRAWS: tuple[tuple[float, int], ...] = ((0.1, 8), (0.25, 6), (0.5, 6), (1.0, 1))
"""Shares of the training groups, and how many times each is drawn."""

ENOUGH = 20
"""Validation photos below which a curve is not extended."""

_TRIALS = 500
_WIDE = 0.2  # an interval of more points than these says nothing
_POOL = 5  # times as many uncertain photos as are asked for, to choose different ones from

Wrong = NDArray[np.float64]
Why = Literal["few-photos", "poor-fit", "too-wide"]


@dataclass(frozen=True)
class Point:
    """With this share of the training groups, `photos` of them on average: the share of validation
    photos answered right, its 95 % interval, and the least and most of `draws` draws."""

    share: float
    photos: float
    right: float
    low: float
    high: float
    draws: int
    least: float
    most: float


@dataclass(frozen=True)
class Ahead:
    """With twice as many photos: the share that would be answered right, and by how much more than
    now, both with 95 % intervals. None of them where it cannot be told; `why` then says why."""

    photos: int
    right: float | None = None
    low: float | None = None
    high: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    why: Why | None = None


@dataclass(frozen=True)
class Curve:
    """Of all validation photos (`label` None) or those of one label; `asked` of them."""

    label: str | None
    asked: int
    points: list[Point]
    ahead: Ahead


def curves(train: Table, validation: Table, seed: int = 1) -> list[Curve]:
    """One over all labels, then one for each in their order; none without photos on both sides.

    21 quick heads: 10 s of a core for a few thousand photos.
    """
    if not len(train) or not len(validation):
        return []
    measured = _measure(train, validation, seed)
    whole = np.ones(len(validation), bool)
    return [
        _curve(None, measured, whole, seed),
        *(
            _curve(label, measured, validation.label == at, seed, at)
            for at, label in enumerate(train.labels)
        ),
    ]


def queue(head: Head, features: Floats, portion: int) -> Iterator[int]:
    """Unlabelled photos (n x 1280) by index, in the order in which to label them. Each `portion`
    are those between whose best two labels least is decided (Scheffer et al. 2001), and of these
    each one as different as can be from those before it (greedy k-centre: Gonzalez 1985; Sener and
    Savarese 2018)."""
    scores = np.sort(head.scores(features), axis=1)
    margins = scores[:, -1] - scores[:, -2] if scores.shape[1] > 1 else scores[:, -1]
    waiting = np.argsort(margins, kind="stable")
    while len(waiting):
        pool = waiting[: _POOL * portion]
        some = _different(unit(features[pool]), portion)
        yield from pool[some].tolist()
        waiting = np.concatenate([np.delete(pool, some), waiting[len(pool) :]])


def _different(rows: Floats, count: int) -> list[int]:
    """The first of them (each of length 1), and then whichever is least like those before."""
    chosen: list[int] = []
    likeness = np.full(len(rows), -1.0)  # to the nearest that is chosen
    for _ in range(min(count, len(rows))):
        at = int(likeness.argmin())
        chosen.append(at)
        likeness = np.maximum(likeness, rows @ rows[at])
        likeness[at] = np.inf
    return chosen


@dataclass(frozen=True, eq=False)
class _Measured:
    """For each share: its draws x validation photos, 1 where one was answered wrong; and how many
    photos each draw learned from, of each label."""

    wrong: list[Wrong]
    learned: list[NDArray[np.int64]]


def _measure(train: Table, validation: Table, seed: int) -> _Measured:
    draw, wrong, learned = np.random.default_rng(seed), [], []
    asked = validation.features()
    for share, draws in DRAWS:
        each, counts = [], []
        for _ in range(draws):
            part = train.take(_drawn(train, share, draw)) if share < 1 else train
            said = ridge.fit(part).logits(asked).argmax(axis=1)
            each.append((said != validation.label).astype(np.float64))
            counts.append(np.bincount(part.label, minlength=len(train.labels)))
        wrong.append(np.stack(each))
        learned.append(np.stack(counts))
    return _Measured(wrong, learned)


def _drawn(train: Table, share: float, draw: np.random.Generator) -> NDArray[np.bool_]:
    """Whole groups, of each label the same share of its own and at least one."""
    kept: list[NDArray[np.integer]] = []
    for label in np.unique(train.label):
        groups = np.unique(train.group[train.label == label])
        kept.append(draw.permutation(groups)[: max(1, round(share * len(groups)))])
    return np.isin(train.group, np.concatenate(kept))


def _curve(
    label: str | None,
    measured: _Measured,
    asked: NDArray[np.bool_],
    seed: int,
    at: int | None = None,
) -> Curve:
    wrong = [one[:, asked] for one in measured.wrong]
    photos = [
        float((one.sum(axis=1) if at is None else one[:, at]).mean()) for one in measured.learned
    ]
    points = [
        _point(share, many, one)
        for (share, _), many, one in zip(DRAWS, photos, wrong, strict=True)
        if one.size
    ]
    return Curve(label, int(asked.sum()), points, _ahead(photos, wrong, points, seed))


def _point(share: float, photos: float, wrong: Wrong) -> Point:
    draws, asked = wrong.shape
    right = 1 - wrong.mean(axis=1)
    mean = float(right.mean())
    low, high = statistics.wilson(round(mean * asked), asked)
    return Point(
        share, photos, mean, min(low, mean), max(high, mean),
        draws, float(right.min()), float(right.max()),
    )  # fmt: skip


def _ahead(photos: Sequence[float], wrong: list[Wrong], points: list[Point], seed: int) -> Ahead:
    twice = round(2 * photos[-1])
    if not points or wrong[0].shape[1] < ENOUGH or photos[0] < 2:
        return Ahead(twice, why="few-photos")
    sizes = np.array(photos)
    errors = np.array([[_error(one) for one in wrong]])
    (expected,), fitted = _extend(sizes, errors, 2 * photos[-1])
    for point, error in zip(points, fitted[0], strict=True):
        if not point.low <= 1 - error <= point.high:
            return Ahead(twice, why="poor-fit")
    again = _drawn_again(wrong, seed)
    ends, _ = _extend(sizes, again, 2 * photos[-1])
    # Of two sets as large, one is luckier than the other: the one there is, and the one to come.
    luck = np.exp(_luck(wrong) * np.random.default_rng(seed).normal(size=(2, _TRIALS)))
    low, high = np.quantile(1 - ends * luck[0], [0.025, 0.975])
    gains = np.quantile(again[:, -1] * luck[1] - ends * luck[0], [0.025, 0.975])
    if high - low > _WIDE:
        return Ahead(twice, why="too-wide")
    right, gain = 1 - float(expected), float(errors[0, -1] - expected)
    return Ahead(
        twice, right, min(float(low), right), max(min(float(high), 1.0), right),
        gain, min(float(gains[0]), gain), max(float(gains[1]), gain),
    )  # fmt: skip


def _luck(wrong: list[Wrong]) -> float:
    """The deviation of the logarithm of the error from draw to draw, at the two largest shares that
    were drawn more than once."""
    several = [one for one in wrong if len(one) > 1][-2:]
    spread = [np.var([np.log(_error(one[None])) for one in share], ddof=1) for share in several]
    return float(np.sqrt(np.mean(spread)))


def _error(wrong: Wrong) -> float:
    """The share that is wrong; half a photo where none is, so that few are not taken for all."""
    return float(max(wrong.mean(axis=0).sum(), 0.5) / wrong.shape[1])


def _drawn_again(wrong: list[Wrong], seed: int) -> Wrong:
    """trials x shares: the errors on validation photos drawn anew, the same for every share, by
    heads of draws drawn anew."""
    draw, asked = np.random.default_rng(seed), wrong[0].shape[1]
    found = np.empty((_TRIALS, len(wrong)))
    for trial in range(_TRIALS):
        photos = draw.integers(0, asked, asked)
        for at, one in enumerate(wrong):
            draws = draw.integers(0, len(one), len(one))
            found[trial, at] = _error(one[np.ix_(draws, photos)])
    return found


def _extend(sizes: NDArray[np.float64], errors: Wrong, size: float) -> tuple[Wrong, Wrong]:
    """The error at `size` photos and at those there are, by error = a x size^-b through each row of
    `errors`: a line through their logarithms, of which later points weigh more because they were
    learned from more."""
    weights = sizes / sizes.sum()
    x, y = np.log(sizes), np.log(errors)
    middle, level = weights @ x, y @ weights
    slope = ((y - level[:, None]) * (x - middle)) @ weights / (weights @ (x - middle) ** 2)
    slope = np.minimum(slope, 0)  # more photos of the same kind do not make it worse
    fitted = level[:, None] + slope[:, None] * (x - middle)
    # From the last point on, which was measured, and not from where the line passes it by.
    ahead = y[:, -1] + slope * (np.log(size) - x[-1])
    return np.exp(ahead), np.exp(fitted)
