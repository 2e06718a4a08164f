"""From the numbers of a dataset to a head that was examined: one way for runs and for folders.

It imports TensorFlow when it begins, so only the command and child processes call it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.vision import calibration, exam
from app.vision.calibration import NEIGHBOURS, cut_for, distances_for
from app.vision.comparison import ENOUGH
from app.vision.course import Epoch
from app.vision.engine import Floats
from app.vision.exam import Questions
from app.vision.examples import Examples
from app.vision.features import SPLITS, Split, Table, restore
from app.vision.head import Head, Reference
from app.vision.lesson import Settings
from app.vision.reliability import Answers, sliders
from app.vision.streaming import Portion

if TYPE_CHECKING:
    from app.vision.training import Lesson

REFERENCE_ROWS = 5000
"""Training photos by which it is told what is unknown, at most."""

FOLDS = 5

Learning = Callable[[int, int, Epoch], None]


@dataclass(frozen=True, eq=False)
class Studied:
    """`reference` are the training features for telling what is unknown, `cut` belongs to them."""

    head: Head
    cut: float
    reference: Portion
    report: dict[str, Any]


def study(
    settings: Settings,
    table: Table,
    views: Sequence[Portion] = (),
    *,
    others: Mapping[str, Floats] | None = None,
    learning: Learning = lambda epoch, of, figures: None,
    examining: Callable[[], None] = lambda: None,
) -> Studied:
    """`views` are the further views of the photos, each in the order of the table; of a photo that
    has none the plain one stands in its place. `others` show none of the labels. `learning` hears
    the epochs, `examining` that the last one is over."""
    from app.vision import training

    labels = len(table.labels)
    train = _examples(table, views, "train")
    validation = _examples(table, views if settings.refit else (), "validation")
    lesson = training.learn(settings, train, validation, labels, learning)
    examining()
    rows = _reference(table)
    known = restore(*rows)
    cut = cut_for(known, validation.plain)
    test = table.of("test")
    names = [digest.tobytes().hex() for digest in test.sha256]
    questions = Questions(test.features(), test.label, table.labels, others or {}, names)
    reference = Reference.of(known, cut, NEIGHBOURS)
    report: dict[str, Any] = {
        "exam": exam.take(lesson.head, reference, questions),
        "answering": {
            "chosen_by": lesson.choices,
            **_answering(lesson, reference, train.plain, validation.plain, questions),
        },
        "training": {
            "chosen_by": lesson.choices,
            "best_epoch": lesson.best_epoch,
            "stopped_early": lesson.stopped_early,
            "refit": settings.refit,
            "views": 1 + len(views),
            "history": [epoch._asdict() for epoch in lesson.history],
        },
    }
    if len(test) < ENOUGH:
        report["cross_validation"] = _cross_validate(settings, table, views)
    return Studied(lesson.head, cut, rows, report)


def _answering(
    lesson: "Lesson", reference: Reference, train: Floats, validation: Floats, questions: Questions
) -> dict[str, Any]:
    """The limits below which it could rather not answer, and what each costs. `asked` is what they
    were chosen by: answers of a head that had not learned from the photos."""
    few = len(validation) < calibration.ENOUGH
    distances = distances_for(train, validation) if few else reference.distances(validation)
    chosen = Answers.of(lesson.asked, distances, lesson.truth)
    shown = Answers.ask(lesson.head, reference, questions.features, questions.truth)
    curves = sliders(chosen, shown, reference.cut)
    return {
        "asked": {name: column.tolist() for name, column in chosen._asdict().items()},
        **{
            name: {whose: asdict(curve) for whose, curve in pair.items()}
            for name, pair in curves.items()
        },
    }


def _examples(table: Table, views: Sequence[Portion], *splits: Split) -> Examples:
    chosen = np.isin(table.split, [SPLITS.index(split) for split in splits])
    part = table.take(chosen)
    further = [restore(view.rows[chosen], view.scales[chosen]) for view in views]
    return Examples([part.features(), *further], part.label, part.group)


def _reference(table: Table) -> Portion:
    """The training photos with the lowest hashes: as good as drawn by lot, and always the same."""
    train = table.of("train")
    order = np.lexsort(train.sha256.T[::-1])[:REFERENCE_ROWS]
    return Portion(train.rows[order], train.scales[order])


def _cross_validate(settings: Settings, table: Table, views: Sequence[Portion]) -> dict[str, Any]:
    """Every photo asked of a head that has not learned from it. `photos` has the answers by hash,
    so that two versions can be compared on the photos that both were asked about."""
    from app.vision import training

    every = _examples(table, views, "train", "validation", "test")
    answers = training.cross_validate(settings, every, len(table.labels), FOLDS)
    right = int((answers == every.truth).sum())
    photos = table.of("train", "validation", "test").sha256
    said = {
        digest.tobytes().hex(): table.labels[answer]
        for digest, answer in zip(photos, answers, strict=True)
    }
    return {**exam.share(right, len(answers)), "folds": FOLDS, "photos": said}
