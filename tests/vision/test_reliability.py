import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve

from app.vision import calibration, reliability, ridge, statistics
from app.vision.features import Table
from app.vision.head import Head, Reference
from tests.vision.test_ridge import FLOWERS


def answers(photos: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores that crowd near 1 and are right as often as they say."""
    draw = np.random.default_rng(seed)
    score = draw.beta(6, 1, photos) * 0.8 + 0.2
    return score, draw.random(photos) < score


def test_the_diagram_is_that_of_scikit_learn() -> None:
    score, right = answers(900)
    share, mean = calibration_curve(right, score, n_bins=statistics.BINS)
    told = [one for one in reliability.diagram(score, right).bins if one.photos]
    assert [one.share for one in told] == pytest.approx(share)
    assert [one.score for one in told] == pytest.approx(mean)


def test_the_bins_hold_every_photo_and_the_error_between_them() -> None:
    score, right = answers(300)
    found = reliability.diagram(score, right)
    assert len(found.bins) == statistics.BINS
    assert sum(one.photos for one in found.bins) == 300
    assert sum(one.right for one in found.bins) == right.sum()
    gaps = [abs(one.right - (one.score or 0) * one.photos) for one in found.bins]
    assert found.error == pytest.approx(sum(gaps) / 300)
    for one in found.bins:
        assert (one.low, one.high) == statistics.wilson(one.right, one.photos)


def test_an_empty_bin_has_no_share_but_all_doubt() -> None:
    empty = reliability.diagram(np.array([0.95]), np.array([True])).bins[0]
    assert (empty.photos, empty.score, empty.share) == (0, None, None)
    assert (empty.low, empty.high) == (0, 1)


def test_the_temperature_brings_the_diagram_nearer_to_the_diagonal() -> None:
    draw = np.random.default_rng(2)
    logits = draw.normal(0, 1.5, (2000, 4))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([draw.choice(4, p=share) for share in shares])
    head = Head(3 * np.eye(4, dtype=np.float32), np.zeros(4, np.float32), temperature=3.0)
    found = []
    for one in (replace(head, temperature=1.0), head):
        scores = one.scores(logits.astype(np.float32))
        right = scores.argmax(axis=1) == truth
        found.append(reliability.diagram(scores.max(axis=1), right).error)
    before, after = found
    assert before is not None and after is not None and after < before / 3


def test_a_curve_counts_what_it_claims() -> None:
    score, right = answers(500)
    at = reliability.limits(score)
    curve = reliability.by_score(score, right, at)
    assert curve.of == 500 and 50 < len(at) <= reliability.STEPS
    for limit, answered, good in zip(curve.limits, curve.answered, curve.right, strict=True):
        assert answered == (score >= limit).sum()
        assert good == (right & (score >= limit)).sum()
    assert curve.answered[0] == 500 and curve.answered == sorted(curve.answered, reverse=True)


def test_a_step_of_the_slider_moves_about_one_photo_in_a_hundred() -> None:
    score, right = answers(3000)
    curve = reliability.by_score(score, right, reliability.limits(score))
    assert np.abs(np.diff(curve.answered)).max() <= 31


def test_the_cut_answers_what_lies_within_it() -> None:
    distance = np.linspace(0, 1, 200).astype(np.float32)
    right = distance < 0.5
    curve = reliability.by_distance(distance, right, reliability.limits(distance))
    for limit, answered, good in zip(curve.limits, curve.answered, curve.right, strict=True):
        assert answered == (distance <= np.float32(limit)).sum()
        assert good == (right & (distance <= np.float32(limit))).sum()
    assert curve.answered[-1] == 200


def test_what_is_unknown_is_not_answered_at_any_score() -> None:
    score, right = answers(100)
    known = np.arange(100) < 60
    curve = reliability.by_score(score, right, [0.0, 0.9], known)
    assert (curve.of, curve.answered[0], curve.right[0]) == (100, 60, right[:60].sum())


def test_the_least_limit_that_is_right_often_enough() -> None:
    curve = reliability.Curve(10, [0.1, 0.5, 0.9], [10, 8, 4], [7, 6, 4])
    assert reliability.least(curve, 0.7) == 0
    assert reliability.least(curve, 0.75) == 1
    assert reliability.least(curve, 0.9) == 2
    assert reliability.least(replace(curve, right=[7, 6, 3]), 0.9) is None


def test_no_photos_give_an_empty_curve_and_json_holds_it_all() -> None:
    none = np.zeros(0)
    curve = reliability.by_score(none, none.astype(bool), reliability.limits(none))
    assert curve == reliability.Curve(0, [], [], [])
    assert reliability.diagram(none, none.astype(bool)).error is None
    score, right = answers(400)
    for told in (
        asdict(reliability.diagram(score, right)),
        asdict(reliability.by_score(score, right, reliability.limits(score))),
    ):
        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert len(json.dumps(told)) < 5000


def test_flowers_that_are_answered_at_a_high_limit_are_right_more_often() -> None:
    """Chosen on validation, shown on the exam; by a head that learned from neither."""
    table = Table.load(FLOWERS.read_bytes())
    train, validation, test = (table.of(split) for split in ("train", "validation", "test"))
    head = ridge.fit(train)
    warm = calibration.temperature_for(head.logits(validation.features()), validation.label)
    head = replace(head, temperature=warm)
    reference = Reference.of(train.features(), 1.0)
    score = head.scores(validation.features())
    right = score.argmax(axis=1) == validation.label
    at = reliability.limits(score.max(axis=1))
    chosen = reliability.least(reliability.by_score(score.max(axis=1), right, at), 0.97)
    assert chosen is not None
    asked = head.scores(test.features())
    good = asked.argmax(axis=1) == test.label
    shown = reliability.by_score(asked.max(axis=1), good, at)
    assert shown.right[0] < 0.95 * shown.answered[0]
    assert shown.right[chosen] >= 0.955 * shown.answered[chosen]
    assert shown.answered[chosen] > 0.75 * shown.of
    distance = reference.distances(test.features())
    cut = reliability.by_distance(distance, good, reliability.limits(distance))
    half = len(cut.limits) // 2
    assert cut.right[half] / cut.answered[half] > good.mean()


def test_both_sliders_take_their_limits_from_what_may_be_chosen_by() -> None:
    table = Table.load(FLOWERS.read_bytes())
    train, validation, test = (table.of(split) for split in ("train", "validation", "test"))
    head, reference = ridge.fit(train), Reference.of(train.features(), 0.5)
    chosen, shown = (
        reliability.Answers.ask(head, reference, part.features(), part.label)
        for part in (validation, test)
    )
    told = reliability.sliders(chosen, shown, 0.5)
    for pair in told.values():
        assert pair["chosen"].limits == pair["shown"].limits
        assert (pair["chosen"].of, pair["shown"].of) == (len(validation), len(test))
    assert told["score"]["chosen"].answered[0] == (chosen.distance <= 0.5).sum()
    assert told["score"]["shown"].answered[0] <= (shown.distance <= 0.5).sum()
    assert told["distance"]["chosen"].answered[-1] == len(validation)
