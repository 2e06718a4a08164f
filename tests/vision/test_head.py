import numpy as np
import pytest

from app.vision.head import Head, Reference
from tests.vision.made import clusters


def test_many_photos_are_measured_as_each_alone() -> None:
    rows, _ = clusters(20)
    asked, _ = clusters(4, spread=3, seed=2)
    reference = Reference.of(rows, 0.3)
    together = reference.distances(asked)
    assert together == pytest.approx([reference.distance(one) for one in asked], abs=1e-6)


def test_distance_is_to_the_fifth_nearest() -> None:
    rows, _ = clusters(20)
    asked = rows[3] * 7
    length = np.linalg.norm(rows, axis=1) * np.linalg.norm(asked)
    expected = np.sort(1 - rows @ asked / length)[4]
    assert Reference.of(rows, 0.3).distance(asked) == pytest.approx(expected, abs=1e-6)


def test_of_few_photos_the_furthest_counts() -> None:
    rows, _ = clusters(1, labels=3)
    assert Reference.of(rows, 0.3).neighbours == 3


def test_a_photo_is_known_exactly_when_its_distance_is_within_the_cut() -> None:
    rows, _ = clusters(20)
    asked, _ = clusters(20, spread=3, seed=2)
    cut = float(np.median(Reference.of(rows, 0).distances(asked)))
    reference = Reference.of(rows, cut + 1e-6)
    known = [reference.knows(one) for one in asked]
    assert known == [reference.distance(one) <= reference.cut for one in asked]
    assert 0 < sum(known) < len(known)
    assert not Reference.of(rows[:3], 0.3).knows(np.zeros(1280, np.float32))


def test_features_of_nothing_are_far_from_everything() -> None:
    rows, _ = clusters(10)
    assert Reference.of(rows, 0.3).distance(np.zeros(1280, np.float32)) == 1


def test_evidence_adds_up_to_the_logit() -> None:
    draw = np.random.default_rng(0)
    feature_map = draw.gamma(0.5, 1, (7, 7, 1280)).astype(np.float32)
    head = Head(draw.normal(0, 0.1, (1280, 3)).astype(np.float32), np.zeros(3, np.float32))
    added = feature_map @ head.weights[:, 1]
    features = feature_map.mean(axis=(0, 1))
    assert added.mean() == pytest.approx(head.logits(features)[1], abs=1e-3)
    assert head.evidence(feature_map, 1) == pytest.approx(
        np.maximum(added, 0) / added.max(), abs=1e-5
    )
