"""The one evaluation of a head on the sealed test split, as a plain dict that JSON can hold.

Nothing is ever chosen by it. Shares come with the counts behind them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.vision import statistics
from app.vision.engine import Floats
from app.vision.head import Head, Reference, Scores

Report = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Questions:
    """The sealed photos: `features` n x 1280, `truth` n, and the labels it counts in. `others`
    has features of photos that show none of the labels, by the name of their set."""

    features: Floats
    truth: NDArray[np.int32]
    labels: Sequence[str]
    others: Mapping[str, Floats]


def take(head: Head, reference: Reference, questions: Questions, seed: int = 0) -> Report:
    """The report: accuracy, per label, confusion matrix, calibration, unknown.

    `seed` is that of the simulation behind the calibration error by chance. A figure that nothing
    could be counted for is None.
    """
    scores = head.scores(questions.features)
    answer = scores.argmax(axis=1)
    matrix = statistics.confusion(questions.truth, answer, len(questions.labels))
    return {
        "photos": len(questions.truth),
        "accuracy": share(int(np.trace(matrix)), len(questions.truth)),
        "labels": [
            {"label": label, **result._asdict()}
            for label, result in zip(questions.labels, statistics.per_label(matrix), strict=True)
        ],
        "confusion": {"labels": list(questions.labels), "counts": matrix.tolist()},
        "calibration": {
            "bins": statistics.BINS,
            "temperature": head.temperature,
            "before": _calibration(replace(head, temperature=1.0), questions, seed),
            "after": _calibration(head, questions, seed),
        },
        "unknown": _unknown(reference, questions, answer == questions.truth),
    }


def in_short(report: Mapping[str, Any]) -> Report | None:
    """How many were right, and `by` what: the exam, or cross-validation where the report says that
    the exam was too small. None where nothing could be counted."""
    crossed = report.get("cross_validation")
    told, by = (crossed, "cross-validation") if crossed else (report["exam"]["accuracy"], "exam")
    if not told["of"]:
        return None
    return {**{key: told[key] for key in ("right", "of", "low", "high")}, "by": by}


def share(right: int, of: int) -> Report:
    """With its 95 % interval; None of nothing."""
    low, high = statistics.wilson(right, of)
    part = right / of if of else None
    return {"right": right, "of": of, "share": part, "low": low, "high": high}


def _calibration(head: Head, questions: Questions, seed: int) -> Report:
    """`error` is the expected calibration error, `by_chance` what perfect calibration stays below
    in 95 of 100 such exams, `surprise` the mean negative log-likelihood in nats."""
    scores: Scores = head.scores(questions.features)
    if not len(scores):
        return {"error": None, "by_chance": None, "surprise": None}
    confidence, right = scores.max(axis=1), scores.argmax(axis=1) == questions.truth
    return {
        "error": statistics.calibration_error(confidence, right),
        "by_chance": statistics.calibration_error_by_chance(confidence, seed),
        "surprise": statistics.surprise(scores, questions.truth),
    }


def _unknown(reference: Reference, questions: Questions, right: NDArray[np.bool_]) -> Report:
    distances = reference.distances(questions.features)
    answered = distances <= reference.cut
    return {
        "neighbours": reference.neighbours,
        "cut": reference.cut,
        "answered": share(int(answered.sum()), len(answered)),
        "right_of_answered": share(int((right & answered).sum()), int(answered.sum())),
        "others": {
            name: _other(reference, features, distances)
            for name, features in sorted(questions.others.items())
        },
    }


def _other(reference: Reference, features: Floats, distances: Floats) -> Report:
    """`auroc`: how often a photo of the set lies further off than one of the exam."""
    theirs = reference.distances(features)
    comparable = theirs.size and distances.size
    return {
        "photos": len(theirs),
        "auroc": statistics.auroc(theirs, distances) if comparable else None,
        "refused": share(int((theirs > reference.cut).sum()), len(theirs)),
    }
