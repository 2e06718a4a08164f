"""The training photos that a look is most like, among the flowers that came along."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.store import images, registry
from app.store.images import Placed
from app.store.kept import PLAIN
from app.store.registry import VersionRow
from app.store.store import Store
from app.teaching import gallery, nearby
from app.teaching.nearby import Near, Nearby
from app.vision.engine import Floats
from app.vision.features import restore
from app.vision.neighbours import Neighbourhood
from tests.teaching.test_examining import MODEL, closed, opened

FLOWERS = (MODEL, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = opened(tmp_path)
    yield store
    closed(store)


def of_split(store: Store, *splits: str) -> list[Placed]:
    with store.database.read() as c:
        return [one for one in images.stream(c, MODEL) if one.split in splits]


def seen(store: Store, one: Placed) -> Floats:
    row, scale = store.kept.get(PLAIN, [one.sha256])[one.sha256]
    features: Floats = restore(row[None], np.array([scale], np.float32))[0]
    return features


def nearest(told: Nearby, features: Floats) -> list[Near]:
    (found,) = told.find([FLOWERS], features)
    assert found is not None
    return found


def test_a_photo_that_was_learned_from_is_its_own_nearest(store: Store) -> None:
    one = of_split(store, "train")[40]
    first, *others = nearest(Nearby(store), seen(store, one))
    assert first.image is not None and first.image.sha256 == one.sha256
    assert (first.label, first.image.credit_link) == (one.label, first.image.credit_link)
    assert first.image.credit_link is not None and first.image.credit_link.startswith("https://")
    assert first.likeness == pytest.approx(1, abs=1e-5)
    alike = [near.likeness for near in others]
    assert len(alike) == 4 and alike == sorted(alike, reverse=True) and alike[0] < 0.99


def test_sealed_photos_are_never_shown(store: Store) -> None:
    told, tests = Nearby(store), of_split(store, "test")
    sealed = {one.sha256 for one in tests}
    agree = 0
    for one in tests[::20]:
        found = nearest(told, seen(store, one))
        assert not sealed & {near.image.sha256 for near in found if near.image}
        agree += sum(near.label == one.label for near in found)
    assert agree > 0.75 * 5 * len(tests[::20])


def test_a_model_that_learned_from_nothing_here_has_none(store: Store) -> None:
    some = seen(store, of_split(store, "train")[0])
    answered = Nearby(store).find([("imagenet", 1), FLOWERS, (MODEL, 99)], some)
    assert [found is None for found in answered] == [True, False, True]


def test_what_was_done_to_a_photo_since_shows_at_once(store: Store) -> None:
    told, one = Nearby(store), of_split(store, "train")[7]
    features = seen(store, one)
    other = "tulip" if one.label != "tulip" else "rose"
    gallery.relabel(store, MODEL, [one.sha256], other)
    first = nearest(told, features)[0]
    assert first.image is not None and (first.label, first.image.label) == (one.label, other)
    gallery.remove(store, MODEL, [one.sha256])
    assert nearest(told, features)[0] == Near(one.label, first.likeness, None)


def test_photos_whose_features_were_lost_are_left_out(store: Store) -> None:
    one, other = of_split(store, "train")[3:5]
    features = seen(store, one)
    store.kept.forget([one.sha256])
    told = Nearby(store)
    assert one.sha256 not in {near.image.sha256 for near in nearest(told, features) if near.image}
    there = nearest(told, seen(store, other))[0]
    assert there.image is not None and there.image.sha256 == other.sha256
    store.kept.forget([placed.sha256 for placed in of_split(store, "train", "validation")])
    assert nearest(Nearby(store), features) == []


def test_many_who_ask_at_once_wait_for_one_reading(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, times = nearby._read, []

    def slowly(store: Store, row: VersionRow) -> nearby._Learned:
        times.append(threading.get_ident())
        time.sleep(0.2)
        return read(store, row)

    monkeypatch.setattr(nearby, "_read", slowly)
    told, features = Nearby(store), seen(store, of_split(store, "train")[0])
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: nearest(told, features), range(4)))
    assert len(times) == 1 and all(one == answers[0] for one in answers)


def test_a_failed_reading_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told, features = Nearby(store), seen(store, of_split(store, "train")[0])

    def fails(store: Store, row: VersionRow) -> nearby._Learned:
        raise OSError("the disk is away")

    with monkeypatch.context() as broken:
        broken.setattr(nearby, "_read", fails)
        with pytest.raises(OSError, match="away"):
            told.find([FLOWERS], features)
    assert len(nearest(told, features)) == 5


def test_what_was_asked_about_longest_ago_makes_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def made(store: Store, row: VersionRow) -> nearby._Learned:
        read.append(row.version)
        rows = np.ones((40, 1280), np.uint8)
        return nearby._Learned(Neighbourhood.of(rows), ["0" * 64] * 40, ["rose"] * 40)

    monkeypatch.setattr(nearby, "_read", made)
    with store.database.write() as c:
        for number in (2, 3):
            registry.insert(c, MODEL, number, {}, run=number)
    told, features = Nearby(store, held=100), np.ones(1280, np.float32)
    for number in (1, 2, 1, 3, 1, 2):
        told.find([(MODEL, number)], features)
    assert read == [1, 2, 3, 2]
    small = Nearby(store, held=10)
    for number in (1, 1, 2, 2):
        small.find([(MODEL, number)], features)
    assert read == [1, 2, 3, 2, 1, 2]
