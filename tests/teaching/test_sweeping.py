"""What was removed stays for 30 days, and then goes with everything that nobody needs any more."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import images
from app.store.kept import PLAIN
from app.store.store import Store
from app.teaching import gallery, given, models, shipped
from app.teaching.given import Stranger
from app.teaching.intake import Newcomer, keep
from app.teaching.sweeping import sweep, sweep_daily
from tests.teaching.dataset import MODEL, newcomer, open_store, row, take

DAY = 24 * 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat", "dog"])
    models.make(opened, "others", ["cat"])
    yield opened
    opened.close()
    opened.folder.close()


def later(store: Store, days: float) -> None:
    """As if so much time had passed: sweeping comes by, and files are older."""
    for file in store.folder.objects.rglob("*"):
        if file.is_file():
            os.utime(file, (time.time() - 2 * DAY,) * 2)
    list(sweep(store, time.time() + days * DAY))


def there(store: Store, one: Newcomer, model: str = MODEL) -> tuple[bool, bool, bool]:
    """Whether it has a row, a file and features."""
    name = one.sight.sha256
    with store.database.read() as c:
        known = images.find(c, model, name) is not None
    return known, store.objects.has(name), name in store.kept.get(PLAIN, [name])


EVERYTHING, NOTHING = (True, True, True), (False, False, False)


def test_a_removed_photo_stays_for_thirty_days_and_no_longer(store: Store) -> None:
    gone, other = newcomer(1), newcomer(2)
    take(store, gone, other)
    store.small.write(gone.sight.sha256, 320, b"small")
    gallery.remove(store, MODEL, [gone.sight.sha256])
    later(store, 29.9)
    assert there(store, gone) == EVERYTHING
    gallery.restore(store, MODEL, [gone.sight.sha256])
    gallery.remove(store, MODEL, [gone.sight.sha256])
    later(store, 30.1)
    assert there(store, gone) == NOTHING
    assert store.small.read(gone.sight.sha256, 320) is None
    assert there(store, other) == EVERYTHING
    assert take(store, gone)[0].status == "added"


def test_a_file_that_another_model_needs_stays(store: Store) -> None:
    one = newcomer(3)
    take(store, one)
    keep(store, "others", [one], source="upload")
    gallery.remove(store, MODEL, [one.sight.sha256])
    later(store, 31)
    assert there(store, one) == (False, True, True)
    assert there(store, one, "others") == EVERYTHING


def test_a_removed_label_goes_with_its_photos(store: Store) -> None:
    dog, cat = newcomer(4, "dog"), newcomer(5)
    take(store, dog, cat)
    models.remove_label(store, MODEL, "dog")
    later(store, 31)
    assert there(store, dog) == NOTHING
    assert there(store, cat) == EVERYTHING
    assert models.add_label(store, MODEL, "dog")[1]
    later(store, 62)
    assert there(store, cat) == EVERYTHING


def test_a_removed_model_goes_with_all_it_had_and_its_name_is_free(store: Store) -> None:
    every = [newcomer(10 + at) for at in range(5)]
    take(store, *every)
    versions = store.folder.versions / MODEL / "1"
    versions.mkdir(parents=True)
    models.remove(store, MODEL)
    later(store, 31)
    assert {there(store, one) for one in every} == {NOTHING}
    assert not versions.parent.exists()
    models.make(store, MODEL, ["cat"])


def test_files_that_nobody_knows_go_after_a_day(store: Store) -> None:
    mine = newcomer(20)
    take(store, mine)
    young, old = "a" * 64, "b" * 64
    for name in (young, old):
        store.objects.path(name).parent.mkdir(exist_ok=True)
        store.objects.path(name).write_bytes(b"left by a server that was killed")
    os.utime(store.objects.path(old), (time.time() - 2 * DAY,) * 2)
    list(sweep(store))
    assert (store.objects.has(young), store.objects.has(old)) == (True, False)
    assert there(store, mine) == EVERYTHING


def test_what_was_set_aside_beside_a_swept_photo_is_used_again(store: Store) -> None:
    wrong, right = newcomer(30, "dog"), newcomer(30, "cat", copy=1)
    take(store, wrong, right)
    assert row(store, right).reason == "two-labels"
    gallery.remove(store, MODEL, [wrong.sight.sha256])
    later(store, 31)
    assert (row(store, right).split, row(store, right).reason) == ("train", None)


def test_shipped_photos_that_were_swept_do_not_come_again(store: Store) -> None:
    shipped.seed(store)
    with store.database.read() as c:
        names = [image.sha256 for image in images.page(c, "flowers", limit=30)]
    gallery.remove(store, "flowers", names)
    later(store, 31)
    shipped.seed(store)
    with store.database.read() as c:
        assert images.find_many(c, "flowers", names) == {}
        assert images.counts(c, "flowers")


def stranger(one: Newcomer) -> Stranger:
    return Stranger(one.content, one.filename, one.sight)


def kept_files(store: Store, one: Newcomer) -> tuple[bool, bool]:
    """Whether there are a file and features."""
    return there(store, one)[1:]


def test_photos_of_other_things_are_nobodys_strays(store: Store) -> None:
    one, two, both = newcomer(50), newcomer(51), newcomer(52)
    given.make(store, MODEL, "Birds")
    given.add(store, MODEL, "birds", [stranger(each) for each in (one, two, both)])
    take(store, both)
    later(store, 100)
    assert {kept_files(store, each) for each in (one, two, both)} == {(True, True)}
    given.take_out(store, MODEL, "birds", [one.sight.sha256, both.sight.sha256])
    later(store, 29)
    assert kept_files(store, one) == (True, True)
    later(store, 31)
    assert kept_files(store, one) == (False, False)
    assert kept_files(store, two) == kept_files(store, both) == (True, True)


def test_a_removed_set_goes_with_its_photos_after_thirty_days(store: Store) -> None:
    one, other = newcomer(53), newcomer(54)
    given.make(store, MODEL, "Birds")
    given.add(store, MODEL, "birds", [stranger(one)])
    given.make(store, "others", "Birds")
    given.add(store, "others", "birds", [stranger(other)])
    given.remove(store, MODEL, "birds")
    models.remove(store, "others")
    later(store, 29)
    assert given.restore(store, MODEL, "birds").photos == 1
    given.remove(store, MODEL, "birds")
    later(store, 31)
    assert given.every(store, MODEL, removed=True) == []
    assert kept_files(store, one) == kept_files(store, other) == (False, False)


def test_many_go_in_small_portions(store: Store) -> None:
    every = [newcomer(1000 + at) for at in range(450)]
    take(store, *every)
    gallery.remove(store, MODEL, [one.sight.sha256 for one in every])
    portions = list(sweep(store, time.time() + 31 * DAY))
    assert portions[:3] == [200, 200, 50]


def test_it_comes_by_itself(store: Store) -> None:
    one = newcomer(40)
    take(store, one)
    gallery.remove(store, MODEL, [one.sight.sha256])
    beside = sqlite3.connect(store.database.file)
    with beside:
        beside.execute("UPDATE images SET removed = removed - ?", (31 * DAY,))
    beside.close()

    async def a_moment() -> None:
        task = asyncio.create_task(sweep_daily(store, first=0, pause=0))
        for _ in range(200):
            await asyncio.sleep(0.02)
            if not there(store, one)[0]:
                break
        task.cancel()

    asyncio.run(a_moment())
    assert there(store, one)[0] is False
