from collections import Counter

import numpy as np
import pytest

from app.vision.examples import Examples, Part, Scaling, folds_of

RNG = np.random.default_rng(4)


def examples(truth: list[int], group: list[int] | None = None, views: int = 1) -> Examples:
    rows = [RNG.random((len(truth), 1280), np.float32) + at for at in range(views)]
    groups = np.array(group or range(len(truth)), np.int32)
    return Examples(rows, np.array(truth, np.int32), groups)


def test_rows_are_laid_out_view_after_view_centred_on_the_plain_one() -> None:
    train, validation = examples([0] * 1500, views=2), examples([1] * 30)
    parts = [Part(train, np.arange(0, 1500, 2)), Part.whole(validation)]
    plain = np.concatenate([train.views[0][::2], validation.plain]).astype(np.float64)
    other = np.concatenate([train.views[1][::2], validation.plain]).astype(np.float64)
    both = np.concatenate([plain, other]) - plain.mean(axis=0)
    scaling = Scaling.of(parts)
    assert scaling.mean == pytest.approx(plain.mean(axis=0))
    assert scaling.scale == pytest.approx(np.sqrt(np.square(both).mean()))
    rows = scaling.lay_out(parts, 2)
    assert rows.dtype == np.float32 and rows.ctypes.data % 64 == 0
    assert rows == pytest.approx(both / scaling.scale, abs=1e-5)


def test_features_that_are_all_the_same_can_be_scaled() -> None:
    same = Examples(
        [np.ones((5, 1280), np.float32)], np.zeros(5, np.int32), np.arange(5, dtype=np.int32)
    )
    parts = [Part.whole(same)]
    assert not Scaling.of(parts).lay_out(parts, 1).any()


def test_folds_share_out_each_label_evenly() -> None:
    (home,) = folds_of([examples([0] * 100 + [1] * 23 + [2] * 5)], 3, 5, seed=1)
    for label, of in enumerate((slice(0, 100), slice(100, 123), slice(123, 128))):
        counts = Counter(home[of].tolist())
        assert max(counts.values()) - min(counts[fold] for fold in range(5)) <= 1, label
    assert max(Counter(home.tolist()).values()) <= 27


def test_folds_keep_groups_whole_and_labels_as_even_as_that_allows() -> None:
    group = [n // 7 for n in range(70)] + list(range(10, 80))
    (home,) = folds_of([examples([0] * 70 + [1] * 70, group)], 2, 5, seed=1)
    for one in range(10):
        assert len(set(home[np.array(group) == one])) == 1
    assert sorted(Counter(home[:70].tolist()).values()) == [14] * 5
    assert sorted(Counter(home[70:].tolist()).values()) == [14] * 5


def test_folds_of_parts_are_told_apart_and_groups_across_them_stay_whole() -> None:
    one, other = examples([0, 1] * 20), examples([1, 0] * 20)  # the same 40 groups
    homes = folds_of([one, other], 2, 5, seed=1)
    assert [len(home) for home in homes] == [40, 40]
    assert np.array_equal(homes[0], homes[1])


def test_folds_follow_from_the_seed() -> None:
    photos = [examples([0, 1, 2] * 30)]
    first, again, other = (folds_of(photos, 3, 5, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
