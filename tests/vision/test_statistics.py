import numpy as np
import pytest
from scipy.stats import binomtest  # type: ignore[import-untyped]
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from app.vision import statistics


def test_wilson_agrees_with_the_example_of_newcombe_1998() -> None:
    """Table I, method 3: 81 of 263 gives 0.2553 to 0.3662, 15 of 148 gives 0.0624 to 0.1605."""
    assert statistics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert statistics.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)


@pytest.mark.parametrize(("right", "of"), [(0, 20), (1, 29), (29, 29), (94, 100), (418, 444)])
def test_wilson_agrees_with_scipy(right: int, of: int) -> None:
    expected = binomtest(right, of).proportion_ci(method="wilson")
    assert statistics.wilson(right, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_counted_says_nothing() -> None:
    assert statistics.wilson(0, 0) == (0, 1)


def test_calibration_error_by_hand() -> None:
    """Two bins: 4 photos at 0.9 of which 3 are right, 4 at 0.5 of which 1 is."""
    confidence = np.array([0.9] * 4 + [0.5] * 4)
    right = np.array([1, 1, 1, 0, 1, 0, 0, 0], bool)
    expected = 0.5 * abs(0.75 - 0.9) + 0.5 * abs(0.25 - 0.5)
    assert statistics.calibration_error(confidence, right) == pytest.approx(expected)


def test_bins_are_closed_above() -> None:
    confidence = np.array([1 / 15, 1 / 15 + 1e-9])
    gaps = statistics.calibration_error(confidence, np.array([False, True]))
    assert gaps == pytest.approx((1 / 15 + 14 / 15) / 2, abs=1e-6)


def test_full_confidence_that_is_always_right_has_no_error() -> None:
    assert statistics.calibration_error(np.ones(9), np.ones(9, bool)) == 0
    assert statistics.calibration_error_by_chance(np.ones(9)) == 0


def test_chance_is_exceeded_by_one_perfectly_calibrated_exam_in_twenty() -> None:
    draw = np.random.default_rng(1)
    confidence = draw.uniform(0.3, 1, 300)
    bound = statistics.calibration_error_by_chance(confidence, trials=1000)
    found = [
        statistics.calibration_error(confidence, draw.random(300) < confidence) for _ in range(1000)
    ]
    assert 0.03 < np.mean(np.array(found) > bound) < 0.07


def test_chance_is_the_same_for_the_same_seed_and_less_for_more_photos() -> None:
    few, many = np.full(100, 0.9), np.full(2000, 0.9)
    bound = statistics.calibration_error_by_chance
    assert bound(few, seed=3) == bound(few, seed=3)
    assert bound(many) < bound(few) / 3


def test_auroc_agrees_with_scikit_learn_also_on_ties() -> None:
    draw = np.random.default_rng(4)
    higher, lower = draw.integers(3, 13, 70) / 4, draw.integers(0, 10, 50) / 4
    truth = np.r_[np.ones(70), np.zeros(50)]
    expected = roc_auc_score(truth, np.r_[higher, lower])
    assert statistics.auroc(higher, lower) == pytest.approx(expected)
    assert statistics.auroc(lower, higher) == pytest.approx(1 - expected)


def test_auroc_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="at least one"):
        statistics.auroc(np.array([]), np.array([1.0]))


def test_labels_agree_with_scikit_learn() -> None:
    draw = np.random.default_rng(6)
    truth, answer = draw.integers(0, 4, 200), draw.integers(0, 3, 200)
    matrix = statistics.confusion(truth, answer, 5)
    assert np.array_equal(matrix, confusion_matrix(truth, answer, labels=range(5)))
    expected = precision_recall_fscore_support(truth, answer, labels=range(5), zero_division=0)
    found = statistics.per_label(matrix)
    assert np.allclose(found, np.stack(expected, axis=1))


def test_surprise_is_the_log_of_what_was_given_to_the_truth() -> None:
    scores = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert statistics.surprise(scores, np.array([0, 0])) == pytest.approx(np.log([2, 4]).mean())
    assert np.isfinite(statistics.surprise(np.array([[0.0, 1.0]]), np.array([0])))
