import subprocess
import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from app.vision import training
from app.vision.course import Epoch
from app.vision.examples import Examples, Part
from app.vision.lesson import Settings
from tests.vision.made import clusters

QUICK = Settings(epochs=12, batch_size=32, learning_rate=0.005)


def examples(each: int, seed: int, spread: float = 2.5) -> Examples:
    features, truth = clusters(each, spread=spread, seed=seed)
    return Examples([features], truth, np.arange(len(truth), dtype=np.int32))


def test_a_head_learns_what_sets_labels_apart() -> None:
    heard: list[tuple[int, int, Epoch]] = []
    lesson = training.learn(
        QUICK, examples(40, 1), examples(10, 2), 3, lambda *told: heard.append(told)
    )
    asked = examples(50, 3)
    assert lesson.head.weights.shape == (1280, 3) and lesson.head.weights.dtype == np.float32
    assert (lesson.head.scores(asked.plain).argmax(axis=1) == asked.truth).mean() > 0.95
    assert heard == [(n + 1, 12, epoch) for n, epoch in enumerate(lesson.history)]
    assert lesson.stopped_early == (len(lesson.history) < 12)
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
        training._fit(settings, [Part.whole(one)], None, 3, _unheard, _never).head
        for one in (taught, changed)
    )
    assert other.logits(3 * asked + 2) == pytest.approx(plain.logits(asked), abs=0.02)


def _unheard(epoch: int, of: int, figures: Epoch) -> None:
    pass


def _never() -> bool:
    return False


def _told(loss: float, weights: object) -> tuple[float, float]:
    return loss, 0.5


def test_training_stops_when_validation_gets_no_better(monkeypatch: pytest.MonkeyPatch) -> None:
    course = training._Course(replace(QUICK, patience=3), None, _unheard, _never)
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
    # What thresholds are chosen by was said by the head that had not learned from it.
    assert np.array_equal(refit.asked, plain.head.scores(validation.plain))
    assert np.array_equal(refit.truth, validation.truth)


def test_training_that_settles_for_an_earlier_epoch_says_that_it_stopped_early() -> None:
    settings = replace(QUICK, epochs=200, learning_rate=0.05, patience=3)
    lesson = training.learn(settings, examples(10, 1, spread=6), examples(10, 2, spread=6), 3)
    assert lesson.stopped_early and len(lesson.history) == lesson.best_epoch + 3 < 200


@pytest.mark.parametrize("each", [2, 10])  # leaving out, and validation with refit
def test_training_can_be_stopped_after_any_epoch(each: int) -> None:
    settings = replace(QUICK, epochs=3, refit=True)
    train, validation = examples(10, 1), examples(each, 2)
    epochs = 0

    def count(at: int = 0) -> bool:
        nonlocal epochs
        epochs += 1
        return epochs == at

    lesson = training.learn(settings, train, validation, 3, stop=count)
    ended = len(lesson.history) + lesson.best_epoch  # the second time for the refit
    assert epochs == ended + (15 if each == 2 else 0)
    for at in (1, 3, epochs):
        epochs = 0
        with pytest.raises(training.Stopped):
            training.learn(settings, train, validation, 3, stop=partial(count, at))
        assert epochs == at


def test_cross_validation_asks_only_heads_that_never_saw_the_photo_or_its_copies() -> None:
    """Copies under another label each: who learned from one of them would repeat its label."""
    taught = examples(20, 1)
    plain, truth = taught.plain.copy(), taught.truth.copy()
    plain[1:20:2], truth[1:20:2] = plain[0:20:2], 1
    group = taught.group.copy()
    group[1:20:2] = group[0:20:2]
    settings = replace(QUICK, epochs=30, l2=0.0)
    answers = training.cross_validate(settings, Examples([plain], truth, group), 3)
    assert answers.dtype == np.int32 and answers.shape == (60,)
    assert np.array_equal(answers[0:20:2], answers[1:20:2])
    assert (answers[20:] == truth[20:]).mean() > 0.9


def test_cross_validation_finds_what_can_be_learned_and_is_repeatable() -> None:
    settings = replace(QUICK, dropout=0.2)
    taught = examples(20, 1)
    once, again = (training.cross_validate(settings, taught, 3) for _ in range(2))
    assert np.array_equal(once, again)
    assert (once == taught.truth).mean() > 0.9
    with pytest.raises(training.Stopped):
        training.cross_validate(settings, taught, 3, stop=lambda: True)


MEMORY = """
from pathlib import Path
import numpy as np
from app.vision.examples import Examples
from app.vision.lesson import Settings
from app.vision.training import learn

def read(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024

def photos(n):
    rng = np.random.default_rng(n)
    views = [rng.random((n, 1280), np.float32) for _ in range(2)]
    return Examples(views, np.arange(n, dtype=np.int32) % 5, np.arange(n, dtype=np.int32))

settings = Settings(epochs=2, refit=True)
learn(settings, photos(100), photos(40), 5)
train, validation = photos(16_000), photos(3_000)
Path("/proc/self/clear_refs").write_text("5")
before = read("VmRSS")
learn(settings, train, validation, 5)
rows = 4 * 1280 * 2 * 19_000
print((read("VmHWM") - before) / rows)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own account of memory")
def test_learning_holds_the_rows_once_beside_what_it_was_given() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], check=True, capture_output=True, text=True, timeout=300
    )
    assert float(done.stdout) < 1.5


def test_rare_labels_can_be_made_to_count_the_same() -> None:
    weights = training._class_weights(np.array([0, 0, 0, 1], np.int32), 2)
    assert weights == {0: pytest.approx(2 / 3), 1: 2}


def test_what_the_server_reads_of_settings_needs_no_tensorflow() -> None:
    code = (
        "import sys; import app.vision.lesson, app.vision.exam, app.vision.calibration, "
        "app.vision.splits, app.vision.features, app.vision.examples, app.vision.course, "
        "app.store.versions; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
