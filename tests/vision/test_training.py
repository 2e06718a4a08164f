import subprocess
import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from app.vision import training
from app.vision.lesson import Settings
from app.vision.training import Examples
from tests.vision.made import clusters

QUICK = Settings(epochs=12, batch_size=32, learning_rate=0.005)


def examples(each: int, seed: int, spread: float = 2.5) -> Examples:
    features, truth = clusters(each, spread=spread, seed=seed)
    return Examples([features], truth, np.arange(len(truth), dtype=np.int32))


def test_a_head_learns_what_sets_labels_apart() -> None:
    heard: list[tuple[int, int]] = []
    lesson = training.learn(
        QUICK, examples(40, 1), examples(10, 2), 3, lambda *told: heard.append(told)
    )
    asked = examples(50, 3)
    assert lesson.head.weights.shape == (1280, 3) and lesson.head.weights.dtype == np.float32
    assert (lesson.head.scores(asked.plain).argmax(axis=1) == asked.truth).mean() > 0.95
    assert heard == [(n + 1, 12) for n in range(len(lesson.history))]
    assert lesson.choices == "validation"
    losses = [epoch.validation_loss or 0 for epoch in lesson.history]
    assert losses[lesson.best_epoch - 1] <= 1.01 * min(losses)


def test_the_same_seed_gives_the_same_head() -> None:
    settings = replace(QUICK, dropout=0.2, epochs=3)
    once, again = (training.learn(settings, examples(20, 1), examples(10, 2), 3) for _ in range(2))
    assert np.array_equal(once.head.weights, again.head.weights)
    other = training.learn(replace(settings, seed=2), examples(20, 1), examples(10, 2), 3)
    assert not np.array_equal(once.head.weights, other.head.weights)


def test_centring_and_scaling_are_folded_into_the_weights() -> None:
    """Brighter or stronger features of the same photos make no difference to what is learned."""
    taught, asked = examples(20, 1), examples(10, 2).plain
    changed = Examples([3 * taught.plain + 2], taught.truth, taught.group)
    settings = replace(QUICK, epochs=4)
    plain, other = (
        training._fit(settings, one, None, 3, lambda epoch, of: None).head
        for one in (taught, changed)
    )
    assert other.logits(3 * asked + 2) == pytest.approx(plain.logits(asked), abs=0.02)


def _told(loss: float, weights: object) -> tuple[float, float]:
    return loss, 0.5


def test_training_stops_when_validation_gets_no_better(monkeypatch: pytest.MonkeyPatch) -> None:
    course = training._Course(replace(QUICK, patience=3), None, lambda epoch, of: None)
    model = SimpleNamespace(stop_training=False)
    course.set_model(model)
    for epoch, loss in enumerate([2.0, 1.0, 1.005, 1.02, 1.02, 1.02]):
        assert not model.stop_training
        model.get_weights = partial(list, [epoch])
        monkeypatch.setattr(course, "_validate", partial(_told, loss))
        course.on_epoch_end(epoch, {"surprise": 1.0, "accuracy": 0.5})
    assert model.stop_training
    assert course.best_epoch == 3 and course.best_weights == [2]


def test_few_validation_photos_choose_nothing_alone() -> None:
    lesson = training.learn(replace(QUICK, epochs=4), examples(8, 1), examples(2, 2), 3)
    assert lesson.choices == "leaving out"
    assert lesson.best_epoch == 4 and lesson.history[0].validation_loss is None
    assert 0 < lesson.head.temperature < 20 and 0 < lesson.cut < 2


def test_refitting_learns_from_validation_too_and_changes_no_choice() -> None:
    settings = replace(QUICK, epochs=5)
    train, validation = examples(15, 1), examples(10, 2)
    plain = training.learn(settings, train, validation, 3)
    refit = training.learn(replace(settings, refit=True), train, validation, 3)
    assert not np.array_equal(plain.head.weights, refit.head.weights)
    assert (plain.cut, plain.head.temperature) == (refit.cut, refit.head.temperature)


def test_rare_labels_can_be_made_to_count_the_same() -> None:
    weights = training._class_weights(np.array([0, 0, 0, 1], np.int32), 2)
    assert weights == {0: pytest.approx(2 / 3), 1: 2}


def test_what_the_server_reads_of_settings_needs_no_tensorflow() -> None:
    code = (
        "import sys; import app.vision.lesson, app.vision.exam, app.vision.calibration, "
        "app.vision.splits, app.vision.features, app.store.versions; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
