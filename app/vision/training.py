"""Learns a head from kept features: settings and numbers in, a head and how it went out.

A multinomial logistic regression in Keras. Features are centred and divided by one common number,
so that the steps fit and the same seed ends in the same place on any machine; afterwards both are
folded into weights and bias. TensorFlow lives here: only child processes and the command import
this module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.vision.calibration import ENOUGH, cut_for, temperature_for
from app.vision.engine import Floats
from app.vision.head import Head
from app.vision.lesson import Settings
from app.vision.quiet import quiet_stderr
from app.vision.statistics import surprise

with quiet_stderr():  # what TensorFlow finds missing on a machine without a GPU
    import keras

_FOLDS = 5

# Validation losses this close say nothing. The later epoch stands, where the steps have become
# small, so that another machine ends in the same place.
_ALIKE = 0.01


class Examples(NamedTuple):
    """`truth` has the label of each of n photos; `views` one array of n x 1280 features for each
    fixed view, the plain one first. `group` ties near-duplicates together."""

    views: Sequence[Floats]
    truth: NDArray[np.int32]
    group: NDArray[np.int32]

    @property
    def plain(self) -> Floats:
        return self.views[0]

    def take(self, chosen: NDArray[Any]) -> "Examples":
        return Examples([v[chosen] for v in self.views], self.truth[chosen], self.group[chosen])


class Epoch(NamedTuple):
    """Mean loss in nats a photo, and share that is right; of validation None where too small. The
    validation loss is that at the best temperature: confidence is put right later anyway."""

    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned. `best_epoch` counts from 1; `cut` is the cosine distance to the 5th
    nearest of train from which on a photo is unknown; `choices` says by what was chosen."""

    head: Head
    cut: float
    history: list[Epoch]
    best_epoch: int
    choices: str


Report = Callable[[int, int], None]


def learn(
    settings: Settings,
    train: Examples,
    validation: Examples,
    labels: int,
    report: Report = lambda epoch, of: None,
) -> Lesson:
    """A head for `labels` labels. `report` hears the epochs as they end, and how many there may be.

    Early stopping, temperature and cut are chosen on validation. Below 20 validation photos no
    epoch is chosen, the temperature comes from 5 heads that each leave out a fifth of train and
    validation, and the cut from leaving out one photo at a time.
    """
    enough = len(validation.truth) >= ENOUGH
    keras.utils.set_random_seed(settings.seed)
    fitted = _fit(settings, train, validation if enough else None, labels, report)
    best = fitted.best_epoch
    both = _join(train, validation)
    if enough:
        temperature = temperature_for(fitted.head.logits(validation.plain), validation.truth)
    else:
        temperature = _temperature_across(settings, both, labels)
    head = fitted.head
    if settings.refit:
        again = replace(settings, epochs=best)
        head = _fit(again, both, None, labels, lambda epoch, of: None).head
    cut = cut_for(train.plain, validation.plain)
    choices = "validation" if enough else "leaving out"
    return Lesson(replace(head, temperature=temperature), cut, fitted.history, best, choices)


class _Fitted(NamedTuple):
    head: Head
    history: list[Epoch]
    best_epoch: int


def _fit(
    settings: Settings,
    examples: Examples,
    validation: Examples | None,
    labels: int,
    report: Report,
) -> _Fitted:
    mean = examples.plain.mean(axis=0, dtype=np.float64)
    centred = [view - mean for view in examples.views]
    scale = float(np.sqrt(np.mean([np.square(view).mean() for view in centred]))) or 1.0
    rows = np.concatenate([(view / scale).astype(np.float32) for view in centred])
    truth = np.tile(examples.truth, len(examples.views))
    model = _model(settings, labels, len(rows))
    watched = None
    if validation is not None:
        watched = (((validation.plain - mean) / scale).astype(np.float32), validation.truth)
    course = _Course(settings, watched, report)
    model.fit(
        rows,
        truth,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        class_weight=_class_weights(truth, labels) if settings.class_weights else None,
        callbacks=[course],
        verbose=0,
    )
    kernel, bias = (weight.astype(np.float64) for weight in course.best_weights)
    folded = kernel / scale
    head = Head(
        np.ascontiguousarray(folded, np.float32),
        np.asarray(bias - mean @ folded, np.float32),
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
    ) -> None:
        super().__init__()
        self._settings, self._watched, self._report = settings, watched, report
        self._least = np.inf
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self.best_weights: list[Floats] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        weights, logs = self.model.get_weights(), logs or {}
        loss, accuracy = self._validate(weights)
        self.history.append(Epoch(logs["surprise"], logs["accuracy"], loss, accuracy))
        # Without validation the last epoch stands.
        if loss is None or loss <= self._least * (1 + _ALIKE):
            self.best_epoch, self.best_weights = epoch + 1, weights
            self._least = min(self._least, loss or np.inf)
        elif epoch + 1 - self.best_epoch >= self._settings.patience:
            self.model.stop_training = True
        self._report(epoch + 1, self._settings.epochs)

    def _validate(self, weights: list[Floats]) -> tuple[float | None, float | None]:
        if self._watched is None:
            return None, None
        rows, truth = self._watched
        head = Head(weights[0], weights[1])
        logits = head.logits(rows)
        scores = replace(head, temperature=temperature_for(logits, truth)).scores(rows)
        return surprise(scores, truth), float((logits.argmax(axis=1) == truth).mean())


def _temperature_across(settings: Settings, examples: Examples, labels: int) -> float:
    """From photos that none of the heads asked about them has learned from; groups stay whole."""
    _, group = np.unique(examples.group, return_inverse=True)
    order = np.random.default_rng(settings.seed).permutation(group.max() + 1)
    fold = order[group] % _FOLDS
    logits = np.zeros((len(fold), labels), np.float32)
    for left_out in range(_FOLDS):
        if (fold == left_out).any():
            rest = examples.take(fold != left_out)
            fitted = _fit(settings, rest, None, labels, lambda epoch, of: None)
            asked = fold == left_out
            logits[asked] = fitted.head.logits(examples.plain[asked])
    return temperature_for(logits, examples.truth)


def _join(one: Examples, other: Examples) -> Examples:
    """Photos of validation may come with the plain view only; then it stands for the others."""
    views = [
        np.concatenate([view, other.views[at] if at < len(other.views) else other.plain])
        for at, view in enumerate(one.views)
    ]
    truth = np.concatenate([one.truth, other.truth])
    return Examples(views, truth, np.concatenate([one.group, other.group]))


def _class_weights(truth: NDArray[np.int32], labels: int) -> dict[int, float]:
    counts = np.bincount(truth, minlength=labels)
    return {label: len(truth) / (labels * max(1, int(n))) for label, n in enumerate(counts)}
