"""Photos without a label: kept apart, learned from and never asked about, and gone in time."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app import errors
from app.store import images
from app.store.inbox import Mark
from app.store.kept import PLAIN
from app.store.store import Store
from app.teaching import gallery, inbox, models, queueing
from app.teaching.inbox import Given, Kept
from app.teaching.intake import Newcomer
from app.teaching.queueing import Queue
from app.teaching.sweeping import sweep
from app.vision.classifier import Classifier, Label
from app.vision.head import Head
from tests.teaching.dataset import MODEL, newcomer, open_store, row, take, take_into
from tests.teaching.test_sweeping import DAY, later


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat", "dog"])
    yield opened
    opened.close()
    opened.folder.close()


def put(store: Store, *some: Newcomer, most: int = 100, mark: Mark | None = None) -> list[Kept]:
    given = [Given(one.content, one.filename, one.sight) for one in some]
    return inbox.keep(store, MODEL, given, most=most, mark=mark, days=30)


def teach(store: Store, one: Newcomer, label: str = "cat") -> str:
    given = Given(one.content, one.filename, one.sight)
    return inbox.teach(store, MODEL, given, label).image.split


def waits(store: Store, one: Newcomer) -> bool:
    try:
        inbox.waiting(store, MODEL, one.sight.sha256)
    except errors.WaitingNotFound:
        return False
    return True


def test_the_same_photo_twice_is_one_and_stands_in_no_dataset(store: Store) -> None:
    one = newcomer(1)
    assert [kept.status for kept in put(store, one, one)] == ["added", "already-there"]
    assert [kept.status for kept in put(store, one)] == ["already-there"]
    found, counts = inbox.page(store, MODEL, marked=None, before=None, limit=10)
    assert [photo.sha256 for photo in found] == [one.sight.sha256]
    assert counts == (1, 0)
    with store.database.read() as c:
        assert images.counts(c, MODEL) == {}
    assert store.objects.read(one.sight.sha256) == one.content


def test_what_gets_its_label_is_learned_from_whatever_the_exam_lacks(store: Store) -> None:
    """Ten photos in a row that come with their label go to all three splits; these to one."""
    every = [newcomer(number) for number in range(100, 120)]
    put(store, *every)
    assert {teach(store, one) for one in every} == {"train"}
    assert not any(waits(store, one) for one in every)
    beside = newcomer(100, copy=1)
    take(store, beside)
    assert row(store, beside).split == "train"  # its group is for learning too


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_photo_of_the_exam_stays_sealed(store: Store, split: str) -> None:
    sealed = take_into(store, split, 200)
    (kept,) = put(store, sealed)
    assert (kept.status, kept.waiting) == ("in-dataset", None)
    assert kept.image is not None and kept.image.split == split
    assert not waits(store, sealed)
    assert teach(store, sealed, "dog") == split
    assert row(store, sealed).label == "cat"
    number = int(sealed.filename.removesuffix(".jpg"))
    copy = newcomer(number, copy=1)
    put(store, copy)
    assert teach(store, copy) == "aside"
    assert row(store, copy).reason == "near-exam"


def test_labels_and_removals_are_undone(store: Store) -> None:
    one, other = newcomer(1), newcomer(2)
    put(store, one, other)
    teach(store, one, "dog")
    inbox.discard(store, MODEL, other.sight.sha256)
    assert not waits(store, one) and not waits(store, other)
    for each in (one, other):
        inbox.restore(store, MODEL, each.sight.sha256, 100)
        assert waits(store, each)
    assert row(store, one).removed is not None
    assert teach(store, one, "cat") == "train"
    assert (row(store, one).label, row(store, one).removed) == ("cat", None)


def test_taking_back_a_label_leaves_what_was_in_the_dataset_before(store: Store) -> None:
    one = newcomer(1)
    put(store, one)
    take(store, one)
    teach(store, one)
    inbox.restore(store, MODEL, one.sight.sha256, 100)
    assert row(store, one).removed is None


def test_more_than_there_is_room_for_are_all_refused(store: Store) -> None:
    first = [newcomer(number) for number in range(3)]
    put(store, *first, most=4)
    with pytest.raises(errors.InboxFull) as refused:
        put(store, newcomer(10), newcomer(11), most=4)
    assert refused.value.params == {"limit": 4, "room": 1}
    assert not waits(store, newcomer(10))
    assert [kept.status for kept in put(store, *first, newcomer(12), most=4)][-1] == "added"
    inbox.discard(store, MODEL, first[0].sight.sha256)
    put(store, newcomer(13), most=4)
    with pytest.raises(errors.InboxFull):
        inbox.restore(store, MODEL, first[0].sight.sha256, 4)


def test_the_last_mark_counts_and_what_was_given_stays(store: Store) -> None:
    marked, given = newcomer(1), newcomer(2)
    _version(store)
    put(store, given)
    for verdict in ("right", "wrong"):
        mark = Mark(verdict, 1, "Cat")
        (first, second) = put(store, marked, given, mark=mark)
        assert first.waiting is not None and second.waiting is not None
        assert first.waiting.mark == second.waiting.mark == Mark(verdict, 1, "cat")
        assert first.waiting.expires == pytest.approx(time.time() + 30 * DAY, abs=60)
        assert second.waiting.expires is None
    (kept,) = put(store, marked)
    assert kept.waiting is not None and kept.waiting.expires is None
    for wrong in (Mark("wrong", 2, "cat"), Mark("wrong", 1, "cow")):
        with pytest.raises((errors.VersionNotFound, errors.LabelNotFound)):
            put(store, newcomer(9), mark=wrong)
    assert not waits(store, newcomer(9))


def _version(store: Store) -> None:
    from app.store import schema

    with store.database.write() as c:
        told = {"model": MODEL, "version": 1, "summary": "{}", "created": time.time()}
        c.execute(schema.versions.insert().values(**told))


def test_sweeping_takes_what_has_expired_and_nothing_else(store: Store) -> None:
    _version(store)
    marked, given, both, taught = (newcomer(number) for number in range(1, 5))
    put(store, marked, both, mark=Mark("wrong", 1, "cat"))
    put(store, given, taught)
    take(store, both)
    teach(store, taught)
    for one in (marked, given):
        store.small.write(one.sight.sha256, 320, b"small")
    later(store, 29.9)
    assert waits(store, marked) and waits(store, given)
    later(store, 30.1)
    assert _left(store, marked) == (False, False, False)
    assert store.small.read(marked.sight.sha256, 320) is None
    assert _left(store, given) == (True, True, True)
    assert store.small.read(given.sight.sha256, 320) == b"small"
    for one in (both, taught):
        assert _left(store, one) == (False, True, True)  # the dataset's by now
        assert row(store, one).removed is None


def test_what_was_removed_can_be_brought_back_for_a_day(store: Store) -> None:
    one = newcomer(1)
    put(store, one)
    inbox.discard(store, MODEL, one.sight.sha256)
    later(store, 0.9)
    inbox.restore(store, MODEL, one.sight.sha256, 100)
    inbox.discard(store, MODEL, one.sight.sha256)
    later(store, 1.1)
    assert _left(store, one) == (False, False, False)
    with pytest.raises(errors.WaitingNotFound):
        inbox.restore(store, MODEL, one.sight.sha256, 100)


def test_a_removed_model_takes_its_waiting_photos_along(store: Store) -> None:
    one = newcomer(1)
    put(store, one)
    models.remove(store, MODEL)
    later(store, 29)
    assert store.objects.has(one.sight.sha256)
    later(store, 31)
    assert not store.objects.has(one.sight.sha256)
    assert store.kept.get(PLAIN, [one.sight.sha256]) == {}


def test_a_photo_of_the_dataset_that_is_swept_stays_while_it_waits(store: Store) -> None:
    one = newcomer(1)
    take(store, one)
    gallery.remove(store, MODEL, [one.sight.sha256])
    put(store, one)
    later(store, 31)
    assert _left(store, one) == (True, True, True)
    assert teach(store, one) == "train"


def _left(store: Store, one: Newcomer) -> tuple[bool, bool, bool]:
    """Whether it has a row among those that wait, a file and features."""
    name = one.sight.sha256
    return waits(store, one), store.objects.has(name), name in store.kept.get(PLAIN, [name])


def undecided(store: Store, photos: list[Newcomer]) -> Classifier:
    """Certain of every photo but the last: their features decide for cat."""
    rows = np.stack([one.sight.features for one in photos])
    weights = np.zeros((1280, 2), np.float32)
    weights[:, 0] = np.linalg.pinv(rows) @ np.linspace(6, 0, len(photos)).astype(np.float32)
    labels = [Label(name, {"en": name, "nb": name}) for name in ("cat", "dog")]
    return Classifier(
        MODEL, {"en": "Pets", "nb": "Dyr"}, 1, labels, Head(weights, np.zeros(2, np.float32))
    )


def ordered(store: Store, classifier: Classifier | None, start: int = 0, limit: int = 100) -> Queue:
    return queueing.queue(store, MODEL, classifier, lambda key: start, limit)


def test_the_least_certain_photo_comes_first(store: Store) -> None:
    photos = [newcomer(number) for number in range(300, 308)]
    put(store, *photos)
    plain = ordered(store, None)
    assert [one.waiting.sha256 for one in plain.items] == [one.sight.sha256 for one in photos]
    assert not plain.items[0].guesses
    sure = ordered(store, undecided(store, photos))
    assert sure.items[0].waiting.sha256 == photos[-1].sight.sha256
    first, second = sure.items[0].guesses
    assert first.score - second.score < 0.1 and {first.label.slug, second.label.slug} == {
        "cat", "dog",
    }  # fmt: skip


def test_places_hold_while_photos_get_their_labels(store: Store) -> None:
    photos = [newcomer(number) for number in range(400, 412)]
    put(store, *photos)
    classifier = undecided(store, photos)
    every = [one.waiting.sha256 for one in ordered(store, classifier).items]
    first = ordered(store, classifier, limit=5)
    assert first.more == 5
    by_sha256 = {one.sight.sha256: one for one in photos}
    for sha256 in every[:3]:
        teach(store, by_sha256[sha256])
    second = ordered(store, classifier, start=5)
    assert (second.key, second.more) == (first.key, None)
    assert [one.waiting.sha256 for one in second.items] == every[5:]
    assert [one.waiting.sha256 for one in ordered(store, classifier).items] == every[3:]
    put(store, newcomer(500))
    assert ordered(store, classifier).key != first.key


def test_photos_that_wait_are_swept_in_portions(store: Store) -> None:
    every = [newcomer(1000 + at) for at in range(250)]
    put(store, *every, most=1000)
    for one in every:
        inbox.discard(store, MODEL, one.sight.sha256)
    portions = list(sweep(store, time.time() + 2 * DAY))
    assert portions[:2] == [200, 50]
