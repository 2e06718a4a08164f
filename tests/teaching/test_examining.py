"""The flowers that came along, examined anew from what is kept of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.catalogue import Catalogue, load_version
from app.store import choices, images, sittings
from app.store.folder import DataFolder
from app.store.store import Store
from app.teaching import gallery, scoring, shipped
from app.teaching.choosing import choose
from app.teaching.comparing import compare
from app.teaching.examining import EXAM, FOLDS, Examined, cut_at, examine
from app.teaching.live import go_live
from app.vision import statistics
from app.vision.recipe import RECIPE

MODEL = "flowers"


def opened(path: Path) -> Store:
    folder = DataFolder(path)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    shipped.seed(store)
    return store


def closed(store: Store) -> None:
    store.close()
    store.folder.close()


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What is kept of the first exam; the tests begin with it."""
    store = opened(tmp_path_factory.mktemp("flowers"))
    examine(store, MODEL, 1)
    (kept,) = (store.folder.derived / "exams" / MODEL).iterdir()
    closed(store)
    return kept.read_bytes()


@pytest.fixture
def store(tmp_path: Path, worked_out: bytes) -> Iterator[Store]:
    store = opened(tmp_path)
    place = store.folder.derived / "exams" / MODEL
    place.mkdir(parents=True)
    (place / "1.json").write_bytes(worked_out)
    yield store
    closed(store)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the heads that stand in for one that learned from validation."""
    monkeypatch.setattr(
        "app.vision.ridge.out_of_fold",
        lambda table, homes: np.eye(len(table.labels), dtype=np.float32)[table.label],
    )


def sealed_of(store: Store) -> list[str]:
    with store.database.read() as c:
        return [one.sha256 for one in images.stream(c, MODEL) if one.split == "test"]


def catalogue_of(store: Store) -> Catalogue:
    live = load_version(store, MODEL, 1)
    return Catalogue([live], replace(live, model="imagenet"))


def test_examined_anew_it_does_as_well_as_at_the_end_of_its_training(store: Store) -> None:
    told = examine(store, MODEL, 1)
    then = told.report["exam"]
    assert "rows" not in then and told.exam["accuracy"] == then["accuracy"]
    assert told.exam["confusion"] == then["confusion"]
    assert told.exam["calibration"]["after"]["error"] == pytest.approx(
        then["calibration"]["after"]["error"], abs=1e-6
    )
    assert len(told.exam["rows"]["sha256"]) == then["photos"]
    assert told.shown() == (EXAM, told.exam)


def test_a_head_that_learned_from_validation_is_not_asked_about_it(store: Store) -> None:
    told = examine(store, MODEL, 1).scored
    assert told is not None and told.by == scoring.OUT_OF_FOLD
    assert len(told.chosen.right) == 443
    scored = statistics.calibration_error(told.chosen.score, told.chosen.right)
    assert scored < 0.05 and 0.88 < told.chosen.right.mean() < 0.96


def test_what_was_worked_out_is_kept_and_read_again_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = examine(store, MODEL, 1).scored
    monkeypatch.setattr(scoring, "score", None)
    again = examine(store, MODEL, 1).scored
    assert first is not None and again is not None
    assert again.exam == first.exam and again.by == first.by
    for name in ("shown", "chosen"):
        for one, other in zip(getattr(first, name), getattr(again, name), strict=True):
            assert np.array_equal(one, other)


def test_a_damaged_copy_of_what_was_kept_is_worked_out_again(store: Store) -> None:
    first = examine(store, MODEL, 1)
    (kept,) = (store.folder.derived / "exams" / MODEL).iterdir()
    kept.write_text('{"key": 1')
    assert examine(store, MODEL, 1).exam == first.exam


@pytest.mark.usefixtures("quick")
def test_an_exam_is_counted_once_for_each_set_of_sealed_photos(store: Store) -> None:
    assert len(examine(store, MODEL, 1).sittings) == 1
    assert len(examine(store, MODEL, 1).sittings) == 1
    first, second = sealed_of(store)[:2]
    gallery.remove(store, MODEL, [first])
    changed = examine(store, MODEL, 1)
    assert (changed.exam["photos"], len(changed.sittings)) == (443, 2)
    gallery.restore(store, MODEL, [first])
    assert len(examine(store, MODEL, 1).sittings) == 2
    with store.database.read() as c:
        before = images.find_many(c, MODEL, [second])[second].label
    gallery.relabel(store, MODEL, [second], "rose" if before != "rose" else "tulip")
    assert len(examine(store, MODEL, 1).sittings) == 3
    gallery.relabel(store, MODEL, [second], before)
    assert len(examine(store, MODEL, 1).sittings) == 3


@pytest.mark.usefixtures("quick")
def test_nothing_that_a_version_learned_from_is_in_its_exam(store: Store) -> None:
    with store.database.write() as c:
        train = next(one for one in images.stream(c, MODEL) if one.split == "train")
        images.place(c, MODEL, train.sha256, "test", None, train.group)
    assert train.sha256 not in examine(store, MODEL, 1).exam["rows"]["sha256"]


@pytest.mark.usefixtures("quick")
def test_photos_whose_features_are_gone_are_left_out_until_they_are_back(store: Store) -> None:
    gone = sealed_of(store)[:3]
    rows = store.kept.get("plain", gone)
    store.kept.forget(gone)
    (store.folder.derived / "exams" / MODEL / "1.json").unlink()
    assert examine(store, MODEL, 1).exam["photos"] == 441
    store.kept.put("plain", rows)
    assert examine(store, MODEL, 1).exam["photos"] == 444


def test_a_coverage_moves_the_cut_of_whichever_version_answers(store: Store) -> None:
    catalogue, told = catalogue_of(store), examine(store, MODEL, 1).scored
    before = catalogue.find(MODEL)
    assert told is not None and before is not None and before.reference is not None
    assert cut_at(told, 0.95) == pytest.approx(before.reference.cut, abs=1e-6)
    choose(store, catalogue, MODEL, coverage=0.8)
    now = catalogue.find(MODEL)
    assert now is not None and now.reference is not None
    assert now.reference.cut == cut_at(told, 0.8) < before.reference.cut
    within = told.chosen.distance <= now.reference.cut
    assert within.mean() == pytest.approx(0.8, abs=0.005)
    again = load_version(store, MODEL, 1).reference
    assert again is not None and again.cut == now.reference.cut
    with store.database.write() as c:
        choices.put_cut(c, MODEL, 1, 0.7, 0.1)  # as if it had last been live under another
    live = go_live(store, catalogue, MODEL, 1).reference
    assert live is not None and live.cut == now.reference.cut


def test_a_threshold_holds_at_once_and_for_the_next_version(store: Store) -> None:
    catalogue = catalogue_of(store)
    assert choose(store, catalogue, MODEL, threshold=0.7).choices.threshold == 0.7
    live = catalogue.find(MODEL)
    assert live is not None and live.threshold == 0.7
    assert go_live(store, catalogue, MODEL, 1).threshold == 0.7
    choose(store, catalogue, MODEL, coverage=0.9)
    live = catalogue.find(MODEL)
    assert live is not None and live.threshold == 0.7


def test_a_version_compared_with_a_worse_one_photo_by_photo(store: Store) -> None:
    told = examine(store, MODEL, 1)
    worse = answering(told, 10)
    found = compare(told, worse)
    assert (found.by, found.of, found.only_a, found.only_b) == (EXAM, 444, 10, 0)
    assert found.a_right == found.b_right + 10 == 419
    assert found.p == pytest.approx(2 / 2**10)
    assert len(found.differing) == 10 and found.left_out == []
    assert all(one.a.label == one.truth != one.b.label for one in found.differing)
    even = compare(told, told)
    assert (even.p, even.differing) == (1, [])


def test_labels_that_only_one_version_knows_are_left_out(store: Store) -> None:
    told = examine(store, MODEL, 1)
    summary = dict(told.row.summary)
    summary["labels"] = [one for one in summary["labels"] if one["label"] != "tulip"]
    fewer = replace(told, row=replace(told.row, summary=summary))
    found = compare(told, fewer)
    tulips = next(one for one in told.exam["labels"] if one["label"] == "tulip")["support"]
    assert (found.left_out, found.of) == (["tulip"], 444 - tulips)


def test_with_few_sealed_photos_both_are_compared_by_cross_validation(store: Store) -> None:
    told = examine(store, MODEL, 1)
    assert told.scored is not None
    said = {name: told.truth[name] for name in list(told.truth)[:100]}
    small = told.scored._replace(exam={**told.exam, "photos": 12, "rows": None})
    report = {**told.report, "cross_validation": {"photos": said}}
    one = replace(told, scored=small, report=report)
    wrong = {name: "tulip" if label == "rose" else label for name, label in said.items()}
    other = replace(one, report={**report, "cross_validation": {"photos": wrong}})
    by, shown = other.shown()
    roses = sum(label == "rose" for label in said.values())
    assert by == FOLDS and shown["accuracy"]["right"] == 100 - roses
    assert shown["confusion"]["counts"][2][4] == roses > 0
    found = compare(one, other)
    assert (found.by, found.of, found.only_a, found.only_b) == (FOLDS, 100, roses, 0)


def answering(told: Examined, wrong: int) -> Examined:
    """The same version, but for some photos that it had right."""
    rows = {name: list(column) for name, column in told.exam["rows"].items()}
    spoilt = 0
    for at, (truth, answer) in enumerate(zip(rows["truth"], rows["answer"], strict=True)):
        if truth == answer and spoilt < wrong:
            rows["answer"][at] = (answer + 1) % len(rows["labels"])
            spoilt += 1
    assert told.scored is not None
    return replace(told, scored=told.scored._replace(exam={**told.exam, "rows": rows}))


def test_sittings_are_told_in_their_order(store: Store) -> None:
    with store.database.write() as c:
        sittings.note(c, MODEL, 1, "b", 2.0)
        sittings.note(c, MODEL, 1, "a", 1.0)
        sittings.note(c, MODEL, 1, "a", 3.0)
    with store.database.read() as c:
        found = sittings.of(c, MODEL, 1)
    assert [(one.tests_sha256, one.created) for one in found] == [("a", 1.0), ("b", 2.0)]
