import numpy as np
import pytest

from app.vision.features import Table, TableDamaged, digests, quantise, restore
from app.vision.recipe import FEATURES
from tests.vision.made import table


def test_eight_bits_lose_at_most_half_a_step() -> None:
    features = np.random.default_rng(0).gamma(0.3, 1, (50, FEATURES)).astype(np.float32)
    rows, scales = quantise(features)
    assert rows.dtype == np.uint8 and scales.dtype == np.float32
    assert (np.abs(restore(rows, scales) - features) <= 0.5001 * scales[:, None]).all()


def test_features_that_are_all_zero_stay_zero() -> None:
    rows, scales = quantise(np.zeros((2, FEATURES), np.float32))
    assert not restore(rows, scales).any()


@pytest.mark.parametrize("wrong", [-0.1, np.nan, np.inf])
def test_what_cannot_be_a_feature_is_refused(wrong: float) -> None:
    features = np.ones((2, FEATURES), np.float32)
    features[1, 7] = wrong
    with pytest.raises(ValueError, match="finite and not negative"):
        quantise(features)


def test_a_table_comes_back_as_it_was_saved() -> None:
    saved = table(30)
    content = saved.save()
    loaded = Table.load(content)
    assert loaded.labels == saved.labels
    for name in ("rows", "scales", "label", "split", "group", "hash", "sha256"):
        assert np.array_equal(getattr(loaded, name), getattr(saved, name)), name
    assert loaded.fingerprint() == saved.fingerprint()
    assert loaded.save() == content


def test_any_cut_of_the_bytes_is_noticed() -> None:
    content = table(3).save()
    for length in (0, 7, 8, 50, len(content) // 2, len(content) - 1):
        with pytest.raises(TableDamaged):
            Table.load(content[:length])


def test_a_label_or_split_out_of_range_is_noticed() -> None:
    whole = table(4)
    with pytest.raises(TableDamaged, match="label"):
        Table(whole.labels[:1], *(getattr(whole, n) for n in _columns()))
    wrong = {name: getattr(whole, name).copy() for name in _columns()}
    wrong["split"][0] = 4
    with pytest.raises(TableDamaged, match="split"):
        Table(whole.labels, **wrong)


def _columns() -> list[str]:
    return ["rows", "scales", "label", "split", "group", "hash", "sha256"]


def test_the_fingerprint_knows_labels_and_splits_but_no_order_and_no_feature() -> None:
    one = table(20)
    turned = one.take(np.arange(20)[::-1])
    assert turned.fingerprint() == one.fingerprint()
    one.rows[0] = 0
    assert turned.fingerprint() == one.fingerprint()
    one.split[0] = (one.split[0] + 1) % 4
    assert turned.fingerprint() != one.fingerprint()


def test_the_splits_part_the_table() -> None:
    whole = table(40)
    counts = [whole.count(split) for split in ("train", "validation", "test", "aside")]
    assert sum(counts) == 40 and min(counts) > 0
    assert len(whole.of("train", "test")) == counts[0] + counts[2]


def test_sums_written_out_become_bytes() -> None:
    assert digests(["00" * 32, "ff" * 32]).tolist() == [[0] * 32, [255] * 32]
    assert digests([]).shape == (0, 32)
