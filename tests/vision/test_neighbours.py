import time
import tracemalloc

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from app.vision.features import Table, quantise, restore
from app.vision.neighbours import Hesitation, Neighbourhood, hesitation
from tests.vision.made import clusters
from tests.vision.test_ridge import FLOWERS


def test_the_nearest_are_those_of_scikit_learn() -> None:
    features, _ = clusters(60)
    rows, _ = quantise(features)
    asked = clusters(4, seed=7)[0]
    search = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute")
    distances, places = search.fit(rows.astype(np.float64)).kneighbors(asked)
    around = Neighbourhood.of(rows)
    for one, distance, place in zip(asked, distances, places, strict=True):
        found = around.nearest(one)
        assert [neighbour.at for neighbour in found] == place.tolist()
        likeness = [neighbour.likeness for neighbour in found]
        assert likeness == pytest.approx(1 - distance, abs=1e-5)


def test_a_photo_is_nearest_to_itself_whatever_its_scale() -> None:
    rows, scales = quantise(clusters(50)[0])
    (first, *_) = Neighbourhood.of(rows).nearest(7 * restore(rows, scales)[77])
    assert first.at == 77 and first.likeness == pytest.approx(1, abs=1e-6)


def test_few_rows_are_all_neighbours_and_empty_ones_are_like_nothing() -> None:
    rows = np.zeros((3, 1280), np.uint8)
    rows[1] = 9
    found = Neighbourhood.of(rows).nearest(np.ones(1280, np.float32))
    assert [one.at for one in found] == [1, 0, 2]
    assert [one.likeness for one in found] == pytest.approx([1, 0, 0])
    nothing = Neighbourhood.of(rows).nearest(np.zeros(1280, np.float32))
    assert all(one.likeness == 0 for one in nothing)
    assert Neighbourhood.of(rows[:0]).nearest(np.ones(1280, np.float32)) == []


def test_a_hundred_thousand_rows_take_little_time_and_no_memory() -> None:
    rows = np.random.default_rng(1).integers(0, 256, (100_000, 1280), np.uint8)
    around, asked = Neighbourhood.of(rows), rows[4711].astype(np.float32)
    tracemalloc.start()
    assert around.nearest(asked)[0].at == 4711
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4e6
    taken = []
    for _ in range(9):
        begun = time.thread_time()
        around.nearest(asked)
        taken.append(time.thread_time() - begun)
    assert min(taken) < 0.06  # 0.03 where nobody else is at work


def test_the_neighbours_of_a_flower_bear_its_label() -> None:
    table = Table.load(FLOWERS.read_bytes())
    train, test = table.of("train"), table.of("test")
    around = Neighbourhood.of(train.rows)
    alike = [
        np.mean([train.label[one.at] == label for one in around.nearest(features)])
        for features, label in zip(test.features(), test.label, strict=True)
    ]
    assert np.mean(alike) > 0.8


def test_it_hesitates_between_the_best_two() -> None:
    told = hesitation(np.array([0.125, 0.5, 0.375]))
    assert told == Hesitation(1, 2, 0.125, True)
    assert hesitation(np.array([0.25, 0.0, 0.75])) == Hesitation(2, 0, 0.5, False)
    assert hesitation(np.array([0.5, 0.5])) == Hesitation(0, 1, 0.0, True)
    assert hesitation(np.array([1.0])) is None


@pytest.mark.parametrize(
    ("first", "second", "close"),
    [(0.48, 0.41, True), (0.48, 0.32, False), (0.12, 0.06, False), (0.12, 0.08, True)],
)
def test_a_close_call_is_no_guess_among_many(first: float, second: float, close: bool) -> None:
    rest = (1 - first - second) / 100
    told = hesitation(np.array([rest] * 50 + [second] + [rest] * 50 + [first]))
    assert told is not None and (told.first, told.second, told.close) == (101, 50, close)
