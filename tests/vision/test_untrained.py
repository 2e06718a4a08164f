"""A network that has learned nothing is built like the one that has."""

import numpy as np

from app.vision import untrained, weights


def test_its_tensors_have_the_names_and_shapes_of_the_trained_ones() -> None:
    trained = weights.read(weights.find())
    fresh = untrained.tensors(trained)
    assert {name: one.shape for name, one in fresh.items()} == {
        name: one.shape for name, one in trained.items()
    }
    stem, trained_stem = fresh["_conv_stem.weight"], trained["_conv_stem.weight"]
    assert abs(np.corrcoef(stem.ravel(), trained_stem.ravel())[0, 1]) < 0.1


def test_sums_keep_their_size_and_normalisation_changes_nothing() -> None:
    fresh = untrained.tensors(weights.read(weights.find()))
    head = fresh["_conv_head.weight"]  # 1280 of 320 each
    assert np.isclose(head.std() ** 2 * 320, 2, rtol=0.02)
    assert (fresh["_bn0.weight"] == 1).all() and (fresh["_bn0.running_var"] == 1).all()
    assert not fresh["_bn0.bias"].any() and not fresh["_bn0.running_mean"].any()


def test_the_same_seed_gives_the_same_network() -> None:
    trained = weights.read(weights.find())
    once, again, other = (
        untrained.tensors(trained, seed)["_conv_head.weight"] for seed in (1, 1, 2)
    )
    assert np.array_equal(once, again) and not np.array_equal(once, other)
