"""The one evaluation of a head on the sealed test split, as a plain dict that JSON can hold.

Nothing is ever chosen by it. Shares come with the counts behind them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.vision import reliability, statistics
from app.vision.engine import Floats
from app.vision.head import Head, Reference, Scores

Report = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Questions:
    """The sealed photos: `features` n x 1280, `truth` n, and the labels it counts in. `others`
    has features of photos that show none of the labels, by the name of their set. `sha256s` tell
    the photos apart, so that the report can say what was answered to each."""

    features: Floats
    truth: NDArray[np.int32]
    labels: Sequence[str]
    others: Mapping[str, Floats]
    sha256s: Sequence[str] = ()


def take(
    head: Head,
    reference: Reference,
    questions: Questions,
    seed: int = 0,
    *,
    distances: Floats | None = None,
) -> Report:
    """The report: accuracy, per label, confusion matrix, calibration, unknown, and `rows` where the
    photos have names.

    `distances` are those of the photos to the reference, where they are known already: they take
    most of the time. `seed` is that of the simulation behind the calibration error by chance. A
    figure that nothing could be counted for is None.
    """
    scores = head.scores(questions.features)
    if distances is None:
        distances = reference.distances(questions.features)
    answer, raw = scores.argmax(axis=1), replace(head, temperature=1.0)
    matrix = statistics.confusion(questions.truth, answer, len(questions.labels))
    report = {
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
            "before": _calibration(raw.scores(questions.features), questions.truth, seed),
            "after": _calibration(scores, questions.truth, seed),
        },
        "unknown": _unknown(reference, questions, distances, answer == questions.truth),
    }
    if questions.sha256s:
        report["rows"] = _rows(questions, questions.sha256s, scores, distances)
    return report


def rows(head: Head, reference: Reference, questions: Questions, sha256s: Sequence[str]) -> Report:
    """What was answered to each photo, as columns: `truth` and `answer` count in `labels`, `score`
    is the calibrated one of the answer, `distance` the cosine distance to what was taught. Numbers
    have four decimals. Raises ValueError unless there is a name for each photo."""
    distances = reference.distances(questions.features)
    return _rows(questions, sha256s, head.scores(questions.features), distances)


def cell(rows: Mapping[str, Any], truth: str, answer: str) -> list[Report]:
    """The photos in one cell of the confusion matrix, the surest answers first: `sha256`, `truth`,
    `answer`, `score` and `distance` of each, with labels by name. Raises ValueError for a label
    that is none of the report's."""
    asked, given = rows["labels"].index(truth), rows["labels"].index(answer)
    each = zip(rows["truth"], rows["answer"], strict=True)
    return _surest(rows, [at for at, said in enumerate(each) if said == (asked, given)])


def most_wrong(rows: Mapping[str, Any], at_most: int) -> list[Report]:
    """The photos that were answered wrong with the highest scores, as `cell` tells them."""
    each = zip(rows["truth"], rows["answer"], strict=True)
    return _surest(rows, [at for at, (truth, said) in enumerate(each) if truth != said])[:at_most]


def _rows(
    questions: Questions, sha256s: Sequence[str], scores: Scores, distances: Floats
) -> Report:
    if len(sha256s) != len(questions.truth):
        raise ValueError(f"{len(sha256s)} names for {len(questions.truth)} photos")
    return {
        "labels": list(questions.labels),
        "sha256": list(sha256s),
        "truth": questions.truth.tolist(),
        "answer": scores.argmax(axis=1).tolist(),
        "score": _short(scores.max(axis=1)),
        "distance": _short(distances),
    }


def _surest(rows: Mapping[str, Any], places: Sequence[int]) -> list[Report]:
    labels = rows["labels"]
    return [
        {
            "sha256": rows["sha256"][at],
            "truth": labels[rows["truth"][at]],
            "answer": labels[rows["answer"][at]],
            "score": rows["score"][at],
            "distance": rows["distance"][at],
        }
        for at in sorted(places, key=lambda at: -rows["score"][at])
    ]


def _short(numbers: NDArray[np.floating]) -> list[float]:
    return [round(float(number), 4) for number in numbers]


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


def _calibration(scores: Scores, truth: NDArray[np.int32], seed: int) -> Report:
    """`error` is the expected calibration error, `by_chance` what perfect calibration stays below
    in 95 of 100 such exams, `surprise` the mean negative log-likelihood in nats. `diagram` has
    its bins."""
    right = scores.argmax(axis=1) == truth
    drawn = reliability.diagram(scores.max(axis=1), right, seed)
    return {
        "error": drawn.error,
        "by_chance": drawn.by_chance,
        "surprise": statistics.surprise(scores, truth) if len(scores) else None,
        "diagram": [asdict(one) for one in drawn.bins],
    }


def _unknown(
    reference: Reference, questions: Questions, distances: Floats, right: NDArray[np.bool_]
) -> Report:
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
