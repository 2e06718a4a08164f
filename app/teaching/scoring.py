"""A version asked anew, from kept features: its exam, and the answers by which it may be chosen
when it answers. Numbers in, numbers out; nothing is chosen here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.store.images import Placed
from app.store.kept import PLAIN, Kept
from app.teaching.sealed import Sealed
from app.vision import exam, ridge
from app.vision import others as elsewhere
from app.vision.calibration import ENOUGH, distances_for
from app.vision.exam import Questions
from app.vision.features import SPLITS, Table, digests
from app.vision.head import Head, Reference
from app.vision.others import Choice, OtherSet
from app.vision.recipe import FEATURES
from app.vision.reliability import Answers

_SPLIT: dict[str, int] = {name: at for at, name in enumerate(SPLITS)}

VALIDATION, OUT_OF_FOLD = "validation", "out of fold"
_BY = {"validation": VALIDATION, "leaving out": OUT_OF_FOLD}

Distances = NDArray[np.floating]


class Scored(NamedTuple):
    """`exam` is the report of `exam.take` with its rows; `shown` are its answers and `chosen` those
    of photos that may be chosen by, `by` what. `sets` are those that came along and whether each is
    about other things than the model; `others` has the distances of the photos of those that are,
    by the name of their set. `whole` says that every photo had its features."""

    exam: dict[str, Any]
    shown: Answers
    chosen: Answers
    by: str
    sets: list[Choice]
    others: dict[str, Distances]
    whole: bool


@dataclass(frozen=True, eq=False)
class Asked:
    """A version to be asked anew. `refit`: its head learned from validation too. `then` are the
    answers by which it was chosen at the end of its training, where it remembers them."""

    head: Head
    reference: Reference
    labels: Sequence[str]
    refit: bool
    then: Mapping[str, Any] | None


def score(kept: Kept, asked: Asked, photos: Sealed, sets: Sequence[OtherSet]) -> Scored:
    """`sets` are photos of something else, used where they are not about the same things."""
    tests = _table(kept, asked.labels, photos.tests)
    names = [digest.tobytes().hex() for digest in tests.sha256]
    questions = Questions(tests.features(), tests.label, asked.labels, {}, names)
    distances = asked.reference.distances(questions.features)
    scores = asked.head.scores(questions.features)
    shown = Answers.of(scores, distances, questions.truth)
    validation = _table(kept, asked.labels, photos.validation)
    own = validation.features()
    about = elsewhere.choose(own, sets)
    used = elsewhere.used(about, sets)
    chosen, by, whole = _choose(kept, asked, photos, validation)
    return Scored(
        exam.take(asked.head, asked.reference, questions, distances=distances),
        shown,
        chosen,
        by,
        about,
        {name: asked.reference.distances(features) for name, features in used.items()},
        whole and len(tests) == len(photos.tests) and len(validation) == len(photos.validation),
    )


def needs_folds(asked_then: object, photos: Sealed, refit: bool) -> bool:
    """Whether heads that left photos out must stand in for the version's own."""
    return asked_then is None and (refit or len(photos.validation) < ENOUGH)


def _choose(
    kept: Kept, asked: Asked, photos: Sealed, validation: Table
) -> tuple[Answers, str, bool]:
    if asked.then is not None:
        return _answers(asked.then["asked"]), _BY[asked.then["chosen_by"]], True
    if not needs_folds(None, photos, asked.refit):
        features = validation.features()
        told = Answers.ask(asked.head, asked.reference, features, validation.label)
        return told, VALIDATION, True
    wanted = sorted([*photos.train, *photos.validation])
    every = _table(kept, asked.labels, wanted)
    whole = len(every) == len(wanted)
    if len(np.unique(every.label)) < 2:
        return Answers(np.zeros(0), np.zeros(0), np.zeros(0, bool)), OUT_OF_FOLD, whole
    logits = ridge.out_of_fold(every, ridge.by_groups(every))
    scores = ridge.probabilities(logits, every.label)
    if len(validation) < ENOUGH:
        nothing = np.zeros((0, FEATURES), np.float32)
        distances = distances_for(every.features(), nothing)
        return Answers.of(scores, distances, every.label), OUT_OF_FOLD, whole
    at = every.split == _SPLIT["validation"]
    distances = asked.reference.distances(every.take(at).features())
    return Answers.of(scores[at], distances, every.label[at]), OUT_OF_FOLD, whole


def _table(kept: Kept, labels: Sequence[str], photos: Sequence[Placed]) -> Table:
    """Those of them whose features are kept."""
    found = kept.get(PLAIN, [one.sha256 for one in photos])
    there = [one for one in photos if one.sha256 in found]
    at = {label: number for number, label in enumerate(labels)}
    rows = [found[one.sha256].row for one in there]
    return Table(
        tuple(labels),
        np.stack(rows) if rows else np.zeros((0, FEATURES), np.uint8),
        np.array([found[one.sha256].scale for one in there], np.float32),
        np.array([at[one.label] for one in there], np.int32),
        np.array([_SPLIT[one.split] for one in there], np.uint8),
        np.array([one.group for one in there], np.int32),
        np.zeros(len(there), np.uint64),
        digests([one.sha256 for one in there]),
    )


def dump(scored: Scored) -> dict[str, Any]:
    """As JSON can hold it; every number comes back as it was."""
    return {
        "exam": scored.exam,
        "by": scored.by,
        **{name: _columns(getattr(scored, name)) for name in ("shown", "chosen")},
        "sets": [asdict(one) for one in scored.sets],
        "others": {name: found.tolist() for name, found in scored.others.items()},
    }


def revive(told: Mapping[str, Any]) -> Scored:
    shown, chosen = (_answers(told[name]) for name in ("shown", "chosen"))
    others: dict[str, Distances]
    others = {name: np.array(found, np.float64) for name, found in told["others"].items()}
    sets = [Choice(**one) for one in told["sets"]]
    return Scored(told["exam"], shown, chosen, told["by"], sets, others, True)


def _columns(answers: Answers) -> dict[str, list[Any]]:
    return {name: column.tolist() for name, column in answers._asdict().items()}


def _answers(told: Mapping[str, Sequence[Any]]) -> Answers:
    score, distance = (np.array(told[name], np.float64) for name in ("score", "distance"))
    return Answers(score, distance, np.array(told["right"], bool))
