"""Learns a head from kept features: settings and numbers in, a head and how it went out.

A multinomial logistic regression in Keras. Features are centred and divided by one common number,
so that the steps fit and the same seed ends in the same place on any machine; afterwards both are
folded into weights and bias. TensorFlow lives here: only child processes and the command import
this module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.vision.calibration import ENOUGH, cut_for, temperature_for
from app.vision.course import Epoch, best_epoch
from app.vision.engine import Floats
from app.vision.examples import Examples, Part, Scaling, folds_of
from app.vision.head import Head, Scores, softmax
from app.vision.lesson import Settings
from app.vision.quiet import quiet_stderr
from app.vision.statistics import surprise

with quiet_stderr():  # what TensorFlow finds missing on a machine without a GPU
    import keras
    import tensorflow as tf

_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned. `best_epoch` counts from 1; `cut` is the cosine distance to the 5th
    nearest of train from which on a photo is unknown; `choices` says by what was chosen.
    `stopped_early`: before the last epoch, because validation got no better. `asked` are the scores
    by which was chosen (n x labels), of photos that their head had not learned from, and `truth`
    their labels: validation, or where that is too small train and then validation."""

    head: Head
    cut: float
    history: list[Epoch]
    best_epoch: int
    choices: str
    stopped_early: bool
    asked: Scores
    truth: NDArray[np.int32]


class Stopped(Exception):
    """Who asked for the training wanted it no longer."""


Report = Callable[[int, int, Epoch], None]
Stop = Callable[[], bool]


def _tell_no_one(epoch: int, of: int, figures: Epoch) -> None:
    pass


def _never() -> bool:
    return False


def learn(
    settings: Settings,
    train: Examples,
    validation: Examples,
    labels: int,
    report: Report = _tell_no_one,
    stop: Stop = _never,
) -> Lesson:
    """A head for `labels` labels. `report` hears of each epoch as it ends its number, how many
    there may be, and its figures. Raises Stopped when `stop`, asked after every epoch, says so.

    Early stopping, temperature and cut are chosen on validation. Below 20 validation photos no
    epoch is chosen, the temperature comes from 5 heads that each leave out a fifth of train and
    validation, and the cut from leaving out one photo at a time.
    """
    enough = len(validation.truth) >= ENOUGH
    keras.utils.set_random_seed(settings.seed)
    taught = [Part.whole(train)]
    fitted = _fit(settings, taught, validation if enough else None, labels, report, stop)
    best = fitted.best_epoch
    if enough:
        logits, truth = fitted.head.logits(validation.plain), validation.truth
    else:
        logits = _out_of_fold(settings, [train, validation], labels, _FOLDS, stop)
        truth = np.concatenate([train.truth, validation.truth])
    temperature = temperature_for(logits, truth)
    head = fitted.head
    if settings.refit:
        again = replace(settings, epochs=best)
        both = [*taught, Part.whole(validation)]
        head = _fit(again, both, None, labels, _tell_no_one, stop).head
    return Lesson(
        replace(head, temperature=temperature),
        cut_for(train.plain, validation.plain),
        fitted.history,
        best,
        "validation" if enough else "leaving out",
        len(fitted.history) < settings.epochs,
        softmax(logits, temperature),
        truth,
    )


def cross_validate(
    settings: Settings, examples: Examples, labels: int, folds: int = 5, stop: Stop = _never
) -> NDArray[np.int32]:
    """For each photo the answer of a head that has not learned from it or its near-duplicates: n
    labels. The same seed gives the same answers. Raises Stopped, as `learn` does."""
    keras.utils.set_random_seed(settings.seed)
    logits = _out_of_fold(settings, [examples], labels, folds, stop)
    return np.asarray(logits.argmax(axis=1), np.int32)


