"""What still wants a look is what was found, as the photos stand now."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import errors
from app.store import imports
from app.store.imports import Item
from app.store.store import Store
from app.teaching import caring, gallery, models
from app.teaching.caring import Care
from app.teaching.intake import Newcomer
from tests.teaching.dataset import MODEL, newcomer, open_store, row, take

NOTHING: dict[str, Any] = {
    "photos": 6, "judged": 6, "lots": [], "leak": None, "doubts": [], "strays": [], "twice": {},
    "unreadable": {},
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat", "dog"])
    yield opened
    opened.close()
    opened.folder.close()


def name(one: Newcomer) -> str:
    return one.sight.sha256


def doubted(*photos: Newcomer) -> dict[str, Any]:
    told = {"label": "cat", "score": 0.1, "suggested": "dog", "suggested_score": 0.9}
    return {**NOTHING, "doubts": [{"sha256": name(one), **told} for one in photos]}


def asked(care: Care) -> list[str]:
    return [one.image.sha256 for one in care.doubts]


def test_a_doubt_is_settled_by_each_of_three_decisions_and_undone(store: Store) -> None:
    kept, changed, gone = photos = [newcomer(number) for number in range(3)]
    take(store, *photos)
    found = doubted(*photos)

    def left() -> list[str]:
        return asked(caring.open_points(store, MODEL, found))

    assert left() == [name(one) for one in photos]
    caring.keep(store, MODEL, [name(kept)])
    gallery.relabel(store, MODEL, [name(changed)], "dog")
    gallery.remove(store, MODEL, [name(gone)])
    assert left() == []
    caring.reconsider(store, MODEL, [name(kept)])
    gallery.relabel(store, MODEL, [name(changed)], "cat")
    gallery.restore(store, MODEL, [name(gone)])
    assert left() == [name(one) for one in photos]


def test_what_was_kept_comes_back_under_another_label_only(store: Store) -> None:
    photo = newcomer(1)
    take(store, photo)
    caring.keep(store, MODEL, [name(photo)])
    assert asked(caring.open_points(store, MODEL, doubted(photo))) == []
    gallery.relabel(store, MODEL, [name(photo)], "dog")
    later = doubted(photo)
    later["doubts"][0] |= {"label": "dog", "suggested": "cat"}
    assert asked(caring.open_points(store, MODEL, later)) == [name(photo)]


def test_places_in_the_list_stay_when_others_are_settled(store: Store) -> None:
    photos = [newcomer(number) for number in range(3)]
    take(store, *photos)
    caring.keep(store, MODEL, [name(photos[1])])
    found = caring.open_points(store, MODEL, doubted(*photos))
    assert [one.place for one in found.doubts] == [0, 2]


def test_copies_under_two_labels_are_settled_by_one_of_them(store: Store) -> None:
    first, copy = newcomer(1), newcomer(1, "dog", copy=1)
    take(store, first, copy)
    lot = {"photos": [name(first), name(copy)], "kind": "near", "cosine": 0.99}
    found = {**NOTHING, "lots": [lot]}
    care = caring.open_points(store, MODEL, found)
    assert [one.trouble for one in care.lots] == ["two-labels"] and care.count == 1
    assert row(store, copy).split == "aside"
    gallery.relabel(store, MODEL, [name(first), name(copy)], "dog")
    care = caring.open_points(store, MODEL, found)
    assert [one.trouble for one in care.lots] == [None] and care.count == 0
    assert row(store, copy).split == row(store, first).split == "train"
    gallery.remove(store, MODEL, [name(copy)])
    assert caring.open_points(store, MODEL, found).lots == []


@pytest.mark.parametrize("kind", ["alike", "poorer"])
def test_likely_copies_are_settled_when_they_are_told_apart(store: Store, kind: str) -> None:
    first, second, third = photos = [newcomer(1), newcomer(2, "dog"), newcomer(3)]
    take(store, *photos)
    lot = {"photos": [name(one) for one in photos], "kind": kind, "cosine": 0.98}
    found = {**NOTHING, "lots": [lot]}
    care = caring.open_points(store, MODEL, found)
    assert care.lots[0].likely and care.count == 1
    caring.tell_apart(store, MODEL, [name(first), name(second)])
    assert caring.open_points(store, MODEL, found).count == 1  # nobody said so of the third
    caring.tell_apart(store, MODEL, [name(one) for one in photos])
    assert caring.open_points(store, MODEL, found).count == 0
    caring.reconsider(store, MODEL, [name(second), name(third)])
    assert caring.open_points(store, MODEL, found).count == 1
    with pytest.raises(errors.ImageNotFound):
        caring.tell_apart(store, MODEL, [name(first), "0" * 64])


def test_sure_copies_stay_copies_whatever_is_said(store: Store) -> None:
    first, copy = newcomer(1), newcomer(1, "dog", copy=1)
    take(store, first, copy)
    lot = {"photos": [name(first), name(copy)], "kind": "near", "cosine": 0.99}
    caring.tell_apart(store, MODEL, [name(first), name(copy)])
    care = caring.open_points(store, MODEL, {**NOTHING, "lots": [lot]})
    assert [one.trouble for one in care.lots] == ["two-labels"] and not care.lots[0].likely


def test_one_file_under_two_labels_is_used_once_someone_says_what_it_shows(store: Store) -> None:
    photo = replace(newcomer(1), aside="two-labels")
    take(store, photo)
    with store.database.write() as c:
        made = imports.create(c, MODEL).number
        items = [
            Item(at, f"{label}/1.jpg", "set-aside", label, name(photo), "two-labels")
            for at, label in enumerate(("cat", "dog"))
        ]
        imports.add_items(c, made, items)
        again = imports.create(c, MODEL).number
        imports.add_items(c, again, [replace(one, file=f"more/{one.file}") for one in items])
        twice = imports.came_twice(c, MODEL)
    assert twice == {name(photo): [("cat", "cat/1.jpg"), ("dog", "dog/1.jpg")]}
    found = {**NOTHING, "twice": twice}
    assert [one.torn for one in caring.open_points(store, MODEL, found).twice] == [True]
    caring.keep(store, MODEL, [name(photo)])
    assert row(store, photo).split == "train"
    care = caring.open_points(store, MODEL, found)
    assert [one.torn for one in care.twice] == [False] and care.count == 0


def test_a_copy_that_still_contradicts_stays_set_aside(store: Store) -> None:
    first, copy = newcomer(1), newcomer(1, "dog", copy=1)
    take(store, first, copy)
    caring.keep(store, MODEL, [name(copy)])
    assert row(store, copy).split == "aside"


def test_photos_of_a_label_that_is_gone_want_no_look(store: Store) -> None:
    photo = newcomer(1, "dog")
    take(store, photo)
    found = {**NOTHING, "unreadable": {name(photo): "missing"}}
    assert caring.open_points(store, MODEL, found).count == 1
    models.remove_label(store, MODEL, "dog")
    assert caring.open_points(store, MODEL, found).count == 0


def test_what_is_not_there_cannot_be_kept(store: Store) -> None:
    photo = newcomer(1)
    take(store, photo)
    with pytest.raises(errors.ImageNotFound):
        caring.keep(store, MODEL, [name(photo), hashlib.sha256(b"other").hexdigest()])
    assert asked(caring.open_points(store, MODEL, doubted(photo))) == [name(photo)]
