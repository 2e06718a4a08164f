"""A run from its beginning to its version, with real photos, network and process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import catalogue, errors
from app.catalogue import Catalogue
from app.store import images, kept, models, registry, runs
from app.store.folder import DataFolder
from app.store.runs import StoredRun
from app.store.store import Store
from app.store.versions import read_version
from app.teaching import intake, looked, outcome, snapshot, trainer
from app.teaching.intake import Newcomer
from app.teaching.looking import Looker
from app.teaching.models import make
from app.teaching.teacher import teacher
from app.vision.arrival import Sight
from app.vision.decode import Limits
from app.vision.engine import Engine
from app.vision.features import unpack
from app.vision.lesson import Settings
from app.vision.network import Network
from app.vision.recipe import RECIPE
from app.vision.views import VIEWS
from tests.photos import shared

EACH = 36
QUICK = {"epochs": 5}


@pytest.fixture(scope="module")
def seen(engine: Engine) -> list[tuple[Path, Sight, str]]:
    """Photos of roses and of tulips, looked at once for all tests."""
    folder = shared("flower_photos")
    paths = [p for name in ("roses", "tulips") for p in sorted((folder / name).iterdir())[:EACH]]
    sights = Looker(engine, Limits(), 2).first(paths, lambda done, of: None)
    both = zip(paths, sights, strict=True)
    return [(path, sight, path.parent.name) for path, sight in both if isinstance(sight, Sight)]


@pytest.fixture
def store(
    tmp_path: Path, seen: list[tuple[Path, Sight, str]], data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Store]:  # fmt: skip
    monkeypatch.setenv("BLOMST_PREPARED", str(data_folder / "derived"))
    folder = DataFolder(tmp_path)
    folder.open()
    made = Store.open(folder, RECIPE.id)
    make(made, "Garden", ["roses", "tulips"])
    newcomers = [Newcomer(p.read_bytes(), p.name, label, sight) for p, sight, label in seen]
    intake.keep(made, "garden", newcomers, source="upload")
    yield made
    made.close()
    folder.close()


@pytest.fixture
def shown(store: Store, prepared: Network) -> Catalogue:
    return catalogue.load(store, prepared)


def begin(store: Store, **settings: Any) -> tuple[StoredRun, Path]:
    """A run that was claimed, with its folder written."""
    with store.database.write() as c:
        runs.create(c, "garden", {**QUICK, **settings}, "me")
        run = runs.claim(c)
    assert run is not None and run.lease is not None
    folder = store.folder.runs / str(run.run) / run.lease
    folder.mkdir(parents=True)
    snapshot.write(store, "garden", Settings.read(dict(run.settings)), folder)
    return run, folder


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app.teaching.trainer", str(folder)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def train(folder: Path) -> int:
    """In this process: the one of its own only takes the time that nobody else wants."""
    return trainer.work(folder)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]


def names(store: Store) -> list[str]:
    with store.database.read() as c:
        return [one.sha256 for one in images.stream(c, "garden")]


def end(store: Store, run: StoredRun, ended: runs.Ended) -> None:
    with store.database.write() as c:
        assert runs.finish(c, run.run, run.lease or "", ended)


def test_a_run_becomes_the_live_version(store: Store, shown: Catalogue) -> None:
    run, folder = begin(store)
    assert start(folder).wait(timeout=300) == 0
    ended = outcome.accept(store, shown, run, folder)
    assert (ended.version, ended.went_live, list(ended.waits_because)) == (1, True, [])
    end(store, run, ended)
    garden = shown.find("garden")
    assert garden is not None and garden.version == 1
    stored = read_version(store.folder.versions / "garden" / "1")
    told = stored.manifest
    assert (told["run"], told["by"], told["backbone"]) == (run.run, "me", RECIPE.id)
    assert [one["label"] for one in told["labels"]] == ["roses", "tulips"]
    assert told["data"]["fingerprint"] == snapshot.fingerprint(store, "garden")
    which = json.loads(stored.documents["report.json"])["exam"]
    assert which["photos"] == told["data"]["splits"]["test"]
    reference = unpack(stored.documents["reference.safetensors"])
    assert len(reference["rows"]) == told["data"]["splits"]["train"]
    epochs = [line for line in lines(folder) if "epoch" in line]
    assert [line["epoch"] for line in epochs] == [1, 2, 3, 4, 5]
    assert {"loss", "accuracy", "validation_loss", "best_epoch"} <= set(epochs[0])
    assert all("rose" in (store.folder.versions / "garden" / "1" / f"card.{language}.md")
               .read_text("utf-8") for language in ("en", "nb"))  # fmt: skip


def test_a_small_exam_is_stood_in_for_by_cross_validation(store: Store, shown: Catalogue) -> None:
    for number, seed in ((1, 1), (2, 2)):
        run, folder = begin(store, seed=seed)
        assert train(folder) == 0
        ended = outcome.accept(store, shown, run, folder)
        end(store, run, ended)
        assert ended.version == number
    with store.database.read() as c:
        newest = registry.find(c, "garden", 2)
    assert newest is not None
    exam, decision = newest.summary["exam"], newest.summary["decision"]
    assert exam["by"] == decision["comparison"]["by"] == "cross-validation"
    assert exam["of"] == decision["comparison"]["of"] == len(names(store))
    assert exam["right"] / exam["of"] > 0.7


def test_the_same_numbers_give_the_same_version(store: Store, shown: Catalogue) -> None:
    heads = []
    for _ in range(2):
        run, folder = begin(store)
        assert train(folder) == 0
        end(store, run, outcome.accept(store, shown, run, folder))
    for number in (1, 2):
        heads.append(read_version(store.folder.versions / "garden" / str(number)).arrays)
    assert np.array_equal(heads[0]["weights"], heads[1]["weights"])


def test_features_that_are_missing_are_looked_at_and_kept(store: Store) -> None:
    before = store.kept.get(kept.PLAIN, names(store))
    store.kept.forget(names(store)[:30])
    _, folder = begin(store)
    assert train(folder) == 0
    assert looked.keep(store.kept, folder) == 30
    after = store.kept.get(kept.PLAIN, names(store))
    assert len(after) == len(before)
    assert all(np.array_equal(after[name].row, before[name].row) for name in before)
    assert {"phase": "looking", "done": 30, "total": 30} in lines(folder)


def test_photos_that_are_damaged_are_left_out_and_told(store: Store) -> None:
    gone, cut, altered = names(store)[:3]
    store.kept.forget([gone, cut, altered])
    store.objects.path(gone).unlink()
    path = store.objects.path(cut)
    path.write_bytes(path.read_bytes()[:-500])
    store.objects.path(altered).write_bytes(store.objects.read(names(store)[5]))
    _, folder = begin(store)
    assert train(folder) == 0
    told = json.loads((folder / "result" / "result.json").read_text("utf-8"))
    broken = {one["sha256"]: one["problem"] for one in told["report"]["photos"]["broken"]}
    assert broken[gone] == "unreadable" and broken[altered] == "altered"
    assert broken[cut] in ("truncated-image", "altered")
    assert told["data"]["photos"] == len(names(store)) - 3


def test_when_too_many_are_damaged_it_says_what_is_missing(store: Store) -> None:
    every = names(store)
    store.kept.forget(every)
    for name in every:
        store.objects.path(name).unlink()
    _, folder = begin(store)
    assert train(folder) == 1
    told = json.loads((folder / "failure.json").read_text("utf-8"))
    assert told["code"] == "dataset-too-small" and "roses (0)" in told["params"]["missing"]
    assert not (folder / "result").exists()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_looked_at_outlives_a_kill(store: Store, ending: signal.Signals) -> None:
    """The strong views are many looks, so it is killed in the midst of them."""
    _, folder = begin(store, augmentation="strong")
    child = start(folder)
    progress = folder / "progress.jsonl"
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if progress.exists() and any(line.get("done", 0) > 0 for line in lines_so_far(progress)):
            break
        time.sleep(0.02)
    while not list((folder / "looked").glob("[!.]*")) and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(ending)
    assert child.wait(timeout=10) == -ending
    assert not (folder / "result").exists()
    count = looked.keep(store.kept, folder)
    assert count > 0
    _, again = begin_again(store, augmentation="strong")
    lacking = unpack((again / snapshot.view_file(1)).read_bytes())["scales"] == 0
    assert 0 < lacking.sum() < len(lacking)


def lines_so_far(progress: Path) -> list[dict[str, Any]]:
    whole = progress.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def begin_again(store: Store, **settings: Any) -> tuple[StoredRun, Path]:
    with store.database.write() as c:
        for run in runs.unfinished(c):
            runs.requeue(c, run.run, run.lease or "", counts=True)
            runs.cancel_queued(c, run.run)
    return begin(store, **settings)


def test_further_views_are_looked_at_once(store: Store) -> None:
    _, folder = begin(store, augmentation="mirrored")
    assert train(folder) == 0
    told = json.loads((folder / "result" / "result.json").read_text("utf-8"))
    assert told["report"]["training"]["views"] == 2
    looked.keep(store.kept, folder)
    (look,) = VIEWS["mirrored"][1:]
    with store.database.read() as c:
        train_ = [one.sha256 for one in images.stream(c, "garden") if one.split == "train"]
    assert set(store.kept.get(look.name, names(store))) == set(train_)
    _, again = begin_again(store, augmentation="mirrored")
    assert train(again) == 0
    assert not any(line["phase"] == "looking" for line in lines(again))


def test_a_result_is_accepted_once_and_under_its_lease(store: Store, shown: Catalogue) -> None:
    run, folder = begin(store)
    assert train(folder) == 0
    with store.database.write() as c:
        runs.requeue(c, run.run, run.lease or "", counts=True)
        taken_over = runs.claim(c)
    assert taken_over is not None
    with pytest.raises(outcome.LeaseLost):
        outcome.accept(store, shown, run, folder)
    assert not list((store.folder.versions / "garden").iterdir())
    first = outcome.accept(store, shown, taken_over, folder)
    assert outcome.accept(store, shown, taken_over, folder) == first
    with store.database.read() as c:
        assert [row.version for row in registry.versions_of(c, "garden")] == [1]


def test_a_label_that_was_removed_makes_the_next_version_wait(
    store: Store, shown: Catalogue, seen: list[tuple[Path, Sight, str]]
) -> None:
    run, folder = begin(store)
    assert train(folder) == 0
    end(store, run, outcome.accept(store, shown, run, folder))
    with store.database.write() as c:
        models.add_label(c, "garden", models.StoredLabel("red", "red", {"en": "red", "nb": "rød"}))
        roses = [one.sha256 for one in images.stream(c, "garden") if one.label == "roses"]
        images.relabel(c, "garden", roses, "red")
        models.set_label_removed(c, "garden", "roses", True)
    run, folder = begin(store)
    assert train(folder) == 0
    ended = outcome.accept(store, shown, run, folder)
    assert ended.went_live is False
    (reason,) = [one for one in ended.waits_because if one["code"] == "label-removed"]
    assert (reason["params"]["label"], reason["params"]["version"]) == ("roses", 1)
    garden = shown.find("garden")
    assert garden is not None and garden.version == 1


def test_too_little_says_which_labels_lack_photos(store: Store) -> None:
    with store.database.write() as c:
        roses = [one.sha256 for one in images.stream(c, "garden") if one.label == "roses"]
        images.set_removed(c, "garden", roses[3:], True)
    with pytest.raises(errors.DatasetTooSmall) as caught:
        snapshot.check_enough(store, "garden")
    assert caught.value.params["missing"] == "roses (3)"


def test_an_empty_label_is_left_for_later(store: Store) -> None:
    with store.database.write() as c:
        models.add_label(c, "garden", models.StoredLabel("lily", "lily", {"en": "lily"}))
    _, folder = begin(store)
    task = json.loads((folder / "task.json").read_text("utf-8"))
    assert [one["label"] for one in task["labels"]] == ["roses", "tulips"]


def test_the_fingerprint_tells_whether_anything_changed(store: Store) -> None:
    def now() -> str:
        return snapshot.fingerprint(store, "garden")

    before = now()
    with store.database.write() as c:
        models.rename_label(c, "garden", "roses", "rosa", {"en": "Rosa", "nb": "Rosa"})
    assert now() == before
    with store.database.write() as c:
        images.set_removed(c, "garden", names(store)[:1], True)
    assert now() != before


def test_the_trainer_steps_back_before_it_begins(store: Store) -> None:
    _, folder = begin(store, augmentation="strong")
    child = start(folder)
    try:
        while not (folder / "progress.jsonl").exists():
            assert child.poll() is None
            time.sleep(0.02)
        assert os.sched_getscheduler(child.pid) == os.SCHED_IDLE
        score = Path(f"/proc/{child.pid}/oom_score_adj").read_text()
        assert int(score) == 1000
    finally:
        child.kill()
        child.wait()


def test_a_teacher_is_made_of_these_steps(store: Store, shown: Catalogue) -> None:
    steps = teacher(store, shown)
    with store.database.write() as c:
        runs.create(c, "garden", QUICK, "me")
        run = runs.claim(c)
    assert run is not None
    folder = store.folder.runs / "x"
    folder.mkdir()
    assert steps.snapshot(run, folder) == steps.fingerprint("garden")
    assert steps.command(folder)[-1] == str(folder) and train(folder) == 0
    steps.keep(run, folder)
    assert steps.accept(run, folder).version == 1
