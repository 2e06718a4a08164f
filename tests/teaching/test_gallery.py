"""Photos that change their label, go and come back: no contradiction, nothing in two splits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import errors
from app.store.store import Store
from app.teaching import gallery, models
from app.teaching.intake import Newcomer
from tests.teaching.dataset import MODEL, newcomer, open_store, row, take, take_into


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat", "dog"])
    yield opened
    opened.close()
    opened.folder.close()


def placed(store: Store, *newcomers: Newcomer) -> list[tuple[str, str | None]]:
    rows = [row(store, one) for one in newcomers]
    return [(one.split, one.reason) for one in rows]


def test_a_photo_that_contradicts_its_copy_is_set_aside_until_they_agree(store: Store) -> None:
    first, copy = newcomer(1), newcomer(1, copy=1)
    take(store, first, copy)
    gallery.relabel(store, MODEL, [copy.sight.sha256], "dog")
    assert placed(store, first, copy) == [("train", None), ("aside", "two-labels")]
    gallery.relabel(store, MODEL, [first.sight.sha256], "dog")
    assert placed(store, first, copy) == [("train", None)] * 2


def test_copies_that_change_together_stay_where_they_are(store: Store) -> None:
    exam = take_into(store, "test", 10)
    number = int(exam.filename.removesuffix(".jpg"))
    copy = newcomer(number, copy=3)
    take(store, copy)
    both = [exam.sight.sha256, copy.sight.sha256]
    changes = gallery.relabel(store, MODEL, both, "Dog")
    assert [(c.label_before, c.label) for c in changes] == [("cat", "dog")] * 2
    assert placed(store, exam, copy) == [("test", None)] * 2


def test_another_label_for_one_copy_can_be_undone(store: Store) -> None:
    first, copy = newcomer(2), newcomer(2, copy=1)
    take(store, first, copy)
    before = placed(store, first, copy)
    for label in ("dog", "cat"):
        gallery.relabel(store, MODEL, [copy.sight.sha256], label)
    assert placed(store, first, copy) == before


def test_what_comes_back_never_ties_two_splits_together(store: Store) -> None:
    """Beside a copy that came meanwhile and lies elsewhere it goes there."""
    exam = take_into(store, "test", 100)
    number = int(exam.filename.removesuffix(".jpg"))
    gallery.remove(store, MODEL, [exam.sight.sha256])
    copy = newcomer(number, copy=1)
    (taught,) = take(store, copy, source="teach")
    assert taught.image.split == "train"
    gallery.restore(store, MODEL, [exam.sight.sha256])
    assert placed(store, copy) == [("train", None)]
    assert placed(store, exam) == [("train", None)]
    gallery.remove(store, MODEL, [exam.sight.sha256])
    take(store, exam)  # or sent once more
    assert placed(store, exam) == [("train", None)]


def test_a_label_that_comes_back_never_ties_two_splits_together(store: Store) -> None:
    exam = take_into(store, "test", 200, "dog")
    number = int(exam.filename.removesuffix(".jpg"))
    models.remove_label(store, MODEL, "dog")
    copy = newcomer(number, "cat", copy=1)
    take(store, copy, source="teach")
    models.restore_label(store, MODEL, "dog")
    assert placed(store, copy) == [("train", None)]
    assert placed(store, exam) == [("aside", "two-labels")]


def test_removing_and_restoring_changes_nothing(store: Store) -> None:
    every = [newcomer(300 + at, copy=0) for at in range(10)]
    take(store, *every)
    before = [row(store, one) for one in every]
    names = [one.sight.sha256 for one in every]
    gallery.remove(store, MODEL, names)
    assert all(row(store, one).removed for one in every)
    gallery.restore(store, MODEL, names)
    assert [row(store, one) for one in every] == before


def test_a_photo_does_not_come_back_under_a_label_that_is_gone(store: Store) -> None:
    one = newcomer(400, "dog")
    take(store, one)
    gallery.remove(store, MODEL, [one.sight.sha256])
    models.remove_label(store, MODEL, "dog")
    with pytest.raises(errors.LabelNotFound):
        gallery.restore(store, MODEL, [one.sight.sha256])
    assert row(store, one).removed


def test_a_label_that_went_meanwhile_takes_no_photos(store: Store) -> None:
    models.remove_label(store, MODEL, "dog")
    with pytest.raises(errors.LabelNotFound):
        take(store, newcomer(500, "cat"), newcomer(501, "dog"))
    models.remove(store, MODEL)
    with pytest.raises(errors.ModelNotFound):
        take(store, newcomer(502))
