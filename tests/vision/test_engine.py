"""The pretrained network in LiteRT."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from app.vision.decode import Limits, inspect, look_at
from app.vision.engine import Engine, EngineError, Seen
from app.vision.head import Head
from app.vision.network import Network
from tests.photos import encode, packaged


def test_features_are_the_mean_of_the_feature_map(engine: Engine, cat: bytes) -> None:
    seen = engine.look(look_at(inspect(cat, Limits())).square)
    assert seen.features.shape == (1280,)
    assert seen.feature_map.shape == (7, 7, 1280)
    np.testing.assert_allclose(seen.feature_map.mean(axis=(0, 1)), seen.features, atol=1e-4)
    assert (seen.feature_map >= 0).all()
    assert (seen.feature_map <= 6).all()


def test_many_threads_get_the_same_answers_as_one(engine: Engine) -> None:
    squares = [
        look_at(inspect(encode(packaged(name)), Limits())).square
        for name in ("chelsea", "coffee", "rocket", "camera")
    ] * 10
    alone = [engine.look(square).features for square in squares]
    with ThreadPoolExecutor(4) as threads:
        together = [seen.features for seen in threads.map(engine.look, squares)]
    np.testing.assert_array_equal(alone, together)


def test_what_was_seen_is_not_overwritten_by_the_next_look(engine: Engine) -> None:
    first = engine.look(np.zeros((224, 224, 3), np.uint8))
    kept = first.features.copy()
    engine.look(np.full((224, 224, 3), 200, np.uint8))
    np.testing.assert_array_equal(first.features, kept)


def test_a_network_that_answers_nonsense_fails_its_self_test(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.self_test()
    nonsense = Seen(np.full(1280, np.nan, np.float32), np.full((7, 7, 1280), np.nan, np.float32))
    monkeypatch.setattr("app.vision.engine._Worker.look", lambda worker, square: nonsense)
    with pytest.raises(EngineError):
        engine.self_test()


def test_other_files_are_not_taken_for_the_network() -> None:
    with pytest.raises(ValueError):
        Engine(b"not a network", 1)


def test_the_heat_map_is_exact(engine: Engine, prepared: Network, cat: bytes) -> None:
    """Pooling then a dense layer: the mean of the map of evidence is the score before softmax."""
    seen = engine.look(look_at(inspect(cat, Limits())).square)
    head = Head(prepared.head_weights, prepared.head_bias)
    label = int(head.scores(seen.features).argmax())
    evidence = seen.feature_map @ head.weights[:, label]
    logit = seen.features @ head.weights[:, label]
    assert evidence.mean() == pytest.approx(logit, rel=1e-3)
    shown = head.evidence(seen.feature_map, label)
    assert shown.max() == 1
    np.testing.assert_allclose(shown, np.maximum(evidence, 0) / evidence.max(), rtol=1e-4)


def test_no_evidence_is_a_blank_map_not_a_division_by_zero(prepared: Network) -> None:
    head = Head(prepared.head_weights, prepared.head_bias)
    assert not head.evidence(np.zeros((7, 7, 1280), np.float32), 0).any()