def _out_of_fold(
    settings: Settings, taught: Sequence[Examples], labels: int, folds: int, stop: Stop
) -> Floats:
    """Logits of all photos, each from the head that was kept from its fold."""
    homes = folds_of(taught, labels, folds, settings.seed)
    logits = [np.zeros((len(home), labels), np.float32) for home in homes]
    for fold in range(folds):
        asked = [home == fold for home in homes]
        if not any(chosen.any() for chosen in asked):
            continue
        rest = [Part(one, np.flatnonzero(~out)) for one, out in zip(taught, asked, strict=True)]
        head = _fit(settings, rest, None, labels, _tell_no_one, stop).head
        for one, chosen, found in zip(taught, asked, logits, strict=True):
            found[chosen] = head.logits(one.plain[chosen])
    return np.concatenate(logits)


class _Fitted(NamedTuple):
    head: Head
    history: list[Epoch]
    best_epoch: int


def _fit(
    settings: Settings,
    taught: Sequence[Part],
    validation: Examples | None,
    labels: int,
    report: Report,
    stop: Stop,
) -> _Fitted:
    views = len(taught[0].examples.views)
    scaling = Scaling.of(taught)
    rows = scaling.lay_out(taught, views)
    truth = np.tile(np.concatenate([part.examples.truth[part.at] for part in taught]), views)
    model = _model(settings, labels, len(rows))
    watched = None
    if validation is not None:
        watched = scaling.lay_out([Part.whole(validation)], 1), validation.truth
    course = _Course(settings, watched, report, stop)
    model.fit(
        tf.experimental.dlpack.from_dlpack(rows.__dlpack__()),  # Keras would copy numpy's array
        truth,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        class_weight=_class_weights(truth, labels) if settings.class_weights else None,
        callbacks=[course],
        verbose=0,
    )
    kernel, bias = (weight.astype(np.float64) for weight in course.best_weights)
    folded = kernel / scaling.scale
    head = Head(
        np.ascontiguousarray(folded, np.float32),
        np.asarray(bias - scaling.mean @ folded, np.float32),
    )
    return _Fitted(head, course.history, course.best_epoch)


def _model(settings: Settings, labels: int, rows: int) -> keras.Model:
    """One dense layer. The rate falls to nothing along a cosine, so the last steps settle."""
    steps = settings.epochs * -(-rows // settings.batch_size)
    model = keras.Sequential(
        [
            keras.Input((1280,)),
            keras.layers.Dropout(settings.dropout, seed=settings.seed),
            keras.layers.Dense(
                labels,
                kernel_initializer="zeros",
                # Keras adds l2 * sum(w^2); half of it is what settings.l2 speaks of.
                kernel_regularizer=keras.regularizers.L2(settings.l2 / 2),
            ),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        # The loss that Keras reports has the weights' penalty in it; this one has not.
        metrics=[
            keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="surprise"),
            "accuracy",
        ],
    )
    return model


class _Course(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the epochs' figures and the best weights, and stops when it gets no better."""

    def __init__(
        self,
        settings: Settings,
        watched: tuple[Floats, NDArray[np.int32]] | None,
        report: Report,
        stop: Stop,
    ) -> None:
        super().__init__()
        self._settings, self._watched = settings, watched
        self._report, self._stop = report, stop
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self.best_weights: list[Floats] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        weights, logs = self.model.get_weights(), logs or {}
        loss, accuracy = self._validate(weights)
        self.history.append(Epoch(logs["surprise"], logs["accuracy"], loss, accuracy))
        if best_epoch(self.history) == epoch + 1:
            self.best_epoch, self.best_weights = epoch + 1, weights
        elif epoch + 1 - self.best_epoch >= self._settings.patience:
            self.model.stop_training = True
        self._report(epoch + 1, self._settings.epochs, self.history[-1])
        if self._stop():
            raise Stopped

    def _validate(self, weights: list[Floats]) -> tuple[float | None, float | None]:
        if self._watched is None:
            return None, None
        rows, truth = self._watched
        head = Head(weights[0], weights[1])
        logits = head.logits(rows)
        scores = replace(head, temperature=temperature_for(logits, truth)).scores(rows)
        return surprise(scores, truth), float((logits.argmax(axis=1) == truth).mean())


def _class_weights(truth: NDArray[np.int32], labels: int) -> dict[int, float]:
    counts = np.bincount(truth, minlength=labels)
    return {label: len(truth) / (labels * max(1, int(n))) for label, n in enumerate(counts)}
